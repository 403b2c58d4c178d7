"""What has become of something that is owed: one rule for one cell and for a whole region at once.

A state is never stored. It follows from the window, from how many records answered in time or later,
from what the unit declared (本期无, 说明原因), and from today. Arrays are units × windows, days are ordinals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, add_workdays

Numbers = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]
States = npt.NDArray[np.uint8]

NA, FUTURE, DUE, MISSED, DONE, LATE, EXCUSED = range(7)
STATES = ("na", "future", "due", "missed", "done", "late", "excused")
WORDS = ("不适用", "未到", "临期", "漏", "完成", "补录", "有因")
SIGNS = ("·", "○", "▲", "■", "✓", "◐", "◇")


@dataclass(frozen=True)
class Facts:
    """What the states of a block follow from; rows are units, columns windows.

    `owed` says where anything is owed at all, `answered` how many records answer, `in_time` how many
    of them were written down by the limit; `nil` and `nil_in_time` are declarations of 本期无.
    """

    owed: Marks
    answered: Numbers
    in_time: Numbers
    nil: Marks
    nil_in_time: Marks
    excused: Marks


AT_LEAST = 3
"""Working days before a limit from which it is about to end, however short its lead and long a holiday."""


def warns_on(ends_on: date, lead: int, overrides: Overrides = NO_OVERRIDES) -> date:
    """From when a limit is about to end: `lead` days before it, and three working days at least."""
    return min(ends_on - timedelta(days=lead), add_workdays(ends_on, -AT_LEAST, overrides))


def states(facts: Facts, warns_on: Numbers, due_on: Numbers, needed: int, today: date) -> States:
    """The state of every cell on a day; from `warns_on` to `due_on` an open one is about to end.

    A record comes before a declaration, a declaration before the calendar: so what is finished
    never turns overdue, whatever the day.
    """
    now = today.toordinal()
    of_the_calendar = np.where(now > due_on, MISSED, np.where(now >= warns_on, DUE, FUTURE))
    chosen: list[tuple[Any, Any]] = [
        (~facts.owed, NA),
        (facts.in_time >= needed, DONE),
        (facts.answered >= needed, LATE),
        (facts.nil_in_time, DONE),
        (facts.nil, LATE),
        (facts.excused, EXCUSED),
    ]
    conditions, values = zip(*chosen, strict=True)
    found: States = np.select(conditions, values, of_the_calendar[np.newaxis, :]).astype(np.uint8)
    return found


def days_words(state: int, ends_on: date, due_on: date, today: date) -> str:
    """How the limit stands to today, in words: 还有 3 天, 今天到期, 限 07-03 前记录, 已过 2 天."""
    if state == MISSED:
        return f"已过 {(today - due_on).days} 天"
    if state not in (DUE, FUTURE):
        return ""
    if today > ends_on:
        return f"{due_on:%m-%d} 前记录仍算按时"
    left = (ends_on - today).days
    return f"还有 {left} 天" if left else "今天到期"


def limit_words(state: int, done_on: date | None, due_on: date, today: date) -> str:
    """How one limit of a record stands to today: 还有 3 天, 已过 2 天, 逾期 2 天办结, 已办结."""
    if state == LATE and done_on is not None:
        return f"逾期 {(done_on - due_on).days} 天办结"
    if state in (DONE, LATE):
        return "已办结"
    return days_words(state, due_on, due_on, today)
