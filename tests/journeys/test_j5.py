"""J5: 「本期无」 and 「说明原因」 at one press, and a calendar that tells the truth two weeks later."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import DESKTOP, PHONE
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

LATER = datetime(2026, 7, 10, 9, 0, tzinfo=NOW.tzinfo)


def cell(page: Page, said: str) -> Locator:
    """The cell of the heat map that says so."""
    return page.locator("table.heat td", has=page.get_by_label(said))


def panel(page: Page) -> Locator:
    """The due that is open."""
    return page.get_by_role("region", name="应办事项")


def test_reasons_nothing_to_report_and_a_late_record(
    at_time: Callable[[str, datetime], Visitor],
) -> None:
    lisi = at_time("lisi", NOW)
    page = lisi.page
    lisi.follow(page.get_by_role("navigation", name="主菜单").get_by_role("link", name="制度日历"))
    _explain_and_take_back(lisi)
    _nothing_to_report(lisi)
    assert lisi.faults == []

    lisi = at_time("lisi", LATER)
    _record_late(lisi)
    assert lisi.faults == []

    wei = at_time("weiw", LATER)
    _read_the_house(wei)
    assert wei.faults == []


def _explain_and_take_back(lisi: Visitor) -> None:
    page = lisi.page
    due = "党小组会 6月 临期 还有 5 天"
    expect(cell(page, due)).to_have_attribute("data-state", "due")
    lisi.follow(page.get_by_label(due))
    expect(panel(page)).to_contain_text("依据")
    expect(panel(page)).to_contain_text(
        "《中国共产党支部工作条例（试行）》第五章（2026-11-25 核对）"
    )
    expect(panel(page).get_by_role("link", name="记录")).to_be_visible()
    expect(panel(page).get_by_role("button", name="本期无")).to_be_visible()
    lisi.check()
    panel(page).get_by_text("说明原因", exact=True).click()
    lisi.follow(panel(page).get_by_role("button", name="与上级活动合并"))
    explained = cell(page, "党小组会 6月 有因：与上级活动合并")
    expect(explained).to_have_attribute("data-state", "excused")
    told = page.get_by_role("status").filter(has_text="已说明")
    expect(told).to_contain_text("已说明：有因：与上级活动合并")
    lisi.check()
    lisi.follow(told.get_by_role("button", name="撤销"))
    expect(cell(page, due)).to_have_attribute("data-state", "due")


def _nothing_to_report(lisi: Visitor) -> None:
    page = lisi.page
    lisi.follow(page.get_by_label("违纪违法分析 上半年"))
    lisi.follow(panel(page).get_by_role("button", name="本期无"))
    done = cell(page, "违纪违法分析 上半年 完成（本期无）")
    expect(done).to_have_attribute("data-state", "done")
    expect(panel(page)).to_contain_text("本期无，李四 2026-06-25 15:00")


def _record_late(lisi: Visitor) -> None:
    page = lisi.page
    waits = page.get_by_test_id("todo-row").filter(has_text="思想动态分析（二季度）")
    expect(waits).to_contain_text("已过 7 天")
    expect(waits.get_by_role("link", name="说明原因：思想动态分析（二季度）")).to_be_visible()
    page.set_viewport_size(PHONE)
    assert lisi.overflow() == 0
    page.set_viewport_size(DESKTOP)
    lisi.check()
    lisi.follow(waits.get_by_role("link", name="补录 思想动态分析（二季度）"))
    day = page.locator("[name=happened_on]")
    expect(day).to_have_value("2026-06-30")
    day.fill("2026-06-28")
    page.locator("[name=title]").fill("二季度思想动态分析")
    page.locator("[name=concern]").select_option(label="工作压力")
    page.locator("[name=tendency]").fill("案件集中，加班较多")
    page.locator("[name=measure]").fill("统筹调配办案力量")
    lisi.follow(page.get_by_role("button", name="保存并报送"))
    expect(page.get_by_text("2026-07-10").first).to_be_visible()
    expect(page.get_by_label("记录时间")).to_have_count(0)
    lisi.open("/calendar/?unit=450100-P02")
    late = cell(page, "思想动态分析 二季度 补录 12 天")
    expect(late).to_have_attribute("data-state", "late")
    lisi.follow(page.get_by_label("思想动态分析 二季度 补录 12 天"))
    expect(panel(page)).to_contain_text("2026-06-28，2026-07-10 记录")
    lisi.check()
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("table")).to_be_hidden()
    expect(panel(page)).to_be_visible()
    assert lisi.overflow() == 0
    page.set_viewport_size(DESKTOP)


def _read_the_house(wei: Visitor) -> None:
    page = wei.page
    wei.open("/calendar/?unit=450100&view=units&year=2026&month=5")
    rows = page.get_by_role("table").locator("tbody th")
    expect(rows).to_have_text([f"第{number}党支部" for number in "一二三四五六七八九十"])
    words = page.get_by_test_id("in-words")
    expect(words).to_contain_text("1 个单位 1 项补录")
    expect(words).to_contain_text("个单位无漏项")
    expect(page.locator("main")).not_to_contain_text("%")
    wei.check()
    page.set_viewport_size(PHONE)
    assert wei.overflow() == 0
