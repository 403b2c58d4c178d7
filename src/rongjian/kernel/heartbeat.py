"""A sign of life: a small file in which a routine says when it last ran and whether it got through."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rongjian.kernel.files import published, sole_writer

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Beat:
    """When the routine last ran, and what went wrong then (empty when nothing did)."""

    at: datetime
    trouble: str


def beat(path: Path, at: datetime, trouble: str = "") -> None:
    """Write down that the routine ran at this moment."""
    text = json.dumps({"at": at.isoformat(), "trouble": trouble}, ensure_ascii=False)
    with sole_writer(path.parent), published(path) as draft:
        draft.write_text(text, encoding="utf-8")


def last_beat(path: Path) -> Beat | None:
    """The last sign of life; None where there is none, or none that can be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Beat(datetime.fromisoformat(kept["at"]), str(kept["trouble"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
