"""The auditor's log: who, when, what object and which fields; never content, never changed."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.log import guards
from rongjian.log.audit import Change, append, verify
from rongjian.log.models import Event
from rongjian.log.verification import Service, verified
from rongjian.org.access import actor_of
from rongjian.org.actions import appoint
from rongjian.org.models import Person
from rongjian.records import actions, trail
from rongjian.records.trail import Search
from rongjian.web.pages.administration import log as log_page
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from django.test import Client

    from rongjian.web.pages.administration.log import LogPage
    from tests.web.visitors import Visit
    from tests.world import World

CANARY = "紫荆花开七十二朵"


def page(client: Client, **query: str) -> LogPage:
    found: LogPage = client.get(reverse("sys-log"), query).context["page"]
    return found


@pytest.fixture
def edited(world: World) -> Activity:
    """An activity whose gist 李四 changes, and which 王五 sends back with a reason."""
    activity = Activity.objects.get(unit__code="450100-P02", state="draft")
    activity.topic, activity.gist = f"{CANARY}甲", f"{CANARY}乙"
    actions.save(world.actor("lisi"), activity)
    actions.move(world.actor("lisi"), activity, "submit")
    actions.move(world.actor("wangwu"), activity, "return", detail=f"{CANARY}丙")
    return activity


@pytest.mark.parametrize("account", ["lisi", "weiw", "jian", "zhengshi", "sys", "sec"])
def test_nobody_else_reads_the_log(account: str, visit: Visit) -> None:
    for name in ("sys-log", "sys-log-export"):
        assert visit(account).get(reverse(name)).status_code == 403
    assert visit(account).post(reverse("sys-log-verify")).status_code == 403
    assert not Event.objects.filter(object="log").exists()


def test_a_line_says_who_did_what_to_which_object_and_which_fields(
    edited: Activity, visit: Visit
) -> None:
    lines = page(visit("aud"), about=f"activity:{edited.pk}").lines
    done = [(line.who.partition("（")[0], line.verb, line.about) for line in lines]
    number = f"活动记录 {edited.pk}"
    assert done[:3] == [
        ("王五", "退回补充", number),
        ("李四", "报送", number),
        ("李四", "修改", number),
    ]
    assert lines[2].fields == "主题、内容要点"
    assert lines[1].fields == "状态"
    assert lines[0].stream == "南宁市院"


def test_no_content_ever_reaches_the_auditor(edited: Activity, visit: Visit) -> None:
    aud = visit("aud")
    listed = aud.get(reverse("sys-log"), {"about": f"activity:{edited.pk}"})
    assert CANARY not in text_of(listed)
    assert "附言属业务内容" in text_of(listed)
    for form in ("xlsx", "ndjson"):
        answer = aud.get(reverse("sys-log-export"), {"about": "activity", "form": form})
        body = answer.content
        if form == "xlsx":
            values = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0].values
            body = json.dumps(list(values), ensure_ascii=False, default=str).encode()
        assert b"activity" in body or "活动记录".encode() in body
        assert CANARY.encode() not in body


def test_filters_find_who_did_what_and_when(world: World, edited: Activity, visit: Visit) -> None:
    aud = visit("aud")
    number = world.persons["lisi"].staff_no
    for who in ("李四", "lisi", number):
        found = page(aud, who=who, **{"from": "2026-06-25"}).lines
        assert {line.event.actor for line in found} == {f"u:{number}"}
    assert {line.event.verb for line in page(aud, verb="return").lines} == {"return"}
    assert {line.event.stream for line in page(aud, stream="450100").lines} == {"450100"}
    day = page(aud, **{"from": "2026-06-25", "to": "2026-06-25"}).lines
    assert day
    assert {line.at.date().isoformat() for line in day} == {"2026-06-25"}
    assert not page(aud, who="没有这个人").lines
    unreadable = page(aud, **{"from": "去年"})
    assert unreadable.problems == ("起始日期“去年”读不懂，请写成 2026-06-25。",)


def test_pages_go_on_from_a_key_so_that_no_line_is_missed_or_repeated(visit: Visit) -> None:
    aud = visit("aud")
    page(aud)
    total = Event.objects.exclude(object="log").count()
    seen: list[int] = []
    query: dict[str, str] = {}
    while True:
        found = page(aud, **query)
        seen += [line.event.pk for line in found.lines if line.event.object != "log"]
        if not found.older:
            break
        query = {name: values[0] for name, values in parse_qs(urlsplit(found.older).query).items()}
    assert len(seen) == len(set(seen)) == total
    assert seen == sorted(seen, reverse=True)


def test_looking_at_the_log_and_taking_it_along_are_lines_of_the_log(
    world: World, visit: Visit
) -> None:
    aud = visit("aud")
    page(aud, verb="unmask", stream="450100")
    aud.get(reverse("sys-log-export"), {"verb": "unmask"})
    looked, taken = Event.objects.filter(object="log").order_by("pk")
    assert looked.actor == taken.actor == world.actor("aud").ref
    assert looked.detail == "查看变更记录：动作=显示姓名，单位=450100"
    assert taken.detail == "导出变更记录 0 条：动作=显示姓名"
    assert not verify().breaks


def test_an_export_carries_the_hashes_for_a_copy_kept_elsewhere(visit: Visit) -> None:
    answer = visit("aud").get(reverse("sys-log-export"), {"form": "ndjson", "stream": "450200"})
    assert answer["Content-Type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in text_of(answer).splitlines()]
    kept = Event.objects.filter(stream="450200").order_by("-pk")
    assert [(row["seq"], row["hash"], row["prev"]) for row in rows] == [
        (event.seq, event.hash, event.prev) for event in kept
    ]


def test_an_export_that_is_too_large_says_how_to_go_on(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_page, "MOST", 3)
    answer = visit("aud").get(reverse("sys-log-export"), follow=True)
    assert "一次最多 3 条。请缩小日期范围" in text_of(answer)
    assert not Event.objects.filter(detail__startswith="导出变更记录").exists()


def tampered(sql: str, *values: int) -> None:
    """Change a line as somebody with the database could."""
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_a_changed_line_is_marked_and_the_strip_stays_once_it_was_verified(visit: Visit) -> None:
    aud = visit("aud")
    assert "不一致" not in text_of(aud.get(reverse("sys-log")))
    target = Event.objects.filter(stream="450100").order_by("pk").last()
    assert target is not None
    tampered("UPDATE log_event SET actor = 'u:X' WHERE id = %s", target.pk)
    at_once = aud.get(reverse("sys-log"), {"stream": "450100"})
    assert at_once.context["page"].faults == 1
    assert "本页有 1 条变更记录被改动过" in text_of(at_once)
    answer = aud.post(reverse("sys-log-verify"), follow=True)
    words = f"变更记录校验不一致，自第 {target.seq} 条起（链 450100：内容被改动：哈希不符"
    assert words in text_of(answer)
    assert words in text_of(aud.get(reverse("sys-log"), {"stream": "450200"}))
    for other in ("sys", "sec"):
        assert "变更记录校验不一致" not in text_of(visit(other).get(reverse("sys"), follow=True))


def test_a_log_that_holds_says_so(visit: Visit) -> None:
    answer = visit("aud").post(reverse("sys-log-verify"), follow=True)
    assert "变更记录校验一致：" in text_of(answer)
    assert 'data-testid="broken"' not in text_of(answer)


def test_there_is_no_way_to_change_or_delete_a_line(visit: Visit) -> None:
    aud = visit("aud")
    text = text_of(aud.get(reverse("sys-log")))
    assert "删除" not in text
    actions_offered = [part.partition('"')[0] for part in text.split('action="')[1:]]
    assert set(actions_offered) == {reverse("logout"), reverse("sys-log-verify")}
    before = Event.objects.count()
    for method in (aud.delete, aud.put, aud.patch):
        method(reverse("sys-log"))
    assert Event.objects.count() >= before


def test_an_auditor_of_one_city_reads_only_that_city(world: World) -> None:
    free = Person.objects.filter(court=world.nanning, account=None, posts=None)
    person = free.order_by("pk")[0]
    appoint(person, world.nanning, "auditor", NOW.date())
    actor = actor_of(person, NOW)
    found = trail.streams(actor)
    assert "450100" in found
    assert not {"system", "450000", "450200"} & set(found)
    read = trail.lines(actor, Search())
    assert set(read.values_list("stream", flat=True).distinct()) <= set(found)
    assert not trail.lines(actor, Search(stream="450000")).exclude(stream__in=found).exists()


def test_a_line_about_what_is_no_more_stays_readable(world: World, visit: Visit) -> None:
    for kind in ("no-such-ledger", "org.nosuchtable"):
        change = Change(kind, ["id", "name"], [[1, [1, "a"], [1, "b"]]])
        append(world.actor("sys"), "edit", "gone:1", stream="450000", change=change)
    lines = page(visit("aud"), about="gone").lines
    assert [(line.about, line.fields) for line in lines] == [("gone 1", "name")] * 2


def test_a_service_is_named_as_one(world: World) -> None:
    verified(Service("tick", datetime.fromisoformat("2026-06-25T03:00:00+08:00")))
    line = trail.in_words(list(Event.objects.filter(verb="verify")))[0]
    assert (line.who, line.verb, line.about, line.stream) == (
        "例行工作",
        "校验日志",
        "变更记录",
        "系统",
    )
