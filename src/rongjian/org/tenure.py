"""任期: how long terms of office last, and what follows when they end or have not been registered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.kernel.party_rules import PartyRule, party_rules
from rongjian.kernel.periods import months_later
from rongjian.org.findings import Gap, Remedy, finding
from rongjian.org.setting import ELECTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rongjian.org.models import Term, Unit
    from rongjian.org.setting import Setting


def term_gaps(found: Setting) -> Iterator[Gap]:
    """Terms that are missing, too long, extended too far, expired or soon to expire."""
    for unit in found.of_type(*ELECTED):
        term = found.terms.get(unit.pk)
        way = Remedy("换届登记", "term", unit)
        if term is None:
            yield finding(found, "TERM-05", unit, "没有登记任期", Remedy("登记任期", "term", unit))
            continue
        rule = term_rule(unit)
        if term.expires_on > months_later(term.began_on, 12 * rule.years):
            reason = f"登记的任期 {term.began_on} 至 {term.expires_on}，超过 {rule.years} 年"
            yield finding(found, rule.code, unit, reason, way)
        yield from _ending(found, unit, term, way)


def _ending(found: Setting, unit: Unit, term: Term, way: Remedy) -> Iterator[Gap]:
    """What follows from the end of a term: too long an extension, expired, or soon to expire."""
    longest = party_rules()["TERM-04"].months
    if term.extended_to and term.extended_to > months_later(term.expires_on, longest):
        reason = f"{term.expires_on} 届满，延至 {term.extended_to}，超过 {longest} 个月"
        yield finding(found, "TERM-04", unit, reason, way)
    end = last_day(term)
    left = (end - found.day).days
    if left < 0:
        reason = f"任期 {end} 届满，已过 {-left} 天，没有换届"
        yield finding(
            found, term_rule(unit).code, unit, reason, way, Remedy("登记延期", "term", unit)
        )
    elif found.day >= months_later(end, -party_rules()["TERM-05"].months):
        yield finding(found, "TERM-05", unit, f"换届 {end} 到期，还有 {left} 天", way)


def last_day(term: Term) -> date:
    """The last day of a term, with its extension."""
    return max(term.expires_on, term.extended_to or term.expires_on)


def term_rule(unit: Unit) -> PartyRule:
    """How long a term lasts for a Party unit; KeyError for one that has none."""
    for rule in party_rules().values():
        if unit.type in rule.types:
            return rule
    raise KeyError(unit.type)
