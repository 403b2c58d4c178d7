"""Records of several hosts: 1 at each of them and once above, whatever is changed or reorganised."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from rongjian.facts import extract
from rongjian.indicators import columns, figures, overlap, refresh, trace
from rongjian.indicators.compiler import Place
from rongjian.indicators.formula import Part
from rongjian.indicators.verify import differences
from rongjian.kernel.periods import Month
from rongjian.ledgers.joint_agreement import JointAgreement
from rongjian.org.models import Unit
from rongjian.org.queries import children
from rongjian.records.actions import move, save
from rongjian.records.bulk import create_many
from rongjian.records.host_models import Host, stated
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID
from tests.indicators.writing import undone
from tests.records.test_every_total import MONTHS, TODAY, WAYS, World, reorganise

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_django import Settings

    from rongjian.indicators.compiler import Organised

KIND, AGREEMENTS, SOLVED = "joint-agreement", "joint-agreements", "joint-problems-solved"
EXAMPLES, REORGANISATIONS = 4, 8
EVERYTHING: tuple[tuple[Any, str], ...] = (
    ("count", ""),
    ("sum", "solved"),
    ("distinct", "content"),
    ("median", "solved"),
)
PARTS = [Part(KIND, measure, "happened_on", field, 0, ((),)) for measure, field in EVERYTHING]


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    """Facts and figures of this test alone."""
    settings.FACTS_DIR, settings.FIGURES_DIR = tmp_path / "facts", tmp_path / "figures"


class Hosting:
    """Agreements of one to five units each, and what plain thinking says of them."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.world = World(chance)

    def row(self) -> dict[str, Any]:
        units = list(Unit.objects.filter(founded_on__lte=TODAY).order_by("code"))
        own, *others = self.chance.sample(units, self.chance.choice([1, 1, 2, 2, 3, 5]))
        month = self.chance.choice(list(MONTHS))
        solved = self.chance.choice([0, 3, 7, self.chance.randrange(60)])
        return {
            "unit_id": own.pk,
            "hosts": stated({unit.code for unit in others}),
            "happened_on": month.first_day + timedelta(days=self.chance.randrange(28)),
            "title": "共建",
            "partner": "某单位",
            "partner_type": "school",
            "content": self.chance.choice(["party", "business", "talent"]),
            "raised": solved,
            "solved": solved,
        }

    def write(self, count: int) -> None:
        self.world.write(0)  # Nothing, but whoever writes holds a post in new houses too.
        rows = [self.row() for _ in range(count)]
        create_many(self.world.actor("case_manager"), kind_of(KIND), rows, state="approved")

    def change(self, count: int) -> None:
        """Other hosts, another unit, another day, or void."""
        actor = self.world.actor("case_manager")
        living = list(JointAgreement.objects.exclude(state=VOID).order_by("pk"))
        for record in self.chance.sample(living, count):
            if self.chance.random() < 0.25:
                move(actor, record, "void", detail="误录")
                continue
            row = self.row()
            if self.chance.random() < 0.3:
                row["hosts"] = ""
            for name, value in row.items():
                setattr(record, name, value)
            save(actor, record)

    def hosts(self, record: JointAgreement) -> list[str]:
        return [record.unit.code, *filter(None, record.hosts.split("、"))]

    def below(self, unit: Unit, organised: Organised) -> set[int]:
        """The records with a host in the unit, each looked at alone."""
        return {
            record.pk
            for record in JointAgreement.objects.filter(state="approved").select_related("unit")
            for day in [TODAY if organised == "now" else record.happened_on]
            if any(unit.code in self.world.model.way(host, day) for host in self.hosts(record))
        }


def check(hosting: Hosting) -> None:
    """Plain thinking, the ORM and the engine say the same of every unit, then and now."""
    extract.refresh()
    refresh.refresh(TODAY)
    for unit in Unit.objects.order_by("code"):
        for organised in WAYS:
            wanted = hosting.below(unit, organised)
            rows = list(
                trace.records(AGREEMENTS, unit, MONTHS, organised).values_list("pk", flat=True)
            )
            assert (len(rows), set(rows)) == (len(wanted), wanted), (unit.code, organised)
            shown = figures.figure(AGREEMENTS, unit, MONTHS, organised=organised)
            assert shown.records == len(wanted), (unit.code, organised)
            check_below(unit, organised, len(wanted))
    living = JointAgreement.objects.filter(state="approved").count()
    assert figures.figure(AGREEMENTS, hosting.world.top, MONTHS).records == living
    assert not differences([AGREEMENTS, SOLVED], hosting.world.top)


def check_below(unit: Unit, organised: Organised, total: int) -> None:
    """What stands below, with the unit's own, less what is counted twice, is the unit's figure."""
    below = list(children(unit, ever=organised == "then"))
    if not below:
        return
    found = figures.children(AGREEMENTS, unit, MONTHS, organised=organised)
    own = trace.records(AGREEMENTS, unit, MONTHS, organised)
    own = own.filter(trace.own(unit, below, organised))
    twice = overlap.overlap(AGREEMENTS, unit, below, MONTHS, organised)
    assert own.count() + sum(each.records for _, each in found) - twice == total


def check_parts(units: Iterable[Unit]) -> None:
    """Every measure over facts is that over records: each record counts once at a place."""
    days = (MONTHS.start, MONTHS.end)
    for unit in units:
        for organised in WAYS:
            place = Place(unit.code, unit.path, organised)
            engine = columns.at_place(PARTS, days, place)
            orm = {part: trace.total(part, place, MONTHS) for part in PARTS}
            assert engine == orm, (unit.code, organised)


def check_months(hosting: Hosting) -> None:
    """The months of the cube, one by one."""
    for code in ("450000", "450100", "450200-P"):
        unit = Unit.objects.get(code=code)
        ids = hosting.below(unit, "now")
        days = JointAgreement.objects.filter(pk__in=ids).values_list("happened_on", flat=True)
        months = [Month.of(day) for day in days]
        series = figures.series(AGREEMENTS, unit, MONTHS)
        assert [each.records for each in series] == [months.count(month) for month in MONTHS]


@settings(
    max_examples=EXAMPLES,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6))
@example(seed=158)
def test_each_host_counts_it_and_it_counts_once_above(db: None, seed: int) -> None:
    with undone():
        hosting = Hosting(Random(seed))
        hosting.write(40)
        extract.rebuild()
        refresh.rebuild(TODAY)
        hosting.change(12)
        check(hosting)
        reorganise(hosting.world, REORGANISATIONS)
        hosting.write(10)
        hosting.change(8)
        check(hosting)
        check_months(hosting)
        check_parts(Unit.objects.order_by("code")[::4])
        by_deltas = refresh.refresh(TODAY)
        extract.rebuild()
        assert refresh.rebuild(TODAY).planes == by_deltas.planes
        places = Host.objects.select_related("unit", "record")
        assert {row.path for row in places} <= set(_paths_ever())


def _paths_ever() -> Iterable[str]:
    return Unit.objects.values_list("placements__path", flat=True)


def test_a_changed_day_moves_the_places_of_all_hosts(db: None) -> None:
    hosting = Hosting(Random(1))
    hosting.write(30)
    record = JointAgreement.objects.exclude(hosts="")[0]
    record.happened_on = date(2026, 6, 1)
    save(hosting.world.actor("case_manager"), record)
    assert [row.path for row in record.hosted_by.all()] == [
        row.unit.path for row in record.hosted_by.all()
    ]
