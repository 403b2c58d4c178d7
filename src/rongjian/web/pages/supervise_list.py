"""督办: the list of what was deployed, with days left, lights, and who has reported."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import render

from rongjian.org.access import Denied, allowed, may_somewhere, reach_units, visible
from rongjian.org.models import COURT_TYPES
from rongjian.records.queries import unit_words
from rongjian.supervision.courses import ANSWERED, standings, tally
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.models import Receipt
from rongjian.supervision.waiting import answering_units, asks
from rongjian.web.listing import changed
from rongjian.web.paging import steps
from rongjian.web.supervise_view import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse, QueryDict

    from rongjian.org.access import Actor
    from rongjian.supervision.courses import Standing
    from rongjian.web.listing import Step
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.supervise_view import Shown

Choice = tuple[str, str, bool]
"""Words, address, and whether it is the one chosen."""

_PAGE = 30
_STATES = {"issued": "在办", "closed": "已办结", "draft": "拟稿"}
_LIGHTS = {"bad": "逾期", "warn": "临期"}


@dataclass(frozen=True)
class Line:
    """A deployment as far as the reader sees it; `receipt` is that of an own unit."""

    deployment: Deployment
    house: str
    light: Shown
    limit: date
    answered: int
    units: int
    receipt: Receipt | None = None
    open: bool = False


@dataclass(frozen=True)
class SuperviseList:
    """The deployments of a house, those sent to one's own unit, or those of the houses below."""

    title: str
    tabs: tuple[Choice, ...]
    states: tuple[Choice, ...]
    lights: tuple[Choice, ...]
    words: str
    lines: tuple[Line, ...]
    steps: tuple[Step, ...]
    total: int
    creates: bool
    received: bool
    narrowed: bool


def listed(request: ActorRequest) -> HttpResponse:
    """The list, by the limit; for a unit's own people with what they can do at once."""
    actor, query = request.actor, request.GET
    if not may_somewhere(actor, "view", "task"):
        raise Denied("没有权限：您的岗位不办理督办")
    tabs = _tabs(actor)
    of = query.get("of", "")
    of = of if of in tabs else next(iter(tabs))
    states = {code: words for code, words in _STATES.items() if code != "draft" or of == "sent"}
    state = query.get("state", "issued")
    state = state if state in states else "issued"
    # Only what is under way can be late.
    light = query.get("light", "") if state == "issued" else ""
    light = light if light in _LIGHTS else ""
    words = query.get("q", "").strip()[:60]
    rows = _rows(actor, of).filter(state=state, title__contains=words)
    order = ("due_on", "pk") if state == "issued" else ("-happened_on", "-pk")
    paginator, lines, number = _paged(actor, rows.order_by(*order), (of, light), query)
    page = SuperviseList(
        title="督办",
        tabs=_choices(query, "of", tabs, of) if len(tabs) > 1 else (),
        states=_choices(query, "state", states, state, light=None),
        lights=_choices(query, "light", {"": "全部", **_LIGHTS}, light)
        if state == "issued"
        else (),
        words=words,
        lines=tuple(lines),
        steps=steps(paginator, number, query) if paginator.num_pages > 1 else (),
        total=paginator.count,
        creates=may_somewhere(actor, "create", "task"),
        received=of == "received",
        narrowed=bool(words or light or state != "issued"),
    )
    return render(request, "supervise/list.html", {"page": page})


def _tabs(actor: Actor) -> dict[str, str]:
    """Which lists there are for the actor, the usual one first."""
    court = actor.person.court
    units = answering_units(actor)
    found: dict[str, str] = {}
    led = Deployment._default_manager.filter(reviewer=actor.person).exists()
    if may_somewhere(actor, "create", "task") or not (units or led):
        found["sent"] = "本院部署"
    if led:
        found["led"] = "由我审核"
    if units:
        found["received"] = "本单位收到"
    if "sent" not in found and allowed(actor, "view", "task", court):
        found["sent"] = "本院部署"
    below = reach_units(actor, "view", "task").filter(type__in=COURT_TYPES).exclude(pk=court.pk)
    if below.exists():
        found["below"] = "下级院部署"
    return found


def _rows(actor: Actor, of: str) -> QuerySet[Deployment]:
    rows = visible(actor, Deployment._default_manager.all(), "view")
    rows = rows.select_related("unit__court", "court")
    own = Q(court=actor.person.court_id)
    if of == "received":
        return rows.filter(receipts__unit__in=answering_units(actor)).distinct()
    if of == "led":
        return rows.filter(reviewer=actor.person)
    return rows.exclude(own) if of == "below" else rows.filter(own)


def _choices(
    query: QueryDict, name: str, offered: dict[str, str], chosen: str, **more: str | None
) -> tuple[Choice, ...]:
    return tuple(
        (words, changed(query, {name: code or None, "page": None} | more), code == chosen)
        for code, words in offered.items()
    )


def _paged(
    actor: Actor, rows: QuerySet[Deployment], asked: tuple[str, str], query: QueryDict
) -> tuple[Paginator[Any], list[Line], int]:
    """A page of lines; one light is looked for among all, since no light is stored."""
    of, light = asked
    if light:
        lines = [line for line in _lines(actor, list(rows), of) if line.light.lamp == light]
        paginator: Paginator[Any] = Paginator(lines, _PAGE)
        page = paginator.get_page(query.get("page"))
        return paginator, list(page.object_list), page.number
    paginator = Paginator(rows, _PAGE)
    page = paginator.get_page(query.get("page"))
    return paginator, _lines(actor, list(page.object_list), of), page.number


def _lines(actor: Actor, deployments: Sequence[Deployment], of: str) -> list[Line]:
    """The lines of deployments, those with the nearest limit first."""
    receipts = Receipt.objects.filter(deployment__in=deployments).select_related("unit__court")
    if of == "received":
        receipts = receipts.filter(unit__in=answering_units(actor))
    sent: dict[int, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        sent[receipt.deployment_id].append(receipt)
    lines = []
    for each in standings(deployments, actor.today, sent):
        if of == "received":
            lines += [_own_line(each, receipt) for receipt in each.receipts]
        else:
            lines.append(_line(each))
    return sorted(lines, key=_nearest)


def _nearest(line: Line) -> tuple[bool, date, int]:
    return line.deployment.state != "issued", line.limit, line.deployment.pk


def _line(stands: Standing) -> Line:
    limits = [cell.limit for cell in stands.cells.values() if cell.light.lamp not in ANSWERED]
    deployment, count = stands.deployment, tally(stands)
    return Line(
        deployment,
        unit_words(deployment.unit),
        shown(stands.light),
        min(limits, default=deployment.due_on),
        count.answered,
        count.units,
    )


def _own_line(stands: Standing, receipt: Receipt) -> Line:
    cells = stands.at(receipt)
    limits = [cell.limit for cell in cells if asks(cell.light)]
    deployment = stands.deployment
    return Line(
        deployment,
        unit_words(deployment.unit),
        shown(stands.light_at(receipt)),
        min(limits, default=deployment.due_on),
        sum(cell.light.lamp in ANSWERED for cell in cells),
        len(cells),
        receipt,
        bool(limits) and deployment.state == "issued",
    )
