"""The calendar as a month, planning one, and what can be taken along: for whom, and what stands in it."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.planning import proposed
from rongjian.log.models import Event
from rongjian.records.models import Record
from rongjian.regimes.models import LocalRule
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

BRANCH = "450100-P02"
D = date
GROUPS, THEME = "day-LIFE-03.2026-06-01", "day-LIFE-05.2026-06-01"


def month(client: Client, **query: Any) -> Any:
    answer = client.get(reverse("calendar"), {"unit": BRANCH, "view": "month", **query})
    assert answer.status_code == 200
    return answer.context["page"].shown_month


def on(shown: Any, day: date) -> Any:
    return next(each for week in shown.weeks for each in week if each.day == day)


def plan(client: Client, **given: str) -> Any:
    return client.post(reverse("calendar-plan"), {"unit": BRANCH, "key": "k", **given}, follow=True)


# --- the month -----------------------------------------------------------------------------------------


def test_a_month_shows_what_ends_and_what_was_held_on_their_days(visit: Visit) -> None:
    shown = month(visit("lisi"), year="2026", month="6")
    assert [len(week) for week in shown.weeks] == [7] * 5
    end = {entry.words: entry.state for entry in on(shown, D(2026, 6, 30)).entries}
    assert end["党小组会（6月）截止"] == "due"
    held = Activity.objects.filter(
        unit__code=BRANCH, happened_on__range=(D(2026, 6, 1), D(2026, 6, 30))
    )
    done = held.filter(state="approved").first()
    if done is not None:
        assert "done" in {entry.state for entry in on(shown, done.happened_on).entries}
    # 端午: Friday the 19th is off.
    assert (on(shown, D(2026, 6, 19)).off, on(shown, D(2026, 6, 19)).mark) == (True, "休")
    assert on(shown, D(2026, 6, 25)).today
    assert not on(shown, D(2026, 7, 1)).entries


def test_a_worked_weekend_is_marked_and_an_unpublished_year_says_so(visit: Visit) -> None:
    shown = month(visit("lisi"), year="2026", month="2")
    assert (on(shown, D(2026, 2, 14)).off, on(shown, D(2026, 2, 14)).mark) == (False, "班")
    assert shown.caution == ""
    assert "尚未公布" in month(visit("lisi"), year="2027", month="2").caution


def test_a_month_names_nothing_that_the_reader_may_not_see(visit: Visit) -> None:
    mine = month(visit("lisi"), year="2026", month="5")
    others = month(visit("zhaoliu"), year="2026", month="5")
    named = [entry.url for week in others.weeks for day in week for entry in day.entries]
    seen = [entry.url for week in mine.weeks for day in week for entry in day.entries]
    assert any("/ledger/activity/" in url for url in seen)
    for url in named:
        if url.startswith("/ledger/"):
            assert visit("zhaoliu").get(url).status_code == 200


# --- planning --------------------------------------------------------------------------------------------


def test_a_plan_is_drafts_on_days_to_come_and_answers_nothing(visit: Visit) -> None:
    client = visit("lisi")
    asked = client.get(reverse("calendar-plan"), {"unit": BRANCH})
    rows = {row.type: row for row in asked.context["page"].rows}
    assert rows["group_meeting"].day >= "2026-06-25"
    told = text_of(plan(client, **{GROUPS: "2026-06-29", "place": "307会议室"}))
    assert "已安排 1 项" in told
    made = Activity.objects.get(unit__code=BRANCH, happened_on=D(2026, 6, 29))
    assert (made.state, made.topic, made.place) == ("draft", "6月党小组会", "307会议室")
    shown = month(client, year="2026", month="6")
    assert "6月党小组会" in [entry.words for entry in on(shown, D(2026, 6, 29)).entries]
    end = {entry.words: entry.state for entry in on(shown, D(2026, 6, 30)).entries}
    assert end["党小组会（6月）截止"] == "due"
    # It waits on the workbench for its day, and is not proposed again.
    soon = client.get(reverse("home")).context["page"]
    assert [task.when for task in (*soon.soon, *soon.later) if "6月党小组会" in task.what] == [
        "06-29"
    ]
    again = client.get(reverse("calendar-plan"), {"unit": BRANCH}).context["page"]
    row = next(row for row in again.rows if row.type == "group_meeting")
    assert (row.day, [day for day, _ in row.planned]) == ("", [D(2026, 6, 29)])


def test_what_was_planned_is_filled_in_and_not_written_again(visit: Visit) -> None:
    client = visit("lisi")
    plan(client, **{THEME: "2026-06-29", "place": "五楼"})
    draft = Activity._default_manager.get(type="theme_day", happened_on="2026-06-29")
    address = reverse("activity-edit", args=[draft.pk])
    answer = client.get(reverse("ledger-new", args=["activity"]), {"type": "theme_day"})
    assert f'<a href="{address}">填写“{draft.topic}”</a>' in answer.content.decode()
    # What is still to come is no last time to go by.
    assert answer.context["page"].form.initial["place"] == "307会议室"
    for elsewhere in (
        {"type": "group_meeting"},
        {"type": "theme_day", "happened_on": "2026-05-29"},
    ):
        there = client.get(reverse("ledger-new", args=["activity"]), elsewhere)
        assert address not in there.content.decode()
    assert client.get(address).context["page"].planned == ()


def test_a_plan_sent_twice_is_kept_once(visit: Visit) -> None:
    client = visit("lisi")
    before = Record.objects.count()
    for _ in range(2):
        plan(client, **{GROUPS: "2026-06-29"})
    assert Record.objects.count() == before + 1


def test_two_rules_for_one_type_are_planned_each_for_itself(visit: Visit, world: World) -> None:
    """On two days two activities; on one day one, which answers both."""
    LocalRule.objects.create(
        unit=world.nanning,
        code="OWN-1",
        valid_from=D(2026, 6, 1),
        changes={"like": "LIFE-05", "name": "青年主题党日"},
        basis="会议纪要",
    )
    client, own = visit("lisi"), "day-OWN-1.2026-06-01"
    page = client.get(reverse("calendar-plan"), {"unit": BRANCH})
    text = text_of(page)
    assert (text.count(f'id="{THEME}"'), text.count(f'id="{own}"')) == (1, 1)
    drafts = Activity._default_manager.filter(unit__code=BRANCH, type="theme_day", state="draft")
    before = set(drafts.values_list("pk", flat=True))
    refused = plan(client, key="a", **{THEME: "2026-06-26", own: "2026-06-24"})
    rows = {row.due: row for row in refused.context["page"].rows}
    assert (rows[own[4:]].day, rows[THEME[4:]].day) == ("2026-06-24", "2026-06-26")
    assert "日期已过" in rows[own[4:]].fault
    assert not rows[THEME[4:]].fault
    plan(client, key="b", **{THEME: "2026-06-26", own: "2026-06-29"})
    made = drafts.exclude(pk__in=before)
    assert sorted(made.values_list("happened_on", flat=True)) == [D(2026, 6, 26), D(2026, 6, 29)]
    told = text_of(plan(client, key="c", **{THEME: "2026-06-30", own: "2026-06-30"}))
    assert "已安排 1 项" in told
    assert made.filter(happened_on=D(2026, 6, 30)).count() == 1


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-06-24", "日期已过"),
        ("2026-07-01", "请选这之间的日期"),
        ("2026-06-31", "日期不认识"),
        ("下周一", "日期不认识"),
        ("", "请至少给一项填上日期"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_what_was_typed_stays(visit: Visit, day, words) -> None:
    before = Record.objects.count()
    answer = plan(visit("lisi"), **{GROUPS: day, "place": "307会议室"})
    assert answer.status_code == 422
    text = text_of(answer)
    assert words in text
    assert 'value="307会议室"' in text
    if day:
        assert f'value="{day}"' in text
    assert Record.objects.count() == before


def test_next_month_can_be_planned_and_no_other(visit: Visit) -> None:
    client = visit("lisi")
    for asked, titled in (("2026-07", "安排7月"), ("2026-09", "安排6月"), ("x", "安排6月")):
        answer = client.get(reverse("calendar-plan"), {"unit": BRANCH, "month": asked})
        assert answer.context["page"].title == titled


def test_whose_the_unit_is_not_plans_nothing(visit: Visit) -> None:
    for account, unit, status in (
        ("zhaoliu", BRANCH, 403),
        ("lisi", "450100-P01", 404),
        ("lisi", "", 404),
    ):
        answer = visit(account).get(reverse("calendar-plan"), {"unit": unit})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("held", "first", "last", "day"),
    [
        (None, D(2026, 6, 1), D(2026, 6, 30), D(2026, 6, 25)),
        (D(2026, 5, 12), D(2026, 6, 1), D(2026, 6, 30), D(2026, 6, 12)),
        (D(2026, 5, 20), D(2026, 6, 1), D(2026, 6, 30), D(2026, 6, 22)),  # 端午
        (D(2026, 5, 31), D(2026, 6, 1), D(2026, 6, 30), D(2026, 6, 29)),
        (D(2026, 5, 12), D(2026, 6, 25), D(2026, 6, 30), D(2026, 6, 25)),
        (D(2026, 9, 12), D(2026, 10, 1), D(2026, 10, 31), D(2026, 10, 12)),
        (D(2026, 9, 3), D(2026, 10, 1), D(2026, 10, 31), D(2026, 10, 8)),  # 国庆
        (None, D(2026, 6, 30), D(2026, 6, 30), D(2026, 6, 30)),
        (None, D(2026, 6, 20), D(2026, 6, 21), D(2026, 6, 20)),  # No working day at all.
    ],
)
def test_a_day_is_proposed_as_the_last_one_was(held, first, last, day) -> None:
    assert proposed(held, first, last) == day


# --- to take along -----------------------------------------------------------------------------------------


def test_the_heat_map_goes_out_as_a_sheet_and_is_logged(visit: Visit) -> None:
    answer = visit("lisi").get(reverse("calendar-export"), {"unit": BRANCH, "year": "2026"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["制度日历"]
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["党小组会"][:3] == ("党的组织生活", "党小组会", "每月")
    assert rows["党小组会"][3:10] == (*["✓ 完成"] * 5, "▲ 临期", "○ 未到")
    assert rows["思想动态分析"][4:6] == (None, None)
    assert Event.objects.filter(verb="open", object="calendar").count() == 1


def test_the_limits_go_out_as_a_calendar_that_a_phone_reads(visit: Visit) -> None:
    answer = visit("lisi").get(reverse("calendar-export"), {"unit": BRANCH, "what": "limits"})
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:党小组会（6月）截止\r\n" in whole
    assert "DTSTART;VALUE=DATE:20260630\r\nDTEND;VALUE=DATE:20260701\r\n" in whole
    uids = re.findall(r"UID:(.+)\r\n", whole)
    assert len(uids) == len(set(uids)) > 10
    assert not [
        line for line in whole.split("\r\n") if re.search(r"2026-0[1-5]", line) and "截止" in line
    ]


def test_nobody_takes_along_what_they_may_not_see(visit: Visit) -> None:
    for account, unit, status in (("ren", BRANCH, 403), ("lisi", "450100-P01", 404)):
        for what in ("heat", "limits"):
            answer = visit(account).get(reverse("calendar-export"), {"unit": unit, "what": what})
            assert answer.status_code == status
