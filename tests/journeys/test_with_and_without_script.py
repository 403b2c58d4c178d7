"""Script makes pages quicker to use and is never needed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import DESKTOP, PHONE, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.journey

LIST = "/ledger/handled-person?below=1"


def total(page: Page) -> int:
    """How many records the list that is open says it has."""
    words = page.locator("[data-status]").inner_text()
    return int(re.sub(r"\D", "", words))


def test_everything_works_without_script(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN", java_script_enabled=False)
    zheng = Visitor(server, context.new_page())
    zheng.watch()
    page = zheng.page
    zheng.log_in("zhengshi")
    assert not page.get_by_role("button", name="打印").is_visible()

    zheng.open(LIST)
    everything = total(page)
    page.get_by_text("更多条件").click()
    page.get_by_role("combobox", name="决定").select_option("批准逮捕")
    zheng.follow(page.get_by_role("button", name="查询"))
    assert set(page.locator("tbody [data-label=决定]").all_inner_texts()) == {"批准逮捕"}
    assert total(page) < everything
    page.get_by_role("link", name="第 2 页").click()
    expect(page.get_by_role("navigation", name="翻页")).to_contain_text("第 51–100 条")
    zheng.follow(page.get_by_role("link", name="去掉条件 决定=批准逮捕"))
    assert total(page) == everything

    zheng.open("/ledger/handled-person/new")
    page.get_by_label("编号", exact=True).fill("没有罪名")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("没有保存：有 1 处需要修改")
    expect(page.get_by_label("编号", exact=True)).to_have_value("没有罪名")

    zheng.open("/org/twin")
    expect(page.get_by_text("第一检察部").first).to_be_visible()
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="☰ 菜单").click()
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="台账").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("台账")
    page.get_by_text("郑十").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    assert zheng.faults == []
    context.close()


def test_script_swaps_only_the_list(visitor: Callable[[str], Visitor]) -> None:
    zheng = visitor("zhengshi")
    page = zheng.page
    zheng.open(LIST)
    page.evaluate("window.stayed = true")
    everything = total(page)
    page.get_by_text("更多条件").click()
    page.get_by_role("combobox", name="决定").select_option("批准逮捕")
    page.get_by_role("button", name="查询").click()
    expect(page.locator("#status")).to_have_text(re.compile("^共 [0-9,]+ 条$"))
    assert total(page) < everything
    assert page.evaluate("window.stayed") is True
    assert "decision=arrested" in page.url
    export = page.get_by_role("link", name="导出 Excel")
    expect(export).to_have_attribute("href", re.compile("decision=arrested"))
    page.get_by_role("link", name="第 2 页").click()
    expect(page.get_by_role("navigation", name="翻页")).to_contain_text("第 51–100 条")
    assert page.evaluate("window.stayed") is True
    zheng.check()
    page.go_back()
    expect(page.get_by_role("navigation", name="翻页")).to_contain_text("第 1–50 条")
    page.locator("tbody a").first.click()
    expect(page.get_by_text("去标识，本次查看已记入日志")).to_be_visible()


def test_the_trees_are_walked_by_keys(visitor: Callable[[str], Visitor]) -> None:
    li = visitor("lisi")
    page = li.page
    li.open("/org/twin")
    business = page.get_by_role("tree", name="业务机构")
    top = business.get_by_role("treeitem").first
    top.focus()
    expect(top).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowLeft")
    expect(top).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    focused = page.locator(":focus")
    expect(focused).to_have_attribute("id", re.compile("^u-450100-D"))
    first = focused.get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert page.locator(":focus").get_attribute("id") != first
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_have_attribute("id", str(first))
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", re.compile("^u-450100-P"))
    li.check()
