"""The light of what was deployed: cases counted by hand on the calendar, and laws that always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.lights import (
    AFTER_RETURN,
    Course,
    Lamp,
    Light,
    climbed,
    late_days,
    light,
    limit_of,
    worst,
)
from rongjian.kernel.workdays import add_workdays, is_workday

if TYPE_CHECKING:
    from random import Random

DAY = timedelta(days=1)
LADDER = (1, 3, 5, 7)
OPENS = date(2026, 6, 1)


def on(words: str) -> date:
    month, day = words.split("-")
    return date(2026, int(month), int(day))


@pytest.mark.parametrize(
    ("due", "today", "words"),
    [
        # 端午: 19 to 21 June are off, so three working days before the 24th is the 18th.
        ("06-24", "06-17", "正常"),
        ("06-24", "06-18", "剩3个工作日"),
        ("06-24", "06-19", "剩3个工作日"),
        ("06-24", "06-21", "剩3个工作日"),
        ("06-24", "06-22", "剩2个工作日"),
        ("06-24", "06-24", "今天到期"),
        ("06-24", "06-25", "逾期1天"),
        ("06-24", "06-26", "逾期2天"),
        ("06-24", "06-27", "逾期2天"),
        ("06-24", "06-29", "逾期3天"),
        # A limit on a day off runs on to the next working day.
        ("06-19", "06-21", "剩1个工作日"),
        ("06-20", "06-22", "今天到期"),
        ("06-20", "06-23", "逾期1天"),
        ("06-27", "06-29", "今天到期"),
        # Past a Friday no working day has gone by until Monday.
        ("06-26", "06-27", "刚过期限"),
        ("06-26", "06-28", "刚过期限"),
        ("06-26", "06-29", "逾期1天"),
        # 国庆: 1 to 7 October are off, 20 September and 10 October are worked.
        ("10-01", "09-30", "剩1个工作日"),
        ("10-01", "10-08", "今天到期"),
        ("10-01", "10-09", "逾期1天"),
        ("10-01", "10-10", "逾期2天"),
        ("10-01", "10-11", "逾期2天"),
        ("09-20", "09-20", "今天到期"),
        ("09-20", "09-21", "逾期1天"),
        ("09-30", "10-07", "刚过期限"),
        ("09-30", "10-08", "逾期1天"),
    ],
)
def test_an_open_matter_on_a_day(due: str, today: str, words: str) -> None:
    assert light(Course(OPENS, on(due)), on(today)).words == words


def test_before_it_opens_nothing_runs() -> None:
    course = Course(on("06-15"), on("06-16"))
    assert light(course, on("06-14")).words == "未开始"
    assert light(course, on("06-15")).words == "剩1个工作日"


def test_the_own_days_of_an_office_count() -> None:
    course, closed = Course(OPENS, on("06-24")), {on("06-25"): False}
    assert light(course, on("06-25"), overrides=closed).words == "刚过期限"
    assert light(course, on("06-26"), overrides=closed).words == "逾期1天"
    worked = {on("06-19"): True}
    assert light(course, on("06-18"), overrides=worked).words == "正常"


def test_sent_back_on_the_last_day_leaves_three_working_days() -> None:
    back = Course(OPENS, on("06-24"), returned_on=on("06-24"), first_in_on=on("06-24"))
    assert limit_of(back) == on("06-29")
    assert light(back, on("06-29")).words == "今天到期"
    assert light(back, on("06-30")).words == "逾期1天"
    early = replace(back, returned_on=on("06-02"))
    assert limit_of(early) == on("06-24")
    # The third working day after 30 September is the worked Saturday.
    assert limit_of(replace(back, returned_on=on("09-30"))) == on("10-10")


def test_what_came_late_stays_late_and_waits_do_not_count() -> None:
    late = Course(OPENS, on("06-24"), handed_in_on=on("06-26"), first_in_on=on("06-26"))
    assert light(late, on("09-01")) == Light(Lamp.WAITING, late=2)
    done = replace(late, accepted_on=on("06-30"))
    assert light(done, on("09-01")).words == "办结（迟2天）"
    in_time = Course(OPENS, on("06-24"), on("06-24"), first_in_on=on("06-24"))
    assert late_days(in_time) == 0
    # Handed in again within the days after a return it is in time; what first came late is not.
    again = replace(in_time, handed_in_on=on("06-29"), returned_on=on("06-24"))
    assert late_days(again) == 0
    late_again = replace(late, handed_in_on=on("07-01"), returned_on=on("06-29"))
    assert late_days(late_again) == 2


def test_a_reason_takes_it_off_and_acceptance_is_more() -> None:
    excused = Course(OPENS, on("06-24"), excused=True)
    assert light(excused, on("09-01")).words == "有因"
    assert light(replace(excused, accepted_on=on("06-24")), on("09-01")).words == "办结"


def test_every_lamp_has_its_own_sign_and_word() -> None:
    words = {lamp.word for lamp in Lamp}
    assert len(words) == len(Lamp) == 7
    assert {lamp for lamp in Lamp if not lamp.open} == {Lamp.DONE, Lamp.EXCUSED}
    # Colour is never alone: what has to be told apart has a shape of its own.
    signs = [lamp.sign for lamp in Lamp if lamp not in (Lamp.OK, Lamp.WAITING)]
    assert len(set(signs)) == len(signs)


# --- laws ------------------------------------------------------------------------------------------

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 1))
OVERRIDES = st.dictionaries(DAYS, st.booleans(), max_size=6)
LAMPS = st.builds(Light, st.sampled_from(Lamp), st.integers(0, 60))


@st.composite
def windows(draw: st.DrawFn) -> Course:
    opens = draw(DAYS)
    return Course(opens, opens + draw(st.integers(0, 90)) * DAY)


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """What can have become of a matter: handed in, sent back, handed in again, accepted."""
    course = draw(windows())
    if draw(st.booleans()):
        return replace(course, excused=draw(st.booleans()))
    first = course.opens_on + draw(st.integers(0, 120)) * DAY
    course = replace(course, handed_in_on=first, first_in_on=first)
    if draw(st.booleans()):
        back = first + draw(st.integers(0, 20)) * DAY
        again = back + draw(st.integers(0, 20)) * DAY if draw(st.booleans()) else None
        course = replace(course, returned_on=back, handed_in_on=again)
    if course.handed_in_on and draw(st.booleans()):
        accepted = course.handed_in_on + draw(st.integers(0, 20)) * DAY
        course = replace(course, accepted_on=accepted)
    return course


@given(courses(), DAYS, OVERRIDES)
def test_what_is_finished_waiting_or_excused_is_the_same_on_every_day(
    course: Course, today: date, overrides: dict[date, bool]
) -> None:
    settled = course.accepted_on or course.excused or course.handed_in_on
    found = light(course, today, overrides=overrides)
    if settled:
        assert found.lamp in (Lamp.DONE, Lamp.EXCUSED, Lamp.WAITING)
        assert found == light(course, today + 400 * DAY, overrides=overrides)
    else:
        assert found.lamp in (Lamp.FUTURE, Lamp.OK, Lamp.DUE, Lamp.OVERDUE)


@given(courses(), DAYS, st.integers(0, 5), OVERRIDES)
def test_no_light_gets_better_by_time_alone(
    course: Course, today: date, warns: int, overrides: dict[date, bool]
) -> None:
    now, tomorrow = (light(course, day, warns, overrides) for day in (today, today + DAY))
    assert now.lamp <= tomorrow.lamp
    if now.lamp is tomorrow.lamp is Lamp.OVERDUE:
        assert now.days <= tomorrow.days
    elif now.lamp is tomorrow.lamp:
        assert now.days >= tomorrow.days


@given(courses(), OVERRIDES)
def test_a_limit_is_a_working_day_not_before_its_date(
    course: Course, overrides: dict[date, bool]
) -> None:
    limit = limit_of(course, overrides)
    assert is_workday(limit, overrides)
    assert limit >= course.due_on
    if course.returned_on:
        assert limit >= add_workdays(course.returned_on, AFTER_RETURN, overrides)


@given(courses(), DAYS, st.integers(1, 60), OVERRIDES)
def test_more_time_never_makes_a_light_worse(
    course: Course, today: date, more: int, overrides: dict[date, bool]
) -> None:
    extended = replace(course, due_on=course.due_on + more * DAY)
    assert limit_of(extended, overrides) >= limit_of(course, overrides)
    assert late_days(extended, overrides) <= late_days(course, overrides)
    after, before = (light(each, today, overrides=overrides) for each in (extended, course))
    assert after.lamp <= before.lamp


@given(courses(), OVERRIDES)
def test_late_is_what_was_first_handed_in_past_its_limit(
    course: Course, overrides: dict[date, bool]
) -> None:
    if course.first_in_on and not course.returned_on:
        limit = add_workdays(course.due_on, 0, overrides)
        # Handed in on the Saturday after a Friday it has lost no working day.
        past = any(
            is_workday(limit + n * DAY, overrides)
            for n in range(1, (course.first_in_on - limit).days + 1)
        )
        assert bool(late_days(course, overrides)) == past


@given(courses(), st.integers(0, 20), OVERRIDES)
def test_a_return_never_washes_off_a_late_first_handing_in(
    course: Course, after: int, overrides: dict[date, bool]
) -> None:
    if course.handed_in_on is None:
        return
    before = late_days(
        replace(course, returned_on=None, handed_in_on=course.first_in_on), overrides
    )
    back = course.handed_in_on + DAY
    again = replace(course, returned_on=back, handed_in_on=back + after * DAY, accepted_on=None)
    assert late_days(again, overrides) >= before


def test_what_waits_for_its_reviewer_hides_no_limit_of_the_others() -> None:
    parts = [Light(Lamp.WAITING), Light(Lamp.OK, 5), Light(Lamp.DONE)]
    assert worst(parts) == Light(Lamp.OK, 5)
    assert worst([Light(Lamp.WAITING), Light(Lamp.DONE)]).lamp is Lamp.WAITING


@given(st.lists(LAMPS, min_size=1, max_size=8), st.randoms())
def test_the_whole_is_its_worst_part_in_whatever_order(parts: list[Light], chance: Random) -> None:
    whole = worst(parts)
    assert whole in parts
    assert all(each.lamp <= whole.lamp for each in parts)
    assert whole.lamp.open == any(each.lamp.open for each in parts)
    same = [each.days for each in parts if each.lamp is whole.lamp]
    assert whole.days == (max(same) if whole.lamp is Lamp.OVERDUE else min(same))
    chance.shuffle(parts)
    assert (worst(parts).lamp, worst(parts).days) == (whole.lamp, whole.days)


@given(st.lists(st.lists(LAMPS, min_size=1, max_size=4), min_size=1, max_size=4))
def test_a_tree_has_the_light_of_all_its_leaves(branches: list[list[Light]]) -> None:
    of_branches = worst([worst(branch) for branch in branches])
    of_leaves = worst([leaf for branch in branches for leaf in branch])
    assert (of_branches.lamp, of_branches.days) == (of_leaves.lamp, of_leaves.days)


def test_nothing_has_no_light() -> None:
    with pytest.raises(ValueError, match="max"):
        worst([])


@given(courses(), DAYS, OVERRIDES)
def test_the_ladder_is_climbed_step_by_step_and_by_the_overdue_alone(
    course: Course, today: date, overrides: dict[date, bool]
) -> None:
    now = climbed(light(course, today, overrides=overrides), LADDER)
    assert 0 <= now <= len(LADDER)
    assert now <= climbed(light(course, today + DAY, overrides=overrides), LADDER) <= now + 1
    if light(course, today, overrides=overrides).lamp is not Lamp.OVERDUE:
        assert now == 0


@given(windows(), st.integers(0, 3), OVERRIDES)
def test_each_step_is_reached_on_its_very_day(
    course: Course, place: int, overrides: dict[date, bool]
) -> None:
    day = add_workdays(limit_of(course, overrides), LADDER[place], overrides)
    assert climbed(light(course, day, overrides=overrides), LADDER) == place + 1
    assert climbed(light(course, day - DAY, overrides=overrides), LADDER) == place
