"""Founding and ending bodies that exist for a task, and seconding people to them, with their lines
in the log.

Everything takes many at once: one task force and 206 go the same way. Who calls has asked for the
right and holds the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from rongjian.log import audit
from rongjian.log.images import image_of
from rongjian.org import actions
from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Pairing,
    Person,
    Post,
    PostState,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import Model, QuerySet

    from rongjian.org.access import Actor
    from rongjian.org.actions import NewUnit

_AT_ONCE = 100


@dataclass(frozen=True)
class Officer:
    """Somebody to be appointed to a role at a body, with the document that does it."""

    person: Person
    unit: Unit
    role: str
    since: date
    basis: str
    requested_by: Person | None


def found_bodies(actor: Actor, plan: Sequence[NewUnit], detail: str) -> dict[str, Unit]:
    """Found the bodies; returns them by code."""
    made = actions.found(plan)
    _logged(actor, "found", [(None, unit) for unit in made.values()], detail)
    return made


def pair_bodies(actor: Actor, pairs: Sequence[tuple[Unit, Unit]], on: date, detail: str) -> None:
    """Let each Party unit serve its business unit from a day on."""
    made = Pairing.objects.bulk_create(
        [
            Pairing(party_unit=party, business_unit=business, valid_from=on)
            for party, business in pairs
        ]
    )
    _logged(actor, "pair", [(None, pair) for pair in made], detail)


def appoint_officers(actor: Actor, officers: Sequence[Officer], detail: str) -> None:
    """Appoint officers with effect at once: the organisation that approves the branch names them."""
    made = Post.objects.bulk_create(
        [
            Post(
                person=each.person,
                unit=each.unit,
                role=each.role,
                valid_from=each.since,
                basis=each.basis,
                state=PostState.APPROVED,
                requested_by=each.requested_by,
                decided_by=actor.person,
                decided_at=actor.now,
            )
            for each in officers
        ]
    )
    _logged(actor, "appoint", [(None, post) for post in made], detail)


def second(
    actor: Actor, seconded: Sequence[tuple[Unit, Person]], on: date, detail: str
) -> list[Affiliation]:
    """Second people to task forces from a day on; where they belong stays as it is."""
    made = Affiliation.objects.bulk_create(
        [
            Affiliation(person=person, unit=force, kind=AffiliationKind.TASK_FORCE, valid_from=on)
            for force, person in seconded
        ]
    )
    _logged(actor, "second", [(None, row) for row in made], detail)
    return made


def release(actor: Actor, rows: Iterable[Affiliation], on: date, detail: str) -> None:
    """Let seconded people return: from that day on they no longer belong to the task force."""
    _close(actor, "release", list(rows), on, detail)


def end_bodies(actor: Actor, units: Sequence[Unit], on: date, detail: str) -> None:
    """Dissolve bodies: from that day on there is neither body nor pairing, post nor belonging.

    Whatever right somebody held there ends with them.
    """
    before = [(image_of(unit), unit) for unit in units]
    for unit in units:
        unit.dissolved_on = on
    Unit.objects.bulk_update(units, ["dissolved_on"], batch_size=_AT_ONCE)
    ids = [unit.pk for unit in units]
    open_still = Q(valid_to=None) | Q(valid_to__gte=on)
    paired = Q(party_unit__in=ids) | Q(business_unit__in=ids)
    rows: tuple[QuerySet[Any], ...] = (
        Pairing.objects.filter(open_still & paired).select_related("party_unit__court"),
        Post.objects.filter(open_still, unit__in=ids).select_related("unit__court"),
        Affiliation.objects.filter(open_still, unit__in=ids).select_related("unit__court"),
    )
    for found in rows:
        _close(actor, "end", list(found), on, detail)
    _logged(actor, "dissolve", before, detail)


def _close(actor: Actor, verb: str, rows: Sequence[Any], on: date, detail: str) -> None:
    """Let dated rows end on the day before."""
    if not rows:
        return
    before = [(image_of(row), row) for row in rows]
    for row in rows:
        row.valid_to = on - timedelta(days=1)
    type(rows[0])._default_manager.bulk_update(rows, ["valid_to"], batch_size=_AT_ONCE)
    _logged(actor, verb, before, detail)


def _logged(
    actor: Actor, verb: str, things: Sequence[tuple[dict[str, Any] | None, Model]], detail: str
) -> None:
    """One line for things of one sort, with the image of each before and after."""
    if not things:
        return
    first = things[0][1]
    rows = []
    for before, thing in things:
        after = list(image_of(thing).values())
        rows.append([thing.pk, None if before is None else list(before.values()), after])
    numbers = f"{first.pk}" if len(things) == 1 else f"{first.pk}-{things[-1][1].pk}"
    audit.append(
        actor,
        verb,
        f"{first._meta.model_name}:{numbers}",
        stream=_stream(actor, [thing for _, thing in things]),
        change=audit.Change(first._meta.label_lower, list(image_of(first)), rows),
        detail=detail,
    )


def _stream(actor: Actor, things: Iterable[Model]) -> str:
    """The one procuratorate that all of it is about, else that of whoever does it."""
    courts = {_court(thing) for thing in things}
    only = courts.pop() if len(courts) == 1 else None
    return only.code if only else actor.person.court.code


def _court(thing: Any) -> Unit | None:
    unit = thing if isinstance(thing, Unit) else getattr(thing, "party_unit", None) or thing.unit
    return unit.court
