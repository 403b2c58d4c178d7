"""Whose figures a draft gives: ours, those of a court below, or somebody else's."""

from __future__ import annotations

import pytest

from rongjian.documents.draft_scopes import Speaker
from rongjian.documents.draft_words import draft_words
from rongjian.kernel.quantity_lexicon import product_lexicon

REGION, NANNING, QINGXIU, BEILIU = "450000", "450100", "450103", "450981"


def speaker(text: str = "", *scopes: str, court: str = REGION) -> Speaker:
    return Speaker(court, text, scopes, product_lexicon(), draft_words())


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("广西检察机关", REGION),
        ("广西各级检察机关", REGION),
        ("广西壮族自治区人民检察院", REGION),
        ("自治区检察院", REGION),
        ("全区检察机关", REGION),
        ("全区三级检察院", REGION),
        ("全区", REGION),
        ("我院", REGION),
        ("检察机关", REGION),
        ("", REGION),
        ("南宁市检察机关", NANNING),
        ("广西南宁市两级检察院", NANNING),
        ("南宁市院", NANNING),
        ("南宁市青秀区人民检察院", QINGXIU),
        ("北流市院", BEILIU),
        ("甘肃", None),
        ("甘肃省检察机关", None),
        ("福州市检察机关", None),
        ("黔东南州检察机关", None),
        ("北京市检察机关", None),
        ("全国检察机关", None),
        ("最高检", None),
        ("最高人民检察院", None),
        ("全省检察机关", None),
        ("全市检察机关", None),
        ("基层院", None),
    ],
)
def test_a_name_means_one_of_our_courts_or_none(scope: str, code: str | None) -> None:
    assert speaker("工作情况", scope).meant(scope) == code


@pytest.mark.parametrize(
    ("court", "scope", "code"),
    [
        (NANNING, "全市检察机关", NANNING),
        (NANNING, "我市", NANNING),
        (NANNING, "市检察院", NANNING),
        (NANNING, "全区检察机关", REGION),
        (NANNING, "自治区检察院", REGION),
        (QINGXIU, "全区检察机关", QINGXIU),
        (QINGXIU, "自治区检察院", REGION),
        (QINGXIU, "全市检察机关", NANNING),
        (QINGXIU, "本院", QINGXIU),
        (NANNING, "全县", None),
    ],
)
def test_the_whole_of_a_place_is_that_of_whoever_checks(
    court: str, scope: str, code: str | None
) -> None:
    assert speaker("工作情况", scope, court=court).meant(scope) == code


def test_a_title_says_whose_whole_is_meant() -> None:
    ours = speaker("南宁市检察机关工作情况\n全市检察机关起诉12人。", "全市检察机关")
    assert ours.meant("全市检察机关") == NANNING
    others = speaker("福州市检察机关工作情况\n全市检察机关起诉12人。", "全市检察机关")
    assert others.meant("全市检察机关") is None
    assert others.meant("") is None
    assert others.meant("南宁市检察院") == NANNING


def test_the_whole_region_of_another_region_is_not_ours() -> None:
    assert speaker("宁夏检察机关工作报告\n全区起诉12人。", "全区").meant("全区") is None


def test_without_a_title_that_names_somebody_the_figures_decide() -> None:
    text = "工作情况\n一、办案\n……"
    assert speaker(text, "宁夏检察机关", "全区").meant("全区") is None
    assert speaker(text, "宁夏检察机关", "广西检察机关", "全区").meant("全区") == REGION


def test_a_title_with_a_placeholder_names_nobody() -> None:
    found = speaker("XX市检察机关经验材料\n全区检察机关起诉12人。", "全区检察机关")
    assert found.meant("全区检察机关") == REGION
    assert found.meant("某市检察院") == REGION


def test_a_line_of_the_body_is_no_title() -> None:
    text = "自治区检察院出台意见。全区检察机关起诉12人。\n福建检察机关起诉500人。"
    found = speaker(text, "自治区检察院", "全区检察机关", "福建检察机关")
    assert found.meant("全区检察机关") == REGION
