"""An import at work: begun by a button, carried on outside the request, taken up again after a crash.

The import itself says that it is at work, for whom, and when that was last heard of. The work goes
slice by slice, each in a transaction of its own, so that it may end anywhere and be taken up by
another process; two of them write each row once all the same.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count

from rongjian.org.access import Denied, actor_of, require
from rongjian.records.import_committing import commit_rows
from rongjian.records.import_limits import days_to_undo, import_limits
from rongjian.records.import_undoing import undo_rows
from rongjian.records.kinds import kind_of
from rongjian.records.models import Batch, BatchState, RowOutcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from rongjian.org.access import Actor
    from rongjian.records.import_undoing import Undone

log = logging.getLogger(__name__)

AT_WORK = (BatchState.RUNNING, BatchState.UNDOING)
_SILENT = timedelta(seconds=90)
"""After so long without a word the work is held to have broken off."""
_AT_ONCE = 2000
_NAMED = 50


class Closed(Exception):
    """The import is over, at work, or was taken back: it cannot be changed now."""


@dataclass(frozen=True)
class Progress:
    """How far the work has come, in rows."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """For the bar: whole per cent, 100 only when nothing is left."""
        return self.done * 100 // self.total if self.total else 100


def begin(actor: Actor, batch: Batch) -> None:
    """Set the good rows of a checked import going; pressed twice it goes once."""
    kind = kind_of(batch.kind)
    require(actor, "import", kind.access, batch.unit)
    with transaction.atomic():
        state = _locked(batch)
        if state == BatchState.RUNNING:
            return
        if state == BatchState.DRAFT:
            raise Closed("还没有检查，请先对应列并检查")
        if state not in (BatchState.CHECKED, BatchState.PARTLY):
            raise Closed(_why_closed(state))
        _put_to_work(actor, batch, BatchState.RUNNING)


def begin_undo(actor: Actor, batch: Batch) -> None:
    """Set the undo of an import going, while it is still young enough to be taken back."""
    require(actor, "import", kind_of(batch.kind).access, batch.unit)
    require_young(actor, batch)
    with transaction.atomic():
        state = _locked(batch)
        if state == BatchState.UNDOING:
            return
        if state not in (BatchState.PARTLY, BatchState.DONE):
            raise Closed(_why_closed(state))
        _put_to_work(actor, batch, BatchState.UNDOING)


def require_young(actor: Actor, batch: Batch) -> None:
    """Closed, with the way out, when the days in which an import can be taken back are over."""
    if not days_to_undo(batch.done_at, actor.today):
        days = import_limits().undo_days
        raise Closed(f"导入已满 {days} 天，不能整批撤销。个别记录有误的，请到台账里逐条修改或作废")


def _why_closed(state: str) -> str:
    if state == BatchState.UNDONE:
        return "这次导入已经撤销。要再导入，请重新选择文件"
    return f"这次导入{BatchState(state).label}，现在不能这样办理"


def _locked(batch: Batch) -> str:
    held = Batch.objects.select_for_update().get(pk=batch.pk)
    batch.layout, batch.mapping = held.layout, held.mapping
    return held.state


def _put_to_work(actor: Actor, batch: Batch, state: BatchState) -> None:
    batch.layout = {name: kept for name, kept in batch.layout.items() if name not in _REPORTS}
    batch.state, batch.carrier, batch.beat_at = state, actor.person, actor.now
    batch.save(update_fields=["state", "layout", "carrier", "beat_at"])


_REPORTS = ("halted", "refused", "undone")
"""What the last piece of work said at its end; kept in the layout until the next begins."""


# --- the work itself -------------------------------------------------------------------------


def carry_on(actor: Actor, batch: Batch, clock: Callable[[], datetime]) -> None:
    """Do what an import was set to until nothing is left; whatever stops it is said on its page."""
    try:
        batch.refresh_from_db()
        if batch.state == BatchState.RUNNING:
            while _beaten(batch, clock) and commit_rows(actor, batch, _AT_ONCE):
                pass
            _settle(actor, batch)
        elif batch.state == BatchState.UNDOING:
            _beaten(batch, clock)
            _told(batch, undo_rows(actor, batch))
    except Denied as error:
        _halt(batch, str(error))
    except Exception:
        log.exception("导入 #%s 中断", batch.pk)
        _halt(batch, "处理中断，已完成的部分都保留。请再按一次继续；再次中断时请联系系统管理员")


def _beaten(batch: Batch, clock: Callable[[], datetime]) -> bool:
    """Say that the work goes on; False when it was ended by somebody else."""
    return bool(Batch.objects.filter(pk=batch.pk, state__in=AT_WORK).update(beat_at=clock()))


def _settle(actor: Actor, batch: Batch) -> None:
    """Nothing good is waiting: where no row came in either, the import is what it was before."""
    batch.refresh_from_db(fields=["state"])
    if batch.state == BatchState.RUNNING:
        _rest(batch)
    if batch.state in (BatchState.PARTLY, BatchState.DONE):
        batch.done_at = actor.now
        batch.save(update_fields=["done_at"])


def _rest(batch: Batch) -> None:
    """Leave the work: the state follows from what the rows are."""
    outcomes = set(batch.rows.order_by().values_list("outcome", flat=True).distinct())
    written = {RowOutcome.CREATED, RowOutcome.UPDATED, RowOutcome.UNDONE} & outcomes
    waiting = {RowOutcome.BAD, RowOutcome.NEW, RowOutcome.UPDATE} & outcomes
    state = BatchState.DONE if not waiting else BatchState.PARTLY
    batch.state = state if written or not waiting else BatchState.CHECKED
    batch.save(update_fields=["state"])


def _told(batch: Batch, done: Undone) -> None:
    """Keep what an undo did, and the records that it left alone, for the page."""
    batch.refresh_from_db(fields=["state", "layout"])
    named = [str(each) for each in done.refused[:_NAMED]]
    batch.layout |= {"undone": [done.voided, done.restored, len(done.refused)], "refused": named}
    batch.save(update_fields=["layout"])
    if batch.state == BatchState.UNDOING:
        _rest(batch)


def _halt(batch: Batch, words: str) -> None:
    batch.refresh_from_db(fields=["state", "layout"])
    batch.layout |= {"halted": words}
    batch.save(update_fields=["layout"])
    if batch.state in AT_WORK:
        _rest(batch)


# --- looking after it ------------------------------------------------------------------------


def progress(batch: Batch) -> Progress | None:
    """How far an import at work has come; None when it is not at work."""
    if batch.state not in AT_WORK:
        return None
    counts = dict(batch.rows.order_by().values_list("outcome").annotate(Count("pk")))
    written = sum(counts.get(each, 0) for each in (RowOutcome.CREATED, RowOutcome.UPDATED))
    if batch.state == BatchState.UNDOING:
        undone = counts.get(RowOutcome.UNDONE, 0)
        return Progress(undone, undone + written)
    waiting = sum(counts.get(each, 0) for each in (RowOutcome.NEW, RowOutcome.UPDATE))
    return Progress(written, written + waiting)


def broken_off(now: datetime) -> list[Batch]:
    """Imports at work of which nothing was heard for a while: their process has died."""
    silent = Batch.objects.filter(state__in=AT_WORK, beat_at__lt=now - _SILENT)
    return list(silent.select_related("unit__court", "carrier__court").order_by("pk"))


def resume(batch: Batch, clock: Callable[[], datetime]) -> None:
    """Take up work that broke off, with the rights of today of whoever had begun it."""
    if batch.carrier is not None:
        carry_on(actor_of(batch.carrier, clock()), batch, clock)
