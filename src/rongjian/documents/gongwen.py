"""The page of GB/T 9704-2012: an empty docx with its margins, grid, styles, fonts and footers.

Measures are twips, font sizes half-points. 22 lines of 579 fill the 225 mm of the type area, and
28 characters its 156 mm when each is a little narrower than 三号. The page's grid says so to whoever
looks at the page set-up, but paragraphs do not snap to it: programs disagree on what a cell that is
narrower than its character means (LibreOffice gives such a character two cells). Exact lines and
a little negative spacing make the 22 × 28 instead. Every font is named outright: a theme font would
be taken from whatever machine opens the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import docx
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Twips

if TYPE_CHECKING:
    from datetime import date

    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

LINE = 579
# 28 × (16 pt - 0.3 pt) = 439.6 pt, and the type area is 442.2 pt wide; 29 do not fit. The 0.25 pt
# that would just do leave LibreOffice with 27.
SQUEEZE = -6
CHARACTER = 316
CHARACTERS = 28
TYPE_AREA = 8844
SONG_TITLE, HEI, KAI, FANGSONG, SONG = (
    "方正小标宋简体",
    "黑体",
    "楷体_GB2312",
    "仿宋_GB2312",
    "宋体",
)
# What a machine without the font may take instead.
_OTHER_NAMES = {
    SONG_TITLE: "FZXiaoBiaoSong-B05S",
    HEI: "SimHei",
    KAI: "KaiTi",
    FANGSONG: "FangSong",
    SONG: "SimSun",
}


@dataclass(frozen=True)
class Style:
    """A paragraph style: its font and size, and how its paragraphs are set."""

    code: str
    name: str
    font: str
    size: int = 32
    align: str = "both"
    indented: bool = False
    line: int = LINE
    outline: int | None = None

    def xml(self) -> str:
        """The style for `styles.xml`."""
        outline = "" if self.outline is None else f'<w:outlineLvl w:val="{self.outline}"/>'
        indent = 'w:firstLineChars="200" w:firstLine="632"' if self.indented else ""
        return (
            f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{self.code}">'
            f'<w:name w:val="{self.name}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
            f'<w:pPr><w:spacing w:before="0" w:after="0" w:line="{self.line}" w:lineRule="exact"/>'
            f'<w:ind {indent}/><w:jc w:val="{self.align}"/>{outline}</w:pPr>'
            f"{self._run()}</w:style>"
        )

    def _run(self) -> str:
        """Font and size; the squeeze only where 28 characters are to fill a line."""
        squeeze = f'<w:spacing w:val="{SQUEEZE}"/>' if self.size == 32 else ""
        return run_properties(self.font, self.size).replace("<w:sz ", f"{squeeze}<w:sz ", 1)


STYLES = {
    style.code: style
    for style in (
        Style("GwTitle", "公文标题", SONG_TITLE, 44, align="center"),
        Style("GwSend", "主送机关", FANGSONG),
        Style("GwH1", "公文一级标题", HEI, indented=True, outline=0),
        Style("GwH2", "公文二级标题", KAI, indented=True, outline=1),
        Style("GwH3", "公文三级标题", FANGSONG, indented=True, outline=2),
        Style("GwBody", "公文正文", FANGSONG, indented=True),
        Style("GwSign", "署名和日期", FANGSONG, align="left"),
        Style("GwAnnex", "附件标识", HEI),
        Style("GwTable", "公文表格", FANGSONG, 21, align="left", line=320),
        Style("GwPage", "公文页码", SONG, 28, line=400),
    )
}


def run_properties(font: str, size: int) -> str:
    """Font and size of a run or style; the hint lets “ ” and — be Chinese punctuation."""
    return (
        f'<w:rPr><w:rFonts w:hint="eastAsia" w:ascii="{font}" w:hAnsi="{font}" '
        f'w:eastAsia="{font}" w:cs="{font}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    )


def blank(title: str, organ: str, day: date) -> Document:
    """An empty document on the official page; its author is the organ, never a person."""
    document = docx.Document()
    _strip(document)
    _replace(document.styles.element, _styles())
    _replace(document.settings.element, _settings())
    _add_fonts(document)
    _page(document)
    _describe(document, title, organ, day)
    return document


def element(xml: str) -> BaseOxmlElement:
    """An element written without its namespace declarations."""
    name = xml[1:].split(">", 1)[0].split("/", 1)[0].split(" ", 1)[0]
    return parse_xml(xml.replace(f"<{name}", f"<{name} {nsdecls('w')}", 1))


def _strip(document: Document) -> None:
    """Drop what the library's own empty document brings along: theme, thumbnail and the like."""
    wanted = {RELATIONSHIP_TYPE.STYLES, RELATIONSHIP_TYPE.SETTINGS}
    wanted |= {RELATIONSHIP_TYPE.OFFICE_DOCUMENT, RELATIONSHIP_TYPE.CORE_PROPERTIES}
    for owner in (document.part, document.part.package):
        rels: dict[str, Any] = owner.rels
        for key in [key for key, rel in rels.items() if rel.reltype not in wanted]:
            del rels[key]


