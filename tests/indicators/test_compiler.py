"""A definition means the same in columnar SQL, in the ORM, over images, and read aloud."""

from __future__ import annotations

import operator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.facts import extract
from rongjian.indicators import columns, trace
from rongjian.indicators.compiler import Place, totals_at, totals_by_month
from rongjian.indicators.formula import Formula, Part, formula_of
from rongjian.indicators.images import Images
from rongjian.indicators.schema import schemas
from rongjian.indicators.spec import Catalogue, Condition, Definition, FieldType
from rongjian.kernel.periods import Month, Period
from rongjian.log.images import image_of
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from tests.house import House
from tests.indicators.definitions import SCHEMAS, define
from tests.indicators.writing import START, WRITERS, write_some

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2026, 1, 1)
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
POOLS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["gang", "covid", "B01", "B08", "x'; --", "\\", "数"]),
    "date": st.integers(-10, 250).map(lambda days: START + timedelta(days=days)),
    "whole": st.integers(-1, 61),
    "money": st.sampled_from([0, 1, Decimal("0.01"), Decimal("0.05"), Decimal("999999999999.99")]),
    "flag": st.booleans(),
}


def formula(definition: Definition) -> Formula:
    catalogue = Catalogue.of([definition])
    return formula_of(catalogue, definition, DAY, {**SCHEMAS, **schemas()})


@st.composite
def conditions(draw: st.DrawFn, kind: str) -> Condition:
    name = draw(st.sampled_from(sorted(schemas()[kind])))
    type_ = schemas()[kind][name]
    ops = ["empty", "not-empty"]
    if type_.family != "ref":
        ops += ["=", "!=", "in", "not-in"]
    if type_.family in ("date", "whole", "money"):
        ops += list(ORDERS)
    op: Any = draw(st.sampled_from(ops))
    if op in ("empty", "not-empty"):
        return Condition(name, op)
    values = st.sampled_from(sorted(type_.choices)) if type_.choices else POOLS[type_.family]
    if op in ("in", "not-in"):
        return Condition(name, op, tuple(draw(st.lists(values, min_size=1, max_size=3))))
    return Condition(name, op, draw(values))


@st.composite
def simple(draw: st.DrawFn) -> Definition:
    """A definition over one part, of any kind, field and conditions."""
    kind = draw(st.sampled_from(sorted(WRITERS)))
    fields = schemas()[kind]
    measure = draw(st.sampled_from(["count", "sum", "distinct", "median"]))
    numbers = sorted(name for name, type_ in fields.items() if type_.family in ("whole", "money"))
    if measure in ("sum", "median") and not numbers:
        measure = "count"
    choice = {"count": [""], "distinct": sorted(fields)}.get(measure, numbers)
    dates = sorted(name for name, type_ in fields.items() if type_.family == "date")
    return define(
        "drawn",
        measure,
        of=kind,
        field=draw(st.sampled_from(choice)),
        on=draw(st.sampled_from(dates)),
        where=[
            (each.field, each.op, each.value)
            for each in draw(st.lists(conditions(kind), max_size=3))
        ],
    )


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = Month.of(START) + draw(st.integers(-1, 6))
    return Period(first, first + draw(st.integers(0, 6)))


def holds(condition: Condition, value: Any) -> bool:
    """What the vocabulary promises, spelt out once more for one value of a record."""
    if condition.op in ("empty", "not-empty"):
        return (value is None or value == "") is (condition.op == "empty")
    if condition.op in ORDERS:
        return value is not None and ORDERS[condition.op](value, condition.values[0])
    among = value is not None and value in condition.values
    return among if condition.op in ("=", "in") else not among


