"""What is owed and what has become of it: computed from units, records and the calendar, never stored."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.kernel.dues import STATES
from rongjian.kernel.regimes import rules
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import ActivityType
from rongjian.org.actions import NewUnit, affiliate, found
from rongjian.org.models import Person, Placement, Post, Tree, Unit, UnitType
from rongjian.org.own_days import OwnDay
from rongjian.org.queries import unit_named
from rongjian.org.rosters import rosters
from rongjian.records.actions import move, save
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from rongjian.regimes import answers
from rongjian.regimes.bodies import Scope, full_members
from rongjian.regimes.dues import blocks
from rongjian.regimes.models import Adoption, LocalRule
from tests.regimes.calendar import BRANCH, SINCE, TODAY, Desk, at, desk, dues, told

__all__ = ["desk"]

D = date


# --- what answers -----------------------------------------------------------------------------------


def test_a_month_is_done_late_missed_due_or_still_to_come(desk: Desk) -> None:
    desk.hold("theme_day", D(2026, 1, 20))
    desk.hold("theme_day", D(2026, 2, 26), D(2026, 3, 4))
    desk.hold("theme_day", D(2026, 3, 20), D(2026, 4, 7))
    states = told(desk.branch, "LIFE-05")
    assert states == ["done", "done", "late", "missed", "missed", "due"] + ["future"] * 6
    assert [due.late_by for due in dues(desk.branch, "LIFE-05")][:3] == [0, 6, 18]


def test_finished_work_stays_finished_and_what_is_left_out_turns_missed(desk: Desk) -> None:
    desk.hold("theme_day", D(2026, 6, 25))
    for days in (0, 5, 90, 400):
        assert told(desk.branch, "LIFE-05", TODAY + timedelta(days=days))[5] == "done"
    july = [told(desk.branch, "LIFE-05", D(2026, *day))[6] for day in ((7, 23), (7, 24), (8, 5))]
    assert july == ["future", "due", "due"]
    assert told(desk.branch, "LIFE-05", D(2026, 8, 6))[6] == "missed"


def test_a_draft_answers_nothing_and_what_is_voided_answers_no_more(desk: Desk) -> None:
    lisi = desk.house.actor("lisi", at(TODAY))
    sent = desk.hold("theme_day", TODAY)
    assert told(desk.branch, "LIFE-05")[5] == "done"
    person = desk.house.people["wangwu"]
    person.posts.create(
        unit=unit_named("450100"), role="organ_committee", valid_from=SINCE, state="approved"
    )
    move(desk.house.actor("wangwu", at(TODAY)), sent, "void", key="v")
    assert told(desk.branch, "LIFE-05")[5] == "due"
    save(lisi, draft_of(desk))
    assert told(desk.branch, "LIFE-05")[5] == "due"


def draft_of(desk: Desk):
    return Activity(unit=desk.branch, type="theme_day", happened_on=TODAY, topic="草稿")


def test_one_record_may_answer_several_duties_and_several_records_one(desk: Desk) -> None:
    house = desk.house.units["450100"]
    committee = desk.house.units["450100-P"]
    wei = desk.house.people["wangwu"]
    wei.posts.create(unit=house, role="organ_committee", valid_from=SINCE, state="approved")
    actor = desk.house.actor("wangwu", at(TODAY))
    plain = told(committee, "COOP-01")
    assert plain[0] == "due"
    row = {
        "unit_id": committee.pk,
        "happened_on": D(2026, 5, 6),
        "title": "检社共建协议",
        "partner": "某社区",
        "partner_type": "community",
        "content": "project",
    }
    create_many(actor, kind_of("joint-agreement"), [row], state="approved")
    # 一并完成: the agreement counts, and so does what a branch below has done with others.
    assert told(committee, "COOP-01")[0] == "done"
    desk.hold("joint_activity", D(2026, 5, 6))
    found = dues(committee, "COOP-01")[0]
    assert len(found.answers) == 2


def test_the_local_day_decides_what_is_in_time(desk: Desk) -> None:
    """What is written at one in the morning was written that day, though the store's clock says the day before."""
    late = desk.house.actor("lisi", at(D(2026, 7, 4), 1))
    row = draft_of(desk)
    row.happened_on = D(2026, 6, 30)
    move(late, save(late, row), "submit")
    assert told(desk.branch, "LIFE-05", D(2026, 7, 10))[5] == "late"


# --- who owes -----------------------------------------------------------------------------------------


