"""制度设置: the rules a house works by, with their basis; its own versions and its own working days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from rongjian.kernel.regimes import load_institutions
from rongjian.org.access import allowed, require, visible
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.own_days import OwnDay
from rongjian.regimes.laying_down import change_rule, rules_of, set_own_day
from rongjian.regimes.models import LocalRule
from rongjian.web.calendar_rule_form import DATE, RuleForm, in_force
from rongjian.web.calendar_rule_rows import accepted_words, who_words

if TYPE_CHECKING:
    from datetime import date

    from rongjian.kernel.regimes import Rule
    from rongjian.web.middleware import ActorRequest

_LISTED = 60


class DayForm(forms.Form):
    """A day that the house works, or does not."""

    day = forms.DateField(label="日期", widget=DATE)
    worked = forms.ChoiceField(label="安排", choices=[("", "放假"), ("1", "上班")], required=False)
    reason = forms.CharField(label="说明", max_length=80)


@dataclass(frozen=True)
class RuleRow:
    """A version of a rule as the table lists it; `url` is where its form is."""

    rule: Rule
    who: str
    counts: str
    url: str


@dataclass(frozen=True)
class RulesPage:
    """The rules of a house and the two forms; `changed` is the rule that the form changes, if any."""

    title: str
    court: Unit
    groups: tuple[tuple[str, tuple[RuleRow, ...]], ...]
    choices: tuple[tuple[str, str], ...]
    days: tuple[OwnDay, ...]
    edits: bool
    changed: Rule | None
    form: RuleForm
    day_form: DayForm

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """(id of the input, its label, what is wrong) for the summary at the top."""
        return [
            (form[name].id_for_label, str(form[name].label), str(words))
            if name != NON_FIELD_ERRORS
            else ("", "", str(words))
            for form in (self.form, self.day_form)
            for name, errors in form.errors.items()
            for words in errors
        ]


def rules(request: ActorRequest) -> HttpResponse:
    """The rules of the house asked for, one of them to be changed; a POST lays down a version, a further
    rule or a day.
    """
    court = _court(request)
    listed = rules_of(court)
    if request.method != "POST":
        return _page(request, court, _chosen(request, listed), DayForm())
    require(request.actor, "edit", "regime_rule", court)
    of_day = request.POST.get("do") == "day"
    form = DayForm(request.POST) if of_day else RuleForm(listed, request.POST)
    if form.is_valid():
        try:
            said = _lay_down(request, court, form)
        except ValidationError as error:
            _take_over(form, error)
        else:
            messages.success(request, said)
            return redirect(f"{reverse('calendar-rules')}?court={court.code}")
    if isinstance(form, DayForm):
        return _page(request, court, RuleForm(listed), form)
    return _page(request, court, form, DayForm())


def _court(request: ActorRequest) -> Unit:
    code = request.GET.get("court") or request.actor.person.court.code
    units = visible(request.actor, Unit.objects.filter(type__in=COURT_TYPES, code=code), "view")
    court = units.select_related("court").first()
    if court is None or not allowed(request.actor, "view", "regime_rule", court):
        raise Http404("没有这个检察院。")
    return court


def _chosen(request: ActorRequest, listed: tuple[Rule, ...]) -> RuleForm:
    """The form for the rule asked for, filled from its version on the day asked for, by default today."""
    code = request.GET.get("rule", "")
    if not code:
        return RuleForm(listed)
    base = in_force(listed, code, _day(request) or request.actor.today)
    if base is None:
        raise Http404("没有这项制度。")
    return RuleForm(listed, base=base, since=_day(request))


def _day(request: ActorRequest) -> date | None:
    try:
        return parse_date(request.GET.get("valid_from", ""))
    except ValueError:
        return None


def _lay_down(request: ActorRequest, court: Unit, form: RuleForm | DayForm) -> str:
    given = form.cleaned_data
    if isinstance(form, DayForm):
        worked = bool(given["worked"])
        row = set_own_day(request.actor, court, given["day"], worked=worked, reason=given["reason"])
        return f"已登记 {row}。"
    code, since, own = given["code"], given["valid_from"], LocalRule.objects.filter(unit=court)
    if given["further"]:
        changes = {**form.changes({}), "like": code}
        code = f"OWN-{court.code}-{own.count() + 1}"
    else:
        held = own.filter(code=code, valid_from=since).first()
        changes = form.changes(held.changes if held else {})
    change_rule(request.actor, court, code, since, changes, given["basis"])
    return f"已登记，自 {since} 起的期间按此计算，以前的期间不变。"


def _take_over(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        for fault in found:
            form.add_error(name if name in form.fields else None, fault)


def _rows(request: ActorRequest, court: Unit, listed: tuple[Rule, ...]) -> dict[str, list[RuleRow]]:
    """The versions by their institution."""
    found: dict[str, list[RuleRow]] = {}
    for rule in listed:
        where = {"court": court.code, "rule": rule.code}
        if rule.valid_from > request.actor.today:
            where["valid_from"] = str(rule.valid_from)
        url = f"{reverse('calendar-rules')}?{urlencode(where)}#change"
        row = RuleRow(rule, who_words(rule), accepted_words(rule), url)
        found.setdefault(rule.institution, []).append(row)
    return found


def _page(request: ActorRequest, court: Unit, form: RuleForm, day_form: DayForm) -> HttpResponse:
    listed = rules_of(court)
    rows = _rows(request, court, listed)
    code = str(form["code"].value() or "")
    page = RulesPage(
        title="制度设置",
        court=court,
        groups=tuple(
            (institution.name, tuple(rows.get(each, ())))
            for each, institution in load_institutions().items()
        ),
        choices=tuple({rule.code: f"{rule.name}（{rule.often}）" for rule in listed}.items()),
        days=tuple(OwnDay.objects.filter(unit=court).order_by("-day")[:_LISTED]),
        edits=allowed(request.actor, "edit", "regime_rule", court),
        changed=in_force(listed, code, request.actor.today),
        form=form,
        day_form=day_form,
    )
    status = 422 if page.faults else 200
    return render(request, "calendar/rules.html", {"page": page}, status=status)
