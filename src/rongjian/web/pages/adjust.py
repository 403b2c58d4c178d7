"""调整设置: change a house's two trees from a day on, with a preview before anything is done."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.org.access import Denied, may_somewhere, reach_units
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.plans import CannotReorganise
from rongjian.records.queries import unit_words
from rongjian.records.reorganisation import adjust, preview
from rongjian.web.adjust_form import FIELD_OF, OPERATIONS, AdjustForm, Operation, form_class
from rongjian.web.listing import Option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.forms import BoundField

    from rongjian.org.access import Actor
    from rongjian.org.plans import Plan, Refusal
    from rongjian.records.reorganisation import Consequences
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class Choice:
    """An operation that the actor may carry out somewhere."""

    name: str
    hint: str
    url: str


@dataclass(frozen=True)
class AdjustPage:
    """Choosing an operation, or filling in its form."""

    title: str
    court: Unit
    courts: tuple[Option, ...]
    choices: tuple[Choice, ...]
    operation: Operation | None
    form: AdjustForm | None
    asked: tuple[BoundField, ...]
    more: tuple[BoundField, ...]
    key: str

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """(id of the input, its label, what is wrong) for the summary at the top."""
        found = []
        for name, errors in (self.form.errors if self.form else {}).items():
            bound = self.form[name] if self.form and name in self.form.fields else None
            label = str(bound.label) if bound else ""
            found += [(bound.id_for_label if bound else "", label, str(words)) for words in errors]
        return found


@dataclass(frozen=True)
class PreviewPage:
    """What a plan would do, to be confirmed."""

    title: str
    court: Unit
    operation: Operation
    plan: Plan
    seen: Consequences
    hidden: tuple[tuple[str, str], ...]
    key: str
    past: bool
    future: bool


def adjust_units(request: ActorRequest) -> HttpResponse:
    """Choose → fill in → preview → confirm; each step is a page, none needs a script."""
    actor = request.actor
    offered = tuple(each for each in OPERATIONS.values() if _may(actor, each))
    if not offered:
        raise Denied("没有权限：您的岗位不能调整机构和党组织的设置")
    sent = request.POST if request.method == "POST" else request.GET
    court = _court(actor, sent.get("court", ""), sent.get("unit") or sent.get("above") or "")
    operation = OPERATIONS.get(sent.get("operation", ""))
    if operation is None:
        return _page(request, court, offered, None, None)
    if operation not in offered:
        raise Denied(f"没有权限：您的岗位不能办理“{operation.name}”")
    made = form_class(operation, actor, court, actor.today)
    if request.method != "POST":
        return _page(request, court, offered, operation, made(initial=_given(request)))
    form = made(request.POST)
    if request.POST.get("step") == "form" or not form.is_valid():
        return _page(request, court, offered, operation, form)
    return _go_on(request, court, offered, operation, form)


def _go_on(
    request: ActorRequest,
    court: Unit,
    offered: tuple[Operation, ...],
    operation: Operation,
    form: AdjustForm,
) -> HttpResponse:
    """Carry out what was confirmed, else show what it would do."""
    actor, plan, key = request.actor, form.plan(), request.POST.get("idempotency", "")[:64]
    if request.POST.get("step") == "confirm":
        try:
            adjust(actor, plan, key=key)
        except CannotReorganise as error:
            _refuse(form, error.refusals)
            return _page(request, court, offered, operation, form)
        when = "起生效" if plan.on <= actor.today else "起生效，到期自动更新"
        messages.success(request, f"已办理：{plan.words}，自 {plan.on} {when}。")
        return redirect(f"{reverse('twin')}?{urlencode({'court': court.code})}")
    seen = preview(actor, plan)
    if not seen.possible:
        _refuse(form, seen.refusals)
        return _page(request, court, offered, operation, form)
    page = PreviewPage(
        title=f"预览：{operation.name}",
        court=court,
        operation=operation,
        plan=plan,
        seen=seen,
        hidden=tuple(_hidden(request)),
        key=key or str(uuid.uuid4()),
        past=plan.on < actor.today,
        future=plan.on > actor.today,
    )
    return render(request, "adjust/preview.html", {"page": page})


def _page(
    request: ActorRequest,
    court: Unit,
    offered: tuple[Operation, ...],
    operation: Operation | None,
    form: AdjustForm | None,
) -> HttpResponse:
    page = AdjustPage(
        title=f"调整设置：{operation.name}" if operation else "调整设置",
        court=court,
        courts=_courts(request.actor, court),
        choices=tuple(_choice(each, court) for each in offered),
        operation=operation,
        form=form,
        asked=tuple(form[name] for name in operation.asked) if operation and form else (),
        more=tuple(form[name] for name in operation.more) if operation and form else (),
        key=request.POST.get("idempotency") or str(uuid.uuid4()),
    )
    template = "adjust/form.html" if operation else "adjust/choose.html"
    return render(request, template, {"page": page}, status=422 if page.faults else 200)


def _may(actor: Actor, operation: Operation) -> bool:
    return any(may_somewhere(actor, operation.verb, code) for code in operation.classes)


def _reached(actor: Actor) -> Iterable[Unit]:
    """The procuratorates whose trees the actor may shape, in code order."""
    units = reach_units(actor, "edit", "org_unit") | reach_units(actor, "edit", "party_org")
    return units.filter(type__in=COURT_TYPES, dissolved_on=None).order_by("path")


def _court(actor: Actor, code: str, near: str) -> Unit:
    """The house at work: the one named, else that of the unit named, else one's own."""
    unit = Unit.objects.select_related("court").filter(code=near).first()
    wanted = code or (unit.court.code if unit and unit.court else "") or actor.person.court.code
    courts = list(_reached(actor))
    own = next((court for court in courts if court.code == wanted), None)
    if own is None and not code and courts:
        own = courts[0]
    if own is None:
        raise Http404(f"没有代码为“{wanted}”的检察院，或它不在您的管理范围内。")
    return own


def _courts(actor: Actor, court: Unit) -> tuple[Option, ...]:
    return tuple(Option(each.code, unit_words(each), each == court) for each in _reached(actor))


def _choice(operation: Operation, court: Unit) -> Choice:
    query = urlencode({"operation": operation.code, "court": court.code})
    return Choice(operation.name, operation.hint, f"{reverse('adjust')}?{query}")


def _given(request: ActorRequest) -> dict[str, object]:
    """What an address fills in beforehand: `unit=` stands for whichever unit the form asks for."""
    given: dict[str, object] = {
        name: request.GET[name] for name in ("above", "type", "heir", "on") if name in request.GET
    }
    codes = request.GET.getlist("unit")
    if codes:
        given |= {"unit": codes[0], "party": codes[0], "units": codes, "offices": codes}
        given.setdefault("above", codes[0] if request.GET.get("operation") == "found" else "")
    if request.GET.getlist("offices"):
        given["offices"] = request.GET.getlist("offices")
    return given


def _hidden(request: ActorRequest) -> Iterable[tuple[str, str]]:
    """What the preview carries on from the form."""
    for name, values in request.POST.lists():
        if name not in {"csrfmiddlewaretoken", "step", "idempotency"}:
            yield from ((name, str(value)) for value in values)


def _refuse(form: AdjustForm, refusals: Iterable[Refusal]) -> None:
    """Put each sentence at the field that it concerns."""
    for refusal in refusals:
        field: str | None = refusal.field
        if field not in form.fields:
            field = FIELD_OF.get(refusal.field)
        form.add_error(field if field in form.fields else None, refusal.words)
