"""Where a demo world stands: its marker, and clearing away what is unfinished or unwanted.

A directory is only ever cleared when a marker says that a demo world is, or was to be, in it.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from rongjian.org.models import Unit

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "DEMO"
UNFINISHED = "DEMO-UNFINISHED"
_OURS = ("rongjian.sqlite3", "rongjian.sqlite3-wal", "rongjian.sqlite3-shm", "facts", "figures")


class NotOurs(Exception):
    """The directory or database holds something that no demo put there; the text says what."""


@dataclass(frozen=True)
class Marker:
    """What a demo world is: its size, its day, its seed."""

    size: str
    today: str
    seed: int


def read(directory: Path) -> Marker | None:
    """The marker of a finished world; None where there is none."""
    try:
        return Marker(**json.loads((directory / MARKER).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def begin(directory: Path, marker: Marker) -> None:
    """Make room for a new world and say that it is under way; NotOurs where something else is."""
    known = [directory / name for name in (MARKER, UNFINISHED) if (directory / name).exists()]
    if known and connection.vendor == "sqlite":
        connection.close()
        _clear(directory)
    if Unit._meta.db_table in connection.introspection.table_names() and Unit.objects.exists():
        where = "数据库" if connection.vendor == "postgresql" else f"目录 {directory} "
        raise NotOurs(
            f"{where}里已有单位数据，演示数据不会写进去：请换一个空的数据库或用 --dir 换目录"
        )
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps(marker.__dict__, ensure_ascii=False)
    (directory / UNFINISHED).write_text(text, encoding="utf-8")
    for path in known:
        if path.name == MARKER:
            path.unlink()


def finish(directory: Path) -> None:
    """Say that the world is complete: the last step of building one."""
    (directory / UNFINISHED).replace(directory / MARKER)


def _clear(directory: Path) -> None:
    for name in _OURS:
        path = directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
