"""双树: a procuratorate's departments and its Party organisation side by side, and what is amiss.

As of any day, with the names of that day. The gap list, the trees and the table of counterparts all
come from one reading of the day's setting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.org.access import Denied, allowed, may_somewhere, visible
from rongjian.org.gaps import gaps_of
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.queries import ancestors
from rongjian.org.setting import setting
from rongjian.records import actions
from rongjian.web import counterparts, gap_rows
from rongjian.web.export import XLSX
from rongjian.web.listing import Option, changed
from rongjian.web.twin_cards import cards_for
from rongjian.web.twin_trees import Twin, twin_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.access import Actor
    from rongjian.org.findings import Gap
    from rongjian.org.setting import Setting
    from rongjian.web.counterparts import Counterpart
    from rongjian.web.gap_rows import GapRow, RuleGroup, Sight
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.twin_cards import Card


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    court: Unit
    day: date
    typed_day: str
    fault: str
    view: str
    sees_party: bool
    only: bool
    below: bool
    words: str


@dataclass(frozen=True)
class TwinPage:
    """The page, whichever of its views is open."""

    title: str
    asked: Asked
    today: date
    above: tuple[Unit, ...]
    courts: tuple[Option, ...]
    has_below: bool
    tabs: tuple[tuple[str, str, bool], ...]
    gaps: tuple[GapRow, ...]
    sees_gaps: bool
    twin: Twin | None
    table: tuple[tuple[str, list[Counterpart]], ...]
    cards: tuple[Card, ...]
    offers: tuple[tuple[str, str], ...]
    adjust: str
    now: str

    @property
    def groups(self) -> tuple[RuleGroup, ...]:
        """The findings by rule."""
        return gap_rows.by_rule(self.gaps)

    @property
    def amiss(self) -> int:
        """How many of the findings are gaps."""
        return sum(not row.gap.is_notice for row in self.gaps)

    @property
    def notices(self) -> int:
        """How many are only to be known."""
        return len(self.gaps) - self.amiss

    @property
    def empty(self) -> bool:
        """Whether the day had no bodies at all."""
        return self.twin is not None and not self.asked.only and not self.twin.business


def twin(request: ActorRequest) -> HttpResponse:
    """The trees or the table of the procuratorate asked for, by default one's own, today."""
    actor = request.actor
    asked = _asked(request)
    found = setting(asked.court, asked.day, below=asked.below)
    if not asked.sees_party:
        found = found.business_only()
    sees = gap_rows.sight(actor)
    gaps = gap_rows.shown(gaps_of(found), sees) if asked.sees_party else []
    drawn = asked.court if asked.view == "trees" else None
    rows = gap_rows.gap_rows(found, gaps, sees, actor.today, drawn)
    page = TwinPage(
        title="组织架构",
        asked=asked,
        today=actor.today,
        above=tuple(ancestors(asked.court)[:-1]),
        courts=_courts(actor, asked.court),
        has_below=Unit.objects.filter(type__in=COURT_TYPES, path__startswith=asked.court.path)
        .exclude(pk=asked.court.pk)
        .exists(),
        tabs=_tabs(request, asked),
        gaps=rows,
        sees_gaps=asked.sees_party and asked.court.pk in sees.gaps,
        twin=_trees(found, asked, gaps, sees) if asked.view != "table" else None,
        table=_table(found, asked, gaps, sees) if asked.view == "table" else (),
        cards=cards_for(found, asked.words, rows, sees) if asked.words else (),
        offers=_offers(request, asked),
        adjust=_adjust(actor, asked.court),
        now=changed(request.GET, {"on": None}),
    )
    return render(request, "twin/page.html", {"page": page}, status=422 if asked.fault else 200)


def _asked(request: ActorRequest) -> Asked:
    actor = request.actor
    code = request.GET.get("court", actor.person.court.code)
    courts = visible(actor, Unit.objects.all(), "view").filter(type__in=COURT_TYPES, code=code)
    court = courts.select_related("court").first()
    if court is None:
        raise Http404(f"没有代码为“{code}”的检察院。")
    typed = request.GET.get("on", "").strip()
    day, fault = _day(typed, actor.today)
    sees_party = may_somewhere(actor, "view", "party_org")
    return Asked(
        court=court,
        day=day,
        typed_day=typed or str(day),
        fault=fault,
        view="table" if sees_party and request.GET.get("view") == "table" else "trees",
        sees_party=sees_party,
        only=bool(request.GET.get("only")),
        below=bool(request.GET.get("below")),
        words=request.GET.get("q", "").strip(),
    )


