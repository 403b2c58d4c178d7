"""意识形态工作: risks met in the periodic analysis of the responsibility system, until dealt with."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class IdeologyField(models.TextChoices):
    """In which field."""

    NETWORK = "network", "网络"
    PLATFORM = "platform", "阵地管理"
    OPINION = "opinion", "涉检舆情"
    PUBLICITY = "publicity", "宣传教育"
    TEAM = "team", "队伍建设"


class IdeologyGrade(models.TextChoices):
    """How much attention it needs."""

    GENERAL = "general", "一般"
    NOTABLE = "notable", "较大"
    MAJOR = "major", "重大"


@kind(
    "ideology-item",
    flow=REVIEWED,
    access="regime",
    group="制度落实",
    form=("title", "unit", "happened_on", "field", "grade", "measure"),
    more=("key", "owner", "done_on", "result"),
    columns=("happened_on", "field", "grade", "title", "unit", "done_on"),
    filters=("field", "grade"),
    facts=("field", "grade", "done_on"),
)
class IdeologyItem(Record):
    """One item of the unit's own work; it is about situations, never about what a person thinks."""

    title = models.CharField("情况", max_length=120)
    field = models.CharField("领域", max_length=12, choices=IdeologyField)
    grade = models.CharField("等级", max_length=8, choices=IdeologyGrade)
    measure = models.CharField("应对措施", max_length=400)
    owner = models.CharField("责任部门", max_length=40, blank=True)
    done_on = models.DateField("处置日期", null=True, blank=True)
    result = models.CharField("处置结果", max_length=400, blank=True)

    class Meta:
        verbose_name = "意识形态工作"
