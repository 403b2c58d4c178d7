"""业务难题: problems of casework taken up by joint building, solved with proof and a second look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import CLEARED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@kind(
    "hard-problem",
    flow=CLEARED,
    access="work",
    group="协作共建",
    form=("title", "unit", "happened_on", "line", "solve_by", "approach"),
    more=("key", "campaign", "task_force", "result", "proof"),
    columns=("happened_on", "title", "line", "unit", "solve_by", "approach"),
    facts=("solve_by",),
)
class HardProblem(Record):
    """One problem; the branch activities and the agreement that take it up are linked to it."""

    title = models.CharField("难题", max_length=120)
    solve_by = models.DateField("攻关时限")
    approach = models.CharField("攻关办法", max_length=200)
    result = models.CharField("解决情况", max_length=400, blank=True)
    proof = models.CharField("销号依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "业务难题"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It is not due before it was taken up."""
        if row["solve_by"] and row["happened_on"] and row["solve_by"] < row["happened_on"]:
            yield "solve_by", f"攻关时限早于立项日期 {row['happened_on']}"
