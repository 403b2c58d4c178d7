"""J7: somebody of the Party office finds a gap between the two trees and closes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.journeys.browser import PHONE, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.journey

A4_UPRIGHT = re.compile(rb"/MediaBox \[0 0 594\.\d+ 841\.\d+\]")
DRAWN = """
    JSON.stringify([...document.querySelectorAll('.between path')].map((line) => line.getAttribute('d')))
"""


@pytest.fixture
def wei(visitor: Callable[[str], Visitor]) -> Visitor:
    """韦武 of the Party office, on 组织架构."""
    found = visitor("weiw")
    found.page.get_by_role("navigation", name="主菜单").get_by_role("link", name="组织架构").click()
    return found


def item(page: Page, tree: str, name: str) -> Locator:
    """A unit in one of the trees."""
    return page.get_by_role("tree", name=tree).get_by_role(
        "treeitem", name=re.compile(f"^▾? ?{name}")
    )


def test_a_gap_is_found_with_its_basis_and_the_way_out(wei: Visitor) -> None:
    page = wei.page
    page.get_by_label("只看缺口").check()
    page.get_by_role("button", name="查看").click()
    listed = page.get_by_role("region", name="缺口清单")
    expect(listed.get_by_role("listitem")).to_have_count(3)
    expect(listed.get_by_text("依据：《中国共产党")).to_have_count(3)
    expect(listed).to_contain_text(
        "第四检察部　正式党员 2 名，不满 3 名，现挂靠第三党支部，符合规定"
    )
    expect(listed).to_contain_text("换届 2026-08-14 到期，还有 50 天")
    ended = "未检专项办案专班 2026-05-16 已结束 40 天，临时党支部未撤销"
    expect(listed).to_contain_text(ended)
    expect(listed.get_by_role("link", name="发起撤销：未检专项临时党支部")).to_be_visible()
    wei.check()


def test_the_partner_is_a_key_away_in_the_other_tree(wei: Visitor) -> None:
    page = wei.page
    fourth = item(page, "业务机构", "第四检察部")
    fourth.focus()
    expect(fourth).to_have_attribute("aria-level", "2")
    page.keyboard.press("Enter")
    third = item(page, "党组织", "第三党支部")
    expect(third).to_be_focused()
    expect(third).to_have_attribute("aria-selected", "true")
    expect(page.locator("#status")).to_have_text("第四检察部 挂靠 第三党支部")
    # And back to where one came from, though the branch serves another first.
    page.keyboard.press("Enter")
    expect(fourth).to_be_focused()
    wei.check()


def test_the_trees_are_walked_and_folded_by_keys(wei: Visitor) -> None:
    page = wei.page
    house = item(page, "业务机构", "南宁市院")
    house.focus()
    lines = page.evaluate(DRAWN)
    page.keyboard.press("End")
    expect(item(page, "业务机构", "常态化扫黑除恶专班")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("常态化扫黑除恶专班 没有对应的单位")
    page.keyboard.press("ArrowLeft")
    expect(house).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(house).to_have_attribute("aria-expanded", "false")
    expect(item(page, "业务机构", "第四检察部")).to_be_hidden()
    assert page.evaluate(DRAWN) != lines
    # Whoever jumps into a folded tree finds it unfolded.
    item(page, "党组织", "第六党支部").focus()
    page.keyboard.press("Enter")
    expect(item(page, "业务机构", "第七检察部")).to_be_focused()
    expect(house).to_have_attribute("aria-expanded", "true")
    assert page.evaluate(DRAWN) == lines
    page.keyboard.press("Home")
    expect(house).to_be_focused()
    # Only one row of a tree is in the order of the tab key.
    stops = page.get_by_role("tree", name="业务机构").locator("[tabindex='0']")
    expect(stops).to_have_count(1)
    wei.check()


def test_a_member_of_two_branches_is_refused_with_two_ways_out(wei: Visitor) -> None:
    page = wei.page
    wei.open("/people/?q=王五")
    page.get_by_role("link", name="王五").click()
    page.get_by_role("link", name="登记党员身份").click()
    branch = page.get_by_label("所在党支部")
    first = branch.locator("option", has_text="第一党支部").get_attribute("value")
    branch.select_option(first)
    page.get_by_role("button", name="登记党员身份").click()
    told = page.get_by_role("alert")
    said = "王五已在南宁市院第二党支部，不能同时作为南宁市院第一党支部的正式成员"
    expect(told).to_contain_text(said)
    expect(told.get_by_role("link", name="转组织关系")).to_be_visible()
    expect(told.get_by_role("link", name="改为列席")).to_be_visible()
    expect(branch).to_have_value(str(first))
    wei.check()


def test_a_joint_branch_of_three_units_is_set_up_and_checked(wei: Visitor) -> None:
    page = wei.page
    wei.open("/org/twin?court=450102")
    page.get_by_role("link", name="调整设置").click()
    page.get_by_role("link", name=re.compile("^设联合党支部")).click()
    page.get_by_label("上级").select_option(label="兴宁区院机关党委")
    page.get_by_label("名称").fill("第七联合党支部")
    for name in ("第二检察部", "第三检察部", "综合业务部"):
        page.get_by_label(f"兴宁区院{name}").check()
    page.get_by_label("生效日期").fill("")
    page.get_by_role("button", name="预览影响").click()
    expect(page.get_by_role("alert")).to_contain_text("生效日期")
    wei.check()
    page.get_by_label("生效日期").fill("2026-06-25")
    page.get_by_role("button", name="预览影响").click()
    checks = page.get_by_test_id("checks")
    expect(checks).to_be_visible()
    expect(checks).not_to_contain_text("第七联合党支部")
    wei.check()
    page.get_by_role("button", name="确认调整").click()
    item(page, "业务机构", "第三检察部").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("第三检察部 联合 第七联合党支部")
    wei.check()


def test_a_joint_branch_of_six_units_is_told_against(wei: Visitor) -> None:
    page = wei.page
    wei.open("/org/adjust?operation=join&court=450100&above=450100-P")
    page.get_by_label("名称").fill("第十二联合党支部")
    for name in ("办公室", "政治部", "第一检察部", "第二检察部", "第三检察部", "检务督察部"):
        page.get_by_label(f"南宁市院{name}", exact=True).check()
    page.get_by_role("button", name="预览影响").click()
    said = "第十二联合党支部：覆盖 6 个单位，超过 5 个。联合党支部覆盖的单位一般不超过 5 个。"
    expect(page.get_by_test_id("checks")).to_contain_text(said)


def test_the_table_is_printed_upright_with_its_head_repeated(wei: Visitor) -> None:
    page = wei.page
    wei.open("/org/twin?view=table&below=1")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    expect(page.get_by_role("button", name="查看")).to_be_hidden()
    expect(page.get_by_role("link", name="调整设置")).to_be_hidden()
    head = page.locator("table.counterparts thead")
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
    paper = page.pdf(prefer_css_page_size=True)
    sheets = len(A4_UPRIGHT.findall(paper))
    assert sheets == len(re.findall(rb"/MediaBox", paper)) > 1
    wei.check()


def test_the_tree_of_last_year(wei: Visitor) -> None:
    page = wei.page
    page.get_by_label("时点").fill("2025-06-24")
    page.get_by_role("button", name="查看").click()
    told = "以下是 2025-06-24 的设置，名称、人员和任期都按当天"
    expect(page.get_by_text(told)).to_be_visible()
    # Its task force had not been set up yet.
    expect(page.get_by_role("tree", name="业务机构")).not_to_contain_text("未检专项")
    expect(page.get_by_role("region", name="缺口清单").get_by_role("listitem")).to_have_count(1)
    wei.check()
    page.get_by_role("link", name="回到今天").click()
    expect(page.get_by_role("region", name="缺口清单").get_by_role("listitem")).to_have_count(3)


def test_a_phone_shows_gaps_and_cards_instead_of_trees(wei: Visitor) -> None:
    page = wei.page
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("tree", name="业务机构")).to_be_hidden()
    listed = page.get_by_role("region", name="缺口清单")
    listed.get_by_role("link", name="第四检察部").click()
    card = page.get_by_role("region", name="找到的单位")
    expect(card.get_by_role("heading", level=3)).to_have_text("第四检察部")
    expect(card).to_contain_text("第三党支部（挂靠）")
    assert wei.overflow() == 0
    wei.check()


def test_the_trees_stand_unfolded_without_script(browser: Browser, server: str) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    wei = Visitor(server, context.new_page())
    wei.watch()
    wei.log_in("weiw")
    wei.open("/org/twin")
    fourth = wei.page.locator("#u-450100-D14")
    fourth.get_by_role("link", name="第三党支部").click()
    assert wei.page.url.endswith("#u-450100-P03")
    expect(wei.page.locator("#u-450100-P03")).to_be_in_viewport()
    assert wei.faults == []
    context.close()


def test_the_reminder_ends_with_the_election(wei: Visitor) -> None:
    page = wei.page
    page.get_by_role("link", name="换届登记：第六党支部").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("换届登记")
    page.get_by_role("button", name="登记换届").click()
    expect(page.get_by_role("alert")).to_contain_text("批准文号：请填写上级党组织批复的文号")
    wei.check()
    page.get_by_label("选举日期").fill("2026-06-20")
    page.get_by_label("批准文号").first.fill("机党批〔2026〕9号")
    page.get_by_role("button", name="登记换届").click()
    expect(page.get_by_text("已登记南宁市院第六党支部第 5 届任期，至 2029-06-19。")).to_be_visible()
    listed = page.get_by_role("region", name="缺口清单")
    expect(listed.get_by_role("listitem")).to_have_count(2)
    expect(item(page, "党组织", "第六党支部")).to_be_focused()
    wei.check()
