"""What an office file says beside its body: properties, comments, headers and footers, text boxes, sheet names.

A mark of secrecy stands there more often than in the cells or paragraphs that are taken over: a header
on every page, a watermark, a keyword among the properties. Nothing of this is kept; it is read so
that such a file can be refused as a whole. Files that are no zip archive of XML (.csv, .txt, the old
binary formats) have nothing of it that can be read: they yield nothing.

Parts are parsed as streams that refuse a DOCTYPE and stop at a size. A part that cannot be read is
passed over here: whether the file is damaged is for whoever reads its body to say.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from html import unescape
from typing import TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 16
_MOST = 16 << 20
"""Bytes that are read of one part; what people write beside a body is never that long."""
_MOST_OF_A_SHEET = 400 << 20
_PLACES = (
    (re.compile(r"docprops/.*\.xml"), "文件属性"),
    (re.compile(r"(word|xl)/(comments|threadedcomments/).*\.xml"), "批注"),
    (re.compile(r"word/(header|footer).*\.xml"), "页眉页脚"),
    (re.compile(r"word/(footnotes|endnotes)\.xml"), "脚注"),
    (re.compile(r"(xl/drawings/.*\.(xml|vml)|xl/charts/.*\.xml)"), "文本框或图表"),
    (re.compile(r"xl/workbook\.xml"), "工作表名称"),
)
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_LINES = {"p", "text", "comment", "div", "si", "row", "tr", "tc"}
"""Elements that end a line; what stands in the runs within one is read as written."""
_RUNS = {"t", "a", "b", "i", "u", "font", "span", "instrText", "delText"}
_SAYING = {"string", "descr", "title", "alt", "name"}
"""Attributes that hold words: a watermark's, a picture's, a sheet's name."""
_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[LCRPNDTZFGAUESXYBIOH+-])')
_HEAD = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)>(.*?)</", re.DOTALL)
_MARGIN = 400


def side_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """(where it stands, text) of everything beside the body of an office file."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield from _of_part(archive, entry)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, OSError, ValueError, EOFError):
        return


def _of_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[str, str]]:
    name = entry.filename.replace("\\", "/").lower()
    if _SHEET.fullmatch(name):
        yield from (("页眉页脚", text) for text in _heads(archive, entry))
        return
    for pattern, place in _PLACES:
        if pattern.fullmatch(name):
            yield place, _text(archive, entry)
            return


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    """The words of one part, a line for each paragraph, property or comment."""
    reader, size = _Words(), 0
    with archive.open(entry) as stream:
        while (chunk := stream.read(_CHUNK)) and size < _MOST:
            size += len(chunk)
            try:
                reader.parser.Parse(chunk)
            except expat.ExpatError:
                break
    return "".join(reader.pieces)


class _Words:
    """Collects the words of a part."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._said = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _doctype(self, *_: object) -> None:
        raise expat.ExpatError("a part of an office file has no DOCTYPE")

    def _start(self, _: str, attributes: dict[str, str]) -> None:
        for name, value in attributes.items():
            if name.rpartition(":")[2] in _SAYING and value.strip():
                self.pieces.append(f"\n{value}\n")

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in _LINES or (self._said and name not in _RUNS):
            self.pieces.append("\n")
        self._said = False

    def _characters(self, words: str) -> None:
        if words.strip():
            self._said = True
        self.pieces.append(words.replace("\n", " "))


def _heads(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[str]:
    """Headers and footers of a sheet, found without parsing the rows before them."""
    kept, size = b"", 0
    with archive.open(entry) as stream:
        while (chunk := stream.read(_CHUNK)) and size < _MOST_OF_A_SHEET:
            size += len(chunk)
            kept += chunk
            at = kept.find(b"eaderFooter")
            kept = kept[max(0, at - _MARGIN) :] if at >= 0 else kept[-_MARGIN:]
            if len(kept) > _MOST:
                break
    for found in _HEAD.findall(kept):
        yield _CODES.sub("\n", unescape(found.decode(errors="replace")))
