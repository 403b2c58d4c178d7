"""Search in the masthead: by keyboard, while an input method composes (J9 step 3), and on a phone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import PHONE, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import CDPSession, Page

pytestmark = pytest.mark.journey

QUIET = 900
"""Milliseconds in which a list that were asked for would long have been asked for."""


@pytest.fixture
def lisi(visitor: Callable[[str], Visitor]) -> Visitor:
    return visitor("lisi")


def asked_of(page: Page) -> list[str]:
    """Every request for search from now on."""
    found: list[str] = []
    page.on(
        "request", lambda request: found.append(request.url) if "/find" in request.url else None
    )
    return found


def press_enter(keyboard: CDPSession) -> None:
    """Enter as it reaches the page while an input method is at work."""
    for sort in ("rawKeyDown", "keyUp"):
        keyboard.send(
            "Input.dispatchKeyEvent",
            {"type": sort, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13},
        )


def test_composing_asks_nothing_and_what_is_committed_is_asked_once(lisi: Visitor) -> None:
    page = lisi.page
    page.keyboard.press("Control+k")
    box = page.get_by_label("查找记录、单位、人员、文稿")
    expect(box).to_be_focused()
    where, requests = page.url, asked_of(page)
    keyboard = page.context.new_cdp_session(page)
    for typed in ("n", "nan", "nanning"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
        )
    page.wait_for_timeout(QUIET)
    press_enter(keyboard)
    page.wait_for_timeout(QUIET)
    assert requests == []
    keyboard.send("Input.insertText", {"text": "南宁"})
    listed = page.locator("#find-list")
    expect(listed.get_by_role("link", name=re.compile("^南宁市院"))).not_to_have_count(0)
    page.wait_for_timeout(QUIET)
    assert len(requests) == 1
    assert page.url == where
    expect(box).to_have_value("南宁")
    lisi.check()


def test_the_list_is_walked_by_arrows_and_left_by_escape(lisi: Visitor) -> None:
    page = lisi.page
    page.keyboard.press("Control+k")
    page.keyboard.type("第二党支部")
    listed = page.locator("#find-list")
    expect(listed.get_by_text("查看全部")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(listed.get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(listed.get_by_role("link").nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    expect(page.get_by_label("查找记录、单位、人员、文稿")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/find\\?q="))
    expect(page.locator(".found mark").first).to_have_text("第二党支部")
    expect(page.get_by_role("heading", name="查找")).to_be_visible()
    lisi.check()


def test_a_phone_reaches_the_page_by_its_word(lisi: Visitor) -> None:
    page = lisi.page
    page.set_viewport_size(PHONE)
    expect(page.get_by_label("查找记录、单位、人员、文稿")).to_be_hidden()
    lisi.follow(page.get_by_role("link", name="查找", exact=True))
    page.get_by_label("关键词").fill("nnsy")
    lisi.follow(page.get_by_role("button", name="查找"))
    expect(page.get_by_role("link", name="南宁市院", exact=True)).to_be_visible()
    assert lisi.overflow() <= 0
    lisi.check()
