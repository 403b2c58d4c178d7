"""A country of figures for benchmarks: its units in the database, its facts straight into files.

There are no records behind these facts, so nothing here opens to rows; what it measures is how
fast figures are counted and read.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import duckdb
import numpy as np
from django.db import models, transaction

from rongjian.facts import extract, files, schema
from rongjian.facts.schema import HOST_PLACES
from rongjian.indicators import refresh
from rongjian.kernel.periods import Month
from rongjian.ops.demo.founding import FIRST_DAY
from rongjian.ops.demo.shares import apportion
from rongjian.org.actions import NewUnit, found
from rongjian.org.models import Tree, Unit, UnitType
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from typing import Any

    from rongjian.facts.schema import Column
    from rongjian.records.kinds import Kind

ROWS = 5_000_000
YEARS = 10
REGIONS, CITIES, COUNTIES = 32, 400, 3200
TOP = "100000"
_SHARES = {
    "handled-person": 12.0,
    "activity": 5.0,
    "public-interest-case": 2.0,
    "recommendation": 1.0,
}
# How often a procuratorate of a level comes up when a row looks for its unit.
_SLOTS = {UnitType.REGION: 1, UnitType.CITY: 4, UnitType.COUNTY: 1}


def build(today: date, seed: int, rows: int, say: Callable[[str], None]) -> None:
    """Found the country's procuratorates, write so many fact rows, count the figures."""
    if rows < 1:
        raise ValueError("--rows 后面的行数应大于 0")
    say(f"建立 {1 + REGIONS + CITIES + COUNTIES} 个单位……")
    with transaction.atomic():
        found(list(_units()))
    # Fact files of no records, with a manifest that fits the units; then their months are filled.
    extract.rebuild()
    say(f"写入 {rows} 行事实……")
    _write(today, seed, rows)
    say("生成数字……")
    refresh.rebuild(today)


def _units() -> Iterator[NewUnit]:
    yield _court(TOP, "全国（合成）", UnitType.REGION, "")
    cities = apportion(CITIES, [1.0] * REGIONS)
    counties = iter(apportion(COUNTIES, [1.0] * CITIES))
    for place, number in enumerate(cities):
        region = f"{11 + place}0000"
        yield _court(region, f"第{place + 1}省", UnitType.REGION, TOP)
        for city_place in range(1, number + 1):
            city = f"{region[:2]}{city_place:02d}00"
            name = f"第{place + 1}省第{city_place}市"
            yield _court(city, name, UnitType.CITY, region)
            for county_place in range(1, next(counties) + 1):
                code = f"{city[:4]}{county_place:02d}"
                yield _court(code, f"{name}第{county_place}县", UnitType.COUNTY, city)


def _court(code: str, name: str, kind: UnitType, parent: str) -> NewUnit:
    return NewUnit(
        code=code,
        name=f"{name}人民检察院",
        short=f"{name}院",
        tree=Tree.BUSINESS,
        type=kind,
        parent=parent,
        court=code,
        founded_on=FIRST_DAY,
    )


def _write(today: date, seed: int, rows: int) -> None:
    """One file per kind and month, filled by the columnar engine from row numbers alone."""
    last = Month.of(today).index
    months = [Month(last - back) for back in reversed(range(YEARS * 12))]
    growth = [1 + place / len(months) for place in range(len(months))]
    ids = count(1)
    slots = _slots()
    with duckdb.connect() as engine:
        engine.register("slots", slots)
        for code, share in zip(_SHARES, apportion(rows, list(_SHARES.values())), strict=True):
            kind = kind_of(code)
            for month, number in zip(months, apportion(share, growth), strict=True):
                if number:
                    first = next(ids)
                    ids = count(first + number)
                    _write_month(engine, kind, month, (first, number, seed, len(slots["slot"])))


def _slots() -> dict[str, Any]:
    """The procuratorates as columns, each as often as its level comes up."""
    courts = Unit.objects.order_by("path").values_list("pk", "code", "path", "type")
    slots = [court[:3] for court in courts for _ in range(_SLOTS[UnitType(court[3])])]
    pk, code, path = zip(*slots, strict=True)
    return {
        "slot": np.arange(len(slots)),
        "pk": np.array(pk, dtype=np.int64),
        "code": np.array(code, dtype=object),
        "unit_path": np.array(path, dtype=object),
    }


def _write_month(
    engine: duckdb.DuckDBPyConnection, kind: Kind, month: Month, numbers: tuple[int, ...]
) -> None:
    first, rows, seed, slots = numbers
    picked = ", ".join(
        f'CAST({_value(kind, column, month)} AS {column.type}) AS "{column.name}"'
        for column in schema.columns(kind)
    )
    target = str(files.folder() / kind.code / f"{month}.parquet").replace("'", "''")
    # Everything put into the statement is a number or comes from the models.
    engine.execute(
        f"""COPY (
            WITH numbered AS (
                SELECT range AS id, hash(range, {seed}) AS chance,
                    CAST(chance % {slots} AS BIGINT) AS slot
                FROM range({first}, {first + rows})
            )
            SELECT {picked} FROM numbered JOIN slots USING (slot)
            ORDER BY unit_path, happened_on, id
        ) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"""  # noqa: S608
    )


def _value(kind: Kind, column: Column, month: Month) -> str:
    """The SQL for a column, drawn from the row's chance."""
    day = f"DATE '{month.first_day}' + CAST({_chance('day', month.last_day.day)} AS INTEGER)"
    fixed = {
        "id": "id",
        "unit": "code",
        "court": "code",
        "unit_path": "unit_path",
        "path": "unit_path",
        "unit_id": "pk",
        "happened_on": day,
        "line": f"'B' || lpad(CAST(1 + {_chance('line', 10)} AS VARCHAR), 2, '0')",
        "campaign": f"CASE {_chance('campaign', 12)} WHEN 0 THEN 'livelihood' ELSE '' END",
        "state": f"'{sorted(kind.flow.counted)[0]}'",
        "task_force_id": "NULL",
        **dict.fromkeys((column.name for column in HOST_PLACES), "''"),
    }
    return fixed.get(column.name) or _drawn(kind.field(column.name), column.name, day)


def _drawn(field: models.Field[Any, Any], name: str, day: str) -> str:
    if field.choices:
        listed = ", ".join(f"'{value}'" for value, _ in field.flatchoices)
        return f"[{listed}][1 + {_chance(name, len(field.flatchoices))}]"
    if isinstance(field, models.BooleanField):
        return f"{_chance(name, 10)} < 9"
    if isinstance(field, models.DateField):
        return f"{day} + CAST({_chance(name, 60)} AS INTEGER)"
    return _chance(name, 40)


def _chance(topic: str, below: int) -> str:
    """SQL for a number below a limit that differs from topic to topic."""
    return f"CAST(hash(chance, '{topic}') % {below} AS BIGINT)"
