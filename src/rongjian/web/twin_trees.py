"""The two trees of a procuratorate as rows with lines between them, for a page to draw.

Every row has its number, so that the lines can be drawn on the server and printed without script.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

from rongjian.org.models import COURT_TYPES, Tree, UnitType
from rongjian.org.setting import BRANCHES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from rongjian.org.findings import Gap
    from rongjian.org.models import Unit
    from rongjian.org.setting import Setting

ROW, WIDTH = 30, 96
"""Height of a row and width of the space for lines, in pixels; the stylesheet knows the height."""

_TOLD = (UnitType.TASK_FORCE, UnitType.TEMPORARY_BRANCH, UnitType.JOINT_BRANCH)
"""Types that a row names beside the unit; the others are plain from the name."""


@dataclass(frozen=True)
class Mate:
    """The partner of a unit in the other tree, and the sentence that says how they belong."""

    code: str
    name: str
    said: str
    since: date


@dataclass(frozen=True)
class Flag:
    """What a row says of the gap found there."""

    lamp: str
    words: str
    anchor: str


@dataclass(frozen=True)
class Node:
    """A unit in one of the trees, with what stands below it."""

    unit: Unit
    name: str
    chip: str
    people: str
    mates: tuple[Mate, ...]
    flags: tuple[Flag, ...]
    below: tuple[Node, ...]
    row: int = 0


@dataclass(frozen=True)
class Line:
    """A line of correspondence between two rows; `style` is how the pair belongs."""

    source: str
    target: str
    path: str
    style: str
    said: str


@dataclass(frozen=True)
class Twin:
    """Both trees, the lines between them, and how high they are drawn."""

    business: tuple[Node, ...]
    party: tuple[Node, ...]
    lines: tuple[Line, ...]
    height: int


def twin_of(found: Setting, court: Unit, gaps: Sequence[Gap], *, counted: bool, only: bool) -> Twin:
    """The trees of one procuratorate; `only` leaves what has a gap, with partners and superiors."""
    units = [each.unit for each in found.placed.values() if each.unit.court_id == court.pk]
    if only:
        kept = _around(found, {gap.unit.pk for gap in gaps})
        units = [unit for unit in units if unit.pk in kept]
    growing = _Growing(found, units, gaps, counted=counted)
    business, party = growing.roots(Tree.BUSINESS), growing.roots(Tree.PARTY)
    rows = {node.unit.pk: node.row for node in (*_walk(business), *_walk(party))}
    height = ROW * max(len(list(_walk(business))), len(list(_walk(party))), 1)
    return Twin(business, party, tuple(_lines(found, rows)), height)


def _around(found: Setting, gaps: set[int]) -> set[int]:
    """Units with a gap, their partners, and everything above both."""
    kept = set(gaps)
    for pk in gaps:
        kept |= {unit.pk for unit in found.partners.get(pk, ())}
    for pk in list(kept):
        placed = found.placed.get(pk)
        while placed is not None and placed.parent_id is not None:
            kept.add(placed.parent_id)
            placed = found.placed.get(placed.parent_id)
    return kept


def _walk(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.below)


class _Growing:
    """Puts the units of a procuratorate under one another as they were placed on the day."""

    def __init__(
        self, found: Setting, units: Sequence[Unit], gaps: Sequence[Gap], *, counted: bool
    ) -> None:
        self.found = found
        self.units = units
        self.counted = counted
        self.since = {
            (pair.business_unit_id, pair.party_unit_id): pair.valid_from for pair in found.pairs
        }
        self.flags: dict[int, list[Flag]] = {}
        for number, gap in enumerate(gaps, 1):
            lamp = "why" if gap.is_notice else "bad"
            flag = Flag(lamp, gap.rule.name, f"g-{number}")
            self.flags.setdefault(gap.unit.pk, []).append(flag)

    def roots(self, tree: Tree) -> tuple[Node, ...]:
        """The units of a tree that have no parent inside this procuratorate's tree."""
        own = [unit for unit in self.units if unit.tree == tree]
        ids, rows = {unit.pk for unit in own}, count()
        return tuple(self._node(unit, own, rows) for unit in own if self._parent(unit) not in ids)

    def _parent(self, unit: Unit) -> int | None:
        return self.found.placed[unit.pk].parent_id

    def _node(self, unit: Unit, own: Sequence[Unit], rows: Iterator[int]) -> Node:
        name, kind = self.found.name(unit), unit.get_type_display()
        node = Node(
            unit=unit,
            name=name,
            chip=kind if unit.type in _TOLD and kind not in name else "",
            people=people_words(self.found, unit) if self.counted else "",
            mates=tuple(self._mates(unit)),
            flags=tuple(self.flags.get(unit.pk, ())),
            below=(),
            row=next(rows),
        )
        below = [self._node(child, own, rows) for child in own if self._parent(child) == unit.pk]
        return replace(node, below=tuple(below))

    def _mates(self, unit: Unit) -> Iterator[Mate]:
        name = self.found.name
        business = unit.tree == Tree.BUSINESS
        for other in self.found.beside(unit):
            if other.pk not in self.found.placed:
                continue  # The task force has ended, the pairing was left open.
            mine, theirs = (unit, other) if business else (other, unit)
            word = self.found.relation(mine, theirs)
            said = f"{name(mine)} {word} {name(theirs)}"
            yield Mate(other.code, name(other), said, self.since[mine.pk, theirs.pk])


def _lines(found: Setting, rows: dict[int, int]) -> Iterator[Line]:
    styles = {"对应": "own", "联合": "joint", "挂靠": "guest"}
    for pair in found.pairs:
        mine, theirs = pair.business_unit, pair.party_unit
        if mine.pk in rows and theirs.pk in rows:
            word = found.relation(mine, theirs)
            said = f"{found.name(mine)} {word} {found.name(theirs)}"
            path = curve(rows[mine.pk], rows[theirs.pk])
            yield Line(mine.code, theirs.code, path, styles[word], said)


def curve(source: int, target: int) -> str:
    """The line from one row to another as an SVG path."""
    high, low = (source * ROW + ROW // 2, target * ROW + ROW // 2)
    return f"M0 {high}C{WIDTH // 2} {high} {WIDTH // 2} {low} {WIDTH} {low}"


def people_words(found: Setting, unit: Unit) -> str:
    """How many people or members a unit has, in words; empty where none are known."""
    if unit.type in COURT_TYPES:
        number = _several(found, unit, UnitType.DEPARTMENT)
        return f"{number} 人" if number else ""
    if unit.type == UnitType.ORGAN_COMMITTEE:
        number = _several(found, unit, *BRANCHES)
        return f"党员 {number}" if number else ""
    roster = found.roster(unit)
    if not roster.people:
        return ""
    if unit.tree == Tree.BUSINESS:
        return f"{len(roster.people)} 人 · 正式党员 {roster.full}"
    return f"正式 {roster.full}" + (f" · 预备 {roster.probationary}" if roster.probationary else "")


def _several(found: Setting, unit: Unit, *types: str) -> int:
    """How many people belong to the units of some types of one procuratorate."""
    units = (each for each in found.of_type(*types) if each.court_id == unit.court_id)
    return len({person.pk for each in units for person in found.roster(each).people})
