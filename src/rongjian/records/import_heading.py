"""Another heading than the one that was recognised: rows of the file become labels, or data again.

The file itself is not kept. What is needed are the rows down to the first data row, which stand in
the layout, and the rows of the import; columns that were not stored stay empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.kernel.sheets import HEADING_AREA, heading_at
from rongjian.records import saved_mappings
from rongjian.records.import_checking import SLICE
from rongjian.records.import_mapping import is_personal, propose
from rongjian.records.import_rows import keep_cells
from rongjian.records.import_upload import insert_rows
from rongjian.records.kinds import kind_of
from rongjian.records.models import Batch, BatchState

if TYPE_CHECKING:
    from rongjian.records.import_returning import FileRow

_MOST = 3
OUT_OF_RANGE = f"表头应在前 {HEADING_AREA} 行之内，最多 {_MOST} 行，下面要留有数据。请重新填写行号"


def move_heading(batch: Batch, first: int, last: int) -> str:
    """Take rows `first` to `last` of the file as the heading and map anew; says what is wrong, or "".

    The import must be open and nothing of it brought in; the caller has seen to that.
    """
    if not 1 <= first <= last < first + _MOST or last > HEADING_AREA:
        return OUT_OF_RANGE
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        top = _top(batch)
        if last > max(top) or not batch.rows.filter(number__gt=last).exists():
            return OUT_OF_RANGE
        width = len(batch.headings)
        rows = [top.get(number, []) for number in range(1, max(top) + 1)]
        wide = [[*row, *[""] * (width - len(row))] for row in rows]
        names = heading_at(wide, first - 1, last).names
        batch.rows.filter(number__lte=last).delete()
        there = {*batch.rows.filter(number__lte=max(top)).values_list("number", flat=True)}
        back: list[FileRow] = [
            (n, wide[n - 1], {}) for n in top if n > last and n not in there and any(top[n])
        ]
        insert_rows(batch, back)
        _map(batch, names)
        lost = batch.layout["lost"]
        for row in wide[last:]:
            for at in lost:
                row[at] = ""
        batch.layout |= {"first": first, "last": last, "by_hand": True, "top": wide}
        batch.state = BatchState.DRAFT
        batch.save(update_fields=["headings", "mapping", "layout", "state"])
    return ""


def _top(batch: Batch) -> dict[int, list[str]]:
    """The first rows of the file by number, as far as they are kept."""
    kept = dict(enumerate(batch.layout.get("top", ()), 1))
    rows = batch.rows.filter(number__lte=HEADING_AREA).values_list("number", "cells")
    return kept | dict(rows)


def _map(batch: Batch, names: list[str]) -> None:
    """Propose fields for the new headings; columns that now name people are emptied for good."""
    kind = kind_of(batch.kind)
    proposals = propose(kind, names)
    saved = saved_mappings.known(batch.kind, batch.unit, names)
    personal = {at for at, name in enumerate(names) if at not in proposals and is_personal(name)}
    lost = {*batch.layout.get("lost", ())}
    _empty(batch, personal - lost)
    batch.headings = names
    batch.mapping = (
        saved.mapping
        if saved
        else {str(at): proposal.field for at, proposal in sorted(proposals.items())}
    )
    batch.layout |= {
        "withheld": [names[at] for at in sorted(personal | lost) if names[at]],
        "lost": sorted(personal | lost),
        "unsure": [at for at, each in sorted(proposals.items()) if not each.sure],
        "saved": saved.pk if saved else 0,
        "saved_name": saved.name if saved else "",
        "as_is": {},
    }


def _empty(batch: Batch, columns: set[int]) -> None:
    if not columns:
        return
    last = 0
    while rows := list(batch.rows.filter(number__gt=last).order_by("number")[:SLICE]):
        last = rows[-1].number
        for row in rows:
            row.cells = ["" if at in columns else text for at, text in enumerate(row.cells)]
        keep_cells(rows)
