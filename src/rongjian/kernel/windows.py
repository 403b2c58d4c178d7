"""Windows of time in which something is expected, and until when it has to be written down.

A `Schedule` says how often (每月, 每两月, 每季, 每半年, 每年) and in which part of each cycle; a `Window` is one
of them. Three stated rules: a window without a working day runs on to the first one after it; a limit
that falls on a day off ends on the next working day (`workdays.add_workdays`); a year whose 调休 is not
published yet is counted by its statutory holidays, and its windows say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from rongjian.kernel.periods import Month, Period
from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, add_workdays, is_arranged, is_workday

Cycle = Literal["month", "two_months", "quarter", "half", "year"]

CYCLE_MONTHS: dict[Cycle, int] = {"month": 1, "two_months": 2, "quarter": 3, "half": 6, "year": 12}
CYCLE_WORDS: dict[Cycle, str] = {
    "month": "每月",
    "two_months": "每两月",
    "quarter": "每季",
    "half": "每半年",
    "year": "每年",
}
_QUARTERS = "一二三四"
_LAST_DAY = 31


@dataclass(frozen=True)
class Schedule:
    """How often, in which part of the cycle, and how long it may still be written down.

    `months` are the first and last month, counted from the beginning of the cycle (13 is January of
    the year after); `days` the first day in the one and the last day in the other. What happened may
    be recorded for `grace` working days more, or until day `by_day` of the month that follows.
    """

    cycle: Cycle
    months: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    grace: int = 0
    by_day: int = 0

    def __post_init__(self) -> None:
        first, last = self.span
        opens, ends = self.days or (1, _LAST_DAY)
        if last < first or (last == first and ends < opens):
            raise ValueError("截止早于开始：请把 months、days 的前一个数写得不大于后一个数")
        if first < 1 or not (1 <= opens <= _LAST_DAY and 1 <= ends <= _LAST_DAY):
            raise ValueError("months 从 1 起，days 在 1 到 31 之间")
        if last - first >= CYCLE_MONTHS[self.cycle]:
            raise ValueError(
                f"{CYCLE_WORDS[self.cycle]}的时段不能长于一个周期，否则前后两期相互重叠"
            )
        if self.grace < 0 or not 0 <= self.by_day <= _LAST_DAY or (self.grace and self.by_day):
            raise ValueError("宽限写 grace（工作日数）或 by_day（次月几日）之一，不能为负")

    @property
    def span(self) -> tuple[int, int]:
        """First and last month of the part of the cycle, counted from its beginning."""
        return self.months or (1, CYCLE_MONTHS[self.cycle])

    def starts(self, day: date) -> bool:
        """Whether a cycle begins on a day."""
        return day.day == 1 and (day.month - 1) % CYCLE_MONTHS[self.cycle] == 0


@dataclass(frozen=True)
class Window:
    """One window: the period it is for, the days it is open, the last day for writing it down.

    `settled` is false while the 调休 of one of its years is not published: its limit may still move.
    `stretched` says that there was no working day in it, so that it runs on to the next one.
    """

    period: Period
    opens_on: date
    ends_on: date
    due_on: date
    settled: bool
    stretched: bool = False

    @property
    def label(self) -> str:
        """What the window is called within its year: 6月, 5—6月, 二季度, 上半年, 全年."""
        first = self.period.first.month
        match len(self.period):
            case 1:
                return f"{first}月"
            case 3:
                return f"{_QUARTERS[first // 3]}季度"
            case 6:
                return "上半年" if first == 1 else "下半年"
            case 12:
                return "全年"
        return f"{first}—{self.period.last.month}月"

    @property
    def caution(self) -> str:
        """What has to be known about its limit; mostly nothing."""
        if not self.settled:
            return f"{self.due_on.year}年调休安排尚未公布，限期暂按法定节假日计算"
        if self.stretched:
            return f"本期内没有工作日，顺延至 {self.ends_on}"
        return ""


def windows(
    schedule: Schedule, first: date, last: date, overrides: Overrides = NO_OVERRIDES
) -> tuple[Window, ...]:
    """The windows whose period begins between two days, in order."""
    return _windows(schedule, first, last, tuple(sorted(overrides.items())))


@lru_cache(maxsize=512)
def _windows(
    schedule: Schedule, first: date, last: date, own: tuple[tuple[date, bool], ...]
) -> tuple[Window, ...]:
    overrides = dict(own)
    return tuple(
        _window(schedule, period, overrides)
        for period in _periods(schedule.cycle, first, last)
        if first <= period.start <= last
    )


def _periods(cycle: Cycle, first: date, last: date) -> Iterator[Period]:
    size = CYCLE_MONTHS[cycle]
    begin = Month.of(first)
    begin += -((begin.month - 1) % size)
    while begin.first_day <= last:
        yield Period(begin, begin + (size - 1))
        begin += size


def _window(schedule: Schedule, period: Period, overrides: Overrides) -> Window:
    first, last = schedule.span
    opens_day, ends_day = schedule.days or (1, _LAST_DAY)
    opens_on = _day_of(period.first + (first - 1), opens_day)
    ends_on = _day_of(period.first + (last - 1), ends_day)
    stretched = not has_workday(opens_on, ends_on, overrides)
    if stretched:
        ends_on = add_workdays(ends_on, 1, overrides)
    after = Month.of(ends_on) + 1
    limit = _day_of(after, schedule.by_day) if schedule.by_day else ends_on
    due_on = add_workdays(limit, schedule.grace, overrides)
    settled = all(is_arranged(year, overrides) for year in range(opens_on.year, due_on.year + 1))
    return Window(period, opens_on, ends_on, due_on, settled, stretched)


def has_workday(first: date, last: date, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Whether the office works on any day from one to another."""
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return any(is_workday(day, overrides) for day in days)


def idle(schedule: Schedule, years: range, overrides: Overrides = NO_OVERRIDES) -> Window | None:
    """The first window of some years that had to be stretched; None where every one has a working day."""
    found = windows(schedule, date(years.start, 1, 1), date(years.stop - 1, 12, 31), overrides)
    return next((window for window in found if window.stretched), None)


def _day_of(month: Month, day: int) -> date:
    return min(month.first_day + timedelta(days=day - 1), month.last_day)
