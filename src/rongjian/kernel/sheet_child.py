"""The part of reading a workbook that runs in a short-lived child process of `kernel.sheets`.

The file comes in on standard input, its rows go out as JSON lines. Three gates stand before the
values, because the native reader believes what a file says of itself (one cell named `ZZZ9999999`
makes it reserve terabytes and abort the whole process):

1. the directory of the archive: number, size, ratio, names and overlap of its parts;
2. a streaming pass over each sheet's XML: no DOCTYPE, no formula, real rows and columns counted;
3. the reader gets a *new* archive of the parts that passed, so what was checked is what is read.

An old .xls has no such parts: it goes to the reader as it is. Of a .docx only the text of its tables is
read, by the streaming pass. Whatever still goes wrong hits the limits on memory and processor time, and only this process dies.
"""

from __future__ import annotations

import io
import json
import math
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from xml.parsers import expat

import python_calamine

from rongjian.kernel.sheet_word import DOCUMENT, WordScan

HEADING_AREA = 15
"""Rows from the top in which a heading may lie; merged cells below it are left as they are."""

_CHUNK = 1 << 16
_SMALL = 10 << 20
_MERGES = 2_000
_PARTS = ("[Content_Types].xml", "_rels/.rels", "xl/styles.xml", "xl/sharedStrings.xml")
_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SUSPICIOUS = re.compile(
    r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|[\x00-\x1f]|\.(zip|rar|7z|gz|exe|dll|js|vbs|bat|cmd|lnk)$", re.I
)
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")
_INSIDE_CELL = {"v", "t", "is", "r", "rPr", "rPh", "phoneticPr"}

Row = list[object]
Merge = tuple[tuple[int, int], tuple[int, int]]


class SheetError(Exception):
    """A file cannot be read or written as a table; the text says why and what to do, in Chinese."""


@dataclass(frozen=True)
class Limits:
    """How much one file may hold and cost before it is refused; `rows` are those under a heading."""

    file_bytes: int = 20 << 20
    entries: int = 2_000
    unpacked_bytes: int = 200 << 20
    ratio: int = 100
    rows: int = 50_000
    columns: int = 1_000
    cells: int = 1_500_000
    characters: int = 20_000_000
    memory_bytes: int = 512 << 20
    cpu_seconds: int = 20
    seconds: int = 90


NOT_A_SHEET = "打不开这个文件：不是 Excel 表格、Word 表格（.docx）或 CSV。请另存为 .xlsx 后再试。"
DAMAGED = "打不开这个文件：内容不完整或已损坏。请重新导出或另存为 .xlsx 后再试。"
PASSWORD = "打不开这个文件：设有打开密码。请去掉密码，另存为 .xlsx 后再试。"  # noqa: S105
TOO_HEAVY = "打开这个文件要用的内存或时间过多。请删去多余的工作表和格式，或拆成几个文件再试。"
_NO_TABLE = "这个 Word 文件里没有表格。请把内容放进表格，或另存为 .xlsx 后再试。"
_MACROS = "这个文件带有宏，不能导入。请另存为不带宏的 .xlsx 后再试。"
_ADVICE = "请把数据复制到新表格，另存为 .xlsx 后再试。"
_SMUGGLED = f"这个文件里夹带了表格以外的内容，不能导入。{_ADVICE}"


def size_errors(sheet: str, rows: int, columns: int, limits: Limits) -> str | None:
    """The sentence that refuses a table of this size, or None when it is small enough."""
    if rows > limits.rows + HEADING_AREA:
        return f"“{sheet}”超过 {limits.rows:,} 行。请拆成几个文件，分别导入。"
    if columns > limits.columns:
        return f"“{sheet}”超过 {limits.columns:,} 列。请删去用不到的列，或拆成几个文件再导入。"
    if rows * columns > limits.cells:
        return f"“{sheet}”超过 {limits.cells:,} 格。请拆成几个文件，分别导入。"
    return None


