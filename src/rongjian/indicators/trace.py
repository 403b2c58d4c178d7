"""From a figure to the records behind it, and the figure once more from those records.

The record list and the second count both go through the ORM, the figure itself through facts and
cube; that the two ways agree for every figure is what the contract tests hold.
"""

from __future__ import annotations

import operator
from decimal import Decimal
from functools import reduce
from statistics import median
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round

from rongjian.indicators.catalogue import formula
from rongjian.indicators.compiler import (
    AllOf,
    Is,
    Not,
    Place,
    lookup_days,
    lookup_place,
    lookups,
)
from rongjian.indicators.schema import schemas
from rongjian.records.hosts import anywhere, placed
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.indicators.compiler import Organised, Test
    from rongjian.indicators.formula import Part
    from rongjian.kernel.periods import Period
    from rongjian.org.models import Unit
    from rongjian.records.models import Record


def records(
    code: str, unit: Unit, period: Period, organised: Organised = "now", under: str = ""
) -> QuerySet[Record]:
    """The rows behind a figure, as records of its kind; the caller still applies `visible`."""
    place = Place(unit.code, unit.path, organised, under)
    return rows_of(formula(code, period.end).rows, place, period)


def recount(
    code: str, unit: Unit, period: Period, organised: Organised = "now", under: str = ""
) -> Decimal | None:
    """The figure counted once more, over records instead of facts."""
    place = Place(unit.code, unit.path, organised, under)
    return formula(code, period.end).value(lambda part: total(part, place, period))


def inside(unit: Unit, organised: Organised = "now", under: str = "") -> Q:
    """That a record is of a unit, as organised now or then, by any of its hosts."""
    return anywhere(_inside(unit, organised, under))


def own(unit: Unit, below: Iterable[Unit], organised: Organised = "now", under: str = "") -> Q:
    """That a host of a record stands in a unit and in none of those below (本级)."""
    above = unit.code if organised == "then" else ""
    place = _inside(unit, organised, under)
    for each in below:
        place &= ~_inside(each, organised, above)
    return anywhere(place)


def _inside(unit: Unit, organised: Organised, under: str) -> Q:
    return _q(lookup_place(Place(unit.code, unit.path, organised, under)))


def rows_of(part: Part, place: Place, period: Period) -> QuerySet[Record]:
    """The rows that a part counts at a place in a period."""
    kind, schema = kind_of(part.kind), schemas()[part.kind]
    days = lookup_days(schema[part.on], (period.start, period.end))
    wanted = AllOf((days, lookups(part.where, schema)))
    where = placed(kind, _q(lookup_place(place)))
    # The kind goes without saying for its own table, but the indexes of records begin with it.
    return kind.model._default_manager.filter(
        _q(wanted), where, kind=kind.code, state__in=kind.flow.counted
    )


def total(part: Part, place: Place, period: Period) -> Decimal:
    """What a part makes over those rows."""
    rows = rows_of(part, place, period).order_by()
    if part.measure == "count":
        return Decimal(rows.count())
    field = schemas()[part.kind][part.field].lookup
    if part.measure == "distinct":
        return Decimal(rows.values(field).distinct().count())
    if part.measure == "median":
        # No database agrees with another on a median, so the middle is taken here.
        values: list[Any] = list(rows.values_list(field, flat=True))
        return Decimal(median(values)) if values else Decimal(0)
    # SQLite adds amounts up as floats; whole fen stay exact.
    whole = Cast(Round(F(field) * 10**part.places), BigIntegerField())
    return Decimal(rows.aggregate(total=Sum(whole))["total"] or 0).scaleb(-part.places)


def _q(test: Test) -> Q:
    """The compiler's tests as a condition of the ORM."""
    if isinstance(test, Is):
        return Q((test.lookup, test.value))
    if isinstance(test, Not):
        return ~_q(test.test)
    if isinstance(test, AllOf):
        return Q(*(_q(each) for each in test.tests))
    return reduce(operator.or_, (_q(each) for each in test.tests))
