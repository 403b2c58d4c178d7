"""The living ledgers of the demo world: a few rows of every kind that no other module writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.content import CONTENT, load_file
from rongjian.ledgers.criminal_case import CriminalCase
from rongjian.ops.demo.cast import DEPARTMENT
from rongjian.ops.demo.scribe import moment, workday
from rongjian.org.access import actor_of
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.kernel.periods import Month
    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Row, Scribe
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

_CAST_COURT = DEPARTMENT.split("-")[0]
_COURSE = {
    "arrest": (("arrest_received", 0), ("arrested", 6)),
    "prosecution": (
        ("prosecution_received", 0),
        ("rights_told", 2),
        ("returned", 24),
        ("resubmitted", 50),
        ("prosecuted", 74),
    ),
}
"""The events of a case by its type, so many days after it was received."""
_OFFICES = ("case_manager", "organ_committee")


@dataclass(frozen=True)
class OfLine:
    """The department that handles a line."""

    line: str


@dataclass(frozen=True)
class Ledger:
    """Rows of one kind: who writes them, where they stand, how many procuratorates have some."""

    kind: str
    by: str
    at: str | OfLine
    rows: tuple[Mapping[str, str | int | bool | Mapping[str, int]], ...]
    state: str = ""
    share: Decimal = field(default=Decimal("0.7"))


@cache
def living() -> list[Ledger]:
    """Every ledger of the content file."""
    return load_file(CONTENT / "demo" / "ledgers.yaml", Ledger)


def write_ledgers(realm: Realm, scribe: Scribe, months: list[Month]) -> None:
    """Plan the rows; each is written the day after it happened."""
    first, last = months[0].first_day, scribe.until.date() - timedelta(days=1)
    for ledger in living():
        for court in realm.courts:
            random = Random(f"{realm.seed}/{ledger.kind}/{court.unit.code}")
            for row in ledger.rows:
                wanted = random.random() < float(ledger.share)
                day = workday(random, first, last)
                if wanted or court.unit.code == _CAST_COURT:
                    _plan(realm, scribe, ledger, court, row, day)
    for court in realm.courts:
        scribe.at(scribe.until, partial(_write_events, court))


def _plan(
    realm: Realm,
    scribe: Scribe,
    ledger: Ledger,
    court: Court,
    row: Mapping[str, object],
    day: date,
) -> None:
    when = moment(day + timedelta(days=1), 16)
    if ledger.by in _OFFICES:
        actor: Actor = court.acting(ledger.by, when)
    elif court.unit.code == _CAST_COURT:
        actor = actor_of(realm.cast[ledger.by], when)
    else:
        return
    values: Row = {name: row[name] for name in row if name not in {"days", "state"}}
    shifts = row.get("days")
    if isinstance(shifts, Mapping):
        values |= {name: day + timedelta(days=shift) for name, shift in shifts.items()}
    values |= {"unit_id": _unit(court, ledger.at).pk, "happened_on": day}
    state = str(row.get("state", ledger.state))
    scribe.rows(when, actor, ledger.kind, [values], state=state)


def _write_events(court: Court, now: datetime) -> None:
    """What happened in the cases of a procuratorate so far, by the usual course of each type."""
    rows = []
    for case in CriminalCase._default_manager.filter(unit__court=court.unit).order_by("pk"):
        for event, shift in _COURSE.get(case.type, ()):
            day = case.happened_on + timedelta(days=shift)
            if day < now.date():
                rows.append(
                    {
                        "unit_id": case.unit_id,
                        "case_key": case.key,
                        "event": event,
                        "happened_on": day,
                    }
                )
    create_many(court.acting("case_manager", now), kind_of("case-event"), rows)


def _unit(court: Court, at: str | OfLine) -> Unit:
    if isinstance(at, OfLine):
        return court.department(at.line)
    return court.committee if at == "committee" else court.unit
