"""Uploaded tables: every file is read or refused in one sentence; what we write reads back."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from rongjian.kernel import cells, sheets
from rongjian.kernel.sheets import Column, Heading, Limits, SheetError

SHEET = "xl/worksheets/sheet1.xml"
NOT_A_SHEET = "打不开这个文件：不是 Excel 表格、Word 表格（.docx）或 CSV。请另存为 .xlsx 后再试。"
DAMAGED = "打不开这个文件：内容不完整或已损坏。请重新导出或另存为 .xlsx 后再试。"
MIDNIGHT = datetime.fromisoformat("2019-03-05")
HALF_PAST_NINE = datetime.fromisoformat("2019-03-05T09:30")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def made(fill: Callable[[xlsxwriter.Workbook, xlsxwriter.worksheet.Worksheet], object]) -> bytes:
    """An .xlsx with one sheet that `fill` writes into."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book, book.add_worksheet("Sheet1"))
    book.close()
    return out.getvalue()


def simple() -> bytes:
    return made(lambda _, sheet: [sheet.write_row(row, 0, ["南宁", row, 1.5]) for row in range(4)])


def changed(data: bytes, part: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The same archive with one of its parts edited."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        assert part in old.namelist()
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, edit(content) if name == part else content)
    return out.getvalue()


def with_rows(xml: str) -> bytes:
    """An .xlsx whose sheet holds exactly these rows."""
    return changed(
        simple(),
        SHEET,
        lambda old: re.sub(
            rb"<sheetData>.*</sheetData>", f"<sheetData>{xml}</sheetData>".encode(), old, flags=re.S
        ),
    )


