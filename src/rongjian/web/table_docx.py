"""A ledger as a table in Word: A4 landscape, the head on every page, what was asked for below it.

No official document (公文), so it has none of their page; the columns are those of the list.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT
from docx.shared import Mm

from rongjian.documents.gongwen import element, run_properties
from rongjian.records.queries import shown, with_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_ROWS = 2000
"""Rows of one table; a paper of more pages is not read, and Excel holds them."""
_WIDTH = 15138
"""A4 landscape within 15 mm, in twentieths of a point."""
_TITLE = ("黑体", 32)
_TEXT = ("仿宋_GB2312", 21)


def table_document(
    actor: Actor, kind: Kind, rows: QuerySet[Record], columns: Sequence[str], words: str
) -> bytes:
    """The rows as docx; people are masked as the list masks them."""
    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(15)
    masked = not kind.model.member_field
    lines = [
        (str(number), *(shown(kind, name, record, masked=masked) for name in columns))
        for number, record in enumerate(with_names(kind, rows, columns), start=1)
    ]
    headings = ("序号", *(kind.heading(name) for name in columns))
    asked = f"填报单位：{actor.person.court.name}　条件：{words or '全部'}　共 {len(lines):,} 条"
    signed = f"审核：　　　　　　　　制表：　　　　　　　　数据时间：{actor.now:%Y-%m-%d %H:%M}"
    body = document.element.body
    for xml in (
        _paragraph(kind.name, _TITLE, "center"),
        _paragraph(asked, _TEXT, "left"),
        _table(headings, lines),
        _paragraph(signed, _TEXT, "left"),
    ):
        body.sectPr.addprevious(element(xml))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    width = (_WIDTH - 700) // (len(headings) - 1)
    widths = (700, *[width] * (len(headings) - 1))
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    rows = [_row(headings, widths, "<w:tblHeader/>"), *(_row(line, widths) for line in lines)]
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{edges}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )


def _row(cells: Sequence[str], widths: Sequence[int], head: str = "") -> str:
    content = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(text, _TEXT, 'center' if head else 'left')}</w:tc>"
        for text, width in zip(cells, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{content}</w:tr>"


def _paragraph(text: str, font: tuple[str, int], align: str) -> str:
    lines = [f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n")]
    return (
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/><w:jc w:val="{align}"/></w:pPr>'
        f"<w:r>{run_properties(*font)}{'<w:br/>'.join(lines)}</w:r></w:p>"
    )
