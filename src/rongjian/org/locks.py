"""Units stay where they are while somebody writes by their place, and move when nobody does.

Any number of transactions may rely on the places of units at once; one that changes them waits for
those and lets others wait. Both end with their transaction. SQLite has one writer at a time anyway.
"""

from __future__ import annotations

from django.db import connection

_PLACES = 0x524A_0001
"""The number of this lock in PostgreSQL; nothing else in the product takes one."""


def rely_on_places() -> None:
    """Nobody reorganises until this transaction ends."""
    _lock("pg_advisory_xact_lock_shared")


def change_places() -> None:
    """Nobody else reorganises, or saves by places, until this transaction ends."""
    _lock("pg_advisory_xact_lock")


def _lock(function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_PLACES])
