"""What a person typed into one cell, read as the value a field wants.

Each reader takes whatever a sheet or a form gives (text, number, date, truth value, None) and
answers with a `Cell`: the value; whether it was put into our form (counted for the user, no error);
or what is wrong with it, in words that are equal for equal faults so that they can be grouped, and
a text to replace it with where one is likely. Nothing is guessed silently: a doubtful reading is a
suggestion. Blank is None and never a problem here; whether a field may be blank is the field's matter.
"""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from rongjian.kernel.chinese_numbers import NUMERALS, fold, number_at, parse_number, scale_at
from rongjian.kernel.likeness import nearest as nearest  # offered here too: it mends cells

Kind = Literal["text", "integer", "decimal", "money", "date", "month", "boolean", "choice"]


@dataclass(frozen=True)
class Cell:
    """One cell read: a value (None if blank or unreadable), or a problem and perhaps a remedy."""

    value: object = None
    normalised: bool = False
    problem: str | None = None
    suggestion: str | None = None


def normalise(kind: Kind, raw: object, choices: Mapping[str, str] | None = None) -> Cell:
    """Read `raw` as `kind`; `choices` (code → label) belong to the kind "choice"."""
    if kind == "choice":
        return choice(raw, choices or {})
    return _READERS[kind](raw)


# --- text ------------------------------------------------------------------------------------

# Controls but tab and line feed; soft hyphen, zero-width and direction marks, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]")
_WIDE_DIGITS = {ord("０") + digit: str(digit) for digit in range(10)}


def text(raw: object) -> Cell:
    """Text as stored: trimmed, ordinary digits and spaces, nothing invisible, line breaks kept."""
    if not isinstance(raw, str):
        return Cell(_shown(raw))
    clean = _INVISIBLE.sub("", raw.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _SPACES.sub(" ", clean).translate(_WIDE_DIGITS).strip()
    return Cell(clean or None, clean != raw)


def _shown(raw: object) -> str | None:
    """A value that is no text as a person would have typed it."""
    if raw is None:
        return None
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, datetime):
        return raw.isoformat(" ", "seconds")
    if isinstance(raw, float) and math.isfinite(raw):
        return format(Decimal(f"{raw:.15g}"), "f")  # what Excel shows: 0.30000000000000004 is 0.3
    return str(Decimal(raw)) if isinstance(raw, int) else str(raw)


def _compact(raw: object) -> str:
    """The cell without any space, in half-width characters: the form all readers below match."""
    shown = text(raw).value
    return re.sub(r"\s", "", fold(unicodedata.normalize("NFKC", str(shown or ""))))


# --- numbers ---------------------------------------------------------------------------------

_NOT_INTEGER = "应为整数"
_NOT_NUMBER = "应为数字"
_TOO_MANY_DIGITS = "数字过大"
_BELOW_CENT = "金额最多到分"
_TOO_LARGE = 10**15
_LONGEST_NUMBER = 60
_LONGEST_DATE = 40
_LONGEST_FIGURE = 200
_PLAIN = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_FIGURE = r"(?P<sign>[-+]?)(?P<figure>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_SCALE = r"(?P<scale>(?:[百千万]?亿|[百千]?万|[百千])?)"
_NUMBER = re.compile(_FIGURE + _SCALE)
_MEASURED_IN = re.compile(rf"{_SCALE}(?:(?![{NUMERALS}])[一-鿿]){{0,2}}")
_MONEY_SIGNS = re.compile(r"^(人民币|RMB|CNY|¥|￥)+|(元|圆)?整?$", re.IGNORECASE)


def integer(raw: object) -> Cell:
    """A whole number; separators, full width, 1.0 and 3万 are read, words only suggested."""
    shown = _compact(raw)
    if not shown:
        return _blank(raw)
    number = _parsed_number(raw, shown)
    if number is None:
        return Cell(problem=_NOT_INTEGER, suggestion=_counted(shown))
    if number != number.to_integral_value():
        return Cell(problem=_NOT_INTEGER)
    in_own_form = _changed(raw) or (isinstance(raw, str) and "." in raw)
    return _within(number, Cell(int(number), in_own_form))


