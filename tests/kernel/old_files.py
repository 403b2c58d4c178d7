"""Files of other programs, built byte by byte: an old workbook (.xls) and a Word file (.docx)."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECTOR = 512
_FREE, _END, _FAT = -1, -2, -3
_PADDING = bytes(5000)


def _record(code: int, body: bytes) -> bytes:
    return struct.pack("<HH", code, len(body)) + body


def _sheet(rows: Sequence[Sequence[object]]) -> bytes:
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows))
    out += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(cell, str):
                head = struct.pack("<HB", len(cell), 1)
                out += _record(0x0204, place + head + cell.encode("utf-16-le"))
            elif isinstance(cell, int | float):
                out += _record(0x0203, place + struct.pack("<d", cell))
    return out + _record(0x000A, b"")


def _book(rows: Sequence[Sequence[object]], name: str) -> bytes:
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    # Streams below 4,096 bytes would be kept in another way; the reader skips this record.
    head += _record(0x0EEE, _PADDING)
    words = name.encode("utf-16-le")
    bound = struct.pack("<BBBB", 0, 0, len(name), 1) + words
    start = len(head) + 4 + 4 + len(bound) + 4
    globals_ = head + _record(0x0085, struct.pack("<I", start) + bound) + _record(0x000A, b"")
    return globals_ + _sheet(rows)


def _entry(name: str, sort: int, child: int, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    length = len(words) + 2 if name else 0
    return (
        words.ljust(64, b"\0")
        + struct.pack("<HBBiii", length, sort, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<iQ", start, size)
    )


def xls(rows: Sequence[Sequence[object]], name: str = "Sheet1") -> bytes:
    """A workbook as Excel 97 wrote it."""
    stream = _book(rows, name)
    sectors = -(-len(stream) // _SECTOR)
    chain = [_FAT, _END, *range(3, sectors + 2), _END]
    fat = chain + [_FREE] * (_SECTOR // 4 - len(chain))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIiIiI",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0,
    )  # fmt: skip
    header += struct.pack("<109i", 0, *[_FREE] * 108)
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    directory += _entry("", 0, _FREE, 0, 0) * 2
    body = struct.pack(f"<{_SECTOR // 4}i", *fat) + directory
    return header + body + stream.ljust(sectors * _SECTOR, b"\0")


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(body: str) -> bytes:
    """A Word file with this body; `w:` is bound."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        text = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", text)
    return out.getvalue()


def paragraph(text: str) -> str:
    """A paragraph of one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, *, span: int = 1, merge: str = "") -> str:
    """A cell that may span columns, or begin (`restart`) or go on (`continue`) downwards."""
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    down = f'<w:vMerge w:val="{merge}"/>' if merge == "restart" else "<w:vMerge/>" if merge else ""
    return f"<w:tc><w:tcPr>{wide}{down}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: Sequence[str]) -> str:
    """A table of rows of cells."""
    lines = "".join(f"<w:tr>{''.join(row)}</w:tr>" for row in rows)
    return f"<w:tbl>{lines}</w:tbl>"
