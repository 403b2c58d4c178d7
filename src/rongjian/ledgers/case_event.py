"""办案节点: what happened in a case and when, under the case's surrogate number."""

from __future__ import annotations

from django.db import models

from rongjian.kernel.statutory_limits import event_names
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


def event_choices() -> list[tuple[str, str]]:
    """The declared events, for the form, the import and the lists."""
    return list(event_names().items())


@kind(
    "case-event",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("case_key", "unit", "event", "happened_on"),
    more=("key", "line", "note"),
    columns=("case_key", "event", "happened_on", "unit"),
    filters=("event",),
    facts=("event",),
    private=("note",),
    aliases={"case_key": ("案件编号", "内部编号")},
)
class CaseEvent(Record):
    """One event; the day of the record is the day it happened."""

    case_key = models.CharField("案件编号", max_length=120, db_index=True)
    event = models.CharField("节点", max_length=40, choices=event_choices)
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "办案节点"
