"""Importing tables into any ledger: read, map, check, mend, import, take back.

One generic path that knows of a ledger only what the register of kinds says. Everything about an
import stands in the database, so that a page may be left and found again as it was.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Q, Sum

from rongjian.log import door
from rongjian.org.access import may_somewhere, reach_units, require
from rongjian.records import import_mapping, saved_mappings
from rongjian.records.import_checking import OPEN, SCREENED, SLICE, check_rows
from rongjian.records.import_committing import Outcome, commit_rows, outcome_of
from rongjian.records.import_forgetting import forget_unmapped
from rongjian.records.import_forms import AS_IS
from rongjian.records.import_heading import move_heading
from rongjian.records.import_limits import LIMITS
from rongjian.records.import_reading import GROUPS, Trouble
from rongjian.records.import_rows import keep_cells
from rongjian.records.import_running import AT_WORK, Closed, begin, begin_undo, require_young
from rongjian.records.import_sheets import offered, problem_sheet, template
from rongjian.records.import_undoing import Undone, undo_rows
from rongjian.records.import_upload import as_text, column_name, receive, screened_cell
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Batch, BatchRow, BatchState, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from rongjian.kernel.sheets import Limits
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.records.kinds import Kind

__all__ = [
    "Closed",
    "Counts",
    "Outcome",
    "Undone",
    "Unmapped",
    "accept",
    "batches",
    "begin",
    "begin_undo",
    "check",
    "commit",
    "counts",
    "discard",
    "drop",
    "fix",
    "fix_cells",
    "fix_same",
    "keep",
    "offered",
    "outcome_of",
    "problem_sheet",
    "remap",
    "set_form",
    "set_heading",
    "template",
    "undo",
    "unmapped",
    "upload",
]


class Unmapped(Exception):
    """The columns do not give what a record needs; the text says which field is missing."""


@dataclass(frozen=True)
class Counts:
    """How an import stands: rows by what was found, cells put into form, troubles by group."""

    total: int
    new: int
    update: int
    same: int
    bad: int
    dropped: int
    hints: int
    normalised: int
    groups: tuple[tuple[str, str, int], ...]

    @property
    def ready(self) -> int:
        """Rows that can be imported now."""
        return self.new + self.update


def batches(actor: Actor) -> QuerySet[Batch]:
    """The imports that the actor may see: those of units and kinds open to them for importing."""
    condition = Q(pk__in=[])
    for kind in kinds():
        if may_somewhere(actor, "import", kind.access):
            units = reach_units(actor, "import", kind.access)
            condition |= Q(kind=kind.code, unit__in=units)
    return Batch.objects.filter(condition).select_related("unit__court", "author")


def upload(
    actor: Actor,
    kind: Kind,
    unit: Unit,
    name: str,
    data: bytes,
    *,
    sheet: str = "",
    limits: Limits = LIMITS,
) -> Batch:
    """Take in a file; SheetError says in one sentence why it cannot be, Denied who may.

    Where every heading is understood, or the layout was mapped before, it is checked at once.
    """
    batch = receive(actor, kind, unit, name, data, sheet, limits)
    draft = batch.state == BatchState.DRAFT
    if draft and batch.layout["sure"] and not unmapped(actor, batch):
        check(actor, batch)
    return batch


# --- mapping ---------------------------------------------------------------------------------


def remap(actor: Actor, batch: Batch, mapping: Mapping[int, str]) -> None:
    """Set which column is which field ("" leaves one out); rows are checked by `check`."""
    _require_open(actor, batch, BatchState.DRAFT, BatchState.CHECKED)
    known = import_mapping.fields(kind_of(batch.kind))
    given = {at: name for at, name in mapping.items() if name}
    for name, times in Counter(given.values()).items():
        if name not in known:
            raise Unmapped(f"“{kind_of(batch.kind).name}”没有字段“{name}”")
        if times > 1:
            columns = [column_name(batch.headings, at) for at in given if given[at] == name]
            raise Unmapped(f"“{known[name]}”对应了 {times} 列：{'、'.join(columns)}。请只留一列。")
    if any(not 0 <= at < len(batch.headings) for at in given):
        raise Unmapped("文件里没有这一列")
    batch.mapping = {str(at): name for at, name in sorted(given.items())}
    batch.layout = {**batch.layout, "unsure": []}
    batch.state = BatchState.DRAFT
    batch.save(update_fields=["mapping", "layout", "state"])
    if not unmapped(actor, batch):
        saved_mappings.remember(actor, batch)


def set_heading(actor: Actor, batch: Batch, first: int, last: int) -> None:
    """Say in which rows of the file the heading stands; Unmapped where that cannot be."""
    _require_open(actor, batch, BatchState.DRAFT, BatchState.CHECKED)
    if wrong := move_heading(batch, first, last):
        raise Unmapped(wrong)
    batch.refresh_from_db()


def set_form(actor: Actor, batch: Batch, field: str, form: str, *, as_is: bool) -> None:
    """Leave the cells of a field that are typed in a form as they are, or put them into ours again."""
    _require_open(actor, batch, BatchState.CHECKED, BatchState.PARTLY)
    batch.refresh_from_db(fields=["layout"])
    kept = {name: set(forms) for name, forms in batch.layout.get(AS_IS, {}).items()}
    forms = kept.setdefault(field, set())
    forms.add(form) if as_is else forms.discard(form)
    batch.layout |= {AS_IS: {name: sorted(forms) for name, forms in kept.items() if forms}}
    batch.save(update_fields=["layout"])
    check_rows(actor, batch)


def unmapped(actor: Actor, batch: Batch) -> list[str]:
    """Headings of the fields that every record needs and that no column gives."""
    kind = kind_of(batch.kind)
    blank = {
        each.attname: None if each.null else each.get_default()
        for each in map(kind.field, kind.fields)
    }
    derived = kind.model.prepare(blank, actor.today)
    return import_mapping.missing(kind, batch.mapping.values(), derived)


# --- checking --------------------------------------------------------------------------------


def check(actor: Actor, batch: Batch) -> Counts:
    """Check every row that is not imported yet; Unmapped when a needed column is missing."""
    _require_open(actor, batch)
    if absent := unmapped(actor, batch):
        names = "、".join(f"“{name}”" for name in absent)
        raise Unmapped(f"还没有列对应{names}，每条记录都需要。请先选定对应的列。")
    check_rows(actor, batch)
    Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT).update(state=BatchState.CHECKED)
    batch.refresh_from_db(fields=["state"])
    return counts(batch)


def counts(batch: Batch) -> Counts:
    """How the import stands."""
    sums = {
        outcome: (rows, cells or 0)
        for outcome, rows, cells in batch.rows.order_by()
        .values_list("outcome")
        .annotate(Count("pk"), Sum("normalised"))
    }
    hints, groups = 0, Counter[str]()
    open_rows = batch.rows.filter(outcome__in=OPEN).exclude(problems={}).order_by()
    for outcome, problems in open_rows.values_list("outcome", "problems").iterator():
        found = [kept["group"] for name, kept in problems.items() if name[0] != SCREENED]
        hints += "hint" in found
        if outcome == RowOutcome.BAD:
            groups.update(group for group in found if group != "hint")
    rows = {outcome: number for outcome, (number, _) in sums.items()}
    return Counts(
        total=sum(rows.values()),
        new=rows.get(RowOutcome.NEW, 0),
        update=rows.get(RowOutcome.UPDATE, 0),
        same=rows.get(RowOutcome.SAME, 0),
        bad=rows.get(RowOutcome.BAD, 0),
        dropped=rows.get(RowOutcome.DROPPED, 0),
        hints=hints,
        normalised=sum(cells for _, cells in sums.values()),
        groups=tuple((code, words, groups[code]) for code, words in GROUPS.items() if groups[code]),
    )


# --- mending ---------------------------------------------------------------------------------


def fix(actor: Actor, batch: Batch, row: int, field: str, text: str) -> None:
    """Give one cell another text."""
    fix_cells(actor, batch, {(row, field): text})


def fix_cells(actor: Actor, batch: Batch, texts: Mapping[tuple[int, str], str]) -> None:
    """Give cells (row number, field) other texts, and check their rows anew."""
    _require_open(actor, batch)
    columns = {name: int(at) for at, name in batch.mapping.items()}
    by_row: dict[int, dict[int, str]] = {}
    for (number, name), text in texts.items():
        if name in columns:
            by_row.setdefault(number, {})[columns[name]] = text
    numbers = sorted(by_row)
    kind = kind_of(batch.kind)
    refused = {
        (name, text): told[0]
        for name, text in {(name, text) for (_, name), text in texts.items()}
        if (told := door.faults(text, kind.admits.get(name, ())))
    }
    with transaction.atomic():
        for start in range(0, len(numbers), SLICE):
            part = batch.rows.filter(outcome__in=OPEN, number__in=numbers[start : start + SLICE])
            rows = list(part.select_for_update())
            for row in rows:
                for at, text in by_row[row.number].items():
                    message = refused.get((batch.mapping[str(at)], text), "")
                    _put(row, at, batch.headings, text, message)
            keep_cells(rows)
        _recheck(actor, batch, numbers)


def _put(row: BatchRow, at: int, headings: list[str], text: str, refused: str) -> None:
    """Set a cell's text, or leave it blank with the reason where it must not be stored."""
    row.cells[at] = "" if refused else as_text(text)
    row.problems.pop(f"{SCREENED}{at}", None)
    if refused:
        row.problems[f"{SCREENED}{at}"] = screened_cell(headings[at], refused)


