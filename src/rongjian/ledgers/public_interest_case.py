"""公益诉讼案件: public-interest cases by field and stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import MinValueValidator
from django.db import models

from rongjian.kernel.statutory_limits import clocks
from rongjian.records.flows import FILED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.kernel.statutory_limits import Clock


class Field(models.TextChoices):
    """The field of public interest; later laws add to the four of the beginning."""

    ECOLOGY = "ecology", "生态环境和资源保护"
    FOOD_DRUG = "food_drug", "食品药品安全"
    STATE_PROPERTY = "state_property", "国有财产保护"
    STATE_LAND = "state_land", "国有土地使用权出让"
    SAFETY = "safety", "安全生产"
    MINORS = "minors", "未成年人保护"
    PERSONAL_DATA = "personal_data", "个人信息保护"
    WOMEN = "women", "妇女权益保障"
    HEROES = "heroes", "英雄烈士保护"
    SOLDIERS = "soldiers", "军人地位和权益保障"
    TELECOM_FRAUD = "telecom_fraud", "反电信网络诈骗"
    FARM_PRODUCE = "farm_produce", "农产品质量安全"
    ACCESSIBILITY = "accessibility", "无障碍环境建设"
    MONOPOLY = "monopoly", "反垄断"
    HERITAGE = "heritage", "文物和文化遗产保护"
    MEDICAL_WASTE = "medical_waste", "医疗废弃物处置等公共卫生"
    OTHER = "other", "其他"


class Stage(models.TextChoices):
    """How far the case has come."""

    FILED = "filed_case", "立案"
    INQUIRY = "inquiry", "调查"
    CONSULTED = "consulted", "磋商"
    NOTICE = "notice", "诉前程序"
    FOLLOW_UP = "follow_up", "跟进调查"
    REMEDIED = "remedied", "诉前整改"
    SUED = "sued", "提起诉讼"
    JUDGED = "judged", "判决"
    ENFORCED = "enforced", "执行监督"
    CLOSED = "closed", "终结"


_STEPS = (
    "consulted_on",
    "suggested_on",
    "announced_on",
    "replied_on",
    "followed_up_on",
    "sued_on",
    "judged_on",
    "closed_on",
)


@kind(
    "public-interest-case",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "field", "happened_on", "stage", "campaign"),
    more=(
        "administrative",
        "urgent",
        "lead_key",
        "consulted_on",
        "suggested_on",
        "announced_on",
        "replied_on",
        "followed_up_on",
        "sued_on",
        "judged_on",
        "supported",
        "compensation",
        "closed_on",
        "line",
        "task_force",
        "note",
    ),
    columns=("key", "field", "stage", "administrative", "unit", "happened_on"),
    filters=("field", "stage"),
    facts=(
        "field",
        "stage",
        "administrative",
        "suggested_on",
        "replied_on",
        "sued_on",
        "judged_on",
        "supported",
        "compensation",
    ),
    deed=Deed(days=92, numbered=True),
    private=("note",),
)
class PublicInterestCase(Record):
    """One case; the day of the record is the day it was filed, the later days are its stages."""

    field = models.CharField("领域", max_length=16, choices=Field)
    stage = models.CharField("阶段", max_length=12, choices=Stage)
    administrative = models.BooleanField("行政公益诉讼", default=True)
    urgent = models.BooleanField("情况紧急", default=False)
    lead_key = models.CharField("线索编号", max_length=120, blank=True)
    consulted_on = models.DateField("磋商日期", null=True, blank=True)
    suggested_on = models.DateField("检察建议送达日期", null=True, blank=True)
    announced_on = models.DateField("诉前公告日期", null=True, blank=True)
    replied_on = models.DateField("行政机关回复日期", null=True, blank=True)
    followed_up_on = models.DateField("跟进调查日期", null=True, blank=True)
    sued_on = models.DateField("提起诉讼日期", null=True, blank=True)
    judged_on = models.DateField("判决日期", null=True, blank=True)
    supported = models.BooleanField("判决支持", null=True, blank=True)
    compensation = models.DecimalField(
        "赔偿和修复金额（元）",
        max_digits=14,
        decimal_places=2,
        default=0,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    closed_on = models.DateField("终结日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "公益诉讼案件"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """No step comes before the one that it answers."""
        filed = row["happened_on"]
        for name in _STEPS:
            if row[name] and filed and row[name] < filed:
                yield name, f"早于立案日期 {filed}"
        if row["replied_on"] and not row["suggested_on"]:
            yield "suggested_on", "填写了回复日期的，应填写检察建议送达日期"
        if row["judged_on"] and not row["sued_on"]:
            yield "sued_on", "填写了判决日期的，应填写提起诉讼日期"
        if row["supported"] is not None and not row["judged_on"]:
            yield "judged_on", "填写了判决支持的，应填写判决日期"

    def clocks(self, today: date) -> Sequence[Clock]:
        """The reply of the administrative organ, or the notice before a civil suit."""
        told = {
            "pil_suggested": self.suggested_on,
            "pil_announced": self.announced_on,
            "pil_replied": self.replied_on,
            "pil_sued": self.sued_on,
        }
        events = [(event, day) for event, day in told.items() if day]
        return clocks(events, {"urgent": self.urgent}, today)