def branch(desk: Desk, code: str, since: date, until: date | None = None) -> Unit:
    plan = NewUnit(
        code, "某支部", code, Tree.PARTY, UnitType.BRANCH, "450100-P", "450100", since, until
    )
    return found([plan])[code]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        # Founded on the first day, in the middle, on the last day of a month.
        (D(2026, 4, 1), None, "na na na missed missed due"),
        (D(2026, 4, 2), None, "na na na na missed due"),
        (D(2026, 4, 30), None, "na na na na missed due"),
        # Dissolved (the first day on which it is no more) within a month, after its last day.
        (D(2020, 1, 1), D(2026, 4, 10), "missed missed missed na na na"),
        (D(2020, 1, 1), D(2026, 4, 30), "missed missed missed na na na"),
        (D(2020, 1, 1), D(2026, 5, 1), "missed missed missed missed na na"),
        (D(2026, 2, 15), D(2026, 4, 15), "na na missed na na na"),
    ],
)
def test_founding_and_dissolving_within_a_window(desk: Desk, since, until, expected) -> None:
    unit = branch(desk, "450100-P77", since, until)
    assert told(unit, "LIFE-05")[:6] == expected.split()


def test_merging_leaves_the_heir_its_own_and_asks_nobody_for_the_month_between(desk: Desk) -> None:
    """第二党支部 goes into a new branch on 15 May: neither owes May, the heir begins with June."""
    old = branch(desk, "450100-P70", D(2020, 1, 1), D(2026, 5, 15))
    heir = branch(desk, "450100-P71", D(2026, 5, 15))
    assert told(old, "LIFE-05")[3:6] == ["missed", "na", "na"]
    assert told(heir, "LIFE-05")[3:6] == ["na", "na", "due"]


def test_a_unit_that_moves_goes_on_owing_under_the_order_of_the_house_where_it_stood(
    desk: Desk,
) -> None:
    """The new house took the calendar up only in May; a window that opened before is the old one's."""
    unit = branch(desk, "450100-P72", D(2020, 1, 1))
    other = desk.house.units["450200"]
    Adoption.objects.create(unit=other, since=D(2026, 5, 1))
    before = told(unit, "LIFE-05")
    on = D(2026, 3, 10)
    Placement.objects.filter(unit=unit).update(valid_to=on - timedelta(days=1))
    path = f"{other.path}{unit.code}/"
    Placement.objects.create(unit=unit, path=path, name=unit.name, short=unit.short, valid_from=on)
    Unit.objects.filter(pk=unit.pk).update(path=path, court=other)
    unit.refresh_from_db()
    after = told(unit, "LIFE-05")
    # January to March stay with the old house, from May on it is the new one's.
    assert before[:3] == ["missed", "missed", "missed"]
    assert after[:6] == ["missed", "missed", "missed", "missed", "due", "future"]


def test_without_a_committee_or_groups_there_is_nothing_to_meet(desk: Desk) -> None:
    assert told(desk.branch, "LIFE-02") == ["na"] * 12
    assert told(desk.branch, "LIFE-03") == ["na"] * 12
    people = [
        Person.objects.create(
            staff_no=f"Q{number}",
            name="某某",
            court=desk.house.units["450100"],
            department=desk.house.units["450100-02"],
            branch=desk.branch,
            membership="full",
        )
        for number in range(7)
    ]
    affiliate(people, D(2026, 3, 10))
    plan = NewUnit(
        "450100-P02G1", "第一党小组", "第一党小组", Tree.PARTY, UnitType.GROUP, BRANCH, "450100",
        D(2026, 4, 20),
    )  # fmt: skip
    group = found([plan])[plan.code]
    # Both are asked on the first day of a window.
    assert told(desk.branch, "LIFE-02")[:6] == ["na", "na", "na", "missed", "missed", "due"]
    assert told(desk.branch, "LIFE-03")[:6] == ["na"] * 4 + ["missed", "due"]
    desk.hold("group_meeting", D(2026, 5, 8), unit=group)
    assert told(desk.branch, "LIFE-03")[4] == "done"


def test_members_are_counted_as_the_roster_counts_them(world) -> None:
    units = list(Unit.objects.filter(type__in=("party_branch", "joint_branch")))
    spans = full_members(units, many=True)
    for day in (D(2026, 1, 1), D(2026, 6, 25)):
        counted = spans.count(units, np.array([day.toordinal()]))
        from_roster = rosters(units, day)
        for row, unit in enumerate(units):
            full = from_roster[unit.pk].full if unit.pk in from_roster else 0
            assert counted[row, 0] == full


# --- since when, by whose rules -------------------------------------------------------------------------


def test_nothing_is_owed_before_a_house_takes_up_the_calendar(desk: Desk) -> None:
    assert dues(desk.branch, "LIFE-05", year=2025) == []
    adoption = Adoption.objects.get()
    adoption.since = D(2026, 4, 15)
    adoption.left_out = ["LIFE-04"]
    adoption.save()
    assert told(desk.branch, "LIFE-05")[:2] == ["missed", "due"]
    assert dues(desk.branch, "LIFE-04") == []
    adoption.delete()
    assert blocks(Scope.of(desk.branch), SINCE, TODAY, TODAY) == []


