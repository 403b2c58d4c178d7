"""Whether a number with a measure word is a figure, how exact it is, and whether it is a change."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from rongjian.kernel.chinese_numbers import NUMERALS, SCALES, number_at
from rongjian.kernel.quantity_lexicon import Bound, Lexicon, QuantityKind
from rongjian.kernel.quantity_marks import BLANK
from rongjian.kernel.quantity_tokens import Token

_BEFORE = 24
_NOUN_REACH = 6
_RANK_REACH = 80
_CLAUSE_END = re.compile(rf" {{0,2}}(?:[,，、;；。!！?？:：)”\"\n{BLANK}]|[0-9{NUMERALS}]|\Z)")
_CLAUSE_STOP = re.compile(r"[,，;；。!！?？:：\n]")
_JOINED = re.compile(r" ?[、和及与,，/] ?")
_ORDINAL = re.compile(rf"第 ?([0-9]{{1,9}}|[{NUMERALS}]{{1,9}}) ?([名位]?)")


@dataclass(frozen=True)
class Judged:
    """A number that is a figure, and what sort of figure."""

    token: Token
    kind: QuantityKind
    bound: Bound
    direction: int = 0
    """1 for a rise, -1 for a fall, 0 for a level or where the text does not say."""


@dataclass(frozen=True)
class Rank:
    """A place in an order: 第1名."""

    start: int
    end: int
    place: int
    word: str


def judge(plain: str, tokens: Iterable[Token], lexicon: Lexicon) -> list[Judged]:
    """The figures among the numbers of a masked text, in order."""
    result: list[Judged] = []
    for token in tokens:
        bound = _bound(plain, token, lexicon)
        if _is_figure(plain, token, bound, lexicon):
            result.append(_judged(plain, token, bound, result[-1:], lexicon))
    return result


def _is_figure(plain: str, token: Token, bound: Bound, lexicon: Lexicon) -> bool:
    if token.measure is None:
        return False
    group = token.measure.group
    behind = plain[token.end : token.end + _BEFORE].lstrip(" ")
    if group.numerals == "noun" and behind.startswith(lexicon.named_nouns):
        return False
    if not token.chinese:
        return True
    ahead = plain[max(0, token.start - 2) : token.start]
    vague = plain[token.start] in "十" + SCALES and ahead.endswith(lexicon.vague_numbers)
    if vague or token.printed == 0 or (token.bare and not bound):
        return False
    if token.printed == 1 and not token.scale_text:
        return _counts_one(plain, token, lexicon)
    if group.numerals == "noun" and token.printed < 10 and not token.scale_text:
        return any(noun in behind[:_NOUN_REACH] for noun in lexicon.counted_nouns)
    return group.numerals != "digits"


def _counts_one(plain: str, token: Token, lexicon: Lexicon) -> bool:
    """Whether 一 is a figure and not an article."""
    one = token.measure.group.one if token.measure else "never"
    if one != "end":
        return one == "always"
    ahead = plain[max(0, token.start - 1) : token.start]
    ends = _CLAUSE_END.match(plain, token.end) is not None
    return ends and not ahead.endswith(lexicon.one_not_after)


def _bound(plain: str, token: Token, lexicon: Lexicon) -> Bound:
    """Which way 近, 余, 以上 and their like open the number; nothing for an exact one."""
    if token.bound:
        return token.bound
    ahead = plain[max(0, token.start - _BEFORE) : token.start].rstrip(" ")
    words = {**lexicon.before, **lexicon.before_scale} if token.bare else lexicon.before
    for word, bound in words.items():
        if ahead.endswith(word):
            return bound
    for word, bound in lexicon.after.items():
        if plain.startswith(word, token.end):
            return bound
    return ""


def _judged(plain: str, token: Token, bound: Bound, last: list[Judged], lexicon: Lexicon) -> Judged:
    """The figure with its kind: a level, or a change that its words or its neighbour tell."""
    group = token.measure.group if token.measure else None
    kind: QuantityKind = group.kind if group else "count"
    direction = _direction(plain, token, lexicon)
    if direction == 0 and last and _continues(plain, last[0], token):
        kind, direction = last[0].kind, last[0].direction
    elif direction and (kind == "share" or _compared(plain, token, lexicon)):
        kind = "change"
    return Judged(token, kind, bound, direction if kind == "change" else 0)


def _continues(plain: str, last: Judged, token: Token) -> bool:
    """Whether a figure stands in one list with a change: 分别上升12.3%、15.1%."""
    same = last.token.measure == token.measure
    shares = token.measure is not None and token.measure.group.kind in ("share", "change")
    if last.kind != "change" or not (same or shares):
        return False
    return _JOINED.fullmatch(plain, last.token.end, token.start) is not None


def _compared(plain: str, token: Token, lexicon: Lexicon) -> bool:
    clause = _clause_before(plain, token.start)
    return any(word in clause for word in lexicon.change.comparisons)


def _clause_before(plain: str, position: int) -> str:
    """The words of the clause before a position, as far back as words matter."""
    return _CLAUSE_STOP.split(plain[max(0, position - 2 * _BEFORE) : position])[-1]


def _direction(plain: str, token: Token, lexicon: Lexicon) -> int:
    """Whether the words that touch the number tell a rise or a fall."""
    words = lexicon.change
    ahead = _clause_before(plain, token.start)
    signed = ahead.endswith(("+", "-")) and _compared(plain, token, lexicon)
    if signed:
        return 1 if ahead.endswith("+") else -1
    close = _without(ahead, (*lexicon.before, *words.fillers))
    if close.endswith(words.up + words.down):
        return _longest_side(close, words.up, words.down)
    noun = _without(ahead, (*lexicon.before, *words.noun_fillers))
    return _longest_side(noun, words.nouns_up, words.nouns_down)


def _longest_side(ahead: str, up: tuple[str, ...], down: tuple[str, ...]) -> int:
    """1 or -1 by the longest word that the text ends with, 0 without one."""
    rise = max((len(word) for word in up if ahead.endswith(word)), default=0)
    fall = max((len(word) for word in down if ahead.endswith(word)), default=0)
    return (rise > fall) - (fall > rise)


def _without(ahead: str, fillers: tuple[str, ...]) -> str:
    """The words before a number without those that may stand in between."""
    longest = sorted(fillers, key=len, reverse=True)
    while True:
        ahead = ahead.rstrip(" ")
        found = next((word for word in longest if word and ahead.endswith(word)), None)
        if found is None:
            return ahead
        ahead = ahead[: -len(found)]


def rank_of(plain: str, start: int, end: int, lexicon: Lexicon) -> Rank | None:
    """The place in an order that an ordinal (第1名, 第一) tells; None for one that only names."""
    found = _ORDINAL.fullmatch(plain, start, end)
    number = number_at(found[1], 0) if found else None
    if found is None or number is None or number.end < len(found[1]):
        return None
    ahead = _clause_before(plain, start)
    if not found[2]:
        tail = plain[end : end + 2].lstrip(" ")
        if not (_CLAUSE_END.match(plain, end) or tail.startswith(lexicon.rank.tails)):
            return None
    words = lexicon.rank.positions + (lexicon.rank.awards if found[2] else ())
    if not any(word in ahead[-_BEFORE:] for word in words):
        return None
    return Rank(start, end, int(number.value), found[2])


def first_places(plain: str, lexicon: Lexicon) -> list[Rank]:
    """Where 首位 and its like tell a first place: 位居首位."""
    result = []
    for word in lexicon.rank.firsts:
        for found in re.finditer(re.escape(word), plain):
            ahead = _clause_before(plain, found.start())[-_BEFORE:]
            if any(position in ahead for position in lexicon.rank.positions):
                result.append(Rank(found.start(), found.end(), 1, word))
    return result


def qualifies_a_count(
    plain: str, rank: Rank, begin: int, figures: list[Judged], lexicon: Lexicon
) -> bool:
    """Whether a rank only says which things its clause counted: 7项数据排名第一.

    `begin` is where the clause begins.
    """
    begin = max(begin, rank.start - _RANK_REACH)
    awarded = any(word in plain[begin : rank.start] for word in lexicon.rank.awards)
    place = bisect_left(figures, begin, key=lambda figure: figure.token.start)
    for figure in takewhile(lambda figure: figure.token.start < rank.start, figures[place:]):
        measure = figure.token.measure
        if awarded or (measure and measure.word in lexicon.rank.ranked_units):
            return True
    return False
