"""Taking in a file: its best table becomes an import with rows of text, or one sentence says why not.

What must never be stored is stopped here: marks of secrecy in the name or the head refuse the whole
file, a cell that holds such content is left blank with the reason, and columns that would name the
people of a case are not read at all.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from rongjian.kernel import cells
from rongjian.kernel.sheets import HEADING_AREA, SheetError, column_letters, find_heading, read
from rongjian.log import door
from rongjian.org.access import require
from rongjian.records import import_returning, saved_mappings
from rongjian.records.import_checking import SCREENED
from rongjian.records.import_limits import LIMITS
from rongjian.records.import_mapping import is_personal, is_running, propose
from rongjian.records.import_reading import Trouble
from rongjian.records.models import Batch, BatchRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rongjian.kernel.sheets import Heading, Limits, Sheet, Workbook
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.records.import_mapping import Proposal
    from rongjian.records.import_models import SavedMapping
    from rongjian.records.import_returning import FileRow
    from rongjian.records.kinds import Kind

_NAME = 120
# No rule of the door can be met by so few plain characters.
_HARMLESS = re.compile(r"[ -~]{0,10}")
# What a database cannot hold in JSON.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Table:
    """The sheet of a file that is imported, and what its heading says."""

    sheet: Sheet
    heading: Heading
    names: list[str]
    proposals: dict[int, Proposal]

    @property
    def withheld(self) -> set[int]:
        """Columns that name people or cases and are no field: they are not stored."""
        return {
            at
            for at, name in enumerate(self.names)
            if at not in self.proposals and is_personal(name)
        }

    @property
    def sure(self) -> bool:
        """Whether every column is either surely a field or surely none."""
        return all(
            self.proposals[at].sure if at in self.proposals else is_running(name)
            for at, name in enumerate(self.names)
            if at not in self.withheld
        )


def receive(
    actor: Actor,
    kind: Kind,
    unit: Unit,
    name: str,
    data: bytes,
    sheet: str = "",
    limits: Limits = LIMITS,
) -> Batch:
    """The file as an import that waits for its mapping; SheetError or Denied otherwise.

    A corrected problem sheet goes back to the import that it came from, which is returned then.
    """
    require(actor, "import", kind.access, unit)
    name = checked_name(name)
    book = read(name, data, limits)
    table = _choose(kind, book, sheet)
    refuse_file(data, table.sheet.name)
    _refuse_marks(book, table)
    rows = list(_Texts(table, kind.admits).rows())
    if not rows:
        raise SheetError(f"“{table.sheet.name}”的表头下面没有数据。请检查是否选错了文件。")
    if home := import_returning.home_of(actor, kind, table.names, rows):
        import_returning.take_back(actor, home, table.names, rows)
        return home
    batch = Batch(kind=kind.code, unit=unit, author=actor.person, created_at=actor.now)
    batch.name, batch.digest = name, hashlib.sha256(data).hexdigest()
    return _kept(batch, table, rows, [each.name for each in book.sheets])


def _kept(batch: Batch, table: Table, rows: Sequence[FileRow], sheets: list[str]) -> Batch:
    """The import with its rows in the database, mapped as its layout was before if it was."""
    saved = saved_mappings.known(batch.kind, batch.unit, table.names)
    batch.headings = table.names
    batch.layout = {**_layout(table, saved), "sheets": sheets}
    batch.mapping = saved.mapping if saved else _mapping(table)
    with transaction.atomic():
        batch.save(force_insert=True)
        insert_rows(batch, rows)
        if saved:
            saved.used_at = batch.created_at
            saved.save(update_fields=["used_at"])
    return batch


def checked_name(name: str) -> str:
    """The file's own name, short enough; SheetError where the name itself must not be stored."""
    name = _UNSTORABLE.sub("", PurePath(name.replace("\\", "/")).name)
    if told := door.faults(PurePath(name).stem) or door.faults(name):
        raise SheetError(f"文件没有保存：文件名中{told[0]}")
    suffix = PurePath(name).suffix[:10]
    return name if len(name) <= _NAME else name[: _NAME - len(suffix)] + suffix


def refuse_file(data: bytes, sheet: str) -> None:
    """SheetError where the name of the sheet, or anything beside the cells, must not be stored."""
    if told := door.faults(sheet):
        raise SheetError(f"文件没有保存：工作表名称里{told[0]}")
    if why := door.told_beside(data):
        raise SheetError(f"文件没有保存：{why}")


# --- which sheet -----------------------------------------------------------------------------


def _choose(kind: Kind, book: Workbook, wanted: str) -> Table:
    """The sheet asked for, else the one whose heading names most fields."""
    sheets = [each for each in book.sheets if not wanted or each.name == wanted.strip()]
    if not sheets:
        named = "、".join(f"“{each.name}”" for each in book.sheets)
        raise SheetError(f"没有工作表“{wanted.strip()}”。这个文件有：{named}。")
    found: list[Table] = []
    reason: SheetError | None = None
    for sheet in sheets:
        try:
            found.append(_table(kind, sheet))
        except SheetError as error:
            reason = reason or error
    if not found:
        raise reason or SheetError("这个文件里没有工作表。请检查是否选错了文件。")
    return max(found, key=lambda table: len(table.proposals))


def _table(kind: Kind, sheet: Sheet) -> Table:
    heading = find_heading(sheet.rows)
    used = [at for at, name in enumerate(heading.names) if name]
    for row in sheet.rows[heading.row_span[1] :]:
        last = used[-1] if used else -1
        used += [at for at in range(last + 1, len(row)) if row[at] is not None]
    width = max(used, default=-1) + 1
    names = [_UNSTORABLE.sub("", name) for name in heading.names[:width]]
    return Table(sheet, heading, names, propose(kind, names))


def _refuse_marks(book: Workbook, table: Table) -> None:
    """A mark above the data, or in the text around the tables, speaks for the whole file."""
    for text in book.around:
        if told := door.faults(text):
            raise SheetError(f"文件没有保存：表格以外的文字中{told[0]}")
    for number, row in enumerate(table.sheet.rows[: table.heading.row_span[1]], 1):
        for cell in row:
            if isinstance(cell, str) and (told := door.faults(cell)):
                raise SheetError(f"文件没有保存：第 {number} 行{told[0]}")


# --- its rows --------------------------------------------------------------------------------


@dataclass
class _Texts:
    """The data rows of a table as text, each text screened once."""

    table: Table
    admits: Mapping[str, tuple[str, ...]]
    _seen: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
        """(row number in the file, cells, troubles of cells not stored); blank rows are left out."""
        start = self.table.heading.row_span[1]
        width, withheld = len(self.table.names), self.table.withheld
        for number, row in enumerate(self.table.sheet.rows[start:], start + 1):
            texts = ["" if at in withheld else as_text(row[at]) for at in range(width)]
            if any(texts):
                yield number, *self._screened(texts)

    def _screened(self, texts: list[str]) -> tuple[list[str], dict[str, Any]]:
        troubles: dict[str, Any] = {}
        for at, text in enumerate(texts):
            proposal = self.table.proposals.get(at)
            admitted = self.admits.get(proposal.field, ()) if proposal else ()
            if message := self._message(text, admitted):
                texts[at] = ""
                troubles[f"{SCREENED}{at}"] = screened_cell(self.table.names[at], message)
        return texts, troubles

    def _message(self, text: str, admitted: tuple[str, ...]) -> str:
        if _HARMLESS.fullmatch(text):
            return ""
        if (text, admitted) not in self._seen:
            self._seen[text, admitted] = next(iter(door.faults(text, admitted)), "")
        return self._seen[text, admitted]


def screened_cell(heading: str, message: str) -> dict[str, Any]:
    """The trouble of a cell whose content was not stored: which rule and where, never the text."""
    return Trouble("screen", f"“{heading}”没有保存：{message.rstrip('。')}").stored()


def as_text(value: object) -> str:
    """A cell as a person would have typed it, unchanged where it is text."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(cells.text(value).value or "")


def insert_rows(batch: Batch, rows: Sequence[tuple[int, list[str], dict[str, Any]]]) -> None:
    """Write the rows with one plain statement: there may be a hundred thousand."""
    fields = [each for each in BatchRow._meta.concrete_fields if not each.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(each.column)) for each in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Table and column names come from the model, values are parameters.
    statement = f"INSERT INTO {quote(BatchRow._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608
    blank = BatchRow(batch=batch)
    same = {
        each.name: each.get_db_prep_save(getattr(blank, each.attname), connection)
        for each in fields
    }
    stored = {each.name: each for each in fields}
    values = []
    for number, texts, troubles in rows:
        own = {"number": number, "cells": stored["cells"].get_db_prep_save(texts, connection)}
        if troubles:
            own["problems"] = stored["problems"].get_db_prep_save(troubles, connection)
        values.append(list({**same, **own}.values()))
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


# --- its mapping -----------------------------------------------------------------------------


def _mapping(table: Table) -> dict[str, str]:
    return {str(at): proposal.field for at, proposal in sorted(table.proposals.items())}


def _layout(table: Table, saved: SavedMapping | None) -> dict[str, Any]:
    first, stop = table.heading.row_span
    top = table.sheet.rows[: min(stop, HEADING_AREA)]
    return {
        "sheet": table.sheet.name,
        "first": first + 1,
        "last": stop,
        "top": [[as_text(cell) for cell in row[: len(table.names)]] for row in top],
        "withheld": [table.names[at] for at in sorted(table.withheld)],
        "lost": sorted(table.withheld),
        "unsure": [at for at, each in sorted(table.proposals.items()) if not each.sure],
        "sure": table.sure or saved is not None,
        "saved": saved.pk if saved else 0,
        "saved_name": saved.name if saved else "",
    }


def column_name(headings: Sequence[str], at: int) -> str:
    """What messages call a column: its heading, or its letter where it has none."""
    return headings[at] or f"{column_letters(at + 1)} 列（没有表头）"
