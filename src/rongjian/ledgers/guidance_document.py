"""指导性文件: guidance that an office issued for casework."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


@kind(
    "guidance-document",
    flow=FILED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "number", "campaign"),
    more=("key", "line", "summary"),
    columns=("title", "number", "unit", "happened_on", "campaign"),
    filters=("campaign",),
)
class GuidanceDocument(Record):
    """One document; the day of the record is the day of issue."""

    title = models.CharField("标题", max_length=120)
    number = models.CharField("发文字号", max_length=40, blank=True)
    summary = models.CharField("要点", max_length=400, blank=True)

    class Meta:
        verbose_name = "指导性文件"
