"""Numbers as official texts print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.chinese_numbers import parse_number
from rongjian.kernel.number_text import NOTHING, Style, number_text

AMOUNTS = st.decimals(0, 10**13, places=2)


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("1591", "plain", "1591"),
        ("0", "plain", "0"),
        ("18.50", "plain", "18.5"),
        ("1E+3", "plain", "1000"),
        ("-0.001", "plain", "0"),
        ("1591", "thousands", "1,591"),
        ("217000000", "thousands", "217,000,000"),
        ("1234.5", "thousands", "1,234.5"),
        ("-1234.5", "thousands", "-1,234.5"),
        ("3.25", "decimal", "3.3"),
        ("3", "decimal", "3.0"),
        ("217000000", "yuan", "2.17亿元"),
        ("217345678", "yuan", "2.17亿元"),
        ("217500000", "yuan", "2.18亿元"),
        ("99999999.99", "yuan", "1亿元"),
        ("23456000", "yuan", "2345.6万元"),
        ("9999.994", "yuan", "1万元"),
        ("350.5", "yuan", "350.5元"),
        ("0", "yuan", "0元"),
        ("3543210987.65", "yuan-at-least", "35亿余元"),
        ("3599999999.99", "yuan-at-least", "35亿余元"),
        ("3500000000", "yuan-at-least", "35亿元"),
        ("99999999", "yuan-at-least", "9999万余元"),
        ("5000.5", "yuan-at-least", "5000余元"),
        ("0.5", "yuan-at-least", "0.5元"),
        ("69.528", "percent", "69.53%"),
        ("100", "percent", "100.00%"),
        ("0.005", "percent", "0.01%"),
        ("1.5445", "ratio", "1:1.545"),
        ("1.87", "ratio", "1:1.87"),
        ("1", "ratio", "1:1"),
    ],
)
def test_a_number_prints_as_in_official_texts(value: str, style: Style, text: str) -> None:
    assert number_text(Decimal(value), style) == text


@pytest.mark.parametrize("style", ["plain", "yuan", "yuan-at-least", "percent", "ratio"])
def test_nothing_to_speak_of_is_no_zero(style: Style) -> None:
    assert number_text(None, style) == NOTHING
    assert number_text(Decimal(0), style) != NOTHING


@given(AMOUNTS)
def test_and_more_never_claims_too_much_nor_leaves_out_a_unit_of_its_scale(amount: Decimal) -> None:
    text = number_text(amount, "yuan-at-least").removesuffix("元")
    printed = parse_number(text.replace("余", ""))
    assert printed is not None
    scale = 10**8 if "亿" in text else 10**4 if "万" in text else 1
    assert printed <= amount < printed + scale
    assert ("余" in text) is (printed != amount and printed >= 1)


@given(AMOUNTS)
def test_yuan_is_right_to_half_of_the_last_digit(amount: Decimal) -> None:
    text = number_text(amount, "yuan").removesuffix("元")
    printed = parse_number(text)
    assert printed is not None
    scale = 10**8 if "亿" in text else 10**4 if "万" in text else 1
    assert abs(printed - amount) <= Decimal("0.005") * scale
    assert printed < 10_000 * scale or scale == 10**8


@given(st.integers(-(10**15), 10**15))
def test_thousands_say_the_same_as_plain(number: int) -> None:
    assert number_text(Decimal(number), "thousands").replace(",", "") == str(number)
