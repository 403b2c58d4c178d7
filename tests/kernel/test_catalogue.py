"""The field's lists as declared: complete, consistent with each other, refused when not."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from rongjian.kernel.catalogue import (
    load_campaigns,
    load_court_sizes,
    load_departments,
    load_functions,
    load_lines,
)
from rongjian.kernel.content import CONTENT, ContentError

LEVELS = ("region", "city", "county")


@pytest.fixture
def content(tmp_path):
    """A copy of the product's lists that a test may spoil."""
    for name in ("lines.yaml", "departments.yaml"):
        shutil.copy(CONTENT / name, tmp_path / name)
    shutil.copytree(CONTENT / "campaigns", tmp_path / "campaigns")
    return tmp_path


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first `old` in a file; the line it was on."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def load_all(content) -> None:
    for load in (load_lines, load_departments, load_campaigns):
        load(content)


def test_four_functions_and_ten_lines():
    assert [each.code for each in load_functions()] == [
        *("criminal", "civil", "administrative", "public_interest"),
    ]
    lines = {line.code: line for line in load_lines()}
    assert {f"B{number:02}" for number in range(1, 11)} <= set(lines)
    assert [lines[code].name for code in ("B01", "B06", "B08", "B09")] == [
        *("普通犯罪检察", "民事检察", "公益诉讼检察", "未成年人检察"),
    ]
    assert all(line.functions for line in lines.values())


@pytest.mark.parametrize("level", LEVELS)
def test_at_every_level_each_line_has_exactly_one_department(level):
    departments = [each for each in load_departments() if each.level == level]
    served = sorted(code for each in departments for code in each.lines)
    assert served == [line.code for line in load_lines()]
    assert [each.suffix for each in departments] == sorted(each.suffix for each in departments)
    assert len({each.name for each in departments}) == len(departments)


def test_departments_get_fewer_further_down_and_keep_their_suffix():
    departments = load_departments()
    counts = [sum(each.level == level for each in departments) for level in LEVELS]
    assert counts == [17, 11, 6]
    by_suffix: dict[str, set[str]] = {}
    for each in departments:
        by_suffix.setdefault(each.suffix, set()).add(each.name)
    assert all(len(names) == 1 for names in by_suffix.values())
    region = {each.lines: each.name for each in departments if each.level == "region"}
    assert region[("B01",)] == "第一检察部"
    assert region[("B10",)] == "第十检察部"


def test_a_local_procuratorate_keeps_to_the_reform_of_its_size():
    departments = [each for each in load_departments() if each.level == "county"]
    leaders = load_court_sizes()["county"].leaders
    assert sum(each.staff.most for each in departments) + leaders <= 100
    assert len(departments) <= 8


def test_court_sizes_are_given_for_every_level():
    sizes = load_court_sizes()
    assert tuple(sizes) == LEVELS
    assert sizes["county"].party_share == Decimal("0.8")


def test_campaigns_come_by_their_first_day_with_their_period():
    campaigns = {each.code: each for each in load_campaigns()}
    assert next(iter(campaigns)) == "gang"
    gang = campaigns["gang"]
    assert (gang.starts, gang.ends) == (date(2018, 1, 1), date(2020, 12, 31))
    assert gang.runs_on(date(2018, 1, 1))
    assert gang.runs_on(date(2020, 12, 31))
    assert not gang.runs_on(date(2017, 12, 31))
    assert not gang.runs_on(date(2021, 1, 1))
    living = campaigns["livelihood"]
    assert living.ends is None
    assert living.runs_on(date(2099, 1, 1))
    assert not living.runs_on(date(2024, 1, 31))
    assert {"涉黑涉恶", "扫黑除恶", "黑财"} <= set(gang.words)


def test_no_campaign_repeats_a_word_and_each_is_found_by_its_own_name():
    for each in load_campaigns():
        assert len(set(each.words)) == len(each.words)
        assert any(word in each.name for word in each.words)


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("lines.yaml", "functions: [civil]", "functions: [civl]", "没有登记过的检察职能 civl"),
        ("departments.yaml", "lines: [B02]", "lines: [B22]", "没有登记过的业务条线 B22"),
        ("departments.yaml", "suffix: D02", "suffix: D01", "region 的部门 D01 重复"),
        ("departments.yaml", "suffix: D02", "suffix: ZZ", "部门代码应为 D 加两位数字"),
        ("departments.yaml", "kind: support", "kind: business", "业务部门（business）须有业务条线"),
        ("departments.yaml", "least: 14, most: 20", "least: 14, most: 2", "人数范围不对：14 至 2"),
        ("campaigns/gang.yaml", "lines: [B01", "lines: [B99", "没有登记过的业务条线 B99"),
        ("campaigns/gang.yaml", "ends: 2020", "ends: 2017", "结束日期 2017-12-31 早于开始日期"),
        ("campaigns/gang.yaml", "words: [扫黑除恶", "words: [黑", "words 里的词至少两个字"),
        ("campaigns/gang.yaml", "code: gang", "code: covid", "代码“covid”重复"),
        ("campaigns/gang.yaml", "mode: service", "mode: servise", "是否想写 service？"),
    ],
)
def test_what_contradicts_itself_or_another_list_is_refused(content, file, old, new, words):
    spoil(content / file, old, new)
    with pytest.raises(ContentError) as caught:
        load_all(content)
    assert words in caught.value.reason
    assert caught.value.file.endswith(file)
    assert caught.value.line > 0


def test_a_share_above_one_and_a_level_twice_are_refused(content):
    line = spoil(content / "departments.yaml", "party_share: 0.88", "party_share: 88")
    with pytest.raises(ContentError, match="党员占比应在 0 与 1 之间，不能是 88") as caught:
        load_court_sizes(content)
    assert caught.value.line == line
    spoil(content / "departments.yaml", "party_share: 88", "party_share: 0.88")
    line = spoil(content / "departments.yaml", "{level: city, leaders", "{level: region, leaders")
    with pytest.raises(ContentError, match="region 重复") as caught:
        load_court_sizes(content)
    assert caught.value.line == line
