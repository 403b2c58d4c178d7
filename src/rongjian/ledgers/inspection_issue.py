"""巡视巡察整改: issues found by an inspection, from taking up to close-out and look-back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import VOID, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Closing takes proof and somebody else (形式销号 is what inspections warn of); after the look-back
# an issue either stays closed or is worked on again.
RECTIFIED = Flow(
    "rectified",
    (
        State("found", "已反馈", "off", counted=True),
        State("planned", "方案已定", "ok", counted=True),
        State("working", "整改中", "ok", counted=True),
        State("claimed", "待复核", "warn", counted=True),
        State("closed", "已销号", "done", counted=True),
        State("looked_back", "已回头看", "done", counted=True),
        State(VOID, "已作废", "off", counted=False),
    ),
    (
        Move("plan", "审定方案", ("found",), "planned", "approve", needs=("measures",)),
        Move("start", "开始整改", ("planned",), "working", "edit"),
        Move("claim", "申请销号", ("working",), "claimed", "submit", needs=("result", "proof")),
        Move("close", "复核销号", ("claimed",), "closed", "approve", by_another=True),
        Move(
            "return", "退回整改", ("claimed",), "working", "approve", by_another=True, asks="原因"
        ),
        Move("look_back", "回头看", ("closed",), "looked_back", "finalise", by_another=True),
        Move("reopen", "重新整改", ("closed", "looked_back"), "working", "finalise", asks="原因"),
        Move("void", "作废", ("found", "planned", "working"), VOID, "void", asks="原因"),
    ),
)


class InspectionSource(models.TextChoices):
    """Which inspection found it."""

    CENTRAL = "central", "中央巡视"
    REGION = "region", "自治区党委巡视"
    CITY = "city", "市委巡察"
    SYSTEM = "system", "系统内巡视"
    SELF = "self", "自查"


class Area(models.TextChoices):
    """In what area the issue lies."""

    POLITICS = "politics", "政治建设"
    CASEWORK = "casework", "司法办案"
    CONDUCT = "conduct", "纪律作风"
    TEAM = "team", "班子队伍"
    PARTY = "party", "基层党建"
    MONEY = "money", "经费资产"


@kind(
    "inspection-issue",
    flow=RECTIFIED,
    access="measure",
    group="监督整改",
    form=("title", "unit", "happened_on", "source", "area", "rectify_by"),
    more=("key", "round", "measures", "owner", "result", "proof", "rules_made"),
    columns=("happened_on", "source", "area", "title", "unit", "rectify_by"),
    filters=("source", "area"),
    facts=("source", "area", "rectify_by", "rules_made"),
)
class InspectionIssue(Record):
    """One issue; the day of the record is the day it was told to the unit."""

    title = models.CharField("具体问题", max_length=200)
    source = models.CharField("来源", max_length=8, choices=InspectionSource)
    area = models.CharField("领域", max_length=12, choices=Area)
    round = models.CharField("轮次", max_length=40, blank=True)
    measures = models.CharField("整改措施", max_length=400, blank=True)
    owner = models.CharField("责任部门和责任人职务", max_length=60, blank=True)
    rectify_by = models.DateField("整改时限")
    result = models.CharField("整改结果", max_length=400, blank=True)
    proof = models.CharField("销号依据", max_length=200, blank=True)
    rules_made = models.PositiveSmallIntegerField("建章立制（项）", default=0, blank=True)

    class Meta:
        verbose_name = "巡视巡察整改"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It is not due before it was told."""
        if row["rectify_by"] and row["happened_on"] and row["rectify_by"] < row["happened_on"]:
            yield "rectify_by", f"整改时限早于反馈日期 {row['happened_on']}"
