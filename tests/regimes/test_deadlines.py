"""What a record asks for by its own day: when it ends, what ends it, and who is told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from rongjian.kernel.content import Basis, ContentError
from rongjian.kernel.deadlines import Deadline, deadlines, strange
from rongjian.kernel.dues import STATES
from rongjian.kernel.regimes import Answer
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.agenda import AgendaItem
from rongjian.org.actions import NewUnit, found
from rongjian.org.models import Tree, UnitType
from rongjian.org.own_days import OwnDay
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from rongjian.regimes.bodies import Scope
from rongjian.regimes.deadlines import open_record_dues, record_dues, seen_by
from rongjian.regimes.models import Adoption
from tests.regimes.calendar import SINCE, TODAY, Desk, at, desk

if TYPE_CHECKING:
    from rongjian.regimes.deadlines import RecordDue

__all__ = ["desk"]

D = date
OFFICE = "450100-01"
MARCH = D(2026, 3, 2)
YEAR = (D(2026, 1, 1), D(2026, 12, 31))


def asked(desk: Desk, code: str, today: date = TODAY) -> list[RecordDue]:
    court = desk.house.units["450100"]
    return [due for due in record_dues(Scope.below(court), *YEAR, today) if due.rule.code == code]


def states(found: list[RecordDue]) -> list[str]:
    return [STATES[due.state] for due in found]


def write(desk: Desk, code: str, on: date, state: str = "", who: str = "qian", **more: Any) -> Any:
    """A record of a ledger, as an import writes it."""
    kind = kind_of(code)
    row = {"unit_id": desk.house.units[OFFICE].pk, "happened_on": on, **more}
    state = state or kind.flow.states[0].code
    (pk,) = create_many(desk.house.actor(who, at(on)), kind, [row], state=state)
    return kind.model._default_manager.get(pk=pk)


def recommend(desk: Desk, on: date, **more: Any) -> Any:
    row = {"type": "governance", "addressee": "行政机关", "key": f"建-{on}", **more}
    return write(desk, "recommendation", on, **row)


def issue(desk: Desk, by: date, state: str = "working", on: date = MARCH) -> Any:
    """An issue of the office, written by its head."""
    unit, person = desk.house.units[OFFICE], desk.house.people["liu"]
    person.posts.get_or_create(
        unit=unit, role="department_head", valid_from=D(2020, 1, 1), state="approved"
    )
    row = {"title": "制度执行不严", "source": "city", "area": "conduct", "rectify_by": by}
    return write(desk, "inspection-issue", on, state, "liu", **row)


# --- until when ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivered", "urgent", "due"),
    [
        (D(2026, 3, 10), False, D(2026, 5, 11)),  # 10 May is a Sunday.
        (D(2026, 4, 30), False, D(2026, 6, 30)),
        (D(2026, 7, 31), False, D(2026, 9, 30)),
        (D(2026, 8, 1), False, D(2026, 10, 8)),  # 国庆
    ],
)
def test_a_reply_is_due_when_the_law_says(desk: Desk, delivered, urgent, due) -> None:
    recommend(desk, delivered - timedelta(days=2), delivered_on=delivered, urgent=urgent)
    assert [each.due_on for each in asked(desk, "REC-REPLY")] == [due]


def test_a_reply_ends_it_in_time_or_late_and_never_turns_overdue(desk: Desk) -> None:
    # Two months on are the days of 劳动节: each ends on 6 May.
    for day, replied in ((2, D(2026, 5, 6)), (3, D(2026, 5, 8)), (4, None)):
        told = {"delivered_on": D(2026, 3, day), "replied_on": replied}
        recommend(desk, D(2026, 3, day), **told)
    recommend(desk, D(2026, 6, 1))  # Not delivered: nothing runs.
    for today in (TODAY, TODAY + timedelta(days=90)):
        found = asked(desk, "REC-REPLY", today)
        assert states(found) == ["done", "late", "missed"]
    assert [each.words(TODAY) for each in found] == ["已办结", "逾期 2 天办结", "已过 50 天"]


def test_of_a_letter_another_event_of_the_matter_is_the_answer(desk: Desk) -> None:
    def event(key: str, code: str, on: date) -> Any:
        return write(desk, "case-event", on, case_key=key, event=code)

    event("信-1", "letter_received", D(2026, 6, 1))
    event("信-1", "letter_answered", D(2026, 6, 5))
    event("信-2", "letter_received", D(2026, 6, 12))  # The seventh day is 端午: the 22nd.
    event("信-3", "letter_received", D(2026, 6, 19))
    event("信-3", "letter_answered", D(2026, 6, 3))  # Of an earlier letter.
    found = asked(desk, "LETTER-ANSWER", D(2026, 6, 23))
    assert [each.due_on for each in found] == [D(2026, 6, 8), D(2026, 6, 22), D(2026, 6, 26)]
    assert states(found) == ["done", "missed", "due"]
    assert len(asked(desk, "LETTER-RESULT")) == 3


def test_every_meeting_of_the_party_group_owes_a_first_item(desk: Desk) -> None:
    plan = NewUnit(
        "450100-D", "院党组", "南宁市院党组", Tree.PARTY, UnitType.LEADING_GROUP, "450100-P",
        "450100", D(2015, 1, 1),
    )  # fmt: skip
    unit = found([plan])[plan.code]
    person = desk.house.people["wangwu"]
    person.posts.create(
        unit=desk.house.units["450100"], role="organ_committee", valid_from=SINCE, state="approved"
    )
    kind = kind_of("activity")
    rows = [
        {"unit_id": unit.pk, "type": type_, "happened_on": on, "topic": "研究工作"}
        for type_, on in (
            ("leading_group", D(2026, 6, 16)),
            ("leading_group", D(2026, 6, 23)),
            ("centre_group_study", D(2026, 6, 23)),
        )
    ]
    actor = desk.house.actor("wangwu", at(TODAY))
    first, second, _ = create_many(actor, kind, rows, state="approved")
    # Three working days after the 16th, with 端午 between: the 22nd is the fourth.
    found_ = asked(desk, "FIRST-ITEM")
    assert [each.due_on for each in found_] == [D(2026, 6, 22), D(2026, 6, 26)]
    assert states(found_) == ["missed", "due"]
    held = Activity._default_manager
    AgendaItem.objects.create(activity=held.get(pk=first), place=1, kind="first_item", title="讲话")
    # In the second place it is no first item.
    AgendaItem.objects.create(
        activity=held.get(pk=second), place=2, kind="first_item", title="讲话"
    )
    assert states(asked(desk, "FIRST-ITEM")) == ["done", "due"]


def test_a_day_of_its_own_is_warned_of_and_a_state_ends_it(desk: Desk) -> None:
    issue(desk, D(2026, 6, 20))
    issue(desk, D(2026, 7, 10))
    issue(desk, D(2026, 7, 11))
    issue(desk, D(2026, 6, 19), "claimed")
    issue(desk, D(2026, 6, 19), "void")
    assert states(asked(desk, "RECTIFY")) == ["done", "missed", "due", "future"]


# --- where, and for whom --------------------------------------------------------------------------------


def test_nothing_runs_from_before_the_calendar_or_where_it_is_left_out(desk: Desk) -> None:
    issue(desk, D(2026, 6, 20), on=D(2025, 12, 1))
    assert asked(desk, "RECTIFY") == []
    issue(desk, D(2026, 6, 20))
    assert len(asked(desk, "RECTIFY")) == 1
    adoption = Adoption.objects.get()
    adoption.left_out = ["RECTIFY"]
    adoption.save()
    assert asked(desk, "RECTIFY") == []
    adoption.delete()
    assert asked(desk, "RECTIFY") == []


def test_the_house_s_own_working_days_move_a_limit(desk: Desk) -> None:
    recommend(desk, D(2026, 4, 30), delivered_on=D(2026, 4, 30))
    OwnDay.objects.create(
        unit=desk.house.units["450100"], day=D(2026, 6, 30), worked=False, reason="防汛"
    )
    assert [each.due_on for each in asked(desk, "REC-REPLY")] == [D(2026, 7, 1)]


def test_a_deadline_is_seen_as_its_record_is_seen(desk: Desk) -> None:
    """The branch organiser of another department sees no recommendation, and none of its limits."""
    recommend(desk, D(2026, 4, 30), delivered_on=D(2026, 4, 30))
    court = desk.house.units["450100"]
    for name, seen in (("qian", 1), ("lisi", 0), ("liu", 0)):
        actor = desk.house.actor(name)
        listed = record_dues(Scope.below(court), *YEAR, TODAY, seen_by(actor))
        assert len(listed) == seen
    mine = open_record_dues(desk.house.actor("qian"))
    assert [(due.rule.code, due.words(TODAY)) for due in mine] == [("REC-REPLY", "还有 5 天")]
    assert open_record_dues(desk.house.actor("lisi")) == []


# --- as content -----------------------------------------------------------------------------------------


def like(**more: Any) -> Deadline:
    given = {
        "code": "X", "name": "某项", "says": "某事", "of": Answer("decision"), "valid_from": SINCE,
        "by": "due_on", "basis": Basis("某办法", SINCE), **more,
    }  # fmt: skip
    return Deadline(**given)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"days": 3}, "之一"),
        ({"by": ""}, "之一"),
        ({"by": "", "days": -3}, "天数为正"),
        ({"basis": None}, "依据"),
        ({"by": "", "limit": "recommendation-reply"}, "依据"),
        ({"by": "", "limit": "no-such", "basis": None}, "没有期限"),
        ({"same": "key"}, "same"),
    ],
)
def test_a_deadline_that_cannot_be_is_refused(more, words) -> None:
    with pytest.raises(ValueError, match=words):
        like(**more)


def test_what_no_ledger_has_stops_the_start() -> None:
    known = {"decision": ["due_on"]}
    assert list(strange([like()], known)) == []
    for more in ({"of": Answer("nowhere")}, {"done_on": ("ended_on",)}, {"by": "until"}):
        (fault,) = strange([like(**more)], known)
        assert isinstance(fault, ContentError)


def test_days_after_end_on_a_working_day() -> None:
    rule = like(by="", days=10)
    assert rule.due_on(D(2026, 6, 1)) == D(2026, 6, 11)
    assert rule.due_on(D(2026, 6, 9)) == D(2026, 6, 22)


def test_every_deadline_says_what_it_rests_on() -> None:
    for each in deadlines():
        assert each.source.startswith("《")
        assert each.says.endswith("。")
