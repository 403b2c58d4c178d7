"""A small Party organisation to be spoilt: one department, its branch, members, terms, posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import TYPE_CHECKING

from rongjian.org.actions import NewUnit, affiliate, appoint, found, pair
from rongjian.org.findings import Gap
from rongjian.org.gaps import gaps
from rongjian.org.models import Affiliation, Person, Term, Tree, Unit, UnitType
from rongjian.org.setting import COMMITTEE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.house import House

DAY = date(2026, 6, 25)
SINCE = date(2020, 1, 1)
COURT = "450200"
"""The procuratorate of the small house with nothing in it but a department and a person."""

_BUSINESS = {UnitType.DEPARTMENT, UnitType.TASK_FORCE}


@dataclass
class Party:
    """Builds inside one procuratorate; what is built keeps every rule until a test spoils it."""

    house: House
    numbers: count[int] = field(default_factory=count)

    @property
    def court(self) -> Unit:
        """The procuratorate."""
        return self.house.units[COURT]

    def unit(self, type_: UnitType, since: date = SINCE, until: date | None = None) -> Unit:
        """A unit of a type."""
        tree = Tree.BUSINESS if type_ in _BUSINESS else Tree.PARTY
        code = f"{COURT}-X{next(self.numbers):03}"
        up = COURT if tree == Tree.BUSINESS else ""
        plan = NewUnit(code, f"{code}全称", code, tree, type_, up, COURT, since, until)
        return found([plan])[code]

    def people(
        self, number: int, department: Unit, branch: Unit | None, membership: str = "full"
    ) -> list[Person]:
        """Members at a department, in a branch."""
        made = [
            Person.objects.create(
                staff_no=f"X{next(self.numbers):05}",
                name="某某",
                court=self.court,
                department=department,
                branch=branch,
                membership=membership,
            )
            for _ in range(number)
        ]
        affiliate(made, SINCE)
        return made

    def seat(self, branch: Unit, people: Sequence[Person], number: int) -> None:
        """Fill so many posts of a branch's committee, the secretary first."""
        for role, person in zip(COMMITTEE[:number], people, strict=False):
            appoint(person, branch, role, SINCE)

    def term(self, unit: Unit, began_on: date, expires_on: date, **more: object) -> Term:
        """A term of office with an approval."""
        return Term.objects.create(
            unit=unit, began_on=began_on, expires_on=expires_on, basis="桂检机党〔2024〕1号", **more
        )

    def branch(
        self, full: int, probationary: int = 0, type_: UnitType = UnitType.BRANCH
    ) -> tuple[Unit, Unit]:
        """A department with its branch, everything as it should be."""
        department, branch = self.unit(UnitType.DEPARTMENT), self.unit(type_)
        pair(branch, department, SINCE)
        people = self.people(full, department, branch)
        self.people(probationary, department, branch, "probationary")
        self.seat(branch, people, 3 if full >= 7 else 1)
        self.term(branch, date(2025, 1, 10), date(2028, 1, 9))
        return department, branch

    def force(self, members: int, since: date = date(2026, 5, 1)) -> tuple[Unit, Unit]:
        """A task force at work with its temporary branch and an appointed secretary."""
        force, branch = (
            self.unit(UnitType.TASK_FORCE, since),
            self.unit(UnitType.TEMPORARY_BRANCH, since),
        )
        pair(branch, force, since)
        _, home = self.branch(max(members, 3))
        people = list(Person.objects.filter(branch=home))[:members]
        for person in people:
            Affiliation.objects.create(
                person=person, unit=force, kind="task_force", valid_from=since
            )
        self.seat(branch, people, 1)
        return force, branch

    def found(self, day: date = DAY) -> list[Gap]:
        """The gaps of the procuratorate."""
        return gaps(self.court, day)

    def codes(self, unit: Unit, day: date = DAY) -> list[str]:
        """The rules that fire for a unit."""
        return [gap.rule.code for gap in self.found(day) if gap.unit == unit]
