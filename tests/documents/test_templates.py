"""Document kinds are read from content, and every mistake is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from rongjian.documents.templates import (
    FigureToken,
    PeriodToken,
    QuoteToken,
    Sentence,
    UnitToken,
    load_kinds,
)
from rongjian.kernel.content import ContentError
from rongjian.kernel.periods import Period

GOOD = """\
code: memo
name: 便笺
title: ⟦unit:name⟧关于数字的便笺
basis: {document: 《党政机关公文格式》, checked: 2026-11-23}
periods:
  year: {name: 年度, default: 2020}
blocks:
  - h1: 一、数字
  - p:
      - ⟦period:year⟧共⟦cases@year⟧件。
      - 居⟦quote:first-2020⟧。
"""


def load(folder: Path, text: str, name: str = "memo") -> object:
    place = folder / "documents" / name
    place.mkdir(parents=True)
    (place / "document.yaml").write_text(text, encoding="utf-8")
    return load_kinds(folder, {"cases"})


def test_a_kind_is_read(tmp_path: Path) -> None:
    load(tmp_path, GOOD)
    kind = load_kinds(tmp_path, {"cases"})["memo"]
    assert kind.periods["year"].period == Period.parse("2020")
    assert [block.level for block in kind.blocks] == ["h1", "p"]
    assert kind.blocks[1].sentences[0].pieces == (
        PeriodToken("year"),
        "共",
        FigureToken("cases", "year"),
        "件。",
    )
    assert kind.blocks[1].sentences[1].pieces[1] == QuoteToken("first-2020")
    assert kind.title.pieces[0] == UnitToken("name")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("⟦cases@year⟧", "⟦case@year⟧", 9, "没有指标 case"),
        ("⟦cases@year⟧", "⟦cases@month⟧", 9, "没有期间 month"),
        ("⟦period:year⟧", "⟦period:month⟧", 9, "没有期间 month"),
        ("⟦cases@year⟧", "⟦cases⟧", 10, "⟦cases⟧ 不认识"),
        ("⟦cases@year⟧", "⟦1 + 1⟧", 10, "⟦1 + 1⟧ 不认识"),
        ("⟦quote:first-2020⟧", "⟦quote:第一⟧", 11, "不认识"),
        ("⟦quote:first-2020⟧", "⟦quote:first-2020", 11, "没有成对"),
        ("⟦unit:name⟧关于", "⟦cases@year⟧关于", 1, "标题里不能放数字"),
        ("default: 2020", "default: 去年", 6, "读不懂"),
        ("h1: 一、数字", "h1: 一、数字\n    h2: （一）数字", 8, "只能有"),
        ("h1: 一、数字", "h4: （1）数字", 8, "不认识字段 h4"),
        ("code: memo", "code: letter", 1, "同名：memo"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    with pytest.raises(ContentError) as caught:
        load(tmp_path, GOOD.replace(old, new))
    assert caught.value.file.endswith("memo/document.yaml")
    assert (caught.value.line, words in caught.value.reason) == (line, True), str(caught.value)


@pytest.mark.parametrize("text", ["", "没有数字。", "{{ 1 + 1 }}{% load x %}${x}%(x)s"])
def test_whatever_is_no_token_stays_literal(text: str) -> None:
    assert "".join(map(str, Sentence.from_content(text).pieces)) == text
