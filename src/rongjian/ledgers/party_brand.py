"""党建品牌: a brand from its declaration to its naming and recheck; its effects are linked records."""

from __future__ import annotations

from django.db import models

from rongjian.records.flows import Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import VOID, Record

CULTIVATED = Flow(
    "cultivated",
    (
        State("declared", "已申报", "off", counted=True),
        State("cultivating", "培育中", "ok", counted=True),
        State("reviewing", "待验收", "warn", counted=True),
        State("named", "已命名", "done", counted=True),
        State("withdrawn", "已摘牌", "off", counted=False),
        State(VOID, "已作废", "off", counted=False),
    ),
    (
        Move("cultivate", "同意培育", ("declared",), "cultivating", "approve", by_another=True),
        Move("apply", "申请验收", ("cultivating",), "reviewing", "submit", needs=("effect",)),
        Move("name", "验收命名", ("reviewing",), "named", "approve", by_another=True),
        Move(
            "return",
            "继续培育",
            ("reviewing",),
            "cultivating",
            "approve",
            by_another=True,
            asks="原因",
        ),
        Move("withdraw", "复核摘牌", ("named",), "withdrawn", "void", asks="原因"),
        Move("void", "作废", ("declared", "cultivating"), VOID, "void", asks="原因"),
    ),
)


@kind(
    "party-brand",
    flow=CULTIVATED,
    access="activity",
    group="队伍建设",
    form=("title", "unit", "happened_on", "line", "meaning", "goal"),
    more=("key", "carrier", "effect", "rechecked_on", "campaign"),
    columns=("title", "line", "unit", "happened_on", "rechecked_on"),
    facts=("rechecked_on",),
)
class PartyBrand(Record):
    """One brand; the day of the record is the day it was declared."""

    title = models.CharField("品牌名称", max_length=60)
    meaning = models.CharField("内涵", max_length=200)
    goal = models.CharField("年度目标", max_length=200)
    carrier = models.CharField("载体", max_length=200, blank=True)
    effect = models.CharField("成效", max_length=400, blank=True)
    rechecked_on = models.DateField("复核日期", null=True, blank=True)

    class Meta:
        verbose_name = "党建品牌"
