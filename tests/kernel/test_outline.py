"""The outline of an official text as a tree of tasks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.outline import LONGEST_HEADING, Heading, outline

TEXT = """关于开展清理工作的通知
各基层院：
　　一、总体要求
　　坚持问题导向。
　　二、主要任务
　　（一）排查底数。逐案登记，六月底前完成。
　　1.登记造册
　　2．分类标注
　　（1）应撤尽撤；（2）加快办理
　　(二)分类清理
　　三、工作要求。加强领导
"""


def shape(found: list[Heading]) -> list[tuple[str, str, int, int | None]]:
    return [(each.mark, each.words, each.level, each.parent) for each in found]


def test_the_four_levels_of_an_official_document() -> None:
    found = outline(TEXT)
    assert shape(found) == [
        ("一、", "总体要求", 1, None),
        ("二、", "主要任务", 1, None),
        ("（一）", "排查底数", 2, 1),
        ("1.", "登记造册", 3, 2),
        ("2．", "分类标注", 3, 2),
        ("（1）", "应撤尽撤", 4, 4),
        ("(二)", "分类清理", 2, 1),
        ("三、", "工作要求", 1, None),
    ]
    assert found[0].text == "坚持问题导向。"
    assert found[2].text == "逐案登记，六月底前完成。"
    assert found[-1].text == "加强领导"
    assert found[2].line == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("没有序号的一段话。", []),
        ("2026年6月15日", []),
        ("1.5万元已经到位", []),
        ("100.补充", []),
        ("一是加强领导", []),
        ("1.先做\n（一）后做", [("1.", "先做", 1, None), ("（一）", "后做", 1, None)]),
        ("一、甲\n1.乙", [("一、", "甲", 1, None), ("1.", "乙", 2, 0)]),
        ("十一、甲", [("十一、", "甲", 1, None)]),
        ("12、甲", [("12、", "甲", 1, None)]),
        ("一、", [("一、", "", 1, None)]),
        ("一、甲\r\n二、乙", [("一、", "甲", 1, None), ("二、", "乙", 1, None)]),
    ],
)
def test_what_is_a_heading_and_what_is_not(
    text: str, expected: list[tuple[str, str, int, int | None]]
) -> None:
    assert shape(outline(text)) == expected


def test_a_heading_without_an_end_is_cut_and_keeps_its_whole_text() -> None:
    [found] = outline("一、" + "长" * 100)
    assert (len(found.words), found.text) == (LONGEST_HEADING, "长" * 100)


MARKS = ("一、", "（一）", "1.", "（1）")
LINES = st.lists(
    st.tuples(st.sampled_from((*MARKS, "")), st.text("清理办结核实报送", min_size=1, max_size=9)),
    max_size=14,
)


@given(LINES)
def test_every_line_is_kept_and_every_parent_stands_above(lines: list[tuple[str, str]]) -> None:
    found = outline("\n".join(mark + words for mark, words in lines))
    numbered = [(mark, words) for mark, words in lines if mark]
    assert [(each.mark, each.words) for each in found] == numbered
    first = next((at for at, (mark, _) in enumerate(lines) if mark), len(lines))
    kept = [line for each in found for line in each.text.splitlines()]
    assert sorted(kept) == sorted(words for mark, words in lines[first:] if not mark)
    for at, each in enumerate(found):
        if each.parent is None:
            assert each.level == 1
        else:
            above = found[each.parent]
            assert each.parent < at
            assert each.level == above.level + 1
            assert MARKS.index(above.mark) < MARKS.index(each.mark)


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for each in outline(text):
        assert 1 <= each.level <= len(MARKS)
        assert len(each.words) <= LONGEST_HEADING