def with_entry(data: bytes, name: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def refusal(name: str, data: bytes, limits: Limits = sheets.DEFAULT_LIMITS) -> str:
    with pytest.raises(SheetError) as caught:
        sheets.read(name, data, limits)
    return checked(str(caught.value))


def checked(message: str) -> str:
    """A message for people: Chinese, one sentence or two, no word of the machinery."""
    assert message.endswith("。")
    assert 1 <= message.count("。") <= 2
    assert not re.search(r"Error|Exception|Traceback|XML|zip|None|rust", message)
    return message


# --- reading ---------------------------------------------------------------------------------


def test_values_keep_their_types_and_places():
    def fill(book, sheet):
        day = book.add_format({"num_format": 'yyyy"年"m"月"d"日"'})
        sheet.write_row(1, 1, ["甲", 3, 2.5, True])
        sheet.write_datetime(2, 1, MIDNIGHT, day)
        sheet.write_datetime(3, 1, HALF_PAST_NINE, book.add_format({"num_format": 22}))

    (sheet,) = sheets.read("表.xlsx", made(fill)).sheets
    assert sheet.name == "Sheet1"
    assert sheet.rows == [
        [None, None, None, None, None],
        [None, "甲", 3, 2.5, True],
        [None, date(2019, 3, 5), None, None, None],
        [None, HALF_PAST_NINE, None, None, None],
    ]
    assert type(sheet.rows[1][2]) is int


def test_files_of_another_writer_are_read():
    book = openpyxl.Workbook()
    book.active.append(["院", "日期", None, True])
    book.active.append(["南宁", date(2019, 3, 5), 0.1, "not"])
    out = io.BytesIO()
    book.save(out)
    assert sheets.read("a.xlsx", out.getvalue()).sheets[0].rows == [
        ["院", "日期", None, True],
        ["南宁", date(2019, 3, 5), 0.1, "not"],
    ]


def test_hidden_sheets_are_left_out_with_their_formulas():
    def fill(book, sheet):
        sheet.write(0, 0, "数据")
        hidden = book.add_worksheet("算")
        hidden.write_formula(0, 0, "=1+1")
        hidden.hide()

    assert [sheet.name for sheet in sheets.read("a.xlsx", made(fill)).sheets] == ["Sheet1"]


def test_a_file_with_nothing_to_see_says_so():
    data = changed(
        simple(), "xl/workbook.xml", lambda old: old.replace(b"<sheet ", b'<sheet state="hidden" ')
    )
    assert "没有能看见的工作表" in refusal("a.xlsx", data)


def test_a_lying_dimension_and_formatted_blank_rows_do_no_harm():
    lying = changed(
        simple(), SHEET, lambda old: old.replace(b'ref="A1:C4"', b'ref="A1:XFD1048576"')
    )
    assert len(sheets.read("a.xlsx", lying).sheets[0].rows) == 4
    blank = made(
        lambda book, s: [
            s.write(0, 0, "x"),
            s.write_blank(99_999, 0, None, book.add_format({"bold": True})),
        ]
    )
    assert sheets.read("a.xlsx", blank).sheets[0].rows == [["x"]]


def test_dropdown_lists_that_point_to_another_sheet_are_no_formulas():
    listed = sheets.write_xlsx(
        [Column("院")], [["南宁"]], title="表", choices={"院": ["南宁", "北,海"]}
    )
    extension = (
        b'<extLst><ext xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
        b"<xm:f>$A$1</xm:f></ext></extLst></worksheet>"
    )
    extended = changed(listed, SHEET, lambda old: old.replace(b"</worksheet>", extension))
    assert sheets.read("a.xlsx", extended).sheets[0].rows == [["院"], ["南宁"]]


@pytest.mark.parametrize(
    ("write", "place"),
    [
        (lambda s: s.write_formula(2, 2, "=SUM(A1:A2)", None, 3), "第 3 行 C 列是公式"),
        (lambda s: s.write_array_formula(4, 27, 4, 27, "{=1}", None, 1), "第 5 行 AB 列是公式"),
        (
            lambda s: s.write_formula(0, 0, '=HYPERLINK("http://a")', None, "点"),
            "第 1 行 A 列是公式",
        ),
    ],
)
def test_the_first_formula_is_named(write, place):
    message = refusal("a.xlsx", made(lambda _, sheet: write(sheet)))
    assert message == f"“Sheet1”{place}，不能导入。请复制后“选择性粘贴为数值”再试。"


def test_formulas_are_seen_whatever_prefix_the_writer_uses():
    xml = '<x:row r="1"><x:c r="B1"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>'
    assert "第 1 行 B 列是公式" in refusal("a.xlsx", with_rows(xml))


def test_error_values_are_named_instead_of_becoming_blank():
    xml = '<row r="7"><c r="D7" t="e"><v>#N/A</v></c></row>'
    assert refusal("a.xlsx", with_rows(xml)).startswith("“Sheet1”第 7 行 D 列是错误值")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xlsx", b"", "这个文件是空的。请检查是否选错了文件。"),
        ("a.xlsx", b"hello", NOT_A_SHEET),
        ("a.pdf", b"%PDF-1.7", NOT_A_SHEET),
        ("a.xls", b"<html><table><tr><td>1", NOT_A_SHEET),
        ("a.csv", b" \n<HTML><table>", NOT_A_SHEET),
        ("a.xlsx", b"PK\x03\x04" + bytes(50), DAMAGED),
        ("a.et", OLE, "打不开这个文件：是 WPS 表格（.et）。请在 WPS 中另存为 .xlsx 后再试。"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"),
         "打不开这个文件：设有打开密码。请去掉密码，另存为 .xlsx 后再试。"),
        ("a.xls", OLE + "Workbook\0".encode("utf-16-le"), DAMAGED),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"),
         "打不开这个文件：是旧版 Word（.doc）。请另存为 .docx 后再试。"),
        ("a.xlsx", with_entry(simple(), "xl/vbaProject.bin"),
         "这个文件带有宏，不能导入。请另存为不带宏的 .xlsx 后再试。"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(name, data, message):
    assert refusal(name, data) == message


def test_an_archive_of_nothing_is_no_table():
    assert refusal("a.xlsx", b"PK\x05\x06" + bytes(18)) == NOT_A_SHEET


@pytest.mark.parametrize(
    "name",
    ["../../etc/cron", "/abs.xml", "C:\\a.xml", "xl\\..\\..\\a", "xl/a.zip", "xl/b.EXE", "a\nb"],
)
def test_smuggled_parts_are_refused(name):
    assert "夹带" in refusal("a.xlsx", with_entry(simple(), name))


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"]
)
def test_document_types_and_entities_are_refused_in_every_part(part):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = changed(simple(), part, lambda old: old.replace(b"?>", b"?>" + bomb, 1))
    assert "夹带" in refusal("a.xlsx", data)


