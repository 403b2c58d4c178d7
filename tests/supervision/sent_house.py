"""The small house with somebody to deploy, to answer and to judge, for tests of deployments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from rongjian.org.access import Actor, actor_of
from rongjian.org.actions import affiliate, appoint
from rongjian.org.models import Person
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.dispatching import Planned, dispatch, lay_out
from rongjian.supervision.models import Receipt
from tests.house import FOUNDED, House

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.models import Unit

ZONE = ZoneInfo("Asia/Shanghai")
START, LIMIT = date(2026, 6, 15), date(2026, 6, 24)
POSTS = {
    "inspector": ("450100", "450100-01", "450100"),
    "chief": ("450100", "450100-01", "450100"),
    "liaison": ("450103", "450103-01", "450103"),
    "chief_below": ("450103", "450103-01", "450103"),
    "head": ("450100", "450100-01", "450100-01"),
    "second_head": ("450100", "450100-02", "450100-02"),
    "secretary": ("450100", "450100-01", "450100-P01"),
    "committee": ("450100", "450100-01", "450100"),
    "sysadmin": ("450000", "450000", "450000"),
}
ROLES = {
    "chief_below": "chief",
    "head": "department_head",
    "second_head": "department_head",
    "secretary": "branch_secretary",
    "committee": "organ_committee",
}
CONTACTS = {"450103": "liaison", "450100-01": "head", "450100-P02": "lisi"}


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@dataclass(frozen=True)
class SentHouse:
    """The house and its people; units that have a contact are the keys of CONTACTS."""

    house: House
    people: dict[str, Person]

    def unit(self, code: str) -> Unit:
        return self.house.units[code]

    def actor(self, name: str, day: date, hour: int = 9) -> Actor:
        return actor_of(self.people[name], at(day, hour))

    def draft(self, **new: object) -> Deployment:
        given = {
            "title": "涉企挂案清理",
            "unit": self.unit("450100"),
            "happened_on": START,
            "due_on": LIMIT,
            "leading": self.unit("450100-02"),
            "reviewer": self.people["second_head"],
        }
        return Deployment(**(given | new))

    def laid_out(self, tasks: Sequence[Planned] = (), **new: object) -> Deployment:
        draft = self.draft(**new)
        planned = tasks or [Planned("清理挂案", LIMIT)]
        return lay_out(self.actor("inspector", draft.happened_on), draft, planned)

    def sent(
        self, tasks: Sequence[Planned] = (), units: Sequence[str] = tuple(CONTACTS), **new: object
    ) -> Deployment:
        deployment = self.laid_out(tasks, **new)
        actor = self.actor("inspector", deployment.happened_on)
        dispatch(actor, deployment, [self.unit(code) for code in units])
        return deployment

    def receipt(self, deployment: Deployment, code: str) -> Receipt:
        return Receipt.objects.get(deployment=deployment, unit__code=code)


@pytest.fixture
def staffed(house: House) -> SentHouse:
    """The house with its people of supervision."""
    return staffed_house(house)


def staffed_house(house: House) -> SentHouse:
    made = {}
    for number, (name, (court, department, unit)) in enumerate(POSTS.items()):
        made[name] = Person.objects.create(
            staff_no=f"S{number:03}",
            name=f"督{number}某",
            court=house.units[court],
            department=house.units[department],
            membership="full",
        )
        appoint(made[name], house.units[unit], ROLES.get(name, name), FOUNDED)
    affiliate(list(made.values()), FOUNDED)
    return SentHouse(house, {**house.people, **made})
