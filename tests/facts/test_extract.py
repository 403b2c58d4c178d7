"""Facts: what they hold, which of them a change rewrites, and that both ways give the same."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.facts import extract
from rongjian.facts.files import Manifest, partitions
from rongjian.facts.schema import columns
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log import guards
from rongjian.log.models import Image
from rongjian.org.models import Unit
from rongjian.records.actions import move, save
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of, kinds
from tests.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HANDLED = "handled-person"
ENGINE = duckdb.connect()


def person(house: House, number: int, day: date = date(2026, 3, 5), **more: Any) -> dict[str, Any]:
    values = {
        "unit_id": house.units["450100-01"].pk,
        "key": f"BG-{number}",
        "decision": "prosecuted",
        "happened_on": day,
        "charge": "盗窃",
        "note": "不上行",
    }
    return {**values, **more}


def ask(folder: Path, kind: str, picked: str, clause: str = "") -> list[tuple[Any, ...]]:
    with ENGINE.cursor() as engine:
        source = f"read_parquet('{folder / kind}/*.parquet')"
        return engine.execute(f"{picked} FROM {source} {clause}").fetchall()


def read(folder: Path, kind: str, *names: str) -> list[tuple[Any, ...]]:
    """The facts of a kind, ordered by id."""
    return ask(folder, kind, f"SELECT {', '.join(names) or '*'}", "ORDER BY id")


def everything(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {kind.code: read(folder, kind.code) for kind in kinds()}


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What tells a rewritten file from one that was left alone."""
    found = {path: path.stat() for path in folder.glob("*/????-??.parquet")}
    return {
        str(path.relative_to(folder)): (stat.st_ino, stat.st_mtime_ns)
        for path, stat in found.items()
    }


def test_an_empty_ledger_is_a_table_without_rows(house: House, facts_folder: Path) -> None:
    extract.refresh()
    for kind in kinds():
        described = ask(facts_folder, kind.code, "DESCRIBE SELECT *")
        assert [(name, type_) for name, type_, *_ in described] == [
            (column.name, column.type) for column in columns(kind)
        ]
        assert read(facts_folder, kind.code) == []


def test_a_fact_row_says_what_the_record_says(house: House, facts_folder: Path) -> None:
    unit = house.units["450100-01"]
    kind = kind_of("seized-asset")
    row = {
        "unit_id": unit.pk,
        "key": "C-1",
        "measure": "frozen",
        "happened_on": date(2020, 5, 6),
        "amount": "123456789012.34",
        "campaign": "gang",
    }
    [pk] = create_many(house.actor("qian"), kind, [row])
    extract.refresh()
    names = [column.name for column in columns(kind)]
    [found] = read(facts_folder, "seized-asset", *names)
    assert dict(zip(names, found, strict=True)) == {
        "id": pk,
        "unit": "450100-01",
        "unit_path": "450000/450100/450100-01/",
        "court": "450100",
        "path": "450000/450100/450100-01/",
        "unit_id": unit.pk,
        "happened_on": date(2020, 5, 6),
        "campaign": "gang",
        "line": "",
        "task_force_id": None,
        "state": "filed",
        "measure": "frozen",
        "amount": Decimal("123456789012.34"),
    }


def test_nothing_private_and_no_key_gets_into_the_facts() -> None:
    for kind in kinds():
        names = {column.name for column in columns(kind)}
        assert not names & {"key", "author_id", "batch_id", *kind.private}, kind.code
    handled = kind_of(HANDLED)
    with pytest.raises(ValueError, match="handler"):
        columns(replace(handled, facts=("decision", "handler")))


def test_empty_cells_stay_empty_whatever_comes_first(house: House, facts_folder: Path) -> None:
    unit = house.units["450100-01"].pk
    rows = [
        {"unit_id": unit, "type": "other", "addressee": "公安", "happened_on": date(2020, 1, 1 + n)}
        for n in range(20)
    ]
    rows[-1] |= {"replied_on": date(2020, 3, 1), "adopted": False}
    create_many(house.actor("qian"), kind_of("recommendation"), rows)
    extract.refresh()
    found = read(facts_folder, "recommendation", "replied_on", "adopted")
    assert found == [(None, None)] * 19 + [(date(2020, 3, 1), False)]


def test_only_states_that_count_are_facts(house: House, facts_folder: Path) -> None:
    lisi, unit = house.actor("lisi"), house.units["450100-P02"]
    activity = Activity(unit=unit, type="theme_day", happened_on=date(2026, 3, 5), topic="学习")
    record = save(lisi, activity)
    extract.refresh()
    assert read(facts_folder, "activity") == []
    move(lisi, record, "submit")
    extract.refresh()
    assert read(facts_folder, "activity", "state") == [("submitted",)]
    move(house.actor("wangwu"), record, "return", detail="误录")
    extract.refresh()
    assert read(facts_folder, "activity") == []


