"""J2: 市院办公室 deploys to twelve procuratorates; two answer, one is late: yellow, red, pressed, explained."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from rongjian.kernel.text_length import characters
from tests.documents.paper import CHECKS, Paper
from tests.journeys.browser import DESKTOP, PHONE, Visitor
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

    from tests.journeys.moving_clock import Come

pytestmark = pytest.mark.journey

KEY, TAP = 150, 400
"""Milliseconds that a person takes for a key and before a press."""
LENGTH = 2_100
TITLE = "涉民营企业挂案清理"
HEAD = f"""{TITLE}
为服务民营经济发展，现就清理涉民营企业挂案作如下部署。
一、分类清理
（一）应撤尽撤。对没有犯罪事实或者不应追究刑事责任的，督促侦查机关撤案。
（二）加快办理。对证据齐备的，限期移送审查起诉。
二、建章立制
建立定期清理机制，"""
TEXT = HEAD + "实" * (LENGTH - characters(HEAD))
REPORT = "已逐案核查，督促撤案两件，五件限期移送审查起诉，清理台账同步更新，下步每月回看一次。"
COUNTIES = [
    *(f"{name}区院" for name in ("兴宁", "青秀", "江南", "西乡塘", "良庆", "邕宁", "武鸣")),
    *("隆安县院", "马山县院", "上林县院", "宾阳县院", "横州市院"),
]
"""In the order of their codes."""


def day(number: int) -> datetime:
    """Nine o'clock on a day of June."""
    return datetime(2026, 6, number, 9, tzinfo=NOW.tzinfo)


