"""Gaps as a reader may see them: which houses, whose names, and the ways out that lead somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from rongjian.kernel.party_rules import PartyRule, party_rules
from rongjian.org.access import reach_units
from rongjian.org.models import COURT_TYPES
from rongjian.web.counterparts import names_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.org.access import Actor, Verb
    from rongjian.org.findings import Gap, Remedy
    from rongjian.org.models import Unit
    from rongjian.org.setting import Setting

HEADINGS = ("检察院", "单位", "级别", "规则", "情况", "涉及人员", "规则内容", "依据", "核对日期")


@dataclass(frozen=True)
class Sight:
    """Of which procuratorates a reader may see staff and gaps and mend them; of which units the
    Party members by name (ids)."""

    staff: frozenset[int]
    gaps: frozenset[int]
    mend: frozenset[int]
    members: frozenset[int]


def sight(actor: Actor) -> Sight:
    """Read once for a page.

    Gaps carry figures about members: whoever sees the staff of a house sees them, and whoever
    looks after its Party organisation.
    """
    staff = _courts(actor, "view", "staff")
    mend = _courts(actor, "create", "party_org")
    members = reach_units(actor, "view", "party_member").values_list("pk", flat=True)
    return Sight(staff, staff | mend, mend, frozenset(members))


def _courts(actor: Actor, verb: Verb, code: str) -> frozenset[int]:
    courts = reach_units(actor, verb, code).filter(type__in=COURT_TYPES)
    return frozenset(courts.values_list("pk", flat=True))


@dataclass(frozen=True)
class GapRow:
    """One finding as a line of the list."""

    anchor: str
    gap: Gap
    court: str
    people: str
    ways: tuple[tuple[str, str], ...]
    place: str
    card: str

    @property
    def lamp(self) -> str:
        """The shape of its lamp."""
        return "why" if self.gap.is_notice else "bad"

    @property
    def word(self) -> str:
        """The word beside the lamp."""
        return "提示" if self.gap.is_notice else "缺口"

    @property
    def cells(self) -> tuple[object, ...]:
        """The finding as a sheet holds it, under `HEADINGS`."""
        rule = self.gap.rule
        return (
            self.court,
            self.gap.name,
            self.word,
            f"{rule.code} {rule.name}",
            self.gap.reason,
            self.people,
            rule.sentence,
            rule.source,
            rule.basis.checked,
        )


def shown(gaps: Sequence[Gap], sees: Sight) -> list[Gap]:
    """The gaps of those procuratorates that the reader may know about."""
    return [gap for gap in gaps if gap.unit.court_id in sees.gaps]


def gap_rows(
    found: Setting, gaps: Sequence[Gap], sees: Sight, today: date, drawn: Unit | None = None
) -> tuple[GapRow, ...]:
    """The findings as lines; ways out only for whom they are granted, and only for today.

    `drawn` is the procuratorate whose trees stand on the same page.
    """
    return tuple(
        _row(found, gap, sees, f"g-{number}", open_=found.day == today, drawn=drawn)
        for number, gap in enumerate(gaps, 1)
    )


def _row(
    found: Setting, gap: Gap, sees: Sight, anchor: str, *, open_: bool, drawn: Unit | None
) -> GapRow:
    court = gap.unit.court
    assert court is not None  # noqa: S101  # every saved unit has its court
    ways = gap.remedies if open_ and court.pk in sees.mend else ()
    asked = {"court": court.code} if open_ else {"court": court.code, "on": str(found.day)}
    page = "" if court == drawn else f"?{urlencode(asked)}"
    return GapRow(
        anchor=anchor,
        gap=gap,
        court=found.name(court),
        people=names_of(gap.people, seen=True) if gap.unit.pk in sees.members else "",
        ways=tuple((way.label, address(way)) for way in ways),
        place=f"{page}#u-{gap.unit.code}",
        card=f"?{urlencode(asked | {'q': gap.unit.code})}",
    )


@dataclass(frozen=True)
class RuleGroup:
    """The findings of one rule, under its sentence and basis."""

    rule: PartyRule
    rows: tuple[GapRow, ...]


def by_rule(rows: Sequence[GapRow]) -> tuple[RuleGroup, ...]:
    """The findings by rule: gaps first, then what is only to be known, each in the file's order."""
    codes = {row.gap.rule.code for row in rows}
    rules = [rule for rule in party_rules().values() if rule.code in codes]
    rules.sort(key=lambda rule: rule.severity == "notice")
    return tuple(
        RuleGroup(rule, tuple(row for row in rows if row.gap.rule.code == rule.code))
        for rule in rules
    )


def address(way: Remedy) -> str:
    """Where a way out leads."""
    unit, other = way.unit, way.other
    if way.target == "term":
        return f"{reverse('term')}?{urlencode({'unit': unit.code})}"
    if way.target == "officers":
        return reverse("branch", args=[unit.code])
    if way.target == "people":
        return f"{reverse('people')}?{urlencode({'unit': unit.code})}"
    if way.target == "force":
        return reverse("taskforce", args=[unit.code])
    asked = {"operation": way.target, "court": unit.court.code if unit.court else ""}
    if way.target == "found":
        asked |= {"above": unit.code, "type": way.type}
    elif other is not None:
        asked |= {"above" if way.target == "join" else "unit": other.code, "offices": unit.code}
    else:
        asked |= {"unit": unit.code}
    return f"{reverse('adjust')}?{urlencode(asked)}"
