"""What records ask for by their own day: one due for each record, computed whenever somebody asks.

The sibling of `dues.blocks`: a block's cells are units × windows, here the one row of a rule's cells is
its records. The states are those of `kernel/dues.py`; nothing is stored and looking writes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import QuerySet

from rongjian.kernel.deadlines import Deadline, deadlines
from rongjian.kernel.dues import DUE, MISSED, Facts, Numbers, limit_words, states, warns_on
from rongjian.org.access import visible
from rongjian.org.models import Unit
from rongjian.records.kinds import kind_of
from rongjian.regimes.bodies import Scope
from rongjian.regimes.orders import Order, Orders
from rongjian.regimes.waiting import KEPT, own_units

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.records.models import Record

Rows = QuerySet[Any]
_LONGEST = timedelta(days=400)
"""No deadline that runs from a day of the record is longer."""


@dataclass(frozen=True)
class RecordDue:
    """What one record asks for: since when, by when, and what has become of it."""

    rule: Deadline
    record: Record
    since: date
    due_on: date
    done_on: date | None
    state: int

    @property
    def unit(self) -> Unit:
        """Whose it is: the record's own unit."""
        return self.record.unit

    def words(self, today: date) -> str:
        """How it stands to today: 还有 3 天, 已过 2 天, 逾期 2 天办结."""
        return limit_words(self.state, self.done_on, self.due_on, today)


def record_dues(
    scope: Scope,
    first: date,
    last: date,
    today: date,
    seen: Callable[[Rows], Rows] = lambda rows: rows,
) -> list[RecordDue]:
    """What the records of some units ask for with a last day between two days, by that day.

    `seen` leaves of the rows those that somebody may treat: an open deadline tells of its record.
    """
    orders = Orders()
    found = [
        due
        for rule in deadlines()
        for due in _of_rule(rule, orders, _rows(rule, scope, first, last, seen), today)
        if first <= due.due_on <= last
    ]
    return sorted(found, key=lambda due: (due.due_on, due.record.unit.path, due.record.pk))


def seen_by(actor: Actor, verb: str = "view") -> Callable[[Rows], Rows]:
    """The rows that an actor may treat with a verb."""
    return lambda rows: visible(actor, rows, verb)  # type: ignore[arg-type]


def open_record_dues(actor: Actor) -> list[RecordDue]:
    """What is about to end or lately missed of the records that the actor works on, earliest first."""
    if "deadlines" not in actor.seen:
        actor.seen["deadlines"] = list(_open(actor))
    found: list[RecordDue] = actor.seen["deadlines"]
    return found


def _open(actor: Actor) -> Iterator[RecordDue]:
    units = own_units(actor)
    ahead = actor.today + timedelta(days=max(rule.lead for rule in deadlines()))
    seen = seen_by(actor, "edit")
    for due in record_dues(Scope.each(units), actor.today - KEPT, ahead, actor.today, seen):
        if due.rule.desk and due.state in (DUE, MISSED):
            yield due


# --- the records of a rule ------------------------------------------------------------------------------


def _rows(
    rule: Deadline, scope: Scope, first: date, last: date, seen: Callable[[Rows], Rows]
) -> list[Any]:
    """The counted records for which a rule runs and may end between two days."""
    kind = kind_of(rule.of.kind)
    starts = first if rule.by else first - _LONGEST
    where: dict[str, Any] = {f"{rule.start}__gte": starts, f"{rule.start}__lte": last, **rule.when}
    if rule.of.field:
        where[f"{rule.of.field}__in"] = rule.of.values
    # A record asks something of its own unit alone, whatever is counted from below for a rule.
    below = Unit.objects.filter(scope.condition(()))
    where["unit__in"] = below if scope.whole else scope.heads
    rows = kind.model._default_manager.filter(state__in=kind.flow.counted, **where)
    return list(seen(rows).select_related("unit__court").order_by("pk"))


def _of_rule(rule: Deadline, orders: Orders, rows: Sequence[Any], today: date) -> list[RecordDue]:
    """The dues of some records, those left out that began before their house keeps the calendar."""
    kept = [(row, order) for row in rows if (order := _order(rule, orders, row)) is not None]
    if not kept:
        return []
    records = [row for row, _ in kept]
    starts = [getattr(row, rule.start) for row in records]
    ends = [
        rule.due_on(start, order.calendar) for start, (_, order) in zip(starts, kept, strict=True)
    ]
    finished = _finished(rule, records)
    due = np.array([day.toordinal() for day in ends], dtype=np.int64)
    warns = np.array(
        [
            warns_on(end, rule.lead, order.calendar).toordinal()
            for end, (_, order) in zip(ends, kept, strict=True)
        ],
        dtype=np.int64,
    )
    found = states(_facts(records, finished, due), warns, due, 1, today)[0]
    return [
        RecordDue(rule, row, start, end, finished.get(row.pk), int(state))
        for row, start, end, state in zip(records, starts, ends, found.tolist(), strict=True)
    ]


def _order(rule: Deadline, orders: Orders, row: Record) -> Order | None:
    """The order of the house in which the record's unit stood then, if the rule holds there."""
    order = orders.of(row.path)
    began: date = row.happened_on if rule.by else getattr(row, rule.since)
    if order is None or began < max(order.since, rule.valid_from) or rule.code in order.left_out:
        return None
    return order


def _facts(records: Sequence[Record], finished: Mapping[int, date | None], due: Numbers) -> Facts:
    """One row of cells; what is done without a day of its own is taken to have been in time."""
    done = [row.pk in finished for row in records]
    timely = [
        row.pk in finished and (day is None or day.toordinal() <= end)
        for row, end in zip(records, due.tolist(), strict=True)
        for day in [finished.get(row.pk)]
    ]
    none = np.zeros((1, len(records)), dtype=np.bool_)
    return Facts(
        owed=~none,
        answered=np.array([done], dtype=np.int64),
        in_time=np.array([timely], dtype=np.int64),
        nil=none,
        nil_in_time=none,
        excused=none,
    )


def _finished(rule: Deadline, records: Sequence[Any]) -> dict[int, date | None]:
    """The records that are done, with the day on which they were where they say it."""
    found: dict[int, date | None] = {}
    for row in records:
        days = [day for name in rule.done_on if (day := getattr(row, name))]
        if days or row.state in rule.done_in:
            found[row.pk] = min(days, default=None)
    if rule.done_with:
        rows = kind_of(rule.of.kind).model._default_manager
        met = rows.filter(pk__in=[row.pk for row in records], **rule.done_with)
        found |= dict.fromkeys(met.values_list("pk", flat=True))
    if rule.same:
        found |= _ended(rule, records)
    return found


def _ended(rule: Deadline, records: Sequence[Any]) -> dict[int, date | None]:
    """The records that a later one of the same matter ends, with the day of the first of these."""
    kind = kind_of(rule.of.kind)
    ends: dict[str, list[date]] = defaultdict(list)
    asked = {
        f"{rule.same}__in": {getattr(row, rule.same) for row in records},
        f"{rule.of.field}__in": rule.law.until if rule.law else (),
        "state__in": kind.flow.counted,
    }
    rows = kind.model._default_manager.filter(**asked).order_by("happened_on")
    for same, day in rows.values_list(rule.same, "happened_on"):
        ends[same].append(day)
    found: dict[int, date | None] = {}
    for row in records:
        after = [day for day in ends[getattr(row, rule.same)] if day >= row.happened_on]
        if after:
            found[row.pk] = after[0]
    return found
