"""办案人员: decisions on persons in criminal cases, de-identified when they enter."""

from __future__ import annotations

from django.db import models

from rongjian.org.models import Person
from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class Decision(models.TextChoices):
    """The decision the row is about."""

    ARRESTED = "arrested", "批准逮捕"
    NOT_ARRESTED = "not_arrested", "不批准逮捕"
    PROSECUTED = "prosecuted", "起诉"
    NOT_PROSECUTED = "not_prosecuted", "不起诉"


@kind(
    "handled-person",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "decision", "happened_on", "charge", "campaign"),
    more=("line", "task_force", "handler", "note"),
    columns=("key", "handler", "charge", "unit", "decision", "happened_on", "task_force"),
    filters=("decision",),
    facts=("decision",),
    private=("handler", "note"),
)
class HandledPerson(Record):
    """One decision on one person, under a surrogate number; no name, no case number, no facts."""

    decision = models.CharField("决定", max_length=16, choices=Decision)
    charge = models.CharField("罪名类别", max_length=40)
    handler = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="handled",
        verbose_name="承办人",
    )
    note = models.CharField("备注", max_length=200, blank=True)

    access_handler = "handler"

    class Meta:
        verbose_name = "办案人员"
