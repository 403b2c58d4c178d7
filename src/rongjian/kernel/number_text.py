"""Numbers as official texts print them: 1591 · 1,591 · 2.17亿元 · 35亿余元 · 69.53% · 1:1.545.

This is the only place where a figure is rounded. What rounds does so half up, as people expect;
what prints 余 (“and more”) never rounds up, because it claims that there is at least so much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Literal

Style = Literal["plain", "thousands", "decimal", "yuan", "yuan-at-least", "percent", "ratio"]
"""How a definition asks for its number to be printed."""

NOTHING = "没有此类记录"
"""What stands in place of a number where there is nothing to count: it is not a zero."""

_SCALES = ((Decimal(100_000_000), "亿"), (Decimal(10_000), "万"))


def number_text(value: Decimal | None, style: Style = "plain") -> str:
    """The value as a text in one of the styles; NOTHING for no value."""
    return NOTHING if value is None else _STYLES[style](value)


def _rounded(value: Decimal, places: int) -> Decimal:
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return rounded if rounded else abs(rounded)  # never a minus before a zero


def _trimmed(value: Decimal) -> str:
    """Without zeros at the end and without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: Decimal) -> str:
    return _trimmed(_rounded(value, 2))


def _thousands(value: Decimal) -> str:
    return f"{Decimal(_plain(value)):,f}"


def _decimal(value: Decimal) -> str:
    return f"{_rounded(value, 1):f}"


def _yuan(value: Decimal) -> str:
    """To two digits behind the point, in 亿元 or 万元 where it is that much."""
    for scale, word in _SCALES:
        # The rounded value decides, or 99,999,999.99 would become 10000万元.
        if abs(_rounded(value / scale, 2)) >= 1:
            return f"{_trimmed(_rounded(value / scale, 2))}{word}元"
    return f"{_plain(value)}元"


def _yuan_at_least(value: Decimal) -> str:
    """Whole 亿, 万 or 元, cut off, with 余 where something was cut."""
    for scale, word in (*_SCALES, (Decimal(1), "")):
        if value >= scale:
            whole = (value / scale).quantize(Decimal(1), ROUND_DOWN)
            return f"{whole:f}{word}{'余' if whole * scale != value else ''}元"
    return _yuan(value)


def _percent(value: Decimal) -> str:
    return f"{_rounded(value, 2):f}%"


def _ratio(value: Decimal) -> str:
    return f"1:{_trimmed(_rounded(value, 3))}"


_STYLES: Mapping[Style, Callable[[Decimal], str]] = {
    "plain": _plain,
    "thousands": _thousands,
    "decimal": _decimal,
    "yuan": _yuan,
    "yuan-at-least": _yuan_at_least,
    "percent": _percent,
    "ratio": _ratio,
}
