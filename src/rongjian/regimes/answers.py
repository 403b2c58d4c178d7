"""The records that answer dues, as columns: for a few units as they are asked, for many kept at hand.

What is kept is of this process and worth nothing: it carries the last lines of the log, takes in what
was logged since, and is read anew where the log does not continue it. Reading writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.db import connection
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Substr

from rongjian.kernel.dues import Marks, Numbers
from rongjian.kernel.regimes import Answer, Rule
from rongjian.log import changes
from rongjian.records.kinds import Kind, kind_of, kinds

_AT_ONCE = 2000
"""So many changed records are asked for one by one; beyond that the ledger is read anew."""
_HOUR = 13
"""Letters of a moment down to the hour: 2026-07-10 01; no zone here changes within one."""


@dataclass(frozen=True)
class Records:
    """Columns of the counted records of one ledger, a row for each unit that held one (联办: several).

    `values` holds a number for each text of a field.
    """

    ids: Numbers
    unit: Numbers
    day: Numbers
    recorded: Numbers
    values: dict[str, Numbers]
    texts: dict[str, dict[str, int]]

    def chosen(self, answer: Answer) -> Marks:
        """Which of them an answer means."""
        if not answer.field:
            return np.ones(len(self.ids), dtype=np.bool_)
        known = self.texts[answer.field]
        codes = [known[value] for value in answer.values if value in known]
        found: Marks = np.isin(self.values[answer.field], np.array(codes, dtype=np.int64))
        return found


Answers = dict[str, Records]
"""The records by the code of their ledger."""


def fields_asked(rules: Iterable[Rule]) -> dict[str, frozenset[str]]:
    """The fields by which rules choose among the records of each ledger that answers some."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        for answer in (*rule.answers, *rule.accepts):
            found.setdefault(answer.kind, set()).update(filter(None, [answer.field]))
    return {kind: frozenset(fields) for kind, fields in found.items()}


def answers_of(
    asked: dict[str, frozenset[str]], units: Sequence[int], first: date, last: date
) -> Answers:
    """The records of some units between two days."""
    return _read(asked, units, happened_on__gte=first, happened_on__lte=last)


def _read(
    asked: dict[str, frozenset[str]], units: Sequence[int] | None = None, **where: Any
) -> Answers:
    """The counted records of some ledgers, all with one question, and of each its columns.

    Of some units, or of all: a row for each unit that a record is held by.
    """
    widest = max(map(len, asked.values()))
    rows = [
        each.filter(**where)
        for code, fields in asked.items()
        for each in _held(kind_of(code), sorted(fields), widest, units)
    ]
    with connection.cursor() as cursor:  # The rows as they come, none of which needs converting.
        cursor.execute(*rows[0].union(*rows[1:], all=True).query.sql_with_params())
        listed: dict[str, list[tuple[Any, ...]]] = {code: [] for code in asked}
        for code, *row in cursor.fetchall():
            listed[code].append(tuple(row))
    return {code: _columns(listed[code], sorted(fields)) for code, fields in asked.items()}


def _held(
    kind: Kind, fields: Sequence[str], width: int, units: Sequence[int] | None
) -> Iterator[QuerySet[Any]]:
    """The records by their own unit; 联办: what several held together answers for each of them."""
    yield _rows(kind, fields, width, "unit", units)
    if kind.joint:
        yield _rows(kind, fields, width, "hosted_by__unit", units)


def _rows(
    kind: Kind, fields: Sequence[str], width: int, held_by: str, units: Sequence[int] | None
) -> QuerySet[Any]:
    # Dates as the database writes them: turning a few thousand distinct texts into days is quicker
    # than making an object of every cell.
    held = {f"{held_by}__isnull": False} if units is None else {f"{held_by}__in": units}
    rows: QuerySet[Any] = kind.model._default_manager.filter(state__in=kind.flow.counted, **held)
    return rows.order_by().values_list(
        Value(kind.code),
        "pk",
        f"{held_by}_id",
        Cast("happened_on", CharField()),
        Substr(Cast("recorded_at", CharField()), Value(1), Value(_HOUR)),
        *(Cast(name, CharField()) for name in fields),
        *[Value("")] * (width - len(fields)),
    )


