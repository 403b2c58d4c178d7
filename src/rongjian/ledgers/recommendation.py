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


_DAYS = {
    "delivered_on": "送达日期",
    "replied_on": "回复日期",
    "looked_back_on": "回头看日期",
    "closed_on": "办结日期",
}
_EARLIER = {"opened_on": "立项日期", "verified_on": "调查核实日期"}


class RecommendationType(models.TextChoices):
    """The five types of the 2019 rules."""

    RETRIAL = "retrial", "再审"
    CORRECTION = "correction", "纠正违法"
    PUBLIC_INTEREST = "public_interest", "公益诉讼"
    GOVERNANCE = "governance", "社会治理"
    OTHER = "other", "其他"


class LookBack(models.TextChoices):
    """What the look-back found on the spot."""

    DONE = "done", "整改到位"
    PARTLY = "partly", "部分整改"
    NOT_DONE = "not_done", "未整改"


class Ending(models.TextChoices):
    """How the recommendation ended."""

    CLOSED = "closed", "办结"
    SUED = "sued", "转提起诉讼"
    REPORTED = "reported", "报告或通报上级机关"


@kind(
    "recommendation",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "type", "happened_on", "addressee", "campaign"),
    more=(
        "source_key",
        "items",
        "opened_on",
        "verified_on",
        "delivered_on",
        "announced",
        "urgent",
        "copied",
        "replied_on",
        "adopted",
        "partly",
        "urged",
        "looked_back_on",
        "look_back",
        "ending",
        "closed_on",
        "line",
        "task_force",
        "note",
    ),
    columns=("key", "type", "addressee", "unit", "happened_on", "replied_on", "adopted"),
    filters=("type", "adopted"),
    facts=(
        "type",
        "delivered_on",
        "replied_on",
        "adopted",
        "partly",
        "urged",
        "looked_back_on",
        "look_back",
        "ending",
        "closed_on",
    ),
    private=("note",),
)
class Recommendation(Record):
    """One recommendation; the day of the record is the day it was issued.

    Its days tell its life: opened → verified → issued → delivered → replied → adopted, in part or
    urged again → looked back at → ended.
    """

    type = models.CharField("类型", max_length=16, choices=RecommendationType)
    addressee = models.CharField("被建议单位类别", max_length=40)
    source_key = models.CharField("来源案件编号", max_length=120, blank=True)
    items = models.PositiveSmallIntegerField("建议（条）", default=1, blank=True)
    opened_on = models.DateField("立项日期", null=True, blank=True)
    verified_on = models.DateField("调查核实日期", null=True, blank=True)
    delivered_on = models.DateField("送达日期", null=True, blank=True)
    announced = models.BooleanField("宣告送达", default=False)
    copied = models.CharField("抄送机关类别", max_length=60, blank=True)
    urgent = models.BooleanField("情况紧急", default=False)
    replied_on = models.DateField("回复日期", null=True, blank=True)
    adopted = models.BooleanField("采纳", null=True, blank=True)
    partly = models.BooleanField("部分采纳", default=False)
    urged = models.PositiveSmallIntegerField("督促（次）", default=0, blank=True)
    looked_back_on = models.DateField("回头看日期", null=True, blank=True)
    look_back = models.CharField("回头看结果", max_length=8, choices=LookBack, blank=True)
    ending = models.CharField("办结方式", max_length=8, choices=Ending, blank=True)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "检察建议"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Its life goes forward in time, and what is said of a step needs the step."""
        issued = row["happened_on"]
        for field, name in _DAYS.items():
            if row[field] and issued and row[field] < issued:
                yield field, f"{name}早于制发日期 {issued}"
        for field, name in _EARLIER.items():
            if row[field] and issued and row[field] > issued:
                yield field, f"{name}晚于制发日期 {issued}"
        if row["partly"] and not row["adopted"]:
            yield "partly", "部分采纳的，“采纳”应选“是”"
        if row["look_back"] and not row["looked_back_on"]:
            yield "looked_back_on", "有回头看结果的，应填写回头看日期"
        if bool(row["ending"]) != bool(row["closed_on"]):
            yield "closed_on", "办结方式和办结日期应一并填写"

    def clocks(self, today: date) -> Sequence[Clock]:
        """Until when a reply is due, from the day of delivery."""
        if self.delivered_on is None:
            return ()
        told = [("recommendation_delivered", self.delivered_on)]
        if self.replied_on:
            told.append(("recommendation_replied", self.replied_on))
        return clocks(told, {"urgent": self.urgent}, today)
