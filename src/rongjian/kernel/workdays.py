"""Working days as Chinese offices keep them: public holidays, 调休 weekends, an office's own days.

The `holidays` library knows the State Council's yearly arrangement once it is published; until
then a year has its statutory holidays only (see `is_arranged`). What an office decides for itself,
or learns before the library does, comes in as `overrides`: a day, and whether it is worked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from holidays import country_holidays

Overrides = Mapping[date, bool]

NO_OVERRIDES: Overrides = MappingProxyType({})
"""For an office that follows the national calendar as it is."""

_DAY = timedelta(days=1)
_SATURDAY = 5


@cache
def _exceptions(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """A year's days off and its worked weekend days; a fresh calendar, so threads share none."""
    calendar = country_holidays("CN", years=year)
    worked = frozenset(day for day in calendar.weekend_workdays if day.year == year)
    return frozenset(calendar), worked


def is_workday(day: date, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Whether the office works on a day; its own word comes first."""
    if day in overrides:
        return overrides[day]
    off, worked = _exceptions(day.year)
    return day in worked or (day.weekday() < _SATURDAY and day not in off)


def is_arranged(year: int, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Whether a year's 调休 is known, so that its working days will not move any more.

    Every arrangement since 2007 has moved at least one weekend, so a year without a worked
    weekend day, from either source, is a year whose notice has not been taken in yet.
    """
    own = any(worked and day.year == year for day, worked in overrides.items())
    return own or bool(_exceptions(year)[1])


def add_workdays(day: date, count: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """The `count`-th working day after a day (before it, when negative); the day is not counted.

    With a count of 0 it is the day itself, or the next working day when the day is off: a period
    that ends on a holiday ends on the first working day after it.
    """
    if count == 0:
        return day if is_workday(day, overrides) else add_workdays(day, 1, overrides)
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_workday(day, overrides)
    return day


def workdays_between(start: date, end: date, overrides: Overrides = NO_OVERRIDES) -> int:
    """How many working days from `start` to `end`; `start` is not counted, `end` is.

    It undoes `add_workdays`: negative when `end` lies before `start`.
    """
    if end < start:
        return -workdays_between(end - _DAY, start - _DAY, overrides)
    return sum(is_workday(day, overrides) for day in _days_after(start, end))


def _days_after(start: date, end: date) -> Iterator[date]:
    for offset in range((end - start).days):
        yield end - timedelta(days=offset)
