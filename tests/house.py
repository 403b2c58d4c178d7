"""A small house for tests of the spine: three procuratorates, a few bodies, a fixed cast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from rongjian.log import guards
from rongjian.org.access import Actor, actor_of
from rongjian.org.actions import NewUnit, affiliate, appoint, found, pair
from rongjian.org.models import Person, Tree, Unit, UnitType

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUNDED = date(2015, 1, 1)
NOW = datetime(2026, 6, 25, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

_B, _P = Tree.BUSINESS, Tree.PARTY
_PLAN = (
    ("450000", "广西壮族自治区人民检察院", "自治区院", _B, UnitType.REGION, "", "450000"),
    ("450100", "南宁市人民检察院", "南宁市院", _B, UnitType.CITY, "450000", "450100"),
    ("450100-01", "第一检察部", "南宁市院第一检察部", _B, UnitType.DEPARTMENT, "450100", "450100"),
    ("450100-02", "第二检察部", "南宁市院第二检察部", _B, UnitType.DEPARTMENT, "450100", "450100"),
    ("450100-P", "机关党委", "南宁市院机关党委", _P, UnitType.ORGAN_COMMITTEE, "", "450100"),
    ("450100-P01", "第一党支部", "南宁市院第一党支部", _P, UnitType.BRANCH, "450100-P", "450100"),
    ("450100-P02", "第二党支部", "南宁市院第二党支部", _P, UnitType.BRANCH, "450100-P", "450100"),
    ("450103", "南宁市青秀区人民检察院", "青秀区院", _B, UnitType.COUNTY, "450100", "450103"),
    ("450103-01", "第一检察部", "青秀区院第一检察部", _B, UnitType.DEPARTMENT, "450103", "450103"),
    ("450200", "柳州市人民检察院", "柳州市院", _B, UnitType.CITY, "450000", "450200"),
    ("450200-01", "第一检察部", "柳州市院第一检察部", _B, UnitType.DEPARTMENT, "450200", "450200"),
)
_CAST = {
    "zhengshi": ("450000", "450000", "case_manager"),
    "qian": ("450100", "450100-01", "case_manager"),
    "lisi": ("450100", "450100-02", "branch_organiser"),
    "wangwu": ("450100", "450100-02", "branch_secretary"),
    "zhouba": ("450103", "450103-01", "case_manager"),
    "liu": ("450200", "450200-01", "case_manager"),
}
_POSTS = {"lisi": "450100-P02", "wangwu": "450100-P02"}


@dataclass(frozen=True)
class House:
    """The units by code and the people by account name."""

    units: dict[str, Unit]
    people: dict[str, Person]

    def actor(self, name: str, now: datetime = NOW) -> Actor:
        """A member of the cast as an actor; rights are read afresh."""
        return actor_of(self.people[name], now)


@pytest.fixture
def house(db: None) -> House:
    """The small house, in the test's own transaction."""
    return built()


def built() -> House:
    """The small house, founded now; benches build it in a database of their own."""
    units = found([NewUnit(*row, founded_on=FOUNDED) for row in _PLAN])
    pair(units["450100-P02"], units["450100-02"], FOUNDED)
    people = {}
    for number, (name, (court, department, role)) in enumerate(_CAST.items()):
        people[name] = Person.objects.create(
            staff_no=f"N{number:03}",
            name=f"{name[0].upper()}某",
            court=units[court],
            department=units[department],
            membership="full",
        )
        appoint(people[name], units[_POSTS.get(name, court)], role, FOUNDED)
    affiliate(list(people.values()), FOUNDED)
    return House(units, people)


@pytest.fixture(scope="module")
def guards_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The log's guards, put back once the test database was emptied."""
    yield
    with django_db_blocker.unblock():
        guards.install(connection)


@pytest.fixture
def emptied(guards_again: None, house: House) -> Iterator[House]:
    """The house in real transactions; the guards would keep the database from being emptied."""
    yield house
    guards.remove(connection)
