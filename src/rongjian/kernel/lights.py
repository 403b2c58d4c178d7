"""The light of something that was deployed: one function for a list, a tree, a reminder and a bulletin.

A light is never stored. It follows from when the matter opens and ends, from what became of it, and from
today; days are working days of the office that deployed it. A matter that was handed in waits for its
reviewer and does not grow redder meanwhile; sent back, it may be handed in again within `AFTER_RETURN`
working days even where the limit has passed, since the wait was not the unit's. What is finished stays so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, add_workdays, workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

AFTER_RETURN = 3
"""Working days for handing in again what was sent back."""


class Lamp(IntEnum):
    """The states of a light, from the best to the worst.

    What was handed in is nearer to its end than what is not: a whole of which one part waits for its
    reviewer still says how the others stand to their limits.
    """

    DONE = 0
    EXCUSED = 1
    WAITING = 2
    FUTURE = 3
    OK = 4
    DUE = 5
    OVERDUE = 6

    @property
    def word(self) -> str:
        """What the light is called on a page."""
        return _WORDS[self]

    @property
    def sign(self) -> str:
        """The shape that stands beside the word, so that colour is never alone."""
        return _SIGNS[self]

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something."""
        return self not in (Lamp.DONE, Lamp.EXCUSED)


_WORDS = {
    Lamp.DONE: "办结",
    Lamp.EXCUSED: "有因",
    Lamp.WAITING: "待审核",
    Lamp.FUTURE: "未开始",
    Lamp.OK: "正常",
    Lamp.DUE: "临期",
    Lamp.OVERDUE: "逾期",
}
_SIGNS = dict(zip(_WORDS, "✓◇●○●▲■", strict=True))


@dataclass(frozen=True)
class Course:
    """What has become of a matter at one unit.

    `due_on` is the limit in force, extensions included; `first_in_on` the first handing in, `handed_in_on`
    the last (None while it is back with the unit), `returned_on` the last time it was sent back,
    `accepted_on` when somebody else accepted it.
    """

    opens_on: date
    due_on: date
    handed_in_on: date | None = None
    returned_on: date | None = None
    accepted_on: date | None = None
    excused: bool = False
    first_in_on: date | None = None


@dataclass(frozen=True)
class Light:
    """A light with the working days that are left, or have gone by."""

    lamp: Lamp
    days: int = 0
    late: int = 0

    @property
    def words(self) -> str:
        """The light in words: 剩3个工作日, 今天到期, 逾期1天; what came late says so."""
        if self.lamp is Lamp.OVERDUE:
            return f"逾期{self.days}天" if self.days else "刚过期限"
        if self.lamp is Lamp.DUE:
            return f"剩{self.days}个工作日" if self.days else "今天到期"
        return f"{self.lamp.word}（迟{self.late}天）" if self.late else self.lamp.word


def limit_of(course: Course, overrides: Overrides = NO_OVERRIDES) -> date:
    """Until when it may be handed in: a day off runs on to the next working day."""
    limit = add_workdays(course.due_on, 0, overrides)
    if course.returned_on is None:
        return limit
    return max(limit, add_workdays(course.returned_on, AFTER_RETURN, overrides))


def light(
    course: Course, today: date, warns: int = 3, overrides: Overrides = NO_OVERRIDES
) -> Light:
    """The light of a matter on a day; it warns from `warns` working days before the limit."""
    late = late_days(course, overrides)
    if course.accepted_on is not None:
        return Light(Lamp.DONE, late=late)
    if course.excused:
        return Light(Lamp.EXCUSED)
    if course.handed_in_on is not None:
        return Light(Lamp.WAITING, late=late)
    limit = limit_of(course, overrides)
    if today > limit:
        return Light(Lamp.OVERDUE, workdays_between(limit, today, overrides))
    if today < course.opens_on:
        return Light(Lamp.FUTURE)
    left = workdays_between(today, limit, overrides)
    return Light(Lamp.DUE if left <= warns else Lamp.OK, left)


def late_days(course: Course, overrides: Overrides = NO_OVERRIDES) -> int:
    """How many working days after its limit it was handed in; 0 where in time, or not at all.

    The days that follow a return excuse nothing that came late the first time.
    """
    if course.handed_in_on is None:
        return 0
    again = workdays_between(limit_of(course, overrides), course.handed_in_on, overrides)
    first = workdays_between(
        add_workdays(course.due_on, 0, overrides),
        course.first_in_on or course.handed_in_on,
        overrides,
    )
    return max(0, again, first if course.first_in_on or not course.returned_on else 0)


def worst(lights: Iterable[Light]) -> Light:
    """The light of what has parts: its worst open part; finished when every part is.

    Of equal lamps the most days over, or the fewest days left, come first. ValueError without a part.
    """
    return max(lights, key=_badness)


def _badness(each: Light) -> tuple[int, int]:
    return each.lamp, each.days if each.lamp is Lamp.OVERDUE else -each.days


def climbed(now: Light, ladder: tuple[int, ...]) -> int:
    """How many steps of a ladder of working days after the limit a light has reached; 0 for none.

    Only what is overdue climbs: a matter handed in, finished or excused stays where it is.
    """
    return sum(step <= now.days for step in ladder) if now.lamp is Lamp.OVERDUE else 0
