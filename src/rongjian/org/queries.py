"""Reading the trees: a unit by what people call it, its path on a day, its children."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.org.models import COURT_TYPES, Placement, Unit, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    """The unit's path as organised on a day; today's where no placement of that day is kept."""
    placed = Placement.objects.filter(in_force(day), unit=unit).values_list("path", flat=True)
    return placed.first() or unit.path


def standing(day: date, inside: Unit | None = None) -> list[Placement]:
    """The units that existed on a day as they then stood, parents first, in code order.

    Each placement carries its unit and the name of that day. With `inside`, only that unit and
    what then was below it. Two queries, however many units.
    """
    placed = Placement.objects.filter(in_force(day), unit__founded_on__lte=day).filter(
        Q(unit__dissolved_on=None) | Q(unit__dissolved_on__gt=day)
    )
    if inside is not None:
        placed = placed.filter(path__startswith=path_on(inside, day))
    return list(placed.select_related("unit__court").order_by("path"))


def paths_on(units: Iterable[Unit], days: tuple[date, date]) -> dict[int, list[Placement]]:
    """Placements of many units that touch a span of days, for writing many records at once."""
    placed = Placement.objects.filter(unit__in=list(units), valid_from__lte=days[1])
    found: dict[int, list[Placement]] = {}
    for placement in placed.order_by("valid_from"):
        found.setdefault(placement.unit_id, []).append(placement)
    return found


def children(unit: Unit) -> QuerySet[Unit]:
    """The next units below, in code order: sub-procuratorates of a court, else its bodies."""
    below = Unit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk)
    if unit.is_court:
        depth = unit.path.count("/") + 1
        courts = [
            court for court in below.filter(type__in=COURT_TYPES) if court.path.count("/") == depth
        ]
        return Unit.objects.filter(pk__in=[court.pk for court in courts])
    return below.filter(placements__parent=unit, placements__valid_to=None)


def ancestors(unit: Unit) -> list[Unit]:
    """The units above, from the top of the tree down to the unit itself (the drill path)."""
    codes = unit.path.strip("/").split("/")
    found = {above.code: above for above in Unit.objects.filter(code__in=codes)}
    return [found[code] for code in codes if code in found]
