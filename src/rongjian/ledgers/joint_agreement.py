"""共建协议: agreements between Party branches or with outside partners to build together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class PartnerType(models.TextChoices):
    """What the partner is."""

    PROCURATORATE = "procuratorate", "其他检察院"
    ADMINISTRATIVE = "administrative", "行政机关"
    ENTERPRISE = "enterprise", "企业"
    COMMUNITY = "community", "社区村镇"
    SCHOOL = "school", "高校院校"
    SOCIETY = "society", "学会协会"


class JointContent(models.TextChoices):
    """What is done together first of all."""

    PLANNING = "planning", "方案共商"
    PARTY = "party", "党建互促"
    TALENT = "talent", "人才互培"
    BUSINESS = "business", "业务互帮"
    BRAND = "brand", "品牌共创"
    PROJECT = "project", "项目共建"


@kind(
    "joint-agreement",
    flow=REVIEWED,
    access="activity",
    group="协作共建",
    form=("title", "unit", "happened_on", "partner", "partner_type", "content"),
    more=("key", "hosts", "valid_to", "raised", "solved", "rules_made", "line", "campaign", "goal"),
    columns=("happened_on", "title", "partner", "partner_type", "content", "unit", "valid_to"),
    filters=("partner_type", "content"),
    facts=("partner_type", "content", "valid_to", "raised", "solved", "rules_made"),
)
class JointAgreement(Record):
    """One agreement; problems raised and solved under it are counted, activities are linked."""

    title = models.CharField("协议名称", max_length=120)
    partner = models.CharField("共建单位", max_length=80)
    partner_type = models.CharField("单位类型", max_length=16, choices=PartnerType)
    content = models.CharField("主要内容", max_length=12, choices=JointContent)
    valid_to = models.DateField("期限至", null=True, blank=True)
    raised = models.PositiveSmallIntegerField("提出问题（个）", default=0, blank=True)
    solved = models.PositiveSmallIntegerField("解决问题（个）", default=0, blank=True)
    rules_made = models.PositiveSmallIntegerField("形成制度（项）", default=0, blank=True)
    goal = models.CharField("共建目标", max_length=200, blank=True)

    class Meta:
        verbose_name = "共建协议"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """No more problems are solved than were raised; it cannot end before it began."""
        if (row["solved"] or 0) > (row["raised"] or 0):
            yield "solved", f"解决 {row['solved']} 个多于提出 {row['raised'] or 0} 个"
        if row["valid_to"] and row["happened_on"] and row["valid_to"] < row["happened_on"]:
            yield "valid_to", f"期限早于签订日期 {row['happened_on']}"
