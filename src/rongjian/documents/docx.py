"""A composed document as a Word file to GB/T 9704-2012, and the way back from it to its records.

Figures are plain text in the body. Each stands between the ends of a bookmark named after its
slot, and a custom XML part that no reader shows keeps, for every slot, the trace id with
indicator, unit, period, value, definition version and snapshot. A bookmark rather than a content
control: it leaves the text flat for every other program, and nothing pops up while one edits.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax.saxutils import escape

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from rongjian.documents.composition import LiveFigure, Quotation, Text, Withheld, span
from rongjian.documents.gongwen import (
    CHARACTER,
    CHARACTERS,
    STYLES,
    TYPE_AREA,
    blank,
    element,
    run_properties,
)
from rongjian.documents.titles import title_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from docx.document import Document

    from rongjian.documents.composition import Block, Composition, Run

NAMESPACE = "urn:rongjian:figures:1"
ANNEX_NAME = "数字来源表"
_BOOKMARK = "RJ_"
_LEVELS = {"h1": "GwH1", "h2": "GwH2", "h3": "GwH3", "p": "GwBody"}
_ITEM_ID = "{6B1F0C52-0F6E-4E0B-9C0B-4E1B0F1D9704}"
_PROPERTIES_XML = (
    '<?xml version="1.0" encoding="UTF-8"?><ds:datastoreItem xmlns:ds="http://schemas.'
    f'openxmlformats.org/officeDocument/2006/customXml" ds:itemID="{_ITEM_ID}"><ds:schemaRefs>'
    f'<ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
)
_PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_HEADINGS = ("序号", "文中写法", "指标或引文", "期间", "依据")
_WIDTHS = (660, 1300, 2384, 1500, 3000)
# The earliest time a zip can name: the same document is the same bytes on every day.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write(
    composition: Composition, *, day: date, addressee: str = "", annex: bool = False
) -> bytes:
    """The document as docx, dated `day`; with `annex`, a table of every number's source."""
    document = blank(composition.title, composition.unit_name, day)
    paper = _Paper(document)
    paper.add("GwTitle", [Text("\n".join(title_lines(composition.title)))])
    paper.add("GwBody", [])
    if addressee:
        paper.add("GwSend", [Text(f"{addressee.rstrip('：:')}：")])
    for block in composition.blocks:
        paper.add_block(block)
    if annex:
        paper.add("GwBody", [])
        paper.add("GwBody", [Text(f"附件：{ANNEX_NAME}")])
    _sign(paper, composition.unit_name, day)
    if annex:
        _annex(paper, composition)
    _attach(document, composition, paper.places)
    buffer = io.BytesIO()
    document.save(buffer)
    return _stable(buffer.getvalue())


def trace(content: bytes) -> list[tuple[str, str]]:
    """Every number of a docx that `write` made: its trace id, and the text that stands there."""
    document = docx.Document(io.BytesIO(content))
    names = {entry.get("slot", ""): entry.get("trace", "") for entry in _attached(document)}
    found: list[tuple[str, str]] = []
    texts: dict[str, int] = {}
    for node in document.element.body.iter():
        if node.tag == qn("w:bookmarkStart"):
            slot = (node.get(qn("w:name")) or "").removeprefix(_BOOKMARK)
            if slot in names:
                texts[node.get(qn("w:id")) or ""] = len(found)
                found.append((names[slot], ""))
        elif node.tag == qn("w:bookmarkEnd"):
            texts.pop(node.get(qn("w:id")) or "", None)
        elif node.tag == qn("w:t"):
            for place in texts.values():
                name, text = found[place]
                found[place] = (name, text + (node.text or ""))
    return found


