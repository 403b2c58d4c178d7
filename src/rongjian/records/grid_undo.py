"""Taking back what one did in the table of a ledger: a new change, written like any other.

What stood there before is read from the log. A step is refused as a whole, in one sentence, where
somebody has changed one of its cells since; an earlier step can then still be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log.audit import Change
from rongjian.log.images import plain
from rongjian.log.models import Event
from rongjian.org.access import Denied, visible
from rongjian.records.actions import Stale, save
from rongjian.records.grid import KEPT, Outcome
from rongjian.records.grid_models import GridStep
from rongjian.records.grid_reading import in_grid
from rongjian.records.queries import in_words, shown, with_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

Fields = dict[str, Any]
"""Stored values by attname, as the log keeps them."""


class NotTakenBack(Exception):
    """A step cannot be taken back; the text says why."""


@dataclass(frozen=True)
class TakenBack:
    """What was taken back: in words, and how the cells of its rows read now."""

    what: str
    rows: tuple[Outcome, ...]


def steps(actor: Actor, kind: Kind) -> QuerySet[GridStep]:
    """The last steps of the actor in this ledger, newest first."""
    return GridStep.objects.filter(person=actor.person, kind=kind.code)[:KEPT]


def take_back(actor: Actor, kind: Kind) -> TakenBack:
    """Take back the actor's last step that still stands; NotTakenBack says why it cannot be."""
    step = next((each for each in steps(actor, kind) if not each.closed), None)
    if step is None:
        raise NotTakenBack("没有可以撤销的修改")
    try:
        with transaction.atomic():
            _close(step)
            rows = tuple(_row_back(actor, kind, pk, version) for pk, version in step.rows)
    except (NotTakenBack, Denied, Stale) as error:
        _close(step)
        raise NotTakenBack(f"没有撤销“{step.what}”：{str(error).rstrip('。')}") from error
    except ValidationError as error:
        _close(step)
        raise NotTakenBack(f"没有撤销“{step.what}”：{'；'.join(error.messages)}") from error
    return TakenBack(step.what, rows)


def _close(step: GridStep) -> None:
    GridStep.objects.filter(pk=step.pk).update(closed=True)


def _row_back(actor: Actor, kind: Kind, pk: int, version: int) -> Outcome:
    """Give a record the values back that one change of the actor took from it."""
    rows = with_names(kind, kind.model._default_manager.filter(pk=pk), kind.fields)
    record = visible(actor, rows.select_related("court", "unit__court"), "view").first()
    if record is None:
        raise NotTakenBack("其中有您已不能查看的记录")
    before, after = _images(actor, pk, version)
    names = [
        name
        for name in kind.fields
        if before[kind.field(name).attname] != after[kind.field(name).attname]
    ]
    _unchanged(kind, record, names, after)
    for name in names:
        column = kind.field(name)
        setattr(record, column.attname, column.to_python(before[column.attname]))
    save(actor, record, detail="撤销表格修改")
    fresh = rows.get()
    texts = {name: shown(kind, name, fresh, masked=False) for name in in_grid(kind, names)}
    return Outcome(pk, record.version, texts, written=tuple(names))


def _images(actor: Actor, pk: int, version: int) -> tuple[Fields, Fields]:
    """The record before and after the actor's change that led to a version."""
    own = Event.objects.filter(record_id=pk, actor=actor.ref, verb="edit")
    for event in own.select_related("image").order_by("-pk"):
        image = getattr(event, "image", None)
        for _, before, after in Change.read(image.body).images() if image else ():
            if before and after and after["version"] == version:
                return before, after
    raise NotTakenBack("修改前的内容已不在变更记录中")


def _unchanged(kind: Kind, record: Record, names: list[str], after: Mapping[str, Any]) -> None:
    """Refuse where a cell no longer holds what the step had written."""
    for name in names:
        column = kind.field(name)
        value = getattr(record, column.attname)
        if plain(value) != after[column.attname]:
            now = shown(kind, name, record, masked=name not in in_grid(kind, [name]))
            words = (
                f"“{record}”的“{kind.heading(name)}”之后又改为“{now or in_words(column, value)}”"
            )
            raise NotTakenBack(words)
