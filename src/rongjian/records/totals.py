"""合计: the sums under a list, of what may be added up."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Sum

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record


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
