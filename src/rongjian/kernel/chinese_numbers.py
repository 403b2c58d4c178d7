"""Numbers as Chinese official texts print them: 1,278 · ２６ · 二十三 · 两千 · 二〇二一 · 三点五 · 1.2万.

Everything here works on folded text (`fold`), which has exactly as many characters as the text
itself, so a position found in the one is a position in the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
DIGITS |= {"五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SMALL = {"十": 10, "百": 100, "千": 1_000}
LARGE = {"万": 10_000, "亿": 100_000_000}
NUMERALS = "".join(DIGITS) + "".join(SMALL) + "".join(LARGE)
SCALES = "百千万亿"

_LONGEST_ARABIC = 18  # longer runs of digits are case numbers and the like, not amounts
_LONGEST_CHINESE = 32
_ZEROS = "零〇"
_ARABIC = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?")
_CHINESE = re.compile(rf"[{NUMERALS}]+")
_SCALES = re.compile(r"[百千]?[万亿]亿?|[百千]")  # 万千克 is 万 and a measure word
_POINT = re.compile(rf"点[{''.join(DIGITS)}]+(?![十百千万亿刻半分钟])")

_FOLDED = {
    **{ord("０") + n: str(n) for n in range(10)},
    **{ord("Ａ") + n: chr(ord("A") + n) for n in range(26)},
    **{ord("ａ") + n: chr(ord("a") + n) for n in range(26)},
    **dict.fromkeys(map(ord, "－–—―‒‑−～~﹣"), "-"),
    **dict.fromkeys(map(ord, "\t\u00a0\u1680\u3000\u202f\u200b\u2060\ufeff"), " "),
    **dict.fromkeys(range(0x2000, 0x200B), " "),
    **dict(zip(map(ord, "％﹪．：﹕（）／＋＠＂○"), '%%.::()/+@"〇', strict=True)),
    **dict(zip(map(ord, "萬億兩"), "万亿两", strict=True)),
}


@dataclass(frozen=True)
class Number:
    """A number found in a folded text, before any scale (1.2|万) or measure word behind it."""

    start: int
    end: int
    value: Decimal
    upper: Decimal | None = None
    """The second of two neighbouring numerals: 三四十 runs from 30 to 40."""
    chinese: bool = False
    bare: bool = False
    """Made of scales alone, as in 千 or 百万: a number only with 近, 余 and their like."""


def fold(text: str) -> str:
    """The text with full-width digits, letters, signs and odd blanks in one form, same length."""
    return text.translate(_FOLDED)


def parse_number(text: str) -> Decimal | None:
    """The value of a text that is nothing but one number, scales included; None otherwise."""
    plain = fold(text).strip()
    number = number_at(plain, 0)
    if number is None or number.upper is not None:
        return None
    factor, end = scale_at(plain, number.end)
    return number.value * factor if end == len(plain) else None


def number_at(plain: str, position: int) -> Number | None:
    """The number that begins at a position of a folded text, read as far as it goes."""
    character = plain[position : position + 1]
    if "0" <= character <= "9":
        return _arabic(plain, position)
    if character and character in NUMERALS:
        return _chinese(plain, position)
    return None


def run_end(plain: str, position: int) -> int:
    """Where the run of digits or numerals that begins at a position ends, number or not."""
    pattern = _ARABIC if "0" <= plain[position] <= "9" else _CHINESE
    found = pattern.match(plain, position)
    return found.end() if found else position + 1


def scale_at(plain: str, position: int) -> tuple[Decimal, int]:
    """The factor printed at a position (万, 百万, 万亿) and where it ends; 1 when there is none."""
    found = _SCALES.match(plain, position)
    if found is None:
        return Decimal(1), position
    return Decimal(_structured(found.group()) or 1), found.end()


def _arabic(plain: str, position: int) -> Number | None:
    found = _ARABIC.match(plain, position)
    digits = found.group().replace(",", "") if found else ""
    if found is None or len(digits.replace(".", "")) > _LONGEST_ARABIC:
        return None
    return Number(position, found.end(), Decimal(digits))


def _chinese(plain: str, position: int) -> Number | None:
    found = _CHINESE.match(plain, position)
    if found is None or found.end() - position > _LONGEST_CHINESE:
        return None
    run, end = found.group(), found.end()
    pair = None if "〇" in run else _neighbours(run)
    if pair is not None:
        return Number(position, end, Decimal(pair[0]), Decimal(pair[1]), chinese=True)
    value = _whole(run)
    if value is None:
        return None
    point = _POINT.match(plain, end)
    if point is None or (len(run) > 1 and run[-1] in LARGE):
        bare = not any(c in DIGITS or c == "十" for c in run)
        return Number(position, end, Decimal(value), chinese=True, bare=bare)
    decimals = "".join(str(DIGITS[c]) for c in point.group()[1:])
    return Number(position, point.end(), Decimal(f"{value}.{decimals}"), chinese=True)


def _neighbours(run: str) -> tuple[int, int] | None:
    """Lower and upper value of a run with two numerals side by side: 三四, 十七八, 二三百."""
    for place in range(len(run) - 1):
        first, second = (DIGITS.get(c, -9) for c in run[place : place + 2])
        if first > 0 and second == first + 1:
            lower = _structured(run[: place + 1] + run[place + 2 :])
            upper = _structured(run[:place] + run[place + 1 :])
            return None if lower is None or upper is None or lower >= upper else (lower, upper)
    return None


def _whole(run: str) -> int | None:
    """The value of a run of numerals: written out (三百零五) or digit by digit (二〇二一)."""
    if len(run) == 1 or any(c in SMALL or c in LARGE for c in run):
        return _structured(run)
    if "〇" in run or len(run) == 4:
        return int("".join(str(DIGITS[c]) for c in run))
    return None


def _structured(run: str) -> int | None:
    """The value of a written-out numeral; None when its parts do not fit together."""
    total = 0
    for mark in ("亿", "万"):
        head, found, run = run.rpartition(mark)
        if not found:
            continue
        inner = _structured(head) if mark == "亿" and "万" in head else _section(head)
        if head and not inner:
            return None
        total += (inner or 1) * LARGE[mark]
        if len(run) == 1 and run in DIGITS and run not in _ZEROS:
            return total + DIGITS[run] * LARGE[mark] // 10  # 一万二 is 12,000
    rest = _section(run)
    return None if rest is None else total + rest


def _section(run: str) -> int | None:
    """The value of the part of a numeral below 万; 0 for an empty one."""
    total, last = 0, 10_000
    digit: int | None = None
    for place, character in enumerate(run):
        if character in _ZEROS:
            digit = 0 if digit in (None, 0) else -1
        elif character in DIGITS:
            digit = DIGITS[character] if digit in (None, 0) else -1
        elif SMALL.get(character, last) < last:
            last = SMALL[character]
            total += (digit or _implied(place, character)) * last
            digit = None
        else:
            return None
        if digit == -1:
            return None
    if digit and last >= 100 and total and run[-2:-1] not in _ZEROS:
        return total + digit * last // 10  # 三百五 is 350
    return total + (digit or 0)


def _implied(place: int, character: str) -> int:
    """The 一 that is not printed: 十二, 百余, 二百十."""
    return 1 if place == 0 or character == "十" else 0
