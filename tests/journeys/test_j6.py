"""J6: a task force with its temporary branch from setting up to archive; 206 of them in one batch."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.databases import free_port
from tests.journeys.browser import DESKTOP, PHONE, Visitor
from tests.world import NOW, environment, rongjian, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

NAME = "违规异地执法专项办案专班"
FORCE = f"南宁市院{NAME}"
BRANCH = f"{FORCE}临时党支部"
STANDING = "南宁市院常态化扫黑除恶专班"


@pytest.fixture(scope="module")
def prepared(demo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo world with 206 task forces that wait for their branches."""
    directory = tmp_path_factory.mktemp("forces") / "demo"
    shutil.copytree(demo_dir, directory)
    subprocess.run(
        [sys.executable, "-m", "tests.pending_forces", str(directory)],
        env=environment(),
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    return directory


@contextmanager
def come(browser: Browser, directory: Path, now: datetime) -> Iterator[Callable[[str], Visitor]]:
    """The site over a directory at a time, for somebody of the cast after another."""
    address = f"127.0.0.1:{free_port()}"
    opened = []
    with serving(directory, address, now):

        def visit(account: str) -> Visitor:
            context = browser.new_context(viewport=DESKTOP, locale="zh-CN")
            found = Visitor(f"http://{address}", context.new_page())
            found.watch()
            found.log_in(account)
            opened.append(found)
            return found

        yield visit
        for each in opened:
            each.page.context.close()
            assert each.faults == []


def rows(directory: Path, query: str) -> list[tuple[str, ...]]:
    """What stands in the directory's database, for knowing whom to name."""
    with sqlite3.connect(directory / "rongjian.sqlite3") as database:
        return [tuple(map(str, row)) for row in database.execute(query)]


def people(directory: Path, court: str, number: int, *, full: bool) -> list[tuple[str, ...]]:
    """(number, name) of people without account who are, or are not, full members."""
    found = rows(
        directory,
        "SELECT u.code, p.membership, p.staff_no, p.name FROM org_person p"
        " JOIN org_unit u ON u.id = p.court_id WHERE p.account_id IS NULL ORDER BY p.staff_no",
    )
    fitting = [row[2:] for row in found if row[0] == court and (row[1] == "full") == full]
    return fitting[:number]


def fits(visitor: Visitor) -> None:
    """The page has no barrier and sticks out on no screen."""
    for size in (PHONE, DESKTOP):
        visitor.page.set_viewport_size(size)
        assert visitor.overflow() == 0, visitor.page.url
    visitor.check()


def test_from_setting_up_to_the_archive(browser: Browser, prepared: Path) -> None:
    with come(browser, prepared, NOW) as visit:
        wang, wei = visit("wangwu"), visit("weiw")
        set_up(wang, wei)
        second(wang, prepared)
        ask(wang)
        approve(wei)
        batch(wei, visit("gong"))
    check_figures(prepared)
    later = NOW.replace(month=9, day=1, hour=10)
    with come(browser, prepared, later) as visit:
        dissolve(visit("wangwu"), visit("weiw"))


def set_up(wang: Visitor, wei: Visitor) -> None:
    """1: from a record of the campaign; name, days and basis stand there already."""
    page = wang.page
    wang.open("/ledger/activity/new?unit=450100-P02")
    page.get_by_label("活动类型").select_option("支部委员会")
    page.get_by_label("主题").fill("研究违规异地执法案件办理")
    page.get_by_text("议定事项", exact=True).first.click()
    page.get_by_label("议定事项").first.fill("成立专项办案专班")
    page.get_by_text("更多（选填）").click()
    page.get_by_label("专项").select_option("趋利性执法司法监督")
    page.get_by_role("button", name="保存并报送").click()
    page.get_by_role("link", name="立项专班").click()
    expect(page.get_by_label("专班名称")).to_have_value(re.compile("专班$"))
    expect(page.get_by_label("立项依据")).to_have_value(
        "活动记录：研究违规异地执法案件办理（2026-06-25）"
    )
    expect(page.get_by_label("开始日期")).to_have_value("2026-06-25")
    expect(page.get_by_label("预计结束日期")).to_have_value("2026-12-25")
    fits(wang)
    page.get_by_label("专班名称").fill(NAME)
    page.get_by_label("预计结束日期").fill("2026-08-01")
    page.get_by_role("button", name="保存并报送立项").click()
    expect(page.get_by_text("已保存并报送立项。")).to_be_visible()
    wei.open("/")
    row = wei.page.get_by_test_id("todo-row").filter(has_text=NAME)
    row.get_by_role("link").click()
    wei.page.get_by_role("button", name="同意立项").click()
    expect(wei.page.get_by_text("已同意立项。")).to_be_visible()
    wei.page.get_by_role("link", name="专班", exact=True).last.click()
    expect(wei.page.get_by_role("heading", level=1)).to_have_text(FORCE)


def second(wang: Visitor, directory: Path) -> None:
    """2, 3: eight people of whom one is a full member beside the leader, then one from elsewhere."""
    chosen = [
        *people(directory, "450100", 7, full=False),
        *people(directory, "450100", 1, full=True),
    ]
    page = wang.page
    wang.open("/taskforce/")
    page.get_by_role("link", name=FORCE).click()
    page.get_by_role("link", name="抽调人员").click()
    page.get_by_label("姓名或工号").fill("、".join(["查无此人", *(number for number, _ in chosen)]))
    page.get_by_role("button", name="抽调").click()
    expect(page.get_by_role("alert")).to_contain_text("没有找到“查无此人”")
    expect(page.get_by_label("姓名或工号")).to_have_value(re.compile("查无此人"))
    fits(wang)
    page.get_by_label("姓名或工号").fill("、".join(number for number, _ in chosen))
    page.get_by_role("button", name="抽调").click()
    expect(page.get_by_text("已抽调 8 人。")).to_be_visible()
    page.get_by_role("link", name="返回专班").click()

    conditions = page.locator("#conditions")
    expect(conditions).to_contain_text("正式党员 2 名，不满 3 名")
    expect(conditions.get_by_role("button", name="编入第二党支部")).to_be_visible()
    expect(conditions.get_by_role("link", name="与常态化扫黑除恶专班联合")).to_be_visible()
    assert page.get_by_role("link", name="成立临时党支部").count() == 0
    fits(wang)

    [(number, name)] = people(directory, "450103", 1, full=True)
    page.get_by_role("link", name="抽调人员").click()
    page.get_by_label("姓名或工号").fill(number)
    page.get_by_role("button", name="抽调").click()
    expect(page.get_by_text("已抽调 1 人。")).to_be_visible()
    page.get_by_role("link", name="返回专班").click()
    expect(conditions).to_contain_text("正式党员 3 名（应有 3 名以上）")
    expect(conditions).to_contain_text("组织关系不转接：")
    expect(conditions).to_contain_text("都在原支部")
    members = page.locator("#members")
    expect(members).to_contain_text("10 人，来自 2 个院")
    expect(members).to_contain_text(f"{name[0]}×")
    expect(members).not_to_contain_text(name)


def ask(wang: Visitor) -> None:
    """4: handed in to the Party office."""
    page = wang.page
    page.get_by_role("link", name="成立临时党支部").click()
    expect(page.get_by_label("书记")).to_have_value(re.compile(r"\d+"))
    fits(wang)
    page.get_by_role("button", name="报机关党委").click()
    expect(page.get_by_text("已报机关党委。")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="临时党支部")).to_contain_text(["报批中"])
    assert page.get_by_role("button", name="同意").count() == 0


