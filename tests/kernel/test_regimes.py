"""Regimes as data: what must not be declared, and what a change from a day on leaves alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.content import Basis, ContentError
from rongjian.kernel.regimes import (
    Answer,
    Rule,
    Who,
    expected,
    faults,
    load_institutions,
    load_rules,
    rules,
    unknown,
)
from rongjian.kernel.windows import CYCLE_MONTHS

BASIS = Basis(document="试行办法", checked=date(2026, 6, 1))


def rule(**more) -> Rule:
    plain: dict[str, Any] = {
        "code": "X-1",
        "name": "党课",
        "institution": "party-life",
        "says": "每季度一次。",
        "cycle": "quarter",
        "who": Who(types=("party_branch",)),
        "answers": (Answer("activity", "type", ("party_lecture",)),),
        "basis": BASIS,
        "valid_from": date(2020, 1, 1),
    }
    return Rule(**(plain | more))


def words_of(*listed: Rule) -> str:
    return "".join(words for _, words in faults(listed))


def test_the_product_s_own_rules_stand_and_every_institution_has_some() -> None:
    assert [each.code for each in rules()]
    assert {each.institution for each in rules()} == set(load_institutions())
    assert len(load_institutions()) == 8
    for each in rules():
        assert each.says.endswith("。")
        assert each.basis.checked <= date(2026, 12, 31)


def test_two_rules_that_ask_the_same_of_the_same_are_told_apart_or_refused() -> None:
    other = rule(code="X-2", cycle="half")
    said = "“党课 每季”与“党课 每半年”同时适用同一单位，请保留一项，或让一项先截止"
    assert words_of(rule(), other) == said
    assert (
        words_of(rule(valid_to=date(2025, 12, 31)), replace(other, valid_from=date(2026, 1, 1)))
        == ""
    )
    assert words_of(rule(), replace(other, who=Who(types=("leading_party_group",)))) == ""
    assert words_of(rule(), replace(other, name="讲党课")) == ""


def test_a_window_without_a_working_day_is_refused_with_the_way_out() -> None:
    said = words_of(rule(cycle="month", days=(1, 5)))
    assert "1 日至 5 日" in said
    assert "没有工作日" in said
    assert "请把截止日改晚" in said
    assert words_of(rule(cycle="month", days=(1, 12))) == ""


def test_a_deadline_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="截止早于开始"):
        rule(days=(20, 10), cycle="month")
    with pytest.raises(ValueError, match="截止早于开始"):
        rule(valid_to=date(2019, 1, 1))


def test_a_change_in_the_middle_of_a_cycle_is_refused_with_the_day_that_would_do() -> None:
    said = words_of(rule(), rule(cycle="month", valid_from=date(2026, 6, 1)))
    assert said == "“党课”自 2026-06-01 起变更，但这一天不是周期的第一天：请改为 2026-07-01"
    assert words_of(rule(), rule(cycle="year", valid_from=date(2026, 7, 1))).endswith("2027-01-01")
    assert words_of(rule(), rule(cycle="month", valid_from=date(2026, 7, 1))) == ""


def test_answers_by_what_does_not_exist_are_named() -> None:
    known = {"activity": {"type": ["theme_day"]}}
    (found,) = unknown([rule()], known)
    assert found[1] == "“activity.type”没有值：party_lecture"
    (found,) = unknown([rule(answers=(Answer("activities"),))], known)
    assert found[1] == "没有代码为“activities”的台账"
    (found,) = unknown([rule(answers=(Answer("activity", "mode", ("x",)),))], known)
    assert "没有可选值的字段“mode”" in found[1]


def test_a_file_that_cannot_stand_stops_the_start_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "institutions.yaml").write_text("- {code: a, name: 甲}\n", encoding="utf-8")
    (tmp_path / "regimes").mkdir()
    body = """
- code: A-1
  name: 学习
  institution: b
  says: 每月一次。
  cycle: month
  who: {types: [party_branch]}
  answers: [{kind: activity}]
  basis: {document: 办法, checked: 2026-01-01}
  valid_from: 2026-01-01
"""
    file = tmp_path / "regimes" / "a.yaml"
    file.write_text(body, encoding="utf-8")
    with pytest.raises(ContentError, match=r"a\.yaml:2：没有登记的制度“b”，可用：a"):
        load_rules(tmp_path)
    file.write_text(
        body.replace("institution: b", "institution: a\n  days: [9, 3]"), encoding="utf-8"
    )
    with pytest.raises(ContentError, match="截止早于开始"):
        load_rules(tmp_path)


CHANGES = st.lists(
    st.tuples(
        st.integers(1, 8 * 12).map(lambda n: date(2020 + n // 12, n % 12 + 1, 1)),
        st.sampled_from(sorted(CYCLE_MONTHS)),
        st.integers(0, 8),
    ),
    max_size=4,
)


@given(CHANGES, st.sampled_from(sorted(CYCLE_MONTHS)), st.integers(0, 8))
def test_a_change_from_a_day_on_leaves_earlier_windows_as_they_were(changes, cycle, grace) -> None:
    """Whatever is added later: windows that began before are the same, and no month is lost or asked twice."""
    chain = [rule(cycle="month")]
    for since, other, more in sorted(changes):
        new = rule(cycle=other, grace=more, valid_from=since)
        if since > chain[-1].valid_from and not words_of(chain[-1], new):
            chain.append(new)
    first, last = date(2020, 1, 1), date(2029, 12, 31)
    before = [window for _, found in expected(chain, first, last) for window in found]
    months = [month for window in before for month in window.period]
    assert len(months) == len(set(months))
    assert months == sorted(months)
    day = date(2026, 1, 1)
    changed = [*chain, rule(cycle=cycle, grace=grace, valid_from=day)]
    if chain[-1].valid_from < day and not words_of(*changed):
        after = [window for _, found in expected(changed, first, last) for window in found]
        early = [window for window in before if window.period.start < day]
        assert after[: len(early)] == early
        assert all(window.period.start >= day for window in after[len(early) :])
        assert early[-1].period.end + timedelta(days=1) == after[len(early)].period.start
