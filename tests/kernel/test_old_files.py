"""Old workbooks and Word files: their tables are read like sheets, or refused in one sentence."""

from __future__ import annotations

import pytest

from rongjian.kernel import sheets
from rongjian.kernel.sheets import Limits, SheetError, find_heading
from tests.kernel.old_files import cell, docx, paragraph, table, xls

ROWS: list[list[object]] = [
    ["编号", "单位", "日期"],
    ["BF-1", "南宁市院", 43529],
    ["BF-2", "青秀区院", 1.5],
]


def test_an_old_workbook_is_read_like_a_new_one() -> None:
    (sheet,) = sheets.read("旧.xls", xls(ROWS, "台账")).sheets
    assert sheet.name == "台账"
    assert sheet.rows == ROWS


def test_an_old_workbook_that_is_too_large_is_refused() -> None:
    with pytest.raises(SheetError, match="超过 2 列"):
        sheets.read("旧.xls", xls(ROWS), Limits(columns=2))


@pytest.mark.parametrize("cut", [600, 1500, 4000])
def test_a_broken_old_workbook_is_refused_in_a_sentence(cut: int) -> None:
    with pytest.raises(SheetError, match="打不开这个文件"):
        sheets.read("旧.xls", xls(ROWS)[:cut])


def words(*rows: tuple[str, ...]) -> str:
    return table(*[[cell(text) for text in row] for row in rows])


def test_each_table_of_a_word_file_is_a_sheet_named_by_what_stands_above() -> None:
    body = paragraph("一、帮扶项目") + words(("编号", "项目"), ("BF-1", "甲"))
    body += paragraph("以下各项已经核对。") + words(("编号", "金额"), ("ZC-1", "2"))
    book = sheets.read("汇报.docx", docx(body))
    assert [sheet.name for sheet in book.sheets] == ["表格1（一、帮扶项目）", "表格2"]
    assert book.sheets[1].rows == [["编号", "金额"], ["ZC-1", "2"]]
    assert book.around == ("一、帮扶项目", "以下各项已经核对。")


def test_merged_cells_of_a_word_table_join_into_one_heading() -> None:
    upper = [cell("编号", merge="restart"), cell("办理情况", span=2)]
    lower = [cell("", merge="continue"), cell("起诉日期"), cell("人数")]
    body = table(upper, lower, [cell("BG-1"), cell("2019.3.5"), cell("1")])
    (sheet,) = sheets.read("表.docx", docx(body)).sheets
    heading = find_heading(sheet.rows)
    assert heading.row_span == (0, 2)
    assert heading.names == ["编号", "办理情况·起诉日期", "办理情况·人数"]


def test_only_what_is_printed_is_read() -> None:
    deleted = "<w:p><w:r><w:delText>旧</w:delText><w:t>新</w:t></w:r></w:p>"
    inner = words(("里", "外"))
    body = table([f"<w:tc>{deleted}</w:tc>", f"<w:tc>{inner}{paragraph('后')}</w:tc>"])
    (sheet,) = sheets.read("表.docx", docx(body)).sheets
    assert [str(each).split() for each in sheet.rows[0]] == [["新"], ["里", "外", "后"]]


def test_a_word_file_without_a_table_is_refused() -> None:
    with pytest.raises(SheetError, match="里没有表格"):
        sheets.read("文.docx", docx(paragraph("没有表格")))
