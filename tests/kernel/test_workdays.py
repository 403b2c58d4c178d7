"""Working days: the published arrangements, an office's own days, and the laws of counting."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rongjian.kernel.workdays import add_workdays, is_arranged, is_workday, workdays_between

DAYS = st.dates(date(2018, 1, 1), date(2027, 12, 31))
OVERRIDES = st.dictionaries(DAYS, st.booleans(), max_size=12)
COUNTS = st.integers(-40, 40).filter(bool)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 1, 1), date(2026, 1, 3)),
        (date(2026, 2, 15), date(2026, 2, 23)),
        (date(2026, 4, 4), date(2026, 4, 6)),
        (date(2026, 5, 1), date(2026, 5, 5)),
        (date(2026, 6, 19), date(2026, 6, 21)),
        (date(2026, 9, 25), date(2026, 9, 27)),
        (date(2026, 10, 1), date(2026, 10, 7)),
        (date(2018, 10, 1), date(2018, 10, 7)),
        (date(2020, 1, 24), date(2020, 2, 2)),
        (date(2021, 2, 11), date(2021, 2, 17)),
    ],
    ids=str,
)
def test_published_holidays_are_off_and_end_when_published(first, last):
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    assert not any(is_workday(day) for day in days)
    assert add_workdays(first, 0) == last + timedelta(days=1)


@pytest.mark.parametrize(
    "day",
    [
        *(date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28)),
        *(date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)),
        *(date(2018, 12, 29), date(2020, 6, 28), date(2021, 2, 7)),
    ],
    ids=str,
)
def test_weekend_days_moved_to_work_are_worked(day):
    assert day.weekday() >= 5
    assert is_workday(day)


def test_the_weekends_worked_in_2026_are_just_the_published_six():
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    worked = [day for day in year if day.weekday() >= 5 and is_workday(day)]
    assert [f"{day:%m-%d}" for day in worked] == [
        "01-04",
        "02-14",
        "02-28",
        "05-09",
        "09-20",
        "10-10",
    ]
    assert workdays_between(date(2025, 12, 31), date(2026, 12, 31)) == 248


# The State Council's yearly notices: days off as (first, last), then the weekend days that are worked.
ARRANGED = {
    2020: (
        "01-01 01-01, 01-24 02-02, 04-04 04-06, 05-01 05-05, 06-25 06-27, 10-01 10-08",
        "01-19 04-26 05-09 06-28 09-27 10-10",
    ),
    2021: (
        "01-01 01-03, 02-11 02-17, 04-03 04-05, 05-01 05-05, 06-12 06-14, 09-19 09-21, 10-01 10-07",
        "02-07 02-20 04-25 05-08 09-18 09-26 10-09",
    ),
    2022: (
        "01-01 01-03, 01-31 02-06, 04-03 04-05, 04-30 05-04, 06-03 06-05, 09-10 09-12, 10-01 10-07",
        "01-29 01-30 04-02 04-24 05-07 10-08 10-09",
    ),
    2023: (
        "01-01 01-02, 01-21 01-27, 04-05 04-05, 04-29 05-03, 06-22 06-24, 09-29 10-06",
        "01-28 01-29 04-23 05-06 06-25 10-07 10-08",
    ),
    2024: (
        "01-01 01-01, 02-10 02-17, 04-04 04-06, 05-01 05-05, 06-08 06-10, 09-15 09-17, 10-01 10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ),
    2025: (
        "01-01 01-01, 01-28 02-04, 04-04 04-06, 05-01 05-05, 05-31 06-02, 10-01 10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ),
    2026: (
        "01-01 01-03, 02-15 02-23, 04-04 04-06, 05-01 05-05, 06-19 06-21, 09-25 09-27, 10-01 10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ),
}


@pytest.mark.parametrize("year", ARRANGED)
def test_every_day_of_a_year_is_as_published(year):
    def day(text: str) -> date:
        return date.fromisoformat(f"{year}-{text}")

    spans = [span.split() for span in ARRANGED[year][0].split(", ")]
    worked = {day(text) for text in ARRANGED[year][1].split()}
    for step in range((date(year, 12, 31) - date(year, 1, 1)).days + 1):
        each = date(year, 1, 1) + timedelta(days=step)
        off = any(day(first) <= each <= day(last) for first, last in spans)
        weekend = each.weekday() >= 5
        assert is_workday(each) is (each in worked or not (off or weekend)), each


def test_a_period_over_the_spring_festival_counts_by_the_arrangement():
    # Friday the 13th; Saturday the 14th is worked, the 15th to the 23rd are off.
    assert add_workdays(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert add_workdays(date(2026, 2, 13), 2) == date(2026, 2, 24)
    assert add_workdays(date(2026, 2, 24), -2) == date(2026, 2, 13)
    assert workdays_between(date(2026, 2, 13), date(2026, 2, 28)) == 6


def test_the_office_has_the_last_word_in_both_directions():
    flood, deadline_sunday = date(2026, 6, 24), date(2026, 6, 28)
    own = {flood: False, deadline_sunday: True}
    assert is_workday(flood)
    assert not is_workday(flood, own)
    assert not is_workday(deadline_sunday)
    assert is_workday(deadline_sunday, own)
    assert add_workdays(date(2026, 6, 23), 1, own) == date(2026, 6, 25)
    assert workdays_between(date(2026, 6, 26), date(2026, 6, 29), own) == 2


def test_a_year_is_arranged_once_a_weekend_is_moved_in_it():
    assert all(is_arranged(year) for year in range(2007, 2027))
    assert not is_arranged(2090)
    assert is_arranged(2090, {date(2090, 10, 8): True})
    assert not is_arranged(2090, {date(2089, 10, 8): True})
    assert not is_arranged(2090, {date(2090, 10, 9): False})


@given(DAYS, COUNTS, OVERRIDES)
def test_counting_undoes_adding(day, count, overrides):
    assert workdays_between(day, add_workdays(day, count, overrides), overrides) == count


@given(DAYS, COUNTS, OVERRIDES)
def test_adding_arrives_on_a_workday_on_the_right_side(day, count, overrides):
    arrived = add_workdays(day, count, overrides)
    assert is_workday(arrived, overrides)
    assert (arrived > day) == (count > 0)
    assert arrived != day


@given(DAYS, st.integers(0, 20), st.integers(0, 20), OVERRIDES)
def test_adding_in_two_steps_is_adding_at_once(day, one, two, overrides):
    assume(one and two)
    halfway = add_workdays(day, one, overrides)
    assert add_workdays(halfway, two, overrides) == add_workdays(day, one + two, overrides)


@given(DAYS, DAYS, st.integers(1, 20), OVERRIDES)
def test_a_later_start_never_ends_earlier(one, other, count, overrides):
    first, second = sorted((one, other))
    assert add_workdays(first, count, overrides) <= add_workdays(second, count, overrides)


@given(DAYS, st.lists(st.integers(0, 60), min_size=2, max_size=2), OVERRIDES)
def test_spans_add_up(day, gaps, overrides):
    middle = day + timedelta(days=gaps[0])
    end = middle + timedelta(days=gaps[1])
    parts = workdays_between(day, middle, overrides) + workdays_between(middle, end, overrides)
    assert parts == workdays_between(day, end, overrides)
    assert 0 <= parts <= sum(gaps)


@given(DAYS, OVERRIDES)
def test_zero_rolls_to_the_next_workday_and_no_further(day, overrides):
    rolled = add_workdays(day, 0, overrides)
    assert is_workday(rolled, overrides)
    skipped = [day + timedelta(days=n) for n in range((rolled - day).days)]
    assert not any(is_workday(each, overrides) for each in skipped)


@given(DAYS, OVERRIDES)
def test_every_override_is_obeyed(day, overrides):
    for own, worked in overrides.items():
        assert is_workday(own, overrides) is worked
    assume(day not in overrides)
    assert is_workday(day, overrides) is is_workday(day)
