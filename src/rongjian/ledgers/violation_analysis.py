"""违纪违法分析: where discipline was broken, at the level of posts and processes, and what follows."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class Discipline(models.TextChoices):
    """Which of the six disciplines."""

    POLITICAL = "political", "政治纪律"
    ORGANISATIONAL = "organisational", "组织纪律"
    INTEGRITY = "integrity", "廉洁纪律"
    MASSES = "masses", "群众纪律"
    WORK = "work", "工作纪律"
    LIFE = "life", "生活纪律"


@kind(
    "violation-analysis",
    flow=REVIEWED,
    access="regime",
    group="制度落实",
    form=("title", "unit", "happened_on", "discipline", "link_in_process", "measure"),
    more=("key", "cause", "rules_made", "warned"),
    columns=("happened_on", "title", "discipline", "link_in_process", "unit", "rules_made"),
    filters=("discipline",),
    facts=("discipline", "rules_made", "warned"),
)
class ViolationAnalysis(Record):
    """One analysis; clues and files about persons belong to the discipline organs' own systems."""

    title = models.CharField("分析报告", max_length=120)
    discipline = models.CharField("违纪类型", max_length=16, choices=Discipline)
    link_in_process = models.CharField("薄弱环节", max_length=80)
    cause = models.CharField("原因", max_length=200, blank=True)
    measure = models.CharField("堵漏措施", max_length=400)
    rules_made = models.PositiveSmallIntegerField("修订制度（项）", default=0, blank=True)
    warned = models.PositiveSmallIntegerField("警示教育（人次）", default=0, blank=True)

    class Meta:
        verbose_name = "违纪违法分析"
