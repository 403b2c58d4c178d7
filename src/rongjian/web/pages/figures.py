"""数据: the index of indicators, and one figure with its past, its months and the units below."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.indicators import catalogue, figures, snapshots
from rongjian.indicators.overlap import WORDS, overlap
from rongjian.indicators.spec import UnknownIndicator
from rongjian.kernel.periods import Period
from rongjian.org.access import allowed, opens, reach_units, require
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.queries import ancestors, present
from rongjian.records.kinds import kind_of
from rongjian.records.queries import campaigns
from rongjian.web.figure_months import chart, table
from rongjian.web.figure_words import (
    apart,
    area,
    exact,
    parts,
    places,
    put,
    scope,
    summable,
    with_unit,
)
from rongjian.web.listing import Option
from rongjian.web.organised import day_of, organised_asked, parameter, switch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.utils.safestring import SafeString

    from rongjian.indicators.compiler import Organised
    from rongjian.indicators.figures import Figure
    from rongjian.indicators.snapshots import Snapshot
    from rongjian.indicators.spec import Definition
    from rongjian.org.access import Actor
    from rongjian.web.figure_months import MonthTable, Way
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.organised import Switch


_NOTHING = Decimal(0)
_LARGE = 10_000
_LATER = "打开时计算"
_SHORT = 7
"""Up to how many characters twelve numbers fit into a row."""


def figure_url(code: str, unit: str, period: Period, **more: str) -> str:
    """Where a figure's own page is."""
    query = urlencode({"unit": unit, "period": str(period), **more})
    return f"{reverse('figure', args=[code])}?{query}"


def records_url(code: str, unit: str, period: Period, **more: str) -> str:
    """Where the records behind a figure are."""
    query = urlencode({"unit": unit, "period": str(period), **more})
    return f"{reverse('figure-records', args=[code])}?{query}"


def not_opened(code: str, unit: str, period: Period, **more: str) -> str:
    """In place of `records_url` where the records are not for the reader: no address, no link."""
    return ""


# --- the index -------------------------------------------------------------------------------


@dataclass(frozen=True)
class FigureCard:
    """A figure in the index."""

    code: str
    name: str
    text: str
    measure_unit: str
    empty: bool
    period: str
    url: str


@dataclass(frozen=True)
class FiguresPage:
    """The indicators that the actor may see, by campaign or kind."""

    title: str
    unit: Unit
    groups: tuple[tuple[str, tuple[FigureCard, ...]], ...]
    hidden: int


def index(request: ActorRequest) -> HttpResponse:
    """Every indicator at the actor's own procuratorate, over the period it is meant for."""
    actor = request.actor
    unit, seen = actor.person.court, snapshots.current()
    may: dict[str, bool] = {}
    groups: dict[str, list[FigureCard]] = {}
    hidden = 0
    for code, definition in catalogue.indicators().items():
        access = kind_of(definition.of).access
        if access not in may:
            may[access] = allowed(actor, "figures", access, unit)
        if may[access]:
            group = campaigns().get(definition.campaign) or kind_of(definition.of).group
            groups.setdefault(group, []).append(_card(actor, code, unit, seen))
        else:
            hidden += 1
    listed = tuple((group, tuple(cards)) for group, cards in groups.items())
    page = FiguresPage("数据", unit, listed, hidden)
    return render(request, "figures/index.html", {"page": page})


def _card(actor: Actor, code: str, unit: Unit, seen: Snapshot) -> FigureCard:
    period = catalogue.default_period(code, actor.today)
    url = figure_url(code, unit.code, period)
    definition = catalogue.in_force(code, period.end)
    if not catalogue.formula(code, period.end).additive:
        # Medians and distinct counts are counted over all facts: too long for a whole page.
        return FigureCard(code, definition.name, _LATER, "", True, period.label, url)
    found = figures.figure(code, unit, period, snapshot=seen)
    empty = found.value is None
    measure_unit = "" if empty or found.text.endswith(found.measure_unit) else found.measure_unit
    return FigureCard(code, found.name, found.text, measure_unit, empty, period.label, url)


