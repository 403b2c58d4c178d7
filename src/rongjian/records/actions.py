"""The one write template: every record is saved, moved, linked and undone here.

idempotency key → require → stamp and full_clean → optimistic lock → save → enter for search → answer
matching dues → Event, in one transaction. `bulk.py` is the same template over a batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import audit, door, receipts
from rongjian.log.images import image_of
from rongjian.org.access import allowed, require
from rongjian.org.locks import rely_on_places
from rongjian.org.models import Unit
from rongjian.org.queries import path_on
from rongjian.records import indexing
from rongjian.records.barred import misplaced
from rongjian.records.hosts import stand
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.link_models import NoLink
from rongjian.records.link_rules import link_rules
from rongjian.records.models import Due, Link, LinkKind, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.access import Actor, Verb
    from rongjian.org.models import Person
    from rongjian.records.flows import Move
    from rongjian.records.kinds import Kind

R = TypeVar("R", bound=Record)


class Stale(Exception):
    """Somebody else changed the record since it was read; `current` is what stands now."""

    def __init__(self, current: Record) -> None:
        super().__init__("这条记录已被别人改过")
        self.current = current


class WrongState(Exception):
    """The flow has no such move from the record's state."""


def save(actor: Actor, record: R, *, key: str = "", detail: str = "") -> R:
    """Create the record, or save the changes made to one that was read earlier.

    Raises Denied, ValidationError (by field), or Stale when `record.version` is no longer the
    stored one. A repeated idempotency `key` returns what the first call produced.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.holder, key):
            return cast("R", type(record)._default_manager.get(pk=done[0]))
        verb: Verb = "edit" if record.pk else "create"
        stored = _stored(record)
        before = image_of(stored) if stored else None
        _stamp(actor, record, stored)
        # Who it is about and in which state is read from what is stored, not from what was sent;
        # what moves must be in reach where it stood and where it goes.
        require(actor, verb, record.access_class, record.unit, stored or record)
        if stored is not None:
            require(actor, verb, record.access_class, stored.unit, stored)
        record.full_clean(exclude=["record_ptr"])
        screen_texts(record)
        _refuse(kind_of(record.kind_code), record, before)
        if before is not None:
            _claim(record)
        record.save()
        indexing.enter(record)
        answer_dues(record, stand(record) if kind_of(record.kind).joint else [record.unit_id])
        _log(actor, record, verb, before, detail)
        receipts.keep(actor.holder, key, [record.pk])
    return record


def move(actor: Actor, record: R, move_code: str, *, key: str = "", detail: str = "") -> R:
    """Take a step of the record's flow; WrongState, Denied or Stale when it cannot be taken."""
    step = kind_of(record.kind).flow.move(move_code)
    door.refuse({"detail": detail})
    with transaction.atomic():
        if receipts.produced(actor.person.pk, key):
            return cast("R", type(record)._default_manager.get(pk=record.pk))
        check_step(actor, record, step)
        before = image_of(record)
        _claim(record)
        try:
            record.follow(actor, step, [record], detail)
        except Exception:
            record.version -= 1  # What was refused leaves the record as it was read.
            raise
        record.state = step.target
        after = image_of(record)
        record.save(update_fields=[name for name in after if after[name] != before[name]])
        indexing.enter(record)
        _log(actor, record, step.code, before, detail)
        receipts.keep(actor.person.pk, key, [record.pk])
    return record


def check_step(actor: Actor, record: Record, step: Move) -> None:
    """Refuse a step: Denied where it is nobody's here, WrongState where not now or not theirs."""
    own = step.by_another and record.author_id == actor.person.pk
    if own or not allowed(actor, step.right, record.access_class, record.unit, record):
        if own or allowed(actor, step.right, record.access_class, record.unit):
            raise WrongState(f"“{step.name}”应由经办人以外的人办理")
        require(actor, step.right, record.access_class, record.unit, record)
    if record.state not in step.sources:
        state = kind_of(record.kind).flow.state(record.state)
        raise WrongState(f"“{state.name}”状态下不能“{step.name}”")
    if missing := [name for name in step.needs if not getattr(record, name)]:
        fields = "、".join(kind_of(record.kind).heading(name) for name in missing)
        raise WrongState(f"“{step.name}”之前请先填写：{fields}")


def hand_over_drafts(actor: Actor, person: Person, successor: Person) -> int:
    """Make a successor the author of everything that somebody began and has not handed in.

    It takes the right to change the person, not one on the drafts: nobody reads them by that. What
    the units owe stays theirs. Returns how many drafts there were.
    """
    drafts = 0
    with transaction.atomic():
        require(actor, "edit", "staff", person.department)
        if successor.pk == person.pk or successor.left_on is not None:
            raise ValidationError({"successor": "请选择在院的另一位同事接手"})
        for kind in kinds():
            # Only a flow that goes on from its first state has drafts.
            if not any(step.right == "submit" for step in kind.flow.moves_from(kind.flow.initial)):
                continue
            begun = kind.model._default_manager.filter(author=person, state=kind.flow.initial)
            for record in begun.select_related("court").order_by("pk"):
                before = image_of(record)
                _claim(record)
                record.author = successor
                record.save(update_fields=["author", "version"])
                detail = f"{person.staff_no}→{successor.staff_no}"
                _log(actor, record, "hand-over", before, detail)
                drafts += 1
    return drafts