def _replace(root: BaseOxmlElement, children: str) -> None:
    for child in list(root):
        root.remove(child)
    for name in list(root.attrib):
        del root.attrib[name]
    for child in list(parse_xml(f"<w:root {nsdecls('w')}>{children}</w:root>")):
        root.append(child)


def _styles() -> str:
    default = Style("Normal", "Normal", FANGSONG)
    return (
        f"<w:docDefaults><w:rPrDefault>{_default_run()}</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:kinsoku/><w:overflowPunct/>'
        '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{LINE}" w:lineRule="exact"/>'
        f'<w:jc w:val="both"/></w:pPr>{run_properties(default.font, default.size)}</w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        + "".join(style.xml() for style in STYLES.values())
    )


def _default_run() -> str:
    language = '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    return run_properties(FANGSONG, 32).replace("</w:rPr>", f"{language}</w:rPr>")


def _settings() -> str:
    address = "http://schemas.microsoft.com/office/word"
    return (
        '<w:zoom w:percent="100"/><w:defaultTabStop w:val="632"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:useFELayout/>'
        f'<w:compatSetting w:name="compatibilityMode" w:uri="{address}" w:val="15"/></w:compat>'
    )


def _add_fonts(document: Document) -> None:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in _OTHER_NAMES.items()
    )
    xml = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    place = PackURI("/word/fontTable.xml")
    kind = CONTENT_TYPE.WML_FONT_TABLE
    part = Part(place, kind, xml.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FONT_TABLE)


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Twips(11906), Twips(16838)
    section.top_margin, section.bottom_margin = Twips(2098), Twips(1984)
    section.left_margin, section.right_margin = Twips(1588), Twips(1474)
    section.gutter, section.header_distance = Twips(0), Twips(851)
    # 25 mm from the paper's edge puts the dashes 7 mm below the type area.
    section.footer_distance = Twips(1417)
    properties = section._sectPr
    for grid in properties.findall(qn("w:docGrid")):
        properties.remove(grid)
    properties.append(
        element(f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE}" w:charSpace="-849"/>')
    )
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        _replace(footer._element, _page_number(side))


def _page_number(side: str) -> str:
    """— 1 — : one blank character from the outer edge, in half-width 四号 digits."""
    look = run_properties(SONG, 28)
    field = "".join(
        f"<w:r>{look}{content}</w:r>"
        for content in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return (
        f'<w:p><w:pPr><w:pStyle w:val="GwPage"/><w:ind w:{side}Chars="100" w:{side}="280"/>'
        f'<w:jc w:val="{side}"/></w:pPr>{field}</w:p>'
    )


def _describe(document: Document, title: str, organ: str, day: date) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = properties.last_modified_by = organ
    properties.comments = properties.keywords = properties.subject = ""
    properties.revision = 1
    properties.created = properties.modified = datetime.combine(day, time(), UTC)
