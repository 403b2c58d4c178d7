"""Taking an import back: what it created is voided, what it changed gets its former values.

A record that somebody changed since stays as it is and is named; nothing is ever deleted.
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
from rongjian.records.import_checking import write_rows
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchState, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    voided = restored = last = 0
    refused: list[Refusal] = []
    rows = batch.rows.filter(outcome__in=(RowOutcome.CREATED, RowOutcome.UPDATED))
    while True:
        with transaction.atomic():
            Batch.objects.select_for_update().get(pk=batch.pk)
            found = list(rows.filter(number__gt=last).order_by("number")[:_SLICE])
            if not found:
                break
            last = found[-1].number
            created = [row for row in found if row.outcome == RowOutcome.CREATED]
            voided += _void(actor, kind, batch, created, refused)
            updated = [row for row in found if row.outcome == RowOutcome.UPDATED]
            restored += sum(_restore(actor, kind, batch, row, refused) for row in updated)
    if not refused:
        Batch.objects.filter(pk=batch.pk).update(state=BatchState.UNDONE)
        batch.rows.exclude(cells=[]).update(cells=[])
    batch.refresh_from_db(fields=["state"])
    return Undone(voided, restored, tuple(sorted(refused, key=lambda each: each.row)))


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
    if before is not None:
        for name in kind.fields:
            target = kind.field(name)
            setattr(record, target.attname, target.to_python(before[target.attname]))
        try:
            save(actor, record, detail=f"撤销导入 #{batch.pk}")
        except (ValidationError, Denied, Stale) as error:
            reason = "；".join(getattr(error, "messages", [str(error)]))
    elif not reason:
        reason = "修改前的内容没有保留，不能恢复"
    if reason:
        refused.append(Refusal(row.number, str(record), reason))
        return 0
    _mark_undone([row])
    return 1


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
