"""案件质量检查与评查: every case checked before it is filed away, some reviewed by another office."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.models import Person
from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ReviewType(models.TextChoices):
    """检查 by the department itself, 评查 by the case-management office (2026 rules)."""

    CHECK = "check", "质量检查"
    SINGLE = "single", "个案评查"
    SPECIAL = "special", "专项评查"
    KEY = "key_review", "重点评查"


class QualityGrade(models.TextChoices):
    """The four grades of the rules in force since January 2026."""

    HIGH = "high", "优质"
    QUALIFIED = "qualified", "合格"
    BASIC = "basic", "基本合格"
    UNQUALIFIED = "unqualified", "不合格"


class QualityProblem(models.TextChoices):
    """In what a case fell short."""

    EVIDENCE = "evidence", "证据"
    FACTS = "facts", "事实认定"
    LAW = "law", "法律适用"
    PROCEDURE = "procedure", "办案程序"
    PAPERS = "papers", "法律文书"
    EFFECT = "effect", "办案效果"
    DATA = "data", "数据填录"


@kind(
    "quality-review",
    flow=REVIEWED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "type", "happened_on", "grade", "shortfall"),
    more=("reviewer", "line", "task_force", "feedback", "rectified_on"),
    columns=("key", "type", "grade", "shortfall", "unit", "happened_on", "rectified_on"),
    filters=("type", "grade", "shortfall"),
    facts=("type", "grade", "shortfall", "rectified_on"),
    private=("reviewer", "feedback"),
)
class QualityReview(Record):
    """One check or review of one case, under the case's surrogate number."""

    type = models.CharField("评查类型", max_length=12, choices=ReviewType)
    grade = models.CharField("等次", max_length=12, choices=QualityGrade)
    shortfall = models.CharField("主要问题", max_length=12, choices=QualityProblem, blank=True)
    reviewer = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviewed_cases",
        verbose_name="评查员",
    )
    feedback = models.CharField("反馈意见", max_length=400, blank=True)
    rectified_on = models.DateField("整改日期", null=True, blank=True)

    class Meta:
        verbose_name = "案件质量评查"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A case that fell short says in what; nothing is put right before it was found."""
        if row["grade"] in {QualityGrade.BASIC, QualityGrade.UNQUALIFIED} and not row["shortfall"]:
            yield "shortfall", "评为基本合格或不合格的，应选择主要问题"
        if row["rectified_on"] and row["happened_on"] and row["rectified_on"] < row["happened_on"]:
            yield "rectified_on", f"整改日期早于评查日期 {row['happened_on']}"
