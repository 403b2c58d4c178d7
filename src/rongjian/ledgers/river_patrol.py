"""巡河记录: patrols along a river or lake under the 河长+检察长 mechanism."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.validators import MinValueValidator
from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@kind(
    "river-patrol",
    flow=FILED,
    access="work",
    group="协作共建",
    form=("river", "unit", "happened_on", "kilometres", "found", "remedied"),
    more=("key", "hosts", "partner", "campaign", "line", "note"),
    columns=("happened_on", "river", "kilometres", "found", "remedied", "unit", "partner"),
    facts=("kilometres", "found", "remedied"),
    private=("note",),
)
class RiverPatrol(Record):
    """One patrol; problems that become leads are linked records."""

    river = models.CharField("河段（湖库）", max_length=60)
    kilometres = models.DecimalField(
        "里程（公里）", max_digits=6, decimal_places=1, default=0, validators=[MinValueValidator(0)]
    )
    found = models.PositiveSmallIntegerField("发现问题（个）", default=0, blank=True)
    remedied = models.PositiveSmallIntegerField("已整治（个）", default=0, blank=True)
    partner = models.CharField("同行单位", max_length=80, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "巡河记录"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """No more is put right than was found."""
        if (row["remedied"] or 0) > (row["found"] or 0):
            yield "remedied", f"已整治 {row['remedied']} 个多于发现问题 {row['found'] or 0} 个"
