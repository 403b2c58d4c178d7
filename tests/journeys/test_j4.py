"""J4: a messy list of 600 rows comes in; its 17 faults are mended on the page, most of them by keyboard.

The list names many procuratorates. Casework is imported by each procuratorate's own case office, so
the list is one of the house's work, whose row of rights reaches the subordinate ones: 定点帮扶项目,
imported by the city's 机关党委 (docs/decisions/006).
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from playwright.sync_api import FilePayload, Page, expect

from rongjian.kernel.sheets import Column, write_csv
from tests.databases import free_port
from tests.journeys.browser import PHONE, Visitor
from tests.records.import_files import messy_rows, messy_workbook, spoil
from tests.world import rongjian, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator

    Come = Callable[[str], Visitor]

pytestmark = pytest.mark.journey

KIND = "assistance-project"
NEW = f"/imports/new?kind={KIND}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("编号", "单位", "项目", "帮扶点", "日期", "协调资金（元）")
FIRST = 4
"""The file's first data row."""


@pytest.fixture(scope="module")
def server(demo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site over a world of this journey's own, which has twelve of the rows already."""
    own = tmp_path_factory.mktemp("j4") / "demo"
    shutil.copytree(demo_dir, own)
    known = [
        (f"BF-{n}", "南宁市院", f"原项目{n}", "某村", "2020-03-01", 1) for n in range(571, 582)
    ]
    known.append(("BF-OTHER", "青秀区院", "别院项目", "某村", "2020-03-01", 1))
    file = own.parent / "known.csv"
    file.write_bytes(write_csv([Column(name) for name in HEADINGS], known))
    words = ("import", KIND, file, "--unit", "450100", "--as", "weiw", "--dir", own)
    done = rongjian(*words)
    assert done.returncode == 0, done.stderr
    address = f"127.0.0.1:{free_port()}"
    with serving(own, address):
        yield f"http://{address}"


def messy() -> bytes:
    rows = messy_rows()
    spoil(rows)
    return messy_workbook(rows)


def press(who: Visitor, words: str | re.Pattern[str], within: Locator | None = None) -> None:
    place = within or who.page
    who.follow(place.get_by_role("button", name=words, exact=isinstance(words, str)))


def choose(who: Visitor, data: bytes, name: str = "帮扶项目.xlsx") -> None:
    who.open(NEW)
    who.page.get_by_label("文件").set_input_files(
        FilePayload(name=name, mimeType=XLSX, buffer=data)
    )
    press(who, "读取文件")
    expect(who.page).to_have_url(re.compile(r"/import/\d+"))


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-status]")).to_contain_text(words)


def row(page: Page, number: int) -> Locator:
    """The line of the nth data row."""
    return page.locator(f"#row-{number + FIRST - 1}")


def groups(page: Page) -> dict[str, int]:
    found = page.get_by_role("list", name="按问题归并").get_by_role("listitem")
    expect(found.first).to_be_visible()
    return {words: int(number) for words, number in (t.split() for t in found.all_inner_texts())}


def mend(page: Page, number: int, text: str) -> None:
    """Type into the cell that has the focus or takes it, and go on with Enter."""
    cell = row(page, number).locator("input.cell")
    cell.focus()
    page.keyboard.press("Control+A")
    if text:
        page.keyboard.type(text)
    else:
        page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    expect(row(page, number)).to_contain_text("已改好")


def compose(page: Page, number: int, text: str) -> None:
    """Write Chinese with an input method: Enter commits the candidate and nothing else."""
    cell = row(page, number).locator("input.cell")
    cell.focus()
    place = page.url
    typist = page.context.new_cdp_session(page)
    at = len(text)
    sent: dict[str, Any] = {"selectionStart": at, "selectionEnd": at, "text": text}
    typist.send("Input.imeSetComposition", sent)
    page.keyboard.press("Enter")
    expect(cell).to_be_focused()
    assert page.url == place
    typist.send("Input.insertText", {"text": text})
    expect(cell).to_have_value(text)
    page.keyboard.press("Tab")
    expect(row(page, number)).to_contain_text("已改好")


def to_the_check(who: Visitor) -> None:
    """Map what is not mapped yet."""
    page = who.page
    column = page.get_by_label("“办结说明”对应的字段")
    expect(page.get_by_text("对应列").first).to_be_visible()
    if column.count():
        column.select_option(label="成效")
        press(who, "检查")


def tell(words: str) -> None:
    """A line for whoever runs the journey with `-s`."""
    sys.stdout.write(f"\n{words}\n")


