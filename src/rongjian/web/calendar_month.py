"""The calendar as a month: the days with what ends on them, what was held, what is planned.

What is of a record stands there only for whoever may view the record.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from rongjian.kernel.dues import DUE, EXCUSED, FUTURE, MISSED, NA, SIGNS, STATES, WORDS
from rongjian.kernel.periods import Month
from rongjian.kernel.workdays import is_arranged, is_workday
from rongjian.org.access import visible
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID
from rongjian.records.queries import about
from rongjian.web.calendar_rows import record_line
from rongjian.web.due_cells import name_of, words_of
from rongjian.web.listing import changed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.http import QueryDict

    from rongjian.kernel.workdays import Overrides
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.regimes.deadlines import RecordDue
    from rongjian.regimes.dues import Due

_WORST = (MISSED, DUE, FUTURE, EXCUSED)
_SATURDAY = 5


@dataclass(frozen=True)
class Entry:
    """One thing on a day: its sign and state, what it is, said in full, and where it leads."""

    state: str
    sign: str
    words: str
    said: str
    url: str


@dataclass(frozen=True)
class Day:
    """A day of the grid; `mark` says 休 or 班 where that is not what the weekday says."""

    day: date
    inside: bool
    today: bool
    off: bool
    mark: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class MonthView:
    """The weeks of a month, with the way to the months before and after."""

    words: str
    weeks: tuple[tuple[Day, ...], ...]
    before: str
    after: str
    caution: str


@dataclass(frozen=True)
class Dot:
    """A month in the strip above the list of a phone: the worst state of what ends in it."""

    words: str
    state: str
    sign: str
    said: str
    url: str


def month_of(
    actor: Actor,
    unit: Unit,
    month: Month,
    dues: Sequence[Due],
    asked: Iterable[RecordDue],
    overrides: Overrides,
    query: QueryDict,
) -> MonthView:
    """A unit's month, from what it owes in the year and what its records ask for."""
    entries: dict[date, list[Entry]] = defaultdict(list)
    for day, entry in _ends(dues, actor.today, query):
        entries[day].append(entry)
    for due in asked:
        line = record_line(due, actor.today)
        entry = Entry(STATES[due.state], SIGNS[due.state], line.what, line.when, line.url)
        entries[due.due_on].append(entry)
    for day, entry in _records(actor, unit, month, dues):
        entries[day].append(entry)
    first = month.first_day - timedelta(days=month.first_day.weekday())
    weeks = []
    while first <= month.last_day:
        days = [first + timedelta(days=step) for step in range(7)]
        weeks.append(tuple(_day(day, month, actor.today, overrides, entries) for day in days))
        first += timedelta(days=7)
    arranged = is_arranged(month.year, overrides)
    return MonthView(
        words=f"{month.year}年{month.month}月",
        weeks=tuple(weeks),
        before=_to(month + -1, query),
        after=_to(month + 1, query),
        caution="" if arranged else f"{month.year}年调休安排尚未公布，暂按法定节假日显示",
    )


def _to(month: Month, query: QueryDict) -> str:
    target = {"year": str(month.year), "month": str(month.month), "cell": None, "told": None}
    return changed(query, target)


def _day(
    day: date,
    month: Month,
    today: date,
    overrides: Overrides,
    entries: Mapping[date, list[Entry]],
) -> Day:
    weekend, worked = day.weekday() >= _SATURDAY, is_workday(day, overrides)
    mark = "班" if weekend and worked else "休" if not weekend and not worked else ""
    inside = Month.of(day) == month
    found = tuple(entries.get(day, ())) if inside else ()
    return Day(day, inside, day == today, not worked, mark, found)


def _ends(dues: Iterable[Due], today: date, query: QueryDict) -> Iterator[tuple[date, Entry]]:
    """What ends on a day, as long as it is not finished; what is has its records on their days."""
    for due in dues:
        if due.state in _WORST:
            name = f"{due.rule.name}（{due.window.label}）"
            url = changed(query, {"cell": name_of(due), "told": None}) + "#cell"
            said = f"{name} {words_of(due, today)}"
            state = due.state
            yield due.window.ends_on, Entry(STATES[state], SIGNS[state], f"{name}截止", said, url)


def _records(
    actor: Actor, unit: Unit, month: Month, dues: Iterable[Due]
) -> Iterator[tuple[date, Entry]]:
    """What was held, and what is planned: drafts on their day."""
    listed = list(dues)
    ids = {record for due in listed for record, day, _ in due.answers if Month.of(day) == month}
    for kind in map(kind_of, sorted({due.rule.answers[0].kind for due in listed})):
        days = (month.first_day, month.last_day)
        drafts = kind.model._default_manager.filter(unit=unit, happened_on__range=days)
        drafts = drafts.exclude(state__in=(*kind.flow.counted, VOID))
        held = kind.model._default_manager.filter(pk__in=ids)
        for rows, state, sign, what in (
            (held, "done", "✓", "已记录"),
            (drafts, "future", "＋", "草稿"),
        ):
            for row in visible(actor, rows).order_by("happened_on", "pk"):
                url = reverse("record", args=[row.kind, row.pk])
                words = about(row, full=True)
                # What has no words of its own is called by its ledger.
                words = kind.name if words == str(row) else words
                yield (
                    row.happened_on,
                    Entry(state, sign, words, f"{what}：{kind.name} {words}", url),
                )


def strip_of(year: int, dues: Iterable[Due], query: QueryDict) -> tuple[Dot, ...]:
    """The twelve months of a year, each with the worst that ends in it."""
    found: dict[int, set[int]] = defaultdict(set)
    for due in dues:
        if due.window.ends_on.year == year and due.state != NA:
            found[due.window.ends_on.month].add(due.state)
    dots = []
    for month in range(1, 13):
        states = found.get(month, set())
        worst = next((state for state in _WORST if state in states), None)
        state = worst if worst is not None else max(states, default=NA)
        url = changed(query, {"view": "month", "month": str(month), "cell": None, "told": None})
        said = f"{month}月 {WORDS[state]}"
        dots.append(Dot(f"{month}月", STATES[state], SIGNS[state], said, url))
    return tuple(dots)