def rows_xml(*references: str) -> str:
    return "".join(f'<row><c r="{place}"><v>1</v></c></row>' for place in references)


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (rows_xml("A1", "A50016"), "“Sheet1”超过 50,000 行"),
        (rows_xml("A1", "A1048576"), "超过 50,000 行"),
        (rows_xml("ALM1"), "“Sheet1”超过 1,000 列"),
        (rows_xml("XFD1"), "超过 1,000 列"),
        (rows_xml("A1", "CV40000"), "“Sheet1”超过 1,500,000 格"),
        (rows_xml("ZZZZZZ99999999999"), "已损坏"),
        (rows_xml("A0"), "已损坏"),
        ('<row r="99999999999999999999"><c><v>1</v></c></row>', "超过 50,000 行"),
        ("<row>" + "<c><v>1</v></c>" * 1_001 + "</row>", "超过 1,000 列"),
    ],
)
def test_tables_too_large_are_refused_by_what_they_really_hold(xml, words):
    assert words in refusal("a.xlsx", with_rows(xml))


def test_cells_of_all_sheets_count_together():
    def fill(book, sheet):
        sheet.write_row(0, 0, range(30))
        book.add_worksheet("二").write_row(0, 0, range(30))

    assert "超过 50 格" in refusal("a.xlsx", made(fill), Limits(cells=50))


def test_archives_that_lie_or_explode_are_refused():
    assert "压缩比超过" in refusal(
        "a.xlsx", with_entry(simple(), "xl/media/a.bin", bytes(30 << 20))
    )
    assert "展开后超过" in refusal("a.xlsx", simple(), Limits(unpacked_bytes=1_000))
    assert "部件" in refusal("a.xlsx", simple(), Limits(entries=5))
    assert "MB" in refusal("a.xlsx", simple(), Limits(file_bytes=1_000))


def test_a_part_larger_than_its_header_says_is_damaged():
    """The size in the directory is what was checked, so it must also be what is read."""
    data = bytearray(simple())
    at = data.rfind(SHEET.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    size = struct.unpack_from("<I", data, at + 24)[0]
    struct.pack_into("<I", data, at + 24, size - 40)
    assert refusal("a.xlsx", bytes(data)) == DAMAGED


def test_overlapping_and_encrypted_parts_are_refused():
    data = bytearray(simple())
    at = data.rfind(SHEET.encode()) - 46
    struct.pack_into("<I", data, at + 20, len(data))
    assert refusal("a.xlsx", bytes(data)) == DAMAGED
    locked = bytearray(simple())
    locked[at + 8] |= 1
    assert "密码" in refusal("a.xlsx", bytes(locked))


def test_one_long_text_used_many_times_is_stopped():
    """The unpacked file is small; only what it stands for is large."""

    def fill(_, sheet):
        for row in range(2_000):
            sheet.write_string(row, 0, "字" * 30_000)

    assert "文字超过 20,000,000 个字" in refusal("a.xlsx", made(fill))


def test_the_child_is_held_to_its_memory_and_processor_time():
    row = "<row>" + "<c><v>1</v></c>" * 50 + "</row>"
    big = with_rows(row * 25_000)
    assert "内存或时间过多" in refusal("a.xlsx", big, Limits(ratio=1_000, memory_bytes=80 << 20))
    assert "内存或时间过多" in refusal("a.xlsx", big, Limits(ratio=1_000, cpu_seconds=1))


def test_mutated_files_are_read_or_refused():
    """Flipped, cut and repeated bytes, in the archive and inside its parts: 300 of them."""
    chance = random.Random(20191105)
    original = sheets.write_xlsx(
        [Column("院"), Column("日期", kind="date"), Column("数", kind="integer")],
        [[f"院{row}", date(2019, 3, 1 + row), row] for row in range(20)],
        title="表",
        notes=["说明"],
        choices={"院": ["院1", "院2"]},
    )
    parts = zipfile.ZipFile(io.BytesIO(original)).namelist()
    refused = 0
    for number in range(300):
        if number % 2:
            data = mutated(chance, original)
        else:
            data = changed(original, chance.choice(parts), lambda old: mutated(chance, old))
        try:
            assert sheets.read("a.xlsx", data).sheets
        except SheetError as error:
            checked(str(error))
            refused += 1
    assert 100 < refused < 295


def mutated(chance: random.Random, data: bytes) -> bytes:
    content = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        at = chance.randrange(len(content))
        kind = chance.randrange(5)
        if kind == 0:
            content[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del content[at : at + chance.randrange(1, 60)]
        elif kind == 2:
            content[at:at] = content[max(0, at - chance.randrange(1, 60)) : at]
        elif kind == 3:
            content[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 2**31, 2**32 - 1)))
        else:
            digits = [place for place, byte in enumerate(content) if 48 <= byte < 58]
            content[chance.choice(digits or [at])] = 48 + chance.randrange(10)
        content = content or bytearray(b"PK")
    return bytes(content)


