"""Columns of a file that no field takes: they are kept while somebody maps, and erased before anything is imported.

Until the columns are mapped nobody knows which of them are wanted. Once an import is carried out its
mapping stands, so what it left out is not kept a moment longer; the headings are told (`forgotten`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.records.import_rows import keep_cells

if TYPE_CHECKING:
    from rongjian.records.models import Batch

_SLICE = 2_000


@transaction.atomic
def forget_unmapped(batch: Batch) -> None:
    """Blank the cells of every column that became no field, in all rows of the import."""
    if "forgotten" in batch.layout:
        return
    left_out = [at for at in range(len(batch.headings)) if not batch.mapping.get(str(at))]
    told = set()
    last = 0
    while left_out and (rows := list(batch.rows.filter(number__gt=last)[:_SLICE])):
        last = rows[-1].number
        filled = []
        for row in rows:
            if gone := [at for at in left_out if at < len(row.cells) and row.cells[at]]:
                told.update(gone)
                filled.append(row)
                for at in gone:
                    row.cells[at] = ""
        keep_cells(filled)
    batch.layout = {
        **batch.layout,
        "forgotten": [batch.headings[at] or f"第 {at + 1} 列" for at in sorted(told)],
    }
    batch.save(update_fields=["layout"])
