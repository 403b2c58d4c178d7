"""Writing the demo's records in the order in which they could have been written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from rongjian.kernel.workdays import add_workdays
from rongjian.ops.demo.staffing import ZONE
from rongjian.records.actions import save
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from rongjian.org.access import Actor

Row = dict[str, Any]

# The beginning of a surrogate number: it says the ledger and nothing about the case.
_PREFIX = {
    "handled-person": "BG",
    "recommendation": "JY",
    "seized-asset": "ZC",
    "public-interest-case": "GY",
    "task-force": "ZB",
    "temporary-branch": "LZ",
    "guidance-document": "ZD",
    "model-case": "AL",
    "assistance-project": "BF",
    "practical-deed": "SS",
    "service-opinion": "FW",
    "criminal-case": "AJ",
    "detention-review": "QY",
    "stalled-case": "GA",
    "quality-review": "PC",
    "lead": "XS",
}


@dataclass(frozen=True)
class Step:
    """Something to be written at a time."""

    at: datetime
    write: Callable[[datetime], None]


@dataclass(frozen=True)
class Recorded:
    """Rows that are to be recorded together at a time; `ids` fills, in their order, when they are."""

    at: datetime
    kind: str
    rows: Sequence[Row]
    ids: list[int]


class Scribe:
    """Collects what is to be written, then writes it in order of time.

    Nothing is written after `until`: what would be is written then.
    """

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._steps: list[Step] = []
        self._numbers: Counter[str] = Counter()

    def at(self, when: datetime, write: Callable[[datetime], None]) -> None:
        """Have something written at a time."""
        self._steps.append(Step(min(when, self.until), write))

    def rows(  # a batch has this many independent parts
        self,
        when: datetime,
        actor: Actor,
        kind: str,
        rows: Sequence[Row],
        *,
        state: str = "",
    ) -> Recorded:
        """Have rows of a kind written by somebody at a time."""
        recorded = Recorded(min(when, self.until), kind, rows, [])
        ordered = sorted(rows, key=itemgetter("happened_on"))

        def write(now: datetime) -> None:
            numbered = [self._numbered(kind, row) for row in ordered]
            found = create_many(replace(actor, now=now), kind_of(kind), numbered, state=state)
            by_row = {id(row): pk for row, pk in zip(ordered, found, strict=True)}
            recorded.ids.extend(by_row[id(row)] for row in rows)

        if rows:
            self.at(when, write)
        return recorded

    def amend(
        self, when: datetime, actor: Actor, kind: str, pick: Callable[[], int], **new: Any
    ) -> None:
        """Have a record changed at a time; `pick` is asked for its id only then."""

        def write(now: datetime) -> None:
            record = kind_of(kind).model._default_manager.get(pk=pick())
            for name, value in new.items():
                setattr(record, name, value)
            save(replace(actor, now=now), record)

        self.at(when, write)

    def run(self) -> None:
        """Write everything collected so far, in order of time."""
        steps, self._steps = sorted(self._steps, key=attrgetter("at")), []
        for step in steps:
            step.write(step.at)

    def _numbered(self, kind: str, row: Row) -> Row:
        if "key" in row or kind not in _PREFIX:
            return row
        self._numbers[kind] += 1
        return {**row, "key": f"{_PREFIX[kind]}-{self._numbers[kind]:05d}"}


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of a day where the procuratorates are."""
    return datetime.combine(day, time(hour, minute), ZONE)


def closing(day: date) -> datetime:
    """When the figures of the months up to a day are recorded: the third working day after it."""
    return moment(add_workdays(day, 3), 10)


def workday(random: Random, first: date, last: date) -> date:
    """Some working day between two days; where chance finds none, one of the two."""
    day = add_workdays(first + timedelta(days=random.randint(0, (last - first).days)), 0)
    return day if day <= last else min(add_workdays(first, 0), last)
