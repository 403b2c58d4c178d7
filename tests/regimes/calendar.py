"""A house that keeps the calendar, for tests: activities written when one likes, states by what they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import pytest

from rongjian.kernel.dues import STATES
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.mood_analysis import MoodAnalysis
from rongjian.records.actions import move, save
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import Due, blocks
from rongjian.regimes.models import Adoption
from tests.house import NOW

if TYPE_CHECKING:
    from rongjian.org.models import Unit
    from tests.house import House

TODAY = date(2026, 6, 25)
SINCE = date(2026, 1, 1)
BRANCH = "450100-P02"


def at(day: date, hour: int = 10) -> datetime:
    """A moment of a day in the house's own zone."""
    return datetime.combine(day, time(hour), NOW.tzinfo)


@dataclass(frozen=True)
class Desk:
    """Somebody who writes for the branch of the house."""

    house: House

    @property
    def branch(self) -> Unit:
        """第二党支部."""
        return self.house.units[BRANCH]

    def hold(
        self, type_: str, on: date, noted: date | None = None, unit: Unit | None = None
    ) -> Activity:
        """An activity that was held on one day, written down and sent on another."""
        lisi = self.house.actor("lisi", at(noted or on))
        activity = Activity(
            unit=unit or self.branch, type=type_, happened_on=on, topic="研究办案难点"
        )
        return move(lisi, save(lisi, activity), "submit")

    def analyse(self, on: date, noted: date) -> MoodAnalysis:
        """An analysis of one day that was written down on another."""
        lisi = self.house.actor("lisi", at(noted))
        row = MoodAnalysis(
            unit=self.branch,
            happened_on=on,
            title="二季度思想动态分析",
            concern="workload",
            tendency="加班较多",
            measure="统筹办案力量",
        )
        return move(lisi, save(lisi, row), "submit")


@pytest.fixture
def desk(house: House) -> Desk:
    """The house, keeping the calendar since the new year."""
    Adoption.objects.create(unit=house.units["450000"], since=SINCE)
    return Desk(house)


def dues(unit: Unit, code: str, today: date = TODAY, year: int = 2026) -> list[Due]:
    """What a unit owes by one rule in a year."""
    found = blocks(Scope.of(unit), date(year, 1, 1), date(year, 12, 31), today)
    return [due for block in found if block.rule.code == code for due in block.cells()]


def told(unit: Unit, code: str, today: date = TODAY, year: int = 2026) -> list[str]:
    """The states of what a unit owes by one rule in a year, in order."""
    return [STATES[due.state] for due in dues(unit, code, today, year)]
