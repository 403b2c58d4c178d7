"""J9: the case manager works in the table of a ledger: paste, input method, round trip, conflict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.journeys.browser import DESKTOP

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

GANG = "/ledger/handled-person?campaign=gang&sort=key&edit=1&cols=key,charge,happened_on,note"
ROWS, COLUMNS = 12, 3
# What Excel and WPS put on the clipboard, put there as a page may: by a copy of its own.
COPY = """
([html, text]) => {
  document.addEventListener("copy", (event) => {
    event.stopImmediatePropagation();
    event.preventDefault();
    event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", text);
  }, { capture: true, once: true });
  document.execCommand("copy");
}
"""


@pytest.fixture
def qian(visitor: Callable[[str], Visitor]) -> Visitor:
    """钱一 of case management, on the table of decisions of one campaign."""
    found = visitor("qian")
    found.page.set_viewport_size(DESKTOP)
    found.open(GANG)
    return found


def cell(page: Page, row: int, field: str) -> Locator:
    """A cell by row (from 1) and field."""
    return page.locator("[data-grid] tbody tr").nth(row - 1).locator(f"[data-field={field}]")


def texts(page: Page) -> list[str]:
    """What the cells hold that the block goes into."""
    return [
        cell(page, row, field).locator(".value").text_content() or ""
        for row in range(1, ROWS + 1)
        for field in ("charge", "happened_on", "note")
    ]


def block(columns: int = COLUMNS, rows: int = ROWS) -> list[list[str]]:
    """Decisions as somebody keeps them in Excel; one cell has a line break, one day is too late."""
    lines = [[f"寻衅滋事{row}", f"2019.3.{row}", f"备注{row}"] for row in range(1, rows + 1)]
    lines[2][2] = "第一行\n第二行"
    lines[7][1] = "2022.3.8"
    return [[*line, *["多"] * (columns - COLUMNS)] for line in lines]


def copy(page: Page, lines: list[list[str]]) -> None:
    """Put a block on the clipboard, as HTML and as text."""
    html = "".join(
        "<tr>" + "".join(f"<td>{text}</td>".replace("\n", "<br>\n") for text in line) + "</tr>\n"
        for line in lines
    )
    quoted = [[f'"{text}"' if "\n" in text else text for text in line] for line in lines]
    text = "\r\n".join("\t".join(line) for line in quoted)
    page.evaluate(COPY, [f"<html><body><table>{html}</table></body></html>", text])


def paste_at(page: Page, row: int, field: str) -> Locator:
    """Press Ctrl+V on a cell; the question that comes."""
    cell(page, row, field).click()
    page.keyboard.press("Control+v")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_a_block_is_previewed_written_and_taken_back(qian: Visitor) -> None:
    page = qian.page
    before = texts(page)
    copy(page, block())
    dialog = paste_at(page, 1, "charge")
    expect(dialog).to_contain_text("将写入 12 行 × 3 列，1 格有提示。")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog).to_contain_text("第 8 行“日期”：!日期不在专项“扫黑除恶”期间")
    qian.check()
    dialog.get_by_role("button", name="写入").click()
    expect(page.get_by_text("✓已保存")).to_have_count(35)
    expect(page.get_by_text("!提示")).to_have_count(1)
    expect(page.locator("[data-told]")).to_have_text("已写入 36 格。")
    expect(cell(page, 3, "note").locator(".value")).to_have_text("第一行\n第二行")
    expect(cell(page, 1, "happened_on").locator(".value")).to_have_text("2019-03-01")
    expect(cell(page, 1, "charge")).to_be_focused()
    qian.check()

    page.keyboard.press("Control+z")
    expect(page.locator("[data-told]")).to_have_text("已撤销“粘贴 36 格”。")
    assert texts(page) == before
    page.reload()
    assert texts(page) == before


def test_text_alone_keeps_a_quoted_cell_whole(qian: Visitor) -> None:
    page = qian.page
    text = '一般\t2019-03-01\t"甲\n乙 ""丙"""\r\n二般\t2019-03-02\t丁\r\n'
    page.evaluate(COPY, ["", text])
    dialog = paste_at(page, 1, "charge")
    expect(dialog).to_contain_text("将写入 2 行 × 3 列。")
    dialog.get_by_role("button", name="写入").click()
    expect(cell(page, 1, "note").locator(".value")).to_have_text('甲\n乙 "丙"')
    page.keyboard.press("Control+z")
    expect(page.locator("[data-told]")).to_have_text("已撤销“粘贴 6 格”。")


