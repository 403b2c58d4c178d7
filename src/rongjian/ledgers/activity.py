"""活动记录: meetings, lectures, theme days and joint activities of Party organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.ledgers.activity_types import ActivityType, activity_types
from rongjian.org.models import Person, UnitType
from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.link_models import Mode
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

HOLDERS = (
    UnitType.LEADING_GROUP,
    UnitType.ORGAN_COMMITTEE,
    UnitType.GENERAL_BRANCH,
    UnitType.BRANCH,
    UnitType.JOINT_BRANCH,
    UnitType.GROUP,
    UnitType.TEMPORARY_BRANCH,
)


@kind(
    "activity",
    flow=REVIEWED,
    access="activity",
    group="组织生活",
    form=("type", "unit", "happened_on", "topic"),
    more=(
        *("place", "chair", "recorder", "expected", "absent", "gist"),
        *("hosts", "mode", "task_force", "campaign", "line", "key"),
    ),
    columns=("happened_on", "type", "topic", "unit", "expected", "absent", "mode"),
    filters=("type", "mode"),
    facts=("type", "mode", "expected", "absent"),
    private=("gist", "chair", "recorder"),
    unit_types=HOLDERS,
    aliases={"gist": ("内容", "主要内容"), "place": ("会议地点",)},
)
class Activity(Record):
    """One activity; attendance is what the roster says minus who was absent.

    `expected` and `absent` are worked out by `meeting.py` where there is a roster and people were
    named, else they are as entered; `voting` is how many of the expected had a vote. What belongs to
    a meeting besides stands in rows of its own: `agenda.py`, `absence.py`, `decision.py`.
    """

    type = models.CharField("活动类型", max_length=20, choices=ActivityType)
    topic = models.CharField("主题", max_length=120)
    place = models.CharField("地点", max_length=60, blank=True)
    chair = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="chaired", verbose_name="主持人"
    )
    recorder = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="minuted", verbose_name="记录人"
    )
    starts_at = models.TimeField("开始时间", null=True, blank=True)
    ends_at = models.TimeField("结束时间", null=True, blank=True)
    expected = models.PositiveSmallIntegerField("应到", null=True, blank=True)
    absent = models.PositiveSmallIntegerField("缺席", default=0, blank=True)
    voting = models.PositiveSmallIntegerField("应到有表决权", null=True, blank=True)
    gist = models.TextField("内容要点", max_length=4000, blank=True)
    mode = models.CharField("模式", max_length=12, choices=Mode, blank=True)

    class Meta:
        verbose_name = "活动记录"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Nobody can be absent who was not expected, and no meeting ends before it began."""
        expected, absent = row["expected"], row["absent"] or 0
        if expected is not None and absent > expected:
            yield "absent", f"缺席 {absent} 人多于应到 {expected} 人"
        begun, ended = row.get("starts_at"), row.get("ends_at")
        if begun and ended and ended < begun:
            yield "ends_at", f"结束时间早于开始时间 {begun:%H:%M}"

    @classmethod
    def held_at(cls) -> tuple[str, Mapping[str, Collection[str]]]:
        """Which units hold which type: content/activities.yaml."""
        return "type", {code: rule.held_by for code, rule in activity_types().items()}
