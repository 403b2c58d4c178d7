"""Tables out: .xlsx and CSV files that hold no formula and read back to the values written.

Excel keeps 15 digits of a number and knows no day before 1900, so longer numbers (identifiers,
exact amounts) and earlier days are written as text instead of being changed.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from rongjian.kernel.cells import Kind
from rongjian.kernel.sheet_child import SheetError, column_letters

ROWS_PER_SHEET = 1_048_575
"""Rows under the heading that an .xlsx can hold."""

_TEXT_PER_CELL = 32_767
_DIGITS = 15
_LARGEST_EXPONENT = 300
_VALIDATED_ROWS = 50_000
_RESERVED_NAMES = ("填写说明", "选项", "history")
_FIRST_DAY = date(1900, 1, 1)
_DATE_FORMAT = "yyyy-mm-dd"
_TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"
_FORMATS = {"integer": "0", "decimal": "0.######", "money": "#,##0.00", "date": _DATE_FORMAT}
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")
_RISKY = re.compile(r"(?s)[\s\0]*[=+\-@＝＋－＠].*|[\t\r\n\0].*")
_GUARDED = re.compile(r"(?s)'+([\s\0]*[=+\-@＝＋－＠]|[\t\r\n\0]).*")


@dataclass(frozen=True)
class Column:
    """One column of a table to be written: its heading, its width in characters, what it holds."""

    heading: str
    width: int = 14
    kind: Kind = "text"


def safe_text(text: str) -> str:
    """Text that a program opening a CSV takes for text, never for a formula: `'` put before it.

    Plain numbers stay as they are. `unguarded` takes the mark off again.
    """
    risky = _RISKY.fullmatch(text) and not _NUMBER.fullmatch(text)
    return "'" + text if risky or _GUARDED.fullmatch(text) else text


def unguarded(text: str) -> str:
    """What `safe_text` was given."""
    return text[1:] if _GUARDED.fullmatch(text) else text


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as UTF-8 CSV that Excel and WPS open with the right characters."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([safe_text(_as_text(column.heading)) for column in columns])
    writer.writerows([safe_text(_as_text(value)) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    notes: Sequence[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """The table as an .xlsx: one sheet called `title`, its heading frozen in the first row.

    `notes` become a second sheet 填写说明. `choices` (heading → allowed texts) become drop-down
    lists; the texts lie on a hidden sheet, so they may be many and hold commas.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(_sheet_name(title))
    _Table(book, sheet, columns).write(rows)
    if notes:
        page = book.add_worksheet("填写说明")
        page.set_column(0, 0, 90, book.add_format({"text_wrap": True, "valign": "top"}))
        for at, note in enumerate(notes):
            page.write_string(at, 0, _writable(note, "填写说明", at + 1))
    if choices:
        _offer(book, sheet, columns, choices)
    book.close()
    return out.getvalue()


class _Table:
    """The sheet being written, with the formats its columns need."""

    def __init__(self, book: Any, sheet: Any, columns: Sequence[Column]) -> None:
        self.sheet = sheet
        self.columns = columns
        self._head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter"})
        formats = {_FORMATS.get(column.kind, "@") for column in columns}
        self._formats = {
            code: book.add_format({"num_format": code})
            for code in sorted(formats | {"@", _DATE_FORMAT, _TIME_FORMAT})
        }

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        """The heading, then row after row as they come."""
        for at, column in enumerate(self.columns):
            own = self._formats[_FORMATS.get(column.kind, "@")]
            self.sheet.set_column(at, at, column.width, own)
            self.sheet.write_string(0, at, _writable(column.heading, "表头", 1), self._head)
        self.sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            if number > ROWS_PER_SHEET:
                raise SheetError(f"一张表最多 {ROWS_PER_SHEET:,} 行。请缩小范围，分几次导出。")
            for at, (column, value) in enumerate(zip(self.columns, row, strict=True)):
                if value is not None and value != "":
                    self._put(number, at, column, value)

    def _put(self, row: int, at: int, column: Column, value: object) -> None:
        own = self._formats[_FORMATS.get(column.kind, "@")]
        if isinstance(value, datetime) and _has_serial(value):
            self.sheet.write_datetime(row, at, value, self._formats[_TIME_FORMAT])
        elif isinstance(value, date) and _has_serial(value):
            self.sheet.write_datetime(row, at, value, self._formats[_DATE_FORMAT])
        elif isinstance(value, int | float | Decimal) and _fits(value):
            # as a date it would read back as one
            plain = self._formats["@"] if column.kind == "date" else own
            self.sheet.write_number(row, at, float(value), plain)
        else:
            text = _writable(_as_text(value), column.heading, row + 1)
            self.sheet.write_string(row, at, text, own)


def _has_serial(value: date) -> bool:
    """Whether Excel can number this day; a time with a zone it cannot."""
    if isinstance(value, datetime):
        return value.date() >= _FIRST_DAY and value.tzinfo is None
    return value >= _FIRST_DAY


def _fits(value: float | Decimal) -> bool:
    """Whether Excel keeps this number whole; truth values are no numbers here."""
    if isinstance(value, Decimal):
        whole = value.is_finite() and abs(value.adjusted()) < _LARGEST_EXPONENT
        return whole and len(value.normalize().as_tuple().digits) <= _DIGITS
    if isinstance(value, float):
        return math.isfinite(value)
    return not isinstance(value, bool) and abs(value) < 10**_DIGITS


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return _UNWRITABLE.sub("", str(value))


def _writable(text: str, heading: str, row: int) -> str:
    """The text as XML may hold it; SheetError where one cell cannot hold it whole."""
    text = _UNWRITABLE.sub("", text)
    if len(text) > _TEXT_PER_CELL // 2 and len(text.encode("utf-16-le")) > 2 * _TEXT_PER_CELL:
        raise SheetError(
            f"第 {row} 行“{heading}”超过 {_TEXT_PER_CELL:,} 个字，一格放不下。请缩短后再导出。"
        )
    return text


def _sheet_name(title: str) -> str:
    name = re.sub(r"[\[\]:*?/\\]", " ", _UNWRITABLE.sub("", title)).strip().strip("'")[:31]
    name = name.strip("' ") or "数据"
    return f"{name}表" if name.lower() in _RESERVED_NAMES else name


def _offer(
    book: Any, sheet: Any, columns: Sequence[Column], choices: Mapping[str, Sequence[str]]
) -> None:
    listing = book.add_worksheet("选项")
    listing.hide()
    headings = [column.heading for column in columns]
    for place, (heading, texts) in enumerate(choices.items()):
        letters = column_letters(place + 1)
        for at, text in enumerate(texts):
            listing.write_string(at, place, _writable(text, heading, at + 1))
        column = headings.index(heading)
        rule = {
            "validate": "list",
            "source": f"=选项!${letters}$1:${letters}${max(1, len(texts))}",
            "error_title": "不在选项中",
            "error_message": f"“{heading[:20]}”请从下拉列表中选择。",
        }
        sheet.data_validation(1, column, _VALIDATED_ROWS, column, rule)
