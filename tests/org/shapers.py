"""Who may shape the two trees in the small house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rongjian.org.access import actor_of
from rongjian.org.actions import appoint
from rongjian.org.models import Person
from tests.house import FOUNDED, NOW

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.org.access import Actor
    from tests.house import House


def shaper(house: House, role: str, now: datetime = NOW) -> Actor:
    """Somebody of the region who may shape one of the trees everywhere."""
    person, new = Person.objects.get_or_create(
        staff_no=f"S-{role}",
        defaults={
            "name": "施某",
            "court": house.units["450000"],
            "department": house.units["450000"],
            "membership": "full",
        },
    )
    if new:
        appoint(person, house.units["450000"], role, FOUNDED)
    return actor_of(person, now)


@pytest.fixture
def sysadmin(house: House) -> Actor:
    """Shapes the business tree."""
    return shaper(house, "sysadmin")


@pytest.fixture
def committee(house: House) -> Actor:
    """Shapes the Party tree."""
    return shaper(house, "organ_committee")
