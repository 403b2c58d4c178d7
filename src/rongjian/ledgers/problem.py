"""问题清单: problems of the integration itself, by cause, each answered by a line of measures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import CLEARED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Cause(models.TextChoices):
    """Why Party work and casework stay two skins."""

    UNDERSTANDING = "understanding", "思想认识不到位"
    RESPONSIBILITY = "responsibility", "责任传导不够有力"
    RULES = "rules", "制度机制不健全"
    CARRIERS = "carriers", "载体方式单一"
    MOTIVATION = "motivation", "内生动力不足"
    CAPACITY = "capacity", "力量和能力不足"


class Countermeasure(models.TextChoices):
    """The five lines of countermeasures."""

    AWARENESS = "awareness", "提高思想认识"
    SYSTEM = "system", "完善制度体系"
    CARRIER = "carrier", "创新工作载体"
    DRIVE = "drive", "激发内生动力"
    LINKAGE = "linkage", "推动责任联动"


@kind(
    "problem",
    flow=CLEARED,
    access="work",
    group="监督整改",
    form=("title", "unit", "happened_on", "cause", "countermeasure", "solve_by"),
    more=("key", "measure", "result", "proof", "campaign", "line"),
    columns=("happened_on", "title", "cause", "countermeasure", "unit", "solve_by"),
    filters=("cause", "countermeasure"),
    facts=("cause", "countermeasure", "solve_by"),
)
class Problem(Record):
    """One problem, often out of a check-up; measures and their effect are linked to it."""

    title = models.CharField("具体问题", max_length=200)
    cause = models.CharField("成因", max_length=16, choices=Cause)
    countermeasure = models.CharField("对策", max_length=12, choices=Countermeasure)
    measure = models.CharField("具体措施", max_length=400, blank=True)
    solve_by = models.DateField("解决时限")
    result = models.CharField("解决情况", max_length=400, blank=True)
    proof = models.CharField("销号依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "问题清单"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It is not due before it was found."""
        if row["solve_by"] and row["happened_on"] and row["solve_by"] < row["happened_on"]:
            yield "solve_by", f"解决时限早于发现日期 {row['happened_on']}"
