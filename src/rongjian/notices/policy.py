"""Who is told of what, how long before, how often again: `content/notices.yaml`, and when a moment has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from typing import TYPE_CHECKING

from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    Basis,
    ContentError,
    Position,
    load_section,
)
from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, add_workdays, workdays_between
from rongjian.notices.sources import SOURCES
from rongjian.org.access import roles

if TYPE_CHECKING:
    from datetime import date, datetime

    from rongjian.notices.subjects import Subject
    from rongjian.org.access import Actor

FILE = CONTENT / "notices.yaml"
EARLIEST, LATEST = time(8, 30), time(18)
"""Nothing is sent before or after, whatever the file says."""
LONGEST_LEAD = 3
NAMED, EVERYONE = "named", "everyone"


@dataclass(frozen=True)
class Rounds:
    """From when until when something is sent, how often a channel is tried, minutes between two tries."""

    begins: str
    ends: str
    tries: int
    minutes: int
    basis: Basis

    def __post_init__(self) -> None:
        if not EARLIEST <= self.opens < self.closes <= LATEST:
            raise ValueError("发送时间应在 08:30 与 18:00 之间，begins 早于 ends")
        if self.tries < 1 or self.minutes < 1:
            raise ValueError("tries、minutes 至少为 1")

    @property
    def opens(self) -> time:
        """The time of day from which digests are made."""
        return time.fromisoformat(self.begins)

    @property
    def closes(self) -> time:
        """The time of day from which nothing is sent any more."""
        return time.fromisoformat(self.ends)

    def holds(self, now: datetime) -> bool:
        """Whether something may be sent at this time of day."""
        return self.opens <= now.time() < self.closes


@dataclass(frozen=True)
class Entry:
    """One reason for telling somebody: of what, whom, how many working days before, when again."""

    code: str
    of: str
    name: str
    who: tuple[str, ...]
    lead: int
    basis: Basis
    again: tuple[int, ...] = ()
    within: int = 0
    way: str = ""
    where: Position = NOWHERE

    def __post_init__(self) -> None:
        if self.of not in SOURCES:
            raise ValueError(f"没有这种来源：{self.of}（可用：{'、'.join(SOURCES)}）")
        known = {NAMED, EVERYONE, *roles()}
        if not self.who or (strangers := [each for each in self.who if each not in known]):
            raise ValueError(
                f"who 应为 named、everyone 或角色代码：{'、'.join(strangers or ['空'])}"
            )
        if not 0 <= self.lead <= LONGEST_LEAD:
            raise ValueError(f"lead 应在 0 到 {LONGEST_LEAD} 个工作日之间：更早的提醒只会打扰")
        if (
            list(self.again) != sorted({*self.again})
            or min(self.again, default=0) <= -self.lead - 1
        ):
            raise ValueError("again 应从小到大、不重复，且不早于 lead")
        if self.within < 0:
            raise ValueError("within 不能为负")

    @property
    def moments(self) -> tuple[int, ...]:
        """The working days from the limit on which it is told, the earliest first."""
        return tuple(sorted({-self.lead, *self.again}))

    def tells(self, subject: Subject, actor: Actor) -> bool:
        """Whether the actor is one of those whom this entry means."""
        if EVERYONE in self.who or (NAMED in self.who and subject.person is None):
            return True
        if NAMED in self.who and subject.person == actor.person.pk:
            return True
        return any(
            post.role in self.who and post.unit_id == subject.unit.pk for post in actor.posts
        )

    def limit(self, subject: Subject, days: Overrides = NO_OVERRIDES) -> date:
        """Until when, on a working day: the subject's own limit, or so many days from its beginning."""
        day = subject.due_on or add_workdays(subject.since, self.within, days)
        if subject.within:
            return add_workdays(day + timedelta(days=1), -1, days)
        return add_workdays(day, 0, days)

    def moment(self, subject: Subject, today: date, days: Overrides = NO_OVERRIDES) -> int | None:
        """The last of the moments that have come by a working day; None before the first.

        Something that climbs a ladder of its own says its rung itself.
        """
        passed = workdays_between(self.limit(subject, days), today, days)
        if passed < -self.lead:
            return None
        if subject.rung is not None:
            return subject.rung
        return max(each for each in self.moments if each <= passed)

    def limit_words(self, subject: Subject, today: date, days: Overrides = NO_OVERRIDES) -> str:
        """How it stands to its limit: 6月24日，还有 2 个工作日; past it also what can be done."""
        if subject.due_on is None:
            waited = workdays_between(subject.since, today, days)
            came = f"{_day(subject.since)}报来"
            return f"{came}，已等 {waited} 个工作日" if waited > 0 else came
        limit = self.limit(subject, days)
        passed = workdays_between(limit, today, days)
        if passed > 0:
            told = f"{_day(limit)}到期，已过 {passed} 个工作日"
            return f"{told}。{self.way}" if self.way else told
        left = f"还有 {-passed} 个工作日" if passed else "今天到期"
        return f"{_day(limit)}，{left}" if passed else left

    def why(self, moment: int, subject: Subject) -> str:
        """Why it is told: 制度事项，期限前 3 个工作日提醒."""
        if subject.rung is not None or subject.due_on is None:
            return self.name
        if moment > 0:
            return f"{self.name}，过期限后第 {moment} 个工作日提醒"
        if moment == 0:
            return f"{self.name}，最后一天提醒"
        return f"{self.name}，期限前 {-moment} 个工作日内提醒一次"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


@cache
def rounds() -> Rounds:
    """When and how often something is sent; ContentError where the file does not say it once."""
    found = load_section(FILE, "rounds", Rounds)
    if len(found) != 1:
        raise ContentError(Position(FILE.name, 1), "rounds 应只有一项")
    return found[0]


@cache
def entries() -> tuple[Entry, ...]:
    """Every reason, in the order of the file."""
    return tuple(load_section(FILE, "entries", Entry))


def read_policy() -> None:
    """Read the whole file; ContentError names the first fault."""
    rounds()
    entries()