def happen(directory: Path, what: str, on: str) -> None:
    """Let others do something in the same world, by a program of its own."""
    calls = f"import django; django.setup(); from tests.journeys import deployed; deployed.{what}({on!r})"
    ours = {"RONGJIAN_DIR": str(directory), "DJANGO_SETTINGS_MODULE": "rongjian.settings"}
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    words, root = [sys.executable, "-c", calls], Path(__file__).parents[2]
    done = subprocess.run(words, cwd=root, env=kept | ours, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@contextmanager
def within(seconds: int, steps: str, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """What a person has for some steps; how long the hand of this journey took is printed."""
    begun = time.monotonic()
    yield
    taken = time.monotonic() - begun
    with capsys.disabled():
        sys.stdout.write(f"\nJ2 {steps}: {taken:.1f} s of {seconds} s")
    assert taken < seconds


def press(who: Visitor, where: Locator) -> None:
    """Look, press, and be on the page that follows."""
    who.page.wait_for_timeout(TAP)
    who.follow(where)


def write(who: Visitor, where: Locator, words: str) -> None:
    """Go into a field and type."""
    who.page.wait_for_timeout(TAP)
    where.click()
    where.press_sequentially(words, delay=KEY)


def row_of(page: Page, name: str) -> Locator:
    """A unit of the deployment."""
    return page.get_by_test_id("unit").filter(has_text=name)


def open_deployment(who: Visitor) -> None:
    """From the menu to the deployment."""
    menu = who.page.get_by_role("navigation", name="主菜单")
    who.follow(menu.get_by_role("link", name="督办"))
    who.follow(who.page.get_by_role("link", name=TITLE, exact=True))


def test_twelve_are_told_and_one_is_late(
    at_time: Come, own_demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    zhao = at_time("zhaoliu", day(15))
    with within(240, "1–3", capsys):
        split(zhao)
        choose_units(zhao)
        dispatched(zhao)
    happen(own_demo, "cleared", "2026-06-16")
    with within(90, "4–5, on the desk", capsys):
        sign_and_report(at_time("sunqi", day(16)))
    with within(90, "4–5, on a phone", capsys):
        report_on_a_phone(at_time("zhouba", day(16), PHONE))
    accept(at_time("lan", day(16)))
    happen(own_demo, "others", "2026-06-17")
    answered(at_time("zhaoliu", day(17)))
    lights_on_the_way(at_time)
    happen(own_demo, "quiet", "2026-06-19")
    happen(own_demo, "told", "2026-06-24")
    zhao = at_time("zhaoliu", day(25))
    overdue_and_pressed(zhao)
    with within(60, "10", capsys):
        drafted(zhao)
    with within(30, "批示, on a phone", capsys):
        instructed(at_time("yuan", day(25), PHONE))
    explained(at_time)
    brought_up_to_date(at_time("zhaoliu", day(25)))


def split(zhao: Visitor) -> None:
    """1: a pasted text becomes a tree of two tasks, one of them with two parts."""
    page = zhao.page
    press(zhao, page.get_by_role("navigation", name="主菜单").get_by_role("link", name="督办"))
    press(zhao, page.get_by_role("link", name="从文件新建").first)
    page.get_by_label("部署内容").fill(TEXT)
    expect(page.locator("#length")).to_have_text("字数 2,100 / 4,000")
    press(zhao, page.get_by_role("button", name="拆分任务"))
    expect(page.locator("#length")).to_have_text("字数 2,100 / 4,000")
    expect(page.get_by_label("督办事项")).to_have_value(TITLE)
    tasks = page.locator("#tasks")
    marks = tasks.locator(".supervise-mark")
    expect(marks).to_have_text(["一、", "（一）", "（二）", "二、"])
    expect(tasks.get_by_role("textbox", name="应撤尽撤", exact=False).first).to_have_value(
        "应撤尽撤"
    )
    zhao.check()
    for window in (PHONE, DESKTOP):
        page.set_viewport_size(window)
        assert zhao.overflow() == 0


def choose_units(zhao: Visitor) -> None:
    """2 and 3: limit and lead, then all twelve in code order, with what they have open already."""
    page = zhao.page
    page.wait_for_timeout(TAP)
    page.get_by_label("办结时限").fill("2026-06-24")
    page.wait_for_timeout(TAP)
    page.get_by_label("牵头部门", exact=True).select_option(label="南宁市院第一检察部")
    page.wait_for_timeout(TAP)
    page.get_by_label("从台账带出：应撤尽撤").select_option(label="涉民企挂案（已销号）")
    press(zhao, page.get_by_role("button", name="下一步：选择单位"))
    press(zhao, page.get_by_role("button", name="本市全部基层院（12）"))
    ticked = page.get_by_role("checkbox", checked=True)
    expect(ticked).to_have_count(12)
    names = page.locator(".supervise-group").first.locator("label")
    expect(names).to_have_text(COUNTIES)
    expect(page.get_by_test_id("load")).to_contain_text("其中 3 院在办 7 项以上")
    zhao.check()


def dispatched(zhao: Visitor) -> None:
    """3: sent to twelve, of whom nobody has signed; the first phase."""
    page = zhao.page
    press(zhao, page.get_by_role("button", name="下发"))
    expect(page.get_by_text("已下发 12 个单位。")).to_be_visible()
    rows = page.get_by_test_id("unit")
    expect(rows.get_by_role("link")).to_have_text(COUNTIES)
    expect(rows.get_by_text("未签收")).to_have_count(12)
    expect(page.locator("[aria-current=step]")).to_have_text("①学习部署")
    zhao.check()


def sign_and_report(sun: Visitor) -> None:
    """4 and 5: signed on the workbench; the figure is drawn from the ledger; forty characters."""
    page = sun.page
    mine = page.get_by_test_id("todo-row").filter(has_text=TITLE)
    expect(mine).to_contain_text("正常")
    press(sun, mine.get_by_role("button", name="签收"))
    expect(page.get_by_text(f"已签收“{TITLE}”。")).to_be_visible()
    mine = page.get_by_test_id("todo-row").filter(has_text=TITLE)
    expect(mine.get_by_role("button", name="签收")).to_have_count(0)
    press(sun, mine.get_by_role("link", name="反馈"))
    expect(page.get_by_text("从台账带出：7 条")).to_be_visible()
    text = page.get_by_label("进展情况")
    expect(text).not_to_have_attribute("placeholder", "上次")
    sun.check()
    write(sun, text, REPORT[:40])
    press(sun, page.get_by_role("button", name="报送"))
    expect(page.get_by_text(f"已报送“{TITLE}”，等待审核。")).to_be_visible()
    # A unit sees its own part, and nothing of the others.
    expect(page.get_by_role("main")).not_to_contain_text("青秀区院")
    sun.check()


def report_on_a_phone(zhou: Visitor) -> None:
    """5: signing and reporting take two screens of a phone."""
    page = zhou.page
    mine = page.get_by_test_id("todo-row").filter(has_text=TITLE)
    press(zhou, mine.get_by_role("button", name="签收"))
    assert zhou.overflow() == 0
    mine = page.get_by_test_id("todo-row").filter(has_text=TITLE)
    press(zhou, mine.get_by_role("link", name="反馈"))
    assert zhou.overflow() == 0
    expect(page.get_by_text("从台账带出：0 条")).to_be_visible()
    write(zhou, page.get_by_label("进展情况"), REPORT[:40])
    press(zhou, page.get_by_role("button", name="报送"))
    expect(page.get_by_text(f"已报送“{TITLE}”，等待审核。")).to_be_visible()
    assert zhou.overflow() == 0
    zhou.check()


def accept(lan: Visitor) -> None:
    """5: whoever leads accepts what 青秀区院 reported, from the workbench."""
    page = lan.page
    waits = page.get_by_test_id("todo-row").filter(has_text=f"2 份反馈：{TITLE}")
    expect(waits).to_contain_text("兴宁区院、青秀区院")
    lan.follow(waits.get_by_role("link"))
    reviews = page.locator("#reviews")
    expect(reviews).to_contain_text("与台账一致")
    lan.check()
    lan.follow(reviews.get_by_role("button", name="通过：青秀区院"))
    expect(row_of(page, "青秀区院")).to_contain_text("06-16 已审核")


def answered(zhao: Visitor) -> None:
    """5: one waits, one is done; the rows behind a figure are a press away."""
    page = zhao.page
    mine = page.get_by_text("我发起的").locator("xpath=ancestor::section")
    expect(mine).to_contain_text("11/12 已反馈")
    open_deployment(zhao)
    xing = row_of(page, "兴宁区院")
    expect(xing).to_contain_text("06-16 待审核")
    expect(xing.locator(".lamp.ok")).to_have_text("待审核")
    expect(row_of(page, "青秀区院").locator(".state .lamp.done")).to_have_text("办结")
    expect(page.locator("[aria-current=step]")).to_have_text("②情况反馈")
    zhao.follow(xing.get_by_role("link", name="06-16 待审核"))
    zhao.check()
    zhao.follow(page.get_by_role("link", name="台账 7 条"))
    expect(page.get_by_role("main")).to_contain_text("GA-J2-0")


def lights_on_the_way(at_time: Come) -> None:
    """6 and 7: yellow from the third working day before the limit; the holiday does not count."""
    for number, lamp, words in (
        (17, "ok", "正常"),
        (18, "warn", "剩3个工作日"),
        (24, "warn", "今天到期"),
    ):
        wu = at_time("wujiu", day(number))
        mine = wu.page.get_by_test_id("todo-row").filter(has_text=TITLE)
        expect(mine.locator(f".lamp.{lamp}")).to_have_text(words)
        assert wu.faults == []


def overdue_and_pressed(zhao: Visitor) -> None:
    """8 and 9: red the day after; what is above is red with it; one reminder in two working days."""
    page = zhao.page
    open_deployment(zhao)
    late = row_of(page, "江南区院")
    expect(late.locator(".state .lamp.bad")).to_have_text("逾期1天")
    expect(page.get_by_test_id("numbers")).to_contain_text("1 逾期")
    tasks = page.get_by_test_id("task")
    expect(tasks.locator(".lamp.bad")).to_have_text(["逾期1天"] * 4)
    expect(page.get_by_test_id("unit").locator(".state .lamp.done")).to_have_count(10)
    expect(row_of(page, "兴宁区院").locator(".state .lamp")).to_have_text("待审核")
    zhao.follow(late.get_by_role("button", name="催办：江南区院"))
    expect(page.get_by_text("已提醒江南区院联系人")).to_be_visible()
    late = row_of(page, "江南区院")
    expect(late.get_by_role("button", name="催办")).to_be_disabled()
    expect(late).to_contain_text("2 个工作日内已提醒过")
    zhao.check()
    for window in (PHONE, DESKTOP):
        page.set_viewport_size(window)
        assert zhao.overflow() == 0


def words_of(page: Page) -> str:
    """The text of the bulletin as it stands in its form."""
    form = page.get_by_test_id("bulletin")
    expect(form).to_be_visible()
    return "\n".join(form.locator("textarea").evaluate_all("all => all.map(each => each.value)"))


def drafted(zhao: Visitor) -> None:
    """10: facts filled in, 江南区院 named among the problems only, no words that set units apart."""
    page = zhao.page
    press(zhao, page.get_by_role("button", name="生成通报（草稿）"))
    expect(page.get_by_test_id("bulletin-state")).to_have_text("草稿，未印发")
    text = words_of(page)
    assert "12个单位中11个按时反馈，1个逾期1天" in text
    before, _, problems = text.partition("三、存在问题")
    assert "江南区院" in problems
    assert "江南区院" not in before
    assert not [word for word in ("排名", "第一名", "末位", "倒数") if word in text]
    zhao.check()


def brought_up_to_date(zhao: Visitor) -> None:
    """11 and 12: the accepted reason is told as a change; renewed, the paper is an official one."""
    page = zhao.page
    open_deployment(zhao)
    expect(page.locator("[aria-current=step]")).to_have_text("③督查通报")
    zhao.follow(page.get_by_role("link", name="落实情况的通报"))
    changed = page.get_by_test_id("changes")
    expect(changed).to_contain_text("事实有变化")
    zhao.check()
    zhao.follow(changed.get_by_role("button", name="更新文字"))
    expect(page.get_by_test_id("changes")).to_have_count(0)
    assert "江南区院" not in words_of(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="导出 Word").click()
    content = Path(waiting.value.path()).read_bytes()
    addressee = page.get_by_label("主送").input_value()
    for check in CHECKS:
        check(Paper(content, addressee=addressee))
    assert zhao.faults == []


def instructed(yuan: Visitor) -> None:
    """The leader's variant: on a phone, the tree with its lights, and a sentence."""
    page = yuan.page
    waits = page.get_by_test_id("todo-row").filter(has_text=TITLE)
    if waits.count():
        yuan.follow(waits.first.get_by_role("link"))
    else:
        yuan.open("/supervise/")
        press(yuan, page.get_by_role("link", name=TITLE, exact=True))
    expect(page.get_by_test_id("task").locator(".lamp.bad").first).to_be_visible()
    assert yuan.overflow() == 0
    write(yuan, page.get_by_label("写批示"), "请江南区院说明情况")
    press(yuan, page.get_by_role("button", name="批示"))
    expect(page.locator("#instructions")).to_contain_text("请江南区院说明情况")
    yuan.check()


def explained(at_time: Come) -> None:
    """11: the late unit says why; somebody else accepts it, and the lamp follows."""
    wu = at_time("wujiu", day(25))
    page = wu.page
    open_deployment(wu)
    expect(page.locator("#instructions")).to_contain_text("请江南区院说明情况")
    wu.follow(page.get_by_role("link", name="说明原因"))
    page.get_by_label("原因必填").select_option(label="集中办案")
    wu.check()
    wu.follow(page.get_by_role("button", name="提出"))
    expect(page.get_by_text("说明原因：集中办案（待审定）").first).to_be_visible()
    expect(page.locator("header .lamp.bad").first).to_have_text("逾期1天")
    zhao = at_time("zhaoliu", day(25))
    page = zhao.page
    waits = page.get_by_test_id("todo-row").filter(has_text=f"1 条原因或延期：{TITLE}")
    zhao.follow(waits.get_by_role("link"))
    zhao.follow(page.get_by_role("button", name="同意：江南区院"))
    expect(row_of(page, "江南区院").locator(".state .lamp.why")).to_have_text("有因")
    zhao.check()
    assert wu.faults == []
