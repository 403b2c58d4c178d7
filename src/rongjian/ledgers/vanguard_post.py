"""先锋岗: a Party member's post tied to a task force or a case, with the deed that came of it."""

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
    "vanguard-post",
    flow=FILED,
    access="own_deed",
    group="党员先锋",
    form=("person", "unit", "happened_on", "title", "task_force", "deed"),
    more=("ended_on", "campaign", "line", "key"),
    columns=("person", "title", "unit", "happened_on", "ended_on", "task_force"),
    facts=("ended_on",),
    private=("person", "title", "deed"),
)
class VanguardPost(Record):
    """One post of one person; the day of the record is the day it was set up."""

    person = models.ForeignKey(
        Person, models.PROTECT, related_name="vanguard_posts", verbose_name="党员"
    )
    title = models.CharField("岗位", max_length=60)
    deed = models.CharField("岗位上办成的事", max_length=300, blank=True)
    ended_on = models.DateField("撤岗日期", null=True, blank=True)

    # Rows about a person: whom they are about may read them, nobody above the own procuratorate.
    access_subject = "person"
    member_field = "person"

    class Meta:
        verbose_name = "先锋岗"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The member belongs to the unit, and the post ends after it began."""
        if words := misplaced(row["person_id"], row["unit_id"], row["happened_on"]):
            yield "person", words
        if row["ended_on"] and row["happened_on"] and row["ended_on"] < row["happened_on"]:
            yield "ended_on", f"撤岗日期早于设岗日期 {row['happened_on']}"
