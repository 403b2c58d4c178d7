"""第一议题 and study: which body has studied which document, after how many working days, at which meeting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from rongjian.ledgers.activity import HOLDERS, Activity
from rongjian.ledgers.study_document import StudyDocument
from rongjian.org.access import Denied, reach_units, visible
from rongjian.org.models import COURT_TYPES, Unit, UnitType
from rongjian.records.kinds import kind_of
from rongjian.records.models import Link
from rongjian.records.queries import unit_words
from rongjian.regimes.coverage import NEVER, coverage
from rongjian.regimes.waiting import sees_calendars
from rongjian.web.listing import Option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.regimes.coverage import Coverage
    from rongjian.web.middleware import ActorRequest

# Groups study with their branch, and a temporary branch for its task.
_BODIES = {*HOLDERS} - {UnitType.GROUP, UnitType.TEMPORARY_BRANCH, *COURT_TYPES}
_DOCUMENTS, _NAMED, _YEARS = 50, 5, 4


@dataclass(frozen=True)
class Studied:
    """One document: how many of the bodies have studied it, how quickly, and who has not yet."""

    document: StudyDocument
    since: date
    done: int
    bodies: int
    days: str
    left: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Body:
    """One body and a document: the day of its first study, the working days to it, the meetings."""

    name: str
    day: date | None
    workdays: int
    meetings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class StudyPage:
    """The documents of a year at the bodies of a house, one of them opened."""

    title: str
    court: Unit
    year: int
    courts: tuple[Option, ...]
    years: tuple[Option, ...]
    rows: tuple[Studied, ...]
    opened: StudyDocument | None
    bodies: tuple[Body, ...]
    further: bool


def study(request: ActorRequest) -> HttpResponse:
    """The documents of a year that the reader may view, at the bodies that are within their reach."""
    actor, query = request.actor, request.GET
    if not sees_calendars(actor):
        raise Denied("没有权限：您的岗位不查看制度日历")
    within = reach_units(actor, "view", "obligation")
    courts = list(_courts(within))
    if not courts:
        raise Http404("没有可以查看的党组织。")
    court = next((each for each in courts if each.code == query.get("court")), None)
    court = court or next((each for each in courts if each == actor.person.court), courts[0])
    typed = query.get("year", "")
    years = range(actor.today.year, actor.today.year - _YEARS, -1)
    year = next((each for each in years if str(each) == typed), actor.today.year)
    bodies = list(_bodies(within, court, actor.today))
    documents = _documents(actor, court, year)
    shown = documents[:_DOCUMENTS]
    found = coverage({each.pk: _since(each) for each in shown}, bodies)
    where = f"{reverse('calendar-study')}?court={court.code}&year={year}"
    chosen = query.get("document", "")
    rows = tuple(
        _studied(place, each, found, bodies, where, str(each.pk) == chosen)
        for place, each in enumerate(shown)
    )
    opened = next((place for place, row in enumerate(rows) if row.chosen), None)
    page = StudyPage(
        title="第一议题和文件学习",
        court=court,
        year=year,
        courts=tuple(Option(each.code, each.short, each == court) for each in courts),
        years=tuple(Option(str(each), f"{each}年", each == year) for each in years),
        rows=rows,
        opened=None if opened is None else shown[opened],
        bodies=() if opened is None else _opened(actor, shown[opened], opened, found, bodies),
        further=len(documents) > _DOCUMENTS,
    )
    return render(request, "calendar/study.html", {"page": page})


def _courts(within: QuerySet[Unit]) -> QuerySet[Unit]:
    """The houses of which the reader may see a body."""
    inside = within.filter(type__in=_BODIES).values("court")
    return Unit.objects.filter(pk__in=inside).order_by("path")


def _bodies(within: QuerySet[Unit], court: Unit, today: date) -> QuerySet[Unit]:
    """The Party bodies of a house that exist on the day, in code order."""
    there = within.filter(court=court, type__in=_BODIES, founded_on__lte=today)
    return there.exclude(dissolved_on__lte=today).select_related("court").order_by("path")


def _documents(actor: Actor, court: Unit, year: int) -> list[StudyDocument]:
    """The documents of the house and of those above it that were issued in the year, newest first."""
    above = [code for code in court.path.strip("/").split("/") if code]
    counted = kind_of(StudyDocument.kind_code).flow.counted
    rows = StudyDocument._default_manager.filter(
        unit__court__code__in=above, happened_on__year=year, state__in=counted
    )
    return list(visible(actor, rows, "view").order_by("-happened_on", "-pk")[: _DOCUMENTS + 1])


def _since(document: StudyDocument) -> date:
    """From when its days count: when it came in, else when it was issued."""
    return document.received_on or document.happened_on


def _studied(
    place: int,
    document: StudyDocument,
    found: Coverage,
    bodies: Sequence[Unit],
    where: str,
    chosen: bool,
) -> Studied:
    took = [int(days) for days in found.workdays[place] if days >= 0]
    left = [
        body.short for body, day in zip(bodies, found.studied[place], strict=True) if day == NEVER
    ]
    names = "、".join(left[:_NAMED]) + (f"等 {len(left)} 个" if len(left) > _NAMED else "")
    return Studied(
        document=document,
        since=_since(document),
        done=found.bodies(place),
        bodies=len(bodies),
        days=_range(took),
        left=names,
        url=f"{where}&document={document.pk}#bodies",
        chosen=chosen,
    )


def _range(took: Sequence[int]) -> str:
    """From the fewest to the most working days."""
    if not took:
        return ""
    return f"{min(took)}" if min(took) == max(took) else f"{min(took)}–{max(took)}"


def _opened(
    actor: Actor, document: StudyDocument, place: int, found: Coverage, bodies: Sequence[Unit]
) -> tuple[Body, ...]:
    """Every body with the meetings at which it studied the document, as far as they may be read."""
    meetings = _meetings(actor, document)
    return tuple(
        Body(
            name=unit_words(body),
            day=date.fromordinal(int(day)) if day != NEVER else None,
            workdays=int(days),
            meetings=tuple(meetings.get(body.pk, ())),
        )
        for body, day, days in zip(bodies, found.studied[place], found.workdays[place], strict=True)
    )


def _meetings(actor: Actor, document: StudyDocument) -> Mapping[int, list[tuple[str, str]]]:
    """By the id of a body: the meetings that rest on the document, also those held with others."""
    sources = Link.objects.filter(target=document).values("source")
    counted = kind_of(Activity.kind_code).flow.counted
    rows = Activity._default_manager.filter(pk__in=sources, state__in=counted)
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for each in visible(actor, rows, "view").order_by("happened_on").prefetch_related("hosted_by"):
        words = f"{each.happened_on:%m-%d} {each.topic or each.get_type_display()}"
        url = reverse("record", args=[each.kind, each.pk])
        for unit in (each.unit_id, *(host.unit_id for host in each.hosted_by.all())):
            found[unit].append((words, url))
    return found
