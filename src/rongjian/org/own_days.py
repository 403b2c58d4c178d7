"""本院工作日: the days on which a house works, or does not, otherwise than the national calendar says.

What is owed under regimes and what was deployed count their working days by the same days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rongjian.org.models import Unit


class OwnDay(models.Model):
    """A day that a house and those below it work, or do not, otherwise than the national calendar says."""

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="own_days")
    day = models.DateField("日期")
    worked = models.BooleanField("上班")
    reason = models.CharField("说明", max_length=80)

    access_class: ClassVar[str] = "regime_rule"

    class Meta:
        # The name from when only the calendar of regimes asked for them.
        db_table = "regimes_ownday"
        ordering = ("day",)
        constraints = [models.UniqueConstraint(fields=("unit", "day"), name="own_day_once")]
        verbose_name = "本院工作日"

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.worked else '放假'}"


def own_days(unit: Unit) -> Mapping[date, bool]:
    """The days that hold at a unit instead of the national calendar's; the nearest house decides."""
    above = unit.path.strip("/").split("/")
    rows = OwnDay.objects.filter(unit__code__in=above).select_related("unit")
    by_depth = sorted(rows, key=lambda row: len(row.unit.path))
    return {row.day: row.worked for row in by_depth}
