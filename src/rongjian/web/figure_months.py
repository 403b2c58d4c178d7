"""A figure by month: the chart and the table beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from rongjian.kernel.periods import Month
from rongjian.records.queries import unit_words
from rongjian.web.charts import Mark, columns
from rongjian.web.figure_words import put, with_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.safestring import SafeString

    from rongjian.indicators.figures import Figure
    from rongjian.kernel.periods import Period
    from rongjian.org.models import Unit

Way = Callable[..., str]
"""Where the records behind a number are, by indicator, unit and period; empty where not opened."""
_NOTHING = Decimal(0)
_LARGE = 10_000
_SHORT = 7
"""Up to how many characters twelve numbers fit into a row."""


@dataclass(frozen=True)
class MonthTable:
    """The table beside the chart: (text, address) by year and month, None where not asked for.

    Years are rows, or columns where the numbers are too long for twelve of them in a row.
    """

    corner: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str] | None, ...]], ...]


def chart(unit: Unit, period: Period, rows: Sequence[Figure], way: Way) -> SafeString:
    """The months as columns, each of which opens to its records."""
    first = rows[0]
    # An axis in 万元 can be read, one in 元 is a row of zeros.
    large = first.measure_unit == "元" and max(row.value or 0 for row in rows) >= 10 * _LARGE
    marks = [
        Mark(
            label=str(row.period),
            value=float((row.value or _NOTHING) / (_LARGE if large else 1)),
            spoken=f"{row.period.label} {with_unit(put(row), row.measure_unit)}",
            url=way(row.code, unit.code, row.period),
        )
        for row in rows
    ]
    measure_unit = "万元" if large else first.measure_unit
    return columns(marks, measure_unit, f"{unit_words(unit)}{first.name}，{period.label}，按月")


def table(unit: Unit, period: Period, rows: Sequence[Figure], way: Way) -> MonthTable:
    """The same numbers as a table."""
    cells = {row.period.first: (put(row), way(row.code, unit.code, row.period)) for row in rows}
    years = range(period.first.year, period.last.year + 1)
    grid = [[cells.get(Month.at(year, month)) for month in range(1, 13)] for year in years]
    year_words = tuple(f"{year}年" for year in years)
    month_words = tuple(f"{month}月" for month in range(1, 13))
    if max(len(text) for text, _ in cells.values()) <= _SHORT:
        return MonthTable("年", month_words, _rows(year_words, grid))
    return MonthTable("月", year_words, _rows(month_words, zip(*grid, strict=True)))


def _rows(
    words: Sequence[str], grid: Iterable[Iterable[tuple[str, str] | None]]
) -> tuple[tuple[str, tuple[tuple[str, str] | None, ...]], ...]:
    return tuple((word, tuple(cells)) for word, cells in zip(words, grid, strict=True))