def test_a_change_rewrites_the_months_it_touches_and_no_others(
    house: House, facts_folder: Path
) -> None:
    qian = house.actor("qian")
    days = [date(2020, 1, 5), date(2020, 2, 5), date(2020, 3, 5)]
    ids = create_many(qian, kind_of(HANDLED), [person(house, n, day) for n, day in enumerate(days)])
    extract.refresh()
    before = stamps(facts_folder)
    record = HandledPerson.objects.get(pk=ids[0])
    record.happened_on = date(2020, 3, 9)
    save(qian, record)
    extract.refresh()
    after = stamps(facts_folder)
    rewritten = {name for name in before if before[name] != after[name]}
    assert rewritten == {f"{HANDLED}/2020-01.parquet", f"{HANDLED}/2020-03.parquet"}
    assert read(facts_folder, HANDLED, "id", "happened_on") == [
        (ids[0], date(2020, 3, 9)),
        (ids[1], days[1]),
        (ids[2], days[2]),
    ]


def test_nothing_new_rewrites_nothing(house: House, facts_folder: Path) -> None:
    create_many(house.actor("qian"), kind_of(HANDLED), [person(house, 1)])
    first = extract.refresh()
    before = stamps(facts_folder)
    assert extract.refresh() == first == Manifest.read()
    assert stamps(facts_folder) == before


def test_years_of_any_length_have_their_file(house: House) -> None:
    days = [date(5, 1, 5), date(9999, 12, 31)]
    qian = house.actor("qian")
    create_many(qian, kind_of(HANDLED), [person(house, n, day) for n, day in enumerate(days)])
    extract.rebuild()
    assert partitions(HANDLED) == ["0005-01", "9999-12"]
    create_many(qian, kind_of(HANDLED), [person(house, 7 + n, day) for n, day in enumerate(days)])
    extract.refresh()
    assert partitions(HANDLED) == ["0005-01", "9999-12"]


def test_a_moved_unit_moves_its_facts(house: House, facts_folder: Path) -> None:
    create_many(house.actor("qian"), kind_of(HANDLED), [person(house, 1)])
    extract.refresh()
    unit = house.units["450100-01"]
    Unit.objects.filter(pk=unit.pk).update(path="450000/450200/450100-01/")
    extract.refresh()
    assert read(facts_folder, HANDLED, "unit_path", "path") == [
        ("450000/450200/450100-01/", "450000/450100/450100-01/")
    ]


@pytest.mark.parametrize("state", ["unfinished", "older ledgers", "another log", "no manifest"])
def test_facts_that_cannot_be_carried_on_are_drawn_anew(
    house: House, facts_folder: Path, state: str
) -> None:
    create_many(house.actor("qian"), kind_of(HANDLED), [person(house, 1)])
    known = extract.refresh()
    # Something in the files that no event explains.
    (facts_folder / HANDLED / "2026-03.parquet").unlink()
    changed = {
        "unfinished": replace(known, complete=False),
        "older ledgers": replace(known, schema={**known.schema, HANDLED: {"id": "BIGINT"}}),
        "another log": replace(known, heads={"450100": (1, "0" * 64)}),
        "no manifest": None,
    }[state]
    if changed:
        changed.write()
    else:
        (facts_folder / "facts.json").unlink()
    assert extract.refresh() == known
    assert len(read(facts_folder, HANDLED)) == 1


def test_after_an_erased_image_everything_is_drawn_anew(house: House, facts_folder: Path) -> None:
    qian = house.actor("qian")
    create_many(qian, kind_of(HANDLED), [person(house, 1)])
    extract.refresh()
    create_many(qian, kind_of(HANDLED), [person(house, 2)])
    guards.remove(connection)
    Image.objects.order_by("pk").last().delete()  # type: ignore[union-attr]
    extract.refresh()
    assert len(read(facts_folder, HANDLED)) == 2


def test_a_voided_month_is_an_empty_file(house: House, facts_folder: Path) -> None:
    qian = house.actor("qian")
    [pk] = create_many(qian, kind_of(HANDLED), [person(house, 1)])
    extract.refresh()
    move(qian, HandledPerson.objects.get(pk=pk), "void", detail="误录")
    extract.refresh()
    assert partitions(HANDLED) == ["2026-03"]
    assert read(facts_folder, HANDLED) == []


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_refreshing_gives_what_drawing_anew_gives(
    house: House, facts_folder: Path, data: st.DataObject
) -> None:
    with undone():
        extract.rebuild()
        for _ in range(data.draw(st.integers(1, 3))):
            change_something(house, data)
            extract.refresh()
        refreshed = everything(facts_folder)
        extract.rebuild()
        assert refreshed == everything(facts_folder)


def change_something(house: House, data: st.DataObject) -> None:
    qian, days = house.actor("qian"), st.dates(date(2019, 11, 1), date(2020, 3, 31))
    for day in data.draw(st.lists(days, max_size=3)):
        create_many(qian, kind_of(HANDLED), [{**person(house, 0, day), "key": ""}])
    for record in HandledPerson.objects.filter(state="filed").order_by("pk")[:2]:
        step = data.draw(st.sampled_from(["leave", "edit", "void"]))
        if step == "edit":
            record.happened_on = data.draw(days)
            save(qian, record)
        elif step == "void":
            move(qian, record, "void", detail="误录")


@contextmanager
def undone() -> Iterator[None]:
    """Take back what was written, so that the next example begins where this one did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