# --- one figure ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A step of the way down, with its address unless it is where one stands or may not look."""

    words: str
    url: str


@dataclass(frozen=True)
class Past:
    """The same figure earlier, in words and without a judgement."""

    words: str
    period: str
    text: str
    difference: str


@dataclass(frozen=True)
class Below:
    """A unit below, with its figure and the ways to both."""

    name: str
    text: str
    url: str
    records: str


@dataclass(frozen=True)
class FigurePage:
    """One figure with everything that explains it."""

    title: str
    definition: Definition
    said: tuple[tuple[str, str], ...]
    unit: Unit
    units: tuple[Option, ...]
    period: Period
    path: tuple[Step, ...]
    figure: Figure
    digits: str
    records: str
    records_url: str
    past: tuple[Past, ...]
    chart: SafeString | None
    months: MonthTable | None
    below: tuple[Below, ...]
    total: str
    agrees: bool
    adds_up: bool
    switch: Switch


def figure(request: ActorRequest, code: str) -> HttpResponse:
    """One indicator for a unit and a period; 403 with the reason where it is not granted."""
    actor = request.actor
    _definition(code)
    if "first" in request.GET:
        return _canonical(request, code)
    unit = unit_asked(request)
    period = period_asked(request, code)
    definition = catalogue.in_force(code, period.end)
    access = kind_of(definition.of).access
    require(actor, "figures", access, unit)
    seen, organised = snapshots.current(), organised_asked(request.GET)
    found = figures.figure(code, unit, period, organised=organised, snapshot=seen)
    way = _opening(actor, access, unit, organised)
    below, total = _below(code, unit, period, found, seen, way)
    rows = figures.series(code, unit, period, organised=organised, snapshot=seen)
    rows = rows if len(period) > 1 else []
    page = FigurePage(
        title=found.name,
        definition=definition,
        said=parts(definition),
        unit=unit,
        units=_units(actor, access, unit),
        period=period,
        path=_way(actor, access, unit, found),
        figure=found,
        digits=_digits(found),
        records=f"{found.records:,}",
        records_url=way(code, unit.code, period),
        past=_past(found, unit, seen),
        chart=chart(unit, period, rows, way) if rows else None,
        months=table(unit, period, rows, way) if rows else None,
        below=below,
        total=total,
        agrees=total == put(found),
        adds_up=summable(code, period),
        switch=switch(request.GET),
    )
    return render(request, "figures/figure.html", {"page": page})


def _definition(code: str) -> Definition:
    try:
        return catalogue.indicators()[code]
    except KeyError:
        raise Http404(f"没有指标“{code}”。") from None


def unit_asked(request: ActorRequest) -> Unit:
    """The unit an address names, by default the actor's own procuratorate."""
    code = request.GET.get("unit") or request.actor.person.court.code
    unit = Unit.objects.select_related("court").filter(code=code).first()
    if unit is None:
        raise Http404(f"没有单位“{code}”。")
    return unit


def period_asked(request: ActorRequest, code: str) -> Period:
    """The period an address names, by default the one the indicator is meant for."""
    text = request.GET.get("period", "")
    try:
        return Period.parse(text) if text else catalogue.default_period(code, request.actor.today)
    except UnknownIndicator:
        raise Http404(f"没有指标“{code}”。") from None


def _canonical(request: ActorRequest, code: str) -> HttpResponse:
    """What the two month boxes of the form say, as the one address of this figure."""
    period = Period.parse(f"{request.GET['first']}..{request.GET.get('last', '')}")
    kept = parameter(organised_asked(request.GET))
    return redirect(figure_url(code, request.GET.get("unit", ""), period, **kept))


def _units(actor: Actor, access: str, unit: Unit) -> tuple[Option, ...]:
    """The procuratorates whose figures the actor may see, in code order."""
    courts = reach_units(actor, "figures", access).filter(type__in=COURT_TYPES).order_by("path")
    listed = {each.code: scope(each) for each in courts} or {unit.code: scope(unit)}
    listed.setdefault(unit.code, scope(unit))
    return tuple(Option(code, words, code == unit.code) for code, words in listed.items())