class _Paper:
    """The body while it is being written: adds paragraphs and remembers where numbers stand."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.places: dict[str, tuple[int, int]] = {}
        self._end = document.element.body.sectPr
        self._paragraphs = 0

    def add(self, style: str, runs: Sequence[Run], properties: str = "") -> None:
        """Add a paragraph in a style."""
        self.place(_paragraph(style, self._runs(style, runs), properties))

    def add_block(self, block: Block) -> None:
        """Add a heading or paragraph of the composition."""
        self.add(_LEVELS[block.level], block.runs)

    def place(self, xml: str) -> None:
        """Put a paragraph or table at the end of the body."""
        assert self._end is not None  # noqa: S101  # the library's empty document has a section
        self._end.addprevious(element(xml))
        self._paragraphs += 1

    def _runs(self, style: str, runs: Sequence[Run]) -> str:
        found: list[str] = []
        for number, run in enumerate(runs):
            if isinstance(run, LiveFigure | Quotation):
                self.places[run.slot] = (self._paragraphs, number)
            found.append(_run(style, run, len(self.places)))
        return "".join(found)


def _paragraph(style: str, content: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def _run(style: str, run: Run, number: int) -> str:
    look = run_properties(STYLES[style].font, STYLES[style].size)
    lines = [f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in run.text.split("\n")]
    xml = f"<w:r>{look}{'<w:br/>'.join(lines)}</w:r>"
    if isinstance(run, Text | Withheld):
        return xml
    name = f"{_BOOKMARK}{run.slot}"
    return (
        f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{xml}<w:bookmarkEnd w:id="{number}"/>'
    )


def _sign(paper: _Paper, organ: str, day: date) -> None:
    """署名 and 日期 without a seal: the date begins two characters right of the name's beginning.

    Both are set from the left, so that this holds whatever digits the reader's font has; the longer
    of them ends two characters before the edge.
    """
    written = f"{day.year}年{day.month}月{day.day}日"
    # Digits are half as wide as characters.
    date_length = len(written) - sum(map(str.isdigit, written)) / 2
    room = CHARACTERS - 2
    name_indent = max(0.0, min(room - len(organ), room - date_length - 2))
    paper.add("GwBody", [])
    for text, indent in ((organ, name_indent), (written, name_indent + 2)):
        width = f'w:leftChars="{round(indent * 100)}" w:left="{round(indent * CHARACTER)}"'
        paper.add("GwSign", [Text(text)], f"<w:ind {width}/>")


def _annex(paper: _Paper, composition: Composition) -> None:
    paper.add("GwAnnex", [Text("附件")], "<w:pageBreakBefore/>")
    paper.add("GwBody", [])
    paper.add("GwTitle", [Text(ANNEX_NAME)])
    paper.add("GwBody", [])
    numbers: list[LiveFigure | Quotation] = [*composition.figures, *composition.quotations]
    numbers.sort(key=lambda run: paper.places[run.slot])
    rows = [_row(_HEADINGS, head=True)]
    rows += [_row(_source(number, run)) for number, run in enumerate(numbers, start=1)]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    paper.place(
        f'<w:tbl><w:tblPr><w:tblW w:w="{TYPE_AREA}" w:type="dxa"/><w:tblBorders>{edges}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(rows)}</w:tbl>"
    )
    # A body may not end in a table; one line costs no page.
    paper.add("GwTable", [])


def _source(number: int, run: LiveFigure | Quotation) -> tuple[str, ...]:
    if isinstance(run, Quotation):
        return (str(number), run.text, run.statement, "—", f"引文，{run.source}，不由系统计算")
    basis = f"{run.records:,}条记录，口径v{run.version}，快照{run.snapshot}，{run.status.label}"
    words = f"{basis}，追溯号{run.trace_id}"
    return (str(number), run.text, run.name, span(run.period), words)


def _row(cells: Iterable[str], *, head: bool = False) -> str:
    heading = "<w:tblHeader/>" if head else ""
    content = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph('GwTable', _run('GwTable', Text(text), 0))}</w:tc>"
        for text, width in zip(cells, _WIDTHS, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{heading}</w:trPr>{content}</w:tr>"


def _attach(
    document: Document, composition: Composition, places: dict[str, tuple[int, int]]
) -> None:
    """Add the part that says what every bookmark stands for."""
    root = Element("figures", {"xmlns": NAMESPACE, "kind": composition.kind})
    for entry in composition.listing:
        slot = entry["trace"].split(":", 1)[0]
        paragraph, run = places[slot]
        where = {"slot": slot, "paragraph": str(paragraph), "run": str(run)}
        name = "quotation" if "quotation" in entry else "figure"
        SubElement(root, name, where | {key: _plain(value) for key, value in entry.items()})
    package = document.part.package
    content = tostring(root, encoding="UTF-8", xml_declaration=True)
    item = Part(PackURI("/customXml/item1.xml"), "application/xml", content, package)
    properties = Part(
        PackURI("/customXml/itemProps1.xml"), _PROPERTIES_TYPE, _PROPERTIES_XML.encode(), package
    )
    item.relate_to(properties, RELATIONSHIP_TYPE.CUSTOM_XML_PROPS)
    document.part.relate_to(item, RELATIONSHIP_TYPE.CUSTOM_XML)


def _plain(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _attached(document: Document) -> Iterable[Any]:
    for rel in document.part.rels.values():
        if rel.reltype == RELATIONSHIP_TYPE.CUSTOM_XML and not rel.is_external:
            root = parse_xml(rel.target_part.blob)
            if root.tag == f"{{{NAMESPACE}}}figures":
                return list(root)
    return []


def _stable(content: bytes) -> bytes:
    """The same parts in a zip without today's time in it; the types come first, as readers like."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        names = sorted(source.namelist(), key=lambda name: (not name.startswith("["), name))
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
            for name in names:
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
                target.writestr(entry, source.read(name))
    return buffer.getvalue()
