"""Files that many read while one writes: one writer at a time, and nothing half written to be seen.

A file is written beside its place and takes it by a rename, so that a reader gets the old file or
the new one, whole.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Hold the folder for writing; a second writer, in whatever process, waits for its turn."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def published(path: Path) -> Iterator[Path]:
    """A place to write to that becomes `path` on leaving; after an error nothing has changed.

    The writer must be alone (`sole_writer`): the next draft takes the place of one that a crash
    left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
