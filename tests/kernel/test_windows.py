"""Windows: hand-computed days, with 调休, leap days and offices' own days, and the laws between them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.windows import CYCLE_MONTHS, Schedule, Window, idle, windows
from rongjian.kernel.workdays import add_workdays, is_workday

Day = tuple[int, int, int]


def only(schedule: Schedule, begins: Day, own: dict[date, bool] | None = None) -> Window:
    day = date(*begins)
    (found,) = windows(schedule, day, day, own or {})
    return found


# What an office would work out with the printed calendar of the year in hand:
# (cycle, part of it and limit, the period begins, the window opens, ends, written down by).
CASES = [
    # 春节 2026: 15–23 February off, Saturdays 14 and 28 worked.
    ("month", {"grace": 3}, (2026, 1, 1), (2026, 1, 1), (2026, 1, 31), (2026, 2, 4)),
    ("month", {"grace": 3}, (2026, 2, 1), (2026, 2, 1), (2026, 2, 28), (2026, 3, 4)),
    ("month", {}, (2026, 2, 1), (2026, 2, 1), (2026, 2, 28), (2026, 2, 28)),
    ("month", {"days": (1, 15)}, (2026, 2, 1), (2026, 2, 1), (2026, 2, 15), (2026, 2, 24)),
    ("month", {"days": (1, 13), "grace": 1}, (2026, 2, 1), (2026, 2, 1), (2026, 2, 13), (2026, 2, 14)),
    ("month", {"days": (1, 13), "grace": 2}, (2026, 2, 1), (2026, 2, 1), (2026, 2, 13), (2026, 2, 24)),
    ("month", {"days": (15, 23)}, (2026, 2, 1), (2026, 2, 15), (2026, 2, 24), (2026, 2, 24)),
    # 清明 4–6 April, 劳动节 1–5 May with Saturday 9 worked.
    ("quarter", {"grace": 3}, (2026, 1, 1), (2026, 1, 1), (2026, 3, 31), (2026, 4, 3)),
    ("quarter", {"grace": 5}, (2026, 1, 1), (2026, 1, 1), (2026, 3, 31), (2026, 4, 8)),
    ("month", {"grace": 3}, (2026, 4, 1), (2026, 4, 1), (2026, 4, 30), (2026, 5, 8)),
    ("month", {"grace": 4}, (2026, 4, 1), (2026, 4, 1), (2026, 4, 30), (2026, 5, 9)),
    ("month", {"grace": 5}, (2026, 4, 1), (2026, 4, 1), (2026, 4, 30), (2026, 5, 11)),
    ("month", {"by_day": 5}, (2026, 4, 1), (2026, 4, 1), (2026, 4, 30), (2026, 5, 6)),
    # 端午 19–21 June.
    ("month", {"days": (1, 19)}, (2026, 6, 1), (2026, 6, 1), (2026, 6, 19), (2026, 6, 22)),
    ("month", {"grace": 3}, (2026, 6, 1), (2026, 6, 1), (2026, 6, 30), (2026, 7, 3)),
    # 中秋 25–27 September, 国庆 1–7 October, Sunday 20 September and Saturday 10 October worked.
    ("month", {"days": (1, 25)}, (2026, 9, 1), (2026, 9, 1), (2026, 9, 25), (2026, 9, 28)),
    ("quarter", {"grace": 3}, (2026, 7, 1), (2026, 7, 1), (2026, 9, 30), (2026, 10, 10)),
    ("quarter", {"grace": 4}, (2026, 7, 1), (2026, 7, 1), (2026, 9, 30), (2026, 10, 12)),
    ("month", {"by_day": 5}, (2026, 9, 1), (2026, 9, 1), (2026, 9, 30), (2026, 10, 8)),
    ("month", {"days": (1, 5)}, (2026, 10, 1), (2026, 10, 1), (2026, 10, 8), (2026, 10, 8)),
    ("month", {"days": (1, 5), "grace": 1}, (2026, 10, 1), (2026, 10, 1), (2026, 10, 8), (2026, 10, 9)),
    # The same in the years before, each by its own arrangement.
    ("month", {"grace": 1}, (2020, 1, 1), (2020, 1, 1), (2020, 1, 31), (2020, 2, 3)),
    ("month", {"days": (1, 7)}, (2020, 10, 1), (2020, 10, 1), (2020, 10, 9), (2020, 10, 9)),
    ("quarter", {"grace": 3}, (2020, 7, 1), (2020, 7, 1), (2020, 9, 30), (2020, 10, 12)),
    ("month", {"grace": 2}, (2021, 1, 1), (2021, 1, 1), (2021, 1, 31), (2021, 2, 2)),
    ("month", {"days": (1, 11)}, (2021, 2, 1), (2021, 2, 1), (2021, 2, 11), (2021, 2, 18)),
    ("month", {"by_day": 5}, (2021, 9, 1), (2021, 9, 1), (2021, 9, 30), (2021, 10, 8)),
    ("month", {"grace": 2}, (2022, 1, 1), (2022, 1, 1), (2022, 1, 31), (2022, 2, 8)),
    ("quarter", {"grace": 1}, (2022, 7, 1), (2022, 7, 1), (2022, 9, 30), (2022, 10, 8)),
    ("month", {"grace": 1}, (2023, 9, 1), (2023, 9, 1), (2023, 9, 30), (2023, 10, 7)),
    ("month", {"days": (1, 22)}, (2023, 1, 1), (2023, 1, 1), (2023, 1, 22), (2023, 1, 28)),
    ("month", {"days": (1, 10)}, (2024, 2, 1), (2024, 2, 1), (2024, 2, 10), (2024, 2, 18)),
    ("month", {"grace": 1}, (2024, 4, 1), (2024, 4, 1), (2024, 4, 30), (2024, 5, 6)),
    ("month", {"grace": 2}, (2025, 1, 1), (2025, 1, 1), (2025, 1, 31), (2025, 2, 6)),
    ("quarter", {"grace": 2}, (2025, 7, 1), (2025, 7, 1), (2025, 9, 30), (2025, 10, 10)),
    # Leap days, and days that a month does not have.
    ("month", {}, (2024, 2, 1), (2024, 2, 1), (2024, 2, 29), (2024, 2, 29)),
    ("month", {"days": (29, 31)}, (2024, 2, 1), (2024, 2, 29), (2024, 2, 29), (2024, 2, 29)),
    ("month", {"days": (20, 31)}, (2025, 2, 1), (2025, 2, 20), (2025, 2, 28), (2025, 2, 28)),
    ("two_months", {}, (2020, 1, 1), (2020, 1, 1), (2020, 2, 29), (2020, 3, 2)),
    # Longer cycles, parts of them, and parts that reach into the next year.
    ("two_months", {"grace": 5}, (2026, 5, 1), (2026, 5, 1), (2026, 6, 30), (2026, 7, 7)),
    ("half", {"grace": 5}, (2026, 1, 1), (2026, 1, 1), (2026, 6, 30), (2026, 7, 7)),
    ("half", {"months": (6, 6)}, (2026, 1, 1), (2026, 6, 1), (2026, 6, 30), (2026, 6, 30)),
    ("year", {"months": (11, 12)}, (2025, 1, 1), (2025, 11, 1), (2025, 12, 31), (2025, 12, 31)),
    ("year", {"months": (10, 14)}, (2025, 1, 1), (2025, 10, 1), (2026, 2, 28), (2026, 2, 28)),
    ("month", {"months": (2, 2), "days": (1, 5), "grace": 1}, (2026, 3, 1), (2026, 4, 1), (2026, 4, 5), (2026, 4, 7)),
]  # fmt: skip


@pytest.mark.parametrize(("cycle", "more", "begins", "opens", "ends", "due"), CASES)
def test_windows_are_those_of_the_printed_calendar(cycle, more, begins, opens, ends, due) -> None:
    window = only(Schedule(cycle, **more), begins)
    found = (window.opens_on, window.ends_on, window.due_on)
    assert found == (date(*opens), date(*ends), date(*due))
    assert window.settled


def test_there_are_enough_cases_worked_out_by_hand() -> None:
    assert len(CASES) >= 40


def test_the_office_s_own_days_move_the_limit() -> None:
    flood = {date(2026, 7, 2): False, date(2026, 7, 4): True}
    plain = only(Schedule("month", grace=3), (2026, 6, 1))
    own = only(Schedule("month", grace=3), (2026, 6, 1), flood)
    assert (plain.due_on, own.due_on) == (date(2026, 7, 3), date(2026, 7, 4))
    assert own.ends_on == plain.ends_on


def test_a_year_that_is_not_published_says_so() -> None:
    late = only(Schedule("year", grace=5), (2090, 1, 1))
    assert not late.settled
    assert "调休安排尚未公布" in late.caution
    assert only(Schedule("month"), (2026, 5, 1)).caution == ""


def test_a_window_without_a_working_day_runs_on_and_says_so() -> None:
    window = only(Schedule("month", days=(1, 5)), (2026, 10, 1))
    assert window.stretched
    assert window.caution == "本期内没有工作日，顺延至 2026-10-08"
    assert idle(Schedule("month", days=(1, 5)), range(2020, 2027)) is not None
    assert idle(Schedule("month", days=(1, 10)), range(2020, 2027)) is None


@pytest.mark.parametrize(
    ("cycle", "begins", "label"),
    [
        ("month", (2026, 6, 1), "6月"),
        ("two_months", (2026, 5, 1), "5—6月"),
        ("quarter", (2026, 4, 1), "二季度"),
        ("half", (2026, 7, 1), "下半年"),
        ("year", (2026, 1, 1), "全年"),
    ],
)
def test_a_window_is_called_what_offices_call_it(cycle, begins, label) -> None:
    assert only(Schedule(cycle), begins).label == label


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"days": (10, 5)}, "截止早于开始"),
        ({"months": (2, 1)}, "截止早于开始"),
        ({"days": (0, 5)}, "1 到 31"),
        ({"months": (1, 2)}, "相互重叠"),
        ({"grace": 2, "by_day": 5}, "之一"),
        ({"grace": -1}, "不能为负"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(more, words) -> None:
    with pytest.raises(ValueError, match=words):
        Schedule("month", **more)


schedules = st.builds(Schedule, st.sampled_from(sorted(CYCLE_MONTHS)), grace=st.integers(0, 10))
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
own_days = st.dictionaries(days, st.booleans(), max_size=6)


@given(schedules, days, st.integers(0, 1200), own_days)
def test_windows_follow_each_other_without_gap_or_overlap(schedule, first, length, own) -> None:
    found = windows(schedule, first, first + timedelta(days=length), own)
    for one, other in pairwise(found):
        assert one.period.last + 1 == other.period.first
        assert one.ends_on + timedelta(days=1) == other.opens_on
        assert one.due_on <= other.due_on


@given(schedules, days, own_days)
def test_a_limit_is_a_working_day_on_or_after_the_end(schedule, day, own) -> None:
    for window in windows(schedule, day, day + timedelta(days=370), own):
        assert window.opens_on <= window.ends_on <= window.due_on
        assert is_workday(window.due_on, own)
        assert window.due_on == add_workdays(window.ends_on, schedule.grace, own)


@given(schedules, days, st.integers(0, 400), st.integers(0, 800), own_days)
def test_a_longer_question_holds_the_same_windows(schedule, first, inner, outer, own) -> None:
    last = first + timedelta(days=inner)
    near = windows(schedule, first, last, own)
    far = windows(schedule, first - timedelta(days=outer), last + timedelta(days=outer), own)
    assert [window for window in far if first <= window.period.start <= last] == list(near)
