"""What is owed under regimes, and what has become of it: the one place that every page and command asks.

A due is rule × unit × window and is computed whenever somebody asks; nothing is written, and no state is
kept. A `Block` holds all cells of one version of one rule, for units that share a calendar.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from rongjian.kernel.dues import DUE, MISSED, Facts, Marks, Numbers, States, states, warns_on
from rongjian.kernel.regimes import Rule, expected
from rongjian.regimes.answers import Answers, all_answers, answers_of, fields_asked
from rongjian.regimes.bodies import ALWAYS, Bodies, Conditions, Scope, places_of
from rongjian.regimes.models import Statement, StatementKind
from rongjian.regimes.orders import Order, Orders

if TYPE_CHECKING:
    from rongjian.kernel.windows import Window
    from rongjian.kernel.workdays import Overrides
    from rongjian.org.models import Unit


@dataclass(frozen=True)
class Hits:
    """The records that answer cells of a block: which cell (row × columns + column), which record.

    In the order of the cells, and in each of them of writing down.
    """

    cell: Numbers
    record: Numbers
    day: Numbers
    recorded: Numbers

    @classmethod
    def sorted(cls, cell: Numbers, record: Numbers, day: Numbers, recorded: Numbers) -> Hits:
        """From columns in any order."""
        at = np.lexsort((record, recorded, cell))
        return cls(cell[at], record[at], day[at], recorded[at])

    def of(self, cell: int) -> list[tuple[int, date, date]]:
        """(record, its day, the day it was written down) of one cell."""
        first, stop = np.searchsorted(self.cell, (cell, cell + 1))
        days = (self.day[first:stop].tolist(), self.recorded[first:stop].tolist())
        return [
            (record, date.fromordinal(day), date.fromordinal(recorded))
            for record, day, recorded in zip(self.record[first:stop].tolist(), *days, strict=True)
        ]


@dataclass(frozen=True)
class Block:
    """The cells of one version of a rule: rows are units in code order, columns windows.

    Where a unit has moved, those of `under` alone are its cells; the others are another block's.
    """

    rule: Rule
    windows: tuple[Window, ...]
    units: tuple[Unit, ...]
    under: Marks
    states: States
    facts: Facts
    hits: Hits
    statements: dict[tuple[int, int], Statement]

    def cells(self) -> Iterator[Due]:
        """Every cell as a due of its own, the rows one after another."""
        for row, column in np.argwhere(self.under):
            yield self.due(int(row), int(column))

    def cells_of(self, wanted: Callable[[Window], bool]) -> Iterator[Due]:
        """The cells of some windows."""
        columns = [column for column, window in enumerate(self.windows) if wanted(window)]
        for row in range(len(self.units)):
            yield from (self.due(row, column) for column in columns if self.under[row, column])

    def open(self, since: date) -> Iterator[Due]:
        """The cells that wait for somebody: about to end, or missed with a limit on or after a day."""
        waits = self.under & ((self.states == DUE) | (self.states == MISSED))
        for row, column in np.argwhere(waits):
            if self.windows[column].due_on >= since:
                yield self.due(int(row), int(column))

    def due(self, row: int, column: int) -> Due:
        """One cell."""
        found = self.hits.of(row * len(self.windows) + column)
        return Due(
            rule=self.rule,
            unit=self.units[row],
            window=self.windows[column],
            state=int(self.states[row, column]),
            answers=tuple(found),
            statement=self.statements.get((row, column)),
        )


@dataclass(frozen=True)
class Due:
    """One unit's due for one window: its state and what the state rests on.

    `answers` are (record, its day, the day it was written down).
    """

    rule: Rule
    unit: Unit
    window: Window
    state: int
    answers: tuple[tuple[int, date, date], ...]
    statement: Statement | None

    @property
    def begins_on(self) -> date:
        """The day that names the window."""
        return self.window.period.start

    @property
    def late_by(self) -> int:
        """How many days after it happened the record that fulfils it was written down."""
        if len(self.answers) < self.rule.needed:
            return 0
        _, day, recorded = self.answers[self.rule.needed - 1]
        return (recorded - day).days


def origin(rule: Rule) -> str:
    """How a declaration names the duty that it is about; its versions share the name."""
    return f"regime:{rule.code}"


def blocks(scope: Scope, first: date, last: date, today: date) -> list[Block]:
    """Everything owed in a scope for the windows whose period begins between two days."""
    orders = Orders()
    if not orders.adopted:
        return []
    laid_out = _laid_out(orders, scope, first, last)
    if not laid_out.plots:
        return []
    records = _records(laid_out)
    declared = _declared(laid_out, first, last)
    conditions = Conditions(laid_out.bodies)
    return [_block(plot, laid_out, records, declared, conditions, today) for plot in laid_out.plots]


# --- laying out ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plot:
    """A version of a rule with its windows and the units of its types, before anything is counted."""

    rule: Rule
    windows: tuple[Window, ...]
    units: tuple[Unit, ...]
    under: Marks
    calendar: Overrides


@dataclass(frozen=True)
class Layout:
    """All plots of a question, and the bodies that they are about."""

    bodies: Bodies
    plots: tuple[Plot, ...]


def _laid_out(orders: Orders, scope: Scope, first: date, last: date) -> Layout:
    bodies = Bodies(scope, orders.rules, first, last)
    plots = []
    for order, units in _by_order(orders, bodies).items():
        for rule, found in expected(order.rules, max(first, order.since), last, order.calendar):
            of_type = [unit for unit in units if unit.type in rule.who.types]
            if of_type:
                under = _under(orders, order, bodies, of_type, found)
                plots.append(Plot(rule, found, tuple(of_type), under, order.calendar))
    ranks = {rule.code: rank for rank, rule in enumerate(orders.rules)}
    plots.sort(key=lambda plot: (ranks[plot.rule.code], plot.windows[0].period.start))
    return Layout(bodies, tuple(plots))


def _by_order(orders: Orders, bodies: Bodies) -> dict[Order, list[Unit]]:
    """The units under each order that they have ever stood under."""
    found: dict[Order, list[Unit]] = defaultdict(list)
    for unit in bodies.units:
        places = {path for _, path in bodies.stays.get(unit.pk, ())} | {unit.path}
        for order in {orders.of(path) for path in places}:
            if order is not None:
                found[order].append(unit)
    return found


def _under(
    orders: Orders, order: Order, bodies: Bodies, units: Sequence[Unit], found: Sequence[Window]
) -> Marks:
    """Where the order is the one of the house in which the unit stood when the window opened."""
    under = np.ones((len(units), len(found)), dtype=np.bool_)
    for row, unit in enumerate(units):
        if unit.pk in bodies.stays:
            for column, window in enumerate(found):
                place = bodies.place(unit, window.opens_on.toordinal())
                under[row, column] = orders.of(place) is order
    return under


def _records(laid_out: Layout) -> Answers:
    asked = fields_asked(plot.rule for plot in laid_out.plots)
    if laid_out.bodies.many:
        # All that could ever be asked for, so that every question finds the same shelf.
        return all_answers(fields_asked(Orders().rules))
    opens = min(window.opens_on for plot in laid_out.plots for window in plot.windows)
    ends = max(window.ends_on for plot in laid_out.plots for window in plot.windows)
    return answers_of(asked, [unit.pk for unit in laid_out.bodies.all], opens, ends)


Declared = dict[str, list[Statement]]


def _declared(laid_out: Layout, first: date, last: date) -> Declared:
    rows = Statement.objects.filter(withdrawn_at=None, begins_on__gte=first, begins_on__lte=last)
    if not laid_out.bodies.many:
        rows = rows.filter(unit__in=laid_out.bodies.units)
    found: Declared = defaultdict(list)
    for row in rows:
        found[row.origin].append(row)
    return found


# --- counting --------------------------------------------------------------------------------------------


def _block(
    plot: Plot,
    laid_out: Layout,
    records: Answers,
    declared: Declared,
    conditions: Conditions,
    today: date,
) -> Block:
    opens = _ordinals(plot.windows, "opens_on")
    ends = _ordinals(plot.windows, "ends_on")
    due = _ordinals(plot.windows, "due_on")
    hits = _hits(plot, laid_out, records, opens, ends)
    shape = (len(plot.units), len(plot.windows))
    answered = np.bincount(hits.cell, minlength=shape[0] * shape[1]).reshape(shape)
    timely = hits.recorded <= due[hits.cell % shape[1]]
    in_time = np.bincount(hits.cell[timely], minlength=shape[0] * shape[1]).reshape(shape)
    stated = _stated(plot, declared)
    marks = {name: np.zeros(shape, dtype=np.bool_) for name in ("nil", "nil_in_time", "excused")}
    for (row, column), statement in stated.items():
        nil = statement.kind == StatementKind.NIL
        marks["nil" if nil else "excused"][row, column] = True
        made = statement.made_on.toordinal()
        marks["nil_in_time"][row, column] = nil and made <= due[column]
    owed = _owed(plot, opens, ends) & conditions.met(plot.rule, plot.units, opens)
    facts = Facts(owed=owed, answered=answered, in_time=in_time, **marks)
    found = states(facts, _warning(plot), due, plot.rule.needed, today)
    return Block(plot.rule, plot.windows, plot.units, plot.under, found, facts, hits, stated)


def _warning(plot: Plot) -> Numbers:
    """From when each window is about to end; never before it opens."""
    lead, days = plot.rule.lead, plot.calendar
    return np.array(
        [
            max(window.opens_on, warns_on(window.ends_on, lead, days)).toordinal()
            for window in plot.windows
        ],
        dtype=np.int64,
    )


def _ordinals(found: Sequence[Window], name: str) -> Numbers:
    return np.array([getattr(window, name).toordinal() for window in found], dtype=np.int64)


def _owed(plot: Plot, opens: Numbers, ends: Numbers) -> Marks:
    """Units that exist on all days of a window, under this order, and are not exempt."""
    founded = np.array([unit.founded_on.toordinal() for unit in plot.units])
    gone = [unit.dissolved_on.toordinal() if unit.dissolved_on else ALWAYS for unit in plot.units]
    owed: Marks = (founded[:, None] <= opens) & (np.array(gone)[:, None] > ends) & plot.under
    for exemption in plot.rule.exempt:
        until = (exemption.until or date.max).toordinal()
        within = (opens >= exemption.since.toordinal()) & (opens <= until)
        for row, unit in enumerate(plot.units):
            if unit.code == exemption.unit:
                owed[row] &= ~within
    return owed


def _hits(plot: Plot, laid_out: Layout, records: Answers, opens: Numbers, ends: Numbers) -> Hits:
    place = _answering(plot, laid_out.bodies)
    parts = []
    for answer in (*plot.rule.answers, *plot.rule.accepts):
        found = records[answer.kind]
        of_us = found.unit < len(place)
        row = np.where(of_us, place[np.where(of_us, found.unit, 0)], -1)
        column = np.searchsorted(opens, found.day, side="right") - 1
        within = (column >= 0) & (found.day <= ends[column])
        chosen = np.nonzero(found.chosen(answer) & (row >= 0) & within)[0]
        cell = row[chosen] * len(plot.windows) + column[chosen]
        parts.append((cell, found.ids[chosen], found.day[chosen], found.recorded[chosen]))
    columns = [np.concatenate(each) for each in zip(*parts, strict=True)]
    return Hits.sorted(*columns)


def _answering(plot: Plot, bodies: Bodies) -> Numbers:
    """The row that the records of a unit answer for, by the unit's id; -1 where for none."""
    if not plot.rule.below:
        return places_of(plot.units)
    rows = {unit.code: row for row, unit in enumerate(plot.units)}
    place = np.full(max(unit.pk for unit in bodies.all) + 1, -1, dtype=np.int64)
    for unit in bodies.all:
        above = [code for code in unit.path.strip("/").split("/") if code in rows]
        if above:
            place[unit.pk] = rows[above[-1]]
    return place


def _stated(plot: Plot, declared: Declared) -> dict[tuple[int, int], Statement]:
    """What was declared about cells of a plot, by row and column."""
    rows = {unit.pk: row for row, unit in enumerate(plot.units)}
    columns = {window.period.start: column for column, window in enumerate(plot.windows)}
    return {
        (rows[each.unit_id], columns[each.begins_on]): each
        for each in declared.get(origin(plot.rule), ())
        if each.unit_id in rows and each.begins_on in columns
    }