def _columns(listed: Sequence[tuple[Any, ...]], fields: Sequence[str]) -> Records:
    columns: list[Sequence[Any]] = list(zip(*listed, strict=True)) or [()] * (4 + len(fields))
    values, texts = {}, {}
    for place, name in enumerate(fields):
        values[name], texts[name] = _numbered(columns[4 + place])
    return Records(
        ids=np.array(columns[0], dtype=np.int64),
        unit=np.array(columns[1], dtype=np.int64),
        day=_turned(columns[2], lambda text: date.fromisoformat(text).toordinal()),
        recorded=_turned(columns[3], _local_day),
        values=values,
        texts=texts,
    )


def _numbered(column: Sequence[str]) -> tuple[Numbers, dict[str, int]]:
    texts: dict[str, int] = {}
    numbers = [texts.setdefault(text, len(texts)) for text in column]
    return np.array(numbers, dtype=np.int64), texts


def _turned(column: Sequence[str], turn: Callable[[str], int]) -> Numbers:
    known = {text: turn(text) for text in set(column)}
    return np.array([known[text] for text in column], dtype=np.int64)


def _local_day(text: str) -> int:
    """The office's day of a moment in UTC, as an ordinal."""
    moment = datetime.fromisoformat(f"{text}:00").replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE)).date().toordinal()


# --- kept at hand ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """All answers as of some lines of the log."""

    heads: changes.Heads
    asked: dict[str, frozenset[str]]
    answers: Answers


class _Shelf:
    """What this process keeps; one thread at a time looks after it."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.kept: Kept | None = None


_shelf = _Shelf()


def all_answers(asked: dict[str, frozenset[str]]) -> Answers:
    """The records of everybody: from what is kept, brought up to the log's last lines."""
    with _shelf.lock, changes.one_moment():
        now = changes.heads()
        kept = _shelf.kept
        if kept is None or kept.asked != asked or not changes.continues(kept.heads, now):
            found = _read(asked)
        else:
            found = _brought_up(kept, now)
        _shelf.kept = Kept(now, asked, found)
        return found


def _brought_up(kept: Kept, now: changes.Heads) -> Answers:
    touched: dict[str, set[int]] = {}
    codes = {kind.code for kind in kinds()}
    try:
        for changed in changes.since(kept.heads, now):
            if changed.change.kind in codes:
                ids = (pk for pk, _, _ in changed.change.rows)
                touched.setdefault(changed.change.kind, set()).update(ids)
    except changes.ImageErased:
        return _read(kept.asked)
    found = dict(kept.answers)
    for code in touched.keys() & kept.asked.keys():
        few = len(touched[code]) <= _AT_ONCE
        where: dict[str, Any] = {"pk__in": touched[code]} if few else {}
        fresh = _read({code: kept.asked[code]}, **where)[code]
        found[code] = _joined(found[code], touched[code], fresh) if few else fresh
    return found


def _joined(old: Records, gone: set[int], fresh: Records) -> Records:
    """The old rows without those that were touched, and these as they are now."""
    stays = ~np.isin(old.ids, np.array(sorted(gone), dtype=np.int64))
    values, texts = {}, {}
    for name, known in old.texts.items():
        texts[name] = dict(known)
        numbers = {
            number: texts[name].setdefault(text, len(texts[name]))
            for text, number in fresh.texts[name].items()
        }
        turned = np.array([numbers[number] for number in fresh.values[name]], dtype=np.int64)
        values[name] = np.concatenate([old.values[name][stays], turned])
    columns: dict[str, npt.NDArray[np.int64]] = {
        name: np.concatenate([getattr(old, name)[stays], getattr(fresh, name)])
        for name in ("ids", "unit", "day", "recorded")
    }
    return Records(**columns, values=values, texts=texts)
