"""Days as people type them: in an address, in a field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.dateparse import parse_date

if TYPE_CHECKING:
    from datetime import date

    from rongjian.web.middleware import ActorRequest


def day_typed(text: str) -> date | None:
    """The day that somebody typed; None where it is none, as 2026-02-30."""
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


def day_asked(request: ActorRequest, today: date) -> tuple[date, str]:
    """The day in the query, today unless said; and a sentence where it cannot be read."""
    text = request.GET.get("day", "").strip()
    if not text:
        return today, ""
    if day := day_typed(text):
        return day, ""
    return today, f"日期“{text[:20]}”无法识别，已按今天显示。请写成 2026-06-30 这样。"
