"""Bringing the cube up to date: by signed deltas of what events changed, or anew from the facts.

A changed record takes away what its image before counted for and adds what the one after does, so
ten thousand changes cost the same few array operations whatever the size of the cube. When units
have moved, definitions have changed, or the log cannot be followed, the cube is counted anew from
the facts; then the events after the point of the facts are added in the same way.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from rongjian.indicators import columns, snapshots
from rongjian.indicators.catalogue import catalogue, formula
from rongjian.indicators.cube import Axes, Cube, Rows
from rongjian.indicators.images import Images
from rongjian.indicators.schema import schemas
from rongjian.indicators.standing import Standing
from rongjian.kernel.files import sole_writer
from rongjian.kernel.periods import Month
from rongjian.log.changes import ImageErased, continues, heads, one_moment, since
from rongjian.log.models import Event
from rongjian.org.models import Unit
from rongjian.org.queries import structure
from rongjian.records.host_models import BETWEEN
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from rongjian.indicators.formula import Part
    from rongjian.indicators.snapshots import Snapshot
    from rongjian.log.changes import Heads

# The cube goes back so far at most, and not beyond this year; figures of other years are counted
# over the facts. Without a limit one mistyped year would make it many times as large.
YEARS_BACK = 15
# Raised when the files of a snapshot change their form: older ones are then counted anew.
FORMAT = 2


@dataclass(frozen=True)
class _Frame:
    """What a cube is to be over, besides the months, which the records decide."""

    units: Sequence[tuple[str, int]]
    structure: str
    parts: Mapping[str, Part]
    today: date

    @cached_property
    def standing(self) -> Standing:
        """Where the hosts of records stand."""
        return Standing(self.units, BETWEEN)

    @property
    def digest(self) -> str:
        """Changes whenever a cube made for another frame cannot be carried on."""
        shape = repr((FORMAT, self.structure, list(self.parts), self.today.year))
        return hashlib.sha256(shape.encode()).hexdigest()

    def axes(self, rows: Iterable[Rows], before: Axes | None) -> Axes:
        """Months from the earliest row to the end of this year, within what a cube holds.

        They only ever grow beyond those of the cube before, so that the two can be compared.
        """
        this_year = Month.at(self.today.year, 1).index
        floor, end = this_year - 12 * YEARS_BACK, this_year + 12
        months = np.concatenate([np.zeros(0, np.int64), *map(_months_that_count, rows)])
        held = months[(months >= floor) & (months < end)]
        latest = before.first_month if before else this_year
        first = min(latest, int(held.min(initial=latest)))
        return Axes(
            unit_ids=tuple(pk for _, pk in self.units),
            paths=tuple(path for path, _ in self.units),
            first_month=first,
            months=end - first,
            parts=tuple(self.parts),
            earlier=bool((months < floor).any() or (before and before.earlier)),
            later=bool((months >= end).any() or (before and before.later)),
        )


def refresh(today: date) -> Snapshot:
    """Count what has changed since the newest snapshot; the same one when no figure has.

    Raises FactsMissing when everything must be counted anew and the facts are not fit for it.
    """
    with _alone():
        frame, now = _frame(today), heads()
        return _follow(frame, now) or _anew(frame, now)


def rebuild(today: date) -> Snapshot:
    """Count everything anew from the facts; the newest snapshot stays if nothing has drifted."""
    with _alone():
        return _anew(_frame(today), heads())


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else writes facts or figures, and the database stands still for what we read."""
    with sole_writer(snapshots.folder()), sole_writer(settings.FACTS_DIR), one_moment():
        yield


def _frame(today: date) -> _Frame:
    known = catalogue()
    # A figure may be made of others whose versions change on other days than its own.
    days = sorted({definition.valid_from for definition in known})
    formulas = (formula(code, day) for code in known.versions for day in days)
    parts = {part.key: part for each in formulas for part in each.parts if part.additive}
    units = sorted(Unit.objects.values_list("path", "pk"))
    return _Frame(units, structure(), dict(sorted(parts.items())), today)


