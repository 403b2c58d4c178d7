"""检察建议: procuratorial recommendations from issue to reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.kernel.statutory_limits import clocks
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.kernel.statutory_limits import Clock


_DAYS = {"delivered_on": "送达日期", "replied_on": "回复日期", "looked_back_on": "回头看日期"}


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
    more=(
        "delivered_on",
        "urgent",
        "replied_on",
        "adopted",
        "urged",
        "looked_back_on",
        "line",
        "task_force",
        "note",
    ),
    columns=("key", "type", "addressee", "unit", "happened_on", "replied_on", "adopted"),
    filters=("type", "adopted"),
    facts=("type", "delivered_on", "replied_on", "adopted", "urged", "looked_back_on"),
    private=("note",),
)
class Recommendation(Record):
    """One recommendation; the day of the record is the day it was issued.

    Its days tell its life: issued → delivered → replied → adopted or urged → looked back at.
    """

    type = models.CharField("类型", max_length=16, choices=RecommendationType)
    addressee = models.CharField("被建议单位类别", max_length=40)
    delivered_on = models.DateField("送达日期", null=True, blank=True)
    urgent = models.BooleanField("情况紧急", default=False)
    replied_on = models.DateField("回复日期", null=True, blank=True)
    adopted = models.BooleanField("采纳", null=True, blank=True)
    urged = models.PositiveSmallIntegerField("督促（次）", default=0, blank=True)
    looked_back_on = models.DateField("回头看日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "检察建议"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Nothing of its life comes before the day it was issued."""
        issued = row["happened_on"]
        for field, name in _DAYS.items():
            if row[field] and issued and row[field] < issued:
                yield field, f"{name}早于制发日期 {issued}"

    def clocks(self, today: date) -> Sequence[Clock]:
        """Until when a reply is due, from the day of delivery."""
        if self.delivered_on is None:
            return ()
        told = [("recommendation_delivered", self.delivered_on)]
        if self.replied_on:
            told.append(("recommendation_replied", self.replied_on))
        return clocks(told, {"urgent": self.urgent}, today)