def read_and_checked(wei: Visitor) -> None:
    """Steps 1 and 2."""
    page = wei.page
    # 1: the two rows of the heading are one; all columns but one are known
    choose(wei, messy())
    expect(page.get_by_text("表头在第 2–3 行（自动识别）")).to_be_visible()
    expect(page.get_by_role("rowheader", name="协调情况·协调日期")).to_be_visible()
    expect(page.get_by_text("没有认出")).to_have_count(1)
    wei.check()

    # 2: mapped and checked
    to_the_check(wei)
    says(page, "共 600 行：可导入 583，需修改 17")
    expect(page.get_by_text("提示 9").first).to_be_visible()
    expect(page.get_by_text("自动规范 455 格")).to_be_visible()
    wei.check()
    assert wei.overflow() <= 0


def look_at_the_forms(wei: Visitor) -> None:
    """What was put into form is listed by column and form, and can be left as it was typed."""
    page = wei.page
    wei.follow(page.get_by_role("link", name="看明细"))
    expect(page.get_by_role("row", name=re.compile("日期.*412"))).to_contain_text(
        "2020.2.2 → 2020-02-02"
    )
    expect(page.get_by_role("row", name=re.compile("单位.*30"))).to_be_visible()
    press(wei, re.compile("^协调资金（元）的.*按原文$"))
    expect(page.get_by_text("需修改 30 行")).to_be_visible()
    press(wei, re.compile("^协调资金（元）的.*恢复自动规范$"))
    expect(page.get_by_text("需修改 17 行")).to_be_visible()
    wei.check()
    wei.follow(page.get_by_role("link", name="回到检查修改"))


def mend_groups(wei: Visitor) -> None:
    """Steps 3 to 5."""
    page = wei.page
    # 3: what has to be mended, by group; the first cell has the focus; not all can go in yet
    wei.follow(page.get_by_role("link", name="提示 9"))
    wei.follow(page.get_by_role("link", name="只看需修改 17"))
    expect(page.locator("tbody tr[id^=row-]")).to_have_count(17)
    assert list(groups(page).values()) == [5, 4, 2, 2, 2, 2]
    expect(row(page, 501).locator("input.cell")).to_be_focused()
    expect(page.get_by_role("button", name="导入全部 600 行（还有 17 行要改）")).to_be_disabled()

    # 4: one misspelt procuratorate, three rows at once
    expect(row(page, 511)).to_contain_text("单位不认识“武呜区院”，是否为“武鸣区院”？")
    press(wei, "同样的 3 行都改为“武鸣区院”", row(page, 511))
    says(page, "可导入 586，需修改 14")
    expect(page.get_by_role("status").filter(has_text="已改 3 行")).to_be_visible()

    # 5: the dates, each saved as the cell is left
    for number, day in zip(range(501, 506), range(24, 29), strict=True):
        mend(page, number, f"2019-02-{day}")
    says(page, "可导入 591，需修改 9")
    expect(page.locator("#status")).to_contain_text("需修改 9")


def mend_the_rest(wei: Visitor, place: str) -> None:
    """Steps 6 to 8."""
    page = wei.page
    # 8: the page is left and found again as it was
    page.reload()
    says(page, "可导入 591，需修改 9")
    wei.open("/imports/")
    wei.open(place.removeprefix(wei.site))
    says(page, "可导入 591，需修改 9")

    # 6: against the database, with what differs; and one row of two that are the same
    expect(row(page, 523)).to_contain_text("编号“BF-OTHER”在库中是另一单位的记录")
    expect(row(page, 523)).to_contain_text("单位：库中 青秀区院 → 文件 南宁市院")
    press(wei, "用文件更新", row(page, 523))
    says(page, "需修改 8")
    press(wei, re.compile("保留这行，不要第 524 行"), row(page, 522))
    says(page, "可导入 592，需修改 7")

    # 7: the rest by keyboard alone, Chinese by an input method
    mend(page, 514, "450100")
    mend(page, 531, "2")
    mend(page, 532, "1")
    compose(page, 541, "补上的项目")
    compose(page, 542, "某村")
    mend(page, 551, "定点帮扶")
    mend(page, 552, "")
    says(page, "共 600 行：可导入 599，需修改 0")
    wei.check()


def bring_in(wei: Visitor) -> None:
    """Steps 9 and 10."""
    page = wei.page
    # 9: in it goes; the four numbers sum to all rows
    press(wei, "导入 599 行")
    done = page.locator("[data-outcome]")
    expect(done).to_have_text("新增 587 · 更新 12 · 未变 0 · 未导入 1", timeout=30_000)
    expect(page.get_by_text("合计 600 行")).to_be_visible()
    assert sum(map(int, re.findall(r"\d+", done.inner_text()))) == 600
    wei.check()
    page.set_viewport_size(PHONE)
    expect(done).to_be_visible()
    assert wei.overflow() <= 0
    page.set_viewport_size({"width": 1366, "height": 768})

    # 10: the records of this import
    wei.follow(page.get_by_role("link", name="看导入的记录"))
    says(page, "共 599 条")
    asked = page.get_by_role("list", name="已用条件")
    expect(asked).to_contain_text(re.compile(r"导入批次 #\d+"))
    wei.check()


