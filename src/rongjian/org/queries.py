"""Reading the trees: a unit by what people call it, its path on a day, its children."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from rongjian.org.models import COURT_TYPES, Placement, Unit, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet


class UnknownUnit(LookupError):
    """No unit has this code or name."""


def unit_named(word: str) -> Unit:
    """The unit with this code, name or short name; UnknownUnit says what to write."""
    for field in ("code", "name", "short"):
        found = list(Unit.objects.filter(**{field: word})[:2])
        if len(found) == 1:
            return found[0]
    raise UnknownUnit(f"没有单位“{word}”：请写行政区划代码（如 450000）或单位全称")


def path_on(unit: Unit, day: date) -> str:
    """The unit's path as organised on a day; of a day before it was founded, its first one."""
    placed = Placement.objects.filter(unit=unit).values_list("path", flat=True)
    then = placed.filter(valid_from__lte=day).order_by("-valid_from").first()
    return then or placed.order_by("valid_from").first() or unit.path


def standing(day: date, inside: Unit | None = None) -> list[Placement]:
    """The units that existed on a day as they then stood, parents first, in code order.

    Each placement carries its unit and the name of that day. With `inside`, only that unit and
    what then was below it. Three queries at most, however many units.
    """
    placed = Placement.objects.filter(in_force(day), unit__founded_on__lte=day).filter(
        Q(unit__dissolved_on=None) | Q(unit__dissolved_on__gt=day)
    )
    if inside is not None:
        placed = placed.filter(path__startswith=path_on(inside, day))
    found = list(placed.select_related("unit").order_by("path"))
    # Few procuratorates have many units: each is made once.
    courts = Unit.objects.in_bulk({placement.unit.court_id for placement in found})
    for placement in found:
        placement.unit.court = courts.get(placement.unit.court_id)
    return found


def paths_on(units: Iterable[Unit], until: date) -> dict[int, list[Placement]]:
    """The placements of many units up to a day, each unit's in order, its first in any case."""
    found: dict[int, list[Placement]] = {}
    for placement in Placement.objects.filter(unit__in=list(units)).order_by("valid_from"):
        if placement.valid_from <= until or placement.unit_id not in found:
            found.setdefault(placement.unit_id, []).append(placement)
    return found


def place_then(placed: Sequence[Placement], day: date) -> str:
    """Where a unit stood on a day, by `paths_on`; before it was founded, where it was founded."""
    then = (place.path for place in reversed(placed) if place.valid_from <= day)
    return next(then, placed[0].path if placed else "")


def children(unit: Unit, *, ever: bool = False) -> QuerySet[Unit]:
    """The next units below, in code order: sub-procuratorates of a court, else its bodies.

    Those of today, the dissolved among them since their records still count here; with `ever`
    all that have stood there on any day.
    """
    if ever:
        below = Unit.objects.filter(placements__parent=unit).distinct()
    else:
        below = Unit.objects.filter(path=Concat(Value(unit.path), F("code"), Value("/")))
    return below.filter(type__in=COURT_TYPES) if unit.is_court else below


def present(unit: Unit, first: date, last: date) -> dict[int, tuple[date | None, date | None]]:
    """Who stood right under a unit between two days, by id: (since, until), None where throughout."""
    rows = Placement.objects.filter(parent=unit, valid_from__lte=last)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gte=first)).order_by("valid_from")
    found: dict[int, tuple[date | None, date | None]] = {}
    for row in rows.select_related("unit"):
        since = row.valid_from if row.valid_from > max(first, row.unit.founded_on) else None
        until = row.valid_to if row.valid_to and row.valid_to < last else None
        found[row.unit_id] = (found.get(row.unit_id, (since, None))[0], until)
    return found


def ancestors(unit: Unit, day: date | None = None) -> list[Unit]:
    """The units above, from the top of the tree down to the unit itself: of today, or of a day."""
    codes = (path_on(unit, day) if day else unit.path).strip("/").split("/")
    found = {above.code: above for above in Unit.objects.filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


def structure() -> str:
    """A digest of every unit's place, of today and of all days: what is counted by place has it."""
    digest = hashlib.sha256()
    units = Unit.objects.order_by("pk").values_list("pk", "code", "path", "court_id")
    places = Placement.objects.order_by("unit", "valid_from")
    for row in (*units, *places.values_list("unit_id", "path", "valid_from", "valid_to")):
        digest.update(repr(row).encode())
    return digest.hexdigest()
