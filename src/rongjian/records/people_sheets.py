"""The two sheets about people that can be imported: which columns are taken, and reading a file.

Only the columns listed here are taken. Every other one is dropped at the door and named in the
answer; an identity number becomes a keyed hash before anything is written, and serves only to know
somebody again.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from rongjian.kernel.sheets import SheetError, column_letters, find_heading, read
from rongjian.log import door
from rongjian.org.access import require
from rongjian.org.identity import identity_hash
from rongjian.records.import_checking import SCREENED
from rongjian.records.import_limits import LIMITS
from rongjian.records.import_reading import Trouble
from rongjian.records.import_upload import (
    as_text,
    checked_name,
    refuse_file,
    screened_cell,
)
from rongjian.records.models import Batch, BatchRow, BatchState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rongjian.kernel.cells import Kind as Holds
    from rongjian.kernel.sheets import Sheet
    from rongjian.org.access import Actor
    from rongjian.org.models import Person

_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")


@dataclass(frozen=True)
class Column:
    """A column that is taken: its heading in our own sheets and what others call it."""

    field: str
    heading: str
    others: tuple[str, ...] = ()
    holds: Holds = "text"
    exported: bool = True


@dataclass(frozen=True)
class SheetKind:
    """A sheet about people: its columns, the class of rights it takes, what it cannot do without."""

    code: str
    name: str
    access: str
    columns: tuple[Column, ...]
    needs: tuple[str, ...]

    def heading(self, field: str) -> str:
        """What a field is called."""
        return next(each.heading for each in self.columns if each.field == field)


_NUMBER = Column("staff_no", "工号", ("人员编号", "职工号", "员工编号"))
_NAME = Column("name", "姓名", ("人员姓名", "党员姓名"))
_IDENTITY = Column(
    "identity", "身份证号", ("身份证号码", "公民身份号码", "证件号码", "身份证"), exported=False
)
STAFF = SheetKind(
    "people",
    "机构人员表",
    "staff",
    (
        _NUMBER,
        _NAME,
        Column("unit", "内设机构", ("部门", "所在部门", "所在机构", "单位", "工作单位")),
        Column("title", "职务", ("行政职务", "职务名称")),
        Column("since", "到岗日期", ("到院日期", "到院时间", "任现岗位时间"), "date"),
        _IDENTITY,
    ),
    needs=("name", "unit"),
)
ROSTER = SheetKind(
    "party-roster",
    "党员花名册",
    "party_member",
    (
        _NUMBER,
        _NAME,
        Column("joined_on", "入党时间", ("入党日期", "接收为预备党员时间"), "date"),
        Column("full_on", "转正时间", ("转正日期", "转为正式党员时间"), "date"),
        Column("unit", "所在党支部", ("所在支部", "党支部", "支部")),
        Column("may_vote", "有表决权", ("表决权", "是否有表决权")),
        _IDENTITY,
    ),
    needs=("name",),
)
SHEETS: Mapping[str, SheetKind] = {each.code: each for each in (STAFF, ROSTER)}


def roster_row(person: Person) -> list[object]:
    """A member as a line of our own roster sheet."""
    branch = person.branch.short if person.branch else ""
    vote = "是" if person.may_vote else "否"
    return [person.staff_no, person.name, person.joined_on, person.full_on, branch, vote]


def receive(actor: Actor, kind: SheetKind, name: str, data: bytes) -> Batch:
    """The file as an import that waits to be checked; SheetError says why it cannot be one."""
    house = actor.person.court
    require(actor, "import", kind.access, house)
    name = checked_name(name)
    sheet, first, headings, taken = _table(kind, read(name, data, LIMITS).sheets)
    refuse_file(data, sheet.name)
    rows = list(_rows(sheet, first, headings, taken))
    if not rows:
        raise SheetError(f"“{sheet.name}”的表头下面没有数据。请检查是否选错了文件。")
    dropped = [head for at, head in enumerate(headings) if head and at not in taken.values()]
    letters = {field: column_letters(at + 1) for field, at in taken.items()}
    with transaction.atomic():
        batch = Batch.objects.create(
            kind=kind.code,
            name=name,
            digest=hashlib.sha256(data).hexdigest(),
            unit=house,
            author=actor.person,
            headings=[headings[at] for at in taken.values()],
            layout={"sheet": sheet.name, "dropped": dropped, "letters": letters},
            mapping={str(at): field for at, field in enumerate(taken)},
            state=BatchState.CHECKED,
            created_at=actor.now,
        )
        BatchRow.objects.bulk_create(
            [
                BatchRow(batch=batch, number=number, cells=texts, problems=problems)
                for number, texts, problems in rows
            ],
            batch_size=500,
        )
    return batch


def _table(
    kind: SheetKind, sheets: Sequence[Sheet]
) -> tuple[Sheet, int, list[str], dict[str, int]]:
    """The sheet that names most of the columns, where its data begin, its headings, which is which."""
    found = []
    for sheet in sheets:
        try:
            heading = find_heading(sheet.rows)
        except SheetError:
            continue
        for row in sheet.rows[: heading.row_span[1]]:
            for cell in row:
                if isinstance(cell, str) and (told := door.faults(cell)):
                    raise SheetError(f"文件没有保存：{told[0]}")
        names = list(heading.names)
        found.append((sheet, heading.row_span[1], names, _taken(kind, names)))
    if not found:
        raise SheetError("这个文件里没有找到表头。请检查是否选错了文件。")
    best = max(found, key=lambda each: len(each[3]))
    missing = [kind.heading(field) for field in kind.needs if field not in best[3]]
    if missing:
        named = "、".join(f"“{name}”" for name in missing)
        raise SheetError(f"“{best[0].name}”没有{named}列，不像{kind.name}。请检查是否选错了文件。")
    return best


def _taken(kind: SheetKind, headings: Sequence[str]) -> dict[str, int]:
    """Which column is which field; the first of two that say the same."""
    names = {
        word: column.field for column in kind.columns for word in (column.heading, *column.others)
    }
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        plain = unicodedata.normalize("NFKC", heading.rpartition("·")[2])
        field = names.get("".join(_BRACKETS.sub("", plain).replace("*", "").split()))
        if field is not None:
            found.setdefault(field, at)
    return {column.field: found[column.field] for column in kind.columns if column.field in found}


def _rows(
    sheet: Sheet, first: int, headings: Sequence[str], taken: Mapping[str, int]
) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
    """(row number, cells of the columns that are taken, troubles of cells that were not kept)."""
    for number, row in enumerate(sheet.rows[first:], first + 1):
        texts: list[str] = []
        problems: dict[str, Any] = {}
        for field, at in taken.items():
            text = as_text(row[at]).strip() if at < len(row) else ""
            kept, trouble = _kept(field, headings[at], text)
            if trouble:
                problems[f"{SCREENED}{len(texts)}"] = trouble
            texts.append(kept)
        if any(texts) or problems:
            yield number, texts, problems


def _kept(field: str, heading: str, text: str) -> tuple[str, dict[str, Any] | None]:
    """What is written of a cell: of an identity number its hash, of what is forbidden nothing."""
    if field == "identity":
        hashed = identity_hash(text)
        wrong = (
            Trouble("text", f"“{heading}”不是 18 位或 15 位身份证号，没有保存") if text else None
        )
        return hashed, None if hashed or wrong is None else wrong.stored()
    if told := door.faults(text):
        return "", screened_cell(heading, told[0])
    return text, None


def put(kind: SheetKind, row: BatchRow, field: str, fields: Sequence[str], text: str) -> None:
    """Give a cell another text, through the same door."""
    at = fields.index(field)
    kept, trouble = _kept(field, kind.heading(field), text.strip())
    row.cells[at] = kept
    row.problems.pop(f"{SCREENED}{at}", None)
    if trouble:
        row.problems[f"{SCREENED}{at}"] = trouble
