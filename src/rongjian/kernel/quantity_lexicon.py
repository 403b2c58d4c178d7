"""What the reader of quantities knows about words: the content file, checked and made searchable.

The words themselves are in content/quantities.yaml; a measure word, a slogan, a form of reference
or an organisation is added there and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import Literal

from rongjian.kernel.chinese_numbers import NUMERALS
from rongjian.kernel.content import CONTENT, load_file

QuantityKind = Literal["count", "money", "measure", "share", "change", "rank"]
MarkKind = Literal["date", "ordinal", "reference"]
Bound = Literal["", ">=", "<=", "~"]

_PLACEHOLDERS = {
    "<n>": rf"(?:[0-9]{{1,9}}|[{NUMERALS}]{{1,9}})",
    "<d>": "[0-9]{1,9}",
    "<c>": f"[{NUMERALS}]{{1,9}}",
    "<w>": r"[^\s,，、。;；:!！?？\x00]",
}
_NOT_REPETITION = re.compile(r"\\.|\[\^?\]?[^\]]*\]|\(\?[:=!<]")
_UNBOUNDED = re.compile(r"[*+]|\{[0-9]*,\}")
_SLOGAN_DIGITS = dict(zip("一二两三四五六七八九", "1223456789", strict=True))


@dataclass(frozen=True)
class MeasureGroup:
    """Measure words that behave alike."""

    words: tuple[str, ...]
    dimension: str
    kind: QuantityKind = "count"
    unit: str = ""
    """The base unit; without one each word is its own."""
    factor: Decimal = Decimal(1)
    """How many base units one of these is."""
    numerals: Literal["open", "noun", "digits"] = "open"
    """After 二…九: always a quantity, only before a counted noun, or never."""
    one: Literal["never", "end", "always"] = "never"
    """After 一: never a quantity, only where the clause ends behind it, or always."""


@dataclass(frozen=True)
class Measure:
    """One measure word and what it turns a number into."""

    word: str
    unit: str
    group: MeasureGroup
    traps: tuple[str, ...]


@dataclass(frozen=True)
class Approximation:
    """Words that make a printed number inexact, where they stand and which way they open it."""

    words: tuple[str, ...]
    where: Literal["before", "scale", "middle", "after"]
    bound: Bound


@dataclass(frozen=True)
class MaskPattern:
    """A form of words with a number in it that is no quantity."""

    kind: MarkKind
    pattern: str
    example: str

    def __post_init__(self) -> None:
        if _UNBOUNDED.search(_NOT_REPETITION.sub("", self.pattern)):
            raise ValueError(f"模式“{self.pattern}”含不限次数的重复，请改用 {{m,n}}")
        try:
            found = re.search(self.expression, self.example)
        except re.error as problem:
            raise ValueError(f"模式“{self.pattern}”不是正确的正则表达式：{problem}") from problem
        if found is None:
            raise ValueError(f"模式“{self.pattern}”认不出自己的例子“{self.example}”")

    @property
    def expression(self) -> str:
        """The pattern as a regular expression."""
        text = self.pattern
        for name, meaning in _PLACEHOLDERS.items():
            text = text.replace(name, meaning)
        return text


@dataclass(frozen=True)
class ChangeWords:
    """Words around a number that say it is a difference and not a level."""

    up: tuple[str, ...]
    down: tuple[str, ...]
    nouns_up: tuple[str, ...]
    nouns_down: tuple[str, ...]
    fillers: tuple[str, ...]
    noun_fillers: tuple[str, ...]
    comparisons: tuple[str, ...]


@dataclass(frozen=True)
class RankWords:
    """Words around 第一 that make it a place in an order and not a name."""

    positions: tuple[str, ...]
    awards: tuple[str, ...]
    firsts: tuple[str, ...]
    ranked_units: tuple[str, ...]
    tails: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """A span of time that a text names by its event, and the words that place a figure in it."""

    words: str
    cues: tuple[str, ...]


@dataclass(frozen=True)
class PeriodWords:
    """Words for spans of time that take their year from the text around them."""

    this_year: tuple[str, ...]
    same_year: tuple[str, ...]
    last_year: tuple[str, ...]
    whole: tuple[str, ...]
    vague: tuple[str, ...]
    since: tuple[str, ...]
    since_openers: tuple[str, ...]
    until: tuple[str, ...]
    comparisons: tuple[str, ...]
    leads: tuple[str, ...]
    each: tuple[str, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class ScopeWords:
    """Words that name the organisation a figure speaks of."""

    organisations: tuple[str, ...]
    areas: tuple[str, ...]
    stops: tuple[str, ...]
    not_after: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Everything the reader of quantities knows about words; a field for each group of the file."""

    approximations: tuple[Approximation, ...]
    measures: tuple[MeasureGroup, ...]
    traps: Mapping[str, tuple[str, ...]]
    counted_nouns: tuple[str, ...]
    named_nouns: tuple[str, ...]
    vague_numbers: tuple[str, ...]
    one_not_after: tuple[str, ...]
    ratio_words: tuple[str, ...]
    ratio_names: tuple[str, ...]
    ratio_links: tuple[str, ...]
    change: ChangeWords
    rank: RankWords
    enclosures: tuple[MaskPattern, ...]
    masks: tuple[MaskPattern, ...]
    slogans: tuple[str, ...]
    periods: PeriodWords
    scopes: ScopeWords
    parts: tuple[str, ...]
    items: tuple[str, ...]

    def __post_init__(self) -> None:
        words = [word for group in self.measures for word in group.words]
        if twice := sorted({word for word in words if words.count(word) > 1}):
            raise ValueError(f"量词重复：{'、'.join(twice)}")
        if unknown := sorted(set(self.traps) - set(words)):
            raise ValueError(f"traps 中有未声明的量词：{'、'.join(unknown)}")

    @cached_property
    def measure_words(self) -> dict[str, Measure]:
        """Each measure word with its meaning."""
        return {
            word: Measure(word, group.unit or word, group, self.traps.get(word, ()))
            for group in self.measures
            for word in group.words
        }

    @cached_property
    def longest_measure(self) -> int:
        """How many characters the longest measure word has."""
        return max(map(len, self.measure_words), default=0)

    @cached_property
    def mask_expressions(self) -> tuple[tuple[MarkKind, re.Pattern[str]], ...]:
        """The masks in the order of the file, neighbours of one kind joined, slogans last."""
        joined: list[tuple[MarkKind, re.Pattern[str]]] = [
            (kind, re.compile("|".join(f"(?:{mask.expression})" for mask in masks)))
            for kind, masks in groupby(self.masks, key=lambda mask: mask.kind)
        ]
        slogans = "|".join(map(_slogan, sorted(self.slogans, key=len, reverse=True)))
        alone = rf"(?<![{NUMERALS}0-9第])(?:{slogans})"
        return (*joined, ("reference", re.compile(alone)))

    @cached_property
    def _leads(self) -> re.Pattern[str]:
        words = self.periods
        named = (*words.this_year, *words.same_year, *words.last_year, *words.whole, *words.vague)
        return re.compile(rf"[ “\"(\x00]|{any_of((*words.leads, *self.items, *named))}")

    def opens(self, masked: str, begin: int, position: int) -> bool:
        """Whether nothing but dates, numbering and small words stands between two places."""
        while begin < position:
            found = self._leads.match(masked, begin, position)
            if found is None:
                return False
            begin = found.end()
        return True

    def measure_at(self, plain: str, position: int) -> Measure | None:
        """The longest measure word printed at a position and not part of another word."""
        for length in range(self.longest_measure, 0, -1):
            measure = self.measure_words.get(plain[position : position + length])
            if measure is None or len(measure.word) != length:
                continue
            if not plain.startswith(measure.traps, position + length):
                return measure
        return None

    def approximation(self, where: str) -> dict[str, Bound]:
        """The approximating words of one place, longest first."""
        found = {
            word: entry.bound
            for entry in self.approximations
            if entry.where == where
            for word in entry.words
        }
        return dict(sorted(found.items(), key=lambda item: -len(item[0])))

    @cached_property
    def before(self) -> dict[str, Bound]:
        """近3000人, 超过八成."""
        return self.approximation("before")

    @cached_property
    def before_scale(self) -> dict[str, Bound]:
        """上百件, 上千人: only before a scale alone."""
        return self.approximation("scale")

    @cached_property
    def middle(self) -> dict[str, Bound]:
        """50余件, 两千多名."""
        return self.approximation("middle")

    @cached_property
    def after(self) -> dict[str, Bound]:
        """3000人以上, 五成左右."""
        return self.approximation("after")


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words, the longer ones first; never for nothing."""
    listed = sorted(set(words), key=len, reverse=True)
    return "(?:" + "|".join(map(re.escape, listed)) + ")" if listed else "(?!)"


def load_lexicon(path: Path) -> Lexicon:
    """The lexicon declared in a file; ContentError names the file and line of a mistake."""
    return load_file(path, Lexicon)[0]


@cache
def product_lexicon() -> Lexicon:
    """The lexicon that the product ships."""
    return load_lexicon(CONTENT / "quantities.yaml")


def _slogan(words: str) -> str:
    """A slogan that is known in digits too: 三个规定, 3个规定."""
    return "".join(
        f"[{c}{_SLOGAN_DIGITS[c]}]" if c in _SLOGAN_DIGITS else re.escape(c) for c in words
    )
