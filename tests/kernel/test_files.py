"""Publishing files: whole or not at all, one writer at a time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from rongjian.kernel.files import published, sole_writer

if TYPE_CHECKING:
    from pathlib import Path


def test_a_reader_sees_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    place = tmp_path / "new" / "figures.json"
    with published(place) as draft:
        draft.write_text("1", encoding="utf-8")
    with published(place) as draft:
        draft.write_text("2", encoding="utf-8")
        assert place.read_text(encoding="utf-8") == "1"
    assert place.read_text(encoding="utf-8") == "2"
    assert list(place.parent.iterdir()) == [place]


def test_a_failure_leaves_everything_as_it_was(tmp_path: Path) -> None:
    place = tmp_path / "figures.json"
    place.write_text("1", encoding="utf-8")
    with pytest.raises(TypeError), published(place) as draft, draft.open("w") as file:
        file.write(None)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
    assert place.read_text(encoding="utf-8") == "1"


def test_what_a_crash_left_behind_does_not_stay(tmp_path: Path) -> None:
    (tmp_path / ".figures.json.draft").write_text("half of something longer", encoding="utf-8")
    with published(tmp_path / "figures.json") as draft:
        draft.write_text("1", encoding="utf-8")
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {
        "figures.json": "1"
    }


def test_a_second_writer_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with sole_writer(tmp_path / "facts"):
            order.append("second")

    with sole_writer(tmp_path / "facts"):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(timeout=0.2)
        assert waiting.is_alive()
        order.append("first")
    waiting.join(timeout=30)
    assert order == ["first", "second"]
