"""制度设置: the rules a house works by, with their basis; its own versions and its own working days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.kernel.regimes import load_institutions
from rongjian.kernel.windows import CYCLE_MONTHS, CYCLE_WORDS
from rongjian.org.access import allowed, require, visible
from rongjian.org.models import COURT_TYPES, Unit, UnitType
from rongjian.org.own_days import OwnDay
from rongjian.records.kinds import kind_of
from rongjian.regimes.laying_down import change_rule, rules_of, set_own_day
from rongjian.regimes.models import LocalRule

if TYPE_CHECKING:
    from rongjian.kernel.regimes import Rule
    from rongjian.web.middleware import ActorRequest

_DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_LISTED = 60


class RuleForm(forms.Form):
    """A house's own version of a rule, or a further rule like it."""

    code = forms.ChoiceField(label="制度")
    further = forms.ChoiceField(
        label="怎样调整",
        choices=[("", "自生效日期起改为"), ("1", "在它之外另立一项")],
        required=False,
    )
    cycle = forms.ChoiceField(label="周期", choices=list(CYCLE_WORDS.items()))
    valid_from = forms.DateField(label="生效日期", widget=_DATE, help_text="须是周期的第一天")
    basis = forms.CharField(
        label="依据", max_length=120, help_text="如：机关党委会议纪要〔2026〕3号"
    )
    name = forms.CharField(label="名称", max_length=40, required=False, help_text="不填沿用原名称")
    needed = forms.IntegerField(label="次数", min_value=1, max_value=20, initial=1, required=False)
    grace = forms.IntegerField(
        label="宽限（工作日）", min_value=0, max_value=30, initial=3, required=False
    )
    opens = forms.IntegerField(
        label="时段自（几日）",
        min_value=1,
        max_value=31,
        required=False,
        help_text="不填为周期的第一天到最后一天",
    )
    ends = forms.IntegerField(label="时段至（几日）", min_value=1, max_value=31, required=False)
    from_month = forms.IntegerField(
        label="时段自（周期的第几个月）",
        min_value=1,
        max_value=12,
        required=False,
        help_text="如每半年的第 6 个月填 6",
    )
    to_month = forms.IntegerField(
        label="时段至（周期的第几个月）", min_value=1, max_value=12, required=False
    )
    types = forms.MultipleChoiceField(
        label="适用",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选沿用原来的",
    )
    merged = forms.ChoiceField(
        label="一并完成", required=False, help_text="这项的记录也算完成；两项各有议程"
    )
    valid_to = forms.DateField(label="截止日期", widget=_DATE, required=False)

    def __init__(self, rules: tuple[Rule, ...], *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        named = {rule.code: f"{rule.name}（{rule.often}）" for rule in rules}
        self.fields["code"].choices = list(named.items())  # type: ignore[attr-defined]
        words = dict(UnitType.choices)
        asked = dict.fromkeys(kind for rule in rules for kind in rule.who.types)
        types = [(kind, str(words[kind])) for kind in asked]
        self.fields["types"].choices = types  # type: ignore[attr-defined]
        self.fields["merged"].choices = [("", "不合并"), *named.items()]  # type: ignore[attr-defined]
        self._answers = {rule.code: rule.answers for rule in rules}

    def clean(self) -> dict[str, Any]:
        """A window or a validity that ends before it begins is refused where it was typed."""
        given: dict[str, Any] = self.cleaned_data
        first, last = self._months()
        if first > last or last > CYCLE_MONTHS[given.get("cycle", "year")]:
            self.add_error(
                "to_month", f"时段要在周期之内，且不早于开始：第 {first} 个月开始，请改“时段至”"
            )
        opens, ends = self._days()
        if first == last and ends < opens:
            self.add_error("ends", f"截止日早于开始日：{opens} 日开始，请填 {opens} 到 31，或不填")
        since, until = given.get("valid_from"), given.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", f"截止日期早于生效日期 {since}：请改晚，或不填（一直有效）")
        return given

    def _months(self) -> tuple[int, int]:
        """First and last month of the window within the cycle."""
        given = self.cleaned_data
        first = given.get("from_month") or 1
        return first, given.get("to_month") or CYCLE_MONTHS[given.get("cycle", "year")]

    def _days(self) -> tuple[int, int]:
        """The day on which the window opens in its first month, and ends in its last."""
        return self.cleaned_data.get("opens") or 1, self.cleaned_data.get("ends") or 31

    def changes(self) -> dict[str, Any]:
        """What was given, as the content file would say it; the window is the whole cycle unless said."""
        given = {name: self.cleaned_data[name] for name in ("name", "needed", "grace")}
        kept = {name: value for name, value in given.items() if value not in (None, "")}
        kept |= {"cycle": self.cleaned_data["cycle"], "by_day": 0}
        kept |= {"months": list(self._months()), "days": list(self._days())}
        if self.cleaned_data["types"]:
            kept["types"] = self.cleaned_data["types"]
        if merged := self.cleaned_data["merged"]:
            kept["accepts"] = [
                [each.kind, each.field, [*each.values]] for each in self._answers[merged]
            ]
        if self.cleaned_data["valid_to"]:
            kept["valid_to"] = str(self.cleaned_data["valid_to"])
        return kept


class DayForm(forms.Form):
    """A day that the house works, or does not."""

    day = forms.DateField(label="日期", widget=_DATE)
    worked = forms.ChoiceField(label="安排", choices=[("", "放假"), ("1", "上班")], required=False)
    reason = forms.CharField(label="说明", max_length=80)


@dataclass(frozen=True)
class RulesPage:
    """The rules of a house and the two forms."""

    title: str
    court: Unit
    groups: tuple[tuple[str, tuple[tuple[Rule, str, str], ...]], ...]
    days: tuple[OwnDay, ...]
    edits: bool
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
    """The rules of the house asked for; a POST lays down a version, a further rule or a day."""
    court = _court(request)
    listed = rules_of(court)
    if request.method != "POST":
        return _page(request, court, RuleForm(listed), DayForm())
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


def _lay_down(request: ActorRequest, court: Unit, form: RuleForm | DayForm) -> str:
    given = form.cleaned_data
    if isinstance(form, DayForm):
        worked = bool(given["worked"])
        row = set_own_day(request.actor, court, given["day"], worked=worked, reason=given["reason"])
        return f"已登记 {row}。"
    code, changes = given["code"], form.changes()
    if given["further"]:
        number = LocalRule.objects.filter(unit=court).count() + 1
        code, changes = f"OWN-{court.code}-{number}", {**changes, "like": code}
    change_rule(request.actor, court, code, given["valid_from"], changes, given["basis"])
    return f"已登记，自 {given['valid_from']} 起的期间按此计算，以前的期间不变。"


def _take_over(form: forms.Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, found in error.error_dict.items():
        for fault in found:
            form.add_error(name if name in form.fields else None, fault)


def _counts(rule: Rule) -> str:
    """What else counts as having done it, in words; and whether that of the units below does."""
    words = [kind_of(each.kind).name for each in rule.accepts]
    words += ["下级组织的记录"] if rule.below else []
    return "、".join(dict.fromkeys(words))


def _page(request: ActorRequest, court: Unit, form: RuleForm, day_form: DayForm) -> HttpResponse:
    listed = rules_of(court)
    names = dict(UnitType.choices)
    groups = tuple(
        (
            institution.name,
            tuple(
                (rule, "、".join(str(names[kind]) for kind in rule.who.types), _counts(rule))
                for rule in listed
                if rule.institution == code
            ),
        )
        for code, institution in load_institutions().items()
    )
    page = RulesPage(
        title="制度设置",
        court=court,
        groups=groups,
        days=tuple(OwnDay.objects.filter(unit=court).order_by("-day")[:_LISTED]),
        edits=allowed(request.actor, "edit", "regime_rule", court),
        form=form,
        day_form=day_form,
    )
    status = 422 if page.faults else 200
    return render(request, "calendar/rules.html", {"page": page}, status=status)
