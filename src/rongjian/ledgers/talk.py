"""谈心谈话: that two people talked, and when. What was said is never stored, so there is no field for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.models import Person
from rongjian.org.rosters import misplaced
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Between(models.TextChoices):
    """Who talked with whom, as 支部工作条例 pairs them."""

    COMMITTEE = "committee", "支委之间"
    COMMITTEE_MEMBER = "committee_member", "支委与党员"
    MEMBERS = "members", "党员之间"
    SUPERIOR = "superior", "上级与本支部党员"


@kind(
    "talk",
    flow=FILED,
    access="talk",
    group="组织生活",
    form=("unit", "happened_on", "between", "one", "other"),
    columns=("happened_on", "between", "one", "other", "unit"),
    filters=("between",),
    facts=("between",),
    private=("one", "other"),
)
class Talk(Record):
    """One talk; the two and the secretary of the branch read it, nobody else."""

    between = models.CharField("谈话范围", max_length=16, choices=Between)
    one = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="谈话人")
    other = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="谈话对象")

    # Rows about people: whom they are about may read them, nobody above the own procuratorate.
    access_subject = ("one", "other")
    member_field = "other"

    class Meta:
        verbose_name = "谈心谈话"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Two people; whom it was with belongs to the unit."""
        if row["one_id"] and row["one_id"] == row["other_id"]:
            yield "other", "谈话人和谈话对象不能是同一人"
        if words := misplaced(row["other_id"], row["unit_id"], row["happened_on"]):
            yield "other", words
