"""Codes of bodies that are founded one after another: the procuratorate's, a letter, a number."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from rongjian.org.models import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.models import UnitType


def next_codes(letters: str, unit_type: UnitType, courts: Sequence[Unit]) -> list[str]:
    """A new code for each procuratorate named, counting on from the highest number in use."""
    taken: Counter[str] = Counter()
    inside = Unit.objects.filter(type=unit_type, court__in={court.pk for court in courts})
    for code in inside.values_list("code", flat=True):
        if found := re.fullmatch(rf"(.+)-{letters}(\d+)", code):
            taken[found[1]] = max(taken[found[1]], int(found[2]))
    codes = []
    for court in courts:
        taken[court.code] += 1
        codes.append(f"{court.code}-{letters}{taken[court.code]:03d}")
    return codes
