"""引文: published statements kept as text with their source and never computed."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


@kind(
    "quotation",
    flow=FILED,
    access="published",
    group="公开数据",
    form=("key", "unit", "happened_on", "statement", "printed", "source"),
    columns=("statement", "printed", "source", "unit", "happened_on"),
)
class Quotation(Record):
    """One statement; `printed` is the figure as the source prints it."""

    statement = models.CharField("所述事项", max_length=200)
    printed = models.CharField("原文数字", max_length=40)
    source = models.CharField("出处", max_length=200)

    class Meta:
        verbose_name = "引文"
