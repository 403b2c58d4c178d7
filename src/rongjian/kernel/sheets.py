"""Tables in and out: reading an uploaded spreadsheet safely, finding its heading, writing our own.

Reading answers any bytes with rows or with one `SheetError` sentence a user can act on. A workbook or Word file is
opened in a child process (see `kernel.sheet_child` for the gates it passes); text tables are read
here, where their cost is linear in a size that is checked first. Writing never makes a formula, and
what it makes can be read back to the same values.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rongjian.kernel.sheet_child import (
    HEADING_AREA,
    NOT_A_SHEET,
    PASSWORD,
    TOO_HEAVY,
    Limits,
    Merge,
    Row,
    SheetError,
    column_letters,
    fill_merged,
    limits_argument,
    size_errors,
)
from rongjian.kernel.sheet_writing import Column, safe_text, unguarded, write_csv, write_xlsx

__all__ = [
    "DEFAULT_LIMITS",
    "HEADING_AREA",
    "Column",
    "Heading",
    "Limits",
    "Sheet",
    "SheetError",
    "Workbook",
    "column_letters",
    "find_heading",
    "heading_at",
    "read",
    "safe_text",
    "write_csv",
    "write_xlsx",
]

DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class Sheet:
    """One visible sheet. `rows[2][0]` is cell A3; blanks are None; all rows are equally long.

    Merged cells are filled in the heading only: a merged sum below it must not count twice.
    """

    name: str
    rows: list[Row]


@dataclass(frozen=True)
class Workbook:
    """What an uploaded file holds, sheet by sheet in its own order.

    The tables of a Word file are its sheets; `around` is the text outside of them.
    """

    sheets: list[Sheet]
    around: tuple[str, ...] = ()


@dataclass(frozen=True)
class Heading:
    """Where the heading stands: rows `row_span[0]` up to, not including, `row_span[1]`.

    Data begin at `row_span[1]`. `names` has one entry for each column, "" where there is none.
    """

    row_span: tuple[int, int]
    names: list[str]


# --- reading ---------------------------------------------------------------------------------

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_SUFFIXES = ("csv", "tsv", "txt")
_OLD_DOC = "打不开这个文件：是旧版 Word（.doc）。请另存为 .docx 后再试。"
_ET = "打不开这个文件：是 WPS 表格（.et）。请在 WPS 中另存为 .xlsx 后再试。"
_EMPTY = "这个文件是空的。请检查是否选错了文件。"
_NOTHING_VISIBLE = "这个文件里没有能看见的工作表。请取消隐藏，保存后再试。"
_ENCODING = "认不出这个文件的文字编码。请用 Excel 打开，另存为 .xlsx 后再试。"


def read(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """The tables in an uploaded file called `name`; SheetError for everything that is not one."""
    suffix = name.rpartition(".")[2].lower()
    if len(data) > limits.file_bytes:
        raise SheetError(f"文件超过 {limits.file_bytes >> 20} MB。请拆成几个文件，分别导入。")
    if not data.strip():
        raise SheetError(_EMPTY)
    if suffix == "et":
        raise SheetError(_ET)
    if data.startswith(_OLE) and (reason := _ole_reason(data)):
        raise SheetError(reason)
    if data.startswith((b"PK", _OLE)):
        return _read_in_child(data, limits)
    if suffix in _TEXT_SUFFIXES:
        return Workbook([_read_text(name, data, suffix, limits)])
    raise SheetError(NOT_A_SHEET)


def _ole_reason(data: bytes) -> str:
    """Password and old formats come in the same container; the names of its streams tell.

    Empty for an old .xls, which can be read.
    """
    if "EncryptedPackage".encode("utf-16-le") in data:
        return PASSWORD
    if any(f"{stream}\0".encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        return ""
    return _OLD_DOC if "WordDocument".encode("utf-16-le") in data else NOT_A_SHEET


def _read_in_child(data: bytes, limits: Limits) -> Workbook:
    command = [sys.executable, "-P", "-m", "rongjian.kernel.sheet_child", limits_argument(limits)]
    try:
        child = subprocess.run(  # noqa: S603 (fixed command; the file travels on stdin)
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.TimeoutExpired:
        raise SheetError(TOO_HEAVY) from None
    if not child.stdout:
        raise RuntimeError("the process that opens sheets did not start")  # no fault of the file
    if child.returncode:  # killed by a limit, or aborted when an allocation was refused
        raise SheetError(TOO_HEAVY)
    return _workbook(child.stdout.splitlines())


def _workbook(lines: Iterable[bytes]) -> Workbook:
    """Put together what the child sent; its last line is the verdict."""
    sheets: list[Sheet] = []
    merges: list[list[Merge]] = []
    around: tuple[str, ...] = ()
    for line in lines:
        message = json.loads(line, object_hook=_dated)
        if isinstance(message, list):
            sheets[-1].rows.append(message)
        elif "around" in message:
            around = tuple(message["around"])
        elif "sheet" in message:
            sheets.append(Sheet(message["sheet"], []))
            merges.append(message["merges"])
        elif message.get("end"):
            raise SheetError(message["end"])
    if not sheets:
        raise SheetError(_NOTHING_VISIBLE)
    for sheet, merged in zip(sheets, merges, strict=True):
        _fill_heading(sheet.rows, merged)
    return Workbook(sheets, around)


def _dated(value: dict[str, str]) -> object:
    if "date" in value:
        return date.fromisoformat(value["date"])
    return datetime.fromisoformat(value["datetime"]) if "datetime" in value else value


def _fill_heading(rows: list[Row], merges: list[Merge]) -> None:
    top = [list(row) for row in rows[:HEADING_AREA]]
    fill_merged(top, merges)
    try:
        stop = find_heading(top).row_span[1]
    except SheetError:
        return
    fill_merged(rows, [merge for merge in merges if merge[1][0] < stop])


def _read_text(name: str, data: bytes, suffix: str, limits: Limits) -> Sheet:
    text = _decoded(data)
    delimiter = "\t" if suffix == "tsv" or _has_more_tabs(text) else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    title = name.rpartition(".")[0] or name
    rows: list[list[str]] = []
    width = 0
    try:
        for cells in reader:
            rows.append(cells)
            width = max(width, len(cells))
            if problem := size_errors(title, len(rows), width, limits):
                raise SheetError(problem)
    except csv.Error:
        raise SheetError(
            f"第 {reader.line_num} 行读不出来：引号没有配对，或一格文字过长。请另存为 .xlsx 后再试。"
        ) from None
    return Sheet(title, [_text_row(at, cells, width) for at, cells in enumerate(rows, 1)])


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and not _reads_as_chinese(text):
            break
        if "\0" in text:
            break
        if re.match(r"\s*<(!doctype|html|table|\?xml)", text[:200], re.IGNORECASE):
            raise SheetError(NOT_A_SHEET)
        return text
    raise SheetError(_ENCODING)


def _reads_as_chinese(text: str) -> bool:
    """Other encodings decode as GB18030 too, but into characters that ordinary text lacks."""
    ideographs = re.sub(r"[^\u3400-\u9fff]", "", text)
    rare = len(ideographs) - len(ideographs.encode("gb2312", "ignore")) // 2
    others = len(re.findall(r"[\x01-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]", text))
    return rare * 4 <= len(ideographs) and others * 50 <= len(text)


def _has_more_tabs(text: str) -> bool:
    head = re.sub(r'"[^"]*("|$)', "", text[:4096])
    return head.count("\t") > head.count(",")


_FORMULA = re.compile(r"\s*[=@]")


def _text_row(at: int, cells: list[str], width: int) -> Row:
    row: Row = [None] * width
    for column, cell in enumerate(cells):
        if _FORMULA.match(cell):
            raise SheetError(
                f"第 {at} 行 {column_letters(column + 1)} 列是公式，不能导入。请改成数值或文字再试。"
            )
        row[column] = unguarded(cell) or None
    return row


# --- heading ---------------------------------------------------------------------------------

_LABEL_LENGTH = 60
_MOST_HEADING_ROWS = 3
_YEAR = re.compile(r"(19|20)\d\d年?")
_FIGURE = re.compile(r"[-+\d.,%/:年月日]*\d[%日月年]?")

Labels = list[str | None]


def find_heading(rows: Sequence[Sequence[object]]) -> Heading:
    """The heading among the first rows: titles above it skipped, two or three rows made one.

    A row of running column numbers under it belongs to it.
    """
    area = rows[:HEADING_AREA]
    across = max(map(len, area), default=0)
    top = [[*map(_label, row), *[""] * (across - len(row))] for row in area]
    width = max((len(row) - row.count("") for row in top), default=0)
    for first, row in enumerate(top):
        if _may_be_heading(row, width):
            stop = first + 1
            while stop < min(len(top), first + _MOST_HEADING_ROWS) and _continues(
                top[stop - 1], top[stop]
            ):
                stop += 1
            names = _joined(top[first:stop])
            numbered = stop < len(rows) and _is_numbering(rows[stop])
            return Heading((first, stop + numbered), names)
    raise SheetError("找不到表头。请在数据上方留一行，写明各列的名称。")


def heading_at(rows: Sequence[Sequence[object]], first: int, stop: int) -> Heading:
    """The heading that a person says stands in rows `first` up to, not including, `stop`."""
    block = [
        [_label(cell) or str(cell or "").strip()[:_LABEL_LENGTH] for cell in row] for row in rows
    ]
    labels: list[Labels] = [[*row] for row in block[first:stop]]
    for upper, lower in itertools.pairwise(labels):
        _continues(upper, lower)
    return Heading((first, stop), _joined(labels))


def _label(cell: object) -> str | None:
    """The cell as a heading shows it: "" if blank, None if it can only be data."""
    if cell is not None and not isinstance(cell, str | int):
        return None
    text = re.sub(r"\s+", "", "" if cell is None else str(cell))
    data = len(text) > _LABEL_LENGTH or (_FIGURE.fullmatch(text) and not _YEAR.fullmatch(text))
    return None if data else text


def _may_be_heading(row: Labels, width: int) -> bool:
    """At least two different labels and no data, and not a line such as “填报单位：… 日期：…”."""
    labels = [label for label in row if label]
    if None in row or not labels or len(set(labels)) < min(2, width):
        return False
    return len(labels) * 2 > width or not any(re.search("[:：]", label) for label in labels)


def _continues(upper: Labels, lower: Labels) -> bool:
    """Whether `lower` only divides labels of `upper`, as the second row of one heading does.

    Divided labels are written over every column they cover. A label that is not divided must stand
    over a blank or over itself: anything else is data under a heading.
    """
    if None in lower:
        return False
    divided = []
    for group in _groups(upper):
        head = group[0]
        if not lower[head] or lower[head] == upper[head]:
            continue
        if len({lower[at] for at in group if lower[at]}) < 2:
            return False
        divided.append(group)
    for group in divided:
        for at in group:
            upper[at] = upper[group[0]]
    return bool(divided)


def _groups(labels: Labels) -> list[list[int]]:
    """Columns that one label may cover: itself, equal neighbours (once merged), blanks after it."""
    groups: list[list[int]] = []
    for at, label in enumerate(labels):
        if groups and label in ("", labels[groups[-1][0]]):
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _is_numbering(row: Sequence[object]) -> bool:
    """A line of column numbers (栏次): 1, 2, 3 … with at most labels such as 甲、乙 before them."""
    numbers = [str(cell).strip() for cell in row if cell is not None]
    while numbers and numbers[0] in ("栏次", *"甲乙丙丁"):
        del numbers[0]
    return len(numbers) > 2 and numbers == [str(at) for at in range(1, len(numbers) + 1)]


def _joined(block: Sequence[Labels]) -> list[str]:
    names = []
    for column in zip(*block, strict=True):
        parts: list[str] = []
        for label in column:
            if label and label not in parts[-1:]:
                parts.append(label)
        names.append("·".join(parts))
    return names
