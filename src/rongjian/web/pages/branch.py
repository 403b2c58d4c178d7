"""党支部: the roster of a day, the officers with their terms, and the roster as a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.org.access import allowed, require, visible
from rongjian.org.models import (
    Member,
    Membership,
    Pairing,
    Placement,
    Term,
    Unit,
    UnitType,
    in_force,
)
from rongjian.org.posts import held_at
from rongjian.org.rosters import HOME_TYPES, Roster, membership_on, roster
from rongjian.records.actions import opened
from rongjian.records.people_sheets import ROSTER, roster_row
from rongjian.web.dates import day_asked
from rongjian.web.export import XLSX
from rongjian.web.pages.people import role_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.org.models import Person
    from rongjian.web.middleware import ActorRequest

_TYPES = (*HOME_TYPES, UnitType.TEMPORARY_BRANCH)


@dataclass(frozen=True)
class MemberRow:
    """One member on the day."""

    person: Person
    membership: str
    voting: bool


@dataclass(frozen=True)
class Officer:
    """Who holds a post at the branch on the day."""

    name: str
    role: str
    since: date
    until: date | None
    acting: bool
    basis: str


@dataclass(frozen=True)
class BranchPage:
    """A branch on a day; `members` are those whom the actor may see as members."""

    title: str
    unit: Unit
    name: str
    day: date
    today: date
    problem: str
    counts: Roster | None
    members: tuple[MemberRow, ...]
    hidden: int
    officers: tuple[Officer, ...]
    term: Term | None
    pairs: tuple[Unit, ...]
    may_export: bool


def branch(request: ActorRequest, code: str) -> HttpResponse:
    """A branch as it was on the day asked for, today unless said."""
    actor, unit = request.actor, _found(request.actor, code)
    day, problem = day_asked(request, actor.today)
    placed = Placement.objects.filter(in_force(day), unit=unit).first()
    seen = _roster_for(actor, unit, day)
    members = tuple(_members(actor, seen, day)) if seen else ()
    pairs = Pairing.objects.filter(in_force(day), party_unit=unit).select_related("business_unit")
    page = BranchPage(
        title=placed.short if placed else unit.short,
        unit=unit,
        name=placed.name if placed else unit.name,
        day=day,
        today=actor.today,
        problem=problem or _existed(unit, day),
        counts=seen,
        members=members,
        hidden=seen.members - len(members) if seen else 0,
        officers=tuple(_officers(actor, unit, day)),
        term=Term.objects.filter(unit=unit, began_on__lte=day).order_by("-began_on").first(),
        pairs=tuple(pair.business_unit for pair in pairs.order_by("business_unit__path")),
        may_export=day == actor.today and allowed(actor, "export", "party_member", unit),
    )
    return render(request, "people/branch.html", {"page": page})


def _found(actor: Actor, code: str) -> Unit:
    units = visible(actor, Unit.objects.select_related("court"), "view")
    unit = units.filter(code=code, type__in=_TYPES).first()
    if unit is None:
        raise Http404(f"没有代码为“{code}”的党支部。")
    return unit


def _existed(unit: Unit, day: date) -> str:
    if day < unit.founded_on:
        return f"{unit.short} {unit.founded_on} 才成立，这一天还没有名册。"
    if unit.dissolved_on is not None and day >= unit.dissolved_on:
        return f"{unit.short} {unit.dissolved_on} 已撤销。"
    return ""


def _roster_for(actor: Actor, unit: Unit, day: date) -> Roster | None:
    """How large a branch is is known in its house, and above as a figure; elsewhere not."""
    own = unit.court_id == actor.person.court_id
    return roster(unit, day) if own or allowed(actor, "figures", "party_member", unit) else None


def _members(actor: Actor, seen: Roster, day: date) -> Iterator[MemberRow]:
    ids = [person.pk for person in seen.people]
    readable = visible(actor, Member.objects.filter(pk__in=ids), "view")
    known = set(readable.values_list("pk", flat=True))
    for person in seen.people:
        if person.pk in known:
            membership = membership_on(person, day)
            voting = membership == Membership.FULL and person.may_vote
            yield MemberRow(person, str(membership.label), voting)


def _officers(actor: Actor, unit: Unit, day: date) -> Iterator[Officer]:
    for post in held_at(unit, day):
        own = post.person.court_id == actor.person.court_id
        yield Officer(
            post.person.name if own else post.person.masked,
            role_name(post),
            post.valid_from,
            post.valid_to,
            post.acting,
            post.basis,
        )


def export(request: ActorRequest, code: str) -> HttpResponse:
    """The roster of today as the import of rosters takes it."""
    actor, unit = request.actor, _found(request.actor, code)
    require(actor, "export", "party_member", unit)
    seen = roster(unit, actor.today)
    readable = visible(actor, Member.objects.filter(pk__in=[each.pk for each in seen.people]))
    rows = [roster_row(person) for person in readable.select_related("branch")]
    columns = [Column(each.heading, 16, each.holds) for each in ROSTER.columns if each.exported]
    opened(actor, f"unit:{unit.pk}", unit, f"导出党员花名册，{len(rows)} 人")
    answer = HttpResponse(write_xlsx(columns, rows, title="党员花名册"), content_type=XLSX)
    name = f"{unit.short}党员花名册.xlsx"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer
