"""Letting today's copies follow the day: what `Unit` and `Person` say of today, from dated rows.

Whatever asks about a day reads the dated rows and is right at any time; these copies serve
everything that asks about today. Doing it twice changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

from rongjian.org.models import Affiliation, AffiliationKind, Person, Placement, Unit, in_force
from rongjian.org.timelines import court_of

if TYPE_CHECKING:
    from datetime import date

_COPIES = ("path", "name", "short", "court_id")


def settle_units(today: date) -> list[Unit]:
    """Give every unit today's path, name and procuratorate; returns those that changed.

    A unit that is founded only later has those of its first day.
    """
    units = {unit.pk: unit for unit in Unit.objects.order_by("path")}
    by_code = {unit.code: unit for unit in units.values()}
    to_come = Q(unit__founded_on__gt=today, valid_from=F("unit__founded_on"))
    rows = Placement.objects.filter(in_force(today) | to_come).order_by("valid_from")
    changed: dict[int, Unit] = {}
    for pk, path, name, short in rows.values_list("unit_id", "path", "name", "short"):
        unit = units[pk]
        court = court_of(path, by_code, max(today, unit.founded_on)) or unit
        wanted = (path, name, short, court.pk)
        if tuple(getattr(unit, field) for field in _COPIES) != wanted:
            for field, value in zip(_COPIES, wanted, strict=True):
                setattr(unit, field, value)
            changed[pk] = unit
    Unit.objects.bulk_update(changed.values(), ["path", "name", "short", "court"], batch_size=200)
    return list(changed.values())


def settle_people(today: date) -> int:
    """Give everybody today's department, home branch and procuratorate; returns how many changed."""
    changed: dict[int, Person] = {}
    kinds = ((AffiliationKind.DEPARTMENT, "department"), (AffiliationKind.HOME, "branch"))
    for kind, name in kinds:
        rows = Affiliation.objects.filter(in_force(today), kind=kind)
        apart = rows.exclude(**{f"person__{name}": F("unit")}).select_related("person", "unit")
        for row in apart.order_by("person"):
            person = changed.setdefault(row.person_id, row.person)
            setattr(person, name, row.unit)
    Person.objects.bulk_update(changed.values(), ["department", "branch"], batch_size=200)
    moved = Person.objects.exclude(court=F("department__court")).select_related("department")
    for person in moved:
        person.court_id = person.department.court_id or person.court_id
        changed[person.pk] = person
    Person.objects.bulk_update(moved, ["court"], batch_size=200)
    return len(changed)
