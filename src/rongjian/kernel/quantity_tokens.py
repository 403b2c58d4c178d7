"""Numbers with the measure words that belong to them, before it is judged whether they are figures.

Works on text whose dates, references and catchwords are blanked out (kernel/quantity_marks.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from rongjian.kernel.chinese_numbers import NUMERALS, Number, number_at, run_end, scale_at
from rongjian.kernel.quantity_lexicon import Bound, Lexicon, Measure, MeasureGroup, any_of

RATIO = Measure("", "比", MeasureGroup((), "ratio", "share", "比"), ())
PERCENT = Measure("%", "%", MeasureGroup((), "share", "share", "%"), ())

_NEXT = re.compile(rf"[0-9{NUMERALS}]")
_PARTS = "分之"
_RANGE = re.compile(r" ?(?:-|至|到) ?")
_LIST = re.compile(r" ?[、和与及或] ?")
_STOPS = re.compile(r"[,，;；。!！?？\n]")
_MOST_BLANKS = 2
_RATIO_REACH = 16
_SHARE_DECIMALS = Decimal("0.0001")


@dataclass(frozen=True)
class Token:
    """A number as printed, with its measure word if one follows."""

    start: int
    end: int
    printed: Decimal
    scale: Decimal = Decimal(1)
    scale_text: str = ""
    measure: Measure | None = None
    top: Decimal | None = None
    """The higher end of a range, printed."""
    bound: Bound = ""
    chinese: bool = False
    bare: bool = False

    @property
    def value(self) -> Decimal:
        """In base units."""
        return self._based(self.printed)

    @property
    def upper(self) -> Decimal | None:
        """The higher end of a range, in base units."""
        return None if self.top is None else self._based(self.top)

    @property
    def printed_unit(self) -> str:
        """Scale and measure word as one reads them: 亿元, 万件, 名."""
        return self.scale_text + (self.measure.word if self.measure else "")

    def _based(self, number: Decimal) -> Decimal:
        factor = self.measure.group.factor if self.measure else Decimal(1)
        return (number * self.scale * factor).normalize() + 0


def tokens(plain: str, lexicon: Lexicon) -> list[Token]:
    """All numbers of a masked text in order, joined where one measure word serves several."""
    single = _numbers(plain, lexicon)
    single = _slashed(plain, single, lexicon)
    single = _ratios(plain, single, lexicon)
    return _lists(plain, _ranges(plain, single))


def _numbers(plain: str, lexicon: Lexicon) -> list[Token]:
    result: list[Token] = []
    found = _NEXT.search(plain)
    while found:
        position = found.start()
        number = number_at(plain, position)
        if number is None:
            position = run_end(plain, position)
        else:
            token = _fraction(plain, number) or _measured(plain, number, lexicon)
            token = _without_line_number(plain, token)
            result.append(token)
            position = token.end
        found = _NEXT.search(plain, position)
    return result


def _fraction(plain: str, number: Number) -> Token | None:
    """百分之九十八 and 三分之二, in percent."""
    if not plain.startswith(_PARTS, number.end) or number.value == 0:
        return None
    part = number_at(plain, number.end + len(_PARTS))
    if part is None:
        return None
    percent = (part.value * 100 / number.value).quantize(_SHARE_DECIMALS)
    exact = percent * number.value == part.value * 100
    bound: Bound = "" if exact else "~"
    return Token(number.start, part.end, percent.normalize() + 0, measure=PERCENT, bound=bound)


def _measured(plain: str, number: Number, lexicon: Lexicon) -> Token:
    """The number with scale, 余 and measure word, as far as they follow it."""
    token = Token(
        number.start,
        number.end,
        number.value,
        top=number.upper,
        chinese=number.chinese,
        bare=number.bare,
    )
    measure = lexicon.measure_at(plain, _skip(plain, number.end))
    if measure is None:
        token = _scaled(plain, token, lexicon)
        measure = lexicon.measure_at(plain, _skip(plain, token.end))
        if measure is None:
            return _without_middle(plain, token, lexicon)
    return replace(token, end=_skip(plain, token.end) + len(measure.word), measure=measure)


def _scaled(plain: str, token: Token, lexicon: Lexicon) -> Token:
    """The number with what stands between it and its measure word: 余, 万, 余万, 亿2000万."""
    token = _middle(plain, token, lexicon)
    begin = _skip(plain, token.end)
    scale, end = scale_at(plain, begin)
    if end == begin:
        return token
    token = replace(token, scale=scale, scale_text=plain[begin:end], end=end)
    return _middle(plain, _continued(plain, token), lexicon)


def _continued(plain: str, token: Token) -> Token:
    """1亿2000万 is one number; it has no printed scale of its own."""
    total, scale, end = token.printed * token.scale, token.scale, token.end
    while scale > 1:
        more = number_at(plain, end)
        if more is None or more.bare or more.upper is not None:
            break
        lower, more_end = scale_at(plain, more.end)
        if more.value * lower >= scale:
            break
        total, scale, end = total + more.value * lower, lower, more_end
    if end == token.end:
        return token
    return replace(token, printed=total, scale=Decimal(1), scale_text="", end=end)


def _middle(plain: str, token: Token, lexicon: Lexicon) -> Token:
    """Take in 余, 多 and their like."""
    if token.bound:
        return token
    for word, bound in lexicon.middle.items():
        if plain.startswith(word, token.end):
            return replace(token, end=token.end + len(word), bound=bound)
    return token


def _without_middle(plain: str, token: Token, lexicon: Lexicon) -> Token:
    """A 余 or 多 that no measure word follows belongs to the next word."""
    for word in lexicon.middle:
        if token.bound and plain.endswith(word, token.start, token.end):
            return replace(token, end=token.end - len(word), bound="")
    return token


def _without_line_number(plain: str, token: Token) -> Token:
    """In a line beginning with 1.3个支部 the 1 numbers the line."""
    countable = token.measure and token.measure.group.kind == "count"
    whole, point, decimals = plain[token.start : token.end].partition(".")
    if not (point and countable and whole.isdecimal() and not token.scale_text):
        return token
    line = plain.rfind("\n", 0, token.start) + 1
    if plain[line : token.start].strip():
        return token
    digits = re.match(r"[0-9]+", decimals)
    start = token.start + len(whole) + 1
    return replace(token, start=start, printed=Decimal(digits.group())) if digits else token


def _skip(plain: str, position: int) -> int:
    """Behind the few blanks that may stand between a number and its measure word."""
    for _ in range(_MOST_BLANKS):
        if plain[position : position + 1] != " ":
            break
        position += 1
    return position


def _slashed(plain: str, found: list[Token], lexicon: Lexicon) -> list[Token]:
    """509/1497件/人 is 509件 and 1497人."""
    result = list(found)
    for place in range(len(result) - 1):
        first, second = result[place], result[place + 1]
        if first.measure or not second.measure or plain[first.end : second.start] != "/":
            continue
        if plain[second.end : second.end + 1] != "/":
            continue
        other = lexicon.measure_at(plain, second.end + 1)
        if other is not None:
            end = second.end + 1 + len(other.word)
            result[place] = replace(first, measure=second.measure)
            result[place + 1] = replace(second, measure=other, end=end)
    return result


def _ratios(plain: str, found: list[Token], lexicon: Lexicon) -> list[Token]:
    """1:1.545 after a word like 比, and a plain number after a name like 案-件比."""
    result: list[Token] = []
    named = re.compile(any_of(lexicon.ratio_names))
    joined = re.compile(rf"(?:{named.pattern}|{any_of(lexicon.ratio_links)})[ :]?\Z")
    for token in found:
        last = result[-1] if result else None
        ahead = _ahead(plain, token.start)
        one = last and not last.measure and plain[last.start : token.start] == "1:"
        if token.measure or token.chinese or plain.startswith(":", token.end):
            result.append(token)
        elif last and one and any(w in _ahead(plain, last.start) for w in lexicon.ratio_words):
            result[-1] = replace(token, start=last.start, measure=RATIO)
        elif named.search(ahead) and joined.search(ahead):
            result.append(replace(token, measure=RATIO))
        else:
            result.append(token)
    return result


def _ahead(plain: str, position: int) -> str:
    """The few words of the clause before a position."""
    return _STOPS.split(plain[max(0, position - _RATIO_REACH) : position])[-1]


def _ranges(plain: str, found: list[Token]) -> list[Token]:
    """3-5人 and 3万元至5万元 are one figure, told by its lower end."""
    result: list[Token] = []
    for token in found:
        last = result[-1] if result else None
        if last and token.measure and _RANGE.fullmatch(plain, last.end, token.start):
            merged = _range(last, token)
            if merged:
                result[-1] = merged
                continue
        result.append(token)
    return result


def _range(first: Token, second: Token) -> Token | None:
    if first.measure not in (None, second.measure) or first.top or second.top:
        return None
    low = replace(first, measure=second.measure)
    if first.measure is None and not first.scale_text:
        low = replace(low, scale=second.scale, scale_text=second.scale_text)
    top = second.printed * second.scale / low.scale
    return replace(low, end=second.end, top=top, bound="~") if low.printed < top else None


def _lists(plain: str, found: list[Token]) -> list[Token]:
    """Of 12、15和20件 each is a number of 件."""
    result: list[Token] = []
    following: Token | None = None
    for token in reversed(found):
        if following and _shares(plain, token, following):
            token = replace(token, measure=following.measure)
            if not token.scale_text:
                token = replace(token, scale=following.scale, scale_text=following.scale_text)
        result.append(token)
        following = token
    return result[::-1]


def _shares(plain: str, token: Token, following: Token) -> bool:
    plain_number = not (token.measure or token.chinese or token.bound)
    listed = _LIST.fullmatch(plain, token.end, following.start)
    return plain_number and following.measure is not None and listed is not None
