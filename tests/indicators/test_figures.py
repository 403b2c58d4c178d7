"""Figures as pages and documents ask for them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from rongjian.facts import extract
from rongjian.indicators import catalogue, figures, refresh, snapshots, trace
from rongjian.indicators.compiler import Organised
from rongjian.indicators.spec import UnknownIndicator
from rongjian.kernel.number_text import NOTHING
from rongjian.kernel.periods import Period
from rongjian.org.models import Placement, Unit
from tests.house import NOW, House
from tests.indicators.writing import write, write_some

TODAY = NOW.date()
HANDLED = "handled-person"
CAMPAIGN = Period.parse("2018-01..2020-12")
YEAR = Period.parse("2020")


def counted() -> None:
    extract.refresh()
    refresh.refresh(TODAY)


def person(house: House, unit: str, day: date, **more: Any) -> dict[str, Any]:
    values = {
        "unit_id": house.units[unit].pk,
        "happened_on": day,
        "decision": "prosecuted",
        "charge": "盗窃",
        "campaign": "gang",
    }
    return {**values, **more}


def asset(house: House, amount: str, **more: Any) -> dict[str, Any]:
    values = {
        "unit_id": house.units["450100-01"].pk,
        "happened_on": date(2020, 5, 5),
        "measure": "frozen",
        "campaign": "gang",
        "amount": amount,
    }
    return {**values, **more}


def test_a_figure_says_what_it_is(house: House) -> None:
    days = [date(2018, 1, 1), date(2020, 12, 31), date(2017, 12, 31), date(2021, 1, 1)]
    write(house, HANDLED, [person(house, "450100-01", day) for day in days])
    counted()
    found = figures.figure("prosecuted-gang", house.units["450000"], CAMPAIGN)
    assert found == figures.Figure(
        code="prosecuted-gang",
        name="起诉涉黑涉恶犯罪嫌疑人",
        unit_code="450000",
        period=CAMPAIGN,
        organised="now",
        value=Decimal(2),
        records=2,
        measure_unit="人",
        text="2",
        snapshot=1,
        version=1,
    )


def test_no_such_records_is_not_zero(house: House) -> None:
    counted()
    region = house.units["450000"]
    assert figures.figure("assets-gang", region, CAMPAIGN).value is None
    assert figures.figure("assets-gang", region, CAMPAIGN).text == NOTHING
    assert figures.figure("non-arrest-rate", region, CAMPAIGN).value is None
    assert figures.figure("asset-amount-median", region, CAMPAIGN).value is None
    assert figures.figure("arrested-gang", region, CAMPAIGN).value == 0
    assert figures.figure("pil-courts", region, CAMPAIGN).value == 0
    write(house, "seized-asset", [asset(house, "0")])
    counted()
    found = figures.figure("assets-gang", region, CAMPAIGN)
    assert (found.value, found.records, found.text) == (Decimal(0), 1, "0元")


def test_money_is_exact_and_prints_as_in_texts(house: House) -> None:
    write(house, "seized-asset", [asset(house, "3500000000.01"), asset(house, "0.01")])
    counted()
    found = figures.figure("assets-gang", house.units["450000"], CAMPAIGN)
    assert (found.value, found.text) == (Decimal("3500000000.02"), "35亿余元")
    middle = figures.figure("asset-amount-median", house.units["450000"], CAMPAIGN)
    assert middle.value == Decimal("1750000000.01")


def test_a_rate_of_the_whole_is_made_of_parts_and_not_of_rates(house: House) -> None:
    day = date(2020, 5, 5)
    written = {"450100-01": ["not_arrested"], "450100-02": ["arrested"] * 8 + ["not_arrested"]}
    for unit, decisions in written.items():
        write(house, HANDLED, [person(house, unit, day, decision=each) for each in decisions])
    counted()
    rates = {
        unit: figures.figure("non-arrest-rate", house.units[unit], YEAR)
        for unit in ("450100-01", "450100-02", "450100")
    }
    assert [rate.text for rate in rates.values()] == ["100.00%", "11.11%", "20.00%"]
    assert rates["450100"].records == 10


def test_months_and_units_add_up(house: House) -> None:
    write_some(house, Random(3), 60)
    counted()
    region, cities = house.units["450000"], ["450100", "450200"]
    whole = figures.figure("prosecuted", region, YEAR)
    months = figures.series("prosecuted", region, YEAR)
    below = figures.children("prosecuted", region, YEAR)
    assert [str(each.period) for each in months] == [f"2020-{n:02}" for n in range(1, 13)]
    assert sum(each.value or 0 for each in months) == whole.value
    assert [unit.code for unit, _ in below] == cities
    assert sum(each.value or 0 for _, each in below) == whole.value
    assert whole.value


def test_a_unit_is_seen_against_its_own_past(house: House) -> None:
    days = [date(2019, 2, 1), date(2019, 8, 1), date(2019, 9, 1), date(2020, 1, 5)]
    write(house, HANDLED, [person(house, "450100-01", day) for day in days])
    counted()
    region = house.units["450000"]
    now = figures.figure("prosecuted-gang", region, Period.parse("2020-H1"))
    before = figures.previous(now, region)
    assert (before.period.label, before.value) == ("2019年下半年", Decimal(2))
    same = figures.year_before(now, region)
    assert (same.period.label, same.value) == ("2019年上半年", Decimal(1))


def move_department(house: House, day: date) -> Unit:
    """From a day on the first department of 450100 stands in 450200."""
    unit = house.units["450100-01"]
    moved = "450000/450200/450100-01/"
    unit.placements.update(valid_to=day - timedelta(days=1))
    parent = house.units["450200"]
    Placement.objects.create(unit=unit, parent=parent, path=moved, valid_from=day)
    Unit.objects.filter(pk=unit.pk).update(path=moved)
    unit.refresh_from_db()
    return unit


def test_a_figure_can_be_asked_as_organised_now_or_then(house: House) -> None:
    days = [date(2020, 3, 1), date(2020, 4, 1), date(2020, 9, 1)]
    write(house, HANDLED, [person(house, "450100-01", day) for day in days[:2]])
    unit = move_department(house, date(2020, 7, 1))
    write(house, HANDLED, [person(house, "450100-01", days[2])])
    counted()
    for code, now, then in (("450100", 0, 2), ("450200", 3, 1), ("450000", 3, 3)):
        there = house.units[code]
        expectations: list[tuple[Organised, int]] = [("now", now), ("then", then)]
        for organised, expected in expectations:
            found = figures.figure("prosecuted-gang", there, YEAR, organised=organised)
            assert found.value == expected, (code, organised)
            assert trace.recount("prosecuted-gang", there, YEAR, organised) == expected
            rows = trace.records("prosecuted-gang", there, YEAR, organised)
            assert rows.count() == expected
    # The unit itself keeps its rows, wherever it stood.
    assert figures.figure("prosecuted-gang", unit, YEAR, organised="then").value == 3


def test_several_figures_can_be_of_one_snapshot(house: House) -> None:
    write(house, HANDLED, [person(house, "450100-01", date(2020, 3, 1))])
    counted()
    kept = snapshots.current()
    write(house, HANDLED, [person(house, "450100-01", date(2020, 4, 1))])
    counted()
    region = house.units["450000"]
    older = figures.figure("prosecuted-gang", region, YEAR, snapshot=kept)
    newer = figures.figure("prosecuted-gang", region, YEAR)
    assert [(each.snapshot, each.value) for each in (older, newer)] == [
        (1, Decimal(1)),
        (2, Decimal(2)),
    ]
    assert figures.previous(older, region, snapshot=kept).snapshot == 1


def test_a_grid_holds_the_single_figures(house: House) -> None:
    write_some(house, Random(4), 60)
    counted()
    period = Period.parse("2019-09..2020-04")
    codes = [code for code in catalogue.indicators() if catalogue.formula(code, TODAY).additive]
    units = [house.units[code] for code in ("450000", "450100-01", "450200", "450100-P02")]
    grid = figures.grid(codes, units, period)
    assert grid.shape == (len(codes), len(units), 8)
    for place, code in enumerate(codes):
        for unit, line in zip(units, grid[place], strict=True):
            values = [each.value for each in figures.series(code, unit, period)]
            expected = [np.nan if value is None else float(value) for value in values]
            np.testing.assert_allclose(line, expected, rtol=1e-12)
    assert np.isnan(grid).any()
    assert (grid > 0).any()


def test_a_grid_is_of_what_the_cube_holds(house: House) -> None:
    counted()
    with pytest.raises(ValueError, match="pil-courts"):
        figures.grid(["pil-courts"], [house.units["450000"]], YEAR)


def test_an_unknown_figure_is_refused_with_a_suggestion(house: House) -> None:
    counted()
    with pytest.raises(UnknownIndicator, match="是否想查 prosecuted-gang"):
        figures.figure("prosecuted-gangs", house.units["450000"], YEAR)


def test_the_period_meant_is_the_indicators_or_its_campaigns() -> None:
    meant = {
        "prosecuted-gang": "2018-01..2020-12",
        "prosecuted-covid": "2020-01..2021-06",
        "pil-ecology": "2020",
        "prosecuted": "2026",
    }
    assert {code: str(catalogue.default_period(code, TODAY)) for code in meant} == meant
