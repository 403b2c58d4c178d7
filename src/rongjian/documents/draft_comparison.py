"""Whether a printed quantity says the truth about a computed value, at the precision it is printed with.

2.17亿元 is true of whatever rounds to it, 1591人 of 1591 alone, 35亿余元 of anything from 35亿 up to,
but not including, 36亿, 30余亿元 up to 40亿; 近 of what lies at most a tenth below.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rongjian.documents.draft_words import DraftWords
    from rongjian.kernel.quantities import Quantity

_SCALES = "万亿"
_NEAR = Decimal("0.9")
_ROUGHLY = Decimal("0.05")


def agrees(text: str, quantity: Quantity, value: Decimal, words: DraftWords) -> bool:
    """Whether the quantity, printed at its place in the text, is true of the value."""
    printed = quantity.value
    if quantity.upper is not None:
        return printed <= value <= quantity.upper
    if quantity.bound == ">=":
        least_more = _step_of_remainder(quantity, words)
        return printed <= value and (least_more is None or value < printed + least_more)
    if quantity.bound == "<=":
        near = text[: quantity.start].rstrip().endswith(words.approaching)
        return value <= printed and (not near or value >= printed * _NEAR)
    if quantity.bound == "~":
        return abs(value - printed) <= max(_round_step(quantity) / 2, printed * _ROUGHLY)
    step = _last_digit(quantity)
    return (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step == printed


def _last_digit(quantity: Quantity) -> Decimal:
    """What one more in the last printed digit would add, in base units: 1000000 for 2.17亿元."""
    scale = quantity.value / quantity.printed_value if quantity.printed_value else Decimal(1)
    exponent = quantity.printed_value.as_tuple().exponent
    return scale.scaleb(min(int(exponent), 0))


def _round_step(quantity: Quantity) -> Decimal:
    """The same for the last digit that is no zero of a round number: 100 for 1500人."""
    digits = f"{quantity.printed_value:f}"
    zeros = len(digits) - len(digits.rstrip("0")) if "." not in digits else 0
    return _last_digit(quantity).scaleb(zeros) if quantity.printed_value else _last_digit(quantity)


def _step_of_remainder(quantity: Quantity, words: DraftWords) -> Decimal | None:
    """How much 余 may stand for; None where the quantity has only a lower limit."""
    places = [at for at, sign in enumerate(quantity.text) if sign in words.remainders and at]
    if not places:
        return None
    behind_scale = quantity.text[places[0] - 1] in _SCALES
    return _last_digit(quantity) if behind_scale else _round_step(quantity)
