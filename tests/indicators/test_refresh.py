"""The cube by deltas is the cube counted anew, whatever happened in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.facts import extract
from rongjian.facts.files import Manifest
from rongjian.indicators import figures, refresh, snapshots, trace
from rongjian.indicators.columns import FactsMissing
from rongjian.kernel.periods import Period
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.ledgers.recommendation import Recommendation
from rongjian.log import guards
from rongjian.log.models import Image
from rongjian.org.actions import NewUnit, found
from rongjian.org.models import Tree, Unit, UnitType
from rongjian.records.actions import move, opened, save
from rongjian.records.kinds import kind_of
from tests.house import FOUNDED, NOW, House
from tests.indicators.writing import COURT, START, WRITERS, row, undone, write, write_some

if TYPE_CHECKING:
    from pathlib import Path

    from rongjian.records.models import Record

TODAY = NOW.date()
HANDLED = "handled-person"
REGION = Period.parse("2018-01..2026-12")


def person(house: House, day: date = START, **more: Any) -> dict[str, Any]:
    values = {
        "unit_id": house.units["450100-01"].pk,
        "happened_on": day,
        "decision": "prosecuted",
        "charge": "盗窃",
        "campaign": "gang",
    }
    return {**values, **more}


def count(house: House, code: str = "prosecuted-gang", unit: str = "450000") -> int:
    found = figures.figure(code, house.units[unit], REGION)
    assert found.value == trace.recount(code, house.units[unit], REGION)
    return found.records


def change_something(house: House, chance: Random) -> None:
    """One random step: new rows, an edit, a move of state."""
    kind = chance.choice(sorted(WRITERS))
    rows = list(kind_of(kind).model._default_manager.exclude(state="void").order_by("pk"))
    step = chance.choice(["write", "edit", "edit", "move", "move"])
    if step == "write" or not rows:
        write(house, kind, [row(kind, house, chance) for _ in range(chance.randrange(1, 5))])
    elif step == "edit":
        edit(house, chance.choice(rows), chance)
    else:
        take_a_step(house, chance.choice(rows), chance)


def edit(house: House, record: Record, chance: Random) -> None:
    """Change any of the fields, the unit among them."""
    if record.kind != "activity" and chance.random() < 0.5:
        record.unit = house.units[chance.choice(COURT)]
    for name, value in row(record.kind, house, chance).items():
        if name != "unit_id" and chance.random() < 0.4:
            setattr(record, name, value)
    if isinstance(record, Activity):
        record.absent = 0
    if isinstance(record, Recommendation) and record.replied_on:
        record.replied_on = max(record.replied_on, record.happened_on)
    save(house.actor(WRITERS[record.kind][0]), record)


def take_a_step(house: House, record: Record, chance: Random) -> None:
    """Any move that leads on from the record's state; a second person where it takes one."""
    steps = kind_of(record.kind).flow.moves_from(record.state)
    step = chance.choice(steps)
    if record.kind == "activity" and step.code == "void":
        return
    who = "wangwu" if step.by_another else WRITERS[record.kind][0]
    move(house.actor(who), record, step.code, detail="误录")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    steps=st.lists(
        st.sampled_from(["change", "change", "change", "facts", "figures"]), max_size=25
    ),
)
def test_deltas_and_counting_anew_give_the_same_cells(
    house: House, folders: Path, seed: int, steps: list[str]
) -> None:
    chance = Random(seed)
    with undone():
        write_some(house, chance, 6)
        extract.rebuild()
        refresh.rebuild(TODAY)
        for step in steps:
            if step == "change":
                change_something(house, chance)
            elif step == "facts":
                extract.refresh()
            else:
                refresh.refresh(TODAY)
        by_deltas = refresh.refresh(TODAY)
        from_older_facts = refresh.rebuild(TODAY)
        extract.rebuild()
        anew = refresh.rebuild(TODAY)
        assert by_deltas.planes == from_older_facts.planes == anew.planes
        assert by_deltas.number == anew.number


def test_every_figure_follows_a_change_at_once(house: House) -> None:
    extract.rebuild()
    refresh.rebuild(TODAY)
    qian = house.actor("qian")
    assert count(house) == 0
    [pk] = write(house, HANDLED, [person(house)])
    refresh.refresh(TODAY)
    assert (count(house), count(house, unit="450100-01")) == (1, 1)
    record = HandledPerson.objects.get(pk=pk)
    record.unit = house.units["450100-02"]
    save(qian, record)
    refresh.refresh(TODAY)
    assert [count(house, unit=u) for u in ("450100", "450100-01", "450100-02")] == [1, 0, 1]
    move(qian, HandledPerson.objects.get(pk=pk), "void", detail="误录")
    refresh.refresh(TODAY)
    assert count(house) == 0


