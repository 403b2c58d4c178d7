"""A printed quantity is true of a value at the precision with which it is printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.documents.draft_comparison import agrees
from rongjian.documents.draft_words import draft_words
from rongjian.kernel.number_text import number_text
from rongjian.kernel.quantities import find
from rongjian.kernel.quantity_lexicon import product_lexicon


def says(text: str, value: str | Decimal) -> bool:
    """Whether the one quantity of a text is true of a value."""
    [quantity] = find(text, product_lexicon())
    return agrees(text, quantity, Decimal(value), draft_words())


@pytest.mark.parametrize(
    ("text", "true_of", "false_of"),
    [
        # exact figures: every printed digit counts, and no digit that is not printed
        ("起诉1591人", ["1591"], ["1590", "1592"]),
        ("起诉1,591人", ["1591"], ["1591.5"]),
        ("起诉一千五百九十一人", ["1591"], ["1500"]),
        ("起诉0人", ["0"], ["1"]),
        ("筹措资金2.17亿元", ["217000000", "216500000", "217499999"], ["217500000", "216499999"]),
        ("筹措资金2.10亿元", ["210000000"], ["214000000"]),
        ("筹措资金21700万元", ["217000000", "217004999"], ["217005000"]),
        ("起诉1.6万人", ["15910", "16000"], ["15499", "16500"]),
        ("涉案35亿元", ["3547286310"], ["3550000000"]),
        ("不捕率为41.08%", ["41.084", "41.075"], ["41.1"]),
        # 余 and 多: more, but less than one more of what is printed
        ("查扣35亿余元", ["3500000000", "3547286310"], ["3600000000", "3499999999"]),
        ("查扣30余亿元", ["3000000000", "3999999999"], ["4000000000"]),
        ("查扣30亿余元", ["3099999999"], ["3100000000"]),
        ("起诉1500余人", ["1500", "1591"], ["1499", "1600"]),
        ("起诉两千多人", ["2000", "2999"], ["3000", "1999"]),
        ("起诉10多人", ["19"], ["20"]),
        ("投入3.5万余元", ["35999"], ["36000"]),
        # 以上 and 不足 only set a limit
        ("起诉1500人以上", ["1500", "9999"], ["1499"]),
        ("起诉超过1500人", ["1591"], ["1499"]),
        ("起诉不足1600人", ["1591", "3"], ["1601"]),
        # 近 comes close from below, 约 from both sides
        ("起诉近1600人", ["1591", "1600"], ["1601", "1400"]),
        ("起诉约1600人", ["1591", "1609", "1660"], ["1700", "1500"]),
        ("起诉1600人左右", ["1591"], ["1700"]),
        ("追赃近35亿元", ["3490000000"], ["3547286310"]),
        ("每组配备3至5人", ["3", "4", "5"], ["2", "6"]),
    ],
)
def test_what_a_printed_quantity_is_true_of(
    text: str, true_of: list[str], false_of: list[str]
) -> None:
    assert [value for value in true_of if not says(text, value)] == []
    assert [value for value in false_of if says(text, value)] == []


@given(st.integers(min_value=1, max_value=10**13))
def test_what_our_own_documents_print_of_a_value_is_true_of_it(value: int) -> None:
    for style in ("plain", "thousands", "yuan", "yuan-at-least"):
        printed = number_text(Decimal(value), style)
        unit = "" if printed.endswith("元") else "元"
        assert says(f"协调资金{printed}{unit}", Decimal(value)), printed
