"""What looks like a quantity and is none: dates, references, catchwords, codes.

They are found first and blanked out, so that what reads numbers afterwards never sees them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rongjian.kernel.chinese_numbers import NUMERALS
from rongjian.kernel.quantity_dates import DateMark, date_marks
from rongjian.kernel.quantity_lexicon import Lexicon, MarkKind, MaskPattern

BLANK = "\x00"

_CODE = re.compile(r"[A-Za-z0-9@._/:?&=#%+~²³-]+")
_CODE_EDGE = "./:?&=#%+~-"
_LETTER = re.compile(r"[A-Za-z]")
_NAME_AND_NUMBER = re.compile(r"[A-Za-z]{2,}(?=[0-9]+\Z)")
_LEADING_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_HAS_NUMERAL = re.compile(rf"[0-9{NUMERALS}]")
_LONGEST_QUOTE = 20


@dataclass(frozen=True)
class Mark:
    """A stretch of the text with a number in it that is no quantity."""

    start: int
    end: int
    text: str
    kind: MarkKind


@dataclass
class Masked:
    """A folded text whose marks are blanked out, and the marks."""

    plain: str
    undated: str = ""
    """The text without its dates alone, in which names can still be read."""
    found: list[tuple[int, int, MarkKind]] = field(default_factory=list)
    dates: list[DateMark] = field(default_factory=list)

    def take(self, kind: MarkKind, spans: Iterator[tuple[int, int]]) -> None:
        """Blank the spans out and remember those that hold a number."""
        pieces, position = [], 0
        for start, end in spans:
            if _HAS_NUMERAL.search(self.plain, start, end):
                pieces += [self.plain[position:start], BLANK * (end - start)]
                position = end
                self.found.append((start, end, kind))
        self.plain = "".join((*pieces, self.plain[position:]))


def mask(plain: str, lexicon: Lexicon) -> Masked:
    """Find everything in a folded text that is no quantity, each kind in its turn."""
    masked = Masked(plain.replace(BLANK, " "))
    masked.take("reference", _codes(masked.plain, lexicon))
    for entry in lexicon.enclosures:
        masked.take(entry.kind, _matches(masked.plain, _compiled(entry)))
    masked.take("reference", _straight_quotes(masked.plain))
    masked.dates = list(date_marks(masked.plain, lexicon.periods))
    masked.take("date", ((mark.start, mark.end) for mark in masked.dates))
    masked.undated = _blanked(plain, masked.dates)
    for kind, expression in lexicon.mask_expressions:
        spans = list(_matches(masked.plain, expression))
        if kind == "date":
            masked.dates += [DateMark(start, end, "vague", first=0) for start, end in spans]
        masked.take(kind, iter(spans))
    masked.dates.sort(key=lambda mark: mark.start)
    return masked


def marks(text: str, masked: Masked) -> tuple[Mark, ...]:
    """The marks in the order of the text as it was given."""
    return tuple(
        Mark(start, end, text[start:end], kind) for start, end, kind in sorted(masked.found)
    )


def _compiled(entry: MaskPattern) -> re.Pattern[str]:
    return re.compile(entry.expression)  # the re module keeps it compiled


def _matches(plain: str, expression: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    for found in expression.finditer(plain):
        if found.end() > found.start():
            yield found.span()


def _codes(plain: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Web and post addresses, file names and codes, but not 448km and not the 3 of APP3个."""
    for found in _CODE.finditer(plain):
        start, end = found.span()
        if not _LETTER.search(plain, start, end):
            continue
        name = _NAME_AND_NUMBER.match(plain, start, end)
        if name and lexicon.measure_at(plain, end):
            continue
        number = _LEADING_NUMBER.match(plain, start, end)
        if number and plain[number.end() : end] in lexicon.measure_words:
            continue
        yield end - len(plain[start:end].lstrip(_CODE_EDGE)), end


def _blanked(plain: str, dates: list[DateMark]) -> str:
    pieces, position = [], 0
    for mark in dates:
        pieces += [plain[position : mark.start], BLANK * (mark.end - mark.start)]
        position = mark.end
    return "".join((*pieces, plain[position:]))


def _straight_quotes(plain: str) -> Iterator[tuple[int, int]]:
    """Short stretches between straight quotes, which open and close in turn within a line."""
    opened: int | None = None
    for found in re.finditer(r'["\n]', plain):
        if found.group() == "\n":
            opened = None
        elif opened is None:
            opened = found.start()
        else:
            if found.end() - opened <= _LONGEST_QUOTE + 2:
                yield opened, found.end()
            opened = None