def plainly(part: Part, rows: list[Record], inside: str, period: Period) -> Decimal:
    """A part over records in plain Python."""
    fields, kind = schemas()[part.kind], kind_of(part.kind)
    counted = [
        row
        for row in rows
        if row.state in kind.flow.counted
        and row.unit.path.startswith(inside)
        # `in` of a period is false for what is no day.
        and getattr(row, fields[part.on].lookup) in period
        and any(
            all(holds(each, getattr(row, fields[each.field].lookup)) for each in group)
            for group in part.where
        )
    ]
    if part.measure == "count":
        return Decimal(len(counted))
    values = [getattr(row, fields[part.field].lookup) for row in counted]
    if part.measure == "distinct":
        return Decimal(len(set(values)))
    if part.measure == "median":
        return Decimal(median(values) if values else 0)
    return Decimal(sum(values))


@pytest.fixture
def written(house: House) -> dict[str, list[Record]]:
    """Every kind's records, with facts drawn from them."""
    write_some(house, Random(5), 120)
    extract.rebuild()
    found = {
        kind: list(kind_of(kind).model._default_manager.select_related("unit")) for kind in WRITERS
    }
    assert all(len(rows) == 120 for rows in found.values())
    return found


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    definition=simple(),
    period=periods(),
    code=st.sampled_from(["450000", "450100-02", "450100-P", "450200"]),
)
def test_facts_records_images_and_plain_reading_agree(
    house: House,
    written: dict[str, list[Record]],
    definition: Definition,
    period: Period,
    code: str,
) -> None:
    asked, unit = formula(definition), house.units[code]
    place = Place(unit.code, unit.path)
    days = (period.start, period.end)
    over_facts = columns.at_place(asked.parts, days, place)
    for part in asked.parts:
        expected = plainly(part, written[part.kind], unit.path, period)
        assert over_facts[part] == expected
        assert trace.total(part, place, period) == expected
        if part.additive:
            assert over_images(part, written[part.kind], unit.path, period) == expected


def over_images(part: Part, rows: list[Record], inside: str, period: Period) -> Decimal:
    counted = [
        row
        for row in rows
        if row.state in kind_of(part.kind).flow.counted and row.unit.path.startswith(inside)
    ]
    if not counted:
        return Decimal(0)
    images = [image_of(row) for row in counted]
    found = {name: [image[name] for image in images] for name in images[0]}
    asked = Images(found, schemas()[part.kind], len(counted))
    months, amounts = asked.months(part.on), asked.amounts(part)
    within = (months >= period.first.index) & (months <= period.last.index)
    return Decimal(int(amounts[within].sum())).scaleb(-part.places)


@pytest.mark.parametrize(
    "word", ["", "'", "''; DROP TABLE x; --", "\\", "\\'", '"', "`", "%", "😀\n"]
)
def test_a_value_never_becomes_part_of_the_query(word: str) -> None:
    [(_, part)] = formula(define("a", where=[("line", "=", word)])).top
    for query in (
        totals_by_month([part], SCHEMAS["case"]),
        totals_at([part], SCHEMAS["case"], (DAY, DAY), Place(word or "x", f"{word}/", "then")),
    ):
        for dialect in ("duckdb", "spark"):
            [parsed] = sqlglot.parse(query.sql(dialect=dialect), dialect=dialect)
            assert parsed is not None
            literals = {each.this for each in parsed.find_all(sqlglot.exp.Literal)}
            assert word in literals


def test_one_query_counts_all_parts_of_a_kind_and_date() -> None:
    parts = [formula(define(f"c{n}", where=[("people", ">", n)])).rows for n in range(5)]
    sql = totals_by_month(parts, SCHEMAS["case"]).sql(dialect="spark")
    assert sql.count("SELECT") == 1
    assert sql.count("COUNT(*) FILTER") == 5
    assert sql.endswith("GROUP BY unit_id, 2")


def test_a_field_without_a_column_of_its_own_name_is_found() -> None:
    schema = {**SCHEMAS["case"], "line": FieldType("text", "line_code", "line_id")}
    [(_, part)] = formula(define("a", where=[("line", "=", "B01")])).top
    sql = totals_by_month([part], schema).sql(dialect="duckdb")
    assert "\"line_code\" = 'B01'" in sql