def approve(wei: Visitor) -> None:
    """5: approved; the branch stands in both places and nobody's home branch has changed."""
    page = wei.page
    wei.open("/org/twin?court=450100")
    home = page.locator("[id='u-450100-P02'] .quiet").first
    before = home.inner_text()
    wei.open("/")
    row = page.get_by_test_id("todo-row").filter(has_text=BRANCH)
    expect(row).to_contain_text("待同意")
    wei.follow(row.get_by_role("link"))
    page.get_by_role("link", name="专班", exact=True).last.click()
    page.get_by_role("link", name="审批").click()
    page.get_by_label("批准文号").fill("南检党〔2026〕12号")
    fits(wei)
    page.get_by_role("button", name="同意").click()
    expect(page.get_by_text(f"已同意：{BRANCH}成立，书记已任职。")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(f"{BRANCH}（南检党〔2026〕12号），2026-06-25")
    expect(page.get_by_role("main")).to_contain_text("党员的组织关系不转接")
    fits(wei)
    wei.open("/org/twin?court=450100")
    expect(page.locator(".tree .row").filter(has_text=f"{NAME}临时党支部").first).to_contain_text(
        "临时党支部"
    )
    assert home.inner_text() == before


def batch(wei: Visitor, gong: Visitor) -> None:
    """6: 206 chosen and checked; 195 handed in together, and approved by somebody else."""
    page = wei.page
    wei.open("/taskforce/")
    page.get_by_role("link", name="批量办理").click()
    page.get_by_role("checkbox", name=STANDING).uncheck()
    expect(page.get_by_text("已选 206 / 207")).to_be_visible()
    fits(wei)
    page.get_by_role("button", name="批量核对条件").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("195 符合，11 需处理")
    reasons = page.locator("tbody tr").filter(has_text="需处理")
    assert reasons.count() == 11
    told = reasons.all_inner_texts()
    for words in ("不满 3 名", "不满 1 个月", "没有登记原支部", "书记人选不是", "已有报批的草稿"):
        assert any(words in row for row in told), words
    fits(wei)
    page.get_by_role("button", name="呈批 195").click()
    expect(page.get_by_text("已呈批 195 个。")).to_be_visible()
    expect(page.get_by_role("link", name="待成立 12")).to_be_visible()

    page = gong.page
    gong.open("/taskforce/batch?do=approve")
    page.get_by_label("批准文号").fill("桂检党〔2026〕30号")
    fits(gong)
    page.get_by_role("button", name="批量同意").click()
    expect(page.get_by_text("已同意 195 个。")).to_be_visible()
    expect(page.get_by_role("link", name="报批中 0")).to_be_visible()


def check_figures(directory: Path) -> None:
    """The report's 206 are the old ones still, and the log holds."""
    assert rongjian("tick", "--dir", directory).returncode == 0
    verified = rongjian("verify", "figures", "--dir", directory)
    assert verified.returncode == 0, verified.stdout
    assert "扫黑除恶办案专班临时党支部 2018-01..2020-12 206 个（206 条记录）" in verified.stdout
    assert rongjian("verify", "audit", "--dir", directory).returncode == 0
    branches = (
        "SELECT count(*) FROM org_unit WHERE type = 'temporary_branch' AND dissolved_on IS NULL"
    )
    # One and 195 of this journey, and the one that the demo's finished task force left behind.
    assert rows(directory, branches) == [("197",)]


def dissolve(wang: Visitor, wei: Visitor) -> None:
    """7: thirty days after the planned end it is asked, and one press makes the archive."""
    page = wang.page
    wang.open("/taskforce/")
    page.get_by_role("link", name=FORCE).click()
    question = page.get_by_text("是否撤销临时党支部？")
    expect(question).to_contain_text(re.compile(r"^专班已结束 31 天"))
    assert page.get_by_role("button", name="撤销并归档").count() == 0

    page = wei.page
    wei.open("/taskforce/")
    page.get_by_role("link", name=FORCE).click()
    page.get_by_role("link", name="发起撤销").first.click()
    page.get_by_label("工作总结（选填）").fill("专项任务完成。")
    fits(wei)
    page.get_by_role("button", name="撤销并归档").click()
    expect(page.get_by_text("已撤销并归档")).to_be_visible()
    main = page.get_by_role("main")
    expect(main).to_contain_text("已归档")
    expect(page.locator("#members")).to_contain_text("10 人，来自 2 个院")
    expect(page.locator("#timeline")).to_contain_text("临时党支部撤销：专班任务结束")
    for heading in ("业务", "组织活动", "工作总结"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert page.get_by_role("button", name="撤销并归档").count() == 0
    fits(wei)
    ends_together(page, wei)


def ends_together(page: Page, wei: Visitor) -> None:
    """The other ones that are over go in one batch."""
    wei.open("/taskforce/batch?do=end")
    page.get_by_role("button", name="批量撤销").click()
    # The three short ones; those of the batch ended later and are not thirty days over yet.
    expect(page.get_by_text("已撤销 3 个。")).to_be_visible()
    wei.open("/org/twin?court=450100")
    assert page.locator(".tree .row").filter(has_text=NAME).count() == 0
