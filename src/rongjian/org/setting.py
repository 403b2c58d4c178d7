"""The Party organisation and the departments of one day, side by side (同设置): read, not judged.

Everything the twin page, the table of counterparts and the gap rules ask about is read here once,
in a fixed number of queries, whether for one procuratorate or for a whole region.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Pairing,
    Post,
    Term,
    Tree,
    UnitType,
    effective,
    in_force,
)
from rongjian.org.queries import standing
from rongjian.org.rosters import EMPTY, Roster, rosters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from rongjian.org.models import Person, Placement, Unit

SECRETARY = "branch_secretary"
HEAD = "department_head"
COMMITTEE = (
    SECRETARY,
    "branch_deputy",
    "branch_organiser",
    "branch_publicity",
    "branch_discipline",
)
"""The posts of a branch's committee (支委会)."""

BRANCHES = (UnitType.BRANCH, UnitType.JOINT_BRANCH)
ELECTED = (*BRANCHES, UnitType.GENERAL_BRANCH, UnitType.ORGAN_COMMITTEE)
"""Party units with terms of office."""


@dataclass(frozen=True)
class Setting:
    """What stood beside what on a day. Units are looked up by their ids."""

    day: date
    placed: Mapping[int, Placement]
    rosters: Mapping[int, Roster]
    pairs: tuple[Pairing, ...]
    ended_pairs: tuple[Pairing, ...]
    posts: Mapping[int, tuple[Post, ...]]
    terms: Mapping[int, Term]
    homes: Mapping[int, tuple[int, ...]]

    @cached_property
    def partners(self) -> Mapping[int, tuple[Unit, ...]]:
        """The units of the other tree that a unit is paired with, in code order."""
        found: dict[int, list[Unit]] = {}
        for pair in self.pairs:
            found.setdefault(pair.business_unit_id, []).append(pair.party_unit)
            found.setdefault(pair.party_unit_id, []).append(pair.business_unit)
        return {pk: tuple(sorted(units, key=lambda unit: unit.path)) for pk, units in found.items()}

    def of_type(self, *types: str) -> list[Unit]:
        """The units of some types that stood on the day, in code order."""
        return [placed.unit for placed in self.placed.values() if placed.unit.type in types]

    def roster(self, unit: Unit) -> Roster:
        """Who belonged to a unit."""
        return self.rosters.get(unit.pk, EMPTY)

    def beside(self, unit: Unit) -> tuple[Unit, ...]:
        """The partners of a unit in the other tree."""
        return self.partners.get(unit.pk, ())

    def holders(self, unit: Unit, *roles: str) -> tuple[Person, ...]:
        """Who held one of the roles at a unit."""
        return tuple(post.person for post in self.posts.get(unit.pk, ()) if post.role in roles)

    def name(self, unit: Unit) -> str:
        """What a unit was called on the day inside its own procuratorate: 第三党支部."""
        placed = self.placed.get(unit.pk)
        short = placed.short if placed else unit.short
        if unit.is_court or unit.court is None:
            return short
        court = self.placed.get(unit.court.pk)
        for house in (court.short if court else "", unit.court.short):
            if house and short.startswith(house) and short != house:
                return short[len(house) :].strip()
        return short

    def relation(self, business: Unit, party: Unit) -> str:
        """How a business unit is served: 对应 by its own, 联合 by a joint one, 挂靠 at another's."""
        if party.type == UnitType.JOINT_BRANCH:
            return "联合"
        others = [unit for unit in self.beside(party) if unit.pk != business.pk]
        mine = self.roster(business).full
        return "挂靠" if any(self.roster(unit).full > mine for unit in others) else "对应"

    def business_only(self) -> Setting:
        """The same day for somebody who may not read how the Party is organised."""
        kept = {
            pk: placed for pk, placed in self.placed.items() if placed.unit.tree == Tree.BUSINESS
        }
        return replace(self, placed=kept, pairs=(), ended_pairs=())


def setting(inside: Unit, day: date, *, below: bool = True) -> Setting:
    """Read the setting of a procuratorate, with or without its subordinate ones, as of a day."""
    placed = {
        each.unit_id: each
        for each in standing(day, inside)
        if below or each.unit.court_id == inside.court_id
    }
    units = [each.unit for each in placed.values()]
    people = rosters(units, day)
    pairs, ended = _pairs(units, day)
    return Setting(
        day=day,
        placed=placed,
        rosters=people,
        pairs=pairs,
        ended_pairs=ended,
        posts=_posts(units, day),
        terms=_terms(units, day),
        homes=_homes({person.pk for each in people.values() for person in each.people}, day),
    )


def _pairs(units: Iterable[Unit], day: date) -> tuple[tuple[Pairing, ...], tuple[Pairing, ...]]:
    """The pairings in force, and those that had ended by then."""
    ids = [unit.pk for unit in units]
    rows = (
        Pairing.objects.filter(Q(business_unit__in=ids) | Q(party_unit__in=ids))
        .filter(valid_from__lte=day)
        .select_related("party_unit__court", "business_unit__court")
        .order_by("business_unit__path", "party_unit__path", "valid_from")
    )
    held: list[Pairing] = []
    ended: list[Pairing] = []
    for pair in rows:
        (held if pair.valid_to is None or pair.valid_to >= day else ended).append(pair)
    return tuple(held), tuple(ended)


def _posts(units: Iterable[Unit], day: date) -> dict[int, tuple[Post, ...]]:
    rows = (
        Post.objects.filter(effective(day), unit__in=[unit.pk for unit in units])
        .filter(role__in=(*COMMITTEE, HEAD))
        .filter(Q(person__left_on=None) | Q(person__left_on__gt=day))
        .select_related("person")
        .order_by("person__staff_no")
    )
    found: dict[int, list[Post]] = {}
    for post in rows:
        found.setdefault(post.unit_id, []).append(post)
    return {pk: tuple(posts) for pk, posts in found.items()}


def _terms(units: Iterable[Unit], day: date) -> dict[int, Term]:
    """The latest term of each Party unit that had begun by the day."""
    party = [unit.pk for unit in units if unit.tree == Tree.PARTY]
    rows = Term.objects.filter(unit__in=party, began_on__lte=day).order_by("began_on")
    return {term.unit_id: term for term in rows}


def _homes(people: Iterable[int], day: date) -> dict[int, tuple[int, ...]]:
    """The branches that hold somebody's organisational relation, by person."""
    rows = Affiliation.objects.filter(in_force(day), kind=AffiliationKind.HOME).filter(
        person__in=list(people)
    )
    found: dict[int, set[int]] = {}
    for person, unit in rows.values_list("person_id", "unit_id"):
        found.setdefault(person, set()).add(unit)
    return {person: tuple(sorted(units)) for person, units in found.items()}