def decimal(raw: object) -> Cell:
    """A number with any decimals, as Decimal; 2.17亿 is 217000000."""
    shown = _compact(raw)
    if not shown:
        return _blank(raw)
    number = _parsed_number(raw, shown)
    if number is None:
        return Cell(problem=_NOT_NUMBER, suggestion=_counted(shown))
    return _within(number, Cell(number, _changed(raw)))


def money(raw: object) -> Cell:
    """An amount in yuan, to the cent, as Decimal; 35万元 is 350000."""
    shown = _compact(raw)
    if not shown:
        return _blank(raw)
    number = _parsed_number(raw, _MONEY_SIGNS.sub("", shown))
    if number is None:
        return Cell(problem=_NOT_NUMBER)
    cents = round(number, 2) if abs(number) < _TOO_LARGE else number
    if cents != number:
        return Cell(problem=_BELOW_CENT, suggestion=format(cents, "f"))
    return _within(number, Cell(number, _changed(raw)))


def _blank(raw: object) -> Cell:
    return Cell(None, normalised=isinstance(raw, str) and raw != "")


def _within(number: Decimal, cell: Cell) -> Cell:
    return cell if abs(number) < _TOO_LARGE else Cell(problem=_TOO_MANY_DIGITS)


def _changed(raw: object) -> bool:
    """Whether a number was typed in a form of its own rather than in the plain one."""
    return isinstance(raw, str) and not _PLAIN.fullmatch(raw)


def _parsed_number(raw: object, shown: str) -> Decimal | None:
    if isinstance(raw, bool | date) or len(shown) > _LONGEST_NUMBER:
        return None
    match = _NUMBER.fullmatch(shown)
    if not match:
        return None
    value = Decimal(match["sign"] + match["figure"].replace(",", ""))
    factor, _ = scale_at(match["scale"], 0)
    value = value if factor == 1 else value * factor
    whole = abs(value) < _TOO_LARGE and value == value.to_integral_value()
    return value.quantize(Decimal(1)) if whole else value


def _counted(shown: str) -> str | None:
    """The number in “一人”, “3件”, “约五个”, to be confirmed by a person."""
    plain = fold(shown).lstrip("约共")
    number = number_at(plain, 0)
    if number is None or number.upper is not None or number.bare:
        return None
    match = _MEASURED_IN.fullmatch(plain, number.end)
    if not match:
        return None
    value = number.value * scale_at(match["scale"], 0)[0]
    return str(int(value)) if value == value.to_integral_value() else None


# --- days and months -------------------------------------------------------------------------

_NO_SUCH_DAY = "日期不存在"
_UNREADABLE_DAY = "日期无法识别"
_NO_DAY = "日期缺少日"
_NO_YEAR = "日期缺少年份"
_SHORT_YEAR = "年份应写四位"
_UNREADABLE_MONTH = "月份无法识别"
_NOT_MONTH = "应为月份，不写日"
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL = 10_000  # 1927-05-18; smaller ones look like years
_LAST_SERIAL = 73_415  # 2100-12-31
_WORDS = re.compile(r"[零〇一二三四五六七八九十]{1,4}")
_CLOCK = re.compile(r"(?<=\d)[日号]?[T\s]\s*\d{1,2}:\d\d(:\d\d(\.\d+)?)?$")
_STOPS = str.maketrans("。、‐", "..-")
_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_DAYS = (
    re.compile(rf"{_YEAR}(?P<stop>[-./])(?P<month>\d\d?)(?P=stop)(?P<day>\d\d?)\.?"),
    re.compile(rf"{_YEAR}年(?P<month>\d\d?)月(?P<day>\d\d?)[日号]?"),
    re.compile(rf"{_YEAR}(?P<month>\d\d)(?P<day>\d\d)"),
)
_MONTHS = (
    re.compile(rf"{_YEAR}[-./](?P<month>\d\d?)"),
    re.compile(rf"{_YEAR}年(?P<month>\d\d?)月份?"),
    re.compile(rf"{_YEAR}(?P<month>\d\d)"),
)
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_YEAR_ONLY = re.compile(rf"{_YEAR}年?")
_YEARLESS = re.compile(r"\d\d?(月(\d\d?[日号]?)?|[-./]\d\d?)")
_TWO_DIGIT_YEAR = re.compile(r"(?P<year>\d\d)[-./年](?P<month>\d\d?)[-./月](?P<day>\d\d?)日?")


