"""活动记录: meetings, lectures, theme days and joint activities of Party organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.flows import REVIEWED
from rongjian.records.kinds import kind
from rongjian.records.models import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ActivityType(models.TextChoices):
    """What kind of activity it was (三会一课 and what stands beside them)."""

    MEMBER_MEETING = "member_meeting", "支部党员大会"
    COMMITTEE_MEETING = "committee_meeting", "支部委员会"
    GROUP_MEETING = "group_meeting", "党小组会"
    PARTY_LECTURE = "party_lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    ORG_LIFE_MEETING = "org_life_meeting", "组织生活会"
    FIRST_ITEM = "first_item", "第一议题学习"
    CENTRE_GROUP = "centre_group_study", "中心组学习"
    JOINT = "joint_activity", "支部联建"
    ELECTION = "election", "换届选举"
    ADMISSION = "admission", "发展党员"
    DISCIPLINE = "discipline", "党纪处分"
    FEE_COLLECTION = "fee_collection", "党费收缴"


class Mode(models.TextChoices):
    """The four modes of 「党建+」."""

    SERVICE = "service", "党建+服务"
    SUPERVISION = "supervision", "党建+监督"
    TEAM = "team", "党建+队伍"
    INTERNET = "internet", "党建+互联网"


@kind(
    "activity",
    flow=REVIEWED,
    access="activity",
    group="组织生活",
    form=("unit", "type", "happened_on", "topic", "absent", "resolution"),
    more=("key", "hosts", "expected", "mode", "task_force", "campaign", "line", "no_link_reason"),
    columns=("happened_on", "type", "topic", "unit", "expected", "absent", "mode"),
    filters=("type", "mode"),
    facts=("type", "mode", "expected", "absent"),
    private=("resolution",),
)
class Activity(Record):
    """One activity; attendance is what the roster says minus who was absent."""

    type = models.CharField("活动类型", max_length=20, choices=ActivityType)
    topic = models.CharField("主题", max_length=120)
    expected = models.PositiveSmallIntegerField("应到", null=True, blank=True)
    absent = models.PositiveSmallIntegerField("缺席", default=0, blank=True)
    resolution = models.CharField("议定事项", max_length=400, blank=True)
    mode = models.CharField("模式", max_length=12, choices=Mode, blank=True)
    no_link_reason = models.CharField("确无业务关联的说明", max_length=120, blank=True)

    class Meta:
        verbose_name = "活动记录"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Nobody can be absent who was not expected."""
        expected, absent = row["expected"], row["absent"] or 0
        if expected is not None and absent > expected:
            yield "absent", f"缺席 {absent} 人多于应到 {expected} 人"
