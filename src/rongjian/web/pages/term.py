"""换届登记: the terms of a Party unit, a new one after an election, an extension that was approved."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.org.access import require, visible
from rongjian.org.models import Term, Unit
from rongjian.org.setting import ELECTED
from rongjian.org.tenure import term_rule
from rongjian.org.terms import begin_term, extend_term, usual_end

if TYPE_CHECKING:
    from django.forms import BoundField

    from rongjian.kernel.party_rules import PartyRule
    from rongjian.web.middleware import ActorRequest


def _day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    wrong = {"required": f"请填写{label}", "invalid": "请写成 2026-06-25 的样子"}
    return forms.DateField(
        label=label, required=required, help_text=hint, widget=widget, error_messages=wrong
    )


def _basis() -> forms.CharField:
    return forms.CharField(
        label="批准文号",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "请填写上级党组织批复的文号"},
    )


class ElectionForm(forms.Form):
    """A new term after an election."""

    began_on = _day("选举日期")
    expires_on = _day("届满日期", required=False)
    basis = _basis()


class ExtensionForm(forms.Form):
    """The next election put off."""

    until = _day("延至")
    basis = _basis()


@dataclass(frozen=True)
class TermPage:
    """The terms of a unit and the two forms."""

    title: str
    unit: Unit
    rule: PartyRule
    terms: tuple[Term, ...]
    election: forms.Form
    extension: forms.Form | None
    sent: str
    key: str
    back: str

    @property
    def election_fields(self) -> list[BoundField]:
        """The inputs of the election form."""
        return list(self.election)

    @property
    def extension_fields(self) -> list[BoundField]:
        """The inputs of the extension form."""
        return list(self.extension or ())

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """(id of the input, its label, what is wrong) for the summary at the top."""
        form = self.extension if self.sent == "extend" and self.extension else self.election
        return [
            (form[name].id_for_label, str(form[name].label), str(words))
            if name in form.fields
            else ("", "", str(words))
            for name, errors in form.errors.items()
            for words in errors
        ]


def term(request: ActorRequest) -> HttpResponse:
    """The terms of the unit asked for; a POST registers an election or an extension."""
    unit = _unit(request)
    require(request.actor, "edit", "party_org", unit)
    if request.method != "POST":
        return _page(request, unit, {}, str(uuid.uuid4()))
    key = request.POST.get("idempotency", "")[:60]
    sent = "extend" if request.POST.get("do") == "extend" else "elect"
    last = _last(unit)
    if sent == "extend" and last is None:
        raise Http404("还没有登记任期，无从延期。")
    kind = ExtensionForm if sent == "extend" else ElectionForm
    form = kind(request.POST, auto_id=f"{sent}_%s")
    if form.is_valid():
        try:
            done = _register(request, unit, last, form.cleaned_data, key)
        except ValidationError as error:
            _refuse(form, error)
        else:
            until = done.extended_to or done.expires_on
            messages.success(request, f"已登记{unit.short}第 {done.number} 届任期，至 {until}。")
            return redirect(_back(unit))
    return _page(request, unit, {sent: form}, key)


def _unit(request: ActorRequest) -> Unit:
    code = request.GET.get("unit", "")
    units = visible(request.actor, Unit.objects.all(), "view").filter(type__in=ELECTED, code=code)
    unit = units.select_related("court").first()
    if unit is None:
        raise Http404(f"没有代码为“{code}”的党支部、党总支或机关党委。")
    return unit


def _register(
    request: ActorRequest, unit: Unit, last: Term | None, given: dict[str, Any], key: str
) -> Term:
    if "until" in given and last is not None:
        return extend_term(request.actor, last, given["until"], basis=given["basis"], key=key)
    return begin_term(
        request.actor,
        unit,
        given["began_on"],
        given["expires_on"],
        basis=given["basis"],
        key=key,
    )


def _refuse(form: forms.Form, error: ValidationError) -> None:
    for name, faults in error.error_dict.items():
        for fault in faults:
            form.add_error(name if name in form.fields else None, fault)


def _last(unit: Unit) -> Term | None:
    return Term.objects.filter(unit=unit).select_related("unit__court").order_by("began_on").last()


def _back(unit: Unit) -> str:
    court = unit.court.code if unit.court else ""
    return f"{reverse('twin')}?court={court}#u-{unit.code}"


def _page(
    request: ActorRequest, unit: Unit, forms_sent: dict[str, forms.Form], key: str
) -> HttpResponse:
    rule, today = term_rule(unit), request.actor.today
    election = forms_sent.get("elect") or ElectionForm(
        initial={"began_on": today}, auto_id="elect_%s"
    )
    hint = f"不填按 {rule.years} 年计算；{today} 选举的，到 {usual_end(unit, today)}"
    election.fields["expires_on"].help_text = hint
    page = TermPage(
        title="换届登记",
        unit=unit,
        rule=rule,
        terms=tuple(Term.objects.filter(unit=unit).order_by("-began_on")),
        election=election,
        extension=(forms_sent.get("extend") or ExtensionForm(auto_id="extend_%s"))
        if _last(unit)
        else None,
        sent=next(iter(forms_sent), ""),
        key=key,
        back=_back(unit),
    )
    return render(request, "twin/term.html", {"page": page}, status=422 if page.faults else 200)
