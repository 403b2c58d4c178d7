"""Every indicator, at every sort of unit, over every sort of period: figure = records = parts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db.models import Q

from rongjian.indicators import catalogue, figures, snapshots, trace
from rongjian.indicators.schema import schemas
from rongjian.kernel.periods import Period
from rongjian.org.models import Unit
from tests.world import TODAY, World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from rongjian.indicators.figures import Figure
    from rongjian.indicators.spec import Definition
    from rongjian.records.models import Record

pytestmark = pytest.mark.usefixtures("world")

CODES = tuple(catalogue.indicators())
ADDITIVE = [code for code in CODES if catalogue.formula(code, TODAY).additive]
MONTH, QUARTER, YEAR = (Period.parse(text) for text in ("2026-05", "2026-Q2", "2020"))
COURTS = ("450000", "450100", "450102", "450200", "450202")


def periods(code: str) -> list[Period]:
    """A month, a quarter, a year, and the period that the indicator itself means."""
    return list(dict.fromkeys([MONTH, QUARTER, YEAR, catalogue.default_period(code, TODAY)]))


@pytest.fixture(scope="module")
def sample(built_world: World) -> list[Unit]:
    """The region, two cities, counties, and one body of every type inside a city."""
    inside = [u for u in built_world.units.values() if u.court_id == built_world.nanning.pk]
    by_type = {unit.type: unit for unit in inside if not unit.is_court}
    return [*(built_world.units[code] for code in COURTS), *by_type.values()]


def asked(code: str, sample: Iterable[Unit]) -> Iterator[tuple[Unit, Period, Figure]]:
    for unit in sample:
        for period in periods(code):
            yield unit, period, figures.figure(code, unit, period)


@pytest.mark.parametrize("code", CODES)
def test_a_figure_is_what_its_records_make(code: str, sample: list[Unit]) -> None:
    for unit, period, found in asked(code, sample):
        rows = trace.records(code, unit, period)
        assert found.records == rows.count(), found
        assert found.value == trace.recount(code, unit, period), found
        definition = catalogue.in_force(code, period.end)
        if definition.measure == "count":
            assert found.value == found.records, found
        if definition.measure == "sum":
            assert (found.value or 0) == added(definition, rows), found
            assert (found.value is None) is (found.records == 0), found


@pytest.mark.parametrize("code", ADDITIVE)
def test_a_unit_is_what_is_below_it_and_its_own(
    code: str, sample: list[Unit], built_world: World
) -> None:
    for unit, period, found in asked(code, [each for each in sample if each.is_court]):
        definition = catalogue.in_force(code, period.end)
        depth = unit.path.count("/") + 1
        below = [
            figures.figure(code, each, period)
            for each in built_world.units.values()
            if each.path.startswith(unit.path) and each.path.count("/") == depth
        ]
        rows = trace.records(code, unit, period)
        own, again = standing(rows, unit)
        mine = len(own) - len(again)
        assert found.records == sum(each.records for each in below) + mine, found
        if definition.measure in ("count", "sum"):
            total = sum(each.value or 0 for each in below)
            summed = definition.measure == "sum"
            weighed = [
                sign * (added(definition, rows.filter(pk=pk)) if summed else 1)
                for sign, some in ((1, own), (-1, again))
                for pk in some
            ]
            assert (found.value or 0) == total + sum(weighed), found


def standing(rows: QuerySet[Record], unit: Unit) -> tuple[list[int], list[int]]:
    """The records that the unit itself hosts, and those that units below share, once for each more."""
    own, again = [], []
    concerned = rows.filter(Q(unit=unit) | ~Q(hosts=""))
    for record in concerned.select_related("unit").prefetch_related("hosted_by__unit"):
        paths = [record.unit.path, *(host.unit.path for host in record.hosted_by.all())]
        inside = [path.removeprefix(unit.path) for path in paths if path.startswith(unit.path)]
        below = {path.partition("/")[0] for path in inside}
        own += [record.pk] if "" in below else []
        again += [record.pk] * (len(below) - 1)
    return own, again


def added(definition: Definition, rows: QuerySet[Record]) -> Decimal:
    """What the rows of a sum make, added up one by one."""
    lookup = schemas()[definition.of][definition.field].lookup
    return sum(map(Decimal, rows.values_list(lookup, flat=True)), Decimal(0))


MADE = [code for code, each in catalogue.indicators().items() if each.refers_to]


@pytest.mark.parametrize("code", MADE)
def test_a_figure_made_of_others_is_made_of_them_at_every_level(
    code: str, sample: list[Unit]
) -> None:
    for unit, period, found in asked(code, sample):
        definition = catalogue.in_force(code, period.end)
        parts = {
            each: figures.figure(each, unit, period).value or Decimal(0)
            for each in definition.refers_to
        }
        if definition.measure == "derived":
            plus = sum(parts[each] for each in definition.plus)
            assert (found.value or 0) == plus - sum(parts[each] for each in definition.minus), found
        elif parts[definition.bottom]:
            share = parts[definition.top] / parts[definition.bottom] * definition.scale
            assert found.value == pytest.approx(share), found
        else:
            assert found.value is None, found


@pytest.mark.parametrize("code", CODES)
def test_the_units_then_make_up_the_same_whole(code: str, built_world: World) -> None:
    """In a world without reorganisation both ways of placing records agree."""
    for unit in (built_world.region, built_world.nanning, built_world.units["450100-P"]):
        now = figures.figure(code, unit, YEAR)
        then = figures.figure(code, unit, YEAR, organised="then")
        assert (then.value, then.records) == (now.value, now.records)


def test_the_world_puts_every_indicator_to_the_test(built_world: World) -> None:
    whole = Period.parse("2018-01..2026-12")
    empty = {code for code in CODES if not figures.figure(code, built_world.region, whole).records}
    assert empty == set()


def test_every_measure_of_the_vocabulary_is_used() -> None:
    used = {definition.measure for definition in catalogue.indicators().values()}
    assert used == {"count", "sum", "distinct", "median", "ratio", "derived"}


def test_every_figure_names_the_snapshot_it_was_read_from(built_world: World) -> None:
    number = snapshots.current().number
    found = {figures.figure(code, built_world.region, YEAR).snapshot for code in CODES}
    assert found == {number}
