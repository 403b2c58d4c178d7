"""A clock that is held still: a test or a demo says by RONGJIAN_NOW what time it is for pages and tick."""

from __future__ import annotations

from datetime import datetime, tzinfo

VARIABLE = "RONGJIAN_NOW"


def held(text: str, zone: tzinfo) -> datetime | None:
    """The moment that the text names, in the zone unless it says otherwise; None where it is empty."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
