"""Taking an import back: what it created is voided, what it changed gets its former values.

Afterwards everything stands as before the import, but for two things that must not run backwards:
what was created stays as a voided record, because the log and other people's links point to it,
and a record's version goes on, because somebody may still hold the imported one in hand. A record
that somebody changed since stays as it is and is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.records.actions import Stale, save
from rongjian.records.bulk import void_many
from rongjian.records.import_rows import write_rows
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchState, Due, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import BatchRow, Record

_SLICE = 2000
_CHANGED = "导入之后又被改过，没有撤销"


@dataclass(frozen=True)
class Refusal:
    """A record that an undo left as it is: its row in the file, its name, and why."""

    row: int
    record: str
    reason: str

    def __str__(self) -> str:
        return f"第 {self.row} 行 {self.record}：{self.reason}"


@dataclass(frozen=True)
class Undone:
    """What an undo did."""

    voided: int
    restored: int
    refused: tuple[Refusal, ...]


def undo_rows(actor: Actor, batch: Batch) -> Undone:
    """Take an import back; repeating it does nothing more."""
    kind = kind_of(batch.kind)
    voided = restored = 0
    refused: list[Refusal] = []
    # The other way round than it was done: a key may have gone from one record to the next.
    for numbers in _backwards(batch, RowOutcome.UPDATED):
        with transaction.atomic():
            rows = _locked(batch, RowOutcome.UPDATED, numbers)
            restored += sum(_restore(actor, kind, batch, row, refused) for row in rows)
    for numbers in _backwards(batch, RowOutcome.CREATED):
        with transaction.atomic():
            rows = _locked(batch, RowOutcome.CREATED, numbers)
            voided += _void(actor, kind, batch, rows, refused)
    if not refused:
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)
        batch.rows.exclude(cells=[]).update(cells=[])
    batch.refresh_from_db(fields=["state"])
    return Undone(voided, restored, tuple(sorted(refused, key=lambda each: each.row)))


def _backwards(batch: Batch, outcome: RowOutcome) -> list[list[int]]:
    """The numbers of the rows of an outcome, the last first, in slices for one transaction each."""
    rows = batch.rows.filter(outcome=outcome).order_by("-number")
    numbers = list(rows.values_list("number", flat=True))
    return [numbers[start : start + _SLICE] for start in range(0, len(numbers), _SLICE)]


def _locked(batch: Batch, outcome: RowOutcome, numbers: Sequence[int]) -> list[BatchRow]:
    """The rows that still have the outcome, now that nobody else can change the import."""
    Batch.objects.select_for_update().get(pk=batch.pk)
    rows = batch.rows.filter(outcome=outcome, number__in=numbers)
    return list(rows.order_by("-number"))


def _void(
    actor: Actor, kind: Kind, batch: Batch, rows: Sequence[BatchRow], refused: list[Refusal]
) -> int:
    """Void what rows created, all in one event."""
    by_id = {row.record_id or 0: row for row in rows}
    records = list(kind.model._default_manager.select_for_update().filter(pk__in=by_id))
    own, done = [], []
    for record in records:
        row = by_id[record.pk]
        if record.version == row.version:
            own.append(record)
        elif record.state != VOID:
            refused.append(Refusal(row.number, str(record), _CHANGED))
            continue
        done.append(row)
    void_many(actor, kind, own, batch)
    _mark_undone(done)
    return len(own)


def _restore(actor: Actor, kind: Kind, batch: Batch, row: BatchRow, refused: list[Refusal]) -> int:
    """Give a record back what it held before the import changed it."""
    record = kind.model._default_manager.get(pk=row.record_id or 0)
    reason = _CHANGED if record.version != row.version else ""
    before = None if reason else _before(record, row.version or 0)
    imported = (record.unit_id, record.happened_on)
    if before is not None:
        for name in kind.fields:
            target = kind.field(name)
            setattr(record, target.attname, target.to_python(before[target.attname]))
        try:
            save(actor, record, detail=f"撤销导入 #{batch.pk}")
            _unanswer(record, *imported)
        except (ValidationError, Denied, Stale) as error:
            reason = "；".join(getattr(error, "messages", [str(error)]))
    elif not reason:
        reason = "修改前的内容没有保留，不能恢复"
    if reason:
        refused.append(Refusal(row.number, str(record), reason))
        return 0
    _mark_undone([row])
    return 1


def _unanswer(record: Record, unit: int, day: date) -> None:
    """Take back what the record answered only as imported: at another unit or on another day."""
    if not record.answers_by_day:
        return
    then = Due.objects.filter(unit=unit, opens_on__lte=day, due_on__gte=day)
    now = Due.objects.filter(
        unit=record.unit_id, opens_on__lte=record.happened_on, due_on__gte=record.happened_on
    )
    wrong = record.answered_dues.filter(pk__in=then).exclude(pk__in=now)
    record.answered_dues.remove(*wrong)


def _before(record: Record, version: int) -> dict[str, Any] | None:
    """The image of a record before the change that led to a version."""
    events = Event.objects.filter(record_id=record.pk, verb="edit").select_related("image")
    for event in events.order_by("-pk"):
        if not hasattr(event, "image"):
            continue
        for pk, before, after in audit.Change.read(bytes(event.image.body)).images():
            if pk == record.pk and after and after["version"] == version:
                return before
    return None


def _mark_undone(rows: Sequence[BatchRow]) -> None:
    write_rows(("outcome",), [[RowOutcome.UNDONE.value, row.pk, row.outcome] for row in rows])
