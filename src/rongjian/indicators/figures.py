"""Figures: the value of an indicator for a unit and a period, always with its snapshot.

What can be added up comes from the cube; distinct counts, medians, figures “as organised then” and
periods beyond the cube's months are counted over the facts when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from rongjian.indicators import catalogue, columns, snapshots
from rongjian.indicators.compiler import Place
from rongjian.kernel.number_text import number_text
from rongjian.kernel.periods import Period
from rongjian.org import queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from rongjian.indicators.compiler import Organised
    from rongjian.indicators.formula import Formula, Part, Terms, Total
    from rongjian.indicators.snapshots import Snapshot
    from rongjian.org.models import Unit


@dataclass(frozen=True)
class Figure:
    """One number of an indicator, with all that is needed to say what it is and to find it again.

    `value` is None where there is nothing to speak of: no record to add up, no base for a share.
    `records` is how many records stand behind it, `text` how an official text prints it.
    """

    code: str
    name: str
    unit_code: str
    period: Period
    organised: Organised
    value: Decimal | None
    records: int
    measure_unit: str
    text: str
    snapshot: int
    version: int


def figure(
    code: str,
    unit: Unit,
    period: Period,
    *,
    organised: Organised = "now",
    under: str = "",
    snapshot: Snapshot | None = None,
) -> Figure:
    """The figure of a unit and everything below it; of the newest snapshot unless one is given.

    As organised then, `under` limits it to the days on which the unit stood right under another.

    Whoever shows several figures together gives all of them the same snapshot. Raises
    UnknownIndicator, or NoSnapshot before the first count.
    """
    definition = catalogue.in_force(code, period.end)
    formula = catalogue.formula(code, period.end)
    seen = snapshot or snapshots.current()
    total = _in_cube(seen, formula, unit, period) if organised == "now" else None
    if total is None:
        total = _over_facts(formula, Place(unit.code, unit.path, organised, under), period)
    value = formula.value(total)
    return Figure(
        code=code,
        name=definition.name,
        unit_code=unit.code,
        period=period,
        organised=organised,
        value=value,
        records=int(total(formula.rows)),
        measure_unit=definition.measure_unit,
        text=number_text(value, definition.display),
        snapshot=seen.number,
        version=definition.version,
    )


def series(
    code: str,
    unit: Unit,
    period: Period,
    *,
    organised: Organised = "now",
    under: str = "",
    snapshot: Snapshot | None = None,
) -> list[Figure]:
    """The figure of every month of a period."""
    seen = snapshot or snapshots.current()
    return [
        figure(code, unit, Period(month, month), organised=organised, under=under, snapshot=seen)
        for month in period
    ]


def children(
    code: str,
    unit: Unit,
    period: Period,
    *,
    organised: Organised = "now",
    snapshot: Snapshot | None = None,
) -> list[tuple[Unit, Figure]]:
    """The figures of the next units below, in code order.

    As organised then these are all that stood there at any time, each with what it counted while
    it did; those that neither stood there in the period nor counted anything are left out.
    """
    seen = snapshot or snapshots.current()
    if organised == "now":
        below = sorted(queries.children(unit), key=lambda each: each.path)
        return [(each, figure(code, each, period, snapshot=seen)) for each in below]
    present = queries.present(unit, period.start, period.end)
    counted = [
        (each, figure(code, each, period, organised="then", under=unit.code, snapshot=seen))
        for each in sorted(queries.children(unit, ever=True), key=lambda each: each.code)
    ]
    return [(each, found) for each, found in counted if found.records or each.pk in present]


def previous(now: Figure, unit: Unit, *, snapshot: Snapshot | None = None) -> Figure:
    """The same figure of the period of the same length just before."""
    past = now.period.previous()
    return figure(now.code, unit, past, organised=now.organised, snapshot=snapshot)


def year_before(now: Figure, unit: Unit, *, snapshot: Snapshot | None = None) -> Figure:
    """The same figure of the same months a year earlier."""
    past = now.period.year_before()
    return figure(now.code, unit, past, organised=now.organised, snapshot=snapshot)


def grid(
    codes: Sequence[str], units: Sequence[Unit], period: Period, *, snapshot: Snapshot | None = None
) -> NDArray[np.float64]:
    """Many figures at once for charts and overviews: an array code × unit × month.

    NaN stands for no value. Every month is counted by the version in force at the period's end.
    Raises ValueError for figures that the cube does not hold.
    """
    seen = (snapshot or snapshots.current()).cube
    subtrees = [seen.axes.subtree(unit.pk) for unit in units]
    found = np.full((len(codes), len(units), len(period)), np.nan)
    for place, code in enumerate(codes):
        formula = catalogue.formula(code, period.end)
        if seen.axes.span(period) is None or not formula.additive:
            raise ValueError(f"指标 {code} 在 {period} 不能成批取数，请逐个查询")
        known = {part: seen.by_month(part.key, subtrees, period) for part in formula.parts}
        found[place] = _grid_of(formula, known)
    return found


def _grid_of(formula: Formula, known: Mapping[Part, NDArray[np.int64]]) -> NDArray[np.float64]:
    """`Formula.value` for arrays of totals."""

    def added(terms: Terms) -> NDArray[np.float64]:
        parts = [sign * known[part] / 10**part.places for sign, part in terms]
        total: NDArray[np.float64] = np.add.reduce(parts)
        return total

    top = added(formula.top)
    if formula.bottom:
        bottom = added(formula.bottom)
        share = np.full(top.shape, np.nan)
        np.divide(top * float(formula.scale), bottom, out=share, where=bottom != 0)
        return share
    return top if formula.counts else np.where(known[formula.rows] > 0, top, np.nan)


def _in_cube(seen: Snapshot, formula: Formula, unit: Unit, period: Period) -> Total | None:
    """The totals that the snapshot holds; None when it does not hold what is asked."""
    span = seen.cube.axes.span(period)
    if span is None or any(part.key not in seen.cube.axes.part_places for part in formula.parts):
        return None
    return lambda part: Decimal(seen.cube.total(part.key, unit.pk, span)).scaleb(-part.places)


def _over_facts(formula: Formula, place: Place, period: Period) -> Total:
    totals = columns.at_place(formula.parts, (period.start, period.end), place)
    return lambda part: totals[part]
