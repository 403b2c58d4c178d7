"""检察为民办实事: listed deeds with an owner and a day by which they are done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@kind(
    "practical-deed",
    flow=REVIEWED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "done_by", "done_on", "campaign"),
    more=("key", "line", "result"),
    columns=("title", "unit", "happened_on", "done_by", "done_on"),
    facts=("done_by", "done_on"),
    deed=Deed(name=("title",), story=("result",), days=15),
)
class PracticalDeed(Record):
    """One deed of the list; the day of the record is the day its plan was issued."""

    title = models.CharField("实事", max_length=120)
    done_by = models.DateField("完成时限")
    done_on = models.DateField("完成日期", null=True, blank=True)
    result = models.CharField("成效", max_length=400, blank=True)

    class Meta:
        verbose_name = "为民办实事"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A deed is neither due nor done before it was issued."""
        for field, name in (("done_by", "完成时限"), ("done_on", "完成日期")):
            if row[field] and row["happened_on"] and row[field] < row["happened_on"]:
                yield field, f"{name}早于出台日期 {row['happened_on']}"
