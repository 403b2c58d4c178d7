"""What a whole region owes in five years, worked out from its records: cold, at hand, and after a write.

The peer counts the same records into the same windows one by one in Python. The region is drawn up for
this: 126 houses, each with ten branches that have committees and groups, and all that the rules ask for.
"""

from __future__ import annotations

import random
import time
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import django

from bench.stage import Line, directory, middle, seconds, show, start_django

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

FIRST, LAST = date(2021, 7, 1), date(2026, 6, 30)
TODAY = date(2026, 7, 10)
BRANCHES, MEMBERS, DOCUMENTS = 10, 8, 50
TIMES = 7
MONTHLY = ("theme_day", "committee_meeting", "group_meeting")
QUARTERLY = ("member_meeting", "party_lecture")


def main() -> None:
    """Measure in a region of its own, which is kept for the next time."""
    with directory("dues") as folder:
        start_django(folder)
        django.setup()
        _make()
        show(measure())


def measure() -> list[Line]:
    """Seconds and milliseconds of the questions that pages ask."""
    from rongjian.org.models import Unit  # noqa: PLC0415  # models exist after setup only
    from rongjian.regimes.bodies import Scope  # noqa: PLC0415
    from rongjian.regimes.dues import blocks  # noqa: PLC0415

    top = Unit.objects.get(code="450000")

    def ask(unit: Unit) -> int:
        found = blocks(Scope.below(unit), FIRST, LAST, TODAY)
        return sum(int(block.facts.owed.sum()) for block in found)

    start = time.perf_counter()
    count = ask(top)
    cold = time.perf_counter() - start
    peer = seconds(lambda: _by_hand(top))
    warm = middle(lambda: ask(top), TIMES)
    written = middle(lambda: _write_one() + ask(top), TIMES)
    cities = list(Unit.objects.filter(type="city"))
    slowest = max(seconds(partial(ask, city)) for city in cities)
    branch = Unit.objects.get(code="450100-P02")
    alone = middle(lambda: blocks(Scope.of(branch), LAST.replace(month=1, day=1), LAST, TODAY), 20)
    matrix, peer_matrix = _coverage()
    name = f"全区 5 年 {count:,} 项应办"
    by_hand = "逐条计数"
    return [
        Line(f"{name}：冷", cold, peer, "秒", by_hand, "< 2 秒"),
        Line(f"{name}：热", warm * 1000, peer * 1000, "毫秒", by_hand, "< 300 毫秒"),
        Line(f"{name}：新记一条之后", written * 1000, peer * 1000, "毫秒", by_hand, "< 300 毫秒"),
        Line("任一市及以下 5 年（最慢的）", slowest * 1000, peer * 1000, "毫秒", f"全区{by_hand}", "< 300 毫秒"),
        Line("一个支部一年", alone * 1000, peer * 1000, "毫秒", f"全区{by_hand}"),
        Line("第一议题：50 份文件 × 1,260 个支部", matrix * 1000, peer_matrix * 1000, "毫秒", "逐份查询", "< 500 毫秒"),
    ]  # fmt: skip


def _by_hand(top: Unit) -> int:
    """Count every record into its window, one after another, as a report script would."""
    from collections import Counter  # noqa: PLC0415

    from rongjian.kernel.regimes import expected, rules  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    cells: Counter[tuple[str, int, date]] = Counter()
    laid_out = [
        (rule, [(window.opens_on, window.ends_on) for window in found])
        for rule, found in expected(rules(), FIRST, LAST)
    ]
    for code in {answer.kind for rule, _ in laid_out for answer in rule.answers}:
        kind = kind_of(code)
        rows = kind.model._default_manager.filter(unit__path__startswith=top.path)
        fields = ["unit_id", "happened_on", *(["type"] if code in _TYPED else [])]
        mine = [
            (rule, spans, set(rule.answers[0].values))
            for rule, spans in laid_out
            if rule.answers[0].kind == code
        ]
        for row in rows.filter(state__in=kind.flow.counted).values_list(*fields):
            for rule, spans, values in mine:
                if values and row[2] not in values:
                    continue
                for opens, ends in spans:
                    if opens <= row[1] <= ends:
                        cells[rule.code, row[0], opens] += 1
                        break
    return len(cells)


_TYPED = {"activity", "regime-report"}


def _coverage() -> tuple[float, float]:
    from rongjian.ledgers.study_document import StudyDocument  # noqa: PLC0415
    from rongjian.org.models import Unit  # noqa: PLC0415
    from rongjian.records.models import Link  # noqa: PLC0415
    from rongjian.regimes.coverage import coverage  # noqa: PLC0415

    documents = dict(StudyDocument._default_manager.values_list("pk", "happened_on"))
    units = list(Unit.objects.filter(type="party_branch").order_by("path"))

    def one_by_one() -> int:
        studied = 0
        for pk in documents:
            rows = Link.objects.filter(target=pk, source__kind="activity")
            for link in rows.select_related("source__unit"):
                studied += bool(link.source.unit.short and link.source.happened_on)
        return studied

    return middle(lambda: coverage(documents, units), TIMES), seconds(one_by_one)


# --- the region -------------------------------------------------------------------------------------------


def _make() -> None:
    """Draw the region up once: units, members, five years of what the rules ask for, most of it in time."""
    from django.core.management import call_command  # noqa: PLC0415

    from rongjian.org.models import Unit  # noqa: PLC0415
    from rongjian.regimes.models import Adoption  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    if Adoption.objects.exists():
        return
    units = _units()
    actor = _people(units)
    chance = random.Random(1)
    for court in [unit for unit in units.values() if unit.is_court]:
        _records(actor, court, units, chance)
    _study(actor, units)
    Adoption.objects.create(unit=Unit.objects.get(code="450000"), since=FIRST)


