"""Snapshots: cubes on disk, numbered, never changed once they are there.

`<number>.json` says what a snapshot is made of: a file with its axes and one array for each part.
Both are named by what they hold, so snapshots share what they have in common, and a change writes
only what it touches. `CURRENT` names the newest and says up to which line of the log it is right.
Every web process maps the arrays into its memory and looks at `CURRENT` before it reads. A file
`<number>.pin` keeps a snapshot.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from rongjian.indicators.cube import Axes, Cube
from rongjian.kernel.files import published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

KEPT = 3


class NoSnapshot(LookupError):
    """There is no such snapshot, or none at all yet."""


@dataclass(frozen=True)
class Snapshot:
    """A published cube: its number, when it was made, and up to which event it counts."""

    number: int
    made_at: datetime
    last_event: int
    digest: str
    axes: str
    planes: tuple[str, ...]

    @cached_property
    def cube(self) -> Cube:
        """The figures themselves."""
        planes = tuple(np.load(folder() / name, mmap_mode="r") for name in self.planes)
        return Cube(_axes(str(folder()), self.axes), planes)


@dataclass(frozen=True)
class Current:
    """What `CURRENT` says: the newest snapshot, and the point of the log it has been held to.

    The point moves on without a new snapshot when nothing that happened changes a figure.
    """

    number: int
    heads: Mapping[str, tuple[int, str]]


def folder() -> Path:
    """Where the snapshots lie."""
    return settings.FIGURES_DIR


def current() -> Snapshot:
    """The newest snapshot; NoSnapshot while there is none."""
    try:
        status = _pointer().stat()
    except FileNotFoundError:
        raise NoSnapshot("还没有数字快照，请先运行 rongjian tick") from None
    return _current(str(folder()), status.st_ino, status.st_mtime_ns)


def numbered(number: int) -> Snapshot:
    """The snapshot with a number, while it is kept; NoSnapshot otherwise."""
    try:
        return _opened(str(folder()), number)
    except FileNotFoundError:
        raise NoSnapshot(f"第 {number} 号数字快照已不在") from None


def pointer() -> Current | None:
    """What `CURRENT` says; None while there is no snapshot."""
    try:
        kept = json.loads(_pointer().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    heads = {stream: (seq, line) for stream, (seq, line) in kept["heads"].items()}
    return Current(kept["number"], heads)


def publish(
    cube: Cube, digest: str, last_event: int, heads: Mapping[str, tuple[int, str]]
) -> Snapshot:
    """Make a cube the current snapshot; the newest one stays when it holds the same."""
    at = pointer()
    newest = numbered(at.number) if at else None
    axes, planes = _written(cube, newest)
    if newest and (newest.digest, newest.axes, newest.planes) == (digest, axes, planes):
        number = newest.number
    else:
        number = max(_numbers(), default=0) + 1
        about = {"last_event": last_event, "digest": digest, "axes": axes, "planes": planes}
        with published(folder() / f"{number:08d}.json") as draft:
            draft.write_text(json.dumps(about), encoding="utf-8")
    point(Current(number, heads))
    _forget(number)
    return current()


def point(at: Current) -> None:
    """Let `CURRENT` say this."""
    with published(_pointer()) as draft:
        draft.write_text(json.dumps(asdict(at)), encoding="utf-8")


def pin(number: int) -> None:
    """Keep a snapshot, because something that was frozen names it."""
    numbered(number)
    (folder() / f"{number:08d}.pin").touch()


def _pointer() -> Path:
    return folder() / "CURRENT"


def _numbers() -> list[int]:
    return sorted(int(path.stem) for path in folder().glob(f"{'[0-9]' * 8}.json"))


def _written(cube: Cube, newest: Snapshot | None) -> tuple[str, tuple[str, ...]]:
    """The names of the files of a cube; what the newest snapshot has already is not looked at."""
    known: dict[int, str] = {}
    if newest:
        known = dict(zip(map(id, newest.cube.planes), newest.planes, strict=True))
        known[id(newest.cube.axes)] = newest.axes
    axes = known.get(id(cube.axes)) or _keep("json", _axes_text(cube.axes))
    planes = (known.get(id(plane)) or _keep("npy", _plane_bytes(plane)) for plane in cube.planes)
    return axes, tuple(planes)


def _axes_text(axes: Axes) -> bytes:
    shape = {each.name: getattr(axes, each.name) for each in fields(axes)}
    return json.dumps(shape, ensure_ascii=False).encode()


def _plane_bytes(plane: NDArray[np.int64]) -> bytes:
    buffer = BytesIO()
    np.save(buffer, plane, allow_pickle=False)
    return buffer.getvalue()


def _keep(suffix: str, content: bytes) -> str:
    """Write a file that is named by its content, unless it is there."""
    name = f"{hashlib.blake2b(content, digest_size=16).hexdigest()}.{suffix}"
    if not (folder() / name).exists():
        with published(folder() / name) as draft, draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return name


def _forget(newest: int) -> None:
    """Remove what is of no snapshot among the last, nor of a pinned one; who has it open keeps it."""
    wanted = set()
    for number in _numbers():
        if number > newest - KEPT or (folder() / f"{number:08d}.pin").exists():
            kept = numbered(number)
            wanted |= {f"{number:08d}.json", kept.axes, *kept.planes}
    for path in [*folder().glob("*.json"), *folder().glob("*.npy")]:
        if path.name not in wanted:
            path.unlink()


@lru_cache(maxsize=2)
def _current(_folder: str, _inode: int, _changed: int) -> Snapshot:
    """The current snapshot, by the identity of the file that names it."""
    at = pointer()
    if at is None:
        raise NoSnapshot("还没有数字快照，请先运行 rongjian tick")
    return numbered(at.number)


@lru_cache(maxsize=4)
def _opened(_folder: str, number: int) -> Snapshot:
    file = folder() / f"{number:08d}.json"
    about: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Snapshot(
        number=number,
        made_at=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        last_event=about["last_event"],
        digest=about["digest"],
        axes=about["axes"],
        planes=tuple(about["planes"]),
    )


@lru_cache(maxsize=4)
def _axes(_folder: str, name: str) -> Axes:
    kept: dict[str, Any] = json.loads((folder() / name).read_text(encoding="utf-8"))
    return Axes(
        unit_ids=tuple(kept["unit_ids"]),
        paths=tuple(kept["paths"]),
        first_month=kept["first_month"],
        months=kept["months"],
        parts=tuple(kept["parts"]),
        earlier=kept["earlier"],
        later=kept["later"],
    )
