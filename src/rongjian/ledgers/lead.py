"""线索移送: leads sent to or received from others, followed to what they led to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.ledgers.public_interest_case import Field
from rongjian.records.flows import FILED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Direction(models.TextChoices):
    """Which way the lead went."""

    SENT = "sent", "移出"
    RECEIVED = "received", "移入"


class LeadResult(models.TextChoices):
    """What the lead led to."""

    CASE = "case", "立案"
    ADMINISTRATIVE = "administrative", "行政处理"
    CRIMINAL = "criminal", "刑事立案"
    NOT_ESTABLISHED = "not_established", "查否"


@kind(
    "lead",
    flow=FILED,
    access="casework",
    group="协作共建",
    form=("key", "unit", "direction", "happened_on", "partner", "field"),
    more=("result", "answered_on", "campaign", "line", "note"),
    columns=("key", "direction", "field", "partner", "unit", "happened_on", "result"),
    filters=("direction", "field", "result"),
    facts=("direction", "field", "result", "answered_on"),
    deed=Deed(days=92, numbered=True),
    private=("note",),
)
class Lead(Record):
    """One lead under a surrogate number; who reported it is never kept here."""

    direction = models.CharField("方向", max_length=8, choices=Direction)
    partner = models.CharField("对方单位", max_length=80)
    field = models.CharField("领域", max_length=16, choices=Field)
    result = models.CharField("处理结果", max_length=16, choices=LeadResult, blank=True)
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "线索移送"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A result has its day, and no answer comes before the lead."""
        if row["result"] and not row["answered_on"]:
            yield "answered_on", "填写了处理结果的，应填写反馈日期"
        if row["answered_on"] and row["happened_on"] and row["answered_on"] < row["happened_on"]:
            yield "answered_on", f"反馈日期早于移送日期 {row['happened_on']}"
