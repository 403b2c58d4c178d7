"""The two trees day by day in plain lists: what reorganising must come to, however it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rongjian.org.plans import Dissolve, Found, Merge, Move, Split

if TYPE_CHECKING:
    from rongjian.org.plans import Plan

FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
DAYS = (LAST - FIRST).days + 1


def place_of(day: date) -> int:
    """The number of a day; days outside the calendar count as its first or last."""
    return min(max((day - FIRST).days, 0), DAYS - 1)


@dataclass
class Model:
    """Who stood under whom on each single day, and who was dissolved when."""

    above: dict[str, list[str]] = field(default_factory=dict)
    founded: dict[str, date] = field(default_factory=dict)
    dissolved: dict[str, date] = field(default_factory=dict)

    def found(self, code: str, above: str, on: date) -> None:
        """A unit that stands under another from a day on, and in the same place before."""
        self.above[code] = [above] * DAYS
        self.founded[code] = on

    def way(self, code: str, day: date) -> list[str]:
        """The unit and those above it on a day; of a day before it was founded, on its first."""
        place = place_of(max(day, self.founded[code]))
        found = []
        while code:
            found.append(code)
            code = self.above[code][place]
        return found

    def carry_out(self, plan: Plan, made: list[str]) -> None:
        """Do what a plan says, one day after another; `made` are the codes of the new units."""
        days = range(place_of(plan.on), DAYS)
        if isinstance(plan, Found):
            self.found(made[0], plan.above.code, plan.on)
        elif isinstance(plan, Move):
            for day in days:
                self.above[plan.unit.code][day] = plan.above.code
        elif isinstance(plan, Merge):
            for unit in plan.units:
                self._end(unit.code, plan.heir.code, plan.on)
        elif isinstance(plan, Dissolve):
            self.dissolved[plan.unit.code] = plan.on
        elif isinstance(plan, Split):
            self._split(plan, made, self.above[plan.unit.code][days[0]])

    def _split(self, plan: Split, made: list[str], above: str) -> None:
        for code in made:
            self.found(code, above, plan.on)
        if plan.heir is not None:
            self._end(plan.unit.code, made[plan.heir], plan.on)

    def _end(self, code: str, heir: str, on: date) -> None:
        for day in range(place_of(on), DAYS):
            for each, above in self.above.items():
                living = each not in self.dissolved or self.dissolved[each] > on
                if above[day] == code and living:
                    above[day] = heir
            self.above[code][day] = heir
        self.dissolved[code] = on


def days_of(random_day: int) -> date:
    """A day of the calendar after its first."""
    return FIRST + timedelta(days=1 + random_day % (DAYS - 1))
