"""Parts as queries: columnar SQL over fact files, and lookups for the ORM over records.

The two must never disagree, so both are made here from the same conditions. SQL is built as an
expression tree and only then written out for an engine; a literal is never pasted into text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from sqlglot import exp

from rongjian.indicators.formula import Part, Where
from rongjian.indicators.spec import HOST_PLACES, HOSTS, Condition, FieldType, Op, Plain, Schema

Organised = Literal["now", "then"]


@dataclass(frozen=True)
class Place:
    """A unit and everything in it, by its code and its path, as organised now or then.

    As organised then, `under` limits it to the days on which it stood right under that unit: only
    so do the units below add up where one has moved within the period.
    """

    code: str
    path: str
    organised: Organised = "now"
    under: str = ""

    @property
    def step(self) -> str:
        """What stands in the path of the day of everything that belongs here."""
        return f"{self.under}/{self.code}/" if self.under else f"{self.code}/"


@dataclass(frozen=True)
class Is:
    """One ORM lookup: `Is("decision__exact", "arrested")`."""

    lookup: str
    value: object


@dataclass(frozen=True)
class Not:
    """What holds where the inner test does not, rows without a value among them."""

    test: Test


@dataclass(frozen=True)
class AllOf:
    """What holds where every test does; without tests, everywhere."""

    tests: tuple[Test, ...]


@dataclass(frozen=True)
class AnyOf:
    """What holds where at least one of the tests does."""

    tests: tuple[Test, ...]


Test = Is | Not | AllOf | AnyOf

_COMPARES: Mapping[Op, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NullSafeNEQ,
    ">=": exp.GTE,
    "<=": exp.LTE,
    ">": exp.GT,
    "<": exp.LT,
}
_LOOKUPS: Mapping[Op, str] = {
    "=": "exact",
    "!=": "exact",
    "in": "in",
    "not-in": "in",
    ">=": "gte",
    "<=": "lte",
    ">": "gt",
    "<": "lt",
}


def totals_by_month(parts: Sequence[Part], schema: Schema) -> exp.Select:
    """Totals of additive parts of one kind and date, by unit and month (year × 12 + month − 1).

    Where several units may host a record, also by the hosts, since it counts for each of them.
    """
    hosts = [HOSTS] if HOSTS in schema else []
    day = _column(schema[parts[0].on])
    month = exp.Year(this=day.copy()) * 12 + exp.Month(this=day.copy()) - 1
    return (
        exp.select("unit_id", exp.alias_(month, "month"), *hosts, *_aggregates(parts, schema))
        .from_(_table(parts[0].kind), copy=False)
        .where(exp.Not(this=day.copy().is_(exp.null())), copy=False)
        .group_by("unit_id", exp.Literal.number(2), *hosts, copy=False)
    )


def totals_at(
    parts: Sequence[Part], schema: Schema, days: tuple[date, date], place: Place
) -> exp.Select:
    """Totals of any parts of one kind and date, at one place between two days inclusive."""
    day = _column(schema[parts[0].on])
    within = exp.Between(this=day, low=_literal(days[0]), high=_literal(days[1]))
    return (
        exp.select(*_aggregates(parts, schema))
        .from_(_table(parts[0].kind), copy=False)
        .where(within, _inside(place, schema), copy=False)
    )


def lookups(where: Where, schema: Schema) -> Test:
    """The alternatives as tests for the ORM."""
    if () in where:
        return AllOf(())
    return AnyOf(
        tuple(AllOf(tuple(_test(each, schema[each.field]) for each in group)) for group in where)
    )


def lookup_days(on: FieldType, days: tuple[date, date]) -> Test:
    """That the row is dated between two days inclusive, for the ORM."""
    return Is(f"{on.lookup}__range", days)


def lookup_place(place: Place) -> Test:
    """That the row's own unit is of the place, for the ORM; asked of its further hosts alike."""
    if place.organised == "now":
        return Is("unit__path__startswith", place.path)
    return AnyOf((Is("path__startswith", place.step), Is("path__contains", f"/{place.step}")))


def _table(kind: str) -> exp.Table:
    return exp.Table(this=exp.to_identifier(kind, quoted=True))


def _column(type_: FieldType) -> exp.Column:
    return exp.column(type_.column, quoted=True)


