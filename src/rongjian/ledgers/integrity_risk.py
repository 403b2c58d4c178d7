"""廉政风险点: risks of posts and processes, never of persons, with their grade and measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date


class RiskClass(models.TextChoices):
    """Where the risk comes from (高检发纪字〔2012〕9号)."""

    MORALS = "morals", "思想道德"
    RULES = "rules", "制度机制"
    POST = "post", "岗位职责"
    PROCESS = "process", "业务流程"
    OUTSIDE = "outside", "外部环境"


class Degree(models.TextChoices):
    """How likely, or how harmful."""

    HIGH = "high", "高"
    MEDIUM = "medium", "中"
    LOW = "low", "低"


class RiskGrade(models.TextChoices):
    """The grade that likelihood and harm make together."""

    FIRST = "first", "一级"
    SECOND = "second", "二级"
    THIRD = "third", "三级"


_WEIGHT = {Degree.LOW: 1, Degree.MEDIUM: 2, Degree.HIGH: 3}


def graded(likelihood: str, harm: str) -> RiskGrade:
    """The grade of a risk: both degrees from 1 to 3, multiplied; from 6 first, from 3 second.

    The rule names the grid and leaves the edges to the office; these are the customary ones.
    """
    product = _WEIGHT[Degree(likelihood)] * _WEIGHT[Degree(harm)]
    if product >= 6:
        return RiskGrade.FIRST
    return RiskGrade.SECOND if product >= 3 else RiskGrade.THIRD


@kind(
    "integrity-risk",
    flow=REVIEWED,
    access="risk_post",
    group="监督整改",
    form=("post", "unit", "happened_on", "risk_class", "likelihood", "harm"),
    more=("key", "power", "risk", "measure", "grade", "review_on"),
    columns=("post", "risk_class", "grade", "unit", "happened_on", "review_on"),
    filters=("risk_class", "grade"),
    facts=("risk_class", "likelihood", "harm", "grade", "review_on"),
    private=("risk",),
)
class IntegrityRisk(Record):
    """One risk point of a post; the grade follows from likelihood and harm."""

    post = models.CharField("岗位", max_length=60)
    power = models.CharField("权力事项", max_length=80, blank=True)
    risk = models.CharField("风险表现", max_length=200, blank=True)
    risk_class = models.CharField("类别", max_length=8, choices=RiskClass)
    likelihood = models.CharField("发生可能", max_length=8, choices=Degree)
    harm = models.CharField("危害程度", max_length=8, choices=Degree)
    grade = models.CharField("等级", max_length=8, choices=RiskGrade, blank=True)
    measure = models.CharField("防控措施", max_length=400, blank=True)
    review_on = models.DateField("复评日期", null=True, blank=True)

    class Meta:
        verbose_name = "廉政风险点"

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """The grade, where none was given."""
        if not (row["likelihood"] and row["harm"]):
            return {}
        return {"grade": graded(row["likelihood"], row["harm"]).value}

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A grade that was given is the one that follows."""
        if row["grade"] and row["likelihood"] and row["harm"]:
            follows = graded(row["likelihood"], row["harm"])
            if row["grade"] != follows:
                yield "grade", f"按发生可能和危害程度应为{follows.label}"
