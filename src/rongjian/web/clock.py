"""What time it is for a page; a test or a demo may hold the clock still with RONGJIAN_NOW."""

from __future__ import annotations

import os
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

VARIABLE = "RONGJIAN_NOW"


def fixed() -> datetime | None:
    """The moment RONGJIAN_NOW names (local time unless it says otherwise), if it is set."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    zone = ZoneInfo(settings.TIME_ZONE)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def now() -> datetime:
    """The present moment in the office's own time zone."""
    return fixed() or timezone.localtime(timezone=ZoneInfo(settings.TIME_ZONE))
