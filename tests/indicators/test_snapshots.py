"""Snapshots: numbered, shared where they agree, kept while somebody needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from rongjian.indicators import snapshots
from rongjian.indicators.cube import Axes, Cube, Rows
from rongjian.indicators.snapshots import KEPT, NoSnapshot, Snapshot

if TYPE_CHECKING:
    from pathlib import Path

AXES = Axes((1, 2), ("45/", "45/4501/"), 24240, 3, ("p", "q"), earlier=False, later=True)
WHOLE = (0, 3)


def row(unit: int, part: str, amount: int) -> Rows:
    one = np.array([unit], np.int64)
    return Rows(one, np.array([24241]), {part: one * 0 + amount})


def published(cube: Cube) -> Snapshot:
    return snapshots.publish(cube, "digest", 7, {"450100": (3, "abc")})


def files(folders: Path, suffix: str) -> set[str]:
    return {path.name for path in (folders / "figures").glob(f"*.{suffix}")}


def test_what_was_published_is_read_back() -> None:
    made = published(Cube.of(AXES, [row(2, "p", 5)]))
    assert (made.number, made.last_event, made.digest) == (1, 7, "digest")
    assert snapshots.current() == made
    assert made.cube.axes == AXES
    assert made.cube.total("p", 1, WHOLE) == 5
    at = snapshots.pointer()
    assert at is not None
    assert (at.number, at.heads) == (1, {"450100": (3, "abc")})


def test_a_snapshot_cannot_be_changed() -> None:
    made = published(Cube.of(AXES, [row(2, "p", 5)]))
    with pytest.raises(ValueError, match="read-only"):
        made.cube.planes[0][0, 0] = 1


def test_a_change_writes_only_what_it_touches(folders: Path) -> None:
    first = published(Cube.of(AXES, [row(2, "p", 5)]))
    before = files(folders, "npy")
    changed = first.cube.plus(first.cube.deltas([row(1, "p", 1)]))
    second = published(changed)
    assert second.number == 2
    assert len(files(folders, "npy") - before) == 1
    assert (first.planes[1], first.axes) == (second.planes[1], second.axes)
    assert first.cube.total("p", 1, WHOLE) == 5
    assert second.cube.total("p", 1, WHOLE) == 6


def test_the_same_cube_is_the_same_snapshot() -> None:
    first = published(Cube.of(AXES, [row(2, "p", 5)]))
    again = snapshots.publish(Cube.of(AXES, [row(2, "p", 5)]), "digest", 9, {"450100": (4, "d")})
    assert again == first
    at = snapshots.pointer()
    assert at is not None
    assert at.heads == {"450100": (4, "d")}


def test_old_snapshots_go_unless_pinned(folders: Path) -> None:
    for number in range(1, 8):
        published(Cube.of(AXES, [row(2, "p", number)]))
        if number == 2:
            snapshots.pin(2)
    kept = [2, *range(8 - KEPT, 8)]
    assert sorted(int(name[:8]) for name in files(folders, "json") if len(name) == 13) == kept
    assert [snapshots.numbered(n).cube.total("p", 1, WHOLE) for n in kept] == kept
    wanted = {plane for n in kept for plane in snapshots.numbered(n).planes}
    assert files(folders, "npy") == wanted


def test_who_has_a_snapshot_open_can_go_on_reading_it() -> None:
    first = published(Cube.of(AXES, [row(2, "p", 1)]))
    assert first.cube.total("p", 1, WHOLE) == 1
    for number in range(2, 7):
        published(Cube.of(AXES, [row(2, "p", number)]))
    assert first.cube.total("p", 1, WHOLE) == 1
    with pytest.raises(NoSnapshot, match="第 1 号"):
        snapshots.pin(1)


def test_an_unfinished_publication_is_not_seen(folders: Path) -> None:
    first = published(Cube.of(AXES, [row(2, "p", 1)]))
    folder = folders / "figures"
    (folder / ".00000002.json.draft").write_text("{", encoding="utf-8")
    assert snapshots.current() == first
    assert published(Cube.of(AXES, [row(2, "p", 2)])).number == 2