def take_back(wei: Visitor, place: str) -> None:
    """Step 11."""
    page = wei.page
    # 11: taken back: what was new is gone, what was changed is what it was
    wei.open(place.removeprefix(wei.site))
    page.get_by_text("撤销本次导入").click()
    press(wei, "确认撤销")
    expect(page.get_by_text("作废新增的 587 条，恢复更新的 12 条。")).to_be_visible(timeout=30_000)
    wei.open(f"/ledger/{KIND}?q=BF-575")
    expect(page.get_by_text("原项目575")).to_be_visible()
    says(page, "共 1 条")
    wei.follow(page.get_by_role("link", name="原项目575").or_(page.locator("tbody a")).first)
    expect(page.get_by_text(re.compile("导入 #.* 第 578 行")).first).to_be_visible()
    expect(page.get_by_text(re.compile("撤销导入 #")).first).to_be_visible()


def test_the_messy_list_is_mended_brought_in_and_taken_back(visitor: Come) -> None:
    wei = visitor("weiw")
    begun = time.monotonic()
    read_and_checked(wei)
    look_at_the_forms(wei)
    mend_groups(wei)
    place = wei.page.url.partition("?")[0]
    mend_the_rest(wei, place)
    bring_in(wei)
    took = time.monotonic() - begun
    take_back(wei, place)
    tell(f"600 行：587 新增、12 更新、1 未导入，撤销后恢复 12 条；改完 17 处用 {took:.0f} 秒")


def mended_file(data: bytes) -> bytes:
    """The problem sheet with every row put right."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert headings[-2:] == ["问题", "导入行号"]
    assert sheet.max_row == 18
    at = {name: place for place, name in enumerate(headings, 1)}
    for line in range(2, 19):
        assert sheet.cell(line, at["问题"]).value
        key = sheet.cell(line, at["编号"]).value
        sheet.cell(line, at["编号"], f"XG-{line}" if key in ("BF-521", "BF-OTHER") else key)
        for name, text in (
            ("承办院", "南宁市院"),
            ("协调情况·协调日期", "2019-02-28"),
            ("项目", f"改好{line}"),
            ("帮扶点", "某村"),
            ("解决问题（个）", "1"),
            ("专项", ""),
        ):
            sheet.cell(line, at[name], text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_good_rows_go_first_and_the_rest_comes_back_in_a_file(visitor: Come) -> None:
    wei = visitor("weiw")
    page = wei.page

    # 12: the same layout is understood at once
    begun = time.monotonic()
    choose(wei, messy())
    to_the_check(wei)
    says(page, "共 600 行：可导入 583，需修改 17")
    again = time.monotonic() - begun
    place = page.url.partition("?")[0]

    # variant: 583 go in, 17 stay, with a file of just these
    press(wei, "先导入 583 行，其余留在这里")
    expect(page.locator("[data-outcome]")).to_have_text(
        "新增 572 · 更新 11 · 未变 0 · 未导入 17", timeout=30_000
    )
    says(page, "可导入 0，需修改 17")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="下载问题行").click()
    corrected = mended_file(downloading.value.path().read_bytes())

    # the corrected file goes back to the same import
    choose(wei, corrected, "改好的.xlsx")
    assert page.url.partition("?")[0] == place
    expect(page.get_by_text("改好的文件已接到这次导入：放回 17 行。")).to_be_visible()
    says(page, "可导入 17，需修改 0")
    wei.check()
    press(wei, "导入 17 行")
    expect(page.locator("[data-outcome]")).to_have_text(
        "新增 589 · 更新 11 · 未变 0 · 未导入 0", timeout=30_000
    )

    # the layout is kept as a mapping that can be looked at
    wei.open("/imports/mappings")
    expect(page.get_by_role("link", name="帮扶项目.xlsx")).to_be_visible()
    wei.check()
    tell(f"同样的表再来一次：{again:.0f} 秒到检查；先导入 583 行，改好的 17 行接回同一次导入")


def test_a_case_office_imports_for_its_own_house_alone(visitor: Come) -> None:
    qian = visitor("qian")
    page = qian.page
    rows = [
        ("CS-1", "南宁市院", "起诉", "2020-03-05", "盗窃"),
        ("CS-2", "武鸣区院", "起诉", "2020-03-05", "盗窃"),
    ]
    data = write_csv([Column(each) for each in ("编号", "单位", "决定", "日期", "罪名类别")], rows)
    qian.open("/imports/new?kind=handled-person")
    file = FilePayload(name="起诉人员.csv", mimeType="text/csv", buffer=data)
    page.get_by_label("文件").set_input_files(file)
    press(qian, "读取文件")
    says(page, "共 2 行：可导入 1，需修改 1")
    expect(page.locator("#row-3")).to_contain_text("没有权限")
    qian.check()
