"""Full names: for a reason, in the own procuratorate, for some minutes, and the log knows."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.audit import verify
from rongjian.log.models import Event
from rongjian.records import unmasking
from rongjian.records.unmasking import Wanted
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponseBase
    from django.test import Client

    from rongjian.org.models import Person
    from tests.web.visitors import Visit
    from tests.world import World

LIST = "/ledger/handled-person"
ASK = "/ledger/handled-person/names"
WHY = {"reason": "verify", "words": ""}


def asked() -> list[Event]:
    return list(Event.objects.filter(verb="unmask").order_by("pk"))


def handlers(rows: Iterable[HandledPerson]) -> set[str]:
    return {row.handler.name for row in rows if row.handler}


def own(world: World) -> list[HandledPerson]:
    """What 王五 heads the making of, with its handlers."""
    unit = world.persons["wangwu"].department
    rows = HandledPerson.objects.filter(unit=unit).exclude(handler=None)
    return list(rows.select_related("handler").order_by("-happened_on", "-pk"))


def names_on(answer: HttpResponseBase, people: set[str]) -> set[str]:
    text = text_of(answer).partition("<main")[2]
    return {name for name in people if name in text}


def test_a_list_masks_names_until_a_reason_is_given(world: World, visit: Visit) -> None:
    people = handlers(own(world)[:50]) - {"王五"}
    assert people
    wang = visit("wangwu")
    listed = wang.get(LIST)
    assert names_on(listed, people) == set()
    assert f'href="{ASK}"' in text_of(listed)
    form = wang.get(ASK)
    total = HandledPerson.objects.filter(unit=world.persons["wangwu"].department).count()
    assert form.context["page"].number == total
    answer = wang.post(ASK, WHY)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    shown = wang.get(LIST)
    assert names_on(shown, people) == people
    (line,) = asked()
    assert line.actor == world.actor("wangwu").ref
    assert line.object == "handled-person"
    assert line.stream == "450100"
    assert line.detail == f"姓名 {total} 条；理由：核对记录；条件：无"
    assert not verify().breaks


def test_the_page_then_carries_who_reads_it(world: World, visit: Visit) -> None:
    wang = visit("wangwu")
    assert "watermark" not in text_of(wang.get(LIST))
    wang.post(ASK, WHY)
    text = text_of(wang.get(LIST))
    number = world.persons["wangwu"].staff_no
    assert f"查看人：王五 {number} 2026-06-25 15:00" in text
    assert text.count(f'<span data-mark="王五 {number} 2026-06-25 15:00"></span>') == 18
    assert f'href="{ASK}"' not in text


def test_another_filter_starts_masked_and_paging_does_not(world: World, visit: Visit) -> None:
    people = handlers(own(world)) - {"王五"}
    wang = visit("wangwu")
    query = "?" + urlencode({"decision": "prosecuted", "from": "2018-01-01"})
    wang.post(ASK + query, WHY)
    assert names_on(wang.get(f"{LIST}{query}"), people)
    assert names_on(wang.get(f"{LIST}{query}&page=2&sort=happened_on"), people)
    assert not names_on(wang.get(LIST), people)
    assert not names_on(wang.get(f"{LIST}?decision=arrested"), people)
    assert "条件：日期 2018-01-01 起，决定=起诉" in asked()[0].detail


def test_names_are_masked_again_after_five_minutes(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = handlers(own(world)[:50]) - {"王五"}
    wang = visit("wangwu")
    wang.post(ASK, WHY)
    for minutes, open_still in ((4, True), (5, False)):
        monkeypatch.setenv("RONGJIAN_NOW", (NOW + timedelta(minutes=minutes)).isoformat())
        assert bool(names_on(wang.get(LIST), people)) is open_still
    assert len(asked()) == 1


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ({}, "请选择显示姓名的理由"),
        ({"reason": "curiosity"}, "选择一个有效的选项"),
        ({"reason": "other"}, "请写明用途，至少 4 个字"),
        ({"reason": "other", "words": "  看  "}, "请写明用途，至少 4 个字"),
        ({"reason": "verify", "words": "看看"}, "请写明用途，至少 4 个字"),
        ({"reason": "other", "words": "身份证 11010519491231002X"}, "有居民身份证号码"),
    ],
)
def test_without_a_sound_reason_nothing_is_shown_or_logged(
    why: dict[str, str], sentence: str, visit: Visit
) -> None:
    wang = visit("wangwu")
    answer = wang.post(ASK, why)
    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert not asked()
    assert "watermark" not in text_of(wang.get(LIST))


def test_the_own_words_stand_in_the_log(visit: Visit) -> None:
    visit("wangwu").post(ASK, {"reason": "other", "words": "核对评查名单"})
    assert "理由：其他（核对评查名单）" in asked()[0].detail


def test_the_budget_of_a_day_ends_with_a_sentence(world: World, visit: Visit) -> None:
    actor = world.actor("wangwu")
    wanted = Wanted("handled-person", HandledPerson.objects.all(), "")
    for _ in range(unmasking.limits().daily):
        unmasking.unmask(actor, wanted, "verify")
    with pytest.raises(ValidationError, match="达到每日上限"):
        unmasking.unmask(actor, wanted, "verify")
    answer = visit("wangwu").post(ASK, WHY)
    assert "今天已显示姓名 30 次，达到每日上限" in text_of(answer)
    assert len(asked()) == unmasking.limits().daily
    tomorrow = world.actor("wangwu", NOW + timedelta(days=1))
    assert unmasking.unmask(tomorrow, wanted, "verify") > 0


def test_a_record_of_a_sensitive_ledger_masks_names_at_home_too(world: World, visit: Visit) -> None:
    record = next(row for row in own(world) if row.handler and row.handler.name != "王五")
    assert record.handler is not None
    page = reverse("record", args=["handled-person", record.pk])
    ask = reverse("record-names", args=["handled-person", record.pk])
    wang = visit("wangwu")
    assert record.handler.masked in text_of(wang.get(page))
    assert record.handler.name not in text_of(wang.get(page))
    assert wang.post(ask, WHY)["Location"] == page
    assert record.handler.name in text_of(wang.get(page))
    (line,) = asked()
    assert (line.object, line.record_id) == (f"handled-person:{record.pk}", record.pk)
    # Whoever may read the record sees that its names were shown, and why.
    assert "显示姓名" in text_of(visit("qian").get(page))
    assert "理由：核对记录" in text_of(visit("qian").get(page))


def test_the_records_behind_a_figure_show_names_at_home(world: World, visit: Visit) -> None:
    qian: Client = visit("qian")
    query = "?unit=450100&period=2018-01..2020-12"
    rows = HandledPerson.objects.filter(court=world.nanning, campaign="gang")
    people = handlers(rows.select_related("handler"))
    page = reverse("figure-records", args=["prosecuted-gang"]) + query
    ask = reverse("figure-records-names", args=["prosecuted-gang"]) + query
    region = visit("zhengshi").get(page.replace("450100", "450000"))
    assert "显示姓名" not in text_of(region)
    own_only = f"{page}&own=1"
    assert not names_on(qian.get(own_only), people)
    assert qian.post(f"{ask}&own=1", WHY).status_code == 302
    assert names_on(qian.get(own_only), people)
    assert asked()[0].object == "figure:prosecuted-gang"
    assert "起诉涉黑涉恶犯罪嫌疑人" in asked()[0].detail


def test_a_projection_has_no_names_to_ask_for(visit: Visit) -> None:
    zheng = visit("zhengshi")
    assert zheng.get(f"{ASK}?below=1").status_code == 403
    assert "显示姓名" not in text_of(zheng.get(f"{LIST}?below=1"))
    assert not asked()


def test_another_procuratorate_is_out_of_reach(world: World, visit: Visit) -> None:
    wanted = Wanted("handled-person", HandledPerson.objects.exclude(court=world.nanning), "其他院")
    with pytest.raises(ValidationError, match="没有您可以显示姓名的"):
        unmasking.unmask(world.actor("qian"), wanted, "verify")
    assert not asked()


def test_an_export_never_holds_names(world: World, visit: Visit) -> None:
    qian = visit("qian")
    qian.post(ASK, WHY)
    rows = HandledPerson.objects.filter(court=world.nanning).select_related("handler")
    people: set[str] = handlers(rows)
    answer = qian.get(f"{LIST}/export")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    values = {str(value) for row in sheet.values for value in row}
    assert not values & people
    found: Person | None = rows.exclude(handler=None)[0].handler
    assert found is not None
    assert found.staff_no in values


def test_what_was_opened_is_gone_after_the_log_out(world: World, visit: Visit) -> None:
    people = handlers(own(world)[:50]) - {"王五"}
    wang = visit("wangwu")
    wang.post(ASK, WHY)
    wang.post(reverse("logout"))
    user = world.persons["wangwu"].account
    assert user is not None
    wang.force_login(user)
    assert not names_on(wang.get(LIST), people)
