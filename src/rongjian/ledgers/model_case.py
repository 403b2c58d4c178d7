"""典型案例: cases published or selected as guiding, model, fine or excellent."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record


class Grade(models.TextChoices):
    """The four grades of a case that others may learn from."""

    GUIDING = "guiding", "指导性案例"
    MODEL = "model", "典型案例"
    FINE = "fine", "精品案例"
    EXCELLENT = "excellent", "优秀案例"


class PublishedBy(models.TextChoices):
    """Who published or selected it."""

    NATIONAL = "national", "全国检察机关"
    REGION = "region", "自治区检察院"
    CITY = "city", "市检察院"


@kind(
    "model-case",
    flow=FILED,
    access="work",
    group="服务大局",
    form=("title", "unit", "grade", "happened_on", "published_by", "campaign"),
    more=("key", "line"),
    columns=("title", "grade", "published_by", "unit", "happened_on", "campaign"),
    filters=("grade", "published_by"),
    facts=("grade", "published_by"),
    deed=Deed(name=("title",), days=366),
)
class ModelCase(Record):
    """One case; the day of the record is the day of publication or selection."""

    title = models.CharField("案例名称", max_length=120)
    grade = models.CharField("等次", max_length=12, choices=Grade)
    published_by = models.CharField("发布或入选层级", max_length=12, choices=PublishedBy)

    class Meta:
        verbose_name = "典型案例"
