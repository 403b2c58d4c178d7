"""Two hundred random reorganisations: every total of every month is what plain counting says."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rongjian.facts import extract
from rongjian.indicators import figures, refresh, trace
from rongjian.kernel.periods import Month, Period
from rongjian.ledgers.activity_types import activity_types
from rongjian.org.access import actor_of
from rongjian.org.actions import NewUnit, found
from rongjian.org.models import Person, Post, PostState, Tree, Unit, UnitType
from rongjian.org.plans import (
    ABOVE,
    Body,
    CannotReorganise,
    Dissolve,
    Found,
    Merge,
    Move,
    Rename,
    Split,
    tree_of,
)
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from rongjian.records.reorganisation import adjust, preview, settle
from tests.indicators.writing import undone
from tests.records.tree_model import Model, days_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from rongjian.indicators.compiler import Organised
    from rongjian.org.access import Actor
    from rongjian.org.plans import Plan

FOUNDED = date(2020, 1, 1)
NOW = datetime(2026, 6, 25, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
LATER = date(2027, 9, 30)
MONTHS = Period.parse("2025-07..2026-12")
SHARE, EXAMPLES = 40, 5
WAYS: tuple[Organised, ...] = ("now", "then")
COURTS = {
    "450000": "",
    "450100": "450000",
    "450200": "450000",
    "450101": "450100",
    "450102": "450100",
    "450201": "450200",
}
CODES = {Tree.BUSINESS: "prosecuted", Tree.PARTY: "activities"}


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    """Facts and figures of this test alone."""
    settings.FACTS_DIR, settings.FIGURES_DIR = tmp_path / "facts", tmp_path / "figures"


class World:
    """A few houses with both trees, their model, and who writes and reorganises there."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.model = Model()
        plan = list(_units())
        units = found(plan)
        for new in plan:
            above = new.parent or (new.court if new.court != new.code else "")
            self.model.found(new.code, above, FOUNDED)
        self.top = units["450000"]
        self.written: list[tuple[str, str, date]] = []
        self.people = {
            role: Person.objects.create(
                staff_no=f"W-{role}",
                name="某",
                court=self.top,
                department=self.top,
                membership="full",
            )
            for role in ("sysadmin", "organ_committee", "case_manager")
        }
        for role in ("sysadmin", "organ_committee"):
            self.appoint(role, self.top, role)

    def appoint(self, person: str, unit: Unit, role: str) -> None:
        Post.objects.update_or_create(
            person=self.people[person],
            unit=unit,
            role=role,
            valid_from=FOUNDED,
            defaults={"valid_to": None, "state": PostState.APPROVED},
        )

    def actor(self, name: str) -> Actor:
        return actor_of(self.people[name], NOW)

    def write(self, count: int) -> None:
        """Records of both trees in every month, of any unit there is."""
        for court in Unit.objects.filter(type__in=("region", "city", "county")):
            self.appoint("case_manager", court, "case_manager")
            self.appoint("case_manager", court, "organ_committee")
        for tree, kind in ((Tree.BUSINESS, "handled-person"), (Tree.PARTY, "activity")):
            there = Unit.objects.filter(tree=tree, founded_on__lte=TODAY)
            units = list(there.order_by("code"))
            rows = [self._row(kind, self.chance.choice(units)) for _ in range(count)]
            create_many(self.actor("case_manager"), kind_of(kind), rows, state=_counted(kind))

    def _row(self, kind: str, unit: Unit) -> dict[str, Any]:
        month = self.chance.choice(list(MONTHS))
        day = month.first_day + timedelta(days=self.chance.randrange(28))
        self.written.append((CODES[Tree(unit.tree)], unit.code, day))
        own = {"decision": "prosecuted", "charge": "盗窃"}
        if kind == "activity":
            held = [code for code, rule in activity_types().items() if unit.type in rule.held_by]
            own = {"type": held[0], "topic": "学习"}
        return {"unit_id": unit.pk, "happened_on": day, **own}

    def totals(self, today: date | None) -> Counter[tuple[str, str, Month]]:
        """Brute force: (figure, unit, month) → records, organised as today or as on each day."""
        counted: Counter[tuple[str, str, Month]] = Counter()
        for code, unit, day in self.written:
            for above in self.model.way(unit, today or day):
                counted[code, above, Month.of(day)] += 1
        return counted


def _units() -> list[NewUnit]:
    found_units = []
    for court, above in COURTS.items():
        level = {0: UnitType.REGION, 1: UnitType.CITY, 2: UnitType.COUNTY}[_depth(court)]
        plan = [
            (court, level, above),
            *((f"{court}-D{n:02}", UnitType.DEPARTMENT, court) for n in (1, 2)),
        ]
        plan.append((f"{court}-P", UnitType.ORGAN_COMMITTEE, ""))
        plan += [(f"{court}-P{n:02}", UnitType.BRANCH, f"{court}-P") for n in (1, 2)]
        found_units += [
            NewUnit(code, f"单位{code}", f"单位{code}", tree_of(kind), kind, parent, court, FOUNDED)
            for code, kind, parent in plan
        ]
    return found_units


