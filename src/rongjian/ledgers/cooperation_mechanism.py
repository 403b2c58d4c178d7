"""协作机制: mechanisms agreed with others (河长+检察长, 跨省协作, 联席会议 …)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class MechanismType(models.TextChoices):
    """With whom the mechanism works."""

    RIVER = "river", "河长+检察长"
    CROSS_PROVINCE = "cross_province", "跨省检察协作"
    ADMINISTRATIVE = "administrative", "与行政机关协作"
    FINANCE = "finance", "与金融监管部门协同"
    POLICE_COURT = "police_court", "与公安法院协作"
    OTHER = "other", "其他"


@kind(
    "cooperation-mechanism",
    flow=FILED,
    access="work",
    group="协作共建",
    form=("title", "unit", "type", "happened_on", "partners", "valid_to"),
    more=("key", "hosts", "number", "line", "campaign", "content"),
    columns=("happened_on", "type", "title", "partners", "unit", "valid_to"),
    filters=("type",),
    facts=("type", "valid_to"),
    admits={"number": ("case_number",)},
)
class CooperationMechanism(Record):
    """One mechanism; the day of the record is the day it was agreed."""

    title = models.CharField("机制名称", max_length=120)
    type = models.CharField("类型", max_length=16, choices=MechanismType)
    partners = models.CharField("协作单位", max_length=200)
    number = models.CharField("文号", max_length=40, blank=True)
    valid_to = models.DateField("有效期至", null=True, blank=True)
    content = models.CharField("主要内容", max_length=400, blank=True)

    class Meta:
        verbose_name = "协作机制"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It cannot end before it was agreed."""
        if row["valid_to"] and row["happened_on"] and row["valid_to"] < row["happened_on"]:
            yield "valid_to", f"有效期早于签订日期 {row['happened_on']}"
