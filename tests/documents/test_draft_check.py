"""Drafts held against the records of the demo world; the texts are our own, their facts its."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rongjian.documents.draft_check import DraftCheck, Finding, check
from rongjian.documents.render import compose
from rongjian.indicators import figures
from rongjian.kernel.periods import Period
from rongjian.records.models import Record
from tests.world import TODAY, World

REPORT = """广西检察机关深度融合工作情况

一、服务大局
一是纵深推进扫黑除恶。在办案专班建立临时党支部206个，批准逮捕涉黑涉恶犯罪嫌疑人369人，提起公诉1591人；\
依法查封、扣押、冻结涉黑涉恶财产价值35亿余元，制发检察建议428份。
二是参与疫情防控。制定指导性文件11份，提起公诉涉疫犯罪嫌疑人314人，立案办理涉疫公益诉讼案件236件，\
向社会发布典型案例10件。
三是落实定点帮扶任务，共筹措资金2.17亿元，帮助解决群众困难问题1278件。帮扶工作的评议满意度，\
自治区检察院居自治区直属机关党群类第1名。四是把为民办实事落到实处，推出检察为民办实事方案26项。

二、强化监督
2020年，全区检察机关共办理生态环境和资源保护领域公益诉讼案件2586件。\
围绕服务保障自贸试验区建设，出台20条意见。2020年，办案质量、效率、效果数据中，“案-件比”等7项位列全国首位，\
19项核心业务数据位列全国前五；22件案例入选全国检察机关典型案例。
"""
INDICATORS = {
    "206个": "temporary-branches",
    "369人": "arrested-gang",
    "1591人": "prosecuted-gang",
    "35亿余元": "assets-gang",
    "428份": "recommendations-gang",
    "11份": "guidance-covid",
    "314人": "prosecuted-covid",
    "236件": "pil-covid",
    "10件": "model-cases-covid",
    "2.17亿元": "assistance-funds",
    "1278件": "assistance-problems",
    "第1名": "",
    "26项": "practical-deeds",
    "2586件": "pil-ecology",
    "20条": "opinion-articles-ftz",
    "7项": "",
    "19项": "",
    "22件": "model-cases-selected",
}


def held(world: World, text: str, account: str = "", unit: str = "450000") -> DraftCheck:
    actor = world.actor(account) if account else None
    return check(text, world.units[unit], actor, TODAY)


def only(checked: DraftCheck) -> Finding:
    [finding] = checked.findings
    return finding


def test_every_quantity_of_a_true_report_is_borne_out(world: World) -> None:
    checked = held(world, REPORT)
    found = {each.quantity.text: each.indicator for each in checked.findings}
    assert found == INDICATORS
    wrong = [
        (each.quantity.text, each.label) for each in checked.findings if each.status == "unknown"
    ]
    assert wrong == []
    assert checked.counts == {
        "match": 15,
        "differs": 0,
        "no-records": 0,
        "quotation": 3,
        "unknown": 0,
    }


def test_what_our_own_report_prints_is_borne_out(world: World) -> None:
    composed = compose("fusion-report", world.region, {}, None)
    checked = held(world, composed.text)
    found = {each.indicator for each in checked.findings if each.status == "match"}
    assert found == {figure.indicator for figure in composed.figures}
    rest = [each for each in checked.findings if each.status != "match"]
    assert {each.status for each in rest} == {"quotation"}


def test_a_row_says_everything_in_plain_values(world: World) -> None:
    text = "为推进扫黑除恶，全区检察机关查扣冻涉案财产35亿余元。"
    finding = only(held(world, text))
    computed = finding.row.pop("computed")
    assert Decimal("3.5e9") < computed < Decimal("3.6e9")
    row = finding.row | {"computed": None}
    assert json.loads(json.dumps(row)) == {
        "start": 21,
        "end": 26,
        "text": "35亿余元",
        "value": 3500000000,
        "unit": "元",
        "approx": True,
        "kind": "money",
        "period": "2018-01..2020-12",
        "indicator": "assets-gang",
        "computed": None,
        "status": "match",
    }
    assert text[row["start"] : row["end"]] == row["text"]


def test_what_differs_is_shown_with_what_the_records_give(world: World) -> None:
    finding = only(held(world, "依法批捕涉黑涉恶犯罪嫌疑人370人。"))
    assert (finding.status, finding.computed) == ("differs", Decimal(369))
    assert finding.words == ("批捕", "涉黑涉恶")
    assert (str(finding.period), finding.assumed) == ("2018-01..2020-12", True)


def test_the_printed_period_counts_and_a_hint_tells_of_the_usual_one(world: World) -> None:
    finding = only(held(world, "2019年，依法批捕涉黑涉恶犯罪嫌疑人369人。"))
    of_2019 = figures.figure("arrested-gang", world.region, Period.parse("2019"))
    assert (finding.status, finding.computed) == ("differs", of_2019.value)
    assert finding.row["period"] == "2019-01..2019-12"
    assert "369" in finding.note
    assert "核对期间" in finding.note


def test_no_records_are_not_a_zero(world: World) -> None:
    finding = only(held(world, "2016年，依法批捕涉黑涉恶犯罪嫌疑人12人。"))
    assert (finding.status, finding.computed) == ("no-records", None)
    assert only(held(world, "2016年，批捕涉黑涉恶犯罪嫌疑人0人。")).status == "match"


def test_a_figure_of_a_court_below_is_held_against_that_court(world: World) -> None:
    period = Period.parse("2018-01..2020-12")
    there = figures.figure("prosecuted-gang", world.nanning, period)
    finding = only(held(world, f"南宁市检察机关起诉涉黑涉恶犯罪嫌疑人{there.value}人。"))
    assert (finding.status, finding.unit) == ("match", world.nanning)
    same = held(world, f"全市检察机关起诉涉黑涉恶犯罪嫌疑人{there.value}人。", unit="450100")
    assert (only(same).status, only(same).unit) == ("match", world.nanning)


@pytest.mark.parametrize("organ", ["甘肃检察机关", "福州市检察机关", "全国检察机关", "最高检"])
def test_figures_of_others_are_not_ours_to_judge(world: World, organ: str) -> None:
    finding = only(held(world, f"{organ}批捕涉黑涉恶犯罪嫌疑人369人。"))
    assert (finding.status, finding.indicator, finding.computed) == ("unknown", "", None)
    assert f"“{organ}”" in finding.note


def test_without_the_right_to_a_figure_nothing_of_it_is_told(world: World) -> None:
    text = "广西检察机关批捕涉黑涉恶犯罪嫌疑人369人。"
    finding = only(held(world, text, "lisi", "450100"))
    assert (finding.status, finding.label, finding.withheld) == ("unknown", "无权限", True)
    assert (finding.computed, finding.figure) == (None, None)
    assert "没有权限" in finding.note
    assert only(held(world, text, "qian", "450100")).label == "无权限"
    assert only(held(world, text, "zhengshi")).status == "match"


def test_a_quotation_is_told_by_its_figure_and_its_words(world: World) -> None:
    true = "自治区检察院定点帮扶评议满意度列自治区直属机关党群类第1名。"
    finding = only(held(world, true, "lisi", "450000"))
    assert (finding.status, finding.computed) == ("quotation", None)
    assert "不由系统计算" in finding.note
    wrong = only(held(world, true.replace("第1名", "第2名")))
    assert wrong.status == "differs"
    assert "第1名" in wrong.note
    elsewhere = "自治区检察院女子篮球队获得第1名。"
    assert only(held(world, elsewhere)).status == "unknown"
    assert only(held(world, "自治区检察院出台措施7项。")).status == "unknown"


def test_a_voided_quotation_vouches_for_nothing(world: World) -> None:
    Record.objects.filter(kind="quotation", key="satisfaction-rank").update(state="void")
    text = "自治区检察院定点帮扶评议满意度列自治区直属机关党群类第1名。"
    assert only(held(world, text)).status == "unknown"


def test_a_draft_without_quantities_has_no_findings(world: World) -> None:
    assert held(world, "2020年5月1日，党的十九大以来，坚持四大检察、十大业务。").findings == ()


# --- the four texts beside the checkout ------------------------------------------------------


def expected(shared: Path, name: str) -> list[dict[str, Any]]:
    lines = (shared / "data/draft_check/expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["file"] == name]


def text_of(shared: Path, name: str) -> str:
    folder = shared if name.startswith("source") else shared / "data" / "draft_check"
    return (folder / name).read_text(encoding="utf-8")


DRAFTS = [
    ("source-document.txt", {"match": 15, "quotation": 3}),
    ("report-fuzhou-2015.txt", {"unknown": 20}),
    ("report-gansu-2021.txt", {"unknown": 15}),
    ("case-qiandongnan-2023.txt", {"unknown": 8}),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "statuses"), DRAFTS)
def test_the_four_texts_yield_what_is_expected_and_nothing_else(
    world: World, shared: Path, name: str, statuses: dict[str, int]
) -> None:
    text = text_of(shared, name)
    checked = held(world, text)
    left = [finding.row for finding in checked.findings]
    for want in expected(shared, name):
        value = want.get("value_norm", want["value"])
        begin = text.index(want["text_span"])
        span = range(begin, begin + len(want["text_span"]))
        [row] = [row for row in left if row["start"] in span and row["value"] == value]
        assert row["end"] - 1 in span
        assert row["approx"] == want["approx"]
        assert text[row["start"] : row["end"]] == row["text"]
        left.remove(row)
    assert left == []
    assert {status: n for status, n in checked.counts.items() if n} == statuses


@pytest.mark.shared
def test_the_document_s_figures_mean_the_indicators_of_the_report(
    world: World, shared: Path
) -> None:
    checked = held(world, text_of(shared, "source-document.txt"))
    assert [each.indicator for each in checked.findings] == list(INDICATORS.values())
    periods = {each.quantity.text: each.row["period"] for each in checked.findings}
    assert periods["206个"] == periods["35亿余元"] == "2018-01..2020-12"
    assert periods["314人"] == periods["2.17亿元"] == "2020-01..2021-06"
    assert periods["2586件"] == periods["7 项"] == "2020-01..2020-12"
