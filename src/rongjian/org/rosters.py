"""Who belongs to a unit on a day: the staff of a department, the members of a Party unit.

A temporary branch's members are the Party members of the task force that it is paired with; their
home branch stays what it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Membership,
    Pairing,
    Person,
    Tree,
    Unit,
    UnitType,
    in_force,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True)
class Roster:
    """The people of one unit on one day, in the order of their numbers."""

    people: tuple[Person, ...]
    full: int
    probationary: int
    voting: int

    @property
    def members(self) -> int:
        """How many Party members, full and probationary."""
        return self.full + self.probationary


HOME_TYPES = (UnitType.BRANCH, UnitType.JOINT_BRANCH, UnitType.GENERAL_BRANCH)
"""The Party units that hold an organisation relation (组织关系)."""

EMPTY = Roster((), 0, 0, 0)


def membership_on(person: Person, day: date) -> Membership:
    """Whether somebody was a full or a probationary member on a day.

    From the days of joining and of becoming a full member where they are known, else as entered.
    """
    if person.full_on is None and person.joined_on is None:
        return Membership(person.membership)
    if person.full_on is not None and person.full_on <= day:
        return Membership.FULL
    began = person.joined_on or person.full_on
    if began is None or began > day:
        return Membership.NONE
    # Joined and never noted as full: what was entered tells whether the year has passed.
    full = person.full_on is None and person.membership == Membership.FULL
    return Membership.FULL if full else Membership.PROBATIONARY


def rosters(units: Iterable[Unit], day: date) -> dict[int, Roster]:
    """The roster of each unit by its id; a Party unit's holds its members only.

    A fixed number of queries, however many units. Units without people are left out.
    """
    chosen = {unit.pk: unit for unit in units}
    homes = _served_by_temporary(chosen.values(), day)
    wanted = Q(unit__in=chosen, kind__in=(AffiliationKind.DEPARTMENT, AffiliationKind.HOME)) | Q(
        unit__in={*chosen, *homes}, kind=AffiliationKind.TASK_FORCE
    )
    rows = (
        Affiliation.objects.filter(in_force(day) & wanted)
        .filter(Q(person__left_on=None) | Q(person__left_on__gt=day))
        .select_related("person")
        .order_by("person__staff_no")
    )
    people: dict[int, dict[int, Person]] = {}
    for row in rows:
        for pk in {row.unit_id, *homes.get(row.unit_id, ())} & chosen.keys():
            people.setdefault(pk, {})[row.person_id] = row.person
    return {
        pk: _roster(found.values(), day, party=chosen[pk].tree == Tree.PARTY)
        for pk, found in people.items()
    }


def roster(unit: Unit, day: date) -> Roster:
    """The roster of one unit."""
    return rosters([unit], day).get(unit.pk, EMPTY)


def misplaced(person: int | None, unit: int | None, day: date | None) -> str:
    """Why a row of a unit cannot be about somebody: of another branch, or another house; else "".

    So whoever keeps the books of one branch writes about nobody of another. Ids, since a row of a
    file is not an object yet; what is missing is said elsewhere.
    """
    if person is None or unit is None or day is None:
        return ""
    place = Unit.objects.filter(pk=unit).first()
    if place is None:
        return ""
    where = Q(kind=AffiliationKind.HOME, unit=unit)
    if place.type not in HOME_TYPES:
        where = Q(kind=AffiliationKind.DEPARTMENT, unit__court=place.court_id)
    if Affiliation.objects.filter(in_force(day) & where, person=person).exists():
        return ""
    return f"{day} 不在{place.short}，请选择所在的单位"


def _served_by_temporary(units: Iterable[Unit], day: date) -> dict[int, list[int]]:
    """The temporary branches among the units, by the task force that each serves."""
    branches = [unit.pk for unit in units if unit.type == UnitType.TEMPORARY_BRANCH]
    pairs = Pairing.objects.filter(in_force(day), party_unit__in=branches)
    found: dict[int, list[int]] = {}
    for force, branch in pairs.values_list("business_unit_id", "party_unit_id"):
        found.setdefault(force, []).append(branch)
    return found


def _roster(people: Iterable[Person], day: date, *, party: bool) -> Roster:
    standing = [(person, membership_on(person, day)) for person in people]
    kept = [pair for pair in standing if pair[1] != Membership.NONE or not party]
    full = [person for person, membership in kept if membership == Membership.FULL]
    return Roster(
        people=tuple(person for person, _ in kept),
        full=len(full),
        probationary=sum(1 for _, membership in kept if membership == Membership.PROBATIONARY),
        voting=sum(person.may_vote for person in full),
    )
