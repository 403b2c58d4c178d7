"""思想动态分析: what weighs on an organisation, at document level; no person is in it."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class Concern(models.TextChoices):
    """What mainly weighs on people."""

    WORKLOAD = "workload", "工作压力"
    CAREER = "career", "职业发展"
    TREATMENT = "treatment", "待遇保障"
    TRAINING = "training", "能力培训"
    REFORM = "reform", "改革调整"
    FACILITIES = "facilities", "办公条件"
    OTHER = "other", "其他"


@kind(
    "mood-analysis",
    flow=REVIEWED,
    access="regime",
    group="制度落实",
    form=("title", "unit", "happened_on", "concern", "tendency", "measure"),
    more=("key", "cause", "owner", "solve_by", "solved_on", "result"),
    columns=("happened_on", "title", "concern", "unit", "solve_by", "solved_on"),
    filters=("concern",),
    facts=("concern", "solve_by", "solved_on"),
)
class MoodAnalysis(Record):
    """One analysis: a problem of the organisation, its cause, and what is done about it."""

    title = models.CharField("分析报告", max_length=120)
    concern = models.CharField("主要关切", max_length=12, choices=Concern)
    tendency = models.CharField("倾向性问题", max_length=200)
    cause = models.CharField("原因", max_length=200, blank=True)
    measure = models.CharField("解决措施", max_length=400)
    owner = models.CharField("责任部门", max_length=40, blank=True)
    solve_by = models.DateField("解决时限", null=True, blank=True)
    solved_on = models.DateField("解决日期", null=True, blank=True)
    result = models.CharField("解决情况", max_length=400, blank=True)

    class Meta:
        verbose_name = "思想动态分析"
