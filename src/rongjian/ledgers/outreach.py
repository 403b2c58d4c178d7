"""巡讲宣讲: lectures and outreach outside the house."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record


class Audience(models.TextChoices):
    """To whom one spoke."""

    SCHOOL = "school", "学校"
    ENTERPRISE = "enterprise", "企业"
    COMMUNITY = "community", "社区"
    VILLAGE = "village", "乡村"
    OFFICE = "office", "机关单位"
    OTHER = "other", "其他"


@kind(
    "outreach",
    flow=REVIEWED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "audience", "sessions", "listeners"),
    more=("key", "team", "partner", "campaign", "line", "result"),
    columns=("happened_on", "title", "audience", "sessions", "listeners", "unit", "team"),
    filters=("audience",),
    facts=("audience", "sessions", "listeners"),
    deed=Deed(name=("title", "partner"), story=("result",)),
)
class Outreach(Record):
    """One outing, possibly of several sessions; listeners are what the host counted."""

    title = models.CharField("主题", max_length=120)
    audience = models.CharField("对象", max_length=12, choices=Audience)
    sessions = models.PositiveSmallIntegerField("场次", default=1)
    listeners = models.PositiveIntegerField("听众（人次）", default=0, blank=True)
    team = models.CharField("宣讲团", max_length=60, blank=True)
    partner = models.CharField("共同举办单位", max_length=80, blank=True)
    result = models.CharField("成效", max_length=400, blank=True)

    class Meta:
        verbose_name = "巡讲宣讲"
