"""临时党支部: the founding of a task force's temporary branch, with its approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.models import Unit
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@kind(
    "temporary-branch",
    flow=FILED,
    access="party_org",
    group="组织生活",
    form=("unit", "task_force", "happened_on", "approved_by", "members", "campaign"),
    more=("key", "approval", "dissolved_on"),
    columns=("unit", "task_force", "happened_on", "approved_by", "members", "dissolved_on"),
    facts=("members", "dissolved_on"),
)
class TemporaryBranch(Record):
    """One founding; the record's unit is the branch, its day the day of approval."""

    approved_by = models.ForeignKey(
        Unit, models.PROTECT, related_name="approved_branches", verbose_name="批准单位"
    )
    approval = models.CharField("批准文号", max_length=40, blank=True)
    members = models.PositiveSmallIntegerField("党员人数")
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "临时党支部"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A branch takes three members (支部工作条例) and ends after it began."""
        if row["members"] is not None and row["members"] < 3:
            yield "members", "临时党支部应有 3 名以上党员"
        founded = row["happened_on"]
        if row["dissolved_on"] and founded and row["dissolved_on"] < founded:
            yield "dissolved_on", "撤销日期早于成立日期"
