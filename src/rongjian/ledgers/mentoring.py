"""结对带教: who guides whom from when to when, what for, and the word at its end."""

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


@kind(
    "mentoring",
    flow=FILED,
    access="own_deed",
    group="党员先锋",
    form=("mentor", "mentee", "unit", "happened_on", "until", "goals"),
    more=("closing", "line", "key"),
    columns=("mentor", "mentee", "goals", "unit", "happened_on", "until"),
    facts=("until",),
    private=("mentor", "mentee", "goals", "closing"),
)
class Mentoring(Record):
    """One pair; the day of the record is the day on which it began."""

    mentor = models.ForeignKey(Person, models.PROTECT, related_name="guides", verbose_name="带教人")
    mentee = models.ForeignKey(
        Person, models.PROTECT, related_name="guided_by", verbose_name="带教对象"
    )
    until = models.DateField("带教至", null=True, blank=True)
    goals = models.CharField("带教目标", max_length=200)
    closing = models.CharField("结对小结", max_length=300, blank=True)

    # Rows about people: whom they are about may read them, nobody above the own procuratorate.
    access_subject = ("mentor", "mentee")
    member_field = "mentee"

    class Meta:
        verbose_name = "结对带教"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Two people of the procuratorate; the one who is guided belongs to the unit."""
        if row["mentor_id"] and row["mentor_id"] == row["mentee_id"]:
            yield "mentee", "带教人和带教对象不能是同一人"
        if words := misplaced(row["mentee_id"], row["unit_id"], row["happened_on"]):
            yield "mentee", words
        if row["until"] and row["happened_on"] and row["until"] < row["happened_on"]:
            yield "until", f"带教截止日期早于开始日期 {row['happened_on']}"
