"""J1: on a phone, 组织委员 records a theme day that was about a task force, in less than a minute."""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import PHONE, Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.journey

LIMIT = 60
"""Seconds that a person has, from the workbench to the result."""
KEY, TAP = 150, 400
"""Milliseconds that a person takes for a key and before a tap."""
TOPIC = "研究涉黑案件取证引导"
FORCE = "常态化扫黑除恶专班"


@dataclass
class Hand:
    """Somebody with one thumb: every tap and every key takes its time."""

    page: Page

    def tap(self, where: Locator) -> None:
        """Look, then tap."""
        self.page.wait_for_timeout(TAP)
        where.tap()

    def write(self, where: Locator, words: str) -> None:
        """Tap into a field and type."""
        self.tap(where)
        where.press_sequentially(words, delay=KEY)


@pytest.fixture
def lisi(browser: Browser, server: str) -> Iterator[Visitor]:
    """李四 with a phone in his hand, on his workbench."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    found = Visitor(server, context.new_page())
    found.watch()
    found.log_in("lisi")
    yield found
    context.close()


def begin(visitor: Visitor) -> None:
    """From the workbench to the form of a theme day."""
    hand = Hand(visitor.page)
    hand.tap(visitor.page.locator(".bottom-bar").get_by_role("link", name="快速记录"))
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("记录活动")


def choose_theme_day(visitor: Visitor) -> None:
    """The type, where the last activity was of another one."""
    visitor.open("/ledger/activity/new?type=theme_day")
    expect(visitor.page.get_by_label("活动类型")).to_have_value("theme_day")


def test_a_theme_day_in_less_than_a_minute(
    lisi: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    page, hand = lisi.page, Hand(lisi.page)
    begun = time.monotonic()
    expect(page.get_by_role("heading", level=1)).to_contain_text("6月25日")
    begin(lisi)
    with page.expect_response(re.compile("/ledger/activity/new.type=theme_day")):
        page.get_by_label("活动类型").select_option("主题党日")
    prefilled(page)
    absent(page, hand)
    linked(page, hand)
    hand.write(page.get_by_label("主题"), TOPIC)
    expect(page.locator("#kept")).to_have_text("已自动保存 15:00")
    assert lisi.overflow() == 0
    hand.tap(page.get_by_role("button", name="保存并报送"))
    told = page.get_by_role("heading", name=re.compile("已记录。已同时更新："))
    expect(told).to_contain_text("专班台账 1 条")
    expect(told).to_contain_text("制度日历 1 项")
    taken = time.monotonic() - begun
    with capsys.disabled():
        sys.stdout.write(f"\nJ1: {taken:.1f} s of {LIMIT} s, {KEY} ms a key, {TAP} ms a tap\n")
    assert taken < LIMIT
    result(lisi)


def prefilled(page: Page) -> None:
    """Date and time are now, the rest is what the last one had; nothing asks who came."""
    expect(page.get_by_text("地点 307会议室，主持 王五，记录 李四")).to_be_visible()
    expect(page.get_by_text("沿用上次")).to_be_visible()
    expect(page.locator("#id_happened_on")).to_have_value("2026-06-25")
    expect(page.locator("#id_starts_at")).to_have_value("15:00")
    expect(page.locator("[data-told]")).to_have_text("应到 17，缺席 0，实到 17 ✓可表决")
    for words in ("签到", "打卡", "上传照片"):
        expect(page.get_by_text(words)).to_have_count(0)
    shown = (
        "input:visible:not([type=hidden]):not([type=checkbox]), select:visible, textarea:visible"
    )
    assert page.locator("#record-form").locator(shown).count() <= 6
    assert page.evaluate("document.documentElement.scrollHeight") <= 2 * PHONE["height"]


def absent(page: Page, hand: Hand) -> None:
    """One name is ticked; the numbers follow."""
    hand.tap(page.locator(".attending > summary"))
    chip = page.locator(".chip-box").last
    expect(chip).to_be_visible()
    page.wait_for_function("document.querySelector('.chip-box:last-child').offsetHeight >= 44")
    hand.tap(chip)
    hand.tap(page.get_by_role("button", name="完成"))
    expect(page.locator("[data-told]")).to_have_text("应到 17，缺席 1，实到 16 ✓可表决")


def linked(page: Page, hand: Hand) -> None:
    """The task force is offered; what the link says follows from the rule."""
    offer = page.locator(".offer").filter(has_text=FORCE)
    hand.tap(offer)
    expect(offer.get_by_role("checkbox")).to_be_checked()
    expect(offer).to_contain_text("推动办理 · 党建+监督（自动）")


def result(lisi: Visitor) -> None:
    """What follows without being entered: the due, the task force's page, the minutes."""
    page = lisi.page
    expect(page.get_by_role("main")).to_contain_text(FORCE)
    lisi.check()
    assert lisi.overflow() == 0
    lisi.follow(page.get_by_role("link", name="打印会议记录"))
    minutes = page.get_by_role("table")
    for words in (TOPIC, "307会议室", "王五", "应到 17 人，实到 16 人，缺席 1 人"):
        expect(minutes).to_contain_text(words)
    lisi.check()
    page.go_back()
    lisi.follow(page.get_by_role("link", name=re.compile("^主题党日（.*6月.*）：完成")))
    expect(page.locator("#cell")).to_contain_text(TOPIC)
    lisi.check()
    lisi.open("/taskforce/450100-T901")
    expect(page.locator("#activities li").first).to_contain_text(TOPIC)
    lisi.follow(page.locator("#activities li").first.get_by_role("link"))
    expect(page.locator("#chain")).to_contain_text(FORCE)
    lisi.check()


