"""The policy table: its moments, and what it refuses with file and line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongjian.kernel.content import ContentError, load_section
from rongjian.ledgers.decision import MeetingDecision
from rongjian.notices import policy
from rongjian.notices.policy import Entry, entries, rounds
from rongjian.notices.sources import SOURCES
from rongjian.notices.subjects import Subject, in_words, tellable
from rongjian.org.models import Unit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house import House

LIMIT = date(2026, 6, 24)
SUBJECT = Subject("due:1", Unit(code="450100"), "支委会", "/", due_on=LIMIT)


def entry(**changes: object) -> Entry:
    return replace(next(each for each in entries() if each.code == "regime-due"), **changes)  # type: ignore[arg-type]


def test_every_source_has_its_entry_and_no_entry_looks_further_than_three_days() -> None:
    assert {each.of for each in entries()} == set(SOURCES)
    assert all(each.lead <= 3 for each in entries())
    assert (rounds().begins, rounds().ends) == ("08:30", "18:00")


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 6, 17), None),  # four working days before: 19–21 June are 端午
        (date(2026, 6, 18), -3),
        (date(2026, 6, 22), -3),
        (date(2026, 6, 23), -3),
        (LIMIT, 0),
        (date(2026, 6, 25), 1),
        (date(2026, 9, 1), 1),
    ],
)
def test_moments_are_counted_in_working_days(day: date, moment: int | None) -> None:
    assert entry().moment(SUBJECT, day) == moment


def test_a_limit_on_a_day_off_runs_on() -> None:
    saturday = replace(SUBJECT, due_on=date(2026, 6, 20))
    assert entry().moment(saturday, date(2026, 6, 22)) == 0
    assert entry().limit_words(saturday, date(2026, 6, 22)) == "今天到期"


def test_what_must_happen_within_a_limit_ends_on_the_working_day_before() -> None:
    # 31 May 2026 is a Sunday, and an activity of 1 June counts for June.
    may = replace(SUBJECT, due_on=date(2026, 5, 31), within=True)
    days = [date(2026, 5, 25), date(2026, 5, 26), date(2026, 5, 28), date(2026, 5, 29)]
    assert [entry().moment(may, day) for day in days] == [None, -3, -3, 0]
    assert entry().limit_words(may, date(2026, 5, 28)) == "5月29日，还有 1 个工作日"
    assert entry().limit_words(may, date(2026, 5, 29)) == "今天到期"


def test_what_has_no_limit_is_near_from_the_day_it_came_in() -> None:
    waiting = replace(SUBJECT, due_on=None, since=date(2026, 6, 24))
    asked = entry(within=3, again=(0, 5))
    days = [date(2026, 6, 24), date(2026, 6, 26), date(2026, 6, 29), date(2026, 7, 6)]
    assert [asked.moment(waiting, day) for day in days] == [-3, -3, 0, 5]
    assert asked.limit_words(waiting, date(2026, 6, 25)) == "6月24日报来，已等 1 个工作日"


def test_a_rung_of_its_own_comes_before_the_moments() -> None:
    climbing = replace(SUBJECT, rung=5)
    assert entry(lead=0, again=()).moment(climbing, date(2026, 7, 1)) == 5
    assert entry(lead=0, again=()).moment(climbing, date(2026, 6, 23)) is None


def test_words_say_the_limit_and_the_way_out() -> None:
    said = entry().limit_words
    assert said(SUBJECT, date(2026, 6, 22)) == "6月24日，还有 2 个工作日"
    assert said(SUBJECT, LIMIT) == "今天到期"
    late = "6月24日到期，已过 3 个工作日。可补录，或说明原因"
    assert said(SUBJECT, date(2026, 6, 29)) == late


def test_who_is_meant(house: House) -> None:
    lisi, unit = house.actor("lisi"), house.units["450100-P02"]
    named = replace(SUBJECT, unit=unit, person=house.people["wangwu"].pk)
    assert entry(who=("everyone",)).tells(named, lisi)
    assert not entry(who=("named",)).tells(named, lisi)
    assert entry(who=("named",)).tells(named, house.actor("wangwu"))
    assert entry(who=("named",)).tells(replace(named, person=None), lisi)
    assert entry(who=("branch_organiser",)).tells(named, lisi)
    assert not entry(who=("branch_secretary",)).tells(named, lisi)


def test_what_is_sensitive_is_told_without_its_text() -> None:
    assert in_words("activity", "议定事项", "某事") == "议定事项：某事"
    assert in_words("talk", "谈心谈话待确认", "某事") == "谈心谈话待确认"
    assert not tellable("intf_record")
    assert MeetingDecision.access_class == "activity"


GOOD = """
entries:
  - code: a
    of: regimes
    name: 制度事项
    who: [everyone]
    lead: 3
    again: [0]
    basis: {document: 某文件, checked: 2026-11-25}
"""


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("of: regimes", "of: weather", "没有这种来源：weather"),
        ("[everyone]", "[nobody]", "who 应为 named、everyone 或角色代码：nobody"),
        ("lead: 3", "lead: 4", "lead 应在 0 到 3 个工作日之间"),
        ("[0]", "[5, 1]", "again 应从小到大、不重复"),
        ("[0]", "[-4]", "不早于 lead"),
        ("    basis: {document: 某文件, checked: 2026-11-25}\n", "", "缺少字段 basis"),
        ("lead: 3", "leed: 3", "不认识字段 leed"),
    ],
)
def test_a_fault_is_told_with_file_and_line(tmp_path: Path, was: str, now: str, says: str) -> None:
    path = tmp_path / "notices.yaml"
    path.write_text(GOOD.replace(was, now), encoding="utf-8")
    with pytest.raises(ContentError, match=r"notices\.yaml:\d+：") as told:
        load_section(path, "entries", Entry)
    assert says in str(told.value)


@pytest.mark.parametrize(("was", "now"), [("08:30", "07:00"), ("18:00", "20:00"), ("18:00", "x")])
def test_no_hours_outside_those_of_the_office(tmp_path: Path, was: str, now: str) -> None:
    text = policy.FILE.read_text(encoding="utf-8").replace(f'"{was}"', f'"{now}"')
    path = tmp_path / "notices.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError):
        load_section(path, "rounds", policy.Rounds)
