"""Numbers in digits and numerals, and what is not one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.chinese_numbers import fold, number_at, parse_number, run_end, scale_at

DIGITS = "零一二三四五六七八九"


def written(number: int) -> str:
    """A number as a careful clerk writes it in numerals: 10205 is 一万零二百零五."""
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number >= unit:
            head, rest = divmod(number, unit)
            gap = "零" if rest and rest < unit // 10 else ""
            return written(head) + name + gap + (written(rest) if rest else "")
    return DIGITS[number]


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_written_number_is_read_back(number):
    assert parse_number(written(number)) == number


@given(st.integers(min_value=0, max_value=10**15))
def test_digits_are_read_with_and_without_groups_of_three(number):
    assert parse_number(str(number)) == number
    assert parse_number(f"{number:,}") == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二十三", "23"),
        ("十", "10"),
        ("十二", "12"),
        ("两千", "2000"),
        ("三百零五", "305"),
        ("三百五", "350"),
        ("一千五", "1500"),
        ("一万二", "12000"),
        ("三万二千", "32000"),
        ("一亿二千万", "120000000"),
        ("三万亿", "3000000000000"),
        ("二〇二一", "2021"),
        ("二〇二三", "2023"),
        ("二零一五", "2015"),
        ("三点五", "3.5"),
        ("九十八点二五", "98.25"),
        ("1.2万", "12000"),
        ("2.17亿", "217000000"),
        ("5百", "500"),
        ("1,278", "1278"),
        ("１２．５", "12.5"),
        ("３，", None),
        ("", None),
        ("件", None),
        ("十百", None),
        ("百千", None),
        ("一二", None),
        ("二三五", None),
        ("五零", None),
        ("1.2.3", None),
        ("1" * 19, None),
        ("一" * 33, None),
        ("十十", None),
    ],
)
def test_what_a_text_that_is_nothing_but_a_number_means(text, value):
    assert parse_number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [("三四", 3, 4), ("十七八", 17, 18), ("二三百", 200, 300), ("两三千", 2000, 3000)],
)
def test_two_neighbouring_numerals_are_a_range(text, lower, upper):
    number = number_at(text, 0)
    assert number is not None
    assert (number.value, number.upper) == (lower, upper)
    assert parse_number(text) is None


@pytest.mark.parametrize("text", ["百", "千", "万", "百万", "千万"])
def test_scales_alone_are_told_apart(text):
    number = number_at(text, 0)
    assert number is not None
    assert number.bare


@pytest.mark.parametrize(
    ("text", "factor", "length"),
    [
        ("万元", 10**4, 1),
        ("百万元", 10**6, 2),
        ("万亿元", 10**12, 2),
        ("万千克", 10**4, 1),
        ("元", 1, 0),
    ],
)
def test_a_scale_leaves_the_measure_word_behind_it_alone(text, factor, length):
    assert scale_at(text, 0) == (factor, length)


@given(st.text())
def test_folding_keeps_every_position(text):
    assert len(fold(text)) == len(text)


@given(st.text(alphabet="0123456789,.点零〇一二两三四五六七八九十百千万亿件 ", max_size=40))
def test_reading_never_fails_and_always_goes_on(text):
    for position in range(len(text)):
        number = number_at(text, position)
        if number is not None:
            assert position < number.end <= len(text)
            assert number.value >= 0
        assert run_end(text, position) > position
