"""The round of a day: quiet, once, on working days and in their hours; nothing twice without its rule."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.kernel.workdays import is_workday
from rongjian.ledgers.decision import MeetingDecision
from rongjian.log.models import Event
from rongjian.notices.models import Digest, Mention, Round
from rongjian.notices.rounds import make
from rongjian.org.own_days import OwnDay
from tests.house import NOW
from tests.notices.office import Office, at, rounds_on

DAY = timedelta(days=1)
WEDNESDAY = date(2026, 6, 24)
MOMENTS = (-3, 0, 1, 5)


def span(first: date, last: date) -> list[date]:
    return [first + DAY * step for step in range((last - first).days + 1)]


def test_a_thing_is_told_when_near_on_its_last_day_and_once_it_is_over(office: Office) -> None:
    office.owe(WEDNESDAY)
    rounds_on(span(date(2026, 6, 1), date(2026, 7, 31)))
    days = [date(2026, 6, 18), WEDNESDAY, date(2026, 6, 25), date(2026, 7, 1)]
    told = [(day, "议定事项：联系企业", moment) for day, moment in zip(days, MOMENTS, strict=True)]
    assert office.told("lisi") == told
    assert office.told("wangwu") == office.told("lisi")
    assert office.days("qian") == office.days("liu") == []


@pytest.mark.parametrize(
    ("moment", "made"),
    [
        (at(date(2026, 6, 19)), 0),  # 端午
        (at(date(2026, 6, 20)), 0),  # Saturday
        (at(date(2026, 6, 22), 8, 29), 0),
        (at(date(2026, 6, 22), 8, 30), 2),
        (at(date(2026, 6, 22), 14, 0), 2),  # the machine was down in the morning
        (at(date(2026, 6, 22), 17, 59), 2),
        (at(date(2026, 6, 22), 18, 0), 0),
        (at(date(2026, 6, 22), 23, 0), 0),
    ],
)
def test_only_in_the_hours_of_a_working_day(office: Office, moment: datetime, made: int) -> None:
    office.owe(WEDNESDAY)
    assert make(moment) == made
    assert Digest.objects.count() == made


def test_a_worked_saturday_is_a_working_day(office: Office) -> None:
    saturday = date(2026, 10, 10)  # worked for 国庆
    assert is_workday(saturday)
    office.owe(date(2026, 10, 12))
    assert make(at(saturday)) == 2
    assert office.told("lisi") == [(saturday, "议定事项：联系企业", -3)]


def test_the_houses_own_days_count(office: Office) -> None:
    city, county = office.house.units["450100"], office.house.units["450103"]
    day = date(2026, 6, 23)
    OwnDay.objects.create(unit=city, day=day, worked=False, reason="本院休息")
    OwnDay.objects.create(unit=county, day=day, worked=True, reason="本院上班")
    office.owe(WEDNESDAY)
    assert make(at(day)) == 0
    # The nearest house decides: the county below the city works on that day.
    assert set(Round.objects.filter(day=day).values_list("court__code", flat=True)) == {
        "450000",
        "450103",
        "450200",
    }


def test_a_second_tick_changes_nothing(office: Office) -> None:
    office.owe(WEDNESDAY)
    assert make(at(WEDNESDAY)) == 2
    office.owe(WEDNESDAY, "党小组会")
    lines = Event.objects.count()
    assert make(at(WEDNESDAY, 9)) == 0
    assert Event.objects.count() == lines
    assert office.days("lisi") == [WEDNESDAY]


def test_ninety_days_without_a_tick_make_one_digest(office: Office) -> None:
    for number in range(6):
        office.owe(date(2026, 3, 20) + DAY * 12 * number, f"第{number}件")
    make(at(date(2026, 3, 10)))
    make(at(date(2026, 6, 8)))
    assert office.days("lisi") == [date(2026, 6, 8)]
    assert len(office.told("lisi")) == 6


def test_a_limit_that_was_moved_is_told_anew(office: Office) -> None:
    decision = office.owe(WEDNESDAY)
    rounds_on([date(2026, 6, 22)])
    MeetingDecision.objects.filter(pk=decision.pk).update(due_on=date(2026, 6, 30))
    rounds_on(span(date(2026, 6, 23), date(2026, 6, 30)))
    assert [moment for _, _, moment in office.told("lisi")] == [-3, -3, 0]


def test_who_has_left_or_may_not_log_in_is_told_nothing(office: Office) -> None:
    office.owe(WEDNESDAY)
    lisi, wangwu = office.house.people["lisi"], office.house.people["wangwu"]
    lisi.left_on = WEDNESDAY
    lisi.save()
    assert wangwu.account is not None
    wangwu.account.is_active = False
    wangwu.account.save()
    assert make(at(WEDNESDAY)) == 0


def test_the_log_says_that_something_was_sent_and_not_what(office: Office) -> None:
    office.owe(WEDNESDAY)
    make(at(WEDNESDAY))
    [line] = Event.objects.filter(verb="notify")
    assert (line.stream, line.actor, line.detail) == ("450100", "svc:notices", "2 人")


# --- random years ------------------------------------------------------------------------------------------

FIRST = date(2026, 9, 14)  # 中秋, 国庆 and two worked Saturdays lie ahead
MINUTES = st.integers(0, 24 * 60 - 1)
TICKS = st.lists(st.tuples(st.integers(0, 45), MINUTES), max_size=25)
OWED = st.lists(st.integers(-5, 50), min_size=1, max_size=4)


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ticks=TICKS, owed=OWED, off=st.lists(st.integers(0, 45), max_size=3))
def test_whenever_ticks_run_digests_stay_quiet(
    office: Office, ticks: list[tuple[int, int]], owed: list[int], off: list[int]
) -> None:
    with transaction.atomic():
        for number, ahead in enumerate(owed):
            office.owe(FIRST + DAY * ahead, f"第{number}件")
        own = {FIRST + DAY * step: step % 2 == 0 for step in off}
        for day, worked in own.items():
            city = office.house.units["450100"]
            OwnDay.objects.create(unit=city, day=day, worked=worked, reason="x")
        moments = sorted(
            datetime.combine(FIRST + DAY * step, time(minute // 60, minute % 60), NOW.tzinfo)
            for step, minute in ticks
        )
        for moment in moments:
            make(moment)
        quiet(own, moments)
        transaction.set_rollback(True)


def quiet(own: dict[date, bool], moments: list[datetime]) -> None:
    """What has to hold of all digests there are, whatever has happened."""
    digests = list(Digest.objects.select_related("person"))
    assert len({(each.person_id, each.day) for each in digests}) == len(digests)
    for each in digests:
        assert each.made_at in moments
        assert each.day == each.made_at.astimezone(NOW.tzinfo).date()
        assert time(8, 30) <= each.made_at.astimezone(NOW.tzinfo).time() < time(18)
        assert is_workday(each.day, own)
        assert each.mentions.exists()
    said = Mention.objects.values_list("person", "subject", "reason", "due_on", "moment")
    assert len(set(said)) == len(said)
    for mention in Mention.objects.select_related("digest"):
        # Never told more often than the policy has moments, and each in its time.
        assert mention.moment in MOMENTS
        far = mention.due_on - mention.digest.day
        assert mention.moment > 0 or far >= timedelta(0)
    per_thing = Mention.objects.values_list("person", "subject")
    assert all(list(per_thing).count(each) <= len(MOMENTS) for each in per_thing)
