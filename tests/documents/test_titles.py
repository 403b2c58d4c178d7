"""Titles break into lines of at most 20 characters, between words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.documents.titles import LINE_CAPACITY, title_lines


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("扫黑除恶专项斗争工作报告", ["扫黑除恶专项斗争工作报告"]),
        (
            "广西壮族自治区人民检察院关于推进党建和业务深度融合情况的报告",
            ["广西壮族自治区人民检察院", "关于推进党建和业务深度融合情况的报告"],
        ),
        (
            "广西检察机关推进党建和业务深度融合的实践情况报告",
            ["广西检察机关推进党建和业务", "深度融合的实践情况报告"],
        ),
    ],
)
def test_known_titles(title: str, lines: list[str]) -> None:
    assert title_lines(title) == lines


@given(st.text("检察机关党建业务深度融合的和关于报告“”《》2021年、", max_size=90))
def test_no_title_loses_a_character_or_overflows(title: str) -> None:
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(len(line) <= LINE_CAPACITY for line in lines)


def test_a_title_without_any_place_to_break_is_cut_at_the_line() -> None:
    assert title_lines("的" * 45) == ["的" * 20, "的" * 20, "的" * 5]
