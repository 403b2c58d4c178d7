"""The types of activities with their rules (content/activities.yaml), and what follows from numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from django.db import models

from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_section
from rongjian.org.models import UnitType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "activities.yaml"


class ActivityType(models.TextChoices):
    """What kind of activity it was (三会一课 and what stands beside them)."""

    MEMBER_MEETING = "member_meeting", "支部党员大会"
    COMMITTEE_MEETING = "committee_meeting", "支部委员会"
    GROUP_MEETING = "group_meeting", "党小组会"
    PARTY_LECTURE = "party_lecture", "党课"
    THEME_DAY = "theme_day", "主题党日"
    ORG_LIFE_MEETING = "org_life_meeting", "组织生活会"
    APPRAISAL = "appraisal", "民主评议党员"
    LEADING_GROUP = "leading_group", "党组会"
    ORGAN_COMMITTEE = "organ_committee", "机关党委会议"
    FIRST_ITEM = "first_item", "第一议题学习"
    CENTRE_GROUP = "centre_group_study", "中心组学习"
    DEMOCRATIC_LIFE = "democratic_life", "民主生活会"
    BUSINESS_REVIEW = "business_review", "双月业务分析会"
    WARNING_EDUCATION = "warning_education", "警示教育"
    JOINT = "joint_activity", "支部联建"
    ELECTION = "election", "换届选举"
    ADMISSION = "admission", "发展党员"
    DISCIPLINE = "discipline", "党纪处分"
    FEE_COLLECTION = "fee_collection", "党费收缴"


class ItemKind(models.TextChoices):
    """What an item of an agenda is; the 第一议题 stands first and names what was studied."""

    FIRST_ITEM = "first_item", "第一议题"
    STUDY = "study", "学习"
    REPORT = "report", "通报汇报"
    DISCUSSION = "discussion", "讨论"
    VOTE = "vote", "表决"


@dataclass(frozen=True)
class Share:
    """A share as the rule writes it (1/2, 4/5); what it asks for is strictly more."""

    part: int
    whole: int

    @classmethod
    def from_content(cls, text: str) -> Share:
        """The share; ValueError where it is none between 0 and 1."""
        found = re.fullmatch(r"([1-9])/([1-9])", text)
        if found is None or int(found[1]) >= int(found[2]):
            raise ValueError(f"“{text}”不是 1/2 这样的比例")
        return cls(int(found[1]), int(found[2]))

    def exceeded(self, number: int, total: int) -> bool:
        """Whether so many of so many are more than the share; of nobody there is no majority."""
        return number * self.whole > total * self.part

    @property
    def words(self) -> str:
        """The share as people say it."""
        return "半数" if (self.part, self.whole) == (1, 2) else f"{self.whole}分之{self.part}"


@dataclass(frozen=True)
class Quorum:
    """From how many present on a meeting can decide, and of whom they are counted."""

    of: Literal["voters", "expected"]
    over: Share


@dataclass(frozen=True)
class TypeRule:
    """One type with its rules; what is left out plays no part in it."""

    code: str
    held_by: tuple[str, ...]
    expected: Literal["members", "committee", "counted"]
    basis: Basis
    quorum: Quorum | None = None
    majority: Share | None = None
    agenda: tuple[str, ...] = ()
    settled: bool = True
    where: Position = field(default=NOWHERE, compare=False)

    @property
    def votes(self) -> bool:
        """Whether votes are taken."""
        return self.majority is not None

    @property
    def name(self) -> str:
        """What the type is called."""
        return str(ActivityType(self.code).label)


@cache
def activity_types() -> Mapping[str, TypeRule]:
    """The product's own types by code, read once."""
    return load_activity_types()


def load_activity_types(content: Path = CONTENT) -> Mapping[str, TypeRule]:
    """Every type by code; ContentError where one is unknown, missing or names what is not there."""
    found = {rule.code: rule for rule in load_section(content / FILE, "types", TypeRule)}
    for rule in found.values():
        known = (
            ({rule.code}, ActivityType.values, "活动类型"),
            (set(rule.held_by), UnitType.values, "单位类型"),
            (set(rule.agenda), ItemKind.values, "议程类别"),
        )
        for said, allowed, what in known:
            if strange := said - set(allowed):
                raise ContentError(rule.where, f"没有{what}“{'、'.join(sorted(strange))}”")
    if missing := [code for code in ActivityType.values if code not in found]:
        raise ContentError(Position(FILE, 1), f"缺少活动类型：{'、'.join(missing)}")
    return found


# --- who is there, and what they can decide --------------------------------------------------------


@dataclass(frozen=True)
class Attendance:
    """The numbers of one meeting; those of voters are None where nobody knows them."""

    expected: int | None
    absent: int
    voters: int | None = None
    voters_absent: int = 0

    @property
    def present(self) -> int | None:
        """How many were there."""
        return None if self.expected is None else self.expected - self.absent

    @property
    def voting(self) -> int | None:
        """How many were there with a vote."""
        return None if self.voters is None else self.voters - self.voters_absent


def quorate(rule: TypeRule, held: Attendance) -> bool | None:
    """Whether enough were present to decide; None where the type decides nothing or it is unknown."""
    if rule.quorum is None:
        return None
    voters = rule.quorum.of == "voters" and held.voters is not None
    present, total = (held.voting, held.voters) if voters else (held.present, held.expected)
    if present is None or not total:
        return None
    return rule.quorum.over.exceeded(present, total)


def carried(rule: TypeRule, held: Attendance, in_favour: int) -> bool | None:
    """Whether so many votes carry an item: of those due to vote, not of those who came."""
    total = held.voters if held.voters is not None else held.expected
    if rule.majority is None or not total:
        return None
    return bool(quorate(rule, held)) and rule.majority.exceeded(in_favour, total)


def vote_fault(held: Attendance, votes: tuple[int, int, int]) -> str:
    """What cannot be about the votes in favour, against and abstained; "" where nothing is wrong."""
    cast = sum(votes)
    there = held.voting if held.voters is not None else held.present
    if min(votes) < 0:
        return "票数不能是负数"
    if there is not None and cast != there:
        return f"赞成、反对、弃权合计 {cast} 票，与实到有表决权的 {there} 人不符"
    return ""
