"""Slips of the pen that a machine can be sure of: items numbered wrongly, quotes and brackets unpaired.

What is reported here is wrong or at least odd in every official text; style is nobody's business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ITEMS = "一二三四五六七八九"
_ITEM = re.compile(rf"(?:(?<=[。；;:：，,！!\n])|^)[ 　“]{{0,4}}([{_ITEMS}])是", re.MULTILINE)
_PAIRS = {"“": "”", "‘": "’", "《": "》", "（": "）", "〔": "〕", "【": "】", "「": "」"}
_OPENERS = {closer: opener for opener, closer in _PAIRS.items()}
_SIGNS = re.compile(f"[{''.join(_PAIRS)}{''.join(_OPENERS)}()\n]")
_QUOTES = "“”‘’"
_LATIN = re.compile(r"[A-Za-z]")
# A bracket may be half or full width; both kinds pair with each other.
_SAME = {"(": "（", ")": "）"}
_NUMBERING = re.compile(r"[0-9一二三四五六七八九十]{1,3}$")


@dataclass(frozen=True, order=True)
class Slip:
    """Something to look at again, where it stands and what is wrong."""

    start: int
    end: int
    message: str


def slips(text: str) -> list[Slip]:
    """Every slip of a text, in its order."""
    return sorted([*_misnumbered(text), *_unpaired(text)])


def _misnumbered(text: str) -> Iterator[Slip]:
    """一是…二是…四是: a number that stands twice or is left out, within one paragraph."""
    paragraph, last = -1, 0
    for found in _ITEM.finditer(text):
        here = text.rfind("\n", 0, found.start(1))
        number = _ITEMS.index(found[1]) + 1
        if here != paragraph or number == 1:
            paragraph, last = here, number
            continue
        words = f"{found[1]}是"
        if number == last:
            yield Slip(found.start(1), found.end(), f"序次重复：同一段里有两个“{words}”")
        elif number != last + 1:
            yield Slip(
                found.start(1), found.end(), f"序次不连续：“{_ITEMS[last - 1]}是”之后是“{words}”"
            )
        last = number


def _unpaired(text: str) -> Iterator[Slip]:
    """Quotes and brackets that do not pair within their line."""
    opened: list[tuple[int, str]] = []
    for found in _SIGNS.finditer(text):
        at, sign = found.start(), _SAME.get(found.group(), found.group())
        if sign == "\n":
            yield from (_left_open(place, opener) for place, opener in opened)
            opened = []
        elif sign in _PAIRS:
            opened.append((at, sign))
        elif not _is_apostrophe(text, at, sign):
            yield from _closed(text, at, sign, opened)
    yield from (_left_open(place, opener) for place, opener in opened)


def _closed(text: str, at: int, sign: str, opened: list[tuple[int, str]]) -> Iterator[Slip]:
    """Take a closing sign: it closes its opener, or something is wrong with one of the two."""
    wanted = _OPENERS[sign]
    if wanted in (opener for _, opener in opened):
        while opened[-1][1] != wanted:
            yield _left_open(*opened.pop())
        opened.pop()
    elif opened and sign in _QUOTES and opened[-1][1] in _QUOTES:
        place, opener = opened.pop()
        yield Slip(place, at + 1, f"引号混用：「{opener}」与「{sign}」不成对")
    elif not (sign == "）" and _NUMBERING.search(text[max(0, at - 3) : at])):
        name = "引号" if sign in _QUOTES else "括号"
        yield Slip(at, at + 1, f"{name}不成对：「{sign}」前面没有「{wanted}」")


def _left_open(place: int, opener: str) -> Slip:
    name = "引号" if opener in _QUOTES else "括号"
    return Slip(place, place + 1, f"{name}不成对：「{opener}」后面没有「{_PAIRS[opener]}」")


def _is_apostrophe(text: str, at: int, sign: str) -> bool:
    return sign == "’" and at > 0 and _LATIN.match(text[at - 1]) is not None
