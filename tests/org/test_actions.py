"""Founding units: one prefix finds everything inside, in code order."""

from __future__ import annotations

from datetime import date

import pytest

from rongjian.org.models import Placement, Unit
from rongjian.org.queries import UnknownUnit, ancestors, children, path_on, unit_named
from tests.house import FOUNDED, House


def test_paths_nest_and_party_units_stand_inside_their_procuratorate(house: House) -> None:
    assert house.units["450103-01"].path == "450000/450100/450103/450103-01/"
    assert house.units["450100-P02"].path == "450000/450100/450100-P/450100-P02/"
    inside = Unit.objects.filter(path__startswith=house.units["450100"].path)
    assert {unit.code[:6] for unit in inside} == {"450100", "450103"}


def test_every_unit_has_a_court_and_one_open_placement(house: House) -> None:
    for unit in Unit.objects.select_related("court"):
        assert unit.court is not None
        assert unit.court.is_court
        assert unit.path.startswith(unit.court.path)
    assert Placement.objects.filter(valid_to=None).count() == Unit.objects.count()


def test_children_and_ancestors_follow_the_tree_in_code_order(house: House) -> None:
    region = house.units["450000"]
    assert [unit.code for unit in children(region)] == ["450100", "450200"]
    assert [unit.code for unit in children(house.units["450100-P"])] == ["450100-P01", "450100-P02"]
    above = ancestors(house.units["450103-01"])
    assert [unit.code for unit in above] == ["450000", "450100", "450103", "450103-01"]


def test_a_day_has_its_own_place(house: House) -> None:
    unit = house.units["450103"]
    Placement.objects.filter(unit=unit).update(valid_to=date(2019, 12, 31))
    Placement.objects.create(
        unit=unit,
        parent=house.units["450200"],
        path="450000/450200/450103/",
        name=unit.name,
        short=unit.short,
        valid_from=date(2020, 1, 1),
    )
    assert path_on(unit, date(2019, 12, 31)) == "450000/450100/450103/"
    assert path_on(unit, date(2020, 1, 1)) == "450000/450200/450103/"
    assert path_on(unit, date(2000, 1, 1)) == unit.path
    assert date(2019, 1, 1) > FOUNDED


def test_a_unit_is_found_by_code_name_or_short_name(house: House) -> None:
    for word in ("450103", "南宁市青秀区人民检察院", "青秀区院"):
        assert unit_named(word).code == "450103"
    with pytest.raises(UnknownUnit, match="青秀院"):
        unit_named("青秀院")
