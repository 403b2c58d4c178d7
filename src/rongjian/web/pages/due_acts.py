"""What is pressed on the calendar or the workbench: 本期无, 说明原因, 撤销, and taking the calendar up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rongjian.kernel.regimes import rules
from rongjian.org.access import allowed, reach_units, require
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.records.actions import WrongState
from rongjian.regimes import actions
from rongjian.regimes.actions import Declaration, UnknownDue, due_of
from rongjian.regimes.models import Statement, StatementKind
from rongjian.web.due_cells import name_of
from rongjian.web.pages.calendar import calendar_page

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.regimes.dues import Due
    from rongjian.web.middleware import ActorRequest


@require_POST
def declare(request: ActorRequest) -> HttpResponse:
    """本期无, or one of the five reasons; back to where it was pressed, with ten seconds to undo."""
    sent, actor = request.POST, request.actor
    due = _due(actor, sent)
    require(actor, "submit", "obligation", due.unit)
    reason = sent.get("reason", "")
    kind = StatementKind.EXCUSE if reason else StatementKind.NIL
    said = Declaration(str(kind), reason, sent.get("words", ""))
    try:
        made = actions.declare(actor, due, said, key=sent.get("key", "")[:60])
    except ValidationError as error:
        return calendar_page(request, _query_of(due), "；".join(error.messages), said.words)
    return redirect(_back(request, str(made.pk)))


@require_POST
def undo(request: ActorRequest, pk: int) -> HttpResponse:
    """Take back what one has just declared."""
    rows = Statement.objects.filter(pk=pk, author=request.actor.person)
    statement = rows.select_related("unit__court").first()
    if statement is None:
        raise Http404("没有这条说明。")
    try:
        actions.undo(request.actor, statement)
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
    else:
        messages.success(request, "已撤销。")
    return redirect(_back(request, ""))


@require_POST
def adopt(request: ActorRequest) -> HttpResponse:
    """Take the calendar up for a house from this month on, with the rules that are recommended or chosen."""
    actor = request.actor
    rows = Unit.objects.filter(code=request.POST.get("court", ""), type__in=COURT_TYPES)
    court = rows.select_related("court").first()
    if court is None or not allowed(actor, "view", "regime_rule", court):
        raise Http404("没有这个检察院。")
    require(actor, "edit", "regime_rule", court)
    back = redirect(f"{reverse('calendar')}?{urlencode({'unit': court.code})}")
    codes = dict.fromkeys(rule.code for rule in rules())
    chosen = codes.keys() & set(request.POST.getlist("rule"))
    picks = "chosen" in request.POST or "rule" in request.POST
    if picks and not chosen:
        messages.error(request, "没有启用：请至少勾选一项制度")
        return back
    left_out = [code for code in codes if code not in chosen] if picks else []
    try:
        actions.adopt(actor, court, actor.today.replace(day=1), left_out)
    except ValidationError as error:
        messages.error(request, f"没有启用：{'；'.join(error.messages)}")
    except WrongState as error:
        messages.error(request, f"没有启用：{error}")
    else:
        since = f"{actor.today:%Y-%m}-01"
        messages.success(request, f"已为{court.short}启用制度日历，自 {since} 起计算。")
    return back


def _due(actor: Actor, sent: QueryDict) -> Due:
    code, _, day = sent.get("cell", "").partition(".")
    units = reach_units(actor, "view", "obligation").filter(code=sent.get("unit", ""))
    unit = units.select_related("court").first()
    try:
        if unit is None:
            raise UnknownDue("没有这个单位")
        return due_of(unit, code, date.fromisoformat(day), actor.today)
    except (UnknownDue, ValueError) as error:
        raise Http404("没有这一项应办事项。") from error


def _query_of(due: Due) -> QueryDict:
    """The address of a due's cell, as the calendar would be asked for it."""
    where = {"unit": due.unit.code, "year": str(due.begins_on.year), "cell": name_of(due)}
    return QueryDict(urlencode(where))


def _back(request: ActorRequest, told: str) -> str:
    """Where it was pressed, and nowhere outside this site; with `told` set or taken away."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("calendar")
    parts = urlsplit(target)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "told"]
    if told:
        query.append(("told", told))
    return f"{parts.path}?{urlencode(query)}" + (f"#{parts.fragment}" if parts.fragment else "")
