"""专项计数: the counters of a campaign (六清 …), as one unit had them on a day."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.validators import MinValueValidator
from django.db import models

from rongjian.kernel.catalogue import load_campaigns
from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@cache
def counter_choices() -> list[tuple[str, str]]:
    """Every counter of every campaign, as campaign.counter."""
    return [
        (f"{campaign.code}.{counter.code}", f"{campaign.short}：{counter.name}（{counter.unit}）")
        for campaign in load_campaigns()
        for counter in campaign.counters
    ]


@kind(
    "campaign-count",
    flow=REVIEWED,
    access="work",
    group="服务大局",
    form=("counter", "unit", "happened_on", "total", "cleared"),
    more=("key", "campaign", "task_force", "note"),
    columns=("happened_on", "counter", "total", "cleared", "unit", "task_force"),
    filters=("counter",),
    facts=("counter", "total", "cleared"),
)
class CampaignCount(Record):
    """What there was to deal with and how much of it was; what is left is the difference."""

    counter = models.CharField("计数项", max_length=40, choices=counter_choices)
    total = models.DecimalField(
        "总数", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    cleared = models.DecimalField(
        "已清", max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    note = models.CharField("备注", max_length=200, blank=True)

    unlike = ("total", "cleared")

    class Meta:
        verbose_name = "专项计数"

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: object) -> dict[str, Any]:
        """The campaign, from the counter that is one of its own."""
        return {"campaign": row["counter"].partition(".")[0]} if row["counter"] else {}

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """No more is cleared than there was; the campaign is the counter's."""
        if row["total"] is not None and (row["cleared"] or 0) > row["total"]:
            yield "cleared", f"已清 {row['cleared']} 多于总数 {row['total']}"
        owner = (row["counter"] or "").partition(".")[0]
        if row["campaign"] and owner and row["campaign"] != owner:
            yield "campaign", "专项与计数项不是同一个专项"
