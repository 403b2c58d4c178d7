"""The units that may owe something, with what the rules ask of them on the days of their windows.

Stated rules: a unit owes a window when it exists on all of its days (founded within, it owes the next
one first; dissolved or merged within, it owes none, and its heir owes what is the heir's); it stands
under the order of the house where it stood on the first day; size and groups are those of that day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import Q

from rongjian.kernel.dues import Marks, Numbers
from rongjian.kernel.party_rules import party_rules
from rongjian.org.models import Affiliation, AffiliationKind, Membership, Placement, Unit, UnitType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rongjian.kernel.regimes import Rule

ALWAYS = date.max.toordinal()
NEVER = 0
_MANY = 100
"""From so many units on their records are taken from what is kept at hand."""


@dataclass(frozen=True)
class Scope:
    """Whose dues are asked for: of some units, or (`whole`) of everything at or below them."""

    heads: tuple[Unit, ...]
    whole: bool = False

    def condition(self, deep: Collection[str]) -> Q:
        """These units, and those below a unit of a type for which records from below count."""
        found = Q() if self.whole else Q(pk__in=[unit.pk for unit in self.heads])
        for unit in self.heads:
            if self.whole or unit.type in deep:
                found |= Q(path__startswith=unit.path)
        return found

    def asks(self, unit: Unit) -> bool:
        """Whether what this unit owes is asked for, and not only what it may have done for others."""
        return self.whole or unit in self.heads

    @classmethod
    def of(cls, unit: Unit) -> Scope:
        """One unit alone, with those below it to answer for it."""
        return cls((unit,))

    @classmethod
    def each(cls, units: Iterable[Unit]) -> Scope:
        """Some units, each for itself."""
        return cls(tuple(units))

    @classmethod
    def below(cls, unit: Unit) -> Scope:
        """A unit with everything below it."""
        return cls((unit,), whole=True)


class Bodies:
    """The units of a scope that some rule may be about, in code order, and all that may answer."""

    def __init__(self, scope: Scope, rules: Sequence[Rule], first: date, last: date) -> None:
        wanted = {kind for rule in rules for kind in rule.who.types}
        deep = {kind for rule in rules if rule.below for kind in rule.who.types}
        rows = Unit.objects.filter(scope.condition(deep), founded_on__lte=last)
        rows = rows.exclude(dissolved_on__lte=first).order_by("path")
        self.all: list[Unit] = list(rows)
        self.units = [unit for unit in self.all if unit.type in wanted and scope.asks(unit)]

    @property
    def many(self) -> bool:
        """Whether so many that their records are better kept at hand than asked for each time."""
        return len(self.all) > _MANY

    @cached_property
    def stays(self) -> dict[int, list[tuple[int, str]]]:
        """(since, place) of the units that have stood at more than one place, oldest first."""
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        rows = Placement.objects.order_by("unit", "valid_from")
        if not self.many:
            rows = rows.filter(unit__in=self.units)
        for unit, since, path in rows.values_list("unit_id", "valid_from", "path"):
            found[unit].append((since.toordinal(), path))
        return {unit: stays for unit, stays in found.items() if len(stays) > 1}

    def place(self, unit: Unit, day: int) -> str:
        """Where a unit stood on a day (its ordinal)."""
        stays = self.stays.get(unit.pk)
        if not stays:
            return unit.path
        return next((path for since, path in reversed(stays) if since <= day), stays[0][1])


@dataclass(frozen=True)
class Spans:
    """Runs of days of many units, to be counted: how many cover a day."""

    unit: Numbers
    since: Numbers
    until: Numbers

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, int]]) -> Spans:
        """From (unit, first day, first day no more)."""
        lasting = [row for row in rows if row[1] < row[2]]
        columns = np.array(lasting, dtype=np.int64).reshape(-1, 3)
        return cls(columns[:, 0], columns[:, 1], columns[:, 2])

    def count(self, units: Sequence[Unit], days: Numbers) -> Numbers:
        """How many runs cover each day at each unit; days in ascending order."""
        place = places_of(units)
        known = np.isin(self.unit, np.array([unit.pk for unit in units], dtype=np.int64))
        rows = place[self.unit[known]]
        change = np.zeros((len(units), len(days) + 1), dtype=np.int64)
        np.add.at(change, (rows, np.searchsorted(days, self.since[known])), 1)
        np.add.at(change, (rows, np.searchsorted(days, self.until[known])), -1)
        counted: Numbers = np.cumsum(change, axis=1)[:, :-1]
        return counted


def places_of(units: Sequence[Unit]) -> Numbers:
    """The row of each unit by its id; -1 for others up to the largest id."""
    largest = max((unit.pk for unit in units), default=0)
    place = np.full(largest + 1, -1, dtype=np.int64)
    for row, unit in enumerate(units):
        place[unit.pk] = row
    return place


def full_members(units: Sequence[Unit], *, many: bool) -> Spans:
    """Since when until when who was a full member in which branch, as `org.rosters` decides it."""
    rows = Affiliation.objects.filter(kind=AffiliationKind.HOME)
    if not many:
        rows = rows.filter(unit__in=units)
    fields = ("unit_id", "valid_from", "valid_to", "person__membership")
    dates = ("person__joined_on", "person__full_on", "person__left_on")
    return Spans.of([_full(*row) for row in rows.values_list(*fields, *dates)])


def _full(
    unit: int,
    since: date,
    until: date | None,
    membership: str,
    joined: date | None,
    full: date | None,
    left: date | None,
) -> tuple[int, int, int]:
    begins = full
    if full is None:
        begins = (joined or date.min) if membership == Membership.FULL else date.max
    ends = ALWAYS if until is None else until.toordinal() + 1
    gone = left.toordinal() if left else ALWAYS
    assert begins is not None  # noqa: S101  # as just set
    return unit, max(since, begins).toordinal(), min(ends, gone)


def groups(units: Sequence[Unit], *, many: bool) -> Spans:
    """Since when until when which branch had a 党小组."""
    rows = Placement.objects.filter(unit__type=UnitType.GROUP)
    if not many:
        rows = rows.filter(parent__in=units)
    fields = ("parent_id", "valid_from", "valid_to", "unit__dissolved_on")
    found = []
    for parent, since, until, dissolved in rows.exclude(parent=None).values_list(*fields):
        ends = until + timedelta(days=1) if until else date.max
        found.append((parent, since.toordinal(), min(ends, dissolved or date.max).toordinal()))
    return Spans.of(found)


class Conditions:
    """What rules ask of a unit besides its type, looked up once however many rules ask."""

    def __init__(self, bodies: Bodies) -> None:
        self._bodies = bodies

    @cached_property
    def _full(self) -> Spans:
        return full_members(self._bodies.units, many=self._bodies.many)

    @cached_property
    def _groups(self) -> Spans:
        return groups(self._bodies.units, many=self._bodies.many)

    def met(self, rule: Rule, units: Sequence[Unit], days: Numbers) -> Marks:
        """Where a rule's conditions hold on a day: units × days."""
        held = np.ones((len(units), len(days)), dtype=np.bool_)
        least = rule.who.least
        if rule.who.committee:
            least = max(least, party_rules()["ORG-05"].least)
        if least:
            held &= self._full.count(units, days) >= least
        if rule.who.groups:
            held &= self._groups.count(units, days) > 0
        return held
