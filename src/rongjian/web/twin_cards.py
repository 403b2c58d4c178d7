"""Cards of units that were searched for: what a unit is, whom it belongs with, and its gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.org.models import Tree
from rongjian.org.setting import HEAD, SECRETARY
from rongjian.org.tenure import last_day
from rongjian.web.counterparts import names_of
from rongjian.web.twin_trees import people_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rongjian.org.models import Unit
    from rongjian.org.setting import Setting
    from rongjian.web.gap_rows import GapRow, Sight

MOST = 12
"""How many cards are shown; whoever finds more writes more of the name."""


@dataclass(frozen=True)
class Card:
    """One unit, its facts as (label, value), and its gaps."""

    unit: Unit
    name: str
    court: str
    facts: tuple[tuple[str, str], ...]
    gaps: tuple[GapRow, ...]


def cards_for(found: Setting, words: str, rows: Sequence[GapRow], sees: Sight) -> tuple[Card, ...]:
    """Cards of the units whose name, short name or code holds the words, in code order."""
    wanted = words.replace(" ", "")
    hits = [
        placed.unit
        for placed in found.placed.values()
        if wanted in placed.name or wanted in placed.short or placed.unit.code == wanted
    ]
    inside = [unit for unit in hits if wanted in found.name(unit) or unit.code == wanted] or hits
    return tuple(_card(found, unit, rows, sees) for unit in inside[:MOST])


def _card(found: Setting, unit: Unit, rows: Sequence[GapRow], sees: Sight) -> Card:
    court = unit.court
    return Card(
        unit=unit,
        name=found.name(unit),
        court=found.name(court) if court and not unit.is_court else "",
        facts=tuple((label, value) for label, value in _facts(found, unit, sees) if value),
        gaps=tuple(row for row in rows if row.gap.unit == unit),
    )


def _facts(found: Setting, unit: Unit, sees: Sight) -> Iterator[tuple[str, str]]:
    seen = unit.court_id in sees.staff
    business = unit.tree == Tree.BUSINESS
    yield "类型", unit.get_type_display()
    mates = [other for other in found.beside(unit) if other.pk in found.placed]
    names = "、".join(
        f"{found.name(other)}（{found.relation(unit, other) if business else found.relation(other, unit)}）"
        for other in mates
    )
    yield ("党组织" if business else "业务机构"), names
    yield "人员", people_words(found, unit) if seen else ""
    yield "部门负责人", names_of(found.holders(unit, HEAD), seen=seen)
    yield "支部书记", names_of(found.holders(unit, SECRETARY), seen=seen)
    term = found.terms.get(unit.pk)
    yield "任期", f"第 {term.number} 届，{term.began_on} 至 {last_day(term)}" if term else ""
    yield "成立", str(unit.founded_on)
