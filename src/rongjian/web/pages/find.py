"""查找: what somebody types, found across ledgers, units, people, documents and pages.

The page works by its address alone. While somebody types in the masthead htmx fetches the short list
of the same answer, without projections: showing those is logged, page by page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render

from rongjian.kernel.find_words import fold
from rongjian.org.access import may_somewhere
from rongjian.org.finding import Directory
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.records import actions
from rongjian.records.finding import MOST, Found, Wanted, find
from rongjian.records.kinds import kinds
from rongjian.records.queries import unit_words
from rongjian.web import listing, paging
from rongjian.web.found_names import Group, found_names
from rongjian.web.found_rows import FoundRow, found_rows
from rongjian.web.listing import Chip, Select, Step

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

PAGE = 20
_SHORT, _NAMES, _NAMES_SHORT = 6, 6, 3
"""Records in the short list; names of each sort on the page and in the short list."""
_LONGEST = 60


@dataclass(frozen=True)
class FindPage:
    """Everything that the page shows; `asked` is false until something is looked for."""

    title: str
    typed: str
    asked: bool
    first_day: str
    last_day: str
    problems: tuple[str, ...]
    selects: tuple[Select, ...]
    chips: tuple[Chip, ...]
    groups: tuple[Group, ...]
    rows: tuple[FoundRow, ...]
    total: int
    more: bool
    most: int
    projected: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class ShortList:
    """The list under the box in the masthead."""

    typed: str
    groups: tuple[Group, ...]
    rows: tuple[FoundRow, ...]
    total: int
    more: bool


def page(request: ActorRequest) -> HttpResponse:
    """The page, or for the box in the masthead its short list."""
    actor, query = request.actor, request.GET
    typed = query.get("q", "").strip()[:_LONGEST]
    directory = Directory.load()
    if request.htmx:
        found = find(actor, Wanted(typed), directory, projections=False)
        short = ShortList(
            typed=typed,
            groups=found_names(actor, found.words, directory, _NAMES_SHORT),
            rows=found_rows(actor, found.hits[:_SHORT], found.words),
            total=len(found.hits),
            more=found.more,
        )
        return render(request, "find/_list.html", {"short": short})
    problems: list[str] = []
    wanted = Wanted(
        typed,
        kind=query.get("kind", "") if query.get("kind") in _kinds(actor) else "",
        unit=listing.asked_unit(query.get("unit", "")),
        first=listing.asked_day("起始日期", query.get("from", ""), problems),
        last=listing.asked_day("截止日期", query.get("to", ""), problems),
    )
    found = find(actor, wanted, directory)
    shown = _shown(request, wanted, found, directory, tuple(problems))
    return render(request, "find/page.html", {"page": shown})


def _shown(
    request: ActorRequest,
    wanted: Wanted,
    found: Found,
    directory: Directory,
    problems: tuple[str, ...],
) -> FindPage:
    actor, query = request.actor, request.GET
    paginator = Paginator(found.hits, PAGE)
    chosen = paginator.get_page(query.get("page"))
    hits = list(chosen.object_list)
    # Who reads rows of other houses without their names is on record before they are shown.
    if projected := sum(hit.projected for hit in hits):
        actions.opened(actor, "find", actor.person.court, f"查找 去标识记录 {projected} 条")
    chips = _chips(wanted, query)
    first = chosen.number == 1 and not chips
    return FindPage(
        title="查找",
        typed=wanted.words,
        asked=bool(fold(wanted.words)),
        first_day=str(wanted.first or ""),
        last_day=str(wanted.last or ""),
        problems=problems,
        selects=(_kind_select(actor, wanted.kind), _unit_select(actor, wanted.unit)),
        chips=chips,
        groups=found_names(actor, found.words, directory, _NAMES) if first else (),
        rows=found_rows(actor, hits, found.words),
        total=len(found.hits),
        more=found.more,
        most=MOST,
        projected=bool(projected),
        steps=paging.steps(paginator, chosen.number, query) if paginator.num_pages > 1 else (),
    )


def _kinds(actor: Actor) -> dict[str, str]:
    """The ledgers that somebody reads, by code: their names."""
    return {
        kind.code: kind.name
        for kind in kinds()
        if any(may_somewhere(actor, verb, kind.access) for verb in ("view", "project"))
    }


def _kind_select(actor: Actor, chosen: str) -> Select:
    return listing.select("kind", "台账", [("", "全部"), *_kinds(actor).items()], chosen)


def _unit_select(actor: Actor, chosen: Unit | None) -> Select:
    """The own procuratorate with those below it; of one without any, what is inside it."""
    below = Unit.objects.filter(path__startswith=actor.person.court.path).select_related("court")
    units = list(below.filter(type__in=COURT_TYPES))
    if len(units) <= 1:
        units = list(below.exclude(dissolved_on__lte=actor.today)[: listing.MOST_UNITS])
    units += [chosen] if chosen and chosen not in units else []
    offered = [(unit.code, unit_words(unit)) for unit in units]
    return listing.select("unit", "单位", [("", "全部"), *offered], chosen.code if chosen else "")


def _chips(wanted: Wanted, query: QueryDict) -> tuple[Chip, ...]:
    """The limits in force, each with the address that takes it off."""
    found: list[tuple[str, tuple[str, ...]]] = []
    if wanted.kind:
        found.append((f"台账={next(k.name for k in kinds() if k.code == wanted.kind)}", ("kind",)))
    if wanted.unit:
        found.append((f"单位={unit_words(wanted.unit)}", ("unit",)))
    if wanted.first or wanted.last:
        found.append((f"日期 {listing.span(wanted.first, wanted.last)}", ("from", "to")))
    return tuple(Chip(words, listing.without(query, *names)) for words, names in found)
