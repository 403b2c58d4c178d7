"""What a house lays down for itself: versions of rules from a day on, further rules, its own working days.

Nothing reaches back: a version begins with this month at the earliest, so that what was owed stays owed.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.regimes import faults, rules, versions
from rongjian.kernel.screening import screen
from rongjian.log import audit
from rongjian.log.images import image_of
from rongjian.org.access import require
from rongjian.org.models import Unit
from rongjian.org.own_days import OwnDay
from rongjian.regimes.models import LocalRule
from rongjian.regimes.orders import own_version, with_local

if TYPE_CHECKING:
    from rongjian.kernel.regimes import Rule
    from rongjian.org.access import Actor


def rules_of(court: Unit) -> tuple[Rule, ...]:
    """The rules as a house has them, its own and those of the houses above among them."""
    return with_local(rules(), _laid_down(court))


def change_rule(
    actor: Actor, court: Unit, code: str, since: date, changes: dict[str, Any], basis: str
) -> LocalRule:
    """Lay down a version from a day on, or with `like` among the changes a further rule.

    Denied, or ValidationError with the sentence and the way out.
    """
    with transaction.atomic():
        require(actor, "edit", "regime_rule", court)
        if since < actor.today.replace(day=1):
            early = f"生效日期不能早于本月 1 日（{actor.today.replace(day=1)}）：已过的期间不改"
            raise ValidationError({"valid_from": early})
        _refuse_text(basis, str(changes.get("name", "")))
        row = LocalRule(unit=court, code=code, valid_from=since, changes=changes, basis=basis)
        _refuse(court, row)
        held = LocalRule.objects.filter(unit=court, code=code, valid_from=since).first()
        before = image_of(held) if held else None
        if held is not None:
            row.pk = held.pk
        row.save()
        audit.append_change(actor, "lay-down", row, stream=court.code, before=before)
    return row


def set_own_day(actor: Actor, court: Unit, day: date, *, worked: bool, reason: str) -> OwnDay:
    """Lay down that a house works on a day, or does not; Denied, or ValidationError."""
    with transaction.atomic():
        require(actor, "edit", "regime_rule", court)
        if day < actor.today:
            raise ValidationError({"day": "只能调整今天及以后的日子：已过的限期不改"})
        _refuse_text(reason)
        held = OwnDay.objects.filter(unit=court, day=day).first()
        before = image_of(held) if held else None
        row = held or OwnDay(unit=court, day=day)
        row.worked, row.reason = worked, reason
        row.full_clean()
        row.save()
        audit.append_change(actor, "lay-down", row, stream=court.code, before=before)
    return row


def _laid_down(court: Unit) -> list[LocalRule]:
    codes = court.path.strip("/").split("/")
    rows = LocalRule.objects.filter(unit__code__in=codes).select_related("unit")
    return sorted(rows, key=lambda row: codes.index(row.unit.code))


def _refuse(court: Unit, row: LocalRule) -> None:
    """What cannot stand beside what the house has already."""
    others = [
        each
        for each in _laid_down(court)
        if (each.unit_id, each.code, each.valid_from) != (court.pk, row.code, row.valid_from)
    ]
    known = versions(with_local(rules(), others))
    base = known.get(row.code) or known.get(row.changes.get("like", ""))
    if not base:
        raise ValidationError({"code": f"没有“{row.code}”这项制度"})
    try:
        mine = own_version(base[-1], row)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    types = mine.who.types
    asked = Unit.objects.filter(path__startswith=court.path, type__in=types, dissolved_on=None)
    unit = asked.order_by("path").first()
    found = list(faults(with_local(rules(), [*others, row]), unit.short if unit else court.short))
    if found:
        raise ValidationError("；".join(words for _, words in found))


def _refuse_text(*texts: str) -> None:
    for text in texts:
        if hits := screen(text):
            raise ValidationError([hit.message for hit in hits])
