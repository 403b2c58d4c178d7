"""公益诉讼案件: public-interest cases by field and stage."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class Field(models.TextChoices):
    """The field of public interest; later laws add to the four of the beginning."""

    ECOLOGY = "ecology", "生态环境和资源保护"
    FOOD_DRUG = "food_drug", "食品药品安全"
    STATE_PROPERTY = "state_property", "国有财产保护"
    STATE_LAND = "state_land", "国有土地使用权出让"
    SAFETY = "safety", "安全生产"
    MINORS = "minors", "未成年人保护"
    PERSONAL_DATA = "personal_data", "个人信息保护"
    MEDICAL_WASTE = "medical_waste", "医疗废弃物处置等公共卫生"
    OTHER = "other", "其他"


class Stage(models.TextChoices):
    """How far the case has come."""

    FILED = "filed_case", "立案"
    NOTICE = "notice", "诉前程序"
    REMEDIED = "remedied", "诉前整改"
    SUED = "sued", "提起诉讼"
    CLOSED = "closed", "终结"


@kind(
    "public-interest-case",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "field", "happened_on", "stage", "campaign"),
    more=("administrative", "line", "task_force", "note"),
    columns=("key", "field", "stage", "administrative", "unit", "happened_on"),
    filters=("field", "stage"),
    facts=("field", "stage", "administrative"),
    private=("note",),
)
class PublicInterestCase(Record):
    """One case; the day of the record is the day it was filed."""

    field = models.CharField("领域", max_length=16, choices=Field)
    stage = models.CharField("阶段", max_length=12, choices=Stage)
    administrative = models.BooleanField("行政公益诉讼", default=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "公益诉讼案件"
