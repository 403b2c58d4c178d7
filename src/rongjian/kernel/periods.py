"""Periods of whole months: the only spans of time a figure is counted over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering

_MONTH = r"(\d{4})-(\d{1,2})"
_FORMS = (
    (re.compile(rf"^{_MONTH}\.\.{_MONTH}$"), "range"),
    (re.compile(rf"^{_MONTH}\.\.(\d{{1,2}})$"), "months"),
    (re.compile(rf"^{_MONTH}$"), "month"),
    (re.compile(r"^(\d{4})[-]?Q([1-4])$", re.IGNORECASE), "quarter"),
    (re.compile(r"^(\d{4})[-]?H([12])$", re.IGNORECASE), "half"),
    (re.compile(r"^(\d{4})$"), "year"),
    (re.compile(r"^(\d{4})\.\.(\d{4})$"), "years"),
)
_QUARTER_NAMES = "一二三四"


class PeriodError(ValueError):
    """A period was written in a form nobody can read; the text says how to write it."""


@total_ordering
@dataclass(frozen=True)
class Month:
    """One calendar month; arithmetic through its running number `index`."""

    index: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year * 12 + day.month - 1)

    @classmethod
    def at(cls, year: int, month: int) -> Month:
        """The month `month` (1–12) of `year`; PeriodError when there is none."""
        if not 1 <= month <= 12 or not 1900 <= year <= 2200:
            raise PeriodError(f"没有这个月份：{year}-{month}")
        return cls(year * 12 + month - 1)

    @property
    def year(self) -> int:
        """Calendar year."""
        return self.index // 12

    @property
    def month(self) -> int:
        """Month of the year, 1–12."""
        return self.index % 12 + 1

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The month's last day."""
        return (self + 1).first_day - timedelta(days=1)

    def __add__(self, months: int) -> Month:
        return Month(self.index + months)

    def __lt__(self, other: Month) -> bool:
        return self.index < other.index

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True)
class Period:
    """A run of whole months, both ends included."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodError(f"期间的起止颠倒：{self.first}..{self.last}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2018-01..2020-12`, `2021-01..09`, `2020-05`, `2020`, `2018..2020`, `2026-Q2` or `2026-H1`.

        Raises PeriodError with the readable forms otherwise.
        """
        for pattern, form in _FORMS:
            if found := pattern.match(text.strip()):
                return _build(form, [int(group) for group in found.groups()])
        raise PeriodError(
            f"期间“{text}”读不懂：请写成 2020、2020-05、2026-Q2、2026-H1 或 2018-01..2020-12"
        )

    @classmethod
    def between(cls, start: date, end: date) -> Period:
        """The months touched by the days from `start` to `end`."""
        return cls(Month.of(start), Month.of(end))

    @property
    def start(self) -> date:
        """First day."""
        return self.first.first_day

    @property
    def end(self) -> date:
        """Last day."""
        return self.last.last_day

    def __len__(self) -> int:
        return self.last.index - self.first.index + 1

    def __iter__(self) -> Iterator[Month]:
        return (Month(index) for index in range(self.first.index, self.last.index + 1))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def previous(self) -> Period:
        """The period of the same length just before: what a unit's own past means here."""
        return Period(self.first + -len(self), self.last + -len(self))

    def year_before(self) -> Period:
        """The same months a year earlier."""
        return Period(self.first + -12, self.last + -12)

    def __str__(self) -> str:
        if self.first == self.last:
            return str(self.first)
        if self._is(1, 12):
            return str(self.first.year)
        return f"{self.first}..{self.last}"

    @property
    def label(self) -> str:
        """The period as an official text writes it: 2026年6月, 2026年二季度, 2018年1月至2020年12月."""
        year = self.first.year
        if self.first == self.last:
            return f"{year}年{self.first.month}月"
        if self._is(1, 12):
            return f"{year}年"
        if self._is(1, 6):
            return f"{year}年上半年"
        if self._is(7, 12):
            return f"{year}年下半年"
        if len(self) == 3 and self.first.month % 3 == 1:
            return f"{year}年{_QUARTER_NAMES[self.first.month // 3]}季度"
        tail = "" if year == self.last.year else f"{self.last.year}年"
        return f"{year}年{self.first.month}月至{tail}{self.last.month}月"

    def _is(self, first: int, last: int) -> bool:
        same_year = self.first.year == self.last.year
        return same_year and (self.first.month, self.last.month) == (first, last)


def months_later(day: date, months: int) -> date:
    """The same day so many months on (or back); the month's last day where it has no such day."""
    month = Month.of(day) + months
    return min(month.first_day + timedelta(days=day.day - 1), month.last_day)


def _build(form: str, numbers: list[int]) -> Period:
    year = numbers[0]
    if form == "range":
        return Period(Month.at(year, numbers[1]), Month.at(numbers[2], numbers[3]))
    if form == "months":
        return Period(Month.at(year, numbers[1]), Month.at(year, numbers[2]))
    if form == "years":
        return Period(Month.at(year, 1), Month.at(numbers[1], 12))
    if form == "month":
        return Period(Month.at(year, numbers[1]), Month.at(year, numbers[1]))
    if form == "quarter":
        return Period(Month.at(year, numbers[1] * 3 - 2), Month.at(year, numbers[1] * 3))
    if form == "half":
        return Period(Month.at(year, numbers[1] * 6 - 5), Month.at(year, numbers[1] * 6))
    return Period(Month.at(year, 1), Month.at(year, 12))
