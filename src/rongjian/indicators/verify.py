"""Counting figures a second time over the records and naming those that differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.indicators import catalogue, figures, snapshots, trace
from rongjian.kernel.number_text import number_text
from rongjian.kernel.periods import Month, Period

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from rongjian.indicators.figures import Figure
    from rongjian.org.models import Unit


@dataclass(frozen=True)
class Difference:
    """A figure that the records do not bear out: its value or the number of rows behind it."""

    figure: Figure
    recount: Decimal | None
    records: int

    def __str__(self) -> str:
        shown = self.figure
        recounted = number_text(self.recount, catalogue.indicators()[shown.code].display)
        return (
            f"{shown.name}（{shown.code}）{shown.unit_code} {shown.period}："
            f"快照 {shown.snapshot} 为 {shown.text}（{shown.records} 条记录），"
            f"按记录重算为 {recounted}（{self.records} 条记录）"
        )


def differences(codes: Iterable[str] | None, unit: Unit, *periods: Period) -> list[Difference]:
    """The figures of a unit that differ from a recount; all indicators where no codes are given.

    Without periods the whole run of months that the snapshot holds is counted.
    """
    seen = snapshots.current()
    axes = seen.cube.axes
    whole = Period(Month(axes.first_month), Month(axes.first_month + axes.months - 1))
    found = []
    for code in catalogue.indicators() if codes is None else codes:
        for period in periods or (whole,):
            shown = figures.figure(code, unit, period, snapshot=seen)
            recounted = trace.recount(code, unit, period)
            records = trace.records(code, unit, period).count()
            if (shown.value, shown.records) != (recounted, records):
                found.append(Difference(shown, recounted, records))
    return found
