"""联系企业: a leader's contact with one enterprise or project, its needs and what was solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.models import Person
from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import Deed, kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Need(models.TextChoices):
    """What an enterprise asks for."""

    LEGAL_ADVICE = "legal_advice", "法律咨询"
    COMPLIANCE = "compliance", "合规建设"
    CASE = "case", "涉案事项依法办理"
    INTELLECTUAL_PROPERTY = "ip", "知识产权保护"
    COORDINATION = "coordination", "协调有关部门"
    OTHER = "other", "其他"


@kind(
    "enterprise-contact",
    flow=REVIEWED,
    access="work",
    group="服务大局",
    form=("enterprise", "unit", "happened_on", "need", "demands", "leader"),
    more=("key", "campaign", "line", "demand", "solved", "solved_on", "confirmed_on"),
    columns=("enterprise", "happened_on", "need", "demands", "solved", "unit", "confirmed_on"),
    filters=("need",),
    facts=("need", "demands", "solved", "solved_on", "confirmed_on"),
    deed=Deed(name=("enterprise",)),
    private=("demand",),
)
class EnterpriseContact(Record):
    """One contact: needs raised → solved → confirmed by the enterprise."""

    enterprise = models.CharField("企业或项目", max_length=80)
    leader = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contacts",
        verbose_name="联系领导",
    )
    need = models.CharField("需求类别", max_length=16, choices=Need)
    demands = models.PositiveSmallIntegerField("提出需求（个）", default=1)
    demand = models.CharField("需求内容", max_length=400, blank=True)
    solved = models.PositiveSmallIntegerField("已解决（个）", default=0, blank=True)
    solved_on = models.DateField("解决日期", null=True, blank=True)
    confirmed_on = models.DateField("企业确认日期", null=True, blank=True)

    class Meta:
        verbose_name = "联系企业"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """No more is solved than was raised, and nothing is confirmed before it is solved."""
        if row["demands"] is not None and (row["solved"] or 0) > row["demands"]:
            yield "solved", f"已解决 {row['solved']} 个多于提出需求 {row['demands']} 个"
        if row["confirmed_on"] and not row["solved_on"]:
            yield "confirmed_on", "企业确认之前，请先填写解决日期"
        if row["solved_on"] and row["happened_on"] and row["solved_on"] < row["happened_on"]:
            yield "solved_on", f"解决日期早于联系日期 {row['happened_on']}"
