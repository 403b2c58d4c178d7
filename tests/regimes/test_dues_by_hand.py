"""States worked out by hand: founding, ending, merging and moving within windows, holidays, leap days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rongjian.kernel.dues import STATES
from rongjian.org.models import Placement, Unit
from rongjian.org.own_days import OwnDay
from rongjian.regimes.models import Adoption
from tests.regimes.calendar import TODAY, Desk, desk, dues, told
from tests.regimes.test_dues import branch

__all__ = ["desk"]

D = date
LONG_AGO = D(2020, 1, 1)


@pytest.fixture(autouse=True)
def kept_for_years(desk: Desk) -> None:
    """The calendar was taken up before any of the years below."""
    Adoption.objects.update(since=D(2023, 1, 1))


def of_year(unit: Unit, code: str, today: date = TODAY) -> str:
    return " ".join(told(unit, code, today, today.year))


# (rule, founded, first day on which it is no more, as seen on, the states of that year)
# LIFE-01 a quarter, DISC-01 a half-year, LIFE-06 and LIFE-07 a year, LIFE-05 a month.
LIVES = [
    ("LIFE-01", D(2026, 1, 1), None, TODAY, "missed due future future"),
    ("LIFE-01", D(2026, 1, 2), None, TODAY, "na due future future"),
    ("LIFE-01", D(2026, 3, 31), None, TODAY, "na due future future"),
    ("LIFE-01", D(2026, 4, 1), None, TODAY, "na due future future"),
    ("LIFE-01", D(2026, 4, 2), None, TODAY, "na na future future"),
    ("LIFE-01", LONG_AGO, D(2026, 6, 30), TODAY, "missed na na na"),
    ("LIFE-01", LONG_AGO, D(2026, 7, 1), TODAY, "missed due na na"),
    ("LIFE-01", D(2026, 2, 10), D(2026, 6, 10), TODAY, "na na na na"),
    ("DISC-01", D(2026, 1, 1), None, TODAY, "due future"),
    ("DISC-01", D(2026, 1, 15), None, TODAY, "na future"),
    ("DISC-01", LONG_AGO, D(2026, 12, 31), TODAY, "due na"),
    ("LIFE-06", D(2026, 1, 1), None, TODAY, "future"),
    ("LIFE-06", D(2026, 1, 2), None, TODAY, "na"),
    ("LIFE-07", LONG_AGO, D(2026, 12, 31), TODAY, "na"),
    ("LIFE-07", LONG_AGO, D(2027, 1, 1), D(2026, 12, 1), "due"),
    # A leap February is whole on its 29th: a branch of these 29 days owes it, one of 28 does not.
    ("LIFE-05", D(2024, 2, 1), D(2024, 3, 1), D(2024, 3, 20), "na missed" + " na" * 10),
    ("LIFE-05", D(2024, 2, 1), D(2024, 2, 29), D(2024, 3, 20), "na na" + " na" * 10),
    ("LIFE-05", D(2024, 2, 2), D(2024, 3, 1), D(2024, 3, 20), "na na" + " na" * 10),
    ("LIFE-05", D(2024, 2, 29), None, D(2024, 3, 20), "na na" + " future" * 10),
]


@pytest.mark.parametrize(("code", "since", "until", "today", "expected"), LIVES)
def test_what_is_asked_of_a_life(
    desk: Desk, code: str, since: date, until: date | None, today: date, expected: str
) -> None:
    assert of_year(branch(desk, "450100-P77", since, until), code, today) == expected


# (a month, seen on, its state while nothing is recorded)
LIMITS = [
    # February 2026 ends on a worked Saturday: warned of for 7 days, written down by 4 March.
    ((2026, 2), D(2026, 2, 20), "future"),
    ((2026, 2), D(2026, 2, 21), "due"),
    ((2026, 2), D(2026, 3, 4), "due"),
    ((2026, 2), D(2026, 3, 5), "missed"),
    # April: 1 to 5 May off.
    ((2026, 4), D(2026, 5, 8), "due"),
    ((2026, 4), D(2026, 5, 9), "missed"),
    # September: 1 to 7 October off, Saturday the 10th worked.
    ((2026, 9), D(2026, 10, 7), "due"),
    ((2026, 9), D(2026, 10, 10), "due"),
    ((2026, 9), D(2026, 10, 11), "missed"),
    # January 2025 ends within 春节 (28 January to 4 February).
    ((2025, 1), D(2025, 2, 7), "due"),
    ((2025, 1), D(2025, 2, 8), "missed"),
    # A leap February: the 29th is its last day.
    ((2024, 2), D(2024, 2, 21), "future"),
    ((2024, 2), D(2024, 2, 22), "due"),
    ((2024, 2), D(2024, 3, 5), "due"),
    ((2024, 2), D(2024, 3, 6), "missed"),
]


@pytest.mark.parametrize(("month", "today", "expected"), LIMITS)
def test_what_a_month_is_called_on_a_day(
    desk: Desk, month: tuple[int, int], today: date, expected: str
) -> None:
    year, number = month
    found = dues(branch(desk, "450100-P77", LONG_AGO), "LIFE-05", today, year)
    assert STATES[found[number - 1].state] == expected


# (held on, written down on, what the month is called in the end)
WRITTEN = [
    (D(2026, 2, 28), D(2026, 3, 4), "done"),
    (D(2026, 2, 28), D(2026, 3, 5), "late"),
    (D(2026, 2, 14), D(2026, 2, 14), "done"),
    (D(2026, 9, 20), D(2026, 10, 10), "done"),
    (D(2026, 9, 20), D(2026, 10, 11), "late"),
    (D(2026, 4, 30), D(2026, 5, 8), "done"),
    (D(2026, 4, 30), D(2026, 5, 9), "late"),
]


@pytest.mark.parametrize(("held", "noted", "expected"), WRITTEN)
def test_what_is_written_down_around_holidays(
    desk: Desk, held: date, noted: date, expected: str
) -> None:
    desk.hold("theme_day", held, noted)
    assert told(desk.branch, "LIFE-05", D(2026, 12, 30))[held.month - 1] == expected


# --- merging and moving ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "old", "heir"),
    [
        (D(2026, 5, 20), "missed na na na", "na na future future"),
        (D(2026, 6, 30), "missed na na na", "na na future future"),
        # On the border of two quarters nobody is spared and nobody asked twice.
        (D(2026, 7, 1), "missed due na na", "na na future future"),
        (D(2026, 4, 1), "missed na na na", "na due future future"),
    ],
)
def test_two_become_a_new_one(desk: Desk, on: date, old: str, heir: str) -> None:
    parts = [branch(desk, f"450100-P7{number}", LONG_AGO, on) for number in (1, 2)]
    assert [of_year(unit, "LIFE-01") for unit in parts] == [old, old]
    assert of_year(branch(desk, "450100-P73", on), "LIFE-01") == heir


def test_one_goes_into_another_that_stays(desk: Desk) -> None:
    """The one that stays owes on as if nothing had been; the one that went in owes the rest no more."""
    stays, goes = branch(desk, "450100-P71", LONG_AGO), branch(
        desk, "450100-P72", LONG_AGO, D(2026, 5, 20)
    )  # fmt: skip
    assert of_year(stays, "LIFE-01") == "missed due future future"
    assert of_year(goes, "LIFE-01") == "missed na na na"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # The new house does not ask for it: a quarter is the house's where it began.
        (D(2026, 4, 1), "missed"),
        (D(2026, 4, 2), "missed due"),
        (D(2026, 6, 30), "missed due"),
        (D(2026, 7, 1), "missed due"),
    ],
)
def test_a_quarter_belongs_to_the_house_where_it_began(desk: Desk, on: date, expected: str) -> None:
    unit, other = branch(desk, "450100-P77", LONG_AGO), desk.house.units["450200"]
    Adoption.objects.create(unit=other, since=D(2023, 1, 1), left_out=["LIFE-01"])
    Placement.objects.filter(unit=unit).update(valid_to=on - timedelta(days=1))
    path = f"{other.path}{unit.code}/"
    Placement.objects.create(unit=unit, path=path, name=unit.name, short=unit.short, valid_from=on)
    Unit.objects.filter(pk=unit.pk).update(path=path, court=other)
    unit.refresh_from_db()
    assert of_year(unit, "LIFE-01") == expected


def test_a_day_that_the_house_does_not_work_moves_the_end_of_the_long_holiday(desk: Desk) -> None:
    """Saturday 10 October 2026 is worked by the arrangement; a house that is closed has till Monday."""
    house = desk.house.units["450100"]
    OwnDay.objects.create(unit=house, day=D(2026, 10, 10), worked=False, reason="搬迁")
    found = dues(desk.branch, "LIFE-05", D(2026, 10, 12))[8]
    assert (found.window.due_on, STATES[found.state]) == (D(2026, 10, 12), "due")
    assert told(desk.branch, "LIFE-05", D(2026, 10, 13))[8] == "missed"


def test_there_are_enough_states_worked_out_by_hand() -> None:
    assert len([*LIVES, *LIMITS, *WRITTEN]) >= 40
