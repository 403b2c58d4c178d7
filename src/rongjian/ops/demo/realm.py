"""The demo's procuratorates once they are founded: what the writers of records work with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from rongjian.kernel.places import Place
    from rongjian.org.access import Actor
    from rongjian.org.models import Person, Unit

FOUNDED = "2017-01-01"
"""The day on which every body of the demo world begins, so that all of its records lie later."""


@dataclass(frozen=True)
class Branch:
    """A branch with the size of its roster and the lines of the departments it serves."""

    unit: Unit
    members: int
    full: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Force:
    """A task force with its temporary branch; `people` is filled once there are any, leader first."""

    unit: Unit
    branch: Unit
    founded_on: date
    dissolved_on: date
    members: int
    people: list[Person] = field(default_factory=list)


@dataclass
class Court:
    """One procuratorate with its bodies and with those who keep its books."""

    place: Place
    unit: Unit
    departments: dict[str, Unit]
    committee: Unit
    leading_group: Unit
    branches: list[Branch] = field(default_factory=list)
    forces: list[Force] = field(default_factory=list)
    standing_force: Unit | None = None
    staff: dict[str, list[Person]] = field(default_factory=dict)
    offices: dict[str, Actor] = field(default_factory=dict)

    def department(self, line: str) -> Unit:
        """The department that handles a line."""
        return next(unit for unit in self.departments.values() if line in unit.lines.split(","))

    def acting(self, role: str, at: datetime) -> Actor:
        """Whoever holds a role for the whole procuratorate, at a time."""
        return replace(self.offices[role], now=at)


@dataclass
class Realm:
    """The whole demo world before its records."""

    seed: int
    courts: list[Court]
    cast: dict[str, Person]
    loader: Actor

    @property
    def region(self) -> Court:
        """The procuratorate at the top."""
        return self.courts[0]

    def court(self, code: str) -> Court:
        """The procuratorate with this code; StopIteration when the world has none."""
        return next(court for court in self.courts if court.unit.code == code)
