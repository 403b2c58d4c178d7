"""案例培育: a case on its way to being published as an example, level by level up the tree."""

from __future__ import annotations

from django.db import models

from rongjian.ledgers.model_case import Grade
from rongjian.records.flows import Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import VOID, Record

NOMINATED = Flow(
    "nominated",
    (
        State("lead", "线索", "off", counted=True),
        State("cultivating", "培育中", "ok", counted=True),
        State("court", "本院评审通过", "ok", counted=True),
        State("city", "市院推荐", "ok", counted=True),
        State("region", "自治区院推荐", "ok", counted=True),
        State("national", "最高检评审中", "warn", counted=True),
        State("published", "已发布", "done", counted=True),
        State("dropped", "未入选", "off", counted=False),
        State(VOID, "已作废", "off", counted=False),
    ),
    (
        Move("cultivate", "列入培育", ("lead",), "cultivating", "edit"),
        Move("pass", "本院评审通过", ("cultivating",), "court", "approve", needs=("gist",)),
        Move("city", "市院推荐", ("court",), "city", "approve", by_another=True),
        Move("region", "自治区院推荐", ("court", "city"), "region", "approve", by_another=True),
        Move("national", "报最高检", ("region",), "national", "approve", by_another=True),
        Move("publish", "已发布", ("city", "region", "national"), "published", "approve"),
        Move(
            "drop",
            "未入选",
            ("cultivating", "court", "city", "region", "national"),
            "dropped",
            "approve",
            asks="原因",
        ),
        Move("void", "作废", ("lead", "cultivating"), VOID, "void", asks="原因"),
    ),
)


@kind(
    "case-nomination",
    flow=NOMINATED,
    access="work",
    group="服务大局",
    form=("title", "unit", "happened_on", "grade", "line", "keywords"),
    more=("key", "campaign", "gist", "guidance"),
    columns=("happened_on", "title", "grade", "line", "unit"),
    filters=("grade",),
    facts=("grade",),
)
class CaseNomination(Record):
    """One case being worked up; when it is published it also becomes a model case, linked."""

    title = models.CharField("案例名称", max_length=120)
    grade = models.CharField("拟报等次", max_length=12, choices=Grade)
    keywords = models.CharField("关键词", max_length=80, blank=True)
    gist = models.CharField("要旨", max_length=400, blank=True)
    guidance = models.CharField("指导意义", max_length=400, blank=True)

    class Meta:
        verbose_name = "案例培育"
