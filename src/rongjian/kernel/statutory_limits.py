"""Limits of time set by law: which run in a case, until when, and whether they were kept.

Events and limits are declared in `content/statutory-limits.yaml`. Counting follows 刑事诉讼法 第105条:
the day of the event is not counted, and a limit that ends on a day off ends on the next working
day, but never where somebody is in custody.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    Basis,
    ContentError,
    Position,
    load_section,
)
from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, add_workdays

FILE = CONTENT / "statutory-limits.yaml"
SOON = 3
"""Days before its end from which a running limit warns."""


@dataclass(frozen=True)
class CaseEventName:
    """Something that happens in a case."""

    code: str
    name: str


@dataclass(frozen=True)
class Longer:
    """An event that lengthens a limit, by so many days."""

    event: str
    days: int


@dataclass(frozen=True)
class Limit:
    """One limit: it runs from any of some events until any of others, in the cases it is for.

    `ours` is false where somebody else has to act; `most` is how often it may run in one case.
    """

    code: str
    name: str
    basis: Basis
    starts: tuple[str, ...]
    until: tuple[str, ...]
    when: Mapping[str, bool] = field(default_factory=dict)
    days: int = 0
    months: int = 0
    custody: bool = False
    ours: bool = True
    most: int = 0
    longer: Longer | None = None
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if bool(self.days) is bool(self.months):
            raise ValueError("期限应当写 days 或 months 之一")

    def end(self, start: date, *, longer: bool, overrides: Overrides = NO_OVERRIDES) -> date:
        """The last day of the limit when it starts on a day; `longer` when it was lengthened."""
        due = _months_later(start, self.months) if self.months else start + _days(self.days)
        if longer and self.longer:
            due += _days(self.longer.days)
        return due if self.custody else add_workdays(due, 0, overrides)


@dataclass(frozen=True)
class Clock:
    """A limit as it runs or ran: since when, until when, when it was ended, and its lamp."""

    limit: Limit
    started: date
    due: date
    ended: date | None
    lamp: str
    words: str


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or that month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def event_names() -> Mapping[str, str]:
    """What may happen in a case, by code, in the order of the file."""
    return {event.code: event.name for event in load_section(FILE, "events", CaseEventName)}


@cache
def limits() -> Mapping[str, Limit]:
    """Every limit by its code; an event that no limit can know stops the start."""
    found = load_section(FILE, "limits", Limit)
    for limit in found:
        longer = (limit.longer.event,) if limit.longer else ()
        for event in (*limit.starts, *limit.until, *longer):
            if event not in event_names():
                raise ContentError(limit.where, f"没有代码为“{event}”的办案节点")
    return {limit.code: limit for limit in found}


def clocks(
    events: Iterable[tuple[str, date]],
    about: Mapping[str, bool],
    today: date,
    overrides: Overrides = NO_OVERRIDES,
) -> list[Clock]:
    """The limits that ran in a case with these events, in the order in which they began.

    `about` says what the case is (`detained`, `major` …); what is not said is taken as false. An
    end counts for the last start before it, and two limits of one kind never run at once.
    """
    told = sorted(events, key=lambda event: event[1])
    found = [
        clock
        for limit in limits().values()
        if all(about.get(name, False) is wanted for name, wanted in limit.when.items())
        for clock in _of_limit(limit, told, today, overrides)
    ]
    return sorted(found, key=lambda clock: (clock.started, clock.due, clock.limit.code))


def _of_limit(
    limit: Limit, told: Sequence[tuple[str, date]], today: date, overrides: Overrides
) -> list[Clock]:
    found = []
    starts = [day for event, day in told if event in limit.starts]
    for place, start in enumerate(starts):
        stop = starts[place + 1] if place + 1 < len(starts) else None
        inside = [
            (event, day) for event, day in told if day >= start and (stop is None or day < stop)
        ]
        ended = min((day for event, day in inside if event in limit.until), default=None)
        longer = any(limit.longer and event == limit.longer.event for event, _ in inside)
        due = limit.end(start, longer=longer, overrides=overrides)
        lamp, words = _status(due, ended, stop, today)
        if limit.most and place >= limit.most:
            lamp, words = "bad", f"第 {place + 1} 次，超过 {limit.most} 次"
        found.append(Clock(limit, start, due, ended, lamp, words))
    return found


def _status(due: date, ended: date | None, stop: date | None, today: date) -> tuple[str, str]:
    """(lamp, words) of a limit: kept, late, running, or cut short by a new start."""
    if ended is not None:
        late = (ended - due).days
        return ("bad", f"超期 {late} 天办结") if late > 0 else ("done", "期限内办结")
    if stop is not None:
        return "off", "已重新起算"
    left = (due - today).days
    if left < 0:
        return "bad", f"已超期 {-left} 天"
    return ("warn" if left <= SOON else "ok"), ("今天到期" if left == 0 else f"剩 {left} 天")
