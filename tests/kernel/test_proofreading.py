"""Slips that a machine can be sure of, and texts in which there are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.proofreading import slips


def told(text: str) -> list[tuple[str, str]]:
    """(the words that are wrong, the first words of what is said of them)."""
    return [(text[slip.start : slip.end], slip.message.split("：")[0]) for slip in slips(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一是抓学习。二是抓办案。三是抓队伍。", []),
        ("一是抓学习。二是抓办案。二是抓队伍。", [("二是", "序次重复")]),
        ("一是抓学习；二是抓办案；四是抓队伍。", [("四是", "序次不连续")]),
        ("一是抓学习。二是抓办案。\n一是建制度。二是严监督。", []),
        ("一是抓学习，统一了“一是一、二是二”的尺度。二是抓办案。", []),
        ("推进“党建+服务”“党建+监督”。", []),
        ("推进“党建+服务”党建+监督”。", [("”", "引号不成对")]),
        ("推进“党建+服务。\n下一段“正常”。", [("“", "引号不成对")]),
        ("做到“两个维护’。", [("“两个维护’", "引号混用")]),
        ("破解”两张皮“问题。", [("”", "引号不成对"), ("“", "引号不成对")]),
        ("印发《关于“三项”工作的意见》（试行）。", []),
        ("印发《关于“三项工作的意见》。", [("“", "引号不成对")]),
        ("印发《关于工作的意见。", [("《", "括号不成对")]),
        ("（一）主要做法(节选）", []),
        ("1）抓学习。2）抓办案。", []),
        ("见附件）。", [("）", "括号不成对")]),
        ("the people’s procuratorate", []),
    ],
)
def test_what_is_a_slip_and_what_is_none(text: str, found: list[tuple[str, str]]) -> None:
    assert told(text) == found


@given(st.text(alphabet="一二三四是。；\n“”‘’《》（）()a", max_size=60))
def test_slips_stand_where_they_say_in_the_order_of_the_text(text: str) -> None:
    found = slips(text)
    assert found == sorted(found)
    assert all(0 <= slip.start < slip.end <= len(text) for slip in found)


@pytest.mark.shared
def test_the_known_slips_of_the_document_are_found(shared: Path) -> None:
    text = (shared / "source-document.txt").read_text(encoding="utf-8")
    kinds = [message for _, message in told(text)]
    assert kinds == ["引号不成对", "引号不成对", "引号不成对", "引号混用", "序次重复"]
