"""The form in which a house changes a rule: filled from the version that it changes, read back as what differs.

What is not sent stays as it was; only what differs is stored, so that nothing is reset by the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from rongjian.kernel.regimes import versions
from rongjian.kernel.windows import CYCLE_MONTHS, CYCLE_WORDS
from rongjian.org.models import UnitType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.http import QueryDict

    from rongjian.kernel.regimes import Answer, Rule

DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
_UNMERGED, _AS_IT_IS = "", "same"


def in_force(rules: Iterable[Rule], code: str, day: date) -> Rule | None:
    """The version of a rule on a day; before its first one that one."""
    held = versions(rules).get(code, ())
    begun = [rule for rule in held if rule.valid_from <= day]
    return begun[-1] if begun else next(iter(held), None)


class RuleForm(forms.Form):
    """A house's own version of a rule, or a further rule like it."""

    code = forms.ChoiceField(label="制度", widget=forms.HiddenInput)
    further = forms.ChoiceField(
        label="怎样调整",
        choices=[("", "自生效日期起改为"), ("1", "在它之外另立一项")],
        required=False,
    )
    cycle = forms.ChoiceField(label="周期", choices=list(CYCLE_WORDS.items()))
    valid_from = forms.DateField(label="生效日期", widget=DATE, help_text="须是周期的第一天")
    basis = forms.CharField(
        label="依据", max_length=120, help_text="如：机关党委会议纪要〔2026〕3号"
    )
    name = forms.CharField(label="名称", max_length=40, required=False, help_text="不填沿用原名称")
    needed = forms.IntegerField(
        label="次数", min_value=1, max_value=20, required=False, help_text="不填沿用原来的"
    )
    grace = forms.IntegerField(label="宽限（工作日）", min_value=0, max_value=30, required=False)
    by_day = forms.IntegerField(
        label="次月第几日前",
        min_value=0,
        max_value=31,
        required=False,
        help_text="按次月日期算限期的填这里，宽限就不填",
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
    valid_to = forms.DateField(label="截止日期", widget=DATE, required=False)

    def __init__(
        self,
        rules: tuple[Rule, ...],
        sent: QueryDict | None = None,
        *,
        base: Rule | None = None,
        since: date | None = None,
    ) -> None:
        self._rules = rules
        super().__init__(sent, initial=self._typed(base) | {"valid_from": since} if base else None)
        named = {rule.code: f"{rule.name}（{rule.often}）" for rule in rules}
        self.fields["code"].choices = list(named.items())  # type: ignore[attr-defined]
        words = dict(UnitType.choices)
        asked = dict.fromkeys(kind for rule in rules for kind in rule.who.types)
        types = [(kind, str(words[kind])) for kind in asked]
        self.fields["types"].choices = types  # type: ignore[attr-defined]
        choices = [(_UNMERGED, "不合并"), (_AS_IT_IS, "不变"), *named.items()]
        self.fields["merged"].choices = choices  # type: ignore[attr-defined]

    def _typed(self, rule: Rule) -> dict[str, Any]:
        """A version as it would have been typed."""
        opens, ends = rule.days or (None, None)
        first, last = rule.months or (None, None)
        return {
            "code": rule.code,
            "cycle": rule.cycle,
            "needed": rule.needed,
            "grace": rule.grace,
            "by_day": rule.by_day or None,
            "opens": opens,
            "ends": ends,
            "from_month": first,
            "to_month": last,
            "types": [*rule.who.types],
            "merged": self._merged(rule),
            "valid_to": rule.valid_to,
        }

    def _merged(self, rule: Rule) -> str:
        """With which rule one is fulfilled; what is accepted and is no rule's is kept by name."""
        if not rule.accepts:
            return _UNMERGED
        same = (each.code for each in self._rules if each.answers == rule.accepts)
        return next(same, _AS_IT_IS)

    def clean(self) -> dict[str, Any]:
        """A window or a validity that ends before it begins is refused where it was typed."""
        given: dict[str, Any] = self.cleaned_data
        if (base := self._base()) is not None:
            omitted = {name for name in self.fields if name not in self.data}
            given |= {name: was for name, was in self._typed(base).items() if name in omitted}
        first, last = self._months()
        if first > last or last > CYCLE_MONTHS[given.get("cycle", "year")]:
            self.add_error(
                "to_month", f"时段要在周期之内，且不早于开始：第 {first} 个月开始，请改“时段至”"
            )
        opens, ends = self._days()
        if first == last and ends < opens:
            self.add_error("ends", f"截止日早于开始日：{opens} 日开始，请填 {opens} 到 31，或不填")
        if given.get("grace") and given.get("by_day"):
            self.add_error("by_day", "限期只按一种算：请清空“宽限”，或清空这一项")
        since, until = given.get("valid_from"), given.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", f"截止日期早于生效日期 {since}：请改晚，或不填（一直有效）")
        return given

    def _base(self) -> Rule | None:
        """The version that is changed, as far as it is known by now."""
        code, since = self.cleaned_data.get("code"), self.cleaned_data.get("valid_from")
        return in_force(self._rules, code, since) if code and since else None

    def _months(self) -> tuple[int, int]:
        """First and last month of the window within the cycle."""
        given = self.cleaned_data
        first = given.get("from_month") or 1
        return first, given.get("to_month") or CYCLE_MONTHS[given.get("cycle", "year")]

    def _days(self) -> tuple[int, int]:
        """The day on which the window opens in its first month, and ends in its last."""
        return self.cleaned_data.get("opens") or 1, self.cleaned_data.get("ends") or 31

    def changes(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """What differs from the version in force, as the content file would say it, over what is `held`
        already of a version for the same day.
        """
        base, given = self._base(), self.cleaned_data
        if base is None:
            raise ValidationError({"code": "没有这项制度"})
        now = {
            "name": given["name"] or base.name,
            "cycle": given["cycle"],
            "needed": given["needed"] or base.needed,
            "grace": given["grace"] or 0,
            "by_day": given["by_day"] or 0,
        }
        found = {name: value for name, value in now.items() if value != getattr(base, name)}
        # A window is one thing: its months and its days are stored together.
        inherited = (base.months or (1, CYCLE_MONTHS[given["cycle"]]), base.days or (1, 31))
        if (self._months(), self._days()) != inherited:
            found |= {"months": [*self._months()], "days": [*self._days()]}
        if given["types"] and {*given["types"]} != {*base.who.types}:
            found["types"] = given["types"]
        if given["merged"] not in (_AS_IT_IS, self._merged(base)):
            found["accepts"] = self._accepted(given["merged"])
        changes = {name: was for name, was in held.items() if name != "valid_to"} | found
        # A version does not inherit the end of the one before.
        return changes | ({"valid_to": str(given["valid_to"])} if given["valid_to"] else {})

    def _accepted(self, code: str) -> list[list[Any]]:
        answers: tuple[Answer, ...] = next(
            (rule.answers for rule in reversed(self._rules) if rule.code == code), ()
        )
        return [[each.kind, each.field, [*each.values]] for each in answers]
