"""新建填报: asking others for figures, checked before it is written for what is known already and what it costs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render

from rongjian.ledgers.burden_rules import already_known, items_of, limits
from rongjian.ledgers.data_request import DataRequest, asked_units
from rongjian.org.access import Denied, may_somewhere
from rongjian.records import actions
from rongjian.records.kinds import kind_of
from rongjian.web.forms import RecordForm, form_class

if TYPE_CHECKING:
    from django.forms import BoundField
    from django.http import HttpResponse

    from rongjian.ledgers.burden_rules import Known
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class Cost:
    """What a request costs those who are asked, and whether the office has to agree."""

    items: int
    units: int
    minutes: int
    approval: bool
    most: int


@dataclass(frozen=True)
class RequestPage:
    """The form, what of it is known already, and its cost once it can be told."""

    title: str
    form: RecordForm
    fields: tuple[BoundField, ...]
    key: str
    known: tuple[Known, ...] = ()
    cost: Cost | None = None


def new(request: ActorRequest) -> HttpResponse:
    """The empty form; checked: its cost; confirmed: a draft, to be sent out or approved on its page."""
    kind, actor = kind_of("data-request"), request.actor
    if not may_somewhere(actor, "create", kind.access):
        raise Denied("没有权限：填报事项由部门负责人和办公室提出")
    made = form_class(kind, actor, "create")
    if request.method != "POST":
        start = {"unit": actor.person.department_id}
        return _page(request, made(initial=start), str(uuid.uuid4()))
    key = request.POST.get("idempotency", "")[:64]
    form = made(request.POST, instance=DataRequest())
    known = tuple(already_known(items_of(request.POST.get("questions", ""))))
    if not form.is_valid():
        return _page(request, form, key, known=known, status=422)
    record = cast("DataRequest", form.instance)
    if request.POST.get("do") == "save":
        try:
            saved = actions.save(actor, record, key=key)
        except ValidationError as error:
            form.add_refusals(error)
            return _page(request, form, key, status=422)
        return redirect("record", kind.code, saved.pk)
    return _page(request, form, key, cost=_cost(record))


def _cost(record: DataRequest) -> Cost:
    record.asked = record.asked or asked_units(record.unit_id, record.reach)
    return Cost(*record.size, record.needs_approval, limits().most_items)


def _page(
    request: ActorRequest,
    form: RecordForm,
    key: str,
    *,
    known: tuple[Known, ...] = (),
    cost: Cost | None = None,
    status: int = 200,
) -> HttpResponse:
    fields = tuple(form[name] for name in form.kind.form)
    page = RequestPage("新建填报", form, fields, key, known, cost)
    return render(request, "burden/request.html", {"page": page}, status=status)
