"""The first run in the browser: from an empty directory to the first administrator's desk."""

from __future__ import annotations

import base64
import re
import time
from typing import TYPE_CHECKING

import pytest
from django_otp.oath import TOTP

from tests.databases import free_port
from tests.journeys.browser import DESKTOP, PHONE, Visitor
from tests.world import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

PASSWORD = "Tk9#fVr2&xWm!5b"
PEOPLE = {
    "系统管理员": ("韦强", "GX0001"),
    "安全管理员": ("莫丽", "GX0002"),
    "审计管理员": ("覃方", "GX0003"),
}


@pytest.fixture
def newcomer(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A browser in front of a site over an empty directory."""
    address = f"127.0.0.1:{free_port()}"
    with serving(tmp_path, address):
        context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
        found = Visitor(f"http://{address}", context.new_page())
        found.watch()
        yield found
        context.close()


def press(who: Visitor, words: str) -> None:
    who.follow(who.page.get_by_role("button", name=words))


def looks_right(who: Visitor) -> None:
    """Nothing sticks out or bars the way, on a desk and on a phone."""
    for size in (PHONE, DESKTOP):
        who.page.set_viewport_size(size)
        assert who.overflow() == 0
        who.check()


def shown_by_phone(secret: str) -> str:
    """What a phone shows that has typed the secret from the page."""
    phone = TOTP(base64.b32decode(secret.replace(" ", "")), 30, 0, 6)
    phone.time = time.time()
    return f"{phone.token():06}"


def test_from_an_empty_directory_to_the_first_log_in(newcomer: Visitor, tmp_path: Path) -> None:
    newcomer.open("/")
    assert newcomer.page.url.startswith(f"{newcomer.site}/login/")
    username, code = set_up(newcomer, (tmp_path / "set-up-code").read_text(encoding="utf-8"))
    activate(newcomer, username, code)
    bring_a_phone(newcomer)
    come_again(newcomer, username)


def set_up(who: Visitor, code: str) -> list[str]:
    """Walk the wizard; account and code on the first slip."""
    page = who.page
    page.get_by_role("link", name="进入初始设置").click()
    looks_right(who)
    page.get_by_label("设置码").fill(code)
    press(who, "下一步")
    looks_right(who)
    page.get_by_label("最上一级检察院").fill("450000")
    page.get_by_label("组织从哪天起登记").fill("2018-01-01")
    press(who, "下一步")
    assert "广西壮族自治区人民检察院" in page.inner_text("main")
    looks_right(who)
    for title, (name, number) in PEOPLE.items():
        page.get_by_label(f"姓名（{title}）").fill(name)
        page.get_by_label(f"工号（{title}）").fill(number)
    press(who, "建立并出具激活单")
    looks_right(who)
    slips = page.locator(".slip").all_inner_texts()
    names = [re.findall("姓名\\s*(\\S+)", slip) for slip in slips]
    assert names == [[name] for name, _ in PEOPLE.values()]
    return page.locator(".slip").first.locator("code").all_inner_texts()


def activate(who: Visitor, username: str, code: str) -> None:
    page = who.page
    page.get_by_role("link", name="去激活账号").click()
    page.get_by_label("账号", exact=True).fill(username)
    page.get_by_label("激活码").fill(code)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再填一次新密码").fill(PASSWORD)
    looks_right(who)
    press(who, "激活并登录")


def bring_a_phone(who: Visitor) -> None:
    page = who.page
    assert page.url == f"{who.site}/account/second-factor"
    looks_right(who)
    page.get_by_label("验证码").fill(shown_by_phone(page.inner_text(".secret")))
    press(who, "启用")
    assert page.locator(".codes li").count() == 10
    looks_right(who)
    page.get_by_role("link", name="已收好，继续").click()
    page.wait_for_url(f"{who.site}/sys/**")
    page.locator(".who > summary").click()
    assert "系统管理员" in page.inner_text(".who")


def come_again(who: Visitor, username: str) -> None:
    """The second time the phone is asked for."""
    page = who.page
    press(who, "退出")
    assert "您已退出" in page.inner_text("main")
    page.get_by_label("账号", exact=True).fill(username)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(who, "登录")
    assert page.url == f"{who.site}/account/second-factor"
    looks_right(who)
