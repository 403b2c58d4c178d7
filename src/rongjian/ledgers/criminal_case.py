"""刑事案件: criminal cases by surrogate number; the limits of time follow from their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from rongjian.kernel.statutory_limits import clocks
from rongjian.ledgers.case_event import CaseEvent
from rongjian.org.models import Person
from rongjian.records.flows import FILED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import VOID, Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.kernel.statutory_limits import Clock


class CaseType(models.TextChoices):
    """What the procuratorate was asked to do first."""

    ARREST = "arrest", "审查逮捕"
    PROSECUTION = "prosecution", "审查起诉"
    SUPERVISION = "supervision", "立案和侦查监督"
    EXECUTION = "execution", "刑事执行监督"
    COMPLAINT = "complaint", "控告申诉"


@kind(
    "criminal-case",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "type", "happened_on", "charge", "detained"),
    more=("major", "enterprise", "line", "campaign", "task_force", "handler", "note"),
    columns=("key", "type", "charge", "unit", "happened_on", "detained", "handler"),
    filters=("type", "detained", "enterprise"),
    facts=("type", "detained", "major", "enterprise"),
    deed=Deed(days=92, numbered=True),
    private=("handler", "note"),
)
class CriminalCase(Record):
    """One case; the day of the record is the day it was received. No name, no case number."""

    type = models.CharField("案件类型", max_length=12, choices=CaseType)
    charge = models.CharField("罪名类别", max_length=40)
    detained = models.BooleanField("犯罪嫌疑人在押", default=False)
    major = models.BooleanField("重大复杂", default=False)
    enterprise = models.BooleanField("涉民营企业", default=False)
    handler = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name="承办人",
    )
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "刑事案件"

    def clocks(self, today: date) -> Sequence[Clock]:
        """The limits that the events entered under this case's number set running."""
        told = CaseEvent._default_manager.filter(case_key=self.key).exclude(state=VOID)
        events = told.values_list("event", "happened_on") if self.key else ()
        return clocks(events, {"detained": self.detained, "major": self.major}, today)
