"""Drawing facts from records: everything anew, or only the months that events have touched."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from rongjian.facts import files
from rongjian.facts.files import Manifest
from rongjian.facts.schema import columns, schema
from rongjian.kernel.files import sole_writer
from rongjian.log.changes import ImageErased, continues, heads, one_moment, since
from rongjian.org.queries import structure
from rongjian.records.hosts import places_of
from rongjian.records.kinds import kind_of, kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

Partition = tuple[str, str]
_AT_ONCE = 5000


def refresh() -> Manifest:
    """Bring the facts up to the present; what no event has touched is left as it is."""
    with sole_writer(files.folder()), one_moment():
        known, target = Manifest.read(), _present()
        touched = None if known is None else _touched(known, target)
        if touched is None:
            _draw_all(target)
        elif touched:
            replace(target, complete=False).write()
            for code, partition in sorted(touched):
                _draw_month(kind_of(code), partition)
        if known != target:
            target.write()
        return target


def rebuild() -> Manifest:
    """Draw every fact anew from the records."""
    with sole_writer(files.folder()), one_moment():
        target = _present()
        _draw_all(target)
        target.write()
        return target


def _present() -> Manifest:
    return Manifest(heads(), structure(), schema(), complete=True)


def _touched(known: Manifest, target: Manifest) -> set[Partition] | None:
    """The partitions that events since then touched; None when everything must be drawn."""
    if replace(known, heads=target.heads) != target or not continues(known.heads, target.heads):
        return None
    counted = {kind.code for kind in kinds()}
    touched: set[Partition] = set()
    try:
        for changed in since(known.heads, target.heads):
            if changed.change.kind not in counted:
                continue  # A person, a unit, or a kind that the product no longer has.
            place = list(changed.change.columns).index("happened_on")
            images = (image for row in changed.change.rows for image in row[1:] if image)
            days = {image[place] for image in images}
            touched |= {(changed.change.kind, day[:7]) for day in days}
    except ImageErased:
        return None
    return touched


def _draw_all(target: Manifest) -> None:
    replace(target, complete=False).write()
    for kind in kinds():
        files.write(kind.code, files.EMPTY, columns(kind), ())
        stale = set(files.partitions(kind.code))
        for partition, rows in groupby(_by_day(kind), key=_partition_of(kind)):
            files.write(kind.code, partition, columns(kind), rows)
            stale.discard(partition)
        for partition in sorted(stale):
            files.write(kind.code, partition, columns(kind), ())


def _draw_month(kind: Kind, partition: str) -> None:
    year, month = map(int, partition.split("-"))
    days = (date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    rows = _rows(kind).filter(happened_on__range=days)
    standing = places_of(kind, record__happened_on__range=days) if kind.joint else {}
    files.write(kind.code, partition, columns(kind), _with_hosts(kind, rows, standing))


def _rows(kind: Kind) -> QuerySet[Record, files.Row]:
    """The columns of every row that figures count, as far as its own tables hold them."""
    counted = kind.model._default_manager.filter(state__in=kind.flow.counted)
    lookups = [column.lookup for column in columns(kind) if column.lookup]
    return counted.order_by().values_list(*lookups)


def _by_day(kind: Kind) -> Iterator[files.Row]:
    rows = _rows(kind).order_by("happened_on").iterator(chunk_size=_AT_ONCE)
    yield from _with_hosts(kind, rows, places_of(kind) if kind.joint else {})


def _with_hosts(
    kind: Kind, rows: Iterable[files.Row], standing: Mapping[int, Sequence[tuple[str, str]]]
) -> Iterable[files.Row]:
    """The rows with the places of their further hosts behind, in kinds that have such columns."""
    if not kind.joint:
        return rows
    nowhere: Sequence[tuple[str, str]] = ()
    return ((*row, *_host_places(standing.get(row[0], nowhere))) for row in rows)


def _host_places(places: Sequence[tuple[str, str]]) -> tuple[str, str]:
    now, then = ("".join(f"|/{pair[at]}" for pair in places) for at in (0, 1))
    return now, then


def _partition_of(kind: Kind) -> Callable[[files.Row], str]:
    place = [column.name for column in columns(kind)].index("happened_on")
    return lambda row: files.month_of(row[place])