def test_a_house_s_own_version_holds_from_its_day_and_inside_it_only(desk: Desk) -> None:
    before = dues(desk.branch, "LIFE-04")
    LocalRule.objects.create(
        unit=desk.house.units["450100"],
        code="LIFE-04",
        valid_from=D(2026, 7, 1),
        changes={"cycle": "half", "lead": 30},
        basis="机关党委会议纪要",
    )
    after = dues(desk.branch, "LIFE-04")
    assert after[:2] == before[:2]
    assert [due.window.label for due in after] == ["一季度", "二季度", "下半年"]
    assert after[2].rule.source == "《机关党委会议纪要》（本系统设置，可调整）"


def test_the_house_s_own_working_days_move_its_limits(desk: Desk) -> None:
    plain = dues(desk.branch, "LIFE-05")[5].window.due_on
    OwnDay.objects.create(
        unit=desk.house.units["450100"], day=D(2026, 7, 2), worked=False, reason="防汛"
    )
    assert plain == D(2026, 7, 3)
    assert dues(desk.branch, "LIFE-05")[5].window.due_on == D(2026, 7, 6)


# --- nothing is stored ------------------------------------------------------------------------------------


def test_asking_writes_nothing_and_costs_the_same_for_few_and_many(desk: Desk) -> None:
    def asked(scope: Scope) -> int:
        with CaptureQueriesContext(connection) as seen:
            blocks(scope, SINCE, TODAY, TODAY)
        writing = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
        assert not [each["sql"] for each in seen if writing.search(each["sql"])]
        return len(seen)

    few = asked(Scope.below(desk.house.units["450000"]))
    for number in range(10):
        branch(desk, f"450100-P8{number}", D(2020, 1, 1))
    assert asked(Scope.below(desk.house.units["450000"])) == few


def test_ninety_days_without_a_tick_change_nothing(desk: Desk) -> None:
    desk.hold("theme_day", D(2026, 6, 20))
    later = D(2026, 9, 23)
    months = told(desk.branch, "LIFE-05", later)
    assert months[5:9] == ["done", "missed", "missed", "due"]
    desk.hold("theme_day", D(2026, 7, 20), later)
    assert told(desk.branch, "LIFE-05", later)[6] == "late"


def test_what_is_kept_at_hand_follows_every_write(desk: Desk, monkeypatch) -> None:
    """The answers of many units come from memory; after each write they are those of the tables."""
    asked = answers.fields_asked(rule for rule in rules())
    theme = ActivityType.THEME_DAY

    def kept() -> list[tuple[int, int, int]]:
        found = answers.all_answers(asked)["activity"]
        mine = found.chosen(answer())
        rows = zip(found.ids[mine], found.unit[mine], found.day[mine], strict=True)
        return sorted((int(a), int(b), int(c)) for a, b, c in rows)

    assert kept() == []
    first = desk.hold(theme, D(2026, 6, 2))
    assert [row[0] for row in kept()] == [first.pk]
    lisi = desk.house.actor("lisi", at(TODAY))
    first.happened_on = D(2026, 6, 3)
    save(lisi, first)
    assert kept()[0][2] == D(2026, 6, 3).toordinal()
    first.type = "party_lecture"
    save(lisi, first)
    assert kept() == []
    second = desk.hold(theme, D(2026, 6, 9))
    assert [row[0] for row in kept()] == [second.pk]


def answer():
    return next(rule for rule in rules() if rule.code == "LIFE-05").answers[0]


# --- the oracle: by hand, day by day ------------------------------------------------------------------------


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 364), st.integers(0, 60)), max_size=8),
    st.integers(-30, 400),
)
def test_states_are_those_that_a_clerk_works_out(desk: Desk, held, shift) -> None:
    """Each month read off a list of activities by plain counting, whatever was held and written when."""
    today = TODAY + timedelta(days=shift)
    unit = Unit.objects.filter(code="450100-P60").first()
    unit = unit or branch(desk, "450100-P60", D(2020, 1, 1))
    unit.records.all().delete()
    notes = []
    for offset, delay in held:
        day = SINCE + timedelta(days=offset)
        noted = day + timedelta(days=delay)
        lisi = replace(desk.house.actor("lisi", at(noted)), posts=_posts(desk, unit))
        row = Activity(unit=unit, type="theme_day", happened_on=day, topic="某主题")
        move(lisi, save(lisi, row), "submit")
        notes.append((day, noted))
    for due in dues(unit, "LIFE-05", today):
        window = due.window
        inside = [noted for day, noted in notes if window.opens_on <= day <= window.ends_on]
        if any(noted <= window.due_on for noted in inside):
            expected = "done"
        elif inside:
            expected = "late"
        elif today > window.due_on:
            expected = "missed"
        else:
            expected = "due" if (window.ends_on - today).days <= 7 else "future"
        assert STATES[due.state] == expected


def _posts(desk: Desk, unit: Unit):
    lisi = desk.house.people["lisi"]
    return (Post(person=lisi, unit=unit, role="branch_organiser", valid_from=SINCE),)
