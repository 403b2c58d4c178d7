"""The inverted index: which records have a piece of text or a mark.

The one place where the databases differ: SQLite keeps the pieces in a contentless FTS5 table,
PostgreSQL in a tsvector under a GIN index. Both are given ready-made pieces and hand back numbers of
records, newest number first; neither cuts, folds or ranks anything itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_SQLITE = (
    "CREATE VIRTUAL TABLE records_find USING fts5(tokens, content='', columnsize=0, detail=none,"
    " tokenize=\"ascii tokenchars '~.+@_-'\")",
)
_POSTGRES = (
    "CREATE TABLE records_find (rowid bigint PRIMARY KEY, tokens tsvector NOT NULL)",
    "CREATE INDEX records_find_tokens ON records_find USING gin (tokens)",
)

Expression = str | tuple["Expression", ...]
"""A piece; ("and", …) or ("or", …) of further ones. Without further ones nothing has it."""


def every(*parts: Expression) -> Expression:
    """Records that have all of these."""
    return parts[0] if len(parts) == 1 else ("and", *parts)


def any_of(parts: Iterable[Expression]) -> Expression:
    """Records that have one of these."""
    found = tuple(dict.fromkeys(parts))
    return found[0] if len(found) == 1 else ("or", *found)


def nothing(wanted: Expression) -> bool:
    """Whether no record can have what is wanted: an alternative of nothing."""
    if isinstance(wanted, str):
        return False
    if wanted[0] == "and":
        return any(nothing(part) for part in wanted[1:])
    return all(nothing(part) for part in wanted[1:])


def create(database: BaseDatabaseWrapper) -> None:
    """Make the table; for the migration, and for building everything anew."""
    with database.cursor() as cursor:
        for statement in _SQLITE if database.vendor == "sqlite" else _POSTGRES:
            cursor.execute(statement)


def drop(database: BaseDatabaseWrapper) -> None:
    """Remove the table with everything in it."""
    with database.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS records_find")


def write(rows: Sequence[tuple[int, str]]) -> None:
    """Enter records with their pieces, joined by blanks; what they had must be erased before."""
    statement = "INSERT INTO records_find (rowid, tokens) VALUES (%s, %s)"
    if connection.vendor == "postgresql":
        statement = (
            "INSERT INTO records_find (rowid, tokens)"
            " VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))"
        )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def keep(table: str, columns: Sequence[str], rows: Sequence[tuple[int | str, ...]]) -> None:
    """Put many rows into the table of texts; the names are the model's own."""
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def erase(rows: Sequence[tuple[int, str]]) -> None:
    """Take records out; SQLite has to be told the very pieces that were entered."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ids = [pk for pk, _ in rows]
            cursor.execute("DELETE FROM records_find WHERE rowid = ANY(%s)", [ids])
        else:
            cursor.executemany(
                "INSERT INTO records_find (records_find, rowid, tokens) VALUES ('delete', %s, %s)",
                rows,
            )


def settle() -> None:
    """Let nothing of what was erased stay in the table's own store (S5), and read faster."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO records_find (records_find) VALUES ('optimize')")
        else:
            cursor.execute("SELECT gin_clean_pending_list('records_find_tokens'::regclass)")


def match(wanted: Expression, most: int, below: int | None = None) -> list[int]:
    """The records that have what is wanted, at most so many, the newest number first.

    With `below` only records of a smaller number.
    """
    if nothing(wanted):
        return []
    postgres = connection.vendor == "postgresql"
    # Numbers of records begin at 1 and stay far below this.
    values = (_said(wanted, postgres=postgres), below or 2**62, most)
    with connection.cursor() as cursor:
        cursor.execute(_MATCH_POSTGRES if postgres else _MATCH_SQLITE, values)
        return [row[0] for row in cursor.fetchall()]


_MATCH_SQLITE = (
    "SELECT rowid FROM records_find WHERE records_find MATCH %s AND rowid < %s"
    " ORDER BY rowid DESC LIMIT %s"
)
_MATCH_POSTGRES = (
    "SELECT rowid FROM records_find WHERE tokens @@ %s::tsquery AND rowid < %s"
    " ORDER BY rowid DESC LIMIT %s"
)


def _said(wanted: Expression, *, postgres: bool) -> str:
    """The expression in the database's own language; pieces hold neither quotes nor backslashes."""
    if isinstance(wanted, str):
        return f"'{wanted}'" if postgres else f'"{wanted}"'
    words = {"and": " & ", "or": " | "} if postgres else {"and": " AND ", "or": " OR "}
    parts = [part for part in wanted[1:] if not nothing(part)]
    said = words[str(wanted[0])].join(_said(part, postgres=postgres) for part in parts)
    return f"({said})"
