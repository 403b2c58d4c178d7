"""J3: somebody reads 「起诉1591人」 in a report and sees the 1,591 records."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from rongjian.records import import_mapping
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

REPORT = "广西壮族自治区人民检察院关于推进党建和业务深度融合情况的报告"
PROSECUTED = re.compile("^起诉涉黑涉恶犯罪嫌疑人 1591 人，可查看记录$")
ASSETS = re.compile("^查封扣押冻结涉黑涉恶财产 35亿余元，可查看记录$")


def open_report(visitor: Visitor) -> Page:
    visitor.open("/documents/")
    visitor.check()
    visitor.page.get_by_role("link", name=REPORT).click()
    return visitor.page


def sheet(path: Path) -> list[tuple[Any, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(path.read_bytes())).worksheets[0].values)


def test_a_figure_opens_to_its_records_and_back(visitor: Callable[[str], Visitor]) -> None:
    zheng = visitor("zhengshi")
    page = open_report(zheng)
    zheng.check()

    # 1, 2: the number is a link that says what it is, by name and when it has the focus
    number = page.get_by_role("article").get_by_role("link", name=PROSECUTED)
    expect(number).to_have_text("1591")
    number.focus()
    expect(number).to_have_attribute("title", "口径 v1 · 截至 2020-12-31 已冻结")
    place = page.evaluate("window.scrollY")

    # 3: Enter leads to the records, with the proof in one line
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("办案人员")
    expect(page.get_by_role("heading", level=2)).to_have_text("共 1,591 条")
    expect(page.get_by_test_id("strip")).to_have_text("文中数 1,591 = 记录数 1,591 ✓")
    expect(page.get_by_role("list", name="条件").get_by_text("专项=扫黑除恶")).to_be_visible()
    expect(page.get_by_text("日期 2018-01-01 至 2020-12-31")).to_be_visible()
    headings = page.locator("thead th").all_inner_texts()
    assert not [words for words in headings if "承办人" in words]
    zheng.check()

    # 4: by city, in code order, with the total and nothing to sort the numbers by
    page.get_by_role("link", name="分组：按市县").click()
    units = page.locator("tbody td:first-child")
    expect(units).to_have_text(["自治区院本级", "南宁市", "柳州市"])
    counts = page.locator("tbody td:nth-child(2)").all_inner_texts()
    assert sum(int(count.replace(",", "")) for count in counts) == 1591
    expect(page.locator("tfoot")).to_contain_text("合计1,591")
    assert page.locator("th[data-metric] a, th[data-metric] button").count() == 0
    zheng.check()

    # 5: one city, and the way back up
    page.get_by_role("link", name="南宁市").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(f"共 {counts[1]} 条")
    expect(page.get_by_role("navigation", name="当前位置")).to_contain_text("全区南宁市")
    assert not [w for w in page.locator("thead th").all_inner_texts() if "承办人" in w]
    zheng.check()

    # 6: back to the same place of the report
    for _ in range(3):
        page.go_back()
    expect(number).to_be_in_viewport()
    assert page.evaluate("window.scrollY") == place


def test_a_sum_opens_to_what_it_adds_up(visitor: Callable[[str], Visitor]) -> None:
    zheng = visitor("zhengshi")
    page = open_report(zheng)
    page.get_by_role("article").get_by_role("link", name=ASSETS).click()
    strip = page.get_by_test_id("strip")
    expect(strip).to_have_text(
        re.compile(r"^文中数 35亿余元 = 合计 3,5\d\d,\d{3},\d{3}\.00 元（1,204 条）✓$")
    )
    expect(page.get_by_role("heading", level=2)).to_have_text("共 1,204 条")
    zheng.check()
    page.get_by_role("link", name="分组：按市县").click()
    total = strip.inner_text().partition("合计 ")[2].partition(" 元")[0]
    expect(page.locator("tfoot td").last).to_have_text(total)
    zheng.check()


def test_the_records_can_be_taken_along(visitor: Callable[[str], Visitor], tmp_path: Path) -> None:
    zheng = visitor("zhengshi")
    page = open_report(zheng)
    page.get_by_role("article").get_by_role("link", name=PROSECUTED).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    download.value.save_as(tmp_path / "rows.xlsx")
    heading, *rows = sheet(tmp_path / "rows.xlsx")
    kind = kind_of("handled-person")
    assert list(heading) == list(import_mapping.fields(kind).values())
    assert len(rows) == 1591
    withheld = [heading.index(kind.heading(name)) for name in kind.private]
    assert not any(row[at] for row in rows for at in withheld)


def test_whoever_may_not_open_it_reads_plain_text(visitor: Callable[[str], Visitor]) -> None:
    li = visitor("lisi")
    page = open_report(li)
    paper = page.get_by_role("article")
    expect(paper).to_contain_text("提起公诉1591人")
    assert paper.get_by_role("link", name=PROSECUTED).count() == 0
    li.check()
    path = "/figures/prosecuted-gang/records/?unit=450000&period=2018-01..2020-12"
    assert li.open(path) == 403
    expect(page.get_by_role("main")).to_contain_text("您没有查看权限。如需查看，请联系：")
    li.check()


def test_what_was_added_after_freezing_is_named(visitor: Callable[[str], Visitor]) -> None:
    zheng = visitor("zhengshi")
    page = zheng.page
    for number in ("J3-1", "J3-2"):
        zheng.open("/ledger/handled-person/new?unit=450000-D12")
        page.get_by_label("编号", exact=True).fill(number)
        page.get_by_label("决定").select_option("起诉")
        page.get_by_label("日期").fill("2019-05-06")
        page.get_by_label("罪名类别").fill("寻衅滋事")
        page.get_by_label("专项").select_option("扫黑除恶")
        zheng.check()
        page.get_by_role("button", name="保存").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(number)
        zheng.check()
    open_report(zheng)
    expect(page.get_by_text("有变化 1591→1593")).to_be_visible()
    page.get_by_role("article").get_by_role("link", name=PROSECUTED).click()
    strip = page.get_by_test_id("strip")
    expect(strip).to_have_text("文中数 1,591；现记录 1,593，差 2：冻结后新增 2 条 [看这 2 条]")
    zheng.check()
    strip.get_by_role("link", name="看这 2 条").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("共 2 条")
    expect(page.get_by_role("link", name="J3-1")).to_be_visible()
    zheng.check()
