"""What a house lays down for itself: from a day on, never backwards, and nothing twice of the same unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from rongjian.kernel.dues import DONE
from rongjian.org.access import Denied
from rongjian.regimes.actions import adopt
from rongjian.regimes.laying_down import change_rule, rules_of, set_own_day
from rongjian.regimes.models import LocalRule
from tests.regimes.calendar import SINCE, TODAY, Desk, at, desk, dues

if TYPE_CHECKING:
    from rongjian.org.access import Actor

__all__ = ["desk"]

JULY = date(2026, 7, 1)
HALF = {"cycle": "half", "grace": 5}


def office(desk: Desk) -> Actor:
    person = desk.house.people["wangwu"]
    house = desk.house.units["450100"]
    person.posts.get_or_create(
        unit=house, role="organ_committee", valid_from=SINCE, state="approved"
    )
    return desk.house.actor("wangwu", at(TODAY))


def refused(desk: Desk, code: str, since: date, changes: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        change_rule(office(desk), desk.house.units["450100"], code, since, changes, "会议纪要")
    return "；".join(caught.value.messages)


def test_a_version_holds_from_its_day_and_what_began_before_stays(desk: Desk) -> None:
    before = dues(desk.branch, "LIFE-04")
    change_rule(office(desk), desk.house.units["450100"], "LIFE-04", JULY, HALF, "会议纪要")
    after = dues(desk.branch, "LIFE-04")
    assert after[:2] == before[:2]
    assert [due.window.label for due in after[2:]] == ["下半年"]
    # Another house goes on as before.
    elsewhere = rules_of(desk.house.units["450200"])
    assert [rule.cycle for rule in elsewhere if rule.code == "LIFE-04"] == ["quarter"]


def test_two_rules_for_the_same_are_refused_by_name_with_the_way_out(desk: Desk) -> None:
    said = refused(desk, "OWN-1", JULY, {"like": "LIFE-04", **HALF})
    both = "“党课 每季”与“党课 每半年”同时适用南宁市院第一党支部"
    assert said == f"{both}，请保留一项，或让一项先截止"
    own = {"like": "LIFE-04", "name": "青年党课", **HALF}
    change_rule(office(desk), desk.house.units["450100"], "OWN-1", JULY, own, "会议纪要")
    assert [due.window.label for due in dues(desk.branch, "OWN-1")] == ["下半年"]
    assert len(dues(desk.branch, "LIFE-04")) == 4


@pytest.mark.parametrize(
    ("code", "since", "changes", "words"),
    [
        ("LIFE-04", date(2026, 5, 1), HALF, "已过的期间不改"),
        ("LIFE-04", date(2026, 8, 1), HALF, "请改为 2027-01-01"),
        ("LIFE-05", JULY, {"days": [20, 10]}, "截止早于开始"),
        ("LIFE-05", JULY, {"days": [1, 5]}, "没有工作日"),
        ("LIFE-05", JULY, {"days": [1, 40]}, "1 到 31 之间"),
        ("LIFE-05", JULY, {"valid_to": "2026-06-30"}, "不能早于生效日期"),
        ("LIFE-05", JULY, {"grace": -1}, "不能为负"),
        ("NONE", JULY, HALF, "没有“NONE”这项制度"),
    ],
)
def test_what_cannot_stand_is_refused(desk: Desk, code, since, changes, words) -> None:
    assert words in refused(desk, code, since, changes)
    assert not LocalRule.objects.exists()


def test_a_house_says_to_whom_a_rule_applies_and_what_counts_as_well(desk: Desk) -> None:
    """Its branches need no lecture of their own where the member meeting had one; joint ones owe none."""
    court = desk.house.units["450100"]
    said = {"types": ["party_branch"], "accepts": [["activity", "type", ["member_meeting"]]]}
    change_rule(office(desk), court, "LIFE-04", JULY, said, "会议纪要")
    rule = next(rule for rule in reversed(rules_of(court)) if rule.code == "LIFE-04")
    assert (rule.who.types, rule.accepts[0].values) == (("party_branch",), ("member_meeting",))
    desk.hold("member_meeting", date(2026, 7, 2))
    assert [due.state for due in dues(desk.branch, "LIFE-04", date(2026, 7, 3))][2] == DONE
    assert [due.state for due in dues(desk.branch, "LIFE-04", date(2026, 7, 3))][1] != DONE


def test_two_rules_for_different_types_stand_beside_each_other(desk: Desk) -> None:
    court = desk.house.units["450100"]
    change_rule(office(desk), court, "LIFE-04", JULY, {"types": ["joint_branch"]}, "会议纪要")
    beside = {"like": "LIFE-04", "types": ["organ_committee"], **HALF}
    change_rule(office(desk), court, "OWN-1", JULY, beside, "会议纪要")
    assert "同时适用" in refused(
        desk, "OWN-2", JULY, {"like": "LIFE-04", "types": ["organ_committee"]}
    )


def test_own_days_are_for_what_is_still_to_come(desk: Desk) -> None:
    court = desk.house.units["450100"]
    set_own_day(office(desk), court, date(2026, 7, 2), worked=False, reason="防汛")
    assert dues(desk.branch, "LIFE-05")[5].window.due_on == date(2026, 7, 6)
    with pytest.raises(ValidationError, match="今天及以后"):
        set_own_day(office(desk), court, date(2026, 6, 1), worked=False, reason="防汛")
    lisi = desk.house.actor("lisi", at(TODAY))
    with pytest.raises(Denied):
        set_own_day(lisi, court, date(2026, 7, 3), worked=False, reason="x")


def test_a_calendar_is_taken_up_once(desk: Desk) -> None:
    before = dues(desk.branch, "LIFE-05")
    with pytest.raises(ValidationError, match="制度日历自 2026-01-01 起已经启用"):
        adopt(office(desk), desk.house.units["450100"], date(2026, 6, 1), [])
    assert dues(desk.branch, "LIFE-05") == before