def _literal(value: Plain) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | Decimal):
        return exp.Literal.number(f"{value:f}" if isinstance(value, Decimal) else value)
    if isinstance(value, date):
        return exp.cast(exp.Literal.string(value.isoformat()), exp.DataType.Type.DATE)
    return exp.Literal.string(value)


def _aggregates(parts: Sequence[Part], schema: Schema) -> list[exp.Expr]:
    return [
        exp.alias_(_aggregate(part, schema), f"p{place}", copy=False)
        for place, part in enumerate(parts)
    ]


def _aggregate(part: Part, schema: Schema) -> exp.Expr:
    where = exp.Where(this=_alternatives(part.where, schema))
    total = exp.Filter(this=_measured(part, schema), expression=where)
    # A sum of 64 bits has 128 in DuckDB, which would reach numpy as an inexact float.
    return exp.cast(total, "bigint", copy=False) if part.measure == "sum" else total


def _measured(part: Part, schema: Schema) -> exp.Expr:
    if part.measure == "count":
        return exp.Count(this=exp.Star())
    column: exp.Expr = _column(schema[part.field])
    if part.measure == "distinct":
        return exp.Count(this=exp.Distinct(expressions=[column]))
    # Whole numbers (fen, not yuan) add up exactly on every engine.
    whole = exp.cast(exp.Mul(this=column, expression=_literal(10**part.places)), "bigint")
    return exp.Sum(this=whole) if part.measure == "sum" else exp.Median(this=whole)


def _alternatives(where: Where, schema: Schema) -> exp.Expr:
    groups = (
        exp.and_(*(_condition(each, schema[each.field]) for each in group), copy=False)
        for group in where
        if group
    )
    return exp.true() if () in where else exp.or_(*groups, copy=False)


def _condition(condition: Condition, type_: FieldType) -> exp.Expr:
    column = _column(type_)
    if condition.op in ("empty", "not-empty"):
        tests: list[exp.Expr] = [exp.Is(this=column, expression=exp.null())]
        if type_.family == "text":
            tests.append(exp.EQ(this=column.copy(), expression=exp.Literal.string("")))
        empty = exp.or_(*tests, copy=False)
        return empty if condition.op == "empty" else exp.not_(empty, copy=False)
    values = [_literal(value) for value in condition.values]
    if condition.op == "in":
        return exp.In(this=column, expressions=values)
    if condition.op == "not-in":
        missing = exp.Is(this=column.copy(), expression=exp.null())
        return exp.or_(missing, exp.not_(exp.In(this=column, expressions=values)))
    return _COMPARES[condition.op](this=column, expression=values[0])


def _inside(place: Place, schema: Schema) -> exp.Expr:
    """That one of the hosts of a row is of the place; a row counts once, however many are."""
    own = _standing(place)
    if HOSTS not in schema:
        return own
    paths = exp.column(HOST_PLACES[place.organised], quoted=True)
    begins = f"|/{place.path}" if place.organised == "now" else f"/{place.step}"
    return exp.or_(own, exp.Contains(this=paths, expression=_literal(begins)), copy=False)


def _standing(place: Place) -> exp.Expr:
    """That a row's own unit is of the place."""
    if place.organised == "now":
        # A path ends in “/”; everything that begins with it lies before the same with a “0”.
        column = exp.column("unit_path", quoted=True)
        after = f"{place.path[:-1]}0"
        return exp.and_(
            exp.GTE(this=column, expression=_literal(place.path)),
            exp.LT(this=column.copy(), expression=_literal(after)),
        )
    path = exp.DPipe(this=_literal("/"), expression=exp.column("path", quoted=True), safe=True)
    return exp.Contains(this=path, expression=_literal(f"/{place.step}"))


def _test(condition: Condition, type_: FieldType) -> Test:
    if condition.op in ("empty", "not-empty"):
        tests: Iterable[Test] = [Is(f"{type_.lookup}__isnull", value=True)]
        if type_.family == "text":
            tests = [*tests, Is(f"{type_.lookup}__exact", "")]
        empty = AnyOf(tuple(tests))
        return empty if condition.op == "empty" else Not(empty)
    value = condition.values if condition.op in ("in", "not-in") else condition.value
    test = Is(f"{type_.lookup}__{_LOOKUPS[condition.op]}", value)
    return Not(test) if condition.op in ("!=", "not-in") else test
