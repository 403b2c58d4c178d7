"""What people do about dues besides recording: declaring 本期无 or a reason, taking that back, and laying
down for a house since when it keeps the calendar, which days it works, which rules are its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.dues import DONE, LATE, NA
from rongjian.log import audit, door, receipts
from rongjian.log.images import image_of
from rongjian.org.access import require
from rongjian.org.models import Unit
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import Due, blocks, origin
from rongjian.regimes.models import Adoption, Excuse, Statement, StatementKind
from rongjian.regimes.orders import Orders

if TYPE_CHECKING:
    from datetime import date

    from rongjian.org.access import Actor

UNDO = timedelta(seconds=10)
"""How long a declaration can be taken back by whoever made it; the page counts it down."""
_ON_THE_WAY = timedelta(seconds=5)
_LONGEST = timedelta(days=366)
"""No window is longer than a year."""


class UnknownDue(LookupError):
    """Nothing is asked of the unit for that window by that name."""


@dataclass(frozen=True)
class Declaration:
    """What somebody declares: 本期无, or a reason with or without a sentence."""

    kind: str
    reason: str = ""
    words: str = ""


def due_of(unit: Unit, code: str, begins_on: date, today: date) -> Due:
    """The due of a unit by a rule for the window whose period begins on a day; UnknownDue."""
    # The bodies of the whole window: one founded in it, or a group below it, may be asked something too.
    for block in blocks(Scope.of(unit), begins_on, begins_on + _LONGEST, today):
        if block.rule.code == code:
            for due in block.cells_of(lambda window: window.period.start == begins_on):
                if due.unit.pk == unit.pk:
                    return due
    raise UnknownDue(f"{unit.short}没有“{code}”自 {begins_on} 起的这一期")


def declare(actor: Actor, due: Due, said: Declaration, *, key: str = "") -> Statement:
    """Declare about one window; what was declared before is replaced. Denied, or ValidationError."""
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return Statement.objects.get(pk=done[0])
        unit = (
            Unit.objects.select_for_update(of=("self",)).select_related("court").get(pk=due.unit.pk)
        )
        require(actor, "submit", "obligation", unit)
        _refuse(due, said, actor.today)
        for held in _held(due):
            _withdraw(actor, held, unit)
        made = Statement.objects.create(
            origin=origin(due.rule),
            unit=unit,
            begins_on=due.begins_on,
            kind=said.kind,
            reason=said.reason,
            words=said.words.strip(),
            author=actor.person,
            made_at=actor.now,
        )
        detail = f"{due.rule.name} {due.window.label}"
        audit.append_change(actor, "declare", made, stream=_stream(unit), detail=detail)
        receipts.keep(actor.person.pk, key, [made.pk])
    return made


def undo(actor: Actor, statement: Statement) -> None:
    """Take one's own declaration back, within seconds; ValidationError says what can be done later."""
    with transaction.atomic():
        require(actor, "submit", "obligation", statement.unit)
        held = Statement.objects.select_for_update().get(pk=statement.pk)
        if held.withdrawn_at is not None:
            return
        if held.author_id != actor.person.pk or actor.now > held.made_at + UNDO + _ON_THE_WAY:
            raise ValidationError(
                "撤销只在说明后 10 秒内有效。现在可以补录，或重新说明，新的说明代替旧的。"
            )
        _withdraw(actor, held, statement.unit)
        _reinstate(actor, held)


def _reinstate(actor: Actor, undone: Statement) -> None:
    """What a declaration had replaced holds again when it is taken back."""
    window = {name: getattr(undone, name) for name in ("origin", "unit", "begins_on")}
    replaced = Statement.objects.filter(withdrawn_at=undone.made_at, pk__lt=undone.pk, **window)
    for held in replaced.order_by("-pk")[:1]:
        before = image_of(held)
        held.withdrawn_at = None
        held.save(update_fields=["withdrawn_at"])
        audit.append_change(actor, "restore", held, stream=_stream(held.unit), before=before)


def can_undo(actor: Actor, statement: Statement) -> bool:
    """Whether there is still time to take it back."""
    mine = statement.author_id == actor.person.pk
    return mine and statement.withdrawn_at is None and actor.now <= statement.made_at + UNDO


def adopt(actor: Actor, court: Unit, since: date, left_out: list[str]) -> Adoption:
    """Lay down since when a house and those below it keep the calendar; Denied, or ValidationError.

    Once and for all: another day would put what was missed before it out of sight.
    """
    with transaction.atomic():
        require(actor, "edit", "regime_rule", court)
        if order := Orders().of(court.path):
            raise ValidationError(f"制度日历自 {order.since} 起已经启用，不能再改启用日期")
        if since > actor.today + timedelta(days=366):
            raise ValidationError({"since": "启用日期不能晚于一年以后"})
        row = Adoption.objects.create(unit=court, since=since, left_out=sorted(left_out))
        audit.append_change(actor, "adopt", row, stream=_stream(court), before=None)
    return row


def _refuse(due: Due, said: Declaration, today: date) -> None:
    rule, window = due.rule, due.window
    if due.state == NA:
        raise ValidationError(f"“{rule.name}”本期不适用于{due.unit.short}，不用说明")
    if due.answers and due.state in (DONE, LATE):
        raise ValidationError(f"“{rule.name}”{window.label}已有记录，不用再说明")
    if today < window.opens_on:
        raise ValidationError(f"“{rule.name}”{window.label}还没有开始，到 {window.opens_on} 再说明")
    if said.kind == StatementKind.NIL:
        if not rule.nil:
            raise ValidationError(f"“{rule.name}”不能报本期无：请记录，或说明原因")
    else:
        _refuse_reason(said)


def _refuse_reason(said: Declaration) -> None:
    if said.kind != StatementKind.EXCUSE or said.reason not in Excuse.values:
        raise ValidationError({"reason": "请选择一个原因"})
    words = said.words.strip()
    if said.reason == Excuse.OTHER and not words:
        raise ValidationError({"words": "选“其他”时请写一句说明"})
    if len(words) > (most := Statement._meta.get_field("words").max_length or 0):
        raise ValidationError({"words": f"说明不超过 {most} 字，现有 {len(words)} 字"})
    door.refuse({"words": words})


def _held(due: Due) -> list[Statement]:
    window = {"origin": origin(due.rule), "unit": due.unit, "begins_on": due.begins_on}
    return list(Statement.objects.filter(withdrawn_at=None, **window))


def _withdraw(actor: Actor, held: Statement, unit: Unit) -> None:
    before = image_of(held)
    held.withdrawn_at = actor.now
    held.save(update_fields=["withdrawn_at"])
    audit.append_change(actor, "withdraw", held, stream=_stream(unit), before=before)


def _stream(unit: Unit) -> str:
    return unit.court.code if unit.court else audit.SYSTEM