def _follow(frame: _Frame, now: Heads) -> Snapshot | None:
    """The newest snapshot carried on to the present; None when it cannot be."""
    at, newest = snapshots.pointer(), _newest(frame)
    if at is None or newest is None or not continues(at.heads, now):
        return None
    try:
        rows = _changes(frame, at.heads, now)
    except ImageErased:
        return None
    if frame.axes(rows, newest.cube.axes) != newest.cube.axes:
        return None
    if deltas := newest.cube.deltas(rows):
        return snapshots.publish(newest.cube.plus(deltas), frame.digest, _last_event(), now)
    if at.heads != now:
        snapshots.point(replace(at, heads=now))
    return newest


def _anew(frame: _Frame, now: Heads) -> Snapshot:
    facts = columns.Facts.present(frame.parts.values())
    if not continues(facts.heads, now):
        raise columns.FactsMissing("事实数据比数据库新，请先运行 rongjian tick")
    try:
        changes = _changes(frame, facts.heads, now)
    except ImageErased:
        raise columns.FactsMissing("有的变更内容已删除，请先运行 rongjian tick") from None
    rows = [*columns.by_month(frame.parts.values(), frame.standing), *changes]
    newest = _newest(frame)
    cube = Cube.of(frame.axes(rows, newest.cube.axes if newest else None), rows)
    return snapshots.publish(cube, frame.digest, _last_event(), now)


def _newest(frame: _Frame) -> Snapshot | None:
    """The newest snapshot, if it is over the same units and parts and of the same year."""
    at = snapshots.pointer()
    newest = snapshots.numbered(at.number) if at else None
    return newest if newest and newest.digest == frame.digest else None


def _months_that_count(rows: Rows) -> NDArray[np.int64]:
    """The months of rows that add anything to any part; a row without a date has none."""
    counts = np.logical_or.reduce([amounts != 0 for amounts in rows.amounts.values()])
    months: NDArray[np.int64] = rows.months[counts & (rows.months >= 0)]
    return months


def _changes(frame: _Frame, known: Mapping[str, tuple[int, str]], now: Heads) -> list[Rows]:
    """What the events between two points add, the images before with a minus."""
    wanted = {part.kind for part in frame.parts.values()}
    images: dict[tuple[str, tuple[str, ...]], list[tuple[int, Sequence[Any]]]] = {}
    for changed in since(known, now):
        change = changed.change
        if change.kind in wanted:
            found = images.setdefault((change.kind, tuple(change.columns)), [])
            for _, before, after in change.rows:
                found += [(sign, row) for sign, row in ((-1, before), (1, after)) if row]
    rows: list[Rows] = []
    for (kind, names), signed in images.items():
        parts = [part for part in frame.parts.values() if part.kind == kind]
        rows += _signed_rows(frame, parts, names, signed)
    return rows


def _signed_rows(
    frame: _Frame,
    parts: Sequence[Part],
    names: Sequence[str],
    signed: Sequence[tuple[int, Sequence[Any]]],
) -> Iterator[Rows]:
    kind = kind_of(parts[0].kind)
    found = dict(zip(names, zip(*(row for _, row in signed), strict=True), strict=True))
    schema = schemas()[kind.code]
    if any(type_.lookup not in found for type_ in schema.values()):
        raise ImageErased(f"{kind.code}：变更内容早于台账现有的字段")
    counts = kind.flow.counted
    counted = np.array([state in counts for state in found["state"]])
    signs = np.array([sign for sign, _ in signed], np.int64) * counted
    asked = Images(found, schema, len(signed))
    unit_ids = np.array(found["unit_id"], np.int64)
    for on in dict.fromkeys(part.on for part in parts):
        amounts = {part.key: asked.amounts(part) * signs for part in parts if part.on == on}
        rows = Rows(unit_ids, asked.months(on), amounts)
        yield frame.standing.spread(rows, found["hosts"]) if kind.joint else rows


def _last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
