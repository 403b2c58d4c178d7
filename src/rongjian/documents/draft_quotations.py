"""Figures of a draft that repeat a published statement: found by the printed figure and its words.

A quotation is never computed. What is told here is only that the draft prints what the record of
the publication prints, in words that are mostly those of its statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.chinese_numbers import DIGITS, fold, number_at
from rongjian.kernel.quantities import find

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from rongjian.documents.draft_words import DraftWords
    from rongjian.kernel.quantities import Quantity
    from rongjian.kernel.quantity_lexicon import Lexicon
    from rongjian.ledgers.quotation import Quotation

_ENOUGH = 0.35
"""The share of a statement's pairs of characters that the sentence must hold."""
_PLAINLY = 0.6
"""From this share on a rank that prints another place is taken for a slip and not for another rank."""
_RANK = "名次"
_SIGNS = re.compile(r"[^0-9A-Za-z一-鿿]")
_DIGITS = {ord(word): str(value) for word, value in DIGITS.items()}


@dataclass(frozen=True)
class Published:
    """A quotation with its figure and words taken apart, to be held against many quantities."""

    quotation: Quotation
    value: Decimal | None
    unit: str
    pairs: frozenset[str]

    @classmethod
    def of(cls, quotation: Quotation, lexicon: Lexicon) -> Published:
        """Take a quotation apart."""
        value, unit = _figure(quotation.printed, lexicon)
        return cls(quotation, value, unit, _pairs(quotation.statement))


def quoted(
    text: str, quantity: Quantity, published: Iterable[Published], words: DraftWords
) -> Published | None:
    """What a quantity of the text repeats, or a rank repeats wrongly; None when it repeats none."""
    alike = [
        one
        for one in published
        if words.same_unit(one.unit, quantity.unit)
        and (one.value == quantity.value or quantity.kind == "rank")
    ]
    if not alike:
        return None
    there = _pairs(text[slice(*quantity.sentence)])
    fits: list[tuple[bool, float, int, Published]] = []
    for one in alike:
        same = one.value == quantity.value
        share = len(one.pairs & there) / len(one.pairs) if one.pairs else 0.0
        if share >= (_ENOUGH if same else _PLAINLY):
            fits.append((same, share, -one.quotation.pk, one))
    return max(fits)[3] if fits else None


def _figure(printed: str, lexicon: Lexicon) -> tuple[Decimal | None, str]:
    """Value and unit of a printed figure: 第1名 is the first of a rank, 7项 are seven 项."""
    plain = fold(printed).strip()
    if plain.startswith("第"):
        number = number_at(plain.removeprefix("第").lstrip(), 0)
        return (number.value if number else None), _RANK
    found = find(printed, lexicon)
    return (found[0].value, found[0].unit) if len(found) == 1 else (None, "")


def _pairs(words: str) -> frozenset[str]:
    """The pairs of neighbouring characters, digits and numerals alike."""
    plain = _SIGNS.sub("", fold(words).translate(_DIGITS))
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))
