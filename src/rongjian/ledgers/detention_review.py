"""羁押必要性审查: whether somebody must stay in custody, and what the handling organ answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Opening(models.TextChoices):
    """What opened the review (人民检察院刑事诉讼规则 574条)."""

    EX_OFFICIO = "ex_officio", "依职权"
    APPLICATION = "application", "依申请"
    ADVICE = "advice", "看守所建议"


class Ground(models.TextChoices):
    """Why custody was no longer needed, as classes of 规则 579条 and 580条."""

    MANDATORY = "mandatory", "应当建议（579条）"
    MINOR_ROLE = "minor_role", "从犯、过失或初犯等情节较轻"
    SETTLED = "settled", "和解或认罪认罚"
    HEALTH = "health", "身体状况或扶养"
    PERIOD = "period", "可能判处轻刑或期限将满"
    OTHER = "other", "其他"


class Outcome(models.TextChoices):
    """What the review came to."""

    RELEASE = "release", "建议释放"
    CHANGE = "change", "建议变更强制措施"
    KEEP = "keep", "继续羁押"


@kind(
    "detention-review",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "opening", "happened_on", "outcome", "ground"),
    more=("enterprise", "replied_on", "adopted", "line", "campaign", "task_force", "note"),
    columns=("key", "opening", "outcome", "ground", "unit", "happened_on", "adopted"),
    filters=("opening", "outcome", "enterprise"),
    facts=("opening", "outcome", "ground", "enterprise", "replied_on", "adopted"),
    private=("note",),
)
class DetentionReview(Record):
    """One review of one suspect's custody, under a surrogate number."""

    opening = models.CharField("启动方式", max_length=12, choices=Opening)
    outcome = models.CharField("结论", max_length=8, choices=Outcome)
    ground = models.CharField("理由", max_length=12, choices=Ground, blank=True)
    enterprise = models.BooleanField("涉民营企业", default=False)
    replied_on = models.DateField("回复日期", null=True, blank=True)
    adopted = models.BooleanField("采纳", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "羁押必要性审查"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A suggestion has its ground; only a suggestion can be answered."""
        if row["outcome"] and row["outcome"] != Outcome.KEEP and not row["ground"]:
            yield "ground", "建议释放或变更的，应选择理由"
        if row["outcome"] == Outcome.KEEP and row["adopted"] is not None:
            yield "adopted", "继续羁押的没有建议，不填采纳"
        if row["replied_on"] and row["happened_on"] and row["replied_on"] < row["happened_on"]:
            yield "replied_on", f"回复日期早于审查日期 {row['happened_on']}"
