"""Database guards that keep the three administrators apart, on SQLite and PostgreSQL.

Whoever is system, security or audit administrator holds no other role on the same days (等保 三权分立).
`posts.py` says so with a sentence; these hold it against every other way of writing. SQLite rebuilds
a table to alter it and drops its triggers: a later migration that alters `org_post` must call
`install` again (a test holds the guards to be there).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_CLASH = """
    EXISTS (
        SELECT 1 FROM org_post AS other
        WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
        AND other.role <> NEW.role AND other.state <> 'refused' AND NEW.state <> 'refused'
        AND (NEW.role IN ('sysadmin', 'secadmin', 'auditor')
             OR other.role IN ('sysadmin', 'secadmin', 'auditor'))
        AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from)
        AND (NEW.valid_to IS NULL OR NEW.valid_to >= other.valid_from)
    )
"""
_NAME = "org_post_administrators_apart"


def sqlite_statements() -> list[str]:
    """The CREATE TRIGGER statements for SQLite; they look after the row is there, so it has an id."""
    return [
        f"CREATE TRIGGER {_NAME}_{moment.lower()} AFTER {moment} ON org_post WHEN {_CLASH}"
        " BEGIN SELECT RAISE(ABORT, 'administrators apart'); END"
        for moment in ("INSERT", "UPDATE")
    ]


def postgresql_statements() -> list[str]:
    """The CREATE statements for PostgreSQL: ENABLE ALWAYS, so that replica mode does not help.

    The person's row is locked first, so that two transactions cannot each see only their own post.
    """
    return [
        f"CREATE OR REPLACE FUNCTION {_NAME}() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN PERFORM 1 FROM org_person WHERE id = NEW.person_id FOR NO KEY UPDATE;"
        f" IF {_CLASH} THEN RAISE EXCEPTION 'administrators apart'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$",
        f"CREATE TRIGGER {_NAME}_row AFTER INSERT OR UPDATE ON org_post"
        f" FOR EACH ROW EXECUTE FUNCTION {_NAME}()",
        f"ALTER TABLE org_post ENABLE ALWAYS TRIGGER {_NAME}_row",
    ]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the guards in a database."""
    postgres = connection.vendor == "postgresql"
    _run(connection, postgresql_statements() if postgres else sqlite_statements())


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the guards (going back before they existed)."""
    if connection.vendor == "postgresql":
        _run(connection, [f"DROP FUNCTION {_NAME}() CASCADE"])
    else:
        names = [statement.split()[2] for statement in sqlite_statements()]
        _run(connection, [f"DROP TRIGGER {name}" for name in names])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
