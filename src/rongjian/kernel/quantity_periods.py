"""Which months a figure speaks of: from its clause, else its sentence, item, paragraph, title.

A year or a longer span that opens a clause governs its whole item; a month or a day only its own
sentence. 今年 means the year of the text, 当年 the year that was named last.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from rongjian.kernel.periods import Month
from rongjian.kernel.quantity_dates import DateMark, YearWord
from rongjian.kernel.quantity_layout import (
    CLAUSE,
    LEVELS,
    SENTENCE,
    SUBSECTION,
    Clause,
    Level,
    Reach,
    governed,
)
from rongjian.kernel.quantity_lexicon import Lexicon, any_of

_LONGEST_SINCE = 30
_PART_REACH = 8
_LIST = re.compile(r" ?[、和及] ?")
_STOP = re.compile(r"[,，;；。!！?？:：\n]")


@dataclass(frozen=True)
class Span:
    """A span of time as printed, with its months as far as they are known."""

    words: str
    first: Month | None = None
    last: Month | None = None

    @property
    def dated(self) -> bool:
        """Whether at least its beginning is known."""
        return self.first is not None

    def text(self) -> str | None:
        """The span as `YYYY-MM..YYYY-MM`; None while an end is open."""
        if self.first is None or self.last is None or self.last < self.first:
            return None
        return f"{self.first}..{self.last}"


@dataclass(frozen=True)
class Attached:
    """The span that a figure stands in and the part of the text that says so."""

    span: Span
    level: Level


class PeriodReader:
    """Walks through a text clause by clause and knows the span that governs each place."""

    def __init__(
        self, text: str, plain: str, dates: list[DateMark], lexicon: Lexicon, as_of: date | None
    ) -> None:
        self._text = text
        self._plain = plain
        self._words = lexicon.periods
        self._dates = with_events(plain, dates, lexicon)
        self._starts = [mark.start for mark in self._dates]
        self._as_of = Month.of(as_of) if as_of else None
        self._reach: Reach[Span] = Reach()
        self._named_year: int | None = None
        self._paragraph = -1
        self._part = re.compile(rf"{any_of(lexicon.parts)}[,，:： ]{{0,2}}\Z")
        self._cues = [(topic.words, re.compile(any_of(topic.cues))) for topic in self._words.topics]
        self._listed: list[Span] = []
        self._list_end = -1
        self._topic: dict[tuple[int, int], str] = {}

    def enter(self, clause: Clause) -> None:
        """Go on to a clause."""
        self._reach.enter(clause)
        if clause.paragraph != self._paragraph:
            self._paragraph, self._named_year, self._listed = clause.paragraph, None, []
        for words, cues in self._cues:
            if cues.search(self._plain, clause.start, clause.end):
                self._topic[(clause.paragraph, clause.item)] = words

    def dates_in(self, clause: Clause) -> list[DateMark]:
        """The dates that begin in a clause."""
        low = bisect_left(self._starts, clause.start)
        return self._dates[low : bisect_left(self._starts, clause.end)]

    def name(self, mark: DateMark, clause: Clause, leading: bool) -> None:
        """Take in a date; a leading one opens its clause and so governs more than its sentence."""
        ahead = self._plain[max(clause.start, mark.start - 2) : mark.start].rstrip(" ")
        compared = ahead.endswith(self._words.comparisons) and not self._goes_on(mark)
        if mark.year and not compared:
            self._named_year = mark.last_year or mark.year
        if compared or mark.grain == "clock":
            return
        span = self._in_list(mark, self._resolved(mark))
        for level in (CLAUSE, SENTENCE):
            self._reach.put(level, span)
        in_part = self._part.search(self._plain, max(0, mark.start - _PART_REACH), mark.start)
        if in_part or (mark.grain == "day" and not mark.until):
            return
        headline = clause.role in ("title", "heading")
        if headline or (leading and (mark.grain in ("span", "vague") or mark.until)):
            self._govern(clause, span)

    def attached(self, clause: Clause, starts: list[int]) -> list[Attached | None]:
        """What governs the figures that begin here, before the next date or name."""
        each = self._respectively(starts)
        if each:
            return [Attached(span, "clause") for span in each]
        return [self._nearest(clause)] * len(starts)

    def _nearest(self, clause: Clause) -> Attached | None:
        found = self._reach.nearest()
        weak = found is None or (found[0] <= SUBSECTION and not found[1].dated)
        topic = self._topic.get((clause.paragraph, clause.item))
        if weak and topic:
            return Attached(Span(topic), "item" if clause.item else "paragraph")
        return Attached(found[1], LEVELS[found[0]]) if found else None

    def _respectively(self, starts: list[int]) -> list[Span]:
        """Of 2021年、2022年分别办理12件、15件 the span of each figure; empty where it is not so."""
        if len(self._listed) < 2 or len(self._listed) != len(starts):
            return []
        between = self._plain[self._list_end : starts[0]]
        return self._listed if any(word in between for word in self._words.each) else []

    def _goes_on(self, mark: DateMark) -> bool:
        """Whether a date continues a list: 2021年和2022年."""
        return _LIST.fullmatch(self._plain, self._list_end, mark.start) is not None

    def _in_list(self, mark: DateMark, span: Span) -> Span:
        """The span of a date, or of the whole list of dates that it continues."""
        if not self._goes_on(mark):
            self._listed = []
        self._listed.append(span)
        self._list_end = mark.end
        if len(self._listed) == 1:
            return span
        words = "、".join(listed.words for listed in self._listed)
        for earlier, later in pairwise(self._listed):
            if not (earlier.last and later.first and earlier.last + 1 == later.first):
                return Span(words)
        return Span(words, self._listed[0].first, span.last)

    def _govern(self, clause: Clause, span: Span) -> None:
        for level in governed(clause):
            standing = self._reach.at(level)
            if not (level <= SUBSECTION and standing and _says_more(standing, span)):
                self._reach.put(level, span)

    def _resolved(self, mark: DateMark) -> Span:
        words = self._text[mark.start : mark.end]
        year = None if mark.grain == "vague" else self._year(mark)
        if year is None or not 1900 <= year <= 2190:
            return Span(words)
        first = Month.at(year, mark.first)
        last_year = self._year_by(mark.last_word) if mark.last_word else mark.last_year or year
        if last_year is None:
            return Span(words)
        last = Month.at(last_year, mark.last)
        if mark.until:
            return self._until(words, last)
        if mark.since:
            return Span(words, first, self._as_of)
        return Span(words, first, last)

    def _until(self, words: str, last: Month) -> Span:
        """截至11月 ends the span that governs so far, if it lies in that."""
        found = self._reach.nearest()
        if found and found[1].first and found[1].first <= last <= (found[1].last or last):
            return Span(f"{found[1].words}…截至{words}", found[1].first, last)
        return Span(f"截至{words}")

    def _year(self, mark: DateMark) -> int | None:
        if mark.year or mark.year_word:
            return mark.year or self._year_by(mark.year_word)
        found = self._reach.nearest()
        near = found[1].first if found else None
        return near.year if near else self._year_of_text()

    def _year_by(self, word: YearWord) -> int | None:
        """The year that 今年, 当年 or 去年 means here."""
        if word == "same" and self._named_year:
            return self._named_year
        year = self._year_of_text()
        return year - 1 if year and word == "last" else year

    def _year_of_text(self) -> int | None:
        """The year that the text as a whole is about."""
        for level in range(SUBSECTION, -1, -1):
            span = self._reach.at(level)
            if span and span.first:
                return span.first.year
        return self._as_of.year if self._as_of else None


def _says_more(standing: Span, span: Span) -> bool:
    """Whether a title's or section's span stays, since what comes is vaguer or the same."""
    same = (standing.first, standing.last) == (span.first, span.last)
    return standing.dated and (same or not span.dated)


def with_events(plain: str, dates: list[DateMark], lexicon: Lexicon) -> list[DateMark]:
    """The dates, and the spans that begin with an event: 自开展专项行动以来, 党的十九大以来."""
    words = lexicon.periods
    opener = re.compile(any_of(words.since_openers))
    result = {mark.start: mark for mark in dates}
    starts = sorted(result)
    taken = {edge for mark in dates for edge in (mark.start, mark.end)}
    # the 至今 of 截至今年 is none
    for found in re.finditer(
        rf"{any_of(words.until)}|(?P<since>{any_of(words.since)})(?!年)", plain
    ):
        if found["since"] is None or found.end() in taken:
            continue
        begin = max(0, found.start() - _LONGEST_SINCE)
        for pattern in (_STOP, opener):
            openings = pattern.finditer(plain, begin, found.start())
            begin = max((opening.end() for opening in openings), default=begin)
        inside = starts[bisect_left(starts, begin) : bisect_left(starts, found.start())]
        if inside:
            last = inside[-1]
            result[last] = replace(result[last], end=found.end(), since=True)
        elif begin < found.start():
            result[begin] = DateMark(begin, found.end(), "vague", first=0)
    return [result[start] for start in sorted(result)]
