"""The living present of casework: ordinary decisions, recommendations and public-interest cases.

They belong to the campaigns that run today or to none, never to those of the published report.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.catalogue import load_campaigns
from rongjian.kernel.periods import Month
from rongjian.ops.demo.history import handler
from rongjian.ops.demo.scribe import closing, workday
from rongjian.ops.demo.words import case_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.kernel.catalogue import Campaign
    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Recorded, Row, Scribe
    from rongjian.ops.demo.sizes import Size

LIVING_SINCE = date(2024, 1, 1)
"""Campaigns begun since then are of today; the earlier ones are those of the report."""

_PER_MONTH = {"region": (2.0, 1.0, 1.0), "city": (10.0, 2.0, 3.0), "county": (4.0, 0.6, 0.9)}
_DECISIONS = ("arrested", "not_arrested", "prosecuted", "not_prosecuted")
_DECISION_SHARES = (3.0, 1.5, 4.0, 1.5)
_TYPES = ("governance", "correction", "public_interest", "retrial", "other")
_TYPE_SHARES = (4.0, 3.0, 3.0, 0.5, 0.5)
_LINE_OF_TYPE = {"public_interest": "B08", "retrial": "B06", "correction": "B05"}
_FIELDS = (
    "ecology",
    "food_drug",
    "safety",
    "minors",
    "personal_data",
    "state_property",
    "state_land",
    "medical_waste",
    "other",
)
_FIELD_SHARES = (8.0, 5.0, 3.0, 2.0, 2.0, 1.5, 1.0, 0.5, 1.0)
_AFTER_FIRST_WEEKS = ("notice", "remedied", "closed", "sued")
_STAGE_SHARES = (3.0, 3.0, 3.0, 0.5)


def write_casework(
    realm: Realm, scribe: Scribe, months: list[Month], size: Size
) -> dict[str, list[Recorded]]:
    """Plan the casework of the months; returns it by procuratorate, for linking."""
    campaigns = [each for each in load_campaigns() if each.starts >= LIVING_SINCE]
    written: dict[str, list[Recorded]] = defaultdict(list)
    for court in realm.courts:
        random = Random(f"{realm.seed}/casework/{court.unit.code}")
        closes: dict[tuple[int, str], list[Row]] = defaultdict(list)
        for month in months:
            for kind, row in _month(random, court, month, campaigns, size.volume):
                if row["happened_on"] < scribe.until.date():
                    closes[_close(month, kind, size), kind].append(row)
        for (last, kind), rows in sorted(closes.items()):
            when = closing(Month(last).last_day)
            known = min(when, scribe.until).date()
            office = court.acting("case_manager", when)
            ready = [_as_known(row, known) for row in rows]
            written[court.unit.code].append(scribe.rows(when, office, kind, ready))
    return written


def _close(month: Month, kind: str, size: Size) -> int:
    """The running number of the month with which a ledger is closed and recorded."""
    months = size.close if kind == "handled-person" else 2 * size.close
    return month.index // months * months + months - 1


def _as_known(row: Row, day: date) -> Row:
    """The row without the answer that had not come by the day of recording."""
    if row.get("replied_on") and row["replied_on"] > day:
        return {**row, "replied_on": None, "adopted": None}
    return row


def _month(
    random: Random, court: Court, month: Month, campaigns: list[Campaign], volume: float
) -> Iterator[tuple[str, Row]]:
    persons, recommendations, cases = (
        _about(random, number * volume) for number in _PER_MONTH[court.place.level]
    )
    for _ in range(persons):
        yield "handled-person", _person(random, court, month, campaigns)
    for _ in range(recommendations):
        yield "recommendation", _recommendation(random, court, month)
    for _ in range(cases):
        yield "public-interest-case", _case(random, court, month, campaigns)


def _about(random: Random, number: float) -> int:
    """A whole number near this one, never the same every month."""
    whole = number * random.uniform(0.5, 1.5)
    return int(whole) + (random.random() < whole % 1)


def _base(random: Random, court: Court, month: Month, line: str) -> Row:
    return {
        "unit_id": court.department(line).pk,
        "happened_on": workday(random, month.first_day, month.last_day),
        "line": line,
    }


def _campaign(random: Random, row: Row, campaigns: list[Campaign], share: float) -> Row:
    """The row under a campaign that runs that day and covers its line, or under none."""
    running = [
        each for each in campaigns if each.runs_on(row["happened_on"]) and row["line"] in each.lines
    ]
    if running and random.random() < share:
        row["campaign"] = random.choice(running).code
    return row


def _person(random: Random, court: Court, month: Month, campaigns: list[Campaign]) -> Row:
    line = random.choices(("B01", "B02", "B03", "B04", "B09"), (6, 2, 1, 2, 1))[0]
    row = _base(random, court, month, line)
    row["decision"] = random.choices(_DECISIONS, _DECISION_SHARES)[0]
    row["charge"] = random.choice(case_words().charges[line])
    row["handler_id"] = handler(random, court, line)
    return _campaign(random, row, campaigns, 0.08)


def _recommendation(random: Random, court: Court, month: Month) -> Row:
    kind = random.choices(_TYPES, _TYPE_SHARES)[0]
    row = _base(random, court, month, _LINE_OF_TYPE.get(kind, "B01"))
    row["type"] = kind
    row["addressee"] = random.choice(case_words().addressees)
    if random.random() < 0.93:
        row["replied_on"] = row["happened_on"] + timedelta(days=random.randint(12, 60))
        row["adopted"] = random.random() < 0.94
    return row


def _case(random: Random, court: Court, month: Month, campaigns: list[Campaign]) -> Row:
    row = _base(random, court, month, "B08")
    row["field"] = random.choices(_FIELDS, _FIELD_SHARES)[0]
    row["stage"] = "filed_case"
    if random.random() < 0.7:
        row["stage"] = random.choices(_AFTER_FIRST_WEEKS, _STAGE_SHARES)[0]
    row["administrative"] = random.random() < 0.85
    return _campaign(random, row, campaigns, 0.35)