def test_an_empty_topic_keeps_everything_else(lisi: Visitor) -> None:
    page, hand = lisi.page, Hand(lisi.page)
    choose_theme_day(lisi)
    absent(page, hand)
    linked(page, hand)
    hand.tap(page.get_by_role("button", name="保存并报送"))
    summary = page.get_by_role("alert").filter(has_text="有 1 处需要修改")
    expect(summary).to_contain_text("主题")
    expect(summary).to_be_focused()
    expect(page.locator("[data-told]")).to_have_text("应到 17，缺席 1，实到 16 ✓可表决")
    expect(page.locator(".offer").filter(has_text=FORCE).get_by_role("checkbox")).to_be_checked()
    lisi.check()


def test_without_a_network_nothing_is_lost(lisi: Visitor) -> None:
    page, hand = lisi.page, Hand(lisi.page)
    choose_theme_day(lisi)
    hand.write(page.get_by_label("主题"), "断网时写的")
    linked(page, hand)
    expect(page.locator("#kept")).to_have_text("已自动保存 15:00")
    page.context.set_offline(True)
    hand.tap(page.get_by_role("button", name="只存草稿"))
    expect(page.get_by_text("没有发出，内容还在。")).to_be_visible()
    expect(page.get_by_label("主题")).to_have_value("断网时写的")
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("已恢复 15:00 自动保存的内容。")).to_be_visible()
    expect(page.get_by_label("主题")).to_have_value("断网时写的")
    expect(page.locator(".offer").filter(has_text=FORCE).get_by_role("checkbox")).to_be_checked()
    page.context.set_offline(True)
    hand.tap(page.get_by_role("button", name="只存草稿"))
    expect(page.get_by_text("没有发出，内容还在。")).to_be_visible()
    page.context.set_offline(False)
    lisi.follow(page.get_by_role("button", name="重试"))
    expect(page.get_by_role("heading", level=1)).to_have_text("已记录")
    lisi.open("/ledger/activity/new?type=theme_day")
    expect(page.get_by_label("主题")).to_have_value("")
    lisi.faults = [fault for fault in lisi.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    lisi.check()
