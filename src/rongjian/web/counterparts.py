"""对照表: one row per business unit and Party unit, with who holds the posts in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.org.models import UnitType
from rongjian.org.setting import HEAD, SECRETARY
from rongjian.org.tenure import last_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from rongjian.org.models import Person, Unit
    from rongjian.org.setting import Setting

HEADINGS = (
    "检察院",
    "业务机构",
    "部门正式党员",
    "党组织",
    "关系",
    "支部书记",
    "部门负责人",
    "书记兼任负责人",
    "支部正式党员",
    "支部预备党员",
    "任期至",
)


@dataclass(frozen=True)
class Counterpart:
    """A business unit beside one of its Party units; figures only where they may be seen."""

    units: tuple[Unit, ...]
    court_name: str
    business: str
    full_here: int | None
    party: str
    relation: str
    secretary: str
    head: str
    same: bool | None
    full: int | None
    probationary: int | None
    ends: date | None

    @property
    def same_words(self) -> str:
        """✓ where the secretary heads the department, ✗ where not, nothing where one is missing."""
        return {True: "✓", False: "✗", None: ""}[self.same]

    @property
    def cells(self) -> tuple[object, ...]:
        """The row as a sheet holds it, under `HEADINGS`."""
        return (
            self.court_name,
            self.business,
            self.full_here,
            self.party or "（没有）",
            self.relation,
            self.secretary,
            self.head,
            self.same_words,
            self.full,
            self.probationary,
            self.ends,
        )


def counterparts(found: Setting, staff_seen: Collection[int | None]) -> list[Counterpart]:
    """The rows of every department and task force of a setting, in code order.

    `staff_seen` are the procuratorates whose staff the reader may see: elsewhere names are masked
    and figures left out.
    """
    return [
        row
        for unit in found.of_type(UnitType.DEPARTMENT, UnitType.TASK_FORCE)
        for row in _rows(found, unit, seen=unit.court_id in staff_seen)
    ]


def _rows(found: Setting, unit: Unit, *, seen: bool) -> Iterator[Counterpart]:
    court = unit.court
    assert court is not None  # noqa: S101  # every saved unit has its court
    heads = found.holders(unit, HEAD)
    for party in found.beside(unit) or (None,):
        roster = found.roster(party) if party else None
        secretaries = found.holders(party, SECRETARY) if party else ()
        term = found.terms.get(party.pk) if party else None
        yield Counterpart(
            units=(unit, party) if party else (unit,),
            court_name=found.name(court),
            business=found.name(unit),
            full_here=found.roster(unit).full if seen else None,
            party=found.name(party) if party else "",
            relation=found.relation(unit, party) if party else "",
            secretary=names_of(secretaries, seen=seen),
            head=names_of(heads, seen=seen),
            same=bool(set(heads) & set(secretaries)) if heads and secretaries else None,
            full=roster.full if roster and seen else None,
            probationary=roster.probationary if roster and seen else None,
            ends=last_day(term) if term else None,
        )


def names_of(people: Iterable[Person], *, seen: bool) -> str:
    """The names, or what others than the own procuratorate may read of them."""
    return "、".join(person.name if seen else person.masked for person in people)


def by_court(rows: Iterable[Counterpart]) -> list[tuple[str, list[Counterpart]]]:
    """The rows under the name of their procuratorate, in the order they come."""
    found: dict[str, list[Counterpart]] = {}
    for row in rows:
        found.setdefault(row.court_name, []).append(row)
    return list(found.items())
