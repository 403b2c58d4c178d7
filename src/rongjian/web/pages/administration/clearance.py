"""知悉范围: up to which level somebody may read; one 安全管理员 asks, another decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.org import clearances
from rongjian.org.access import Denied, reach_units, require
from rongjian.org.models import COURT_TYPES, Clearance, ClearanceChange, Person, Post, effective
from rongjian.org.models import PostState as State
from rongjian.web.people_boxes import PersonTyped, add_faults

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

_LATEST = 20


class ChangeForm(forms.Form):
    """Whose clearance is to become what, and why."""

    person = PersonTyped(label="人员", help_text="工号，或姓名（没有重名时）")
    level = forms.ChoiceField(label="调整为")
    reason = forms.CharField(label="理由", max_length=120, help_text="批准文号或岗位变动")

    def __init__(self, people: QuerySet[Person], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["person"].people = people  # type: ignore[attr-defined]
        listed = [(value, f"{value} {label}") for value, label in Clearance.choices]
        self.fields["level"].choices = [("", "请选择"), *listed]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class ClearancePage:
    """What waits, what was decided, and the form."""

    title: str
    form: ChangeForm
    waiting: tuple[tuple[ClearanceChange, str], ...]
    decided: tuple[ClearanceChange, ...]
    alone: bool


def clearance(request: ActorRequest) -> HttpResponse:
    """Ask for another level, and see what waits for whose word."""
    actor = request.actor
    require(actor, "edit", clearances.ACCESS, actor.person.court)
    sent = request.POST if request.method == "POST" else None
    form = ChangeForm(_people(actor), sent)
    if sent is not None and form.is_valid():
        try:
            clearances.ask(actor, **form.cleaned_data)
        except ValidationError as error:
            add_faults(form, error)
        else:
            messages.success(request, "已申请，待另一名安全管理员核准。")
            return redirect("sys-clearance")
    page = ClearancePage(
        title="知悉范围",
        form=form,
        waiting=tuple(
            (change, _why_not(actor, change)) for change in _changes(actor, waiting=True)
        ),
        decided=tuple(_changes(actor, waiting=False)[:_LATEST]),
        alone=_alone(actor),
    )
    return render(request, "sys/clearance.html", {"page": page}, status=422 if form.errors else 200)


def _people(actor: Actor) -> QuerySet[Person]:
    courts = reach_units(actor, "edit", clearances.ACCESS).filter(type__in=COURT_TYPES)
    return Person.objects.filter(court__in=courts).select_related("court", "department__court")


def _changes(actor: Actor, *, waiting: bool) -> QuerySet[ClearanceChange]:
    found = ClearanceChange.objects.filter(person__in=_people(actor))
    chosen = (
        found.filter(state=State.REQUESTED) if waiting else found.exclude(state=State.REQUESTED)
    )
    return chosen.select_related("person__department__court", "requested_by", "decided_by")


def _why_not(actor: Actor, change: ClearanceChange) -> str:
    if change.requested_by_id == actor.person.pk:
        return "您申请的，待另一名安全管理员核准"
    if change.person_id == actor.person.pk:
        return "关于您本人，待另一名安全管理员核准"
    return ""


def _alone(actor: Actor) -> bool:
    """Whether no other 安全管理员 could decide what this one asks for."""
    others = Post.objects.filter(effective(actor.today), role="secadmin")
    return not others.exclude(person=actor.person).exists()


@require_POST
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    """Approve or send back what another has asked for."""
    actor = request.actor
    require(actor, "edit", clearances.ACCESS, actor.person.court)
    change = _changes(actor, waiting=True).filter(pk=pk).first()
    if change is None:
        raise Http404("没有这项调整，或已经办理。")
    approved = request.POST.get("word") == "approve"
    try:
        (clearances.approve if approved else clearances.refuse)(actor, change)
    except (ValidationError, Denied) as error:
        said = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(request, "没有办理：" + "；".join(said) + "。")
    else:
        done = "已生效" if approved else "已退回"
        messages.success(request, f"{change.person.name}的知悉范围调整{done}。")
    return redirect("sys-clearance")
