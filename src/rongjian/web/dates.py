"""The day that an address asks for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rongjian.web.middleware import ActorRequest


def day_asked(request: ActorRequest, today: date) -> tuple[date, str]:
    """The day in the query, today unless said; and a sentence where it cannot be read."""
    text = request.GET.get("day", "").strip()
    if not text:
        return today, ""
    try:
        return date.fromisoformat(text), ""
    except ValueError:
        return today, f"日期“{text[:20]}”无法识别，已按今天显示。请写成 2026-06-30 这样。"
