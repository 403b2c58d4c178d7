"""How a draft is laid out: title, sections, paragraphs, items (一是…), sentences and clauses.

A date or an organisation named in one place governs what follows it, but only as far as the part
of the text in which it stands. `Reach` keeps what governs the place that is being read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from rongjian.kernel.quantity_lexicon import any_of

T = TypeVar("T")
Role = Literal["title", "heading", "lead", "body"]
Level = Literal["", "title", "section", "paragraph", "item", "sentence", "clause"]
"""`title` stands for the title and the text's opening paragraph, `section` for a heading and its."""

TITLE, SECTION, SUBSECTION, PARAGRAPH, ITEM, SENTENCE, CLAUSE = range(7)
LEVELS: tuple[Level, ...] = (
    "title",
    "section",
    "section",
    "paragraph",
    "item",
    "sentence",
    "clause",
)

_LINE = re.compile(r"[^\r\n]+")
_STOP = re.compile(r"[,，;；。!！?？]|[:：](?!//)")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])(?:,(?=[0-9]{3}(?![0-9]))|:(?=[0-9]))")
_SENTENCE_STOPS = "。!！?？"
_HEADINGS = (
    (SECTION, re.compile(r" {0,8}[一二三四五六七八九十]{1,3}、")),
    (SUBSECTION, re.compile(r" {0,8}\([一二三四五六七八九十]{1,3}\)")),
)
_NUMBERED = re.compile(r" {0,8}[0-9]{1,2}[.、)]")
_LONGEST_HEADING = 60
_TITLE_LINES = 4


@dataclass(frozen=True)
class Clause:
    """The words between two stops, and the parts of the text that they stand in."""

    start: int
    end: int
    sentence: int
    item: int
    """0 before the first 一是 of a paragraph; then counted through the whole text."""
    paragraph: int
    role: Role
    depth: int
    """TITLE above the first heading, then SECTION or SUBSECTION."""
    opens: int
    """The depth of the section that this paragraph opens; 0 when it opens none."""


def clauses(plain: str, item_words: tuple[str, ...]) -> list[Clause]:
    """The clauses of a folded text in order; together they hold everything but stops."""
    lines = [found for found in _LINE.finditer(plain) if found.group().strip()]
    opener = re.compile(rf"[ “\"]{{0,4}}{any_of(item_words)}")
    roles = _roles([found.group() for found in lines], opener)
    counted = _Counter()
    result: list[Clause] = []
    for number, (line, place) in enumerate(zip(lines, roles, strict=True)):
        item, fresh = 0, True
        for start, end in _pieces(plain, line.start(), line.end()):
            before = plain[start - 1] if start > line.start() else "。"
            fresh = fresh or before in _SENTENCE_STOPS
            if fresh:
                counted.sentence += 1
            if (fresh or before in ";；") and opener.match(plain, start, end):
                item = counted.item = counted.item + 1
            fresh = False
            if plain[start:end].strip():
                result.append(Clause(start, end, counted.sentence, item, number, *place))
    return result


@dataclass
class _Counter:
    """Running numbers over the whole text."""

    sentence: int = 0
    item: int = 0


def _pieces(plain: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for stop in _STOP.finditer(plain, start, end):
        if _BETWEEN_DIGITS.match(plain, stop.start()):
            continue
        yield start, stop.start()
        start = stop.end()
    yield start, end


def _heading(line: str) -> int:
    return next((depth for depth, pattern in _HEADINGS if pattern.match(line)), 0)


def _roles(lines: list[str], opener: re.Pattern[str]) -> list[tuple[Role, int, int]]:
    """Role, depth and opened depth of each line."""
    result: list[tuple[Role, int, int]] = []
    depth, in_title, expecting = TITLE, len(lines) > 1, True
    for number, line in enumerate(lines):
        opens = _heading(line)
        short = len(line) <= _LONGEST_HEADING
        in_title = in_title and number < _TITLE_LINES and not opens and short
        in_title = in_title and not _STOP.search(line.replace(":", ""))
        if in_title:
            result.append(("title", TITLE, 0))
            continue
        depth = opens or depth
        if opens and short and "。" not in line:
            role: Role = "heading"
            expecting = True
        else:
            numbered = opens or _NUMBERED.match(line) or opener.match(line)
            role = "lead" if expecting and not numbered else "body"
            expecting = False
        result.append((role, depth, opens))
    return result


class Reach(Generic[T]):
    """What governs the place that is being read: the deepest part of the text that names one."""

    def __init__(self) -> None:
        self._slots: list[T | None] = [None] * len(LEVELS)
        self._last: Clause | None = None

    def enter(self, clause: Clause) -> None:
        """Go on to a clause; what was named in parts that are left no longer governs."""
        last = self._last
        if last is None or last.paragraph != clause.paragraph:
            self._clear(clause.opens or PARAGRAPH)
        elif last.item != clause.item:
            self._clear(ITEM)
        elif last.sentence != clause.sentence:
            self._clear(SENTENCE)
        else:
            self._clear(CLAUSE)
        self._last = clause

    def put(self, level: int, value: T) -> None:
        """From here on, to the end of that part of the text, this governs."""
        self._slots[level] = value

    def at(self, level: int) -> T | None:
        """What was named at one level."""
        return self._slots[level]

    def nearest(self) -> tuple[int, T] | None:
        """What governs here, with its level."""
        for level in range(CLAUSE, -1, -1):
            value = self._slots[level]
            if value is not None:
                return level, value
        return None

    def _clear(self, level: int) -> None:
        self._slots[level:] = [None] * (len(self._slots) - level)


def governed(clause: Clause) -> list[int]:
    """The levels that something governs which is named at the beginning of a clause."""
    if clause.role == "title":
        return [TITLE]
    if clause.role == "heading":
        return [clause.depth]
    own = ITEM if clause.item else PARAGRAPH
    return [clause.depth, own] if clause.role == "lead" else [own]
