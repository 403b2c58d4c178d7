"""Registering terms of office: an election that begins a term, an extension that was approved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.party_rules import party_rules
from rongjian.kernel.periods import months_later
from rongjian.log import audit, receipts
from rongjian.log.images import image_of
from rongjian.org.access import require
from rongjian.org.models import Term, UnitType
from rongjian.org.setting import ELECTED
from rongjian.org.tenure import last_day, term_rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

Problem = tuple[str, str]


def usual_end(unit: Unit, began_on: date) -> date:
    """The last day of a full term that begins on a day."""
    return months_later(began_on, 12 * term_rule(unit).years) - timedelta(days=1)


def begin_term(
    actor: Actor,
    unit: Unit,
    began_on: date,
    expires_on: date | None = None,
    *,
    basis: str,
    key: str = "",
) -> Term:
    """Register the election that begins a term; without `expires_on` it lasts as the rule says.

    Raises Denied, or ValidationError by field with the ways out.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return Term.objects.get(pk=done[0])
        require(actor, "edit", "party_org", unit)
        _refuse(_unsuitable(unit))
        term = Term(
            unit=unit,
            number=_number(unit, began_on),
            began_on=began_on,
            expires_on=expires_on or usual_end(unit, began_on),
            basis=basis.strip(),
        )
        _refuse(_problems(term, actor.today))
        term.full_clean()
        term.save()
        _log(actor, "elect", term, None)
        receipts.keep(actor.person.pk, key, [term.pk])
    return term


def _number(unit: Unit, began_on: date) -> int:
    """The running number of a term: one more than the one before, or one less than the next."""
    terms = Term.objects.filter(unit=unit)
    if earlier := terms.filter(began_on__lt=began_on).order_by("-began_on").first():
        return earlier.number + 1
    later = terms.order_by("began_on").first()
    return max(1, later.number - 1) if later else 1


def extend_term(actor: Actor, term: Term, until: date, *, basis: str, key: str = "") -> Term:
    """Register that a superior allowed to put off the next election; at most as the rule says."""
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return Term.objects.get(pk=done[0])
        require(actor, "edit", "party_org", term.unit)
        _refuse(_extension_problems(term, until, basis.strip()))
        before = image_of(term)
        term.extended_to, term.basis = until, f"{term.basis}；延期：{basis.strip()}"
        term.clean_fields()
        term.save(update_fields=["extended_to", "basis"])
        _log(actor, "extend", term, before)
        receipts.keep(actor.person.pk, key, [term.pk])
    return term


def _refuse(problems: Iterator[Problem]) -> None:
    found: dict[str, list[str]] = {}
    for name, words in problems:
        found.setdefault(name, []).append(words)
    if found:
        raise ValidationError(found)


def _unsuitable(unit: Unit) -> Iterator[Problem]:
    if unit.type == UnitType.TEMPORARY_BRANCH:
        yield (
            "unit",
            (
                f"{unit.short}是临时党支部，负责人由批准单位指定，不换届。"
                "任务完成的，请撤销；组织关系已转来的，请改设党支部"
            ),
        )
    elif unit.type not in ELECTED:
        yield "unit", f"{unit.short}没有任期，请选择党支部、党总支或机关党委"
    elif unit.dissolved_on is not None:
        yield "unit", f"{unit.short}已于 {unit.dissolved_on} 撤销"


def _problems(term: Term, today: date) -> Iterator[Problem]:
    unit, rule = term.unit, term_rule(term.unit)
    if not term.basis:
        yield "basis", "请填写上级党组织批复选举结果的文号"
    if term.began_on < unit.founded_on:
        yield (
            "began_on",
            f"{unit.short} {unit.founded_on} 才成立，选举日期不能早于这一天",
        )
    if term.began_on > today:
        yield "began_on", "选举日期在今天之后，选举结束后再登记"
    if term.expires_on <= term.began_on:
        yield "expires_on", "届满日期应在选举日期之后"
    elif term.expires_on > months_later(term.began_on, 12 * rule.years):
        yield (
            "expires_on",
            (
                f"每届任期 {rule.years} 年，最晚到 {usual_end(unit, term.began_on)}。"
                "需要延期的，先按期登记，届满前再登记延期"
            ),
        )
    yield from _overlaps(term)


def _overlaps(term: Term) -> Iterator[Problem]:
    """A term may end another early by its election; it may not reach into a later one."""
    others = Term.objects.filter(unit=term.unit)
    if same := others.filter(began_on=term.began_on).first():
        yield "began_on", f"第 {same.number} 届也在 {same.began_on} 开始，这次换届已经登记"
        return
    later = others.filter(began_on__gt=term.began_on).order_by("began_on").first()
    if later and term.expires_on >= later.began_on:
        before = later.began_on - timedelta(days=1)
        yield (
            "expires_on",
            (
                f"与第 {later.number} 届（{later.began_on} 起）重叠。"
                f"补登以前的一届，届满日期最晚到 {before}"
            ),
        )


def _extension_problems(term: Term, until: date, basis: str) -> Iterator[Problem]:
    longest = party_rules()["TERM-04"].months
    latest = months_later(term.expires_on, longest)
    if not basis:
        yield "basis", "延期换届应有上级党组织的批准文号"
    if Term.objects.filter(unit=term.unit, began_on__gt=term.began_on).exists():
        yield "until", f"第 {term.number} 届之后已经换届，不能再延期"
    elif until <= last_day(term):
        yield "until", f"这一届到 {last_day(term)} 届满，延期应在这一天之后"
    elif until > latest:
        yield (
            "until",
            (
                f"{term.expires_on} 届满，延长不超过 {longest} 个月，最晚到 {latest}。"
                "也可以现在换届，登记新的一届"
            ),
        )


def _log(actor: Actor, verb: str, term: Term, before: dict[str, object] | None) -> None:
    stream = term.unit.court.code if term.unit.court else audit.SYSTEM
    until = term.extended_to or term.expires_on
    detail = f"{term.unit.short} 第 {term.number} 届 {term.began_on} 至 {until} {term.basis}"
    audit.append_change(actor, verb, term, stream=stream, before=before, detail=detail)
