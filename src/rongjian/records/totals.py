"""How many rows a list has, and 合计: the sums under it, of what may be added up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

from rongjian.org.access import visible
from rongjian.records.models import Record
from rongjian.records.queries import asked_for, wished

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rongjian.org.access import Verb
    from rongjian.records.kinds import Kind
    from rongjian.records.queries import Reading, Wish


def narrow_rows(kind: Kind, read: Reading, wish: Wish) -> QuerySet[Record]:
    """The rows that fit a wish, to be counted and paged through: those that `wished` has.

    Where the ledger's own columns are not asked, they are rows of the table that all kinds share:
    counting and skipping them takes a fraction of the time with many records.
    """
    shared = {field.name for field in Record._meta.fields}
    if read.reader is None or wish.words or not {*wish.choices} <= shared:
        return wished(kind, read, wish)
    verb: Verb = "project" if read.projected else "view"
    rows = visible(read.reader, Record.objects.all(), verb, kind.access, kind.model)
    return rows.filter(asked_for(kind, read, wish))


def addable(kind: Kind, names: Iterable[str]) -> tuple[str, ...]:
    """Those of the fields that a list adds up: numbers that indicators may count by."""
    return tuple(
        name
        for name in names
        if name in kind.facts
        and name not in kind.model.unlike
        and isinstance(kind.field(name), models.IntegerField | models.DecimalField)
    )


def totals(
    kind: Kind, rows: QuerySet[Record], names: Iterable[str]
) -> tuple[tuple[str, Decimal | int], ...]:
    """(heading, sum) over all rows, in one query; none where nothing may be added up."""
    wanted = addable(kind, names)
    if not wanted:
        return ()
    sums = rows.order_by().aggregate(**{f"sum_{name}": Sum(name) for name in wanted})
    return tuple((kind.heading(name), sums[f"sum_{name}"] or 0) for name in wanted)