def fix_same(actor: Actor, batch: Batch, field: str, old: str, new: str) -> int:
    """Give every faulty cell of a field with the same text another one; how many there were."""
    at = {name: int(at) for at, name in batch.mapping.items()}.get(field)
    if at is None:
        return 0
    rows = batch.rows.filter(outcome=RowOutcome.BAD).values_list("number", "cells", "problems")
    same = [number for number, cells, problems in rows if field in problems and cells[at] == old]
    fix_cells(actor, batch, {(number, field): new for number in same})
    return len(same)


def drop(actor: Actor, batch: Batch, row: int) -> None:
    """Leave a row out of the import."""
    _require_open(actor, batch)
    with transaction.atomic():
        batch.rows.filter(number=row, outcome__in=OPEN).update(outcome=RowOutcome.DROPPED)
        _recheck(actor, batch, ())


def keep(actor: Actor, batch: Batch, row: int) -> None:
    """Keep this row and leave out the earlier one that it repeats."""
    found = batch.rows.filter(number=row, outcome=RowOutcome.BAD).first()
    for kept in found.problems.values() if found else ():
        if other := Trouble.read(kept).other:
            drop(actor, batch, other)


def accept(actor: Actor, batch: Batch, row: int) -> None:
    """Let the file overrule the database where both disagree about a record's unit."""
    _require_open(actor, batch)
    with transaction.atomic():
        batch.rows.filter(number=row, outcome=RowOutcome.BAD).update(prefer_file=True)
        _recheck(actor, batch, {row})


