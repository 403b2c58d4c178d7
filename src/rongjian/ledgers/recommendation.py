"""检察建议: procuratorial recommendations from issue to reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class RecommendationType(models.TextChoices):
    """The five types of the 2019 rules."""

    RETRIAL = "retrial", "再审"
    CORRECTION = "correction", "纠正违法"
    PUBLIC_INTEREST = "public_interest", "公益诉讼"
    GOVERNANCE = "governance", "社会治理"
    OTHER = "other", "其他"


@kind(
    "recommendation",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "type", "happened_on", "addressee", "campaign"),
    more=("replied_on", "adopted", "line", "task_force", "note"),
    columns=("key", "type", "addressee", "unit", "happened_on", "replied_on", "adopted"),
    filters=("type", "adopted"),
    facts=("type", "replied_on", "adopted"),
    private=("note",),
)
class Recommendation(Record):
    """One recommendation; the day of the record is the day it was issued."""

    type = models.CharField("类型", max_length=16, choices=RecommendationType)
    addressee = models.CharField("被建议单位类别", max_length=40)
    replied_on = models.DateField("回复日期", null=True, blank=True)
    adopted = models.BooleanField("采纳", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "检察建议"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A reply cannot come before the recommendation."""
        if row["replied_on"] and row["happened_on"] and row["replied_on"] < row["happened_on"]:
            yield "replied_on", f"回复日期早于制发日期 {row['happened_on']}"
