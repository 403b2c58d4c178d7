"""公布数据: figures that others published, kept faithfully as printed, never mixed with ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.kernel.cells import published_value, text
from rongjian.kernel.periods import Period, PeriodError
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@kind(
    "published-figure",
    flow=FILED,
    access="published",
    group="公开数据",
    form=("dataset", "item", "period", "measure_unit", "printed", "source"),
    more=("change", "unit", "happened_on", "key"),
    columns=("dataset", "item", "period", "measure_unit", "printed", "change", "source"),
    aliases={
        "dataset": ("id", "数据集"),
        "item": ("indicator", "指标"),
        "period": ("期间",),
        "measure_unit": ("unit", "计量单位"),
        "printed": ("value", "值", "数值"),
        "change": ("yoy", "同比"),
    },
)
class PublishedFigure(Record):
    """One printed figure. `>=2200`, `196/251` and blanks stay as they were printed."""

    dataset = models.CharField("数据集", max_length=12)
    item = models.CharField("指标", max_length=80)
    period = models.CharField("期间", max_length=40)
    measure_unit = models.CharField("计量单位", max_length=12)
    printed = models.CharField("公布值", max_length=60, blank=True)
    change = models.CharField("同比", max_length=60, blank=True)
    source = models.CharField("出处", max_length=200)

    class Meta:
        verbose_name = "公布数据"

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """Key and day of the row: the period's last day where it is one, else the import's."""
        # In the form that cells are read into, so that an export is known again by it.
        key = str(text(f"{row['dataset']} {row['item']} {row['period']}").value or "")
        try:
            day = min(Period.parse(row["period"]).end, today)
        except PeriodError:
            day = today
        return {"key": row.get("key") or key[:120], "happened_on": row.get("happened_on") or day}

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The numbers that the printed text holds, in its order."""
        return published_value(self.printed).numbers