def _recheck(actor: Actor, batch: Batch, numbers: Iterable[int]) -> None:
    """Check rows anew, and with them those that were held to repeat another."""
    if batch.state == BatchState.DRAFT:
        return
    bad = batch.rows.filter(outcome=RowOutcome.BAD).values_list("number", "problems")
    repeating = {
        number
        for number, problems in bad
        if any(kept["group"] == "duplicate" for kept in problems.values())
    }
    check_rows(actor, batch, {*numbers, *repeating})


# --- carrying out ----------------------------------------------------------------------------


def commit(actor: Actor, batch: Batch, most: int | None = None) -> Outcome:
    """Import the good rows (at most about `most` in this call); pressing twice writes once."""
    require(actor, "import", kind_of(batch.kind).access, batch.unit)
    batch.refresh_from_db(fields=["state", "mapping"])
    if batch.state == BatchState.DRAFT:
        raise Closed("还没有检查，请先对应列并检查")
    if batch.state == BatchState.UNDONE:
        raise Closed("这次导入已经撤销。要再导入，请重新选择文件")
    forget_unmapped(batch)
    commit_rows(actor, batch, most)
    Batch.objects.filter(pk=batch.pk).update(done_at=actor.now)
    return outcome_of(batch)


def undo(actor: Actor, batch: Batch) -> Undone:
    """Take the import back: created records are voided, changed ones get their former values."""
    require(actor, "import", kind_of(batch.kind).access, batch.unit)
    require_young(actor, batch)
    return undo_rows(actor, batch)


def discard(actor: Actor, batch: Batch) -> None:
    """Give up what was not imported: the whole import, or the rows that stayed behind."""
    _require_open(actor, batch)
    done = (RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNDONE)
    if not batch.rows.filter(outcome__in=done).exists():
        batch.delete()
        return
    batch.rows.filter(outcome__in=OPEN).exclude(outcome=RowOutcome.SAME).update(
        outcome=RowOutcome.DROPPED
    )
    commit_rows(actor, batch)


def _require_open(actor: Actor, batch: Batch, *states: BatchState) -> None:
    require(actor, "import", kind_of(batch.kind).access, batch.unit)
    batch.refresh_from_db(fields=["state", "mapping"])
    if batch.state in (BatchState.DONE, BatchState.UNDONE, *AT_WORK) or (
        states and batch.state not in states
    ):
        raise Closed(f"这次导入{BatchState(batch.state).label}，不能再改")