def column_letters(column: int) -> str:
    """The letters Excel shows over the `column`-th column, counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def check_directory(archive: zipfile.ZipFile, size: int, limits: Limits) -> dict[str, str]:
    """Gate 1. The parts by lower-case name with forward slashes, or SheetError."""
    entries = sorted(archive.infolist(), key=lambda entry: entry.header_offset)
    if len(entries) > limits.entries:
        raise SheetError(f"这个文件由超过 {limits.entries:,} 个部件组成，不像正常的表格。{_ADVICE}")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise SheetError(
            f"这个文件展开后超过 {limits.unpacked_bytes >> 20} MB。请删去多余的工作表和图片，"
            "或拆成几个文件再导入。"
        )
    if unpacked > max(_SMALL, limits.ratio * size):
        raise SheetError(f"这个文件的压缩比超过 {limits.ratio} 倍，不像正常的表格。{_ADVICE}")
    offsets = [entry.header_offset for entry in entries] + [archive.start_dir]
    for entry, end in zip(entries, offsets[1:], strict=True):
        _check_entry(entry, end)
    parts = {entry.filename.replace("\\", "/").lower(): entry.filename for entry in entries}
    if len(parts) != len(entries):
        raise SheetError(DAMAGED)
    return parts


def _check_entry(entry: zipfile.ZipInfo, end: int) -> None:
    name = entry.filename.replace("\\", "/")
    if entry.flag_bits & 0x1:
        raise SheetError(PASSWORD)
    if name.lower().endswith("vbaproject.bin"):
        raise SheetError(_MACROS)
    if _SUSPICIOUS.search(name):
        raise SheetError(_SMUGGLED)
    if entry.header_offset + 30 + entry.compress_size > end:
        raise SheetError(DAMAGED)


Start = Callable[[str, dict[str, str]], None]


def _parser(on_start: Start | None) -> expat.XMLParserType:
    def doctype(*_: object) -> None:
        raise SheetError(_SMUGGLED)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    if on_start:
        parser.StartElementHandler = on_start
    return parser


@dataclass
class _Package:
    """The archive being checked and the clean one being built from it."""

    source: zipfile.ZipFile
    target: zipfile.ZipFile
    parts: dict[str, str]

    def copy(self, part: str, on_start: Start | None = None) -> None:
        """Gate 2 for one part: parse it as a stream and carry it over, if it is there."""
        name = self.parts.get(part.lower())
        if name is None:
            return
        parser = _parser(on_start)
        with self.source.open(name) as stream, self.target.open(part, "w") as copy:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                copy.write(chunk)
        parser.Parse(b"", True)


class _CellScan:
    """Finds what one sheet really holds, whatever its header claims, and stops at a formula."""

    def __init__(self, sheet: str, limits: Limits) -> None:
        self.sheet = sheet
        self.limits = limits
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._cell: dict[str, str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Expat's handler; prefixes are dropped because the reader drops them too."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._cell = attributes
            self._column += 1
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "f" and self._cell is not None:
            self._refuse("是公式，不能导入。请复制后“选择性粘贴为数值”再试。")
        elif name not in _INSIDE_CELL:
            self._cell = None
        elif self._cell is not None and name in ("v", "is"):
            self._filled(self._cell)

    def _place(self, cell: dict[str, str]) -> None:
        if reference := cell.get("r"):
            match = _REFERENCE.fullmatch(reference)
            if not match:
                raise SheetError(DAMAGED)
            self._column = 0
            for letter in match[1].upper():
                self._column = self._column * 26 + ord(letter) - 64
            self._row = int(match[2])

    def _filled(self, cell: dict[str, str]) -> None:
        self._place(cell)
        if cell.get("t") == "e":
            self._refuse("是错误值（如 #N/A），不能导入。请改正或清空后再试。")
        if self._row > self.rows or self._column > self.columns:
            self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)
            if problem := size_errors(self.sheet, self.rows, self.columns, self.limits):
                raise SheetError(problem)

    def _refuse(self, what: str) -> None:
        self._place(self._cell or {})
        column = column_letters(self._column)
        raise SheetError(f"“{self.sheet}”第 {self._row} 行 {column} 列{what}")


def _visible_sheets(package: _Package) -> dict[str, str]:
    """Name of each visible worksheet → its part; hidden sheets are not the user's data."""
    sheets: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def book(tag: str, attributes: dict[str, str]) -> None:
        local = {name.rpartition(":")[2]: value for name, value in attributes.items()}
        if tag.rpartition(":")[2] == "sheet" and local.get("state", "visible") == "visible":
            sheets.append((local["name"], local["id"]))

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/worksheet"):
            path = posixpath.join("/xl", attributes["Target"].replace("\\", "/"))
            targets[attributes["Id"]] = posixpath.normpath(path).lstrip("/")

    if _BOOK not in package.parts:
        raise SheetError(NOT_A_SHEET)
    package.copy(_BOOK, book)
    package.copy(_RELATIONS, relation)
    visible = {name: targets[key] for name, key in sheets if key in targets}
    if any(part.lower() not in package.parts for part in visible.values()):
        raise SheetError(DAMAGED)
    return visible


