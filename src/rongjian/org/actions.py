"""Setting up units, placements, pairings and posts, for first set-up and the demo world.

What is changed later is changed from a day on and logged: `reorganising.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.org.models import (
    COURT_TYPES,
    Affiliation,
    AffiliationKind,
    Pairing,
    Placement,
    Post,
    PostState,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.org.models import Person, Tree, UnitType


@dataclass(frozen=True)
class NewUnit:
    """A unit to be founded: `parent` and `court` are codes of existing or earlier units."""

    code: str
    name: str
    short: str
    tree: Tree
    type: UnitType
    parent: str
    court: str
    founded_on: date
    dissolved_on: date | None = None
    lines: str = ""


@transaction.atomic
def found(plan: Sequence[NewUnit]) -> dict[str, Unit]:
    """Found units in the order given (parents first) with their first placement, which stays open.

    A Party unit without parent in its own tree stands directly inside its procuratorate.
    Returns the new units by code; KeyError when a parent or court is unknown.
    """
    known = {
        unit.code: unit
        for unit in Unit.objects.filter(
            code__in={new.parent for new in plan} | {new.court for new in plan}
        )
    }
    made: dict[str, Unit] = {}
    for new in plan:
        above = known.get(new.parent)
        inside = above or known.get(new.court)
        made[new.code] = known[new.code] = _unit(new, f"{inside.path if inside else ''}{new.code}/")
    Unit.objects.bulk_create(made.values(), batch_size=500)
    for new in plan:
        court = new.code if new.type in COURT_TYPES else new.court
        made[new.code].court = known[court]
    Unit.objects.bulk_update(made.values(), ["court"], batch_size=500)
    Placement.objects.bulk_create(
        [_placement(made[new.code], known.get(new.parent), new) for new in plan], batch_size=500
    )
    return made


def _unit(new: NewUnit, path: str) -> Unit:
    return Unit(
        code=new.code,
        name=new.name,
        short=new.short,
        tree=new.tree,
        type=new.type,
        path=path,
        founded_on=new.founded_on,
        dissolved_on=new.dissolved_on,
        lines=new.lines,
    )


def _placement(unit: Unit, parent: Unit | None, new: NewUnit) -> Placement:
    return Placement(
        unit=unit,
        parent=parent,
        path=unit.path,
        name=unit.name,
        short=unit.short,
        valid_from=new.founded_on,
    )


def pair(party_unit: Unit, business_unit: Unit, on: date, until: date | None = None) -> Pairing:
    """Let a Party unit serve a business unit from a day on."""
    return Pairing.objects.create(
        party_unit=party_unit, business_unit=business_unit, valid_from=on, valid_to=until
    )


def appoint(person: Person, unit: Unit, role: str, on: date, until: date | None = None) -> Post:
    """Give a person a role at a unit from a day on, with effect at once (set-up and demo)."""
    return Post.objects.create(
        person=person,
        unit=unit,
        role=role,
        valid_from=on,
        valid_to=until,
        state=PostState.APPROVED,
    )


def affiliate(people: Sequence[Person], on: date) -> None:
    """Write down where people belong from a day on, as their own fields say it (set-up, demo)."""
    kinds = ((AffiliationKind.DEPARTMENT, "department"), (AffiliationKind.HOME, "branch"))
    rows = [
        Affiliation(person=person, unit=unit, kind=kind, valid_from=on)
        for person in people
        for kind, name in kinds
        if (unit := getattr(person, name)) is not None
    ]
    Affiliation.objects.bulk_create(rows, batch_size=500)
