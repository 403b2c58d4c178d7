"""A docx taken apart, with the rules of GB/T 9704 as checks on its XML, and a sample to try."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import groupby

import docx
from docx.oxml.ns import qn
from lxml import etree

from rongjian.documents.composition import SAME, Block, Composition, LiveFigure, Quotation, Text
from rongjian.kernel.chinese_numbers import parse_number
from rongjian.kernel.periods import Period

CJK = re.compile(r"[\u3400-\u9fff]")
DAY = date(2026, 6, 25)
DATE = re.compile(r"\d{4}年(?:[1-9]|1[0-2])月(?:[1-9]|[12]\d|3[01])日")
PAIRS = (("“", "”"), ("‘", "’"), ("《", "》"), ("（", "）"))


def sample() -> Composition:
    """A document with a heading of each level, a figure, a rounded sum and a quotation."""
    period = Period.parse("2018-01..2020-12")

    def figure(slot: str, code: str, value: int, unit: str, text: str) -> LiveFigure:
        return LiveFigure(
            slot=slot,
            indicator=code,
            name="起诉人数",
            version=1,
            unit="450000",
            period=period,
            value=Decimal(value),
            measure_unit=unit,
            text=text,
            records=1591,
            snapshot=7,
            frozen=False,
            status=SAME,
        )

    quoted = Quotation("Q01", "satisfaction", "定点帮扶评议满意度", "第1名", "公开文稿（2021年）")
    return Composition(
        kind="sample",
        title="广西壮族自治区人民检察院关于推进党建和业务深度融合情况的报告",
        unit="450000",
        unit_name="广西壮族自治区人民检察院",
        snapshot=7,
        blocks=(
            Block("h1", (Text("一、以“党建+服务”保障大局"),)),
            Block("h2", (Text("（一）把支部建在专班上"),)),
            Block("h3", (Text("1.做实工作"),)),
            Block(
                "p",
                (
                    Text("一是起诉"),
                    figure("F01", "prosecuted-gang", 1591, "人", "1591"),
                    Text("人，查扣冻结财产"),
                    figure("F02", "assets-gang", 3_521_000_000, "元", "35亿余元"),
                    Text("；二是评议满意度为"),
                    quoted,
                    Text("。<&>"),
                ),
            ),
        ),
    )


class Paper:
    """The parts of a docx, parsed."""

    def __init__(self, content: bytes, *, addressee: str = "", annex: bool = False) -> None:
        self.content, self.addressee, self.annex = content, addressee, annex
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            self.parts = {name: package.read(name) for name in package.namelist()}
        self.document = docx.Document(io.BytesIO(content))

    def part(self, name: str) -> etree._Element:
        return etree.fromstring(self.parts[name])

    @cached_property
    def body(self) -> etree._Element:
        return self.part("word/document.xml")[0]

    @cached_property
    def styles(self) -> dict[str, etree._Element]:
        root = self.part("word/styles.xml")
        return {style.get(qn("w:styleId")): style for style in root.iter(qn("w:style"))}

    @property
    def section(self) -> etree._Element:
        return self.body.find(qn("w:sectPr"))

    @property
    def footers(self) -> dict[str, etree._Element]:
        relations = self.part("word/_rels/document.xml.rels")
        targets = {each.get("Id"): each.get("Target") for each in relations}
        return {
            each.get(qn("w:type")): self.part(f"word/{targets[each.get(qn('r:id'))]}")
            for each in self.section.findall(qn("w:footerReference"))
        }

    def paragraphs(self, style: str = "") -> list[etree._Element]:
        return [p for p in self.body.findall(qn("w:p")) if style in ("", style_of(p))]

    def texts(self, style: str) -> list[str]:
        return [text_of(p) for p in self.paragraphs(style)]

    @property
    def main_text(self) -> list[etree._Element]:
        """The paragraphs before the annex."""
        found = self.paragraphs()
        ends = [place for place, p in enumerate(found) if style_of(p) == "GwAnnex"]
        return found[: ends[0]] if ends else found


def style_of(paragraph: etree._Element) -> str:
    return value(paragraph, "pPr/pStyle") or ""


def text_of(node: etree._Element) -> str:
    marks = {qn("w:br"): "\n"}
    return "".join(
        each.text or "" if each.tag == qn("w:t") else marks[each.tag]
        for each in node.iter(qn("w:t"), qn("w:br"))
    )


def value(node: etree._Element, path: str, attribute: str = "val") -> str | None:
    found = node.find("/".join(qn(f"w:{step}") for step in path.split("/")))
    return None if found is None else found.get(qn(f"w:{attribute}"))


def number(node: etree._Element, path: str, attribute: str = "val") -> int:
    return int(value(node, path, attribute) or 0)


def type_area(paper: Paper) -> tuple[int, int]:
    section = paper.section
    width = number(section, "pgSz", "w")
    width -= number(section, "pgMar", "left") + number(section, "pgMar", "right")
    height = number(section, "pgSz", "h")
    height -= number(section, "pgMar", "top") + number(section, "pgMar", "bottom")
    return width, height


def dx_01(paper: Paper) -> None:
    for section in paper.body.iter(qn("w:sectPr")):
        assert (number(section, "pgSz", "w"), number(section, "pgSz", "h")) == (11906, 16838)
        assert value(section, "pgSz", "orient") in (None, "portrait")


def dx_02(paper: Paper) -> None:
    wanted = {"top": 2098, "left": 1588, "right": 1474, "bottom": 1984, "gutter": 0}
    assert {name: number(paper.section, "pgMar", name) for name in wanted} == wanted


def dx_03(paper: Paper) -> None:
    width, height = type_area(paper)
    assert abs(width - 8844) <= 57
    assert abs(height - 12756) <= 57


def dx_04(paper: Paper) -> None:
    assert value(paper.section, "docGrid", "type") == "linesAndChars"
    assert number(paper.section, "docGrid", "linePitch") == 579
    assert abs(number(paper.section, "docGrid", "charSpace") + 849) <= 8
    # What makes 28 characters of 16 pt fit where a program takes the grid otherwise.
    assert value(paper.styles["Normal"], "pPr/snapToGrid") == "0"
    for code in ("GwBody", "GwH1", "GwH2", "GwH3", "GwSend", "GwSign"):
        pitch = 320 + number(paper.styles[code], "rPr/spacing")
        assert 28 * pitch <= type_area(paper)[0] < 29 * pitch


def dx_05(paper: Paper) -> None:
    line = number(paper.styles["GwBody"], "pPr/spacing", "line")
    assert 22 * line <= type_area(paper)[1] < 23 * line


def dx_06(paper: Paper) -> None:
    assert value(paper.styles["Normal"], "rPr/sz") == "32"
    defaults = paper.part("word/styles.xml")
    assert value(defaults, "docDefaults/rPrDefault/rPr/lang", "eastAsia") == "zh-CN"


def dx_07(paper: Paper) -> None:
    seen = 0
    for name, content in paper.parts.items():
        if name.startswith("word/") and name.endswith(".xml"):
            assert b"Theme=" not in content, name
            for run in etree.fromstring(content).iter(qn("w:r")):
                if CJK.search(text_of(run)):
                    seen += 1
                    assert value(run, "rPr/rFonts", "eastAsia")
    assert seen
    assert not any("theme" in name for name in paper.parts)


def dx_08(paper: Paper) -> None:
    style = paper.styles["GwBody"]
    assert value(style, "rPr/rFonts", "eastAsia") == "仿宋_GB2312"
    assert value(style, "rPr/sz") == "32"
    assert value(style, "pPr/jc") == "both"
    assert (value(style, "pPr/spacing", "line"), value(style, "pPr/spacing", "lineRule")) == (
        "579",
        "exact",
    )
    assert value(style, "pPr/ind", "firstLineChars") == "200"
    assert value(paper.styles["Normal"], "pPr/autoSpaceDE") == "0"
    assert value(paper.styles["Normal"], "pPr/autoSpaceDN") == "0"
    for name in ("word/document.xml", "word/styles.xml"):
        assert not list(paper.part(name).iter(qn("w:b"), qn("w:bCs"), qn("w:i")))


def dx_09(paper: Paper) -> None:
    style = paper.styles["GwTitle"]
    assert value(style, "rPr/rFonts", "eastAsia") == "方正小标宋简体"
    assert value(style, "rPr/sz") == "44"
    assert value(style, "pPr/jc") == "center"
    assert value(style, "pPr/ind", "firstLine") is None
    for title in paper.texts("GwTitle"):
        for line in title.split("\n"):
            assert 0 < len(line) <= 20
            assert line[0] not in "的和、"


def dx_10(paper: Paper) -> None:
    found = paper.paragraphs("GwSend")
    assert len(found) == bool(paper.addressee)
    for paragraph in found:
        assert text_of(paragraph) == f"{paper.addressee}："
        assert value(paper.styles["GwSend"], "pPr/ind", "firstLine") is None
        above = paragraph.getprevious()
        assert text_of(above) == ""
        assert text_of(above.getprevious()) != ""


def dx_11(paper: Paper) -> None:
    assert value(paper.styles["GwH1"], "rPr/rFonts", "eastAsia") == "黑体"
    for text in paper.texts("GwH1"):
        assert re.match(r"[一二三四五六七八九十]+、", text)
        assert not text.endswith("。")


def dx_12(paper: Paper) -> None:
    assert value(paper.styles["GwH2"], "rPr/rFonts", "eastAsia") == "楷体_GB2312"
    for text in paper.texts("GwH2"):
        assert re.match(r"（[一二三四五六七八九十]+）[^、]", text)


def dx_13(paper: Paper) -> None:
    assert value(paper.styles["GwH3"], "rPr/rFonts", "eastAsia") == "仿宋_GB2312"
    for text in paper.texts("GwH3"):
        assert re.match(r"\d+\.[^\d]", text)


def dx_14(paper: Paper) -> None:
    levels = {"GwH1": r"(.+?)、", "GwH2": r"（(.+?)）", "GwH3": r"(\d+)\."}
    counts = dict.fromkeys(levels, 0)
    for paragraph in paper.main_text:
        style, text = style_of(paragraph), text_of(paragraph)
        if style in levels:
            counts[style] += 1
            found = re.match(levels[style], text)
            assert found
            assert parse_number(found[1]) == counts[style], text
            for lower in list(levels)[list(levels).index(style) + 1 :]:
                counts[lower] = 0
        marked = [parse_number(each) for each in re.findall(r"([一二三四五六七八九十]+)是", text)]
        assert marked == list(range(1, len(marked) + 1)), text


def dx_19(paper: Paper) -> None:
    named = [text for text in paper.texts("GwBody") if text.startswith("附件：")]
    assert len(named) == paper.annex == len(paper.paragraphs("GwAnnex"))
    assert all(CJK.match(text[-1]) for text in named)


def dx_20(paper: Paper) -> None:
    name, day = paper.paragraphs("GwSign")
    assert DATE.fullmatch(text_of(day))
    assert text_of(name) == paper.document.core_properties.author
    begins = [number(each, "pPr/ind", "leftChars") / 100 for each in (name, day)]
    assert begins[1] == begins[0] + 2
    # Digits are half as wide; the longer of the two ends two characters before the edge.
    half = sum(map(str.isdigit, text_of(day))) / 2
    ends = (begins[0] + len(text_of(name)), begins[1] + len(text_of(day)) - half)
    assert max(ends) == 26 or begins[0] == 0


def dx_21(paper: Paper) -> None:
    for paragraph in paper.paragraphs("GwAnnex"):
        assert paragraph.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}") is not None
        assert re.fullmatch(r"附件\d*", text_of(paragraph))
        assert value(paper.styles["GwAnnex"], "rPr/rFonts", "eastAsia") == "黑体"
        title = paragraph.getnext().getnext()
        assert (text_of(paragraph.getnext()), style_of(title)) == ("", "GwTitle")


def dx_23(paper: Paper) -> None:
    assert paper.part("word/settings.xml").find(qn("w:evenAndOddHeaders")) is not None
    assert set(paper.footers) == {"default", "even"}
    for footer in paper.footers.values():
        assert text_of(footer) == "— 1 —"
        assert [each.text.strip() for each in footer.iter(qn("w:instrText"))] == ["PAGE"]


def dx_24(paper: Paper) -> None:
    for kind, side in (("default", "right"), ("even", "left")):
        footer = paper.footers[kind]
        assert value(footer, "p/pPr/jc") == side
        assert value(footer, "p/pPr/ind", f"{side}Chars") == "100"
        for run in footer.iter(qn("w:r")):
            assert value(run, "rPr/rFonts", "eastAsia") == "宋体"
            assert value(run, "rPr/sz") == "28"
    assert abs(number(paper.section, "pgMar", "footer") - 1417) <= 57


def dx_25(paper: Paper) -> None:
    for name in ("word/document.xml", "word/styles.xml"):
        for colour in paper.part(name).iter(qn("w:color")):
            assert colour.get(qn("w:val")) in ("auto", "000000")


def dx_26(paper: Paper) -> None:
    text = text_of(paper.body)
    assert "⟦" not in text
    assert "⟧" not in text
    hidden = (qn(f"w:{tag}") for tag in ("ins", "del", "vanish", "commentReference"))
    assert not list(paper.body.iter(*hidden))
    assert not any("comments" in name for name in paper.parts)


def dx_27(paper: Paper) -> None:
    properties = paper.document.core_properties
    assert properties.title
    assert properties.author == properties.last_modified_by
    assert "检察院" in properties.author
    for name, content in paper.parts.items():
        assert not re.search(rb"(/home/|/root/|/tmp/|[A-Z]:\\\\|python-docx)", content), name


def dx_28(paper: Paper) -> None:
    tables = list(paper.body.iter(qn("w:tbl")))
    assert len(tables) == paper.annex
    for table in tables:
        head, *rows = table.findall(qn("w:tr"))
        assert head.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        for row in (head, *rows):
            assert row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None
            assert sum(number(cell, "tcPr/tcW", "w") for cell in row.findall(qn("w:tc"))) <= 8844


def dx_29(paper: Paper) -> None:
    for paragraph in paper.paragraphs():
        text = text_of(paragraph)
        assert not re.search(r"[\u3400-\u9fff][,;:()\"'][\u3400-\u9fff]", text)
        for first, last in PAIRS:
            marks = [each for each in text if each in (first, last)]
            assert marks == [first, last] * (len(marks) // 2), text


def dx_30(paper: Paper) -> None:
    assert sum(len(text_of(each)) for each in paper.main_text) <= 5000


def consecutive_empty(paper: Paper) -> None:
    """No page is filled up with empty lines."""
    runs = groupby(paper.main_text, key=lambda each: text_of(each) == "")
    assert all(len(list(group)) == 1 for empty, group in runs if empty)


CHECKS: tuple[Callable[[Paper], None], ...] = (
    *(dx_01, dx_02, dx_03, dx_04, dx_05, dx_06, dx_07, dx_08, dx_09, dx_10),
    *(dx_11, dx_12, dx_13, dx_14, dx_19, dx_20, dx_21, dx_23, dx_24, dx_25),
    *(dx_26, dx_27, dx_28, dx_29, dx_30, consecutive_empty),
)
