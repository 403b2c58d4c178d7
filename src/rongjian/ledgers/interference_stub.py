"""重大事项填报情况: who had to report interference in a month and did, in numbers and classes only.

What was reported is not here and cannot be: the text stays in the paper or system of the one
custodian (三个规定). No target is set, and a month of nothing is neither praised nor pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLASSES = ("casework", "cadres", "projects", "construction", "discipline")


@kind(
    "interference-stub",
    flow=FILED,
    access="intf_stub",
    group="监督整改",
    form=("unit", "happened_on", "recorded", "nothing", "late"),
    more=("key", *CLASSES),
    columns=("happened_on", "unit", "recorded", "nothing", "late"),
    facts=("recorded", "nothing", "late", *CLASSES),
)
class InterferenceStub(Record):
    """One unit's month; the day of the record is any day of that month.

    How many had to report is the three numbers together, so it is not entered.
    """

    recorded = models.PositiveSmallIntegerField("有记录报告（人）", default=0)
    nothing = models.PositiveSmallIntegerField("零报告（人）", default=0)
    late = models.PositiveSmallIntegerField("未按时填报（人）", default=0)
    casework = models.PositiveSmallIntegerField("司法办案（件）", default=0, blank=True)
    cadres = models.PositiveSmallIntegerField("干部选拔任用（件）", default=0, blank=True)
    projects = models.PositiveSmallIntegerField("项目安排（件）", default=0, blank=True)
    construction = models.PositiveSmallIntegerField("工程建设（件）", default=0, blank=True)
    discipline = models.PositiveSmallIntegerField("监督执纪（件）", default=0, blank=True)

    class Meta:
        verbose_name = "重大事项填报情况"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Where classes are counted, somebody has reported."""
        reports = sum(row[name] or 0 for name in CLASSES)
        if reports and not row["recorded"]:
            yield "recorded", f"分类合计 {reports} 件，但没有人有记录报告"
