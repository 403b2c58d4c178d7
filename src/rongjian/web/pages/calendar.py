"""制度日历: what is owed under the regimes and what has become of it, for one body or for a house's units.

Every state is worked out as the page is drawn. A cell opens to its records, its reason and its basis,
with the ways on: 记录, 本期无, 说明原因, 补录.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode

from rongjian.kernel.periods import Month
from rongjian.kernel.regimes import load_institutions
from rongjian.kernel.workdays import NO_OVERRIDES
from rongjian.ledgers.activity import HOLDERS, Activity
from rongjian.org.access import Denied, allowed, reach_units
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.queries import UnknownUnit, unit_named
from rongjian.records.actions import opened
from rongjian.records.queries import unit_words
from rongjian.regimes.bodies import Scope
from rongjian.regimes.deadlines import RecordDue, record_dues, seen_by
from rongjian.regimes.dues import Due, blocks
from rongjian.regimes.orders import Order, Orders
from rongjian.regimes.waiting import own_units, sees_calendars
from rongjian.web.calendar_files import ICS, heat_sheet, limits_file
from rongjian.web.calendar_month import Dot, MonthView, month_of, strip_of
from rongjian.web.calendar_rows import Heat, Listed, UnitsTable, heat_of, listed_of, units_of
from rongjian.web.calendar_rule_rows import Recommended, recommended
from rongjian.web.due_cells import Declared, Panel, just_declared, name_of, panel_of
from rongjian.web.export import XLSX
from rongjian.web.listing import Option, changed

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

_VIEWS = (("heat", "热力图"), ("month", "月历"), ("list", "清单"), ("units", "单位"))
_MOST_OFFERED = 200
_FIRST_YEAR = 2018


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    unit: Unit
    year: int
    month: int
    view: str
    cell: str


@dataclass(frozen=True)
class CalendarPage:
    """The calendar in one of its views."""

    title: str
    asked: Asked
    whose: str
    today: date
    units: tuple[Option, ...]
    typed: str
    years: tuple[Option, ...]
    months: tuple[Option, ...]
    tabs: tuple[tuple[str, str, bool], ...]
    heat: Heat | None
    listed: Listed | None
    table: UnitsTable | None
    shown_month: MonthView | None
    strip: tuple[Dot, ...]
    plan: str
    files: tuple[tuple[str, str], ...]
    panel: Panel | None
    declared: Declared | None
    refusal: str
    words: str
    adopted: bool
    adopts: str
    recommended: tuple[tuple[str, tuple[Recommended, ...]], ...]
    here: str

    @property
    def rules(self) -> int:
        """How many rules are recommended."""
        return sum(len(listed) for _, listed in self.recommended)


def calendar(request: ActorRequest) -> HttpResponse:
    """The calendar of the unit asked for, by default one's own."""
    return calendar_page(request, request.GET, "")


def calendar_page(
    request: ActorRequest, query: QueryDict, refusal: str, words: str = ""
) -> HttpResponse:
    """The calendar that a query asks for; with what was refused if anything was, and what was typed."""
    actor = request.actor
    if not sees_calendars(actor):
        raise Denied("没有权限：您的岗位不查看制度日历")
    asked = _asked(actor, query)
    order = Orders().of(asked.unit.path)
    dues, of_records = _dues(asked, actor), _of_records(asked, actor)
    own = asked.view != "units"
    adopts = _adopts(actor, asked.unit) if order is None else ""
    page = CalendarPage(
        title="制度日历",
        asked=asked,
        whose=unit_words(asked.unit),
        today=actor.today,
        units=_offered(actor, asked.unit),
        typed=asked.unit.short,
        years=_years(asked.year, actor.today),
        months=_months(asked.month),
        tabs=_tabs(query, asked, actor),
        heat=heat_of(dues, asked.cell, actor.today, query) if own else None,
        listed=listed_of(dues, of_records, actor) if own else None,
        table=None if own else units_of(actor, asked.unit, asked.year, asked.month),
        shown_month=_month_view(actor, asked, dues, of_records, order, query),
        strip=strip_of(asked.year, dues, query) if own else (),
        plan=_plan(actor, asked) if order else "",
        files=_files(asked, query) if own and dues else (),
        panel=_panel(actor, asked, dues),
        declared=just_declared(actor, query.get("told", "")),
        refusal=refusal,
        words=words,
        adopted=order is not None,
        adopts=adopts,
        recommended=recommended(actor.today) if adopts else (),
        here=f"{reverse('calendar')}{changed(query, {'told': None})}",
    )
    return render(request, "calendar/page.html", {"page": page}, status=422 if refusal else 200)


def _asked(actor: Actor, query: QueryDict) -> Asked:
    unit = _unit(actor, query.get("unit", "").strip())
    year, month = query.get("year", ""), query.get("month", "")
    known = year.isdecimal() and _FIRST_YEAR <= int(year) <= actor.today.year + 1
    named = month.isdecimal() and 1 <= int(month) <= 12
    views = {code for code, _ in _VIEWS}
    default = "units" if unit.is_court else "heat"
    view = query.get("view", default)
    if view == "units" and unit.court is not None and not unit.is_court:
        unit = _unit(actor, unit.court.code)  # Units are those of a house.
    return Asked(
        unit=unit,
        year=int(year) if known else actor.today.year,
        month=int(month) if named else actor.today.month,
        view=view if view in views else default,
        cell=query.get("cell", ""),
    )


