"""What units below count more together than the unit above them: records that several of them host.

Each of them counts such a record, the unit above counts it once. A table of the units below says so
in a line of its own, so that its lines add up to the unit's figure.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rongjian.indicators.catalogue import formula
from rongjian.indicators.compiler import Place
from rongjian.indicators.schema import schemas
from rongjian.indicators.spec import HOSTS
from rongjian.indicators.trace import rows_of
from rongjian.records.host_models import Host

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.db.models import QuerySet

    from rongjian.indicators.compiler import Organised
    from rongjian.indicators.formula import Part
    from rongjian.kernel.periods import Period
    from rongjian.org.models import Unit
    from rongjian.records.models import Record

WORDS = "减：联办记录重复计入"


def overlap(
    code: str, unit: Unit, below: Iterable[Unit], period: Period, organised: Organised = "now"
) -> Decimal:
    """By how much a figure of the units below, with the unit's own, exceeds that of the unit."""
    place, codes = Place(unit.code, unit.path, organised), {each.code for each in below}
    terms = formula(code, period.end).top
    return sum((sign * _excess(part, place, codes, period) for sign, part in terms), Decimal(0))


def _excess(part: Part, place: Place, below: Collection[str], period: Period) -> Decimal:
    found = Decimal(0)
    if HOSTS in schemas()[part.kind]:
        rows = rows_of(part, place, period)
        amounts = _amounts(part, rows.exclude(hosts=""))
        for pk, steps in steps_of(rows, place, below).items():
            found += (len(steps) - 1) * amounts[pk]
    return found


def _amounts(part: Part, rows: QuerySet[Record]) -> dict[int, Decimal]:
    if part.measure == "count":
        return dict.fromkeys(rows.values_list("pk", flat=True), Decimal(1))
    field = schemas()[part.kind][part.field].lookup
    values: Iterable[tuple[int, Any]] = rows.values_list("pk", field)
    return {pk: Decimal(value or 0) for pk, value in values}


def steps_of(rows: QuerySet[Record], place: Place, below: Collection[str]) -> dict[int, set[str]]:
    """For each joint row: which units right below have a host, by code; “” for the unit's own."""
    joint = rows.exclude(hosts="").order_by()
    path = "path" if place.organised == "then" else "unit__path"
    hosts = Host.objects.filter(record__in=joint.values("pk")).order_by()
    found: dict[int, set[str]] = defaultdict(set)
    for pk, where in (*joint.values_list("pk", path), *hosts.values_list("record", path)):
        if _inside(place, where):
            found[pk].add(step_of(place, where, below))
    return found


def _inside(place: Place, path: str) -> bool:
    if place.organised == "now":
        return path.startswith(place.path)
    return f"/{place.step}" in f"/{path}"


def step_of(place: Place, path: str, below: Collection[str]) -> str:
    """The unit right below through which a path leads; “” where it is none of them."""
    codes = path.strip("/").split("/")
    step = codes[codes.index(place.code) + 1 :][:1]
    return step[0] if step and step[0] in below else ""
