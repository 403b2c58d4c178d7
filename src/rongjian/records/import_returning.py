"""A corrected problem sheet comes back: its rows go to their places in the import they left.

The sheet says in its last column which row of which import each line is; whoever may not see that
import, or where it is over, gets an ordinary new one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import transaction

from rongjian.org.access import allowed
from rongjian.records.import_checking import OPEN, SCREENED, check_rows
from rongjian.records.import_mapping import ROW_HEADING
from rongjian.records.import_rows import keep_cells
from rongjian.records.models import Batch, BatchRow, BatchState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind

    FileRow = tuple[int, list[str], dict[str, Any]]

_MARK = re.compile(r"#(\d{1,18})-(\d{1,9})")


def home_of(
    actor: Actor, kind: Kind, names: Sequence[str], rows: Sequence[FileRow]
) -> Batch | None:
    """The open import that a sheet's rows came from; None where it is a file of its own."""
    if ROW_HEADING not in names:
        return None
    at = names.index(ROW_HEADING)
    marks = [_MARK.fullmatch(cells[at].strip()) for _, cells, _ in rows]
    numbers = {mark[1] for mark in marks if mark}
    if len(numbers) != 1:
        return None
    states = (BatchState.CHECKED, BatchState.PARTLY)
    batch = Batch.objects.filter(pk=int(numbers.pop()), kind=kind.code, state__in=states).first()
    if batch is None or not allowed(actor, "import", kind.access, batch.unit):
        return None
    return batch if list(names[: len(batch.headings)]) == batch.headings else None


def take_back(actor: Actor, batch: Batch, names: Sequence[str], rows: Sequence[FileRow]) -> None:
    """Put the rows back and check them; lines without a place of their own are added at the end.

    Rows that were brought in meanwhile stay as they are. What was done is kept in the layout.
    """
    at, width = names.index(ROW_HEADING), len(batch.headings)
    placed: dict[int, FileRow] = {}
    added: list[FileRow] = []
    for line in rows:
        mark = _MARK.fullmatch(line[1][at].strip())
        if mark and int(mark[2]) not in placed:
            placed[int(mark[2])] = line
        else:
            added.append(line)
    with transaction.atomic():
        found = batch.rows.filter(number__in=list(placed), outcome__in=OPEN)
        mended = list(found.select_for_update())
        for row in mended:
            _, cells, troubles = placed[row.number]
            row.cells = cells[:width]
            row.problems = _screened(troubles, width)
        keep_cells(mended)
        last = batch.rows.order_by("-number").values_list("number", flat=True).first() or 0
        fresh = [
            BatchRow(
                batch=batch,
                number=last + place,
                cells=cells[:width],
                problems=_screened(troubles, width),
            )
            for place, (_, cells, troubles) in enumerate(added, 1)
        ]
        BatchRow.objects.bulk_create(fresh, batch_size=500)
        batch.layout |= {"returned": [len(mended), len(fresh), len(placed) - len(mended)]}
        batch.save(update_fields=["layout"])
        check_rows(actor, batch)


def _screened(troubles: dict[str, Any], width: int) -> dict[str, Any]:
    """The troubles of cells not stored, of the columns that the import has."""
    return {name: kept for name, kept in troubles.items() if int(name[len(SCREENED) :]) < width}