def test_what_does_not_fit_is_said_before_anything_else(qian: Visitor) -> None:
    page = qian.page
    copy(page, block(columns=9))
    dialog = paste_at(page, 1, "charge")
    words = "粘贴了 9 列，表里从当前列起只有 3 列。多出的 6 列不会写入。"
    expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-told]")).to_have_text("没有粘贴。")

    last = page.locator("[data-grid] tbody tr").count()
    copy(page, block())
    dialog = paste_at(page, last - 1, "charge")
    words = "粘贴了 12 行，本页从当前行起只有 2 行。多出的 10 行不会写入。"
    expect(dialog).to_contain_text(words)
    dialog.get_by_role("button", name="继续").click()
    expect(dialog).to_contain_text("将写入 2 行 × 3 列。")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-state]:not([data-state=''])")).to_have_count(0)


def test_an_input_method_keeps_its_enter_and_esc(qian: Visitor) -> None:
    page = qian.page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/cell" in request.url else None)
    method = page.context.new_cdp_session(page)
    compose = {"selectionStart": 7, "selectionEnd": 7, "text": "nanning"}
    cell(page, 1, "note").click()
    page.keyboard.press("F2")
    editor = page.locator(".editor")
    expect(editor).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    method.send("Input.imeSetComposition", compose)
    expect(editor).to_have_value("nanning")
    for key in ("Escape", "Enter", "ArrowDown"):
        press_composing(page, key)
        expect(editor).to_be_focused()
    assert sent == []
    method.send("Input.insertText", {"text": "南宁"})
    expect(editor).to_have_value("南宁")
    page.keyboard.press("Enter")
    expect(cell(page, 1, "note")).to_have_attribute("data-state", "saved")
    expect(cell(page, 1, "note").locator(".value")).to_have_text("南宁")
    assert len(sent) == 1
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-told]")).to_have_text("已撤销“修改”。")


def press_composing(page: Page, key: str) -> None:
    """A key as the browser tells it while an input method composes."""
    page.evaluate(
        """key => document.activeElement.dispatchEvent(new KeyboardEvent("keydown",
             { key, keyCode: 229, isComposing: true, bubbles: true, cancelable: true }))""",
        key,
    )


def test_keys_walk_edit_fill_and_a_fault_keeps_what_was_typed(qian: Visitor) -> None:
    page = qian.page
    cell(page, 1, "charge").click()
    page.keyboard.press("ArrowDown")
    expect(cell(page, 2, "charge")).to_be_focused()
    page.keyboard.press("Delete")
    expect(cell(page, 2, "charge").locator(".value")).not_to_have_text("")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("2019.13.5")
    page.keyboard.press("Tab")
    expect(cell(page, 2, "note")).to_be_focused()
    wrong = cell(page, 2, "happened_on")
    expect(wrong).to_contain_text("×错误")
    expect(wrong.locator(".value")).to_have_text("2019.13.5")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-told]")).to_contain_text("第 2 行“日期”：×错误，日期不存在")
    qian.check()
    page.keyboard.press("Escape")
    expect(wrong.locator(".value")).to_have_text(re.compile(r"^20\d\d-\d\d-\d\d$"))

    cell(page, 1, "note").click()
    page.keyboard.press("F2")
    page.keyboard.type("同案")
    page.keyboard.press("Escape")
    expect(cell(page, 1, "note").locator(".value")).not_to_have_text("同案")
    page.keyboard.press("F2")
    page.keyboard.type("同案")
    page.keyboard.press("Enter")
    expect(cell(page, 1, "note")).to_contain_text("✓已保存")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(page.locator("[data-told]")).to_have_text("已写入 2 格。")
    expect(cell(page, 3, "note").locator(".value")).to_have_text("同案")
    for step in ("向下填充 2 格", "修改"):
        page.keyboard.press("Control+z")
        expect(page.locator("[data-told]")).to_have_text(f"已撤销“{step}”。")


def test_what_was_exported_comes_back_with_two_changes(qian: Visitor, tmp_path: Path) -> None:
    page = qian.page
    qian.open("/ledger/handled-person?campaign=gang")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    file = tmp_path / "台账.xlsx"
    download.value.save_as(file)
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    headings = [heading.value for heading in sheet[1]]
    for row in (2, 5):
        sheet.cell(row, headings.index("备注") + 1).value = f"往返第 {row} 行"
    book.save(file)
    total = sheet.max_row - 1

    qian.open("/imports/new?kind=handled-person")
    page.get_by_label("文件").set_input_files(file)
    qian.follow(page.get_by_role("button", name="读取文件"))
    # Every heading is known, so nobody is asked which column is what.
    expect(page.locator("[data-status]")).to_contain_text("可导入 2，需修改 0")
    qian.follow(page.get_by_role("button", name="导入 2 行"))
    done = f"更新 2 · 未变 {total - 2:,}"
    # The work goes on outside the page, which asks for it.
    expect(page.locator("main")).to_contain_text(done, timeout=30_000)


