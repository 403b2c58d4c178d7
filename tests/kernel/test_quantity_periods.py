"""What a draft says about its quantities: months, organisation, whole and part, words around."""

from __future__ import annotations

from datetime import date

import pytest

from rongjian.kernel.periods import Period
from rongjian.kernel.quantities import find
from rongjian.kernel.quantity_lexicon import product_lexicon


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2020年办理案件5件", "2020-01..2020-12"),
        ("二〇二〇年度办理案件5件", "2020-01..2020-12"),
        ("2021年1月至6月,办理案件5件", "2021-01..2021-06"),
        ("2021年1-6月办理案件5件", "2021-01..2021-06"),
        ("2020年9月至2021年3月办理案件5件", "2020-09..2021-03"),
        ("21年3月办理案件5件", "2021-03..2021-03"),
        ("2021年上半年办理案件5件", "2021-01..2021-06"),
        ("2021年第三季度办理案件5件", "2021-07..2021-09"),
        ("2021年前三季度办理案件5件", "2021-01..2021-09"),
        ("2021年前10个月办理案件5件", "2021-01..2021-10"),
        ("2018年至2020年办理案件5件", "2018-01..2020-12"),
        ("2019年、2020年共办理案件5件", "2019-01..2020-12"),
        ("2017年和2020年共办理案件5件", None),
        ("2020年,甲院成立专班。批捕5人", "2020-01..2020-12"),
        ("2020年9月,甲院成立专班。批捕5人", None),
        ("2020年9月,甲院成立专班,批捕5人", "2020-09..2020-09"),
        ("甲院2021年工作\n全年批捕5人", "2021-01..2021-12"),
        ("甲院2021年工作\n今年以来,批捕5人", None),
        ("甲院2021年工作\n今年前10个月,批捕5人", "2021-01..2021-10"),
        ("甲院2021年工作\n2020年3月至今年6月批捕5人", "2020-03..2021-06"),
        ("2020年3月至今,批捕5人", None),
        ("2020年3月至今年6月,批捕5人", None),
        ("甲院2021年工作\n截至今年6月,批捕5人", "2021-01..2021-06"),
        ("甲院2021年工作\n截至2022年6月,批捕5人", None),
        ("甲院2021年工作\n去年批捕5人", "2020-01..2020-12"),
        ("甲院2021年工作\n上半年批捕5人", "2021-01..2021-06"),
        ("甲院2021年工作\n2019年成立专班,当年批捕5人", "2019-01..2019-12"),
        ("甲院2021年工作\n较2019年多批捕5人", "2021-01..2021-12"),
        ("甲院2021年工作\n近三年来,批捕5人", None),
        ("2023年以来,甲院开展宣讲。截至11月初,共5场", "2023-01..2023-11"),
        ("2018年至2022年批捕50人;其中,2022年批捕8人。起诉5人", "2018-01..2022-12"),
        ("一、2020年工作\n批捕8人。\n二、2021年工作\n批捕5人", "2021-01..2021-12"),
        ("一是2020年起诉8人。二是批捕5人", None),
        ("印发《2020年要点》,批捕5人", None),
        ("批捕5人", None),
    ],
)
def test_the_last_quantity_stands_in_the_period(text, period):
    quantity = find(text, product_lexicon())[-1]
    assert quantity.period == period
    assert period is None or Period.parse(period)


def test_each_of_several_years_gets_its_figure():
    found = find("2021年、2022年分别起诉12人、15人", product_lexicon())
    assert [q.period for q in found] == ["2021-01..2021-12", "2022-01..2022-12"]


def test_the_day_of_the_draft_closes_what_is_open_and_gives_the_year():
    text = "今年以来,批捕5人。去年起诉6人。自2023年3月专项行动启动以来,挽损7万元"
    found = find(text, product_lexicon(), date(2024, 8, 9))
    assert [q.period for q in found] == [
        "2024-01..2024-08",
        "2023-01..2023-12",
        "2023-03..2024-08",
    ]


@pytest.mark.parametrize(
    ("text", "words", "level"),
    [
        ("2020年批捕5人", "2020年", "clause"),
        ("2020年,全市批捕5人", "2020年", "sentence"),
        ("2020年起诉6人。批捕5人", "2020年", "paragraph"),
        ("一是2020年起诉6人。批捕5人", "2020年", "item"),
        ("一、做法\n党的十九大以来,全市有力推进。\n(一)打击\n批捕5人", "党的十九大以来", "section"),
        ("甲院2020年工作\n会议强调了纪律。\n批捕5人", "2020年", "title"),
        ("自开展教育整顿以来,批捕5人", "开展教育整顿以来", "sentence"),
        ("甲院工作\n积极投入战疫。起诉涉疫5人", "疫情防控期间", "paragraph"),
        ("批捕5人", "", ""),
    ],
)
def test_it_is_told_which_words_gave_the_period_and_where_they_stand(text, words, level):
    quantity = find(text, product_lexicon())[-1]
    assert (quantity.period_words, quantity.period_from) == (words, level)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("全区三级检察院协调资金2亿元", "全区三级检察院"),
        ("2020年广西检察机关起诉5人", "广西检察机关"),
        ("对照最高检通报的57项指标", "最高检"),
        ("柳州市检察院聚焦民生,出台措施5项", "柳州市检察院"),
        ("甲市检察机关2021年工作\n在省检察院领导下,起诉5人", "甲市检察机关"),
        ("甲市检察机关9项数据在全国检察机关排名第一,起诉5人", "甲市检察机关"),
        ("全州用新媒体发布简报62条", "全州"),
        ("起诉5人", ""),
    ],
)
def test_the_organisation_that_governs_a_quantity(text, scope):
    assert find(text, product_lexicon())[-1].scope == scope


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("主讲144人,其中检察官126人、行政人员18人", {"126人": "144人", "18人": "144人"}),
        ("办理案件90件:刑事60件、民事30件", {"60件": "90件", "30件": "90件"}),
        ("立案39件64人,其中农机13件20人", {"13件": "39件", "20人": "64人"}),
        ("办理案件90件。其中,听证8件", {"8件": "90件"}),
        ("办理案件90件,起诉60件", {}),
        ("办理案件90件,其中党员8人", {}),
    ],
)
def test_parts_name_their_whole(text, whole):
    found = find(text, product_lexicon())
    by_start = {q.start: q.text for q in found}
    assert {q.text: by_start[q.part_of] for q in found if q.part_of is not None} == whole


def test_the_words_around_a_quantity():
    text = "经审查,组建18个办案专班,立案41件50人。"
    first, second, third = find(text, product_lexicon())
    assert (first.before, first.after, first.context) == ("组建", "办案专班", "组建 办案专班")
    assert second.before == third.before == "立案"
    assert text[slice(*first.clause)] == "组建18个办案专班"
    assert text[slice(*first.sentence)] == text[:-1]
