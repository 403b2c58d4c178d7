"""The fixed history of 2018–2021: casework with exactly the totals of the published report.

Every total is divided over procuratorates and months by seeded weights, so that it is the same in
a world of any size. One office loads it month by month, as from an export of the case system.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.periods import Month, Period
from rongjian.ops.demo.scribe import closing, workday
from rongjian.ops.demo.shares import apportion
from rongjian.ops.demo.words import case_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from rongjian.ops.demo.realm import Court, Force, Realm
    from rongjian.ops.demo.scribe import Row, Scribe
    from rongjian.ops.demo.sizes import Size

ARRESTED = 369
PROSECUTED = 1591
RECOMMENDED = 428
SEIZED_ROWS = 1204
SEIZED_YUAN = 3_547_286_310
COVID_PROSECUTED = 314
COVID_CASES = 236
ECOLOGY_CASES = 2586

GANG = Period.parse("2018-01..2020-12")
COVID = Period.parse("2020-02..2021-06")
YEAR_2020 = Period.parse("2020")
_LEVEL = {"region": 0.4, "city": 3.0, "county": 1.4}
_COVID_FIELDS = ("medical_waste", "food_drug", "safety", "personal_data", "minors", "other")
_COVID_SHARES = (9.0, 6.0, 2.0, 2.0, 1.0, 1.0)
_STAGES = ("closed", "remedied", "sued")
_STAGE_SHARES = (7.0, 2.0, 1.0)
# A recommendation enters the books when its answer is in, which takes up to two months.
ANSWER = timedelta(days=75)


def write_history(realm: Realm, scribe: Scribe, size: Size) -> None:
    """Plan the whole history: the gang campaign, the epidemic, ecology."""
    amounts = iter(_amounts(realm.seed))

    def asset(random: Random, court: Court, day: date) -> Row:
        return _asset(random, court, day, next(amounts))

    persons = [
        *_spread(realm, "arrested", ARRESTED, GANG, _person("arrested")),
        *_spread(realm, "prosecuted", PROSECUTED, GANG, _person("prosecuted")),
        *_spread(realm, "covid-prosecuted", COVID_PROSECUTED, COVID, _covid_person),
    ]
    cases = [
        *_spread(realm, "covid-cases", COVID_CASES, COVID, _covid_case),
        *_spread(realm, "ecology", ECOLOGY_CASES, YEAR_2020, _ecology_case),
    ]
    ledgers = {
        "handled-person": persons,
        "recommendation": _spread(realm, "recommended", RECOMMENDED, GANG, _recommendation),
        "seized-asset": _spread(realm, "seized", SEIZED_ROWS, GANG, asset),
        "public-interest-case": cases,
    }
    for kind, rows in ledgers.items():
        wait = ANSWER if kind == "recommendation" else timedelta()
        for last, together in by_close(list(rows), size.history_close):
            scribe.rows(closing(last + wait), realm.loader, kind, together)


def by_close(rows: list[Row], months: int) -> Iterator[tuple[date, list[Row]]]:
    """Rows that are recorded together, so many months at a time, with the last of their days."""
    closes: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        closes[Month.of(row["happened_on"]).index // months].append(row)
    for number, together in sorted(closes.items()):
        yield Month(number * months + months - 1).last_day, together


def _spread(
    realm: Realm,
    topic: str,
    total: int,
    period: Period,
    draw: Callable[[Random, Court, date], Row],
) -> Iterator[Row]:
    """A total as rows over all procuratorates and the months of a period."""
    random = Random(f"{realm.seed}/history/{topic}")
    weights = [_LEVEL[court.place.level] * random.uniform(0.5, 1.6) for court in realm.courts]
    months = list(period)
    season = [random.uniform(0.7, 1.3) for _ in months]
    for court, share in zip(realm.courts, apportion(total, weights), strict=True):
        noisy = [weight * random.uniform(0.05, 2.0) for weight in season]
        for month, number in zip(months, apportion(share, noisy), strict=True):
            for _ in range(number):
                day = workday(random, month.first_day, month.last_day)
                yield draw(random, court, day)


def _amounts(seed: int) -> list[int]:
    """The seized amounts in yuan, a few large and many small ones, adding up exactly."""
    random = Random(f"{seed}/history/amounts")
    weights = [random.lognormvariate(0, 1.4) for _ in range(SEIZED_ROWS)]
    return apportion(SEIZED_YUAN, weights, least=1000)


def _force_on(random: Random, court: Court, day: date) -> tuple[Force, date]:
    """A task force of the procuratorate and the day, moved to its founding if that came later."""
    ready = [force for force in court.forces if force.founded_on <= day]
    force = random.choice(ready) if ready else min(court.forces, key=lambda f: f.founded_on)
    return force, max(day, workday(random, force.founded_on, force.founded_on + timedelta(days=9)))


def _gang_row(random: Random, court: Court, day: date) -> Row:
    force, day = _force_on(random, court, day)
    return {
        "unit_id": court.department("B02").pk,
        "happened_on": day,
        "campaign": "gang",
        "line": "B02",
        "task_force_id": force.unit.pk,
    }


def _person(decision: str) -> Callable[[Random, Court, date], Row]:
    def draw(random: Random, court: Court, day: date) -> Row:
        return _gang_row(random, court, day) | {
            "decision": decision,
            "charge": random.choice(case_words().gang_charges),
            "handler_id": handler(random, court, "B02"),
        }

    return draw


def handler(random: Random, court: Court, line: str) -> int:
    """Somebody of the department that handles a line."""
    suffix = court.department(line).code.split("-")[1]
    return random.choice(court.staff[suffix]).pk


def _recommendation(random: Random, court: Court, day: date) -> Row:
    row = _gang_row(random, court, day)
    return row | {
        "type": "governance",
        "addressee": random.choice(case_words().addressees),
        "replied_on": row["happened_on"] + timedelta(days=random.randint(15, 60)),
        "adopted": random.random() < 0.94,
    }


def _asset(random: Random, court: Court, day: date, yuan: int) -> Row:
    return _gang_row(random, court, day) | {
        "measure": random.choice(("sealed", "seized", "frozen")),
        "asset": random.choice(case_words().assets),
        "amount": yuan,
    }


def _covid_person(random: Random, court: Court, day: date) -> Row:
    return {
        "unit_id": court.department("B01").pk,
        "happened_on": day,
        "campaign": "covid",
        "line": "B01",
        "decision": "prosecuted",
        "charge": random.choice(case_words().covid_charges),
        "handler_id": handler(random, court, "B01"),
    }


def _case(random: Random, court: Court, day: date, field: str) -> Row:
    return {
        "unit_id": court.department("B08").pk,
        "happened_on": day,
        "line": "B08",
        "field": field,
        "stage": random.choices(_STAGES, _STAGE_SHARES)[0],
    }


def _covid_case(random: Random, court: Court, day: date) -> Row:
    field = random.choices(_COVID_FIELDS, _COVID_SHARES)[0]
    return _case(random, court, day, field) | {"campaign": "covid", "administrative": True}


def _ecology_case(random: Random, court: Court, day: date) -> Row:
    case = _case(random, court, day, "ecology")
    return case | {"campaign": "ecology", "administrative": random.random() < 0.85}
