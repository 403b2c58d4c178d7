"""Database guards that keep the log append-only, on SQLite and PostgreSQL.

They stop mistakes and honest tools; the proof against somebody who removes them is the chain.
SQLite rebuilds a table to alter it and drops its triggers: a later migration that alters one of
these tables must call `install` again (a test holds the guards to be there).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("log_event", "log_image")

# REPLACE INTO slips past UPDATE and DELETE triggers, hence the guard on INSERT.
_SQLITE = {
    "log_event": (
        "INSERT ON log_event WHEN EXISTS (SELECT 1 FROM log_event WHERE id = NEW.id"
        " OR (stream = NEW.stream AND seq = NEW.seq) OR hash = NEW.hash)",
        "INSERT ON log_event WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1"
        " FROM log_event WHERE stream = NEW.stream)",
    ),
    "log_image": (
        "INSERT ON log_image WHEN EXISTS (SELECT 1 FROM log_image WHERE event_id = NEW.event_id)",
    ),
}


def sqlite_statements() -> list[str]:
    """The CREATE TRIGGER statements for SQLite."""
    statements = []
    for table, inserts in _SQLITE.items():
        guards = [f"UPDATE ON {table}", f"DELETE ON {table}", *inserts]
        statements += [
            f"CREATE TRIGGER {table}_guard_{number} BEFORE {guard}"
            " BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            for number, guard in enumerate(guards)
        ]
    return statements


def postgresql_statements() -> list[str]:
    """The CREATE statements for PostgreSQL: ENABLE ALWAYS, so that replica mode does not help."""
    statements = [
        "CREATE OR REPLACE FUNCTION log_append_only() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
    ]
    for table in TABLES:
        statements += [
            f"CREATE TRIGGER {table}_guard_row BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION log_append_only()",
            f"CREATE TRIGGER {table}_guard_all BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION log_append_only()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_guard_row",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_guard_all",
        ]
    return statements


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the guards in a database."""
    postgres = connection.vendor == "postgresql"
    _run(connection, postgresql_statements() if postgres else sqlite_statements())


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the guards where they are (going back before they existed)."""
    if connection.vendor == "postgresql":
        _run(connection, ["DROP FUNCTION IF EXISTS log_append_only() CASCADE"])
    else:
        names = [statement.split()[2] for statement in sqlite_statements()]
        _run(connection, [f"DROP TRIGGER IF EXISTS {name}" for name in names])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
