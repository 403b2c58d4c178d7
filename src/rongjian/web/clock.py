"""What time it is for a page; a test or a demo may hold the clock still with RONGJIAN_NOW."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from rongjian.kernel.held_clock import VARIABLE as VARIABLE
from rongjian.kernel.held_clock import held

if TYPE_CHECKING:
    from datetime import datetime


def fixed() -> datetime | None:
    """The moment RONGJIAN_NOW names (local time unless it says otherwise), if it is set."""
    return held(os.environ.get(VARIABLE, ""), ZoneInfo(settings.TIME_ZONE))


def now() -> datetime:
    """The present moment in the office's own time zone."""
    return fixed() or timezone.localtime(timezone=ZoneInfo(settings.TIME_ZONE))