def test_what_changes_no_figure_makes_no_snapshot(house: House) -> None:
    [pk] = write(house, HANDLED, [person(house)])
    extract.rebuild()
    before = refresh.rebuild(TODAY)
    qian = house.actor("qian")
    record = HandledPerson.objects.get(pk=pk)
    record.note = "改了备注"
    save(qian, record)
    opened(qian, "list", house.units["450100"], "看了名单")
    assert refresh.refresh(TODAY) == before
    assert refresh.refresh(TODAY) == before
    at = snapshots.pointer()
    assert at is not None
    # The point of the log has moved on all the same.
    assert at.heads["450100"][0] == 3


def test_a_new_unit_takes_its_place_among_the_others(house: House) -> None:
    extract.rebuild()
    before = refresh.rebuild(TODAY)
    court = "450100"
    plan = NewUnit(
        "450100-00", "办公室", "办公室", Tree.BUSINESS, UnitType.DEPARTMENT, court, court, FOUNDED
    )
    unit = found([plan])["450100-00"]
    write(house, HANDLED, [person(house, unit_id=unit.pk)])
    after = refresh.refresh(TODAY)
    assert after.number == before.number + 1
    assert len(after.cube.axes.paths) == len(before.cube.axes.paths) + 1
    assert figures.figure("prosecuted-gang", unit, REGION).value == 1
    assert count(house) == 1


def test_a_moved_unit_takes_its_figures_along(house: House) -> None:
    write(house, HANDLED, [person(house)])
    extract.rebuild()
    refresh.rebuild(TODAY)
    Unit.objects.filter(code="450100-01").update(path="450000/450200/450100-01/")
    extract.refresh()
    refresh.refresh(TODAY)
    assert (count(house, unit="450100"), count(house, unit="450200")) == (0, 1)


def test_a_new_year_is_added_to_the_months(house: House) -> None:
    write(house, HANDLED, [person(house)])
    extract.rebuild()
    refresh.rebuild(TODAY)
    after = refresh.refresh(date(2027, 1, 1))
    january = Period.parse("2027-01")
    assert after.cube.axes.span(january) is not None
    assert count(house) == 1


def test_an_earlier_record_makes_the_cube_begin_earlier(house: House) -> None:
    write(house, HANDLED, [person(house)])
    extract.rebuild()
    before = refresh.rebuild(TODAY)
    write(house, HANDLED, [person(house, date(2017, 5, 5))])
    after = refresh.refresh(TODAY)
    assert before.cube.axes.first_month - after.cube.axes.first_month == 30
    assert figures.figure("prosecuted-gang", house.units["450000"], Period.parse("2017")).value == 1


@pytest.mark.parametrize(
    "day", [date(1949, 10, 1), date(2031, 1, 1), date(5, 1, 1), date(9999, 12, 31)]
)
def test_a_mistyped_year_neither_grows_the_cube_nor_gets_lost(house: House, day: date) -> None:
    write(house, HANDLED, [person(house)])
    extract.rebuild()
    before = refresh.rebuild(TODAY).cube.axes
    write(house, HANDLED, [person(house, day)])
    extract.refresh()
    after = refresh.refresh(TODAY).cube.axes
    early = day.year < 2026
    assert after == replace(before, earlier=early, later=not early)
    assert count(house) == 1
    if 1900 <= day.year <= 2200:
        there = Period.parse(str(day.year))
        assert figures.figure("prosecuted-gang", house.units["450000"], there).value == 1


def test_without_facts_nothing_can_be_counted_anew(house: House) -> None:
    with pytest.raises(FactsMissing, match="rongjian tick"):
        refresh.refresh(TODAY)
    with pytest.raises(snapshots.NoSnapshot, match="rongjian tick"):
        snapshots.current()


@pytest.mark.parametrize("how", ["unfinished", "other fields", "newer than the database"])
def test_unfit_facts_are_not_counted(house: House, how: str) -> None:
    known = extract.rebuild()
    heads, schema = dict(known.heads), dict(known.schema)
    if how == "other fields":
        schema[HANDLED] = {"id": "BIGINT"}
    elif how == "newer than the database":
        heads["450100"] = (7, "0" * 64)
    Manifest(heads, known.units, schema, complete=how != "unfinished").write()
    with pytest.raises(FactsMissing):
        refresh.rebuild(TODAY)


def test_after_an_erased_image_the_facts_decide(house: House) -> None:
    extract.rebuild()
    refresh.rebuild(TODAY)
    write(house, HANDLED, [person(house)])
    guards.remove(connection)
    Image.objects.all().delete()
    with pytest.raises(FactsMissing):
        refresh.refresh(TODAY)
    extract.refresh()
    refresh.refresh(TODAY)
    assert count(house) == 1