def _units() -> dict[str, Unit]:
    from rongjian.kernel.places import load_places  # noqa: PLC0415
    from rongjian.org.actions import NewUnit, found  # noqa: PLC0415
    from rongjian.org.models import Tree, UnitType  # noqa: PLC0415

    level = {"region": UnitType.REGION, "city": UnitType.CITY, "county": UnitType.COUNTY}
    since = date(2015, 1, 1)
    plans = []
    for place in load_places():
        code, up = place.code, place.parent_code or ""
        plans.append(NewUnit(code, place.court_name, place.court_short, Tree.BUSINESS, level[place.level], up, code, since))  # fmt: skip

        def inside(suffix: str, kind: UnitType, parent: str = "", code: str = code) -> None:
            plans.append(NewUnit(f"{code}-{suffix}", f"{code}{suffix}", f"{code}{suffix}", Tree.PARTY, kind, parent, code, since))  # fmt: skip

        inside("PL", UnitType.LEADING_GROUP)
        inside("P", UnitType.ORGAN_COMMITTEE)
        for number in range(1, BRANCHES + 1):
            inside(f"P{number:02}", UnitType.BRANCH, f"{code}-P")
            inside(f"P{number:02}G", UnitType.GROUP, f"{code}-P{number:02}")
    return found(plans)


def _people(units: dict[str, Unit]) -> Actor:
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.actions import affiliate, appoint  # noqa: PLC0415
    from rongjian.org.models import Person, UnitType  # noqa: PLC0415

    people = [
        Person(
            staff_no=f"{unit.code}-{number}",
            name="某某",
            court=unit.court,
            department=unit.court,
            branch=unit,
            membership="full",
        )
        for unit in units.values()
        if unit.type == UnitType.BRANCH
        for number in range(MEMBERS)
    ]
    Person.objects.bulk_create(people, batch_size=500)
    affiliate(list(Person.objects.select_related("branch", "department")), date(2016, 1, 1))
    writer = Person.objects.get(staff_no="450000-P01-0")
    for code, unit in units.items():
        if unit.is_court:
            appoint(writer, unit, "organ_committee", date(2016, 1, 1))
            appoint(writer, unit, "custodian", date(2016, 1, 1))
            appoint(writer, units[f"{code}-PL"], "branch_organiser", date(2016, 1, 1))
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return actor_of(writer, datetime(2026, 6, 30, 12, tzinfo=ZoneInfo("Asia/Shanghai")))


def _records(actor: Actor, court: Unit, units: dict[str, Unit], chance: random.Random) -> None:
    """One house: written down month by month, a few things left out."""
    from dataclasses import replace  # noqa: PLC0415

    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    day = FIRST
    while day <= LAST:
        now = datetime.combine(day + timedelta(days=27), datetime.min.time(), actor.now.tzinfo)
        acting = replace(actor, now=now)
        rows: dict[str, list[dict[str, Any]]] = {}
        for kind, code, fields in _month(court.code, day.month):
            if chance.random() > 0.02:
                on = day + timedelta(days=chance.randrange(20))
                row = {"unit_id": units[code].pk, "happened_on": on, **fields}
                rows.setdefault(kind, []).append(row)
        for kind, listed in rows.items():
            create_many(acting, kind_of(kind), listed, state=kind_of(kind).flow.states[-2].code)
        day = (day + timedelta(days=32)).replace(day=1)


def _month(code: str, month: int) -> list[tuple[str, str, dict[str, Any]]]:
    activity = {"topic": "研究办案难点"}
    rows: list[tuple[str, str, dict[str, Any]]] = [
        ("activity", f"{code}-PL", {"type": "first_item", **activity}),
        ("interference-stub", code, {"nothing": 80}),
    ]
    for number in range(1, BRANCHES + 1):
        branch = f"{code}-P{number:02}"
        types = [*MONTHLY, *(QUARTERLY if month % 3 == 0 else ())]
        types += ["org_life_meeting"] if month == 1 else []
        rows += [("activity", branch, {"type": type_, **activity}) for type_ in types]
    return rows


def _study(actor: Actor, units: dict[str, Unit]) -> None:
    """Fifty documents, each linked to an activity of nearly every branch."""
    from rongjian.ledgers.activity import Activity  # noqa: PLC0415
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415
    from rongjian.records.models import Link  # noqa: PLC0415

    rows = [
        {
            "unit_id": units["450000"].pk,
            "happened_on": FIRST + timedelta(days=35 * number),
            "title": f"学习文件 {number}",
            "type": "speech",
        }
        for number in range(DOCUMENTS)
    ]
    documents = create_many(actor, kind_of("study-document"), rows)
    by_unit: dict[int, list[int]] = {}
    themes = Activity._default_manager.filter(type="theme_day").order_by("happened_on")
    for pk, unit in themes.values_list("pk", "unit_id"):
        by_unit.setdefault(unit, []).append(pk)
    Link.objects.bulk_create(
        (
            Link(source_id=held[number], target_id=document, kind="basis")
            for number, document in enumerate(documents)
            for held in by_unit.values()
            if number < len(held)
        ),
        batch_size=2000,
    )


def _write_one() -> int:
    """One activity, as its branch would write it."""
    from rongjian.ledgers.activity import Activity  # noqa: PLC0415
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.models import Person, Unit  # noqa: PLC0415
    from rongjian.records.actions import save  # noqa: PLC0415
    from rongjian.web import clock  # noqa: PLC0415

    writer = Person.objects.get(staff_no="450000-P01-0")
    unit = Unit.objects.get(code="450000-PL")
    written = Activity(unit=unit, type="first_item", happened_on=LAST, topic="第一议题")
    return save(actor_of(writer, clock.now()), written).pk


if __name__ == "__main__":
    main()
