"""Which organisation a figure speaks of, and of which other figure it is a part."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from rongjian.kernel.quantity_kinds import Judged
from rongjian.kernel.quantity_layout import CLAUSE, SENTENCE, Clause, Reach, governed
from rongjian.kernel.quantity_lexicon import Lexicon, any_of

_LONGEST_NAME = 12
_BREAK = r"[\s,，、。;；:：!！?？\x00\[\]《》<>0-9*]"
_LIST_END = re.compile(r"[,，;；。!！?？:：\n]")
_LONGEST_WORD = 6


@dataclass(frozen=True)
class Name:
    """An organisation or area as printed."""

    start: int
    end: int
    area: bool


def names(masked: str, lexicon: Lexicon) -> list[Name]:
    """The organisations and areas of a masked text that something can be said of, in order."""
    words = lexicon.scopes
    dates = lexicon.periods
    named = (*dates.this_year, *dates.same_year, *dates.last_year, *dates.whole, *lexicon.items)
    stop = re.compile(rf"{_BREAK}|{any_of((*words.stops, *lexicon.rank.positions, *named))}")
    both = re.compile(f"(?P<org>{any_of(words.organisations)})|(?P<area>{any_of(words.areas)})")
    not_after = (*words.not_after, *lexicon.rank.positions)
    result: list[Name] = []
    for found in both.finditer(masked):
        start, end = found.span()
        area = found["org"] is None
        if not area:
            start = _beginning(masked, start, result[-1] if result else None, stop)
        if result and result[-1].area and start <= result[-1].start:
            result.pop()  # 全市 of 全市检察机关
        if not masked[max(0, start - _LONGEST_WORD) : start].endswith(not_after):
            result.append(Name(start, end, area))
    return result


def _beginning(masked: str, anchor: int, last: Name | None, stop: re.Pattern[str]) -> int:
    floor = max(0, anchor - _LONGEST_NAME)
    if last and not last.area:
        floor = max(floor, last.end)
    return max((found.end() for found in stop.finditer(masked, floor, anchor)), default=floor)


class ScopeReader:
    """Walks through a text clause by clause and knows the organisation that governs each place."""

    def __init__(self, text: str, masked: str, lexicon: Lexicon) -> None:
        self._text = text
        self._names = names(masked, lexicon)
        self._starts = [name.start for name in self._names]
        self._reach: Reach[str] = Reach()

    def enter(self, clause: Clause) -> None:
        """Go on to a clause."""
        self._reach.enter(clause)

    def names_in(self, clause: Clause) -> list[Name]:
        """The names that begin in a clause."""
        low = bisect_left(self._starts, clause.start)
        return self._names[low : bisect_left(self._starts, clause.end)]

    def name(self, name: Name, clause: Clause, leading: bool) -> None:
        """Take in a name; a leading one opens its clause and so governs more than it."""
        words = self._text[name.start : name.end].strip()
        if leading:
            for level in (*governed(clause), SENTENCE, CLAUSE):
                self._reach.put(level, words)
        elif not name.area:
            self._reach.put(CLAUSE, words)

    def attached(self) -> str:
        """The organisation that governs the place that has been reached; empty without one."""
        found = self._reach.nearest()
        return found[1] if found else ""


def parts(plain: str, placed: list[tuple[Judged, Clause]], lexicon: Lexicon) -> dict[int, int]:
    """For figures that are parts of another (by their starts): where the whole begins.

    其中 makes parts of what follows it in its list; so does a colon behind a figure.
    """
    opener = re.compile(any_of(lexicon.parts))
    result: dict[int, int] = {}
    wholes: dict[str, int] = {}
    seen: dict[str, int] = {}
    last: Clause | None = None
    end = 0
    for figure, clause in placed:
        token = figure.token
        if last is None or clause.sentence != last.sentence:
            wholes = {}
            near = last and last.paragraph == clause.paragraph
            if not (near and opener.search(plain, end, token.start)):
                end, seen = clause.start, {}
        between = plain[end : token.start]
        if opener.search(between) or (":" in between and seen):
            wholes = dict(seen)
        elif _LIST_END.search(between):
            wholes = {}
        unit = token.measure.unit if token.measure else ""
        if unit in wholes and figure.kind not in ("change", "share"):
            result[token.start] = wholes[unit]
        seen[unit] = token.start
        last, end = clause, token.end
    return result
