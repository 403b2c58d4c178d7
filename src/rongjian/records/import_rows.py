"""Writing the rows of an import back: plain statements, for there may be a hundred thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from rongjian.records.models import BatchRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def keep_cells(rows: Iterable[BatchRow]) -> None:
    """Write down the cells of rows that were mended, with the troubles of those not stored."""
    cells, problems = BatchRow._meta.get_field("cells"), BatchRow._meta.get_field("problems")
    values = [
        [
            cells.get_db_prep_save(row.cells, connection),
            problems.get_db_prep_save(row.problems, connection),
            row.pk,
            row.outcome,
        ]
        for row in rows
    ]
    write_rows(("cells", "problems"), values)


def write_rows(columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    """Set columns of rows; each line of values ends with the row's id and its outcome so far."""
    quote = connection.ops.quote_name
    assigned = ", ".join(f"{quote(name)} = %s" for name in columns)
    table = quote(BatchRow._meta.db_table)
    # Table and column names come from the model, values are parameters.
    statement = f"UPDATE {table} SET {assigned} WHERE id = %s AND outcome = %s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, values)
