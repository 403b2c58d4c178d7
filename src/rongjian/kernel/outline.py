"""The outline of an official text: 一、（一）1.（1） as a tree of headings, for turning it into tasks.

The four levels are those of the national layout of official documents (GB/T 9704—2012, 7.3.3). A text
that skips a level keeps its own order: what stands deeper than the line before it is its child.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKS = (
    re.compile(r"^([一二三四五六七八九十百]+)、"),
    re.compile(r"^[（(]([一二三四五六七八九十百]+)[）)]"),
    re.compile(r"^(\d{1,2})(?:[.．、](?!\d))"),
    re.compile(r"^[（(](\d{1,2})[）)]"),
)
_SENTENCE = re.compile(r"[。；！？]")
LONGEST_HEADING = 60
"""A heading longer than this is cut at its first sentence."""


@dataclass(frozen=True)
class Heading:
    """One numbered line: its mark as written, its words, the text under it, and where it stands.

    `level` counts from 1, `parent` is the place of the heading above it in the outline, `line` the
    line of the text that it stands in, from 1.
    """

    mark: str
    words: str
    text: str
    level: int
    parent: int | None
    line: int


def outline(text: str) -> list[Heading]:
    """The numbered headings of a text in their order; none where nothing is numbered."""
    found: list[Heading] = []
    open_at: list[tuple[int, int]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip().lstrip("\u3000 ")
        numbered = _numbered(stripped)
        if numbered is None:
            if found and stripped:
                found[-1] = _with_text(found[-1], stripped)
            continue
        depth, mark, rest = numbered
        while open_at and open_at[-1][0] >= depth:
            open_at.pop()
        parent = open_at[-1][1] if open_at else None
        words, more = _split(rest)
        found.append(Heading(mark, words, more, len(open_at) + 1, parent, number))
        open_at.append((depth, len(found) - 1))
    return found


def _numbered(line: str) -> tuple[int, str, str] | None:
    for depth, pattern in enumerate(_MARKS):
        if match := pattern.match(line):
            return depth, match[0], line[match.end() :].strip()
    return None


def _split(rest: str) -> tuple[str, str]:
    """The heading's own words, and what follows on the same line."""
    end = _SENTENCE.search(rest)
    words = rest[: end.start()] if end else rest
    more = rest[end.end() :].strip() if end else ""
    if len(words) > LONGEST_HEADING:
        return words[:LONGEST_HEADING], rest
    return words, more


def _with_text(heading: Heading, line: str) -> Heading:
    text = f"{heading.text}\n{line}" if heading.text else line
    return Heading(heading.mark, heading.words, text, heading.level, heading.parent, heading.line)
