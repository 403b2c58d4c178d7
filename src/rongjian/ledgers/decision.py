"""议定事项: what a meeting decided, who answers for it and by when; followed until it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.access import visible
from rongjian.org.models import Person
from rongjian.records.flows import CLEARED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from rongjian.org.access import Actor

UNDONE = ("open", "working")


@kind(
    "decision",
    flow=CLEARED,
    access="activity",
    group="组织生活",
    form=("what", "unit", "happened_on", "owner", "due_on"),
    more=("result", "proof", "campaign", "line", "task_force", "key"),
    columns=("happened_on", "what", "owner", "due_on", "unit", "result"),
    facts=("due_on",),
    private=("what", "owner", "result", "proof"),
    headings={"happened_on": "议定日期"},
    aliases={"what": ("决议", "决定事项"), "due_on": ("时限", "办结时限")},
)
class MeetingDecision(Record):
    """One decision; the day of the record is the day of the meeting, which it is linked to."""

    what = models.CharField("议定事项", max_length=400)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="owns", verbose_name="责任人"
    )
    due_on = models.DateField("完成时限", null=True, blank=True)
    result = models.CharField("落实情况", max_length=400, blank=True)
    proof = models.CharField("办结依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "议定事项"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It is not due before it was decided."""
        if row["due_on"] and row["happened_on"] and row["due_on"] < row["happened_on"]:
            yield "due_on", f"完成时限早于议定日期 {row['happened_on']}"


def due_by(actor: Actor, day: date) -> list[MeetingDecision]:
    """What the actor answers for, or their own body decided, that is not done and due by a day."""
    units = [post.unit_id for post in actor.posts]
    rows = MeetingDecision._default_manager.filter(state__in=UNDONE, due_on__lte=day)
    near = rows.filter(models.Q(unit__in=units) | models.Q(owner=actor.person))
    return list(visible(actor, near, "edit").select_related("unit__court").order_by("due_on", "pk"))
