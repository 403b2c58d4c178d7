"""An import that was taken back leaves every table and every figure as it found them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from django.apps import apps
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.facts import extract, files
from rongjian.indicators import refresh
from rongjian.kernel.sheets import Column, write_csv
from rongjian.records import import_mapping, importing
from rongjian.records.actions import link
from rongjian.records.bulk import create_many
from rongjian.records.host_models import Host
from rongjian.records.import_matching import record_number
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchRow, Due, LinkKind, Record
from tests.house import NOW, House
from tests.indicators.writing import COURT, START, WRITERS, row, undone, write_some

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from rongjian.records.kinds import Kind

TODAY = NOW.date()
Table = list[tuple[Any, ...]]
# The log tells what happened, receipts which request was answered, and a batch is the import itself.
_NOT_BUSINESS = {"log_event", "log_image", "log_streamhead", "log_receipt"}
_NOT_BUSINESS |= {Batch._meta.db_table, BatchRow._meta.db_table}
# Rows that only tie two others together have a number of their own that nothing refers to.
_TIES = (Host, Due.answers.through)


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    settings.FACTS_DIR = tmp_path / "facts"
    settings.FIGURES_DIR = tmp_path / "figures"


def tables() -> dict[str, Table]:
    """Every table that holds business, row by row as the database has it.

    A record's version is left out: it is the lock of who edits and must never run backwards.
    """
    found = {}
    # Other tests declare models of their own that have no table.
    there = set(connection.introspection.table_names()) - _NOT_BUSINESS
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        if table not in there or model._meta.proxy:
            continue
        columns = [field.column for field in model._meta.local_concrete_fields]
        if model is Record:
            columns.remove("version")
        if model in _TIES:
            columns.remove("id")
        names = ", ".join(connection.ops.quote_name(str(column)) for column in columns)
        # Names come from the models.
        order = ", ".join(str(at) for at in range(1, len(columns) + 1)) if model in _TIES else "1"
        statement = f"SELECT {names} FROM {connection.ops.quote_name(table)} ORDER BY {order}"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found[table] = cursor.fetchall()
    return found


def without(found: dict[str, Table], pks: set[int]) -> dict[str, Table]:
    """The tables without the rows of some records: their own, and whatever points to them."""
    ours = {model._meta.db_table for model in apps.get_models() if issubclass(model, Record)}
    ours.add(Host._meta.db_table)
    return {
        name: [row for row in rows if not (name in ours and row[0] in pks)]
        for name, rows in found.items()
    }


def facts() -> dict[str, list[Any]]:
    """All rows of all fact files; months of which nothing is left have a file without rows."""
    engine = duckdb.connect()
    found = {}
    for path in sorted(files.folder().glob("*/????-??.parquet")):
        rows = engine.read_parquet(str(path)).fetchall()
        if rows:
            found[f"{path.parent.name}/{path.stem}"] = rows
    return found


def figures() -> list[bytes]:
    """The cube of every additive figure, byte by byte."""
    extract.refresh()
    return [np.asarray(plane).tobytes() for plane in refresh.refresh(TODAY).cube.planes]


def owe(house: House) -> None:
    """Dues that some days of the file answer and others do not."""
    for number, code in enumerate((*COURT, "450100-P02")):
        for kind in WRITERS:
            for window in range(3):
                opens = START + timedelta(days=50 * window)
                Due.objects.create(
                    origin=f"test:{kind}",
                    unit=house.units[code],
                    kind=kind,
                    opens_on=opens,
                    due_on=opens + timedelta(days=20 + number),
                )


def connect(house: House) -> None:
    """Links between some of the records."""
    known = list(Record.objects.filter(kind="activity").order_by("pk")[:4])
    for source, target in pairwise(known):
        link(house.actor("lisi"), source, target, LinkKind.SERVE)


def sheet(house: House, kind: Kind, chance: Random) -> bytes:
    """A file of new rows, changed rows found by number or key, rows left alone, and faulty ones."""
    names = ["record", *kind.fields]
    rows = []
    for record in kind.model._default_manager.order_by("pk"):
        attnames = [kind.field(name).attname for name in kind.fields]
        values = {name: getattr(record, name) for name in attnames}
        step = chance.choice(["same", "change", "change", "spoil", "leave"])
        if step == "leave":
            continue
        if step != "same":
            values |= changed(house, kind, chance)
        if step == "spoil":
            values["happened_on"] = "某日"
        rows.append(written(house, names, {**values, "record": record_number(record)}))
    for number in range(chance.randrange(1, 12)):
        values = {**changed(house, kind, chance), "key": f"X-{number}" if number % 2 else ""}
        if number % 5 == 4:
            values["happened_on"] = ""
        rows.append(written(house, names, values))
    headings = import_mapping.fields(kind)
    return write_csv([Column(headings[name]) for name in names], rows)


def changed(house: House, kind: Kind, chance: Random) -> dict[str, Any]:
    values = row(kind.code, house, chance)
    if kind.code == "activity":
        values |= {"absent": 0, "expected": None}
        values["hosts"] = chance.choice(["", "", "450100-P01"])
    return values


def written(house: House, names: list[str], values: dict[str, Any]) -> list[object]:
    """One line of the file: codes of units, numbers of people, everything else as it is."""
    codes = {unit.pk: unit.code for unit in house.units.values()}
    numbers = {person.pk: person.staff_no for person in house.people.values()}
    cells: list[object] = []
    for name in names:
        value = values.get(f"{name}_id", values.get(name))
        if value is not None and name in {"unit", "task_force"}:
            value = codes[value]
        elif value is not None and name == "handler":
            value = numbers[value]
        cells.append(value)
    return cells


def check_undone(house: House, kind: str, chance: Random, *, counted: bool) -> None:
    """Import a random file over a random world, take it back, and compare everything."""
    ledger, (who, codes) = kind_of(kind), WRITERS[kind]
    with undone():
        owe(house)
        write_some(house, chance, 5)
        connect(house)
        data = sheet(house, ledger, chance)
        before = tables()
        planes, drawn = (figures(), facts()) if counted else ([], {})
        actor = house.actor(who)
        batch = importing.upload(actor, ledger, house.units[codes[0]], "某.csv", data)
        done = importing.commit(actor, batch)
        assert (tables() != before) == bool(done.created + done.updated)
        assert not counted or figures() != planes
        back = importing.undo(actor, batch)
        assert (back.voided, back.restored, back.refused) == (done.created, done.updated, ())
        tombs = dict(Record.objects.filter(batch=batch).values_list("pk", "state"))
        assert set(tombs.values()) == {VOID}
        assert without(tables(), set(tombs)) == before
        if counted:
            assert figures() == planes
            assert facts() == drawn


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), kind=st.sampled_from(sorted(WRITERS)))
def test_an_undone_import_leaves_every_table_as_it_was(house: House, seed: int, kind: str) -> None:
    check_undone(house, kind, Random(seed), counted=False)


@pytest.mark.parametrize("kind", ["handled-person", "seized-asset"])
def test_an_undone_import_leaves_facts_and_figures_as_they_were(house: House, kind: str) -> None:
    check_undone(house, kind, Random(7), counted=True)


def test_a_number_that_went_from_one_record_to_the_next_goes_back(house: House) -> None:
    qian, kind, unit = house.actor("qian"), kind_of("handled-person"), house.units["450100-01"]
    rows = [
        {"unit_id": unit.pk, "key": key, "decision": "prosecuted", "charge": "盗窃"}
        for key in ("A-1", "A-2")
    ]
    pks = create_many(qian, kind, [{**row, "happened_on": START} for row in rows])
    before = tables()
    known = kind.model._default_manager.in_bulk(pks)
    lines = [
        (record_number(known[pk]), key, "450100-01", "起诉", "盗窃", START)
        for pk, key in zip(pks, ("A-3", "A-1"), strict=True)
    ]
    headings = ("记录号", "编号", "单位", "决定", "罪名类别", "日期")
    data = write_csv([Column(each) for each in headings], lines)
    batch = importing.upload(qian, kind, unit, "某.csv", data)
    assert importing.commit(qian, batch).left == 1
    importing.check(qian, batch)
    assert importing.commit(qian, batch).updated == 2
    assert importing.undo(qian, batch).restored == 2
    assert tables() == before
