"""字数 as the office counts them."""

from __future__ import annotations

import pytest

from rongjian.kernel.text_length import characters


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" \n\t\u3000", 0),
        ("依法起诉1591人。", 7),
        ("同比上升12.5%，详见GB/T 9704。", 11),
        ("一、工作情况\n（一）", 9),
        ("A4", 1),
        ("2019-03-05", 1),
    ],
)
def test_characters_and_runs_are_counted_and_blanks_are_not(text: str, count: int) -> None:
    assert characters(text) == count


def test_a_text_at_the_limit_is_not_beyond_it() -> None:
    assert characters("字" * 5000) == 5000