def _unit(actor: Actor, word: str) -> Unit:
    """The unit asked for, or the first of one's own that owes something; 404 where it is not theirs."""
    within = reach_units(actor, "view", "obligation")
    if not word:
        mine = [unit for unit in own_units(actor) if unit.tree == "party"]
        for unit in (*mine, actor.person.court):
            if within.filter(pk=unit.pk).exists():
                return unit
        found = within.order_by("path").first()
        if found is None:
            raise Http404("没有可以查看的单位。")
        return found
    try:
        unit = unit_named(word)
    except UnknownUnit as error:
        raise Http404(str(error)) from error
    if not within.filter(pk=unit.pk).exists():
        raise Http404(f"没有单位“{word}”。")
    return unit


def _dues(asked: Asked, actor: Actor) -> list[Due]:
    if asked.view == "units":
        return []
    first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
    found = blocks(Scope.of(asked.unit), first, last, actor.today)
    return [due for block in found for due in block.cells()]


def _of_records(asked: Asked, actor: Actor) -> list[RecordDue]:
    """What the unit's records ask for in the year by their own day, as far as the actor may view them."""
    if asked.view == "units":
        return []
    first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
    return record_dues(Scope.of(asked.unit), first, last, actor.today, seen_by(actor))


def _month_view(
    actor: Actor,
    asked: Asked,
    dues: list[Due],
    of_records: list[RecordDue],
    order: Order | None,
    query: QueryDict,
) -> MonthView | None:
    if asked.view != "month":
        return None
    month = Month.at(asked.year, asked.month)
    calendar = order.calendar if order else NO_OVERRIDES
    return month_of(actor, asked.unit, month, dues, of_records, calendar, query)


def _plan(actor: Actor, asked: Asked) -> str:
    """Where the month is planned; empty for whom it is not granted, or whose unit holds no activities."""
    unit = asked.unit
    if unit.type not in HOLDERS or not allowed(actor, "create", Activity.access_class, unit):
        return ""
    return f"{reverse('calendar-plan')}?{urlencode({'unit': unit.code})}"


def _files(asked: Asked, query: QueryDict) -> tuple[tuple[str, str], ...]:
    """What can be taken along."""
    where = {"unit": asked.unit.code, "year": str(asked.year)}
    return tuple(
        (words, f"{reverse('calendar-export')}?{urlencode({**where, 'what': what})}")
        for words, what in (("热力图（Excel）", "heat"), ("期限（日历文件）", "limits"))
    )


def export(request: ActorRequest) -> HttpResponse:
    """The heat map as .xlsx, or the open limits as an .ics file; it is logged."""
    actor, query = request.actor, request.GET
    if not sees_calendars(actor):
        raise Denied("没有权限：您的岗位不查看制度日历")
    asked = replace(_asked(actor, query), view="heat")
    dues, name = _dues(asked, actor), f"{asked.unit.short}{asked.year}年"
    if query.get("what") == "limits":
        body, kind, name = limits_file(asked.unit, dues, actor.now), ICS, f"{name}制度期限.ics"
    else:
        institutions = {code: each.name for code, each in load_institutions().items()}
        body, kind, name = heat_sheet(institutions, dues), XLSX, f"{name}制度日历.xlsx"
    opened(actor, "calendar", asked.unit, f"导出{name}")
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


def _panel(actor: Actor, asked: Asked, dues: list[Due]) -> Panel | None:
    return next((panel_of(actor, due) for due in dues if name_of(due) == asked.cell), None)


def _offered(actor: Actor, unit: Unit) -> tuple[Option, ...]:
    """The units to choose from: those that may owe something, as long as they are few enough to list."""
    types = {kind for rule in Orders().rules for kind in rule.who.types} | {*COURT_TYPES}
    rows: QuerySet[Unit] = reach_units(actor, "view", "obligation").filter(type__in=types)
    rows = rows.filter(dissolved_on=None).select_related("court").order_by("path")
    if rows.count() > _MOST_OFFERED:
        rows = rows.filter(court=unit.court)
    return tuple(Option(each.code, unit_words(each), each.pk == unit.pk) for each in rows)


def _years(year: int, today: date) -> tuple[Option, ...]:
    listed = range(today.year + 1, min(today.year - 4, year) - 1, -1)
    return tuple(Option(str(each), f"{each}年", each == year) for each in listed)


def _months(chosen: int) -> tuple[Option, ...]:
    return tuple(Option(str(month), f"{month}月", month == chosen) for month in range(1, 13))


def _tabs(query: QueryDict, asked: Asked, actor: Actor) -> tuple[tuple[str, str, bool], ...]:
    found = []
    for code, words in _VIEWS:
        target = {"view": code, "cell": None, "told": None}
        if code == "units":
            court = asked.unit.court
            if court is None or not allowed(actor, "view", "obligation", court):
                continue
            target["unit"] = court.code
        elif asked.unit.is_court and asked.view == "units":
            target["unit"] = asked.unit.code
        found.append((words, changed(query, target), code == asked.view))
    return tuple(found)


def _adopts(actor: Actor, unit: Unit) -> str:
    """The code of the house that the actor may take the calendar up for; empty where none."""
    court = unit.court
    may = court is not None and allowed(actor, "edit", "regime_rule", court)
    return court.code if court is not None and may else ""