def path_down(
    actor: Actor,
    access: str,
    unit: Unit,
    address: Callable[[Unit], str],
    day: date | None = None,
) -> tuple[Step, ...]:
    """全区 › 南宁市 › 青秀区, each step but the last a link if the actor may look there."""
    steps = []
    for above in ancestors(unit, day):
        words = scope(above) if above.path.count("/") == 1 else area(above)
        may = above != unit and allowed(actor, "figures", access, above)
        steps.append(Step(words, address(above) if may else ""))
    return tuple(steps)


def _way(actor: Actor, access: str, unit: Unit, found: Figure) -> tuple[Step, ...]:
    kept, day = parameter(found.organised), day_of(actor, found.period, found.organised)
    return path_down(
        actor,
        access,
        unit,
        lambda each: figure_url(found.code, each.code, found.period, **kept),
        day,
    )


def _opening(actor: Actor, access: str, unit: Unit, organised: Organised) -> Way:
    """Where a number opens to its records, as organised; nowhere where it may not be opened."""
    if opens(actor, access, unit) != "records":
        return not_opened
    kept = parameter(organised)
    return lambda code, unit, period, **more: records_url(code, unit, period, **kept, **more)


def _digits(found: Figure) -> str:
    """The value with all digits where the printed text has fewer."""
    if found.value is None or not summable(found.code, found.period):
        return ""
    text = put(found)
    return "" if text.replace(",", "") == found.text else with_unit(text, found.measure_unit)


def _past(found: Figure, unit: Unit, seen: Snapshot) -> tuple[Past, ...]:
    """The unit's own past; no other unit stands here."""
    before = figures.previous(found, unit, snapshot=seen)
    past = [_compared("前一期", found, before)]
    if len(found.period) <= 12:
        year = figures.year_before(found, unit, snapshot=seen)
        if year.period != before.period:
            past.append(_compared("上年同期", found, year))
    return tuple(past)


def _compared(words: str, found: Figure, before: Figure) -> Past:
    difference = ""
    plain = summable(found.code, found.period)
    if found.value is not None and before.value is not None:
        step = found.value - before.value
        digits = places(catalogue.in_force(found.code, found.period.end)) if plain else 2
        amount = with_unit(exact(abs(step), digits), found.measure_unit)
        difference = "持平" if not step else f"本期{'多' if step > 0 else '少'} {amount}"
    return Past(words, before.period.label, with_unit(before.text, before.measure_unit), difference)


def _below(
    code: str, unit: Unit, period: Period, found: Figure, seen: Snapshot, way: Way
) -> tuple[tuple[Below, ...], str]:
    """The units below in code order, what is the unit's own, and the total of both."""
    rows = figures.children(code, unit, period, organised=found.organised, snapshot=seen)
    kept = parameter(found.organised)
    under = {"under": unit.code} if kept else {}
    stood = present(unit, period.start, period.end) if kept else {}
    below = [
        Below(
            area(each) + apart(each, stood.get(each.pk), period),
            put(row),
            figure_url(code, each.code, period, **kept),
            way(code, each.code, period, **under),
        )
        for each, row in rows
    ]
    if not below or not summable(code, period):
        return tuple(below), ""
    digits = places(catalogue.in_force(code, period.end))
    inside = sum((row.value or _NOTHING for _, row in rows), _NOTHING)
    twice = overlap(code, unit, [each for each, _ in rows], period, found.organised)
    own = (found.value or _NOTHING) - inside + twice
    if own:
        address = way(code, unit.code, period, own="1")
        below.insert(0, Below(f"{unit.short}本级", exact(own, digits), "", address))
    if twice:
        below.append(Below(WORDS, exact(-twice, digits), "", ""))
    return tuple(below), exact(own + inside - twice, digits)
