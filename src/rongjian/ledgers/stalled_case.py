"""涉民企挂案: cases against private enterprises that have long stood still, until cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import CLEARED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class StalledStage(models.TextChoices):
    """Where the case stands still."""

    INVESTIGATION = "investigation", "侦查"
    SUPPLEMENT = "supplement", "补充侦查"
    PROSECUTION = "prosecution", "审查起诉"


class Handling(models.TextChoices):
    """What became of the case."""

    CONTINUED = "continued", "限期继续侦查"
    WITHDRAWN = "withdrawn", "撤销案件"
    TRANSFERRED = "transferred", "移送审查起诉"
    MEASURE_LIFTED = "measure_lifted", "解除强制措施"
    NOT_PROSECUTED = "not_prosecuted", "不起诉"


@kind(
    "stalled-case",
    flow=CLEARED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "stage", "happened_on", "opened_on", "clear_by"),
    more=("charge", "handling", "result", "proof", "campaign", "line", "note"),
    columns=("key", "stage", "unit", "opened_on", "happened_on", "clear_by", "handling"),
    filters=("stage", "handling"),
    facts=("stage", "opened_on", "clear_by", "handling"),
    deed=Deed(days=92, numbered=True),
    private=("note", "result", "proof"),
)
class StalledCase(Record):
    """One case found stalled; the day of the record is the day it was entered on the list."""

    stage = models.CharField("环节", max_length=16, choices=StalledStage)
    charge = models.CharField("罪名类别", max_length=40, blank=True)
    opened_on = models.DateField("立案日期")
    clear_by = models.DateField("清理时限")
    handling = models.CharField("处理意见", max_length=16, choices=Handling, blank=True)
    result = models.CharField("清理结果", max_length=400, blank=True)
    proof = models.CharField("销号依据", max_length=200, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "涉民企挂案"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It was opened before it was found stalled, and is to be cleared afterwards."""
        found = row["happened_on"]
        if row["opened_on"] and found and row["opened_on"] > found:
            yield "opened_on", f"立案日期晚于列入清单的日期 {found}"
        if row["clear_by"] and found and row["clear_by"] < found:
            yield "clear_by", f"清理时限早于列入清单的日期 {found}"
