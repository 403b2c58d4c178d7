"""Periods: what people write, what they mean, and what came before."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.periods import Month, Period, PeriodError

months = st.integers(2000 * 12, 2060 * 12).map(Month)
periods = st.tuples(months, months).map(lambda pair: Period(min(pair), max(pair)))


@pytest.mark.parametrize(
    ("text", "start", "end", "label"),
    [
        ("2018-01..2020-12", date(2018, 1, 1), date(2020, 12, 31), "2018年1月至2020年12月"),
        ("2021-01..09", date(2021, 1, 1), date(2021, 9, 30), "2021年1月至9月"),
        ("2020", date(2020, 1, 1), date(2020, 12, 31), "2020年"),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "2020年2月"),
        ("2026-Q2", date(2026, 4, 1), date(2026, 6, 30), "2026年二季度"),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30), "2026年上半年"),
        ("2026-07..2026-12", date(2026, 7, 1), date(2026, 12, 31), "2026年下半年"),
        ("2018..2020", date(2018, 1, 1), date(2020, 12, 31), "2018年1月至2020年12月"),
    ],
)
def test_reading_and_naming(text: str, start: date, end: date, label: str) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.label) == (start, end, label)


@pytest.mark.parametrize("text", ["", "去年", "2020-13", "2020-Q5", "2020-05..2020-01", "1-2-3"])
def test_what_nobody_can_read_is_refused_with_the_readable_forms(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)


@given(periods)
def test_writing_and_reading_agree(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(periods)
def test_the_period_before_ends_where_this_begins(period: Period) -> None:
    before = period.previous()
    assert len(before) == len(period) == len(list(period))
    assert before.last + 1 == period.first
    assert before.end < period.start
    assert len(period.year_before()) == len(period)


@given(periods, st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_a_day_is_inside_exactly_when_its_month_is(period: Period, day: date) -> None:
    assert (day in period) == (Month.of(day) in list(period))
