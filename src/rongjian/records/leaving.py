"""Letting somebody go with what is open: belonging, posts, account and drafts in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.org import people
from rongjian.org.people import refusal
from rongjian.records.actions import hand_over_drafts
from rongjian.records.flows import REVIEWED
from rongjian.records.models import Record

if TYPE_CHECKING:
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.org.models import Person


def open_drafts(person: Person) -> int:
    """How many things somebody began and has not handed in."""
    return Record.objects.filter(author=person, state=REVIEWED.initial).count()


@transaction.atomic
def leave(
    actor: Actor,
    person: Person,
    day: date,
    *,
    successor: Person | None = None,
    reason: str = "",
    key: str = "",
) -> int:
    """Let somebody go from a day on and hand their drafts over; how many there were.

    What the units owe stays with them, and so does everything that was handed in.
    """
    if open_drafts(person) and successor is None:
        words = f"{person.name}还有 {open_drafts(person)} 条草稿没有报送，请选择接手人"
        raise refusal("successor", "required", words)
    drafts = hand_over_drafts(actor, person, successor) if successor is not None else 0
    people.leave(actor, person, day, reason=reason, key=key)
    return drafts