def link(
    actor: Actor, source: Record, target: Record, kind: LinkKind | None = None, *, mode: str = ""
) -> Link:
    """Link two records; what is not said is taken from the rule for such links.

    The actor needs the right to edit the source. What was said about having no link ends with a
    link that joins Party work and business.
    """
    rules = link_rules()
    rule = rules.rule(source.kind, target.kind)
    relation = kind or LinkKind(rule.relation)
    with transaction.atomic():
        require(actor, "edit", kind_of(source.kind).access, source.unit, source)
        made, new = Link.objects.get_or_create(
            source=source, target=target, kind=relation, defaults={"mode": mode or rule.mode}
        )
        if new:
            audit.append(
                actor,
                "link",
                f"{source.kind}:{source.pk}",
                stream=source.court.code,
                record_id=source.pk,
                detail=f"{relation.label} {target.kind}:{target.pk}",
            )
            if rules.joins(source.kind, target.kind):
                NoLink.objects.filter(record_id=source.pk).delete()
    return made


def opened(actor: Actor, target: str, unit: Unit, detail: str) -> None:
    """Log that the actor opened de-identified rows, or exported some, before they are shown."""
    with transaction.atomic():
        stream = unit.court.code if unit.court else audit.SYSTEM
        audit.append(actor, "open", target, stream=stream, detail=detail)


def screen_texts(record: Record) -> None:
    """Refuse content that must never be stored; the message names rule and field, not the text."""
    door.refuse(door.texts_of(record), kind_of(record.kind_code).admits)


def _refuse(kind: Kind, record: Record, before: dict[str, Any] | None) -> None:
    """Refuse what must not stand at its unit, and changes of what a sealed state keeps."""
    row = image_of(record)
    found: dict[str, list[str]] = {}
    for _, name, words in misplaced(kind, {name: [value] for name, value in row.items()}):
        found.setdefault(name, []).append(words)
    state = kind.flow.state(record.state)
    if before is not None and state.sealed:
        for name in kind.fixed:
            attname = kind.field(name).attname
            if row[attname] != before[attname]:
                words = f"“{state.name}”之后不能再改“{kind.heading(name)}”"
                found.setdefault(name, []).append(words)
    if found:
        raise ValidationError(found)


def answer_dues(record: Record, hosts: Sequence[int]) -> None:
    """Let the record answer the dues of its kind, of each host, whose window holds its day."""
    if not record.answers_by_day:
        return
    dues = Due.objects.filter(
        unit__in=hosts,
        kind=record.kind,
        opens_on__lte=record.happened_on,
        due_on__gte=record.happened_on,
    )
    for due in dues:
        due.answers.add(record)


def _stored(record: R) -> R | None:
    if not record.pk:
        return None
    kept = type(record)._default_manager.select_related("unit__court")
    return cast("R | None", kept.filter(pk=record.pk).first())


def _stamp(actor: Actor, record: Record, stored: Record | None) -> None:
    """Set what nobody may choose: the place, and once for all who wrote it down and when."""
    kind = kind_of(record.kind_code)
    if record.unit_id is None:
        raise ValidationError({"unit": "请选择单位"})
    record.kind = kind.code
    rely_on_places()
    record.court_id = Unit.objects.values_list("court_id", flat=True).get(pk=record.unit_id)
    if stored is None:
        _prepare(actor, record)
        record.state = kind.flow.initial
        record.author = actor.author
        record.recorded_at = actor.now
    else:
        record.author_id, record.recorded_at = stored.author_id, stored.recorded_at
    if record.happened_on is not None:
        record.path = path_on(record.unit, record.happened_on)


def _prepare(actor: Actor, record: Record) -> None:
    """Fill in what the ledger derives itself, where nothing was given; else the unit's own line."""
    derived = record.prepare(image_of(record), actor.today)
    if "line" in kind_of(record.kind_code).fields:
        derived.setdefault("line", record.unit.sole_line)
    for name, value in derived.items():
        if not getattr(record, name):
            setattr(record, name, value)


def _claim(record: Record) -> None:
    """Take the next version of the record, or raise Stale: the lock is in the WHERE."""
    claimed = Record.objects.filter(pk=record.pk, version=record.version).update(
        version=record.version + 1
    )
    if not claimed:
        raise Stale(type(record)._default_manager.get(pk=record.pk))
    record.version += 1


def _log(
    actor: Actor, record: Record, verb: str, before: dict[str, Any] | None, detail: str
) -> None:
    after = image_of(record)
    rows = [[record.pk, list(before.values()) if before else None, list(after.values())]]
    audit.append(
        actor,
        verb,
        f"{record.kind}:{record.pk}",
        stream=record.court.code,
        record_id=record.pk,
        change=audit.Change(record.kind, list(after), rows),
        detail=detail,
    )
