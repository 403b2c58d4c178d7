"""How much one import may hold on the page, and how long it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone

from rongjian.kernel.content import CONTENT, load_section
from rongjian.kernel.sheets import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from datetime import date, datetime

_MOST_ROWS = 100_000
LIMITS = replace(DEFAULT_LIMITS, rows=_MOST_ROWS + 100)
"""A hundred thousand rows below a heading, in one file: what the command takes."""


@dataclass(frozen=True)
class ImportLimits:
    """`content/import.yaml`: rows of one file on the page, days in which an undo is possible."""

    page_rows: int
    undo_days: int

    def __post_init__(self) -> None:
        if not 1_000 <= self.page_rows <= _MOST_ROWS:
            raise ValueError(f"page_rows 应在 1000–{_MOST_ROWS} 之间")
        if not 1 <= self.undo_days <= 365:
            raise ValueError("undo_days 应在 1–365 之间")


@cache
def import_limits() -> ImportLimits:
    """The limits in force."""
    return load_section(CONTENT / "import.yaml", "limits", ImportLimits)[0]


def page_limits() -> Limits:
    """What a file that comes through the page may hold."""
    return replace(DEFAULT_LIMITS, rows=import_limits().page_rows)


def days_to_undo(done_at: datetime | None, today: date) -> int:
    """For how many more days, today included, an import can be taken back; 0 when it no longer can.

    Imports from before the day was kept can be taken back as ever.
    """
    if done_at is None:
        return import_limits().undo_days
    return max(0, import_limits().undo_days - (today - timezone.localdate(done_at)).days)
