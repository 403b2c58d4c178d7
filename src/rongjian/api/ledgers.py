"""Ledgers for other machines: which there are, their shapes, and their records, for reading only.

Who asks is who is logged in, and what is answered is what a page would show: every row comes through
`reading`, names are masked, a projection lacks the kind's private fields and is logged first.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from rongjian.api.shapes import schema, written
from rongjian.org.access import Denied, may_somewhere
from rongjian.org.models import Unit
from rongjian.records import actions
from rongjian.records.kinds import Kind, UnknownKind, kind_of, kinds
from rongjian.records.queries import Wish, reading, wished, with_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.http import QueryDict

    from rongjian.org.access import Actor
    from rongjian.records.models import Record
    from rongjian.records.queries import Reading

    class AskedByActor(HttpRequest):
        """A request behind the log-in: with the person who asks."""

        actor: Actor


PAGE = 100
_LIMITS = ("unit", "from", "to", "q", "campaign", "state", "below", "page")


class BadQuestion(ValueError):
    """The address asks for something that does not exist or cannot be read."""


def answered(view: Callable[..., JsonResponse]) -> Callable[..., JsonResponse]:
    """Refusals of a view as JSON with the sentence that a page would show."""

    @require_GET
    @wraps(view)
    def asked(request: AskedByActor, **kwargs: Any) -> JsonResponse:
        try:
            return view(request, **kwargs)
        except Denied as refusal:
            return _refused(403, refusal)
        except (UnknownKind, Http404) as refusal:
            return _refused(404, refusal)
        except BadQuestion as refusal:
            return _refused(400, refusal)

    return asked


def _refused(status: int, refusal: Exception) -> JsonResponse:
    return _said({"error": str(refusal)}, status)


def _said(told: dict[str, Any], status: int = 200) -> JsonResponse:
    """An answer whose Chinese a person can read as well."""
    return JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False})


@answered
def index(request: AskedByActor) -> JsonResponse:
    """Every ledger that the actor may read, by code."""
    readable = [kind for kind in kinds() if _readable(request.actor, kind)]
    return _said(
        {
            "ledgers": [
                {
                    "code": kind.code,
                    "name": kind.name,
                    "group": kind.group,
                    "records": reverse("api-ledger", args=[kind.code]),
                    "schema": reverse("api-schema", args=[kind.code]),
                }
                for kind in readable
            ]
        }
    )


@answered
def shape(request: AskedByActor, code: str) -> JsonResponse:
    """The JSON Schema of a ledger's records."""
    kind = kind_of(code)
    if not _readable(request.actor, kind):
        raise Denied(f"没有权限：您的岗位不能查看“{kind.name}”的记录")
    return _said(schema(kind))


@answered
def listed(request: AskedByActor, code: str) -> JsonResponse:
    """A page of a ledger's records, newest first, as far as the actor may read them."""
    kind, actor = kind_of(code), request.actor
    wish = _wish(kind, request.GET)
    read = reading(actor, kind, wish.unit, below=request.GET.get("below") == "1")
    page = _page(request.GET)
    if read.projected:
        detail = f"去标识记录 第 {page} 页（接口）"
        actions.opened(actor, kind.code, wish.unit or actor.person.court, detail)
    rows = with_names(kind, wished(kind, read, wish), kind.fields)
    paginator = Paginator(rows.order_by("-happened_on", "-pk"), PAGE)
    if page > paginator.num_pages:
        raise BadQuestion(f"只有 {paginator.num_pages} 页，没有第 {page} 页")
    records = paginator.page(page).object_list
    return _said(
        {
            "kind": kind.code,
            "projected": read.projected,
            "count": paginator.count,
            "page": page,
            "pages": paginator.num_pages,
            "records": [_record(kind, read, record) for record in records],
        }
    )


@answered
def one(request: AskedByActor, code: str, pk: int) -> JsonResponse:
    """One record; 404 where the actor may not read it."""
    kind, actor = kind_of(code), request.actor
    for below in (False, True):
        try:
            read = reading(actor, kind, below=below)
        except Denied:
            break
        found = with_names(kind, read.rows.filter(pk=pk), kind.fields).first()
        if found is not None:
            if read.projected:
                detail = "去标识记录 1 条（接口）"
                actions.opened(actor, f"{kind.code}:{pk}", found.unit, detail)
            return _said(_record(kind, read, found) | {"projected": read.projected})
    raise Http404(f"没有这条{kind.name}记录，或您没有查看权限。")


def _readable(actor: Actor, kind: Kind) -> bool:
    return any(may_somewhere(actor, verb, kind.access) for verb in ("view", "project"))


def _record(kind: Kind, read: Reading, record: Record) -> dict[str, Any]:
    shown = {name: written(getattr(record, name)) for name in read.columns(kind, kind.fields)}
    return {"id": record.pk, "state": record.state, "version": record.version, **shown}


def _wish(kind: Kind, query: QueryDict) -> Wish:
    """What the address asks for; unlike a page, a machine is told of everything unreadable."""
    if unknown := sorted({*query} - {*_LIMITS, *kind.filters}):
        offered = "、".join((*_LIMITS, *kind.filters))
        raise BadQuestion(f"不认识参数“{unknown[0]}”，可用：{offered}")
    return Wish(
        unit=_unit(query.get("unit", "")),
        first=_day(query, "from"),
        last=_day(query, "to"),
        words=query.get("q", "").strip(),
        campaign=query.get("campaign", ""),
        state=_one_of(query, "state", {state.code for state in kind.flow.states}),
        choices={
            name: _one_of(query, name, _offered(kind, name))
            for name in kind.filters
            if name != "campaign" and query.get(name)
        },
    )


def _offered(kind: Kind, name: str) -> set[str]:
    field = kind.field(name)
    truths = isinstance(field, models.BooleanField)
    return {"True", "False"} if truths else {str(value) for value, _ in field.flatchoices}


def _unit(code: str) -> Unit | None:
    if not code:
        return None
    found = Unit.objects.select_related("court").filter(code=code).first()
    if found is None:
        raise Http404(f"没有单位“{code}”")
    return found


def _day(query: QueryDict, name: str) -> date | None:
    text = query.get(name, "")
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if text and found is None:
        raise BadQuestion(f"参数“{name}”的日期“{text}”读不懂，请写成 2026-06-25")
    return found


def _one_of(query: QueryDict, name: str, offered: set[str]) -> str:
    value = query.get(name, "")
    if value and value not in offered:
        raise BadQuestion(f"参数“{name}”没有值“{value}”，可用：{'、'.join(sorted(offered))}")
    return value


def _page(query: QueryDict) -> int:
    text = query.get("page", "1")
    if not text.isdecimal() or int(text) < 1:
        raise BadQuestion(f"参数“page”应为正整数，现为“{text}”")
    return int(text)