def day(raw: object) -> Cell:
    """A day as date: 2019.3.5, 2019年3月5日, 20190305, 二〇一九年三月五日, 43529; a time is dropped."""
    if isinstance(raw, date):
        return Cell(raw.date(), raw.time() != time()) if isinstance(raw, datetime) else Cell(raw)
    shown = _date_text(raw)
    if not shown:
        return _blank(raw)
    if found := _from_serial(shown):
        return Cell(found, normalised=True)
    for form in _DAYS:
        if match := form.fullmatch(shown):
            found = _date(match)
            if not found:
                return Cell(problem=_NO_SUCH_DAY, suggestion=_last_day_before(match))
            return Cell(found, raw != found.isoformat())
    return _incomplete(shown)


def month(raw: object) -> Cell:
    """A month as "2019-03"; Excel keeps a typed month as that month's first day."""
    shown = raw.isoformat()[:10] if isinstance(raw, date) else _date_text(raw)
    if not shown:
        return _blank(raw)
    for form in _MONTHS:
        match = form.fullmatch(shown)
        if match and 1 <= int(match["month"]) <= 12:
            value = f"{match['year']}-{int(match['month']):02}"
            return Cell(value, raw != value)
    whole = day(shown).value
    if not isinstance(whole, date):
        return Cell(problem=_UNREADABLE_MONTH)
    if whole.day == 1:
        return Cell(f"{whole:%Y-%m}", normalised=True)
    return Cell(problem=_NOT_MONTH, suggestion=f"{whole:%Y-%m}")


def _date_text(raw: object) -> str:
    if isinstance(raw, bool):
        return "？"  # a truth value is no date, nor the number it is for Python
    shown = unicodedata.normalize("NFKC", str(text(raw).value or ""))
    shown = re.sub(r"\s", "", _CLOCK.sub("", shown[:_LONGEST_DATE])).translate(_STOPS)
    return _WORDS.sub(_digits_for_word, fold(shown))


def _digits_for_word(found: re.Match[str]) -> str:
    """二〇一九 as 2019, 二十五 as 25."""
    value = parse_number(found[0])
    return found[0] if value is None else str(value)


def _from_serial(shown: str) -> date | None:
    match = _SERIAL.fullmatch(shown)
    if match and _FIRST_SERIAL <= int(match[1]) <= _LAST_SERIAL:
        return _EPOCH + timedelta(days=int(match[1]))
    return None