def _day(typed: str, today: date) -> tuple[date, str]:
    """The day asked for (时点), or today and why nothing else could be read."""
    if not typed:
        return today, ""
    try:
        return date.fromisoformat(typed), ""
    except ValueError:
        return today, f"“{typed}”不是日期，时点请写成 {today} 的样子。下面按今天显示"


def _courts(actor: Actor, court: Unit) -> tuple[Option, ...]:
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


def _tabs(request: ActorRequest, asked: Asked) -> tuple[tuple[str, str, bool], ...]:
    if not asked.sees_party:
        return ()
    table = asked.view == "table"
    return (
        ("双树", changed(request.GET, {"view": None}), not table),
        ("对照表", changed(request.GET, {"view": "table"}), table),
    )


def _trees(found: Setting, asked: Asked, gaps: list[Gap], sees: Sight) -> Twin:
    counted = asked.court.pk in sees.staff
    return twin_of(found, asked.court, gaps, counted=counted, only=asked.only)


def _table(
    found: Setting, asked: Asked, gaps: Iterable[Gap], sees: Sight
) -> tuple[tuple[str, list[Counterpart]], ...]:
    rows = counterparts.counterparts(found, sees.staff)
    if asked.only:
        amiss = {gap.unit for gap in gaps}
        rows = [row for row in rows if amiss & set(row.units)]
    return tuple(counterparts.by_court(rows))


def _may_export(actor: Actor, court: Unit) -> bool:
    return allowed(actor, "export", "party_org", court)


def _offers(request: ActorRequest, asked: Asked) -> tuple[tuple[str, str], ...]:
    """What can be taken along as a sheet, for whom it is granted."""
    if not _may_export(request.actor, asked.court):
        return ()
    where = reverse("twin-export")
    return tuple(
        (words, f"{where}{changed(request.GET, {'what': what, 'view': None, 'q': None})}")
        for words, what in (("对照表（Excel）", "table"), ("缺口清单（Excel）", "gaps"))
    )


def _adjust(actor: Actor, court: Unit) -> str:
    """Where units are founded and changed; empty for whom it is not granted."""
    may = allowed(actor, "create", "party_org", court)
    return f"{reverse('adjust')}?court={court.code}" if may else ""


def export(request: ActorRequest) -> HttpResponse:
    """The table of counterparts or the gap list of what is open, as .xlsx; it is logged."""
    actor, asked = request.actor, _asked(request)
    if not _may_export(actor, asked.court):
        raise Denied(f"没有权限：您的岗位不能导出{asked.court.short}的党组织设置")
    if asked.fault:
        raise Http404(asked.fault)
    found = setting(asked.court, asked.day, below=asked.below)
    sees = gap_rows.sight(actor)
    gaps = gap_rows.shown(gaps_of(found), sees)
    if request.GET.get("what") == "gaps":
        title = "缺口清单"
        headings: tuple[str, ...] = gap_rows.HEADINGS
        lines = [row.cells for row in gap_rows.gap_rows(found, gaps, sees, actor.today)]
    else:
        title, headings = "对照表", counterparts.HEADINGS
        lines = [row.cells for _, rows in _table(found, asked, gaps, sees) for row in rows]
    actions.opened(actor, "twin", asked.court, f"导出{title} {asked.day} {len(lines)} 行")
    columns = [Column(heading, _width(heading)) for heading in headings]
    response = HttpResponse(write_xlsx(columns, lines, title=title), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{asked.court.short}{title}_{asked.day:%Y%m%d}.xlsx"
    )
    return response


def _width(heading: str) -> int:
    return {"情况": 50, "规则内容": 60, "依据": 44, "业务机构": 24, "党组织": 24}.get(heading, 14)
