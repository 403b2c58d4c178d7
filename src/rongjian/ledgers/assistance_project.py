"""定点帮扶项目: money coordinated and problems solved for the places assisted."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record


@kind(
    "assistance-project",
    flow=REVIEWED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "place", "funds", "problems_solved"),
    more=("key", "campaign", "result"),
    columns=("title", "place", "funds", "problems_solved", "unit", "happened_on"),
    facts=("funds", "problems_solved"),
    deed=Deed(name=("title", "place"), story=("result",), days=15),
)
class AssistanceProject(Record):
    """One project; the day of the record is the day the money was coordinated."""

    title = models.CharField("项目", max_length=120)
    place = models.CharField("帮扶点", max_length=60)
    funds = models.DecimalField(
        "协调资金（元）",
        max_digits=14,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    problems_solved = models.PositiveIntegerField("解决问题（个）", default=0)
    result = models.CharField("成效", max_length=400, blank=True)

    class Meta:
        verbose_name = "定点帮扶项目"