def test_two_people_in_one_cell(visitor: Callable[[str], Visitor]) -> None:
    table = "/ledger/activity?state=draft&unit=450100-P02&edit=1"
    li, wang = visitor("lisi"), visitor("wangwu")
    for who in (li, wang):
        who.open(table)

    def write(who: Visitor, text: str) -> None:
        cell(who.page, 1, "topic").click()
        who.page.keyboard.press("Enter")
        who.page.keyboard.type(text)
        who.page.keyboard.press("Enter")

    write(li, "组织委员写的主题")
    expect(cell(li.page, 1, "topic")).to_contain_text("✓已保存")
    write(wang, "书记写的主题")
    asked = wang.page.get_by_role("alertdialog")
    expect(asked).to_contain_text("李四 刚改为“组织委员写的主题”，您填的是“书记写的主题”。")
    wang.check()
    asked.get_by_role("button", name="用对方的").click()
    expect(cell(wang.page, 1, "topic").locator(".value")).to_have_text("组织委员写的主题")

    write(wang, "书记又写的主题")
    expect(cell(wang.page, 1, "topic")).to_contain_text("✓已保存")
    write(li, "最后的主题")
    asked = li.page.get_by_role("alertdialog")
    expect(asked).to_contain_text("王五 刚改为“书记又写的主题”")
    asked.get_by_role("button", name="用我的").click()
    expect(cell(li.page, 1, "topic")).to_contain_text("✓已保存")
    li.page.reload()
    expect(cell(li.page, 1, "topic").locator(".value")).to_have_text("最后的主题")


def test_business_figures_of_units_are_not_sorted_and_records_are(
    visitor: Callable[[str], Visitor],
) -> None:
    zheng = visitor("zhengshi")
    page = zheng.page
    zheng.open("/figures/prosecuted-gang/?unit=450000&period=2018-01..2020-12")
    metric = page.locator("th[data-metric]").first
    expect(metric).to_be_visible()
    assert page.locator("th[data-metric] a, th[data-metric] button, th[aria-sort]").count() == 0

    qian = visitor("qian")
    qian.open("/ledger/handled-person")
    days = qian.page.locator("tbody [data-label=日期]")
    newest = days.first.inner_text()
    qian.page.get_by_role("link", name="按日期排序").click()
    expect(qian.page.locator("th[aria-sort=ascending]")).to_have_text("日期")
    assert days.first.inner_text() < newest


def test_the_address_is_copied_and_a_view_comes_back(qian: Visitor) -> None:
    page = qian.page
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    qian.open("/ledger/handled-person?decision=prosecuted&height=compact&frozen=2")
    assert page.evaluate("navigator.clipboard === undefined")
    page.get_by_text("视图", exact=False).first.click()
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_role("button", name="已复制链接")).to_be_visible()
    words = page.get_by_label("关键词")
    words.click()
    page.keyboard.press("Control+v")
    expect(words).to_have_value(page.url)

    page.get_by_text("视图", exact=False).first.click()
    page.get_by_label("名称").fill("起诉的")
    qian.follow(page.get_by_role("button", name="存为我的视图"))
    qian.open("/ledger/handled-person")
    page.get_by_text("视图（1）").click()
    page.get_by_role("link", name="起诉的", exact=True).click()
    expect(page).to_have_url(re.compile("decision=prosecuted&height=compact&frozen=2"))
    expect(page.locator("table.compact.frozen-2")).to_be_visible()
    qian.check()


def test_chosen_rows_are_changed_together(qian: Visitor) -> None:
    page = qian.page
    qian.open("/ledger/handled-person?campaign=gang&sort=key")
    bar: Any = page.get_by_role("form", name="批量办理")
    expect(bar).to_be_hidden()
    for row in (1, 2, 3):
        page.get_by_label(f"选择第 {row} 条", exact=True).check()
    expect(bar).to_contain_text("已选 3 条")
    qian.check()
    qian.follow(bar.get_by_role("button", name="批量修改"))
    page.get_by_label("字段").select_option("备注")
    page.get_by_label("改为").fill("一并复核")
    qian.follow(page.get_by_role("button", name="预览"))
    expect(page.locator("main")).to_contain_text("将修改 3 条")
    qian.check()
    qian.follow(page.get_by_role("button", name="修改 3 条"))
    expect(page.get_by_text("“备注”已改 3 条，0 条未改。")).to_be_visible()
    qian.open(GANG)
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-told]")).to_have_text("已撤销“批量修改“备注” 3 条”。")