def _depth(court: str) -> int:
    return 1 + _depth(COURTS[court]) if COURTS[court] else 0


def _counted(kind: str) -> str:
    return sorted(kind_of(kind).flow.counted)[0]


def some_plan(world: World, number: int) -> Plan:
    """Any operation on any units, most of them possible."""
    chance = world.chance
    units = list(Unit.objects.order_by("code"))
    on, unit, other = days_of(chance.randrange(10**6)), chance.choice(units), chance.choice(units)
    kind = chance.choice(
        [kind for kind in UnitType if other.type in ABOVE[kind]] or [UnitType.GROUP]
    )
    body = Body(kind, f"新{number}", f"新{number}", f"N{number}")
    parts = tuple(
        Body(UnitType(unit.type), f"拆{number}{c}", f"拆{number}{c}", f"S{number}{c}") for c in "ab"
    )
    near = [each for each in units if each.type == unit.type and each != unit] or units
    above = [each for each in units if each.type in ABOVE[UnitType(unit.type)]] or units
    plans: dict[str, Plan] = {
        "found": Found(on, other, body),
        "move": Move(on, unit, chance.choice(above)),
        "rename": Rename(on, unit, f"名{number}", f"名{number}"),
        "dissolve": Dissolve(on, unit),
        "merge": Merge(on, (unit,), chance.choice(near)),
        "split": Split(on, unit, parts, chance.choice([None, 0, 1])),
    }
    return plans[
        chance.choice(["found", "move", "move", "move", "rename", "dissolve", "merge", "split"])
    ]


def reorganise(world: World, share: int = SHARE) -> int:
    """Carry out a share of the random reorganisations; returns how many were refused."""
    done = refused = 0
    total = Record.objects.count()
    while done < share:
        plan = some_plan(world, done + refused)
        tree = plan.body.type if isinstance(plan, Found) else plan.named[0].type
        who = "organ_committee" if tree_of(UnitType(tree)) == Tree.PARTY else "sysadmin"
        if not preview(world.actor(who), plan).possible:
            refused += 1
            with pytest.raises(CannotReorganise):
                adjust(world.actor(who), plan)
            continue
        made = adjust(world.actor(who), plan)
        done += 1
        new = [unit.code for unit in made] if isinstance(plan, Found | Split) else []
        world.model.carry_out(plan, new)
        # Wherever units go, the region keeps all there is, then and now.
        assert Record.objects.filter(path__startswith="450000/").count() == total
        assert Record.objects.filter(unit__path__startswith="450000/").count() == total
    return refused


def check(world: World, organised: Organised, today: date | None = None) -> None:
    """Plain counting, the ORM and the engine say the same of every unit and month."""
    extract.refresh()
    refresh.refresh(TODAY)
    counted = world.totals(today)
    for unit in Unit.objects.order_by("code"):
        for code in CODES.values():
            wanted = [counted[code, unit.code, month] for month in MONTHS]
            rows = trace.records(code, unit, MONTHS, organised)
            months = Counter(map(Month.of, rows.values_list("happened_on", flat=True)))
            assert [months[month] for month in MONTHS] == wanted, (code, unit.code, organised)
            whole = figures.figure(code, unit, MONTHS, organised=organised)
            assert whole.records == sum(wanted), (code, unit.code, organised)
            if any(wanted):  # Where nothing is counted at all, no month can hold anything.
                series = figures.series(code, unit, MONTHS, organised=organised)
                assert [each.records for each in series] == wanted, (code, unit.code, organised)


def check_below(world: World) -> None:
    """The units below add up to their procuratorate less its own, then as well as now."""
    for court in Unit.objects.filter(type__in=("region", "city", "county")):
        for organised in WAYS:
            rows = trace.records("prosecuted", court, MONTHS, organised)
            below = figures.children("prosecuted", court, MONTHS, organised=organised)
            under = court.code if organised == "then" else ""
            own = rows
            for unit, _ in below:
                own = own.exclude(trace.inside(unit, organised, under))
            assert own.count() + sum(each.records for _, each in below) == rows.count()


@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6))
def test_whatever_is_reorganised_every_total_is_right(db: None, seed: int) -> None:
    with undone():
        world = World(Random(seed))
        world.write(150)
        extract.rebuild()
        refresh.rebuild(TODAY)
        reorganise(world)
        world.write(60)
        check(world, "then")
        check(world, "now", TODAY)
        check_below(world)
        settle(LATER)
        assert settle(LATER) == 0
        check(world, "now", LATER)
