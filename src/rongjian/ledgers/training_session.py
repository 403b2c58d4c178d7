"""教育培训: training sessions in the four ways of training, with their hours."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class TrainingWay(models.TextChoices):
    """The four ways of training."""

    THOUGHT = "thought", "思想淬炼"
    POLITICS = "politics", "政治历练"
    PRACTICE = "practice", "实践锻炼"
    SKILL = "skill", "专业训练"


class Trainees(models.TextChoices):
    """For whom it was."""

    MEMBERS = "members", "党员"
    SECRETARIES = "secretaries", "支部书记和委员"
    CHIEFS = "chiefs", "检察长和班子成员"
    YOUNG = "young", "青年干警"
    PROSECUTORS = "prosecutors", "检察官和助理"
    ALL = "all", "全体干警"


@kind(
    "training-session",
    flow=REVIEWED,
    access="activity",
    group="队伍建设",
    form=("title", "unit", "happened_on", "way", "hours", "attended"),
    more=("key", "trainees", "teacher", "plan", "line", "campaign"),
    columns=("happened_on", "title", "way", "trainees", "hours", "attended", "unit"),
    filters=("way", "trainees"),
    facts=("way", "trainees", "hours", "attended"),
)
class TrainingSession(Record):
    """One session of so many hours (学时) each, attended by so many people."""

    title = models.CharField("培训主题", max_length=120)
    way = models.CharField("方式", max_length=8, choices=TrainingWay)
    trainees = models.CharField("对象", max_length=12, choices=Trainees, default=Trainees.MEMBERS)
    hours = models.DecimalField(
        "学时", max_digits=4, decimal_places=1, validators=[MinValueValidator(0)]
    )
    attended = models.PositiveSmallIntegerField("参加（人）", default=0)
    teacher = models.CharField("授课人", max_length=60, blank=True)
    plan = models.CharField("所属计划", max_length=80, blank=True)

    class Meta:
        verbose_name = "教育培训"
