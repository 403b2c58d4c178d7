"""The small house with accounts, and things that fall due in it, for tests of the notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User

from rongjian.ledgers.decision import MeetingDecision
from rongjian.notices.models import Digest, Mention
from rongjian.notices.rounds import make
from rongjian.records.actions import save
from tests.house import NOW

if TYPE_CHECKING:
    from tests.house import House

BRANCH = "450100-P02"


def at(day: date, hour: int = 8, minute: int = 30) -> datetime:
    """A moment of a day in the house's own zone."""
    return datetime.combine(day, time(hour, minute), NOW.tzinfo)


@dataclass(frozen=True)
class Office:
    """The house, in which everybody can be told something."""

    house: House

    def owe(self, due_on: date, words: str = "联系企业", unit: str = BRANCH) -> MeetingDecision:
        """Something that the branch has decided and has to bring about by a day."""
        lisi = self.house.actor("lisi", at(due_on - timedelta(days=90)))
        decision = MeetingDecision(
            unit=self.house.units[unit], happened_on=lisi.today, what=words, due_on=due_on
        )
        return save(lisi, decision)

    def told(self, name: str) -> list[tuple[date, str, int]]:
        """(day, what, moment) of all that somebody was told, in order."""
        rows = Mention.objects.filter(person=self.house.people[name]).select_related("digest")
        return [(row.digest.day, row.words, row.moment) for row in rows.order_by("pk")]

    def days(self, name: str) -> list[date]:
        """The days on which somebody got a digest."""
        rows = Digest.objects.filter(person=self.house.people[name])
        return list(rows.order_by("day").values_list("day", flat=True))


@pytest.fixture
def office(house: House) -> Office:
    """The house with an account for everybody."""
    for name, person in house.people.items():
        person.account = User.objects.create_user(name)
        person.save(update_fields=["account"])
    return Office(house)


def rounds_on(days: list[date]) -> None:
    """A tick at 8:30 of each day."""
    for day in days:
        make(at(day))
