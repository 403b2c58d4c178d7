"""Dates and spans of time in a draft: where they are printed, and which months they mean.

A span without a year of its own (上半年, 今年以来, 截至11月) is kept as printed here; its year comes
from the text around it (kernel/quantity_periods.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rongjian.kernel.chinese_numbers import DIGITS, number_at
from rongjian.kernel.quantity_lexicon import PeriodWords, any_of

Grain = Literal["span", "month", "day", "clock", "vague"]
YearWord = Literal["", "this", "same", "last"]

_UNTIL_REACH = 5
_DECADES = "〇零一二三四五六七八九"
_YEAR = (
    r"(?:(?<![0-9.])(?:19|20)[0-9]{2}(?![0-9])"
    r"|(?<![0-9.])[0-9]{2}(?= ?年 ?(?:1[0-2]|[1-9]) ?月)"
    rf"|(?:一九|二〇|二零)[{_DECADES}]{{2}})"
)
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = (
    r"(?: ?(?:3[01]|[12][0-9]|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九]) ?日)"
)
_TO = r" ?(?:-{1,2}|至|到) ?"
_BARE = r"(?<![0-9.第一二三四五六七八九十])"
_QUARTER = r"第?(?:[1-4]|[一二三四])(?:(?:-|至|到)第?(?:[1-4]|[一二三四]))? ?季度"
_SPAN_END = r"(?:以来|至今)"


@dataclass(frozen=True)
class DateMark:
    """A date or span as printed."""

    start: int
    end: int
    grain: Grain
    year: int | None = None
    year_word: YearWord = ""
    first: int = 1
    last: int = 12
    last_year: int | None = None
    last_word: YearWord = ""
    since: bool = False
    """Open at its end: 2023年以来."""
    until: bool = False
    """The end of a span only: 截至11月初."""


def date_marks(plain: str, words: PeriodWords) -> Iterator[DateMark]:
    """The dates of a folded text in order, none overlapping another."""
    expression = _expression(words)
    for found in expression.finditer(plain):
        ahead = plain[max(0, found.start() - _UNTIL_REACH) : found.start()].rstrip()
        yield replace(_read(found, words), until=ahead.endswith(words.until))


@cache
def _expression(words: PeriodWords) -> re.Pattern[str]:
    relative = any_of((*words.this_year, *words.same_year, *words.last_year))
    year = rf"(?:{_YEAR} ?年度?|{relative})"
    since = any_of(words.since) + "(?!年)"  # 2020年1月至今年6月
    forms = {
        "clock": r"(?<![0-9:.])[0-2][0-9]:[0-5][0-9](?![0-9.:])|"
        r"(?<![0-9.])[0-2]?[0-9] ?[时点] ?(?:[0-5]?[0-9] ?分(?!钟)|许|整(?![改治顿]))",
        "digits": r"(?<![0-9.])(?P<dy>(?:19|20)[0-9]{2})(?P<sep>[-./])(?P<dm>1[0-2]|0?[1-9])"
        r"(?:(?P=sep)(?P<dd>3[01]|[12][0-9]|0?[1-9]))?(?![0-9.万亿%]| ?[件人元])",
        "months": rf"(?:(?P<my>{year}) ?|{_BARE})(?P<mf>{_MONTH}) ?(?:月份?)?{_DAY}?{_TO}"
        rf"(?:(?P<mz>{year}) ?)?(?P<ml>{_MONTH}) ?月份?{_DAY}?",
        "years": rf"(?P<yf>{_YEAR})(?: ?年度?)?(?:{_TO})(?P<yl>{_YEAR}) ?年度?",
        "part": rf"(?:(?P<py>{year}) ?)?(?P<pw>[上下]半年|前三(?:个)?季度|{_QUARTER}|"
        r"前 ?(?P<pn>1[0-2]|[1-9]|十[一二]?|[二三四五六七八九]) ?个月)",
        "month": rf"(?:(?P<oy>{year}) ?|{_BARE})(?P<om>{_MONTH}) ?月(?:份|底|初|末|[上中下]旬)?"
        rf"(?P<od>{_DAY})?",
        "year": rf"(?P<sy>{year})(?:[初末底]|年[初末底])?",
        "whole": any_of(words.whole),
        "vague": any_of(words.vague),
        "day": r"(?<![0-9.、])(?:3[01]|[12][0-9]|[1-9]) ?日(?![内前均常益报]|以内|之内)",
    }
    named = "|".join(f"(?P<{name}>{form})" for name, form in forms.items())
    return re.compile(rf"(?:{named})(?P<since>{since})?")


def _read(found: re.Match[str], words: PeriodWords) -> DateMark:
    """One match as a mark; each form has its own reader."""
    start, end, since = found.start(), found.end(), found["since"] is not None
    for name, reader in _READERS.items():
        if found[name] is not None:
            return replace(reader(found, words), start=start, end=end, since=since)
    grain: Grain = "vague" if found["vague"] else "clock" if found["clock"] else "day"
    return DateMark(start, end, grain, first=0)


def _year(text: str | None, words: PeriodWords) -> tuple[int | None, YearWord]:
    """The year a text prints, or the word it uses instead."""
    if not text:
        return None, ""
    for listed, word in _year_words(words):
        if text in listed:
            return None, word
    plain = text.rstrip("年度 ")
    if plain[0] in DIGITS:
        return int("".join(str(DIGITS[c]) for c in plain)), ""
    return int(plain) + (2000 if len(plain) == 2 else 0), ""


def _year_words(words: PeriodWords) -> tuple[tuple[tuple[str, ...], YearWord], ...]:
    return (
        (words.this_year, "this"),
        (words.same_year, "same"),
        (words.last_year, "last"),
    )


def _small(text: str) -> int:
    """A month or quarter in digits or numerals."""
    number = number_at(text.strip(), 0)
    return int(number.value) if number else 0


def _digits(found: re.Match[str], words: PeriodWords) -> DateMark:
    month = int(found["dm"])
    return DateMark(0, 0, "day" if found["dd"] else "month", int(found["dy"]), "", month, month)


def _months(found: re.Match[str], words: PeriodWords) -> DateMark:
    year, word = _year(found["my"], words)
    last_year, last_word = _year(found["mz"], words)
    first, last = _small(found["mf"]), _small(found["ml"])
    return DateMark(0, 0, "span", year, word, first, last, last_year, last_word)


def _years(found: re.Match[str], words: PeriodWords) -> DateMark:
    first, last = (_year(found[name], words)[0] or 0 for name in ("yf", "yl"))
    if first > last:
        return DateMark(0, 0, "vague", first=0)
    return DateMark(0, 0, "span", first, "", 1, 12, last)


def _part(found: re.Match[str], words: PeriodWords) -> DateMark:
    year, word = _year(found["py"], words)
    part = found["pw"]
    if part.endswith("半年"):
        first, last = (1, 6) if part.startswith("上") else (7, 12)
    elif part.startswith("前三"):
        first, last = 1, 9
    elif found["pn"]:
        first, last = 1, _small(found["pn"])
    else:
        quarters = [int(number_at(c, 0).value) for c in part if c in "1234一二三四"]  # type: ignore[union-attr]
        first, last = quarters[0] * 3 - 2, quarters[-1] * 3
    return DateMark(0, 0, "span", year, word, first, last)


def _month(found: re.Match[str], words: PeriodWords) -> DateMark:
    year, word = _year(found["oy"], words)
    month = _small(found["om"])
    return DateMark(0, 0, "day" if found["od"] else "month", year, word, month, month)


def _plain_year(found: re.Match[str], words: PeriodWords) -> DateMark:
    year, word = _year(found["sy"], words)
    return DateMark(0, 0, "span", year, word)


def _whole(found: re.Match[str], words: PeriodWords) -> DateMark:
    return DateMark(0, 0, "span", None, "")


_READERS = {
    "digits": _digits,
    "months": _months,
    "years": _years,
    "part": _part,
    "month": _month,
    "year": _plain_year,
    "whole": _whole,
}
