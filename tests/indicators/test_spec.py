"""The vocabulary: what a definition may say, and how a mistake in one is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from rongjian.indicators.spec import Catalogue, Condition, UnknownIndicator, check, load
from rongjian.kernel.content import ContentError
from tests.indicators.definitions import SCHEMAS, define

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """\
- code: cases
  name: 案件
  of: case
  unit: 件
  version: 1
  valid_from: 2018-01-01
  words: [[案件]]
  basis: {document: 《规则》, checked: 2026-01-01}
"""


def catalogue(folder: Path, *entries: str) -> Catalogue:
    (folder / "a.yaml").write_text("".join(entries), encoding="utf-8")
    found = load(folder)
    check(found, SCHEMAS, ["gang"])
    return found


def test_a_definition_reads_as_it_is_written(tmp_path: Path) -> None:
    said = """\
  measure: sum
  field: amount
  on: closed_on
  where:
    - [stage, "=", closed]
    - [line, not-in, [B01, B02]]
    - [people, ">=", 3]
    - [urgent, "!=", true]
    - [amount, "<", 10.50]
    - [closed_on, ">", 2020-01-31]
    - [campaign, not-empty]
  display: yuan
"""
    found = catalogue(tmp_path, HEAD, said).newest["cases"]
    assert (found.measure, found.field, found.on, found.display) == (
        "sum",
        "amount",
        "closed_on",
        "yuan",
    )
    assert found.where == (
        Condition("stage", "=", "closed"),
        Condition("line", "not-in", ("B01", "B02")),
        Condition("people", ">=", 3),
        Condition("urgent", "!=", True),
        Condition("amount", "<", Decimal("10.50")),
        Condition("closed_on", ">", date(2020, 1, 31)),
        Condition("campaign", "not-empty"),
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("measure: count\n  of: cases", "重复"),
        ("measure: average", "average"),
        ("measure: sum", "须写明 field"),
        ("measure: ratio\n  top: cases", "须写明 bottom"),
        ("measure: derived", "须写明 plus"),
        ("measure: count\n  field: amount", "不能有 field"),
        ("measure: count\n  scale: 100", "不能有 scale"),
        ("measure: derived\n  plus: [a]\n  where: [[stage, '=', open]]", "不能有 where"),
        ("measure: sum\n  field: stage", "不是数"),
        ("measure: median\n  field: closed_on", "不是数"),
        ("measure: count\n  on: amount", "on 应为日期字段"),
        ("measure: count\n  on: opened_on", "没有字段 opened_on"),
        ("measure: distinct\n  field: name", "没有字段 name"),
        ("measure: count\n  where: [[name, '=', x]]", "没有字段 name"),
        ("measure: count\n  where: [[stage, '~', x]]", "运算可用"),
        ("measure: count\n  where: [[stage, '=']]", "个数"),
        ("measure: count\n  where: [[stage]]", "运算可用"),
        ("measure: count\n  where: [[stage, empty, x]]", "个数"),
        ("measure: count\n  where: [[stage, in, open]]", "用列表"),
        ("measure: count\n  where: [[stage, in, []]]", "用列表"),
        ("measure: count\n  where: [[stage, '=', [open]]]", "用列表"),
        ("measure: count\n  where: [[stage, '=', opened]]", "没有取值 opened"),
        ("measure: count\n  where: [[stage, '>', open]]", "不能比较大小"),
        ("measure: count\n  where: [[line, '=', 12]]", "不能与 12 比较"),
        ("measure: count\n  where: [[people, '=', true]]", "不能与 True 比较"),
        ("measure: count\n  where: [[people, '=', 1.5]]", "不能与 1.5 比较"),
        ("measure: count\n  where: [[urgent, '=', 1]]", "不能与 1 比较"),
        ("measure: count\n  where: [[court, '=', 1]]", "不能与 1 比较"),
        ("measure: count\n  where: [[closed_on, '>', soon]]", "不能与 soon 比较"),
        ("measure: count\n  where: [[campaign, '=', gangs]]", "没有专项 gangs"),
        ("measure: count\n  campaign: gangs", "没有专项 gangs"),
        ("measure: count\n  period: 2020年", "期间"),
        ("measure: count\n  display: roman", "roman"),
        ("measure: ratio\n  top: cases\n  bottom: cases", "互相引用：cases → cases"),
        ("measure: derived\n  plus: [case]", "没有的指标 case（是否想写 cases？）"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, said: str, reason: str) -> None:
    lead = "# 注释\n\n"
    with pytest.raises(ContentError) as caught:
        catalogue(tmp_path, lead, HEAD, f"  {said}\n")
    assert reason in caught.value.reason
    assert caught.value.file.endswith("a.yaml")
    assert caught.value.line >= 3


@pytest.mark.parametrize("words", ["[]", "[[]]", "[[案件], ['']]"])
def test_words_are_groups_of_synonyms(tmp_path: Path, words: str) -> None:
    text = HEAD.replace("[[案件]]", words)
    with pytest.raises(ContentError, match=r"words|不能为空"):
        catalogue(tmp_path, text, "  measure: count\n")


def test_an_unknown_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="没有台账 cas，可用：case、other"):
        catalogue(tmp_path, HEAD.replace("of: case", "of: cas"), "  measure: count\n")


@pytest.mark.parametrize(
    "definitions",
    [
        [define("a", "derived", plus=("b",)), define("b", "derived", plus=("a",))],
        [
            define("a", "ratio", top="b", bottom="c"),
            define("b", "derived", plus=("c",), minus=("d",)),
            define("c"),
            define("d", "derived", plus=("b",)),
        ],
        # Only the second version closes the circle.
        [
            define("a", "derived", plus=("b",)),
            define("b"),
            define("b", "derived", plus=("a",), version=2, valid_from=date(2020, 1, 1)),
        ],
    ],
)
def test_figures_made_of_each_other_are_refused(definitions: Any) -> None:
    with pytest.raises(ContentError, match="互相引用"):
        Catalogue.of(definitions)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (define("b", "ratio", top="c", bottom="c"), "只有 count、sum、derived"),
        (define("b", "median", field="amount"), "只有 count、sum、derived"),
        (define("b", of="other"), "台账"),
        (define("b", on="closed_on"), "日期"),
    ],
)
def test_what_cannot_be_added_up_is_no_part(part: Any, reason: str) -> None:
    with pytest.raises(ContentError, match=reason):
        Catalogue.of([define("a", "derived", plus=("b",)), part, define("c")])


def test_each_period_has_the_version_of_its_day() -> None:
    versions = [
        define("a", version=2, valid_from=date(2020, 7, 1)),
        define("a", version=1, valid_from=date(2018, 1, 1)),
        define("a", version=3, valid_from=date(2024, 1, 1)),
    ]
    found = Catalogue.of(versions)
    days = [date(1999, 1, 1), date(2018, 1, 1), date(2020, 6, 30), date(2020, 7, 1)]
    assert [found.in_force("a", day).version for day in days] == [1, 1, 1, 2]
    assert found.newest["a"].version == 3


def test_an_unknown_code_comes_with_a_suggestion() -> None:
    found = Catalogue.of([define("prosecuted-gang"), define("pil")])
    with pytest.raises(UnknownIndicator, match="是否想查 prosecuted-gang"):
        found.in_force("prosecuted-gng", date(2020, 1, 1))
    with pytest.raises(UnknownIndicator, match="--list"):
        found.in_force("zzzz", date(2020, 1, 1))