def _date(match: re.Match[str], century: str = "") -> date | None:
    try:
        return date(int(century + match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _last_day_before(match: re.Match[str]) -> str | None:
    """30 February most likely meant the last day of February; a 13th month means nothing."""
    year, number = int(match["year"]), int(match["month"])
    if 1 <= number <= 12 and 28 < int(match["day"]) <= 31:
        return date(year, number, monthrange(year, number)[1]).isoformat()
    return None


def _incomplete(shown: str) -> Cell:
    """Why no day could be read: what is missing, if anything else was there."""
    if any(form.fullmatch(shown) for form in _MONTHS) or _YEAR_ONLY.fullmatch(shown):
        return Cell(problem=_NO_DAY)
    if match := _TWO_DIGIT_YEAR.fullmatch(shown):
        likely = _date(match, century="20")
        return Cell(problem=_SHORT_YEAR, suggestion=likely.isoformat() if likely else None)
    return Cell(problem=_NO_YEAR if _YEARLESS.fullmatch(shown) else _UNREADABLE_DAY)


# --- yes and no, choices ---------------------------------------------------------------------

_NOT_BOOLEAN = "应填是或否"
_NOT_A_CHOICE = "不在选项中"
_AMBIGUOUS = "与多个选项相符"
_YES = {"是", "有", "√", "✓", "✔", "☑", "1", "true", "yes", "y"}
_NO = {"否", "无", "没有", "不是", "×", "✗", "✘", "☒", "0", "false", "no", "n"}
_MISTYPED = {"x": "否", "v": "是", "对": "是", "错": "否"}


def boolean(raw: object) -> Cell:
    """A truth value: 是/否, √/×, 有/无, 1/0."""
    shown = _compact(raw).lower()
    if not shown:
        return _blank(raw)
    if shown in _YES or shown in _NO:
        return Cell(shown in _YES, not isinstance(raw, bool) and raw not in ("是", "否"))
    return Cell(problem=_NOT_BOOLEAN, suggestion=_MISTYPED.get(shown))


def choice(raw: object, choices: Mapping[str, str]) -> Cell:
    """The code for a code or label in `choices` (code → label); near misses are suggested."""
    shown = _compact(raw)
    if not shown:
        return _blank(raw)
    codes = _by_form(tuple(choices.items())).get(shown.casefold(), ())
    if len(codes) > 1:
        return Cell(problem=_AMBIGUOUS)
    if not codes:
        near = nearest(shown, list(choices.values()))
        return Cell(problem=_NOT_A_CHOICE, suggestion=near[0] if near else None)
    return Cell(codes[0], raw not in (codes[0], choices[codes[0]]))


@lru_cache(maxsize=64)
def _by_form(choices: tuple[tuple[str, str], ...]) -> Mapping[str, tuple[str, ...]]:
    """What may be typed → the codes it may mean; kept because a column asks for each of its rows."""
    forms: dict[str, tuple[str, ...]] = {}
    for code, label in choices:
        for form in {_compact(code).casefold(), _compact(label).casefold()}:
            forms[form] = (*forms.get(form, ()), code)
    return forms


_READERS: Mapping[Kind, Callable[[object], Cell]] = {
    "text": text,
    "integer": integer,
    "decimal": decimal,
    "money": money,
    "date": day,
    "month": month,
    "boolean": boolean,
}


# --- published figures -----------------------------------------------------------------------

_MEASURED = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_SUFFIX = r"(?:%|‰|pt|x|倍|个百分点)?"
_EXACT = re.compile(rf"{_MEASURED}{_SUFFIX}")
_AT_LEAST = re.compile(rf"(?:>=|≥){_MEASURED}{_SUFFIX}|{_MEASURED}{_SUFFIX}(?:余|多|以上)")
_RATIO = re.compile(rf"{_MEASURED}:{_MEASURED}")
_SUM = re.compile(r"\d+(?:\+\d+)+")
_REMARK = re.compile(r"\([^()]*\)$")


@dataclass(frozen=True)
class PublishedValue:
    """A figure as somebody published it: its numbers to compare with, and the very text printed.

    A list (`196/251`, `1+9`) has its numbers in the printed order, blanks between the bars left
    out. Remarks in brackets and units stay in `printed` only. Words alone are "text" without numbers.
    """

    kind: Literal["exact", "at_least", "ratio", "list", "blank", "text"]
    numbers: tuple[Decimal, ...]
    printed: str


def published_value(printed: str) -> PublishedValue:
    """Read a published figure without making it more exact than it was printed."""
    plain = _REMARK.sub("", _compact(printed))
    parts = [part for part in plain.split("/") if part]
    kind: Literal["exact", "at_least", "ratio", "list", "blank", "text"] = "list"
    if not plain:
        return PublishedValue("text" if printed.strip() else "blank", (), printed)
    if len(printed) > _LONGEST_FIGURE or not parts or not all(map(_is_figure, parts)):
        return PublishedValue("text", (), printed)
    if "/" not in plain and not _SUM.fullmatch(plain):
        kind = "exact" if _EXACT.fullmatch(plain) else "at_least"
        kind = "ratio" if _RATIO.fullmatch(plain) else kind
    figures = [figure for part in parts for figure in _figures(part)]
    return PublishedValue(kind, tuple(figures), printed)


def _is_figure(part: str) -> bool:
    return any(form.fullmatch(part) for form in (_EXACT, _AT_LEAST, _RATIO, _SUM))


def _figures(part: str) -> list[Decimal]:
    pattern = r"\d+" if _SUM.fullmatch(part) else _MEASURED
    return [Decimal(number.replace(",", "")) for number in re.findall(pattern, part)]
