"""The tables of a Word file, read as a stream: each becomes a sheet of text cells.

Only what is printed counts: deleted text and field codes are left out, a table inside a cell gives
that cell its text. What stands outside the tables is kept apart, to be screened.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DOCUMENT = "word/document.xml"
_CAPTION = 30
_MOST_TEXT = 200_000
_MOST_SPAN = 1_000

Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass
class WordTable:
    """One table: its name, its rows (equally long, blanks None) and its merged cells."""

    name: str
    rows: list[list[object]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def finish(self) -> None:
        """Make all rows equally long."""
        width = max(map(len, self.rows), default=0)
        for row in self.rows:
            row += [None] * (width - len(row))


class WordScan:
    """Expat's handlers; `tables` and `around` hold what was found so far."""

    def __init__(self) -> None:
        self.tables: list[WordTable] = []
        self.around: list[str] = []
        self._depth = self._hidden = self._kept = 0
        self._caption = ""
        self._text: list[str] = []
        self._in_text = False
        self._span = 1
        self._merge = ""
        self._open: dict[int, tuple[int, int]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; prefixes are dropped."""
        name = tag.rpartition(":")[2]
        value = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "val"), "")
        if name == "Fallback":
            self._hidden += 1
        elif name == "tbl":
            self._begin_table()
        elif self._depth == 1 and name in ("tr", "tc", "gridBefore", "gridSpan", "vMerge"):
            self._part_of_table(name, value)
        elif name in ("br", "cr") or (name == "p" and self._depth and self._text):
            self._text.append("\n")
        self._in_text = name == "t" and not self._hidden

    def _part_of_table(self, name: str, value: str) -> None:
        if name == "tr":
            self.tables[-1].rows.append([])
        elif name == "tc":
            self._text, self._span, self._merge = [], 1, ""
        elif name == "gridBefore":
            self.tables[-1].rows[-1] += [None] * _number(value)
        elif name == "gridSpan":
            self._span = _number(value)
        else:
            self._merge = value or "continue"

    def data(self, text: str) -> None:
        """Characters; only those of a text run are printed."""
        if self._in_text:
            self._text.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = tag.rpartition(":")[2]
        self._in_text = False
        if name == "Fallback":
            self._hidden -= 1
        elif name == "p" and not self._depth:
            self._paragraph()
        elif name == "tc" and self._depth == 1:
            self._cell()
        elif name == "tbl":
            self._depth -= 1
            if not self._depth:
                self.tables[-1].finish()
                self._text = []

    def _begin_table(self) -> None:
        self._depth += 1
        if self._depth == 1:
            number = len(self.tables) + 1
            caption = f"（{self._caption}）" if self._caption else ""
            self.tables.append(WordTable(f"表格{number}{caption}"))
            self._open = {}
            self._caption = ""

    def _paragraph(self) -> None:
        text = "".join(self._text).strip()
        self._text = []
        if not text:
            return
        self._caption = text if len(text) <= _CAPTION and "。" not in text else ""
        if self._kept < _MOST_TEXT:
            self._kept += len(text)
            self.around.append(text)

    def _cell(self) -> None:
        table = self.tables[-1]
        row, at = len(table.rows) - 1, len(table.rows[-1])
        text = "".join(self._text).strip()
        table.rows[-1] += [text or None, *[None] * (self._span - 1)]
        last = at + self._span - 1
        if self._merge == "continue" and at in self._open:
            start = self._open[at]
            table.merges = [each for each in table.merges if each[0] != start]
            table.merges.append((start, (row, last)))
        else:
            self._open.pop(at, None)
            if self._span > 1:
                table.merges.append(((row, at), (row, last)))
        if self._merge == "restart":
            self._open[at] = (row, at)


def _number(value: str) -> int:
    return min(int(value), _MOST_SPAN) if value.isdecimal() and len(value) < 6 else 1
