"""J12: three administrators keep each other in check; names open for a reason; the log tells."""

from __future__ import annotations

import re
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from rongjian.log.guards import sqlite_statements
from tests.databases import free_port
from tests.journeys.browser import DESKTOP, Visitor
from tests.world import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    Come = Callable[[str], Visitor]

pytestmark = pytest.mark.journey

PASSWORD = "Tk9#fVr2&xWm"
LEDGER = "/ledger/handled-person?decision=prosecuted"


@pytest.fixture(scope="module")
def directory(demo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of this journey's own: somebody tampers with its database."""
    own = tmp_path_factory.mktemp("j12") / "demo"
    shutil.copytree(demo_dir, own)
    return own


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[str]:
    """The site over this journey's world; `visitor` comes here."""
    address = f"127.0.0.1:{free_port()}"
    with serving(directory, address):
        yield f"http://{address}"


@pytest.fixture
def stranger(browser: Browser, server: str) -> Iterator[Visitor]:
    """Somebody in front of the site who is not logged in."""
    context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
    found = Visitor(server, context.new_page())
    found.watch()
    yield found
    context.close()
    assert found.faults == []


def press(who: Visitor, words: str) -> None:
    who.follow(who.page.get_by_role("button", name=words, exact=True))


def activate(who: Visitor, account: str, code: str) -> None:
    who.open("/activate/")
    who.page.get_by_label("账号", exact=True).fill(account)
    who.page.get_by_label("激活码").fill(code)
    who.page.get_by_label("新密码", exact=True).fill(PASSWORD)
    who.page.get_by_label("再填一次新密码").fill(PASSWORD)
    press(who, "激活并登录")


def term(page: Page, words: str) -> str:
    """What stands beside a term of the page."""
    return page.locator(f"dt:text-is('{words}') + dd").first.inner_text().strip()


def test_two_administrators_let_a_new_user_in(visitor: Come, stranger: Visitor) -> None:
    # 1: the system administrator asks for an account and a post, in one form
    sys = visitor("sys")
    page = sys.page
    expect(page).to_have_url(re.compile("/sys/users$"))
    sys.check()
    sys.open("/sys/users?state=none&court=450100")
    free = page.locator("tbody tr").filter(has=page.locator("td[data-label=岗位]:empty")).first
    number = free.locator("td[data-label=工号]").inner_text()
    sys.open("/sys/users/new")
    page.get_by_label("人员").fill(number)
    page.get_by_label("申请角色").select_option("组织委员")
    page.get_by_label("任职单位").fill("南宁市院第二党支部")
    page.get_by_label("任职依据").fill("南检党〔2026〕12号")
    sys.check()
    press(sys, "提交申请")
    expect(page.get_by_text("待安全管理员生效")).to_be_visible()
    account, code = term(page, "账号"), term(page, "激活码")
    sys.check()
    sys.page.reload()
    activate(stranger, account, code)
    expect(stranger.page.get_by_text("账号还没有经安全管理员核准生效")).to_be_visible()

    # 2: the security administrator sees what it would change, and approves
    sec = visitor("sec")
    sec.open("/sys/grants")
    request = sec.page.get_by_role("region", name=re.compile(number))
    expect(request).to_contain_text("+活动记录")
    sec.check()
    request.get_by_role("button", name="核准").click()
    expect(sec.page.get_by_text("组织委员已核准生效。")).to_be_visible()
    expect(sec.page.get_by_text("没有待审核的权限申请。")).to_be_visible()
    sec.check()
    activate(stranger, account, code)
    expect(stranger.page).to_have_url(stranger.site + "/")
    stranger.page.get_by_text("▾").or_(stranger.page.locator(".who > summary")).first.click()
    expect(stranger.page.get_by_text("南宁市院第二党支部 组织委员")).to_be_visible()
    stranger.check()


@pytest.mark.parametrize("account", ["sys", "sec", "aud"])
def test_no_administrator_reaches_business(account: str, visitor: Come) -> None:
    # 3
    who = visitor(account)
    for address in ("/ledger/", LEDGER, "/figures/", "/documents/", "/imports/", "/people/"):
        assert who.open(address) == 403, address
    expect(who.page.get_by_text("管理员账号只办理系统管理事务")).to_be_visible()
    who.check()


def test_names_open_for_a_reason_and_the_auditor_sees_it(visitor: Come) -> None:
    # 4: masked at first; a reason; names, with a mark of who reads them
    wang = visitor("wangwu")
    page = wang.page
    wang.open(LEDGER)
    names = page.locator("td[data-label=承办人]")
    assert all(name.endswith("×") for name in names.all_inner_texts() if name)
    rows = page.locator("[data-status]").inner_text().strip("共 条").replace(",", "")
    page.get_by_role("link", name="显示姓名").click()
    press(wang, "显示姓名")
    expect(page.get_by_text("请选择显示姓名的理由")).to_be_visible()
    wang.check()
    page.get_by_label("核对记录").check()
    press(wang, "显示姓名")
    expect(page.get_by_text("姓名已显示")).to_be_visible()
    assert not any(name.endswith("×") for name in names.all_inner_texts())
    mark = page.locator(".watermark span").first
    expect(mark).to_have_attribute("data-mark", re.compile(r"^王五 \d+ 2026-06-25 15:00$"))
    wang.check()
    page.emulate_media(media="print")
    expect(mark).to_be_visible()
    expect(page.get_by_text("查看人：王五")).to_be_visible()

    # 5: who, when, what filter, why
    aud = visitor("aud")
    aud.open("/sys/log?verb=unmask")
    line = aud.page.locator("tbody tr").first
    for words in (
        "2026-06-25 15:00:00",
        "王五（",
        "显示姓名",
        f"姓名 {rows} 条",
        "决定=起诉",
        "核对记录",
    ):
        expect(line).to_contain_text(words)
    aud.check()


def tamper(directory: Path) -> int:
    """Change a line of the log as somebody with the file could; its number."""
    with sqlite3.connect(directory / "rongjian.sqlite3", timeout=30) as database:
        for statement in sqlite_statements():
            database.execute(f"DROP TRIGGER {statement.split()[2]}")
        (pk, number) = database.execute(
            "SELECT id, seq FROM log_event ORDER BY id DESC LIMIT 1"
        ).fetchone()
        database.execute("UPDATE log_event SET detail = 'x' WHERE id = ?", (pk,))
    database.close()
    return int(number)


def test_a_changed_line_raises_the_alarm_of_the_auditor_alone(
    visitor: Come, directory: Path
) -> None:
    # 6: no way to delete; whoever goes behind the product's back is found out
    aud = visitor("aud")
    page = aud.page
    assert page.get_by_role("button", name=re.compile("删除|修改")).count() == 0
    press(aud, "校验全部日志")
    expect(page.get_by_text("变更记录校验一致").first).to_be_visible()
    number = tamper(directory)
    aud.open("/sys/log")
    expect(page.get_by_text("本页有 1 条变更记录被改动过")).to_be_visible()
    aud.check()
    press(aud, "校验全部日志")
    strip = page.get_by_test_id("broken")
    expect(strip).to_contain_text(f"变更记录校验不一致，自第 {number} 条起")
    aud.check()
    sys = visitor("sys")
    sys.open("/sys/health")
    expect(sys.page.get_by_text("请联系审计管理员")).to_be_visible()
    assert sys.page.get_by_test_id("broken").count() == 0
    sys.check()


def test_an_identity_number_is_not_taken(visitor: Come) -> None:
    # 8 (7, 重大事项, comes with its own ledger)
    li = visitor("lisi")
    li.open("/ledger/activity/new?unit=450100-P02")
    li.page.get_by_label("活动类型").select_option("主题党日")
    li.page.get_by_label("时间", exact=True).fill("2026-06-24")
    li.page.get_by_label("主题").fill("参加人 11010519491231002X")
    press(li, "只存草稿")
    expect(li.page.get_by_role("alert")).to_contain_text("有居民身份证号码")
    li.check()


def test_nothing_stays_behind_after_the_log_out(visitor: Come) -> None:
    # 9
    li = visitor("lisi")
    page = li.page
    li.open("/ledger/activity")
    shown = page.locator("td.lead").first.inner_text()
    page.locator(".who > summary").click()
    press(li, "退出")
    page.go_back()
    page.wait_for_load_state()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert shown not in page.content()
    assert page.evaluate("localStorage.length") == 0
    # htmx keeps the address of the page that is open, here that of the log-in.
    kept = page.evaluate("Object.entries(sessionStorage)")
    assert [name for name, _ in kept] in ([], ["htmx-current-path-for-history"])
    assert all(value.startswith("/login/") for _, value in kept)
