"""变更记录: what was done to a record, read from the log for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from rongjian.log.audit import Change
from rongjian.log.models import Event
from rongjian.org.models import Person
from rongjian.records.host_models import HostsField, codes_in
from rongjian.records.hosts import units_of
from rongjian.records.kinds import UnknownKind, kind_of
from rongjian.records.queries import hosts_words, in_words, viewed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Field

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

VERBS = {
    "create": "新增",
    "edit": "修改",
    "import": "导入",
    "undo": "撤销导入",
    "link": "关联",
    "no-link": "说明确无业务关联",
    "minutes": "会议情况",
    "open": "查看",
    "hand-over": "移交",
    "unmask": "显示姓名",
}
_REFERENCE = re.compile(r"\b([a-z]+(?:-[a-z]+)*):(\d+)\b")


@dataclass(frozen=True)
class ChangeLine:
    """One line of a record's 变更记录: who did what, and the fields that changed."""

    at: datetime
    who: str
    verb: str
    detail: str
    fields: tuple[tuple[str, str, str], ...]


def changes(kind: Kind, record: Record, reader: Actor, *, masked: bool) -> list[ChangeLine]:
    """What was done to a record, newest first; people in its fields masked where its page does."""
    own = Q(record_id=record.pk)
    if record.batch_id:
        own |= Q(object=f"batch:{record.batch_id}")
    events = list(Event.objects.filter(own).select_related("image").order_by("-pk"))
    numbers = {event.actor.removeprefix("u:") for event in events}
    people = {person.staff_no: person for person in Person.objects.filter(staff_no__in=numbers)}
    verbs = VERBS | {move.code: move.name for move in kind.flow.moves}
    named = [pair[1] for event in events for pair in _REFERENCE.findall(event.detail)]
    seen = {str(pk) for pk in viewed(reader, map(int, named))}
    return [
        ChangeLine(
            datetime.fromisoformat(event.at),
            _who(people.get(event.actor.removeprefix("u:")), event.actor, reader),
            verbs.get(event.verb, event.verb),
            with_names_of_kinds(event.detail, seen),
            _changed_fields(kind, record, event, reader, masked) if event.record_id else (),
        )
        for event in events
    ]


def with_names_of_kinds(detail: str, seen: set[str] | None = None) -> str:
    """What a line of the log says, with records named by their ledgers; with `seen`, only those."""
    return _REFERENCE.sub(partial(_named, seen), detail)


def _named(seen: set[str] | None, reference: re.Match[str]) -> str:
    """A record that a line of the log refers to, by its ledger's name; one not seen has none."""
    try:
        named = f"{kind_of(reference[1]).name} {reference[2]}"
        return named if seen is None or reference[2] in seen else "另一条记录"
    except UnknownKind:
        return reference[0]


def _who(person: Person | None, reference: str, reader: Actor) -> str:
    if person is None:
        return reference
    own = person.court_id == reader.person.court_id
    return person.name if own else person.masked


def _changed_fields(
    kind: Kind, record: Record, event: Event, reader: Actor, masked: bool
) -> tuple[tuple[str, str, str], ...]:
    if not hasattr(event, "image"):
        return ()
    for pk, before, after in Change.read(bytes(event.image.body)).images():
        if pk == record.pk and before and after:
            return differences(kind, before, after, reader, masked=masked)
    return ()


def differences(
    kind: Kind,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reader: Actor,
    *,
    masked: bool = False,
) -> tuple[tuple[str, str, str], ...]:
    """(heading, before, after) of each field a person fills in that differs, in form order."""
    found = []
    for name in kind.fields:
        column = kind.field(name)
        old, new = before.get(column.attname), after.get(column.attname)
        if old != new:
            was, now = (_stored(column, value, reader, masked) for value in (old, new))
            found.append((kind.heading(name), was, now))
    return tuple(found)


def _stored(column: Field[Any, Any], value: Any, reader: Actor, masked: bool) -> str:
    """A value out of an image; what it points at is read when a page shows it, so by number."""
    if value is not None and isinstance(column, models.ForeignKey):
        target: Any = column.related_model
        found = target._default_manager.filter(pk=value).first()
        if isinstance(found, Person):
            return found.masked if masked else _who(found, "", reader)
        return str(found or f"#{value}")
    if value and isinstance(column, HostsField):
        known = units_of([value])
        return hosts_words(known[code] for code in codes_in(value) if code in known)
    return in_words(column, value)
