"""Published figures that contradict each other are found by rules, with both numbers."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rongjian.checkup.published import findings, published, rules, split
from rongjian.ledgers.published_figure import PublishedFigure
from rongjian.records.actions import save
from tests.house import House


def figure(item: str, printed: str, period: str = "2021", unit: str = "人") -> PublishedFigure:
    return PublishedFigure(
        dataset="DS-99",
        item=item,
        period=period,
        measure_unit=unit,
        printed=printed,
        source="公报",
        happened_on=date(2022, 1, 1),
    )


def sentences(*figures: PublishedFigure) -> list[tuple[str, Decimal, Decimal]]:
    return [(f.rule.code, f.printed, f.computed) for f in findings(figures)]


def test_a_printed_rate_is_held_against_its_counts() -> None:
    rows = (figure("决定起诉", "427"), figure("不起诉", "55"), figure("不诉率", "11.59", unit="%"))
    assert sentences(*rows) == [("prosecution-refusal-rate", Decimal("11.59"), Decimal("11.41"))]


def test_the_last_printed_digit_is_all_that_a_rate_promises() -> None:
    rows = (figure("批准逮捕", "196"), figure("不批捕", "40"))
    assert sentences(*rows, figure("不捕率", "16.95", unit="%")) == []
    assert sentences(*rows, figure("不捕率", "17", unit="%")) == []
    assert len(sentences(*rows, figure("不捕率", "16.8", unit="%"))) == 1


def test_counts_rounded_by_their_source_leave_room() -> None:
    rows = (figure("决定起诉", "308000"), figure("不起诉", "122000"))
    assert sentences(*rows, figure("不诉率", "28.3", unit="%")) == []
    assert len(sentences(*rows, figure("不诉率", "29.3", unit="%"))) == 1


def test_parts_are_added_up_only_where_all_of_them_are_printed() -> None:
    parts = [
        figure(name, "10", unit="件")
        for name in ("其中最高检", "其中省级院", "其中市级院", "其中基层院")
    ]
    total = figure("三个规定记录报告", "41", unit="件")
    assert sentences(total, *parts) == [("reports-by-level", Decimal(41), Decimal(40))]
    assert sentences(total, *parts[:3]) == []


def test_months_add_up_to_their_quarter_and_not_to_another() -> None:
    months = [figure(m, "5", period=m, unit="件") for m in ("2023-04", "2023-05", "2023-06")]
    assert sentences(figure("三个规定记录报告", "15", "2023Q2", "件"), *months) == []
    assert sentences(figure("三个规定记录报告", "16", "2023Q2", "件"), *months) == [
        ("reports-by-month", Decimal(16), Decimal(15))
    ]
    assert sentences(figure("三个规定记录报告", "16", "2023Q3", "件"), *months) == []


def test_a_row_that_prints_several_figures_is_read_as_several() -> None:
    row = figure("黄梅县 不批捕 件/人", "33/40", unit="件/人")
    assert [(p.subject, p.name, p.unit, p.value) for p in split(row)] == [
        ("黄梅县", "不批捕", "件", Decimal(33)),
        ("黄梅县", "不批捕", "人", Decimal(40)),
    ]
    row = figure("甘肃 全部/刑事/民事/行政/公益", "30/10/9/8/3", unit="件")
    assert [(p.name, p.value) for p in split(row)][1:3] == [
        ("刑事", Decimal(10)),
        ("民事", Decimal(9)),
    ]
    assert sentences(row) == []
    assert list(split(figure("起诉", ""))) == []


def test_persons_and_cases_are_not_compared_in_silence() -> None:
    rows = (
        figure("广西 保护伞结案", "788", unit="件"),
        figure("广西 党纪政纪处分/组织处理/移送司法", "704/122/171"),
    )
    [found] = findings(rows)
    assert found.units_differ
    assert "788" in found.sentence
    assert "997" in found.sentence
    assert "单位不同" in found.sentence


def test_stored_figures_are_read_without_voided_ones(house: House) -> None:
    row = figure("起诉", "427")
    row.unit = house.units["450000"]
    saved = save(house.actor("zhengshi"), row)
    assert published() == [saved]


def test_every_rule_has_words_of_its_own() -> None:
    assert len({rule.code for rule in rules()}) == len(rules()) >= 10


@pytest.mark.shared
def test_the_known_contradictions_of_the_published_table_are_found(shared: Path) -> None:
    path = shared / "data" / "published_statistics.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            PublishedFigure(
                dataset=row["id"],
                item=row["indicator"],
                period=row["period"],
                measure_unit=row["unit"],
                printed=row["value"],
            )
            for row in csv.DictReader(file)
        ]
    found = {(f.dataset, f.rule.code, f.printed, f.computed) for f in findings(rows)}
    assert found == {
        ("DS-05", "arrest-refusal-rate", Decimal("31.2"), Decimal("30.73")),
        ("DS-06", "arrest-refusal-rate", Decimal("38.1"), Decimal("37.55")),
        ("DS-07", "arrest-refusal-rate", Decimal("39.2"), Decimal("38.50")),
        ("DS-08", "arrest-refusal-rate", Decimal("41.8"), Decimal("41.08")),
        ("DS-09", "arrest-refusal-rate", Decimal("48.5"), Decimal("47.92")),
        ("DS-21", "reports-by-type", Decimal(46409), Decimal(46397)),
        ("DS-22", "reports-by-type", Decimal(61707), Decimal(57952)),
        ("DS-27", "shelter-cases", Decimal(788), Decimal(997)),
        ("DS-34", "organisations-by-type", Decimal("517.6"), Decimal("517.7")),
    }
