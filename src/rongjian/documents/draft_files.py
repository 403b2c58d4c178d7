"""Drafts as files: the text of an uploaded .txt or .docx, read without trusting the file.

A .docx is a zip of XML. Its directory is checked before anything is unpacked, and the one part that
holds the text is read as a stream that refuses a DOCTYPE (so there are no entities), stops at a size
whatever the directory claims, and stops as soon as there is more text than a draft may have.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from typing import IO
from xml.parsers import expat

from rongjian.log import door

LONGEST = 500_000
"""Characters that a draft may have."""
LARGEST = 20 << 20
"""Bytes that a file may have."""
_MOST_PARTS = 2_000
_MOST_UNPACKED = 64 << 20
_CHUNK = 1 << 16
_SECRET = "secret_mark"  # noqa: S105  # the code of a rule

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_TOO_LONG = f"文稿超过 {LONGEST:,} 字，请分成几部分核对。"
_TOO_LARGE = f"文件超过 {LARGEST >> 20} MB，请只保留文字后再上传。"
_NOTHING = "没有读到文字，请粘贴文稿，或上传有文字的 .txt、.docx 文件。"
_WRONG_KIND = "只能读 .txt 和 .docx 文件。请用 Word 或 WPS 另存为 .docx，或把文字粘贴到页面上。"
_OLD_WORD = "这是旧版 Word 文件（.doc）或设有打开密码的文件。请去掉密码，另存为 .docx 后再试。"
_DAMAGED = "打不开这个文件：内容不完整或已损坏。请用 Word 或 WPS 另存为 .docx 后再试。"
_ODD = "这个文件不像正常的 Word 文件，没有打开。请把文字粘贴到页面上。"
_ENCODING = "认不出这个文件的文字编码。请另存为 UTF-8 编码的 .txt，或把文字粘贴到页面上。"


class DraftError(Exception):
    """A draft cannot be checked; the text says why and what to do."""


class ClassifiedDraft(DraftError):
    """A draft bears the mark of a state secret: it may not be in this system at all."""


def read_draft(name: str, data: bytes) -> str:
    """The text of a file; DraftError for everything that holds none, or whose marks forbid it."""
    suffix = name.rpartition(".")[2].lower()
    if len(data) > LARGEST:
        raise DraftError(_TOO_LARGE)
    _refuse_marks("文件名里", name.rpartition(".")[0] or name)
    if why := door.told_beside(data):
        raise ClassifiedDraft(f"没有打开：{why}")
    if data.startswith(_OLE):
        raise DraftError(_OLD_WORD)
    if suffix == "docx":
        return _docx_text(data)
    if suffix == "txt" or "." not in name:
        return _plain_text(data)
    raise DraftError(_WRONG_KIND)


def admitted(text: str) -> str:
    """The text, if it may be checked: not empty, not too long, without a mark of secrecy."""
    if not text.strip():
        raise DraftError(_NOTHING)
    if len(text) > LONGEST:
        raise DraftError(_TOO_LONG)
    _refuse_marks("文稿里", text)
    return text


def _refuse_marks(where: str, text: str) -> None:
    """What bears the mark of a state secret is not even shown again; other marks can be taken off."""
    found = door.marks_in(text)
    if secret := [each for each in found if each.rule == _SECRET]:
        raise ClassifiedDraft(f"{where}{secret[0].message}")
    if found:
        raise DraftError(f"{where}{found[0].message}")


def _plain_text(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Nearly anything decodes as GB18030, but not into characters that a text is written with.
        odd = len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]", text))
        if "\0" in text or odd * 50 > len(text):
            break
        return text
    raise DraftError(_ENCODING)


def _docx_text(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_directory(archive)
            return _body(archive)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, EOFError):
        raise DraftError(_DAMAGED) from None
    except (RuntimeError, OSError, ValueError):  # an encrypted part, an impossible offset or name
        raise DraftError(_ODD) from None


def _check_directory(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > _MOST_PARTS:
        raise DraftError(_ODD)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise DraftError(_OLD_WORD)


def _body(archive: zipfile.ZipFile) -> str:
    reader = _BodyReader()
    with archive.open(_main_part(archive)) as stream:
        _parse(stream, reader.parser)
    return reader.text


def _main_part(archive: zipfile.ZipFile) -> str:
    """The part that holds the text; not every program calls it word/document.xml."""
    found: list[str] = []

    def relation(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("Type", "").endswith("/officeDocument"):
            target = posixpath.join("/", attributes.get("Target", ""))
            found.append(posixpath.normpath(target).lstrip("/"))

    parser = _parser()
    parser.StartElementHandler = relation
    with archive.open("_rels/.rels") as stream:
        _parse(stream, parser)
    if not found:
        raise DraftError(_DAMAGED)
    return found[0]


def _parser() -> expat.XMLParserType:
    def doctype(*_: object) -> None:
        raise DraftError(_ODD)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = doctype
    parser.buffer_text = True
    return parser


def _parse(stream: IO[bytes], parser: expat.XMLParserType) -> None:
    """Feed a part to a parser, never more of it than a draft's text can be in."""
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > _MOST_UNPACKED:
            raise DraftError(_ODD)
        parser.Parse(chunk)
    parser.Parse(b"", True)


class _BodyReader:
    """Collects the text of a document's body: a line a paragraph, a line a row of a table.

    Left out are deleted words, instructions of fields, and the second copy that a text box carries
    for old programs.
    """

    # A paragraph's properties hold no text, but elements of the same names (w:tab).
    _SKIPPED = ("del", "moveFrom", "instrText", "delText", "pPr")
    _PRINTED = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._inside = self._cells = self._skipping = 0
        self.parser = _parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    @property
    def text(self) -> str:
        """What was read."""
        return "".join(self._pieces)

    def _start(self, tag: str, _: dict[str, str]) -> None:
        name = _local(tag)
        if self._skipping or name in self._SKIPPED or tag == f"{_COMPATIBILITY} Fallback":
            self._skipping += 1
        elif name == "t":
            self._inside += 1
        elif name == "tc":
            self._cells += 1
        elif name in self._PRINTED:
            self._add(self._PRINTED[name])

    def _end(self, tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        name = _local(tag)
        if name == "t":
            self._inside -= 1
        elif name == "tc":
            self._cells -= 1
        elif name == "p":
            self._add("\t" if self._cells else "\n")
        elif name == "tr" and not self._cells:
            self._add("\n")

    def _characters(self, data: str) -> None:
        if self._inside and not self._skipping:
            self._add(data)

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += len(piece)
        if self._length > LONGEST:
            raise DraftError(_TOO_LONG)


def _local(tag: str) -> str:
    """The name of an element of Word's own vocabulary; empty for any other."""
    space, _, name = tag.rpartition(" ")
    return name if space in _WORD else ""