def clean_copy(data: bytes, limits: Limits) -> tuple[bytes, list[str]]:
    """Gates 1 and 2: a new archive of the checked parts, and the names of its visible sheets."""
    clean = io.BytesIO()
    cells = 0
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(clean, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        package = _Package(source, target, check_directory(source, len(data), limits))
        visible = _visible_sheets(package)
        for part in _PARTS:
            package.copy(part)
        for name, part in visible.items():
            scan = _CellScan(name, limits)
            package.copy(part, scan.start)
            cells += scan.rows * scan.columns
            if cells > limits.cells:
                raise SheetError(f"这个文件超过 {limits.cells:,} 格。请拆成几个文件，分别导入。")
    return clean.getvalue(), list(visible)


def fill_merged(rows: list[Row], merges: list[Merge]) -> None:
    """Write each merged value into every cell it covers, where the cell lies in `rows`."""
    for (top, left), (bottom, right) in merges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top : bottom + 1]:
            row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])


def _plain(value: object) -> object:
    """A cell's value as JSON can carry it: blanks are None, whole numbers are integers."""
    if value == "":
        return None
    if isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 10**15:
            return int(value)
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else str(value)


def _lines(data: bytes, limits: Limits) -> Iterator[object]:
    """For each sheet its name and the merges near its top, then row after row."""
    if not data.startswith(b"PK"):
        yield from _sheet_lines(data, None, limits)
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = check_directory(archive, len(data), limits)
        if DOCUMENT in parts and _BOOK not in parts:
            yield from _word_lines(archive, parts[DOCUMENT], limits)
            return
    yield from _sheet_lines(*clean_copy(data, limits), limits)


def _word_lines(archive: zipfile.ZipFile, part: str, limits: Limits) -> Iterator[object]:
    scan = WordScan()
    parser = _parser(scan.start)
    parser.EndElementHandler, parser.CharacterDataHandler = scan.end, scan.data
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk)
    parser.Parse(b"", True)
    if not scan.tables:
        raise SheetError(_NO_TABLE)
    yield {"around": scan.around}
    for table in scan.tables:
        width = len(table.rows[0]) if table.rows else 0
        if problem := size_errors(table.name, len(table.rows), width, limits):
            raise SheetError(problem)
        yield {"sheet": table.name, "merges": [m for m in table.merges if m[0][0] < HEADING_AREA]}
        yield from table.rows


def _visible_names(book: python_calamine.CalamineWorkbook) -> list[str]:
    """The sheets of an old workbook that can be seen."""
    kinds, seen = python_calamine.SheetTypeEnum, python_calamine.SheetVisibleEnum
    return [
        each.name
        for each in book.sheets_metadata
        if each.typ == kinds.WorkSheet and each.visible == seen.Visible
    ]


def _sheet_lines(data: bytes, visible: list[str] | None, limits: Limits) -> Iterator[object]:
    """Gate 3; `visible` are the sheets to be read, all that can be seen where it is not said."""
    characters = 0
    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for name in _visible_names(book) if visible is None else visible:
            sheet = book.get_sheet_by_name(name)
            bottom, right = sheet.end or (0, 0)
            if problem := size_errors(name, bottom + 1, right + 1, limits):
                raise SheetError(problem)
            merges = [m for m in sheet.merged_cell_ranges or [] if m[0][0] < HEADING_AREA]
            if len(merges) > _MERGES:
                raise SheetError(f"“{name}”表头的合并单元格太多。请取消合并，只留一行表头再试。")
            yield {"sheet": name, "merges": merges}
            for row in sheet.to_python(skip_empty_area=False):
                characters += sum(len(cell) for cell in row if isinstance(cell, str))
                if characters > limits.characters:
                    raise SheetError(
                        f"这个文件的文字超过 {limits.characters:,} 个字。请拆成几个文件，分别导入。"
                    )
                yield [_plain(cell) for cell in row]


def restrain(limits: Limits) -> None:
    """Bound this process: memory, processor time, no files written, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(arguments: str) -> None:
    """The child: limits as JSON in `arguments`, the file on stdin, JSON lines on stdout."""
    limits = Limits(**json.loads(arguments))
    _send({"started": True})
    sys.stdout.buffer.flush()
    restrain(limits)
    message = ""
    try:
        for line in _lines(sys.stdin.buffer.read(), limits):
            _send(line)
    except SheetError as error:
        message = str(error)
    except python_calamine.PasswordError:
        message = PASSWORD
    except MemoryError:
        message = TOO_HEAVY
    except BaseException:  # the native reader panics outside Exception; any of it means the same
        message = DAMAGED
    _send({"end": message})


def _send(line: object) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


def limits_argument(limits: Limits) -> str:
    """The limits as `main` takes them on the command line."""
    return json.dumps(asdict(limits))


if __name__ == "__main__":
    main(sys.argv[1])