@settings(max_examples=25)
@given(st.binary(max_size=400), st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", OLE[:8], b""]))
def test_any_bytes_named_xlsx_are_refused(tail, head):
    checked(refusal("a.xlsx", head + tail))


@settings(max_examples=400)
@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.txt", "a", ".csv"]))
def test_any_bytes_named_csv_are_read_or_refused(data, name):
    try:
        (sheet,) = sheets.read(name, data).sheets
    except SheetError as error:
        checked(str(error))
    else:
        assert len({len(row) for row in sheet.rows}) <= 1


# --- text tables -----------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_chinese_programs_are_recognised(encoding):
    data = "姓名,承办院\r\n张三,南宁市院\r\n𠮷某,\r\n".encode(encoding)
    (sheet,) = sheets.read("名单.csv", data).sheets
    assert sheet.name == "名单"
    assert sheet.rows == [["姓名", "承办院"], ["张三", "南宁市院"], ["𠮷某", None]]


@pytest.mark.parametrize(
    "data",
    [
        "姓名,单位\n张三,南宁".encode("utf-16"),
        "姓名,单位\n张三,南宁".encode("utf-16-le"),
        "姓名,單位\n張三,臺灣銀行南寧分行\n李四,國家檢察".encode("big5"),
        "名前,会社\n山田,とうきょう".encode("shift_jis"),
        "naïve café,Ünïcödé\n".encode("latin-1"),
        b"a,b\x00c\n",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        bytes(range(128, 256)) * 4,
    ],
)
def test_other_encodings_and_binary_files_are_refused(data):
    assert "文字编码" in refusal("a.csv", data)


def test_tabs_are_told_from_commas():
    assert sheets.read("a.txt", "甲\t乙,丙\n1\t2".encode()).sheets[0].rows == [
        ["甲", "乙,丙"],
        ["1", "2"],
    ]
    assert sheets.read("a.csv", '甲,"乙\t\t丙"\n'.encode()).sheets[0].rows == [["甲", "乙\t\t丙"]]
    assert sheets.read("a.tsv", "甲,乙".encode()).sheets[0].rows == [["甲,乙"]]


@pytest.mark.parametrize("cell", ["=1+1", " =cmd|' /C calc'!A0", "@SUM(1)", '"=1,2"'])
def test_formulas_in_text_tables_are_named(cell):
    assert "第 2 行 B 列是公式" in refusal("a.csv", f"甲,乙\n1,{cell}\n".encode())


def test_signs_alone_make_no_formula():
    text = "甲,乙\n-5,+86 771\n-无,+\n"
    assert sheets.read("a.csv", text.encode()).sheets[0].rows[1:] == [
        ["-5", "+86 771"],
        ["-无", "+"],
    ]


def test_an_unclosed_quote_does_not_swallow_the_rest():
    assert "引号没有配对" in refusal("a.csv", '甲,乙\n"1,2\n3,4\n'.encode())
    assert refusal("a.csv", b'"' + b"a" * 200_000 + b'"').startswith("第 1 行读不出来")


def test_text_tables_have_the_same_limits():
    assert "超过 3 行" in refusal("a.csv", b"1\n" * 19, Limits(rows=3))
    assert "“a”超过 1,000 列" in refusal("a.csv", b"," * 1_000)
    assert "超过 5 格" in refusal("a.csv", b"1\n2\n3,,\n", Limits(cells=5))


# --- heading ---------------------------------------------------------------------------------

TWO_ROWS: list[list[object]] = [
    ["起诉人员情况表", None, None, None, None],
    ["单位", "办理情况", None, None, "备注"],
    [None, "受理日期", "起诉\n日期", "人 数", None],
    ["南宁市院", "2019.3.5", None, 3, None],
]
TWO_NAMES = ["单位", "办理情况·受理日期", "办理情况·起诉日期", "办理情况·人数", "备注"]


def test_two_rows_with_a_title_become_one_heading():
    assert sheets.find_heading(TWO_ROWS) == Heading((1, 3), TWO_NAMES)


def test_merged_heading_cells_are_filled_and_merged_data_cells_are_not():
    def fill(_, sheet):
        sheet.merge_range("A1:E1", "起诉人员情况表")
        sheet.merge_range("A2:A3", "单位")
        sheet.merge_range("B2:D2", "办理情况")
        sheet.write_row("B3", ["受理日期", "起诉\n日期", "人 数"])
        sheet.merge_range("E2:E3", "备注")
        sheet.merge_range("A4:A5", "南宁市院")
        sheet.write_row("B4", ["2019.3.5", "", 3, "甲"])
        sheet.write_row("B5", ["2019.3.6", "", 4, "乙"])

    (sheet,) = sheets.read("a.xlsx", made(fill)).sheets
    assert sheet.rows[1] == ["单位", "办理情况", "办理情况", "办理情况", "备注"]
    assert sheet.rows[2][0] == "单位"
    assert [row[0] for row in sheet.rows[3:]] == ["南宁市院", None]
    assert sheets.find_heading(sheet.rows) == Heading((1, 3), TWO_NAMES)


@pytest.mark.parametrize(
    ("rows", "span", "names"),
    [
        ([["单位", "姓名"], ["南宁市院", "张三"]], (0, 1), ["单位", "姓名"]),
        ([["单位", 2019, "2020年"], ["南宁", 3, 4]], (0, 1), ["单位", "2019", "2020年"]),
        ([["填报单位：南宁", None, "日期：3月", None], ["序号", "单位", "姓名", "备注"], [1, "a", "b", None]],
         (1, 2), ["序号", "单位", "姓名", "备注"]),
        ([["单位", "逮捕", None, None, None], [None, "受理", None, "审结", None],
          [None, "件", "人", "件", "人"], ["南宁", 1, 2, 3, 4]],
         (0, 3), ["单位", "逮捕·受理·件", "逮捕·受理·人", "逮捕·审结·件", "逮捕·审结·人"]),
        ([["单位", "件", "人", "元"], ["甲", 1, 2, 3], ["南宁", 5, 6, 7]], (0, 2), ["单位", "件", "人", "元"]),
        ([[None, None], [], ["事项"], ["买书"]], (2, 3), ["事项", ""]),
        ([["单位", "备注"], ["南宁", "甲", "乙"]], (0, 1), ["单位", "备注", ""]),
        ([["单位", None, "备注"], ["南宁", "张三", "甲"]], (0, 1), ["单位", "", "备注"]),
    ],
)  # fmt: skip
def test_headings(rows, span, names):
    assert sheets.find_heading(rows) == Heading(span, names)


cells_of_any_kind = st.one_of(
    st.none(), st.text(max_size=6), st.integers(), st.dates(), st.sampled_from("单位件人12")
)


@given(st.lists(st.lists(cells_of_any_kind, max_size=5), max_size=8))
def test_any_rows_have_a_heading_or_none(rows: list[list[object]]):
    try:
        heading = sheets.find_heading(rows)
    except SheetError as error:
        checked(str(error))
    else:
        first, stop = heading.row_span
        assert 0 <= first < stop <= len(rows)
        assert len(heading.names) == max(map(len, rows[:15]))
        assert any(heading.names)


@pytest.mark.parametrize("rows", [[], [[None]], [[1, 2], [3, 4]], [[date(2019, 1, 1), "x"]]])
def test_a_table_without_heading_says_so(rows):
    with pytest.raises(SheetError, match="找不到表头"):
        sheets.find_heading(rows)


# --- writing ---------------------------------------------------------------------------------

ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
texts = st.text(max_size=30).map(lambda text: ILLEGAL.sub("", text))
values = st.one_of(
    st.none(),
    texts,
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
)
KINDS: tuple[cells.Kind, ...] = ("text", "integer", "decimal", "money", "date", "month", "choice")


def as_read(value: object) -> object:
    """What reading gives back for a value: what Excel cannot hold exactly has become text."""
    if isinstance(value, datetime) and value.date() >= date(1900, 1, 1):
        return value if value.time() > time.min else value.date()
    if isinstance(value, date):
        early = value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
        return value if not isinstance(value, datetime) and value >= date(1900, 1, 1) else early
    if isinstance(value, int):
        return value if abs(value) < 10**15 else str(value)
    if isinstance(value, Decimal):
        digits = len(value.normalize().as_tuple().digits)
        return value if digits <= 15 else format(value, "f")
    return value or None


@settings(max_examples=40)
@given(st.lists(st.lists(values, min_size=7, max_size=7), max_size=4))
def test_what_is_written_reads_back(rows):
    columns = [Column(f"列{at}", kind=kind) for at, kind in enumerate(KINDS)]
    expected = [[as_read(value) for value in row] for row in rows]
    while expected and expected[-1] == [None] * 7:
        expected.pop()  # blank rows at the end are no rows
    (sheet,) = sheets.read("a.xlsx", sheets.write_xlsx(columns, rows, title="表")).sheets
    assert sheet.rows[0] == [f"列{at}" for at in range(7)]
    assert [[exact(value) for value in row] for row in sheet.rows[1:]] == expected


def exact(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, float) else value


@settings(max_examples=200)
@given(st.lists(st.lists(st.one_of(st.none(), texts), min_size=2, max_size=2), max_size=5))
def test_texts_survive_csv(rows):
    data = sheets.write_csv([Column("甲"), Column("乙")], rows)
    (sheet,) = sheets.read("a.csv", data).sheets
    assert sheet.rows == [["甲", "乙"], *([cell or None for cell in row] for row in rows)]


@given(texts)
def test_guarding_is_undone_by_reading_only(text):
    data = sheets.write_csv([Column("甲")], [[text]])
    assert sheets.read("a.csv", data).sheets[0].rows[1:] == [[text or None]]
    safe = sheets.safe_text(text)
    assert not re.match(r"\s*[=@＝＠]", safe)
    assert safe in (text, "'" + text)


@pytest.mark.parametrize(
    "text", ["=1+1", "＝1+1", "+cmd", "-无", "@a", "\t=1", "  =1", "'=1", "\r", "-1+1"]
)
def test_risky_texts_are_guarded(text):
    assert sheets.safe_text(text) == "'" + text


@pytest.mark.parametrize("text", ["-5", "+3.5", "-1,234.50", "12%", "南宁", "a=b", "'quoted'", ""])
def test_ordinary_texts_are_left_alone(text):
    assert sheets.safe_text(text) == text


@settings(max_examples=25)
@given(
    st.lists(
        st.sampled_from(["=1+1", "{=A1}", "+1", "@x", "http://a", "=HYPERLINK(1)", "1e5", "007"]),
        min_size=3,
        max_size=3,
    )
)
def test_no_text_becomes_a_formula_or_a_number(row):
    data = sheets.write_xlsx([Column(text) for text in row], [row], title="=1", notes=row)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n"}
        assert not any(isinstance(cell.value, int) for line in sheet.iter_rows() for cell in line)


def test_a_template_has_dates_lists_notes_and_a_frozen_heading():
    columns = [
        Column("承办院", 20, "choice"),
        Column("起诉日期", 12, "date"),
        Column("已结", 6, "boolean"),
    ]
    data = sheets.write_xlsx(
        columns,
        [["南宁市院", date(2019, 3, 5), True]],
        title="起诉/人员:表",
        notes=["日期写成 2019-03-05"],
        choices={"承办院": ["南宁市院", "北,海市院"]},
    )
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["起诉 人员 表", "填写说明", "选项"]
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet["B2"].is_date
    assert sheet["B2"].value == MIDNIGHT
    assert sheet["C2"].value == "是"
    assert cells.boolean(sheet["C2"].value).value is True
    (rule,) = sheet.data_validations.dataValidation
    assert str(rule.sqref) == "A2:A50001"
    assert rule.formula1 == "选项!$A$1:$A$2"
    assert book["选项"].sheet_state == "hidden"
    assert [sheet.name for sheet in sheets.read("a.xlsx", data).sheets] == [
        "起诉 人员 表",
        "填写说明",
    ]


@pytest.mark.parametrize("title", ["", "'", "[a]*?/\\:", "选项", "History", "长" * 40, "\x00"])
def test_any_title_names_a_sheet(title):
    data = sheets.write_xlsx(
        [Column("甲")], [["x"]], title=title, notes=["n"], choices={"甲": ["x"]}
    )
    assert sheets.read("a.xlsx", data).sheets[0].rows == [["甲"], ["x"]]


def test_a_text_no_cell_can_hold_is_refused_not_cut():
    with pytest.raises(SheetError, match=r"第 2 行“备注”超过 32,767 个字"):
        sheets.write_xlsx([Column("备注")], [["长" * 32_768]], title="表")
    assert sheets.write_xlsx([Column("备注")], [["长" * 32_767]], title="表")


def test_rows_must_fit_their_columns():
    with pytest.raises(ValueError, match="zip"):
        sheets.write_xlsx([Column("甲")], [["x", "y"]], title="表")
