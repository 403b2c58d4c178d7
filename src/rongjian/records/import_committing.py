"""Carrying out an import: the good rows become records, slice by slice, each slice all or nothing.

Every slice locks the import and takes only rows that are still to be done, so that an import may be
broken off, sent twice or pressed by two people, and each row is written once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count

from rongjian.org.access import Denied
from rongjian.records.actions import Stale, save
from rongjian.records.bulk import BulkProblems, create_many
from rongjian.records.import_checking import SLICE, Checker, check_rows
from rongjian.records.import_reading import Trouble
from rongjian.records.import_rows import write_rows
from rongjian.records.models import Batch, BatchRow, BatchState, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.access import Actor
    from rongjian.records.bulk import Problem
    from rongjian.records.import_checking import Line

_UPDATES = 200
_DONE = ("outcome", "record_id", "version", "cells", "problems")


@dataclass(frozen=True)
class Outcome:
    """What became of all rows of an import so far."""

    created: int
    updated: int
    unchanged: int
    left: int


def outcome_of(batch: Batch) -> Outcome:
    """The outcome as the rows stand now."""
    counts = dict(batch.rows.order_by().values_list("outcome").annotate(Count("pk")))
    created = counts.get(RowOutcome.CREATED, 0)
    updated = counts.get(RowOutcome.UPDATED, 0)
    same = counts.get(RowOutcome.SAME, 0)
    return Outcome(created, updated, same, sum(counts.values()) - created - updated - same)


def commit_rows(actor: Actor, batch: Batch, most: int | None = None) -> int:
    """Import good rows, at most about `most` of them; returns how many are still to be done.

    A row that can no longer be written goes back to those to be mended.
    """
    checker = Checker(actor, batch)
    done = 0
    while most is None or done < most:
        taken = _slice(actor, checker)
        if not taken:
            break
        done += taken
    waiting = (RowOutcome.NEW, RowOutcome.UPDATE)
    left = batch.rows.filter(outcome__in=waiting).count()
    if not left:
        _close(batch)
    return left


def _slice(actor: Actor, checker: Checker) -> int:
    """Import the next rows in one transaction; how many rows were dealt with."""
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=checker.batch.pk)
        if batch.state == BatchState.UNDONE:
            return 0
        rows = list(batch.rows.filter(outcome=RowOutcome.NEW).order_by("number")[:SLICE])
        if rows:
            _create(actor, checker, rows)
            return len(rows)
        rows = list(batch.rows.filter(outcome=RowOutcome.UPDATE).order_by("number")[:_UPDATES])
        lines = checker.lines(rows)
        checker.matches.find(lines)
        for line in lines:
            line.match = checker.matches.of(line)
            _update(actor, checker, line)
    return len(rows)


def _create(actor: Actor, checker: Checker, rows: Sequence[BatchRow]) -> None:
    lines = checker.lines(rows)
    try:
        with transaction.atomic():
            values = [line.values for line in lines]
            ids = create_many(actor, checker.kind, values, batch=checker.batch)
    except BulkProblems as found:
        _send_back([(lines[each.row], each.field, _refused(each)) for each in found.problems])
        return
    except (Denied, IntegrityError):
        # Rights or records changed since the check: checked again, the rows say so themselves.
        numbers = [row.number for row in rows]
        check_rows(actor, checker.batch, numbers)
        fresh = checker.batch.rows.filter(number__in=numbers, outcome=RowOutcome.NEW)
        if fresh.count() == len(rows):
            raise
        return
    done = [
        [RowOutcome.CREATED.value, pk, 1, "[]", "{}", row.pk, RowOutcome.NEW.value]
        for pk, row in zip(ids, rows, strict=True)
    ]
    write_rows(_DONE, done)


def _refused(found: Problem) -> Trouble:
    return Trouble("duplicate" if found.field == "key" else "rule", found.message)


def _update(actor: Actor, checker: Checker, line: Line) -> None:
    """Change one record as its row says, if it still is what the row was compared with."""
    trouble = _obstacle(line)
    record = None
    if trouble is None and line.match is not None:
        record = checker.kind.model._default_manager.get(pk=line.match.pk)
        for name in checker.changed(line):
            attname = checker.kind.field(name).attname
            setattr(record, attname, line.values[attname])
        try:
            save(actor, record, detail=f"导入 #{checker.batch.pk} 第 {line.row.number} 行")
        except ValidationError as error:
            trouble = Trouble("rule", "；".join(error.messages))
        except (Denied, Stale) as error:
            trouble = Trouble("right", str(error))
    if trouble or record is None:
        _send_back([(line, "key", trouble or Trouble("rule", "库中的记录已不在"))])
        return
    done = [RowOutcome.UPDATED.value, record.pk, record.version, "[]", "{}"]
    write_rows(_DONE, [[*done, line.row.pk, RowOutcome.UPDATE.value]])


def _obstacle(line: Line) -> Trouble | None:
    if line.bad:
        return next(each for each in line.troubles.values() if each.group != "hint")
    if line.match is None or line.match.version != line.row.version:
        return Trouble("rule", "检查之后，库中的这条记录又被改过；请重新检查后再导入")
    return None


def _send_back(faults: Sequence[tuple[Line, str, Trouble]]) -> None:
    """Put rows among those to be mended."""
    for line, name, trouble in faults:
        line.report(name, trouble)
    for line in {id(line): line for line, _, _ in faults}.values():
        kept = line.row.problems | {name: each.stored() for name, each in line.troubles.items()}
        BatchRow.objects.filter(pk=line.row.pk).update(outcome=RowOutcome.BAD, problems=kept)


def _close(batch: Batch) -> None:
    """Nothing good is waiting any more: all is in, or some rows stay to be mended.

    What the file said is kept only as long as a row of it may still be mended.
    """
    outcomes = set(batch.rows.order_by().values_list("outcome", flat=True).distinct())
    left = RowOutcome.BAD in outcomes
    if left and not outcomes & {RowOutcome.CREATED, RowOutcome.UPDATED}:
        return
    state = BatchState.PARTLY if left else BatchState.DONE
    Batch.objects.filter(pk=batch.pk).exclude(state=BatchState.UNDONE).update(state=state)
    batch.refresh_from_db(fields=["state"])
    if batch.state == BatchState.DONE:
        batch.rows.exclude(cells=[]).update(cells=[])
