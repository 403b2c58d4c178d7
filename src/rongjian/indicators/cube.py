"""The cube: every additive part by unit and month, held so that any subtree and period is O(1).

Units stand in the order of their paths, so that a unit with everything below it is one slice;
months stand in their order, so that a period is one. Of each part a plane is kept with running
totals over both (`plane[i, j]` adds up units before i and months before j), so that a figure is
made of four numbers, whether it is a branch's month or ten years of the region. Numbers are whole:
counts, and money in fen.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from rongjian.kernel.periods import Period

    Whole = NDArray[np.int64]

Span = tuple[int, int]
"""A slice: the first place and the one behind the last."""


@dataclass(frozen=True)
class Axes:
    """What the cube is over: units in path order, a run of months, the keys of its parts.

    `earlier` and `later` say whether there are rows before and after those months, which the cube
    leaves out. Where there are none, a period may reach as far as it likes.
    """

    unit_ids: tuple[int, ...]
    paths: tuple[str, ...]
    first_month: int
    months: int
    parts: tuple[str, ...]
    earlier: bool
    later: bool

    @property
    def shape(self) -> tuple[int, int]:
        """The shape of a plane; running totals begin with a zero."""
        return len(self.unit_ids) + 1, self.months + 1

    @cached_property
    def unit_places(self) -> dict[int, int]:
        """Where each unit stands."""
        return {unit_id: place for place, unit_id in enumerate(self.unit_ids)}

    @cached_property
    def part_places(self) -> dict[str, int]:
        """Where each part stands."""
        return {key: place for place, key in enumerate(self.parts)}

    def subtree(self, unit_id: int) -> Span:
        """The slice of a unit and what is below it; empty for a unit founded later."""
        place = self.unit_places.get(unit_id)
        if place is None:
            return 0, 0
        # Everything that begins with a path comes before the same path ending in “0”, not “/”.
        return place, bisect_left(self.paths, f"{self.paths[place][:-1]}0")

    def span(self, period: Period) -> Span | None:
        """The slice of a period; None when the cube leaves out rows that may belong to it."""
        start, end = period.first.index - self.first_month, period.last.index - self.first_month + 1
        if (start < 0 and self.earlier) or (end > self.months and self.later):
            return None
        return self.nearest(start), self.nearest(end)

    def nearest(self, place: int) -> int:
        """The place among the running totals of the months that is nearest."""
        return min(max(place, 0), self.months)


@dataclass(frozen=True)
class Rows:
    """What some rows, each of a unit and a month, add to each of several parts."""

    unit_ids: Whole
    months: Whole
    amounts: Mapping[str, Whole]


@dataclass(frozen=True)
class Cube:
    """The planes of all parts along the axes; they may be files that are only looked into."""

    axes: Axes
    planes: tuple[Whole, ...]

    @classmethod
    def of(cls, axes: Axes, rows: Iterable[Rows]) -> Cube:
        """A cube made of nothing but these rows."""
        nothing = np.zeros(axes.shape, np.int64)
        empty = cls(axes, (nothing,) * len(axes.parts))
        return empty.plus(empty.deltas(rows))

    def deltas(self, rows: Iterable[Rows]) -> dict[str, Whole]:
        """What the rows add up to, part by part, without the parts in which they cancel out.

        Left out are rows of months beyond the cube, and of units that are no more: nothing can
        belong to those.
        """
        added: dict[str, Whole] = {}
        for some in rows:
            self._add(added, some)
        return {part: cells for part, cells in added.items() if cells.any()}

    def plus(self, deltas: Mapping[str, Whole]) -> Cube:
        """The cube with these added; it shares every plane that they do not touch."""
        planes = list(self.planes)
        for part, cells in deltas.items():
            place = self.axes.part_places[part]
            running = cells.cumsum(axis=0)
            np.cumsum(running, axis=1, out=running)
            running += planes[place]
            planes[place] = running
        return Cube(self.axes, tuple(planes))

    def total(self, part: str, unit_id: int, span: Span) -> int:
        """The total of a part in a unit and below, over a slice of months."""
        plane = self.planes[self.axes.part_places[part]]
        (first, last), (start, end) = self.axes.subtree(unit_id), span
        return int(plane[last, end] - plane[first, end] - plane[last, start] + plane[first, start])

    def by_month(self, part: str, subtrees: Sequence[Span], period: Period) -> Whole:
        """The same for many units and for each month of a period: an array unit × month."""
        plane = self.planes[self.axes.part_places[part]]
        start = period.first.index - self.axes.first_month
        months = [self.axes.nearest(start + place) for place in range(len(period) + 1)]
        # The first and last row of every unit at once, then the difference of each pair.
        edges = plane[np.ravel(subtrees)][:, months]
        running: Whole = edges[1::2] - edges[::2]
        return running[:, 1:] - running[:, :-1]

    def _add(self, into: dict[str, Whole], rows: Rows) -> None:
        places = self.axes.unit_places
        units = np.array([places.get(unit, -1) for unit in rows.unit_ids.tolist()], np.int64)
        months = rows.months - self.axes.first_month
        inside = (units >= 0) & (months >= 0) & (months < self.axes.months)
        # One further on: the first row and column of running totals are zeros.
        where = (units[inside] + 1, months[inside] + 1)
        for part, amounts in rows.amounts.items():
            if (counted := amounts[inside]).any():
                cells = into.setdefault(part, np.zeros(self.axes.shape, np.int64))
                np.add.at(cells, where, counted)
