"""What office files say beside their body is read, and no file does harm by it."""

from __future__ import annotations

import io
import zipfile

import docx
import openpyxl
import pytest
from docx.oxml import parse_xml
from docx.shared import Cm
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

from rongjian.kernel.office_parts import side_texts

MARK = "机密★10年"
WATERMARK = (
    '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape>'
    f'<v:textpath string="{MARK}"/></v:shape></w:pict></w:r></w:p>'
)


def saved(made: openpyxl.Workbook | docx.document.Document) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def book(spot: str) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["编号", "项目"])
    if spot == "comment":
        sheet["A1"].comment = Comment(f"来文\n{MARK}", "某某")
    elif spot == "header":
        sheet.oddHeader.center.text = MARK
    elif spot == "footer":
        sheet.evenFooter.right.text = f"第 &P 页 {MARK}"
    elif spot == "sheet":
        made.create_sheet(MARK).sheet_state = "hidden"
    else:
        setattr(made.properties, spot, MARK)
    return saved(made)


def paper(spot: str) -> bytes:
    made = docx.Document()
    made.add_paragraph("起诉1591人。")
    section = made.sections[0]
    if spot == "header":
        paragraph = section.header.paragraphs[0]
        paragraph.add_run(MARK[:1])
        paragraph.add_run(MARK[1:]).bold = True
    elif spot == "footer":
        section.footer.add_table(1, 1, Cm(10)).cell(0, 0).text = MARK
    elif spot == "watermark":
        section.header._element.append(parse_xml(WATERMARK))
    elif spot == "comment":
        made.add_comment(made.paragraphs[0].runs[0], MARK, "某某")
    else:
        setattr(made.core_properties, spot, MARK)
    return saved(made)


def said(data: bytes) -> str:
    return "\n".join(text for _, text in side_texts(data))


@pytest.mark.parametrize(
    "spot", ["comment", "header", "footer", "sheet", "title", "keywords", "description"]
)
def test_what_stands_beside_the_cells_is_read(spot: str) -> None:
    assert MARK in said(book(spot))


@pytest.mark.parametrize(
    "spot", ["header", "footer", "watermark", "comment", "subject", "keywords"]
)
def test_what_stands_beside_the_paragraphs_is_read(spot: str) -> None:
    lines = [line.strip() for line in said(paper(spot)).splitlines()]
    assert MARK in lines


def test_the_body_itself_is_not_read_here() -> None:
    assert "起诉" not in said(paper("title"))
    assert "编号" not in said(book("title"))


def test_a_header_behind_many_rows_is_found() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for number in range(5_000):
        sheet.append([f"第{number}件", number])
    sheet.oddFooter.left.text = MARK
    assert MARK in said(saved(made))


@pytest.mark.parametrize(
    "data", [b"", b"PK", "编号,项目\n".encode(), b"\xd0\xcf\x11\xe0" + bytes(99)]
)
def test_what_is_no_archive_says_nothing(data: bytes) -> None:
    assert list(side_texts(data)) == []


@given(st.binary(max_size=400))
def test_any_part_gets_an_answer(content: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", content)
        archive.writestr("xl/worksheets/sheet1.xml", b"<oddHeader>" + content)
    assert all(place for place, _ in side_texts(out.getvalue()))


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "绝密绝密"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;&b;</x>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("docProps/core.xml", bomb)
    assert said(out.getvalue()).strip() == ""
