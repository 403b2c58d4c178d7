"""Search over a million made-up records: how many of ten, how fast, beside LIKE '%…%' on the same rows.

`--records 50000` makes fewer, `--keep` leaves the directory under build/bench for the next run.
DATABASE_URL takes an empty PostgreSQL database instead of SQLite.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import defaultdict
from datetime import date, datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command
from django.db import connection
from django.db.models import Q

from bench.stage import Line, directory, show, start_django
from tests.records.find_corpus import Made, Question, made, questions

RECORDS = int(sys.argv[sys.argv.index("--records") + 1]) if "--records" in sys.argv else 1_000_000
COURTS, BODIES = 129, 8
BATCH = 10_000
QUESTIONS = 500
PEER_QUESTIONS = 50
FOUNDED = date(2015, 1, 1)
NOW = datetime(2026, 6, 25, 15, tzinfo=ZoneInfo("Asia/Shanghai"))


def main() -> None:
    """Build, measure and print."""
    with directory("find" if "--keep" in sys.argv else "") as folder:
        start_django(folder)
        django.setup()
        call_command("migrate", verbosity=0)
        show(measure())


def measure() -> list[Line]:
    """Recall and p95 for somebody of one house and for somebody who reads all of them."""
    units, people = _houses()
    bodies = [code for code in units if "-" in code]
    rows = list(made(bodies, RECORDS, seed=1))
    speed = _write(units, people, rows)
    lines = [Line("写入（含索引）", speed, 10_000, "行/秒", "目标", "", True)] if speed else []
    city = people["450001"].court.code
    for who, court in (("一般用户（本院）", city), ("上级用户（全区）", "")):
        person = people[f"plain-{city}"] if court else people["450000"]
        lines += _asked(who, person, court, units, rows)
    return lines


def _houses() -> tuple[dict[str, Any], dict[str, Any]]:
    from rongjian.org.actions import NewUnit, affiliate, appoint, found  # noqa: PLC0415  # after setup
    from rongjian.org.models import Person, Tree, Unit, UnitType  # noqa: PLC0415

    if not Unit.objects.exists():
        plan = [("450000", "广西检察院", "自治区院", UnitType.REGION, "", "450000")]
        for number in range(1, COURTS + 1):
            court = f"45{number:04}"
            name = f"{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'江河湖海山川林原田岭'[number // 10 % 10]}{number}县院"
            plan.append((court, name, name, UnitType.COUNTY, "450000", court))
            plan += [
                (f"{court}-{n:02}", f"第{n}检察部", f"{name}第{n}检察部", UnitType.DEPARTMENT, court, court)
                for n in range(1, BODIES + 1)
            ]  # fmt: skip
        rows = [
            NewUnit(c, n, s, Tree.BUSINESS, t, a, h, founded_on=FOUNDED)
            for c, n, s, t, a, h in plan
        ]
        units = found(rows)
        people = []
        for code in [code for code in units if "-" not in code]:
            home = units[f"{code}-01"] if code != "450000" else units[code]
            for staff_no in (code, f"plain-{code}"):
                people.append(
                    Person.objects.create(
                        staff_no=staff_no,
                        name="钱某",
                        court=units[code],
                        department=home,
                        membership="full",
                    )
                )
            appoint(people[-2], units[code], "case_manager", FOUNDED)
        affiliate(people, FOUNDED)
    everybody = Person.objects.select_related("court")
    return (
        {unit.code: unit for unit in Unit.objects.select_related("court")},
        {person.staff_no: person for person in everybody},
    )


def _write(units: dict[str, Any], people: dict[str, Any], rows: list[Made]) -> float:
    """Rows a second of the whole template, by each house's own case manager."""
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415
    from rongjian.records.models import Record  # noqa: PLC0415

    if Record.objects.exists():
        return 0.0  # Kept from an earlier run.
    by_court: dict[str, list[Made]] = defaultdict(list)
    for row in rows:
        by_court[row.unit.split("-")[0]].append(row)
    kind = kind_of("outreach")
    started = time.perf_counter()
    for court, own in by_court.items():
        actor = actor_of(people[court], NOW)
        for start in range(0, len(own), BATCH):
            part = own[start : start + BATCH]
            create_many(actor, kind, [row.row(units[row.unit].pk) for row in part])
    speed = len(rows) / (time.perf_counter() - started)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return speed


def _asked(
    who: str, person: Any, court: str, units: dict[str, Any], rows: list[Made]
) -> list[Line]:
    from rongjian.ledgers.outreach import Outreach  # noqa: PLC0415
    from rongjian.org.access import actor_of, visible  # noqa: PLC0415
    from rongjian.org.finding import Directory  # noqa: PLC0415
    from rongjian.records.finding import Wanted, find  # noqa: PLC0415

    seen = [row for row in rows if not court or row.unit.startswith(court)]
    names = {code: unit.short for code, unit in units.items()}
    by_key = {row.key: row for row in seen}
    keys = dict(Outreach.objects.values_list("pk", "key"))
    shares: dict[str, list[float]] = defaultdict(list)
    taken: list[float] = []
    busy: list[float] = []
    slow: dict[str, list[float]] = defaultdict(list)
    peer: list[float] = []
    for number, question in enumerate(questions(seen, names, QUESTIONS, seed=2)):
        started, worked = time.perf_counter(), time.process_time()
        hits = find(actor_of(person, NOW), Wanted(question.typed), Directory.load()).hits
        taken.append((time.perf_counter() - started) * 1000)
        slow[question.sort].append(taken[-1])
        busy.append((time.process_time() - worked) * 1000)
        shares[question.sort].append(
            _share([keys[hit.pk] for hit in hits[:10]], question, seen, by_key)
        )
        if number % (QUESTIONS // PEER_QUESTIONS) < 1:
            like = Q(title__contains=question.typed) | Q(result__contains=question.typed)
            started = time.perf_counter()
            list(visible(actor_of(person, NOW), Outreach.objects.filter(like)).values("pk")[:10])
            peer.append((time.perf_counter() - started) * 1000)
    for sort, each in shares.items():
        print(
            f"  {who} {sort}: recall@10 {statistics.mean(each):.3f}, 最慢 {max(slow[sort]):.0f} 毫秒",
            file=sys.stderr,
        )
    every = [share for each in shares.values() for share in each]
    return [
        Line(f"{who} recall@10", statistics.mean(every), 0.95, "", "目标", "≥ 0.95", True),
        Line(f"{who} p95", _p95(taken), _p95(peer), "毫秒", "LIKE '%…%'", "≤ 200 毫秒"),
        Line(f"{who} p95（处理器时间）", _p95(busy), 200, "毫秒", "目标", "≤ 200 毫秒"),
        Line(f"{who} p50", statistics.median(taken), statistics.median(peer), "毫秒", "LIKE '%…%'"),
    ]


def _share(
    found: list[str], question: Question, seen: list[Made], by_key: dict[str, Made]
) -> float:
    """The share of the first ten, by the plain texts of the records."""
    wanted = len(list(islice(filter(question.means, seen), 10)))
    right = sum(question.means(by_key[key]) for key in found)
    return min(1.0, right / wanted) if wanted else float(not found)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


if __name__ == "__main__":
    main()
