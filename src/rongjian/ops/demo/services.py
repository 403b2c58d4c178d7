"""The fixed history of 2020–2021 beside casework: documents, model cases, assistance, deeds."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.periods import Period
from rongjian.ops.demo.history import by_close
from rongjian.ops.demo.scribe import closing, moment, workday
from rongjian.ops.demo.shares import apportion, scattered
from rongjian.ops.demo.words import history_words

if TYPE_CHECKING:
    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Recorded, Row, Scribe
    from rongjian.ops.demo.sizes import Size

FUNDS_YUAN = 217_000_000
PROBLEMS = 1278
PROJECTS = 168
OUTBREAK = Period.parse("2020-02..2020-06")
ASSISTANCE = Period.parse("2020-01..2021-06")
DEEDS = Period.parse("2021-03..2021-06")
YEAR_2020 = Period.parse("2020")


def write_services(realm: Realm, scribe: Scribe, size: Size) -> None:
    """Plan what was issued, published, assisted and done."""
    _guidance(realm, scribe)
    _model_cases(realm, scribe)
    _assistance(realm, scribe, size.history_close)
    _deeds(realm, scribe)
    _opinion(realm, scribe)
    _quotations(realm, scribe)


def _recorded(
    realm: Realm, scribe: Scribe, kind: str, rows: list[Row], *, months: int = 1, state: str = ""
) -> list[Recorded]:
    """The Party office at the top records what happened, so many months at a time."""
    written = []
    for last, together in by_close(rows, months):
        office = realm.region.acting("organ_committee", closing(last))
        written.append(scribe.rows(closing(last), office, kind, together, state=state))
    return written


def _guidance(realm: Realm, scribe: Scribe) -> None:
    random = Random(f"{realm.seed}/guidance")
    rows = [
        {
            "unit_id": realm.region.unit.pk,
            "title": title,
            "number": f"桂检演示〔2020〕{number}号",
            "happened_on": workday(random, OUTBREAK.start, OUTBREAK.end),
            "campaign": "covid",
        }
        for number, title in enumerate(history_words().guidance, start=1)
    ]
    _recorded(realm, scribe, "guidance-document", rows)


def _model_cases(realm: Realm, scribe: Scribe) -> None:
    random = Random(f"{realm.seed}/model-cases")
    words = history_words()
    published = [
        {"title": title, "campaign": "covid", "grade": "model", "published_by": "region"}
        for title in words.covid_cases
    ]
    selected = [
        {"title": title, "grade": grade, "published_by": "national"}
        for title, grade in zip(words.selected_cases, _grades(), strict=False)
    ]
    rows = []
    for row in (*published, *selected):
        period = OUTBREAK if row["published_by"] == "region" else YEAR_2020
        day = workday(random, period.start, period.end)
        rows.append(row | {"unit_id": random.choice(realm.courts).unit.pk, "happened_on": day})
    _recorded(realm, scribe, "model-case", rows)


def _grades() -> list[str]:
    return ["guiding"] * 2 + ["model"] * 9 + ["fine"] * 5 + ["excellent"] * 6


def _assistance(realm: Realm, scribe: Scribe, months: int) -> None:
    """Projects of all three levels; money in steps of ten thousand yuan, adding up exactly."""
    random = Random(f"{realm.seed}/assistance")
    money = [step * 10_000 for step in scattered(random, FUNDS_YUAN // 10_000, PROJECTS, 5)]
    solved = scattered(random, PROBLEMS, PROJECTS, 1)
    counts = apportion(PROJECTS, [random.uniform(0.5, 1.5) for _ in realm.courts], least=1)
    owners = [
        court for court, count in zip(realm.courts, counts, strict=True) for _ in range(count)
    ]
    rows = [
        _project(random, court, number, {"funds": funds, "problems_solved": problems})
        for number, (court, funds, problems) in enumerate(
            zip(owners, money, solved, strict=True), start=1
        )
    ]
    _recorded(realm, scribe, "assistance-project", rows, months=months, state="approved")


def _project(random: Random, court: Court, number: int, amounts: Row) -> Row:
    return amounts | {
        "unit_id": court.unit.pk,
        "title": random.choice(history_words().assistance),
        "place": f"{court.place.name}第{number}帮扶点",
        "happened_on": workday(random, ASSISTANCE.start, ASSISTANCE.end),
        "campaign": "assistance",
    }


def _deeds(realm: Realm, scribe: Scribe) -> None:
    """The deeds of the list, and later the day on which each was done."""
    random = Random(f"{realm.seed}/deeds")
    rows: list[Row] = []
    for title in history_words().deeds:
        day = workday(random, DEEDS.start, DEEDS.end)
        rows.append(
            {
                "unit_id": realm.region.unit.pk,
                "title": title,
                "happened_on": day,
                "done_by": day + timedelta(days=random.randint(90, 180)),
                "campaign": "education",
            }
        )
    for recorded in _recorded(realm, scribe, "practical-deed", rows, state="approved"):
        for place, row in enumerate(recorded.rows):
            done = workday(random, row["happened_on"] + timedelta(days=60), row["done_by"])
            when = moment(done + timedelta(days=3), 11)
            office = realm.region.acting("organ_committee", when)
            pick = partial(recorded.ids.__getitem__, place)
            scribe.amend(when, office, "practical-deed", pick, done_on=done, result="已办结")


def _opinion(realm: Realm, scribe: Scribe) -> None:
    words = history_words()
    row: Row = {
        "unit_id": realm.region.unit.pk,
        "title": words.opinion,
        "number": "桂检演示〔2020〕20号",
        "happened_on": date(2020, 5, 20),
        "articles": len(words.articles),
        "article_heads": "\n".join(words.articles),
        "campaign": "ftz",
    }
    _recorded(realm, scribe, "service-opinion", [row])


def _quotations(realm: Realm, scribe: Scribe) -> None:
    when = moment(date(2021, 7, 8), 15)
    rows: list[Row] = [
        {
            "unit_id": realm.region.unit.pk,
            "key": quoted.code,
            "statement": quoted.statement,
            "printed": quoted.printed,
            "source": quoted.source,
            "happened_on": date(2021, 6, 30),
        }
        for quoted in history_words().quotations
    ]
    scribe.rows(when, realm.region.acting("case_manager", when), "quotation", rows)
