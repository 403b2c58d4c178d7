"""What follows from a record's further hosts: its rows of places, dues of each, names in and out.

The kinds that list `hosts` among their fields are those that may be held jointly; nothing else in
the spine asks which kind it is. Reasons: docs/decisions/011-joint-records.md.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from rongjian.org.models import Unit, UnitType
from rongjian.org.queries import path_on, paths_on, place_then
from rongjian.records.host_models import Host, codes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

MOST = 9
"""How many units may host beside a record's own."""


def units_of(texts: Iterable[str]) -> dict[str, Unit]:
    """The units that some records state as hosts, by code: one query, none where none is stated."""
    codes = {code for text in texts for code in codes_in(text)}
    if not codes:
        return {}
    return {unit.code: unit for unit in Unit.objects.filter(code__in=codes).select_related("court")}


def at(unit: Unit, *, then: bool) -> Q:
    """That a record's own unit is a unit or below it, today or on the record's own day."""
    if then:
        return Q(path__startswith=f"{unit.code}/") | Q(path__contains=f"/{unit.code}/")
    return Q(unit__path__startswith=unit.path)


def placed(kind: Kind, place: Q) -> Q:
    """What is asked of a record's unit or path, holding for any of its hosts."""
    return anywhere(place) if kind.joint else place


def anywhere(place: Q) -> Q:
    """The same for rows of several kinds; each record once, however many hosts fit."""
    return place | Q(pk__in=Host.objects.filter(place).values("record"))


def faults(kind: Kind, columns: Mapping[str, Sequence[Any]]) -> Iterator[tuple[int, str, str]]:
    """(place, field, Chinese sentence) of rows whose hosts cannot be; one query for all."""
    known = units_of(columns["hosts"])
    wanted = "、".join(UnitType(each).label for each in kind.unit_types)
    for at, text in enumerate(columns["hosts"]):
        codes = codes_in(text)
        if len(codes) > MOST:
            yield at, "hosts", f"联办单位最多 {MOST} 个，现有 {len(codes)} 个"
        for code in codes:
            unit = known.get(code)
            if unit is None:
                yield at, "hosts", f"没有单位“{code}”，请填写单位简称或代码，用顿号分开"
            elif unit.pk == columns["unit_id"][at]:
                yield at, "hosts", f"“{unit.short}”已是本条的单位，联办单位只填其他单位"
            elif kind.unit_types and unit.type not in kind.unit_types:
                yield at, "hosts", f"“{unit.short}”不能联办“{kind.name}”，只能是：{wanted}"


# --- writing ---------------------------------------------------------------------------------


def stand(record: Record) -> list[int]:
    """Let the rows of a saved record be what it states; returns the ids of all its hosts."""
    units = list(units_of([record.hosts]).values())
    rows = {row.unit_id: row for row in record.hosted_by.all()} if record.pk else {}
    for unit in units:
        path = path_on(unit, record.happened_on)
        row = rows.pop(unit.pk, None) or Host(record_id=record.pk, unit=unit)
        if row.path != path:
            row.path = path
            row.save()
    _release(record, list(rows))
    return [record.unit_id, *(unit.pk for unit in units)]


def _release(record: Record, units: Sequence[int]) -> None:
    """Units that no longer host: the record neither stands there nor answers what they owe."""
    if units:
        record.hosted_by.filter(unit__in=units).delete()
        given = record.answered_dues.filter(unit__in=units, kind=record.kind)
        record.answered_dues.remove(*given)


def stand_many(ids: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> list[list[int]]:
    """The rows of new records; returns the ids of all hosts of each."""
    known = units_of(columns["hosts"])
    days: Sequence[date] = columns["happened_on"]
    standing = paths_on(known.values(), max(days)) if known else {}
    everyone = [[unit] for unit in columns["unit_id"]]
    rows = []
    for at, text in enumerate(columns["hosts"]):
        for code in codes_in(text):
            unit = known[code]
            path = place_then(standing.get(unit.pk, ()), days[at]) or unit.path
            rows.append(Host(record_id=ids[at], unit=unit, path=path))
            everyone[at].append(unit.pk)
    Host.objects.bulk_create(rows, batch_size=500)
    return everyone


# --- reading ---------------------------------------------------------------------------------


def places_of(kind: Kind, **limits: Any) -> dict[int, list[tuple[str, str]]]:
    """Where the further hosts of a kind's records stand: id → (path now, path then)."""
    rows = Host.objects.filter(record__kind=kind.code, **limits).order_by("unit__path")
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for record, *paths in rows.values_list("record", "unit__path", "path"):
        found[record].append((paths[0], paths[1]))
    return found
