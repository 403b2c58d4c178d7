"""双树: a procuratorate's business tree and its Party tree side by side, with their pairings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render

from rongjian.org.access import allowed, visible
from rongjian.org.models import COURT_TYPES, Pairing, Person, Placement, Tree, Unit, in_force
from rongjian.org.queries import ancestors
from rongjian.web.listing import Option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class Mate:
    """The unit of the other tree that a unit is paired with."""

    code: str
    name: str
    since: date


@dataclass(frozen=True)
class Node:
    """A unit in one of the trees, with what stands below it."""

    unit: Unit
    name: str
    people: str
    mates: tuple[Mate, ...]
    below: tuple[Node, ...]


@dataclass(frozen=True)
class TwinPage:
    """Both trees of one procuratorate."""

    title: str
    court: Unit
    above: tuple[Unit, ...]
    courts: tuple[Option, ...]
    business: tuple[Node, ...]
    party: tuple[Node, ...]
    pairs: tuple[tuple[Unit, Unit, date], ...]


def twin(request: ActorRequest) -> HttpResponse:
    """The two trees of the procuratorate asked for, by default one's own."""
    actor = request.actor
    code = request.GET.get("court", actor.person.court.code)
    seen = visible(actor, Unit.objects.all(), "view")
    court = seen.filter(type__in=COURT_TYPES, code=code).first()
    if court is None:
        raise Http404(f"没有代码为“{code}”的检察院。")
    units = list(
        seen.select_related("court").filter(court=court).exclude(dissolved_on__lte=actor.today)
    )
    pairs = tuple(_pairs(units, actor.today))
    trees = _Trees(units, pairs, _people(actor, court), actor.today)
    page = TwinPage(
        title="组织架构",
        court=court,
        above=tuple(ancestors(court)[:-1]),
        courts=_courts(actor, seen, court),
        business=trees.roots(Tree.BUSINESS),
        party=trees.roots(Tree.PARTY),
        pairs=tuple((pair.business_unit, pair.party_unit, pair.valid_from) for pair in pairs),
    )
    return render(request, "twin/page.html", {"page": page})


def _courts(actor: Actor, seen: Iterable[Unit], court: Unit) -> tuple[Option, ...]:
    """One's own procuratorate and those below it, with deeper ones indented."""
    top = actor.person.court.path
    listed = Unit.objects.filter(type__in=COURT_TYPES, path__startswith=top).order_by("path")
    options = [
        Option(unit.code, "　" * unit.path[len(top) :].count("/") + unit.short, unit == court)
        for unit in listed
    ]
    if not any(option.selected for option in options):
        options.append(Option(court.code, court.short, selected=True))
    return tuple(options)


def _pairs(units: Iterable[Unit], today: date) -> Iterable[Pairing]:
    rows = Pairing.objects.filter(in_force(today), business_unit__in=[unit.pk for unit in units])
    return rows.select_related("party_unit__court", "business_unit__court").order_by(
        "business_unit__path", "party_unit__path"
    )


def _people(actor: Actor, court: Unit) -> Mapping[int, str]:
    """How many people belong to a unit, where the actor may see the staff of that house."""
    if not allowed(actor, "view", "staff", court):
        return {}
    staff = Person.objects.filter(court=court).order_by()
    found: dict[int, str] = {}
    for name, noun in (("department", "人"), ("branch", "名党员")):
        rows = staff.values(name).annotate(n=Count("pk")).values_list(name, "n")
        found |= {unit: f"{number} {noun}" for unit, number in rows if unit}
    return found


class _Trees:
    """Puts the units of a procuratorate under one another as they are placed today."""

    def __init__(
        self,
        units: Iterable[Unit],
        pairs: Iterable[Pairing],
        people: Mapping[int, str],
        today: date,
    ) -> None:
        self.units = sorted(units, key=lambda unit: unit.path)
        self.people = people
        self.mates: dict[int, list[Mate]] = {}
        for pair in pairs:
            for unit, other in (
                (pair.business_unit, pair.party_unit),
                (pair.party_unit, pair.business_unit),
            ):
                mate = Mate(other.code, _inside(other), pair.valid_from)
                self.mates.setdefault(unit.pk, []).append(mate)
        placed = Placement.objects.filter(in_force(today), unit__in=[u.pk for u in self.units])
        self.parents = dict(placed.values_list("unit_id", "parent_id"))

    def roots(self, tree: Tree) -> tuple[Node, ...]:
        """The units of a tree that have no parent inside this procuratorate's tree."""
        own = {unit.pk for unit in self.units if unit.tree == tree}
        return tuple(
            self._node(unit, own)
            for unit in self.units
            if unit.pk in own and self.parents.get(unit.pk) not in own
        )

    def _node(self, unit: Unit, own: set[int]) -> Node:
        below = tuple(
            self._node(child, own)
            for child in self.units
            if child.pk in own and self.parents.get(child.pk) == unit.pk
        )
        mates = tuple(self.mates.get(unit.pk, ()))
        return Node(unit, _inside(unit), self.people.get(unit.pk, ""), mates, below)


def _inside(unit: Unit) -> str:
    """A unit's name inside its own procuratorate, whose name need not be said again."""
    court = unit.court.short if unit.court and not unit.is_court else ""
    return unit.short.removeprefix(court).strip() or unit.short
