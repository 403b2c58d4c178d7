"""制度设置: what a house may change, and for every change that cannot be a sentence with its way out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.kernel.regimes import rules
from rongjian.regimes.laying_down import rules_of
from rongjian.regimes.models import LocalRule
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

GIVEN = {"code": "LIFE-05", "cycle": "month", "valid_from": "2026-07-01", "basis": "会议纪要"}


def lay_down(visit: Visit, **given: str) -> Any:
    return visit("weiw").post(reverse("calendar-rules"), GIVEN | given, follow=True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"opens": "20", "ends": "10"}, "截止日早于开始日：20 日开始，请填 20 到 31，或不填"),
        (
            {"cycle": "quarter", "from_month": "3", "to_month": "2"},
            "时段要在周期之内，且不早于开始：第 3 个月开始，请改“时段至”",
        ),
        ({"from_month": "1", "to_month": "2"}, "时段要在周期之内"),
        ({"valid_to": "2026-06-30"}, "截止日期早于生效日期 2026-07-01：请改晚，或不填"),
        ({"opens": "1", "ends": "3"}, "没有工作日：请把截止日改晚"),
        ({"valid_from": "2026-07-02"}, "这一天不是周期的第一天：请改为 2026-08-01"),
        ({"valid_from": "2026-05-01"}, "生效日期不能早于本月 1 日（2026-06-01）"),
        ({"further": "1"}, "请保留一项，或让一项先截止"),
    ],
)
def test_what_cannot_be_says_why_and_is_kept(
    visit: Visit, given: dict[str, str], words: str
) -> None:
    answer = lay_down(visit, **given)
    assert answer.status_code == 422
    text = text_of(answer)
    assert words in text
    assert 'value="会议纪要"' in text
    assert not LocalRule.objects.exists()


def test_a_window_of_its_own_holds_from_its_day(visit: Visit, world: World) -> None:
    answer = lay_down(visit, opens="10", ends="25", grace="2")
    assert "自 2026-07-01 起的期间按此计算，以前的期间不变。" in text_of(answer)
    court = LocalRule.objects.get().unit
    rule = [each for each in rules_of(court) if each.code == "LIFE-05"][-1]
    assert (rule.months, rule.days, rule.grace) == ((1, 1), (10, 25), 2)
    shown = visit("lisi").get(reverse("calendar"), {"cell": "LIFE-05.2026-07-01"})
    assert "2026-07-10 至 2026-07-25" in text_of(shown)
    before = visit("lisi").get(reverse("calendar"), {"cell": "LIFE-05.2026-06-01"})
    assert "2026-06-01 至 2026-06-30" in text_of(before)


def test_what_counts_as_well_stands_beside_the_rule(visit: Visit) -> None:
    assert "也算完成：下级组织的记录" in text_of(visit("lisi").get(reverse("calendar-rules")))


def version(code: str) -> Any:
    """The latest version of a rule as the house has it."""
    court = LocalRule.objects.latest("pk").unit
    return [each for each in rules_of(court) if each.code == code][-1]


def as_shown(visit: Visit, code: str, **where: str) -> dict[str, Any]:
    """What the form for a rule would send if nothing were typed."""
    answer = visit("weiw").get(reverse("calendar-rules"), {"rule": code, **where})
    assert answer.status_code == 200
    form = answer.context["page"].form
    shown = {field.name: field.value() for field in form}
    return {name: "" if value is None else value for name, value in shown.items()}


@pytest.mark.parametrize("code", sorted({rule.code for rule in rules()}))
def test_what_is_not_typed_stays_as_it_was(visit: Visit, code: str) -> None:
    """Sent as it was shown, and with nothing but what must be sent, a version changes nothing."""
    before = [each for each in rules() if each.code == code][-1]
    day = {"valid_from": "2027-01-01", "basis": "会议纪要"}
    bare = {"code": code, "cycle": before.cycle}
    for sent in ({**as_shown(visit, code), **day}, {**bare, **day}):
        answer = visit("weiw").post(reverse("calendar-rules"), sent)
        assert answer.status_code == 302, answer.context["page"].faults
        assert LocalRule.objects.get().changes == {}
    same = replace(before, basis=version(code).basis, valid_from=date(2027, 1, 1), settled=False)
    assert version(code) == same


def test_only_what_was_typed_is_changed(visit: Visit) -> None:
    day = {"valid_from": "2027-01-01", "basis": "会议纪要"}
    sent = {**as_shown(visit, "INTF-01"), **day, "by_day": "8"}
    visit("weiw").post(reverse("calendar-rules"), sent)
    assert LocalRule.objects.latest("pk").changes == {"by_day": 8}
    sent = {**as_shown(visit, "RISK-01"), **day, "grace": "10"}
    visit("weiw").post(reverse("calendar-rules"), sent)
    assert LocalRule.objects.latest("pk").changes == {"grace": 10}
    assert version("RISK-01").months == (7, 12)


def test_a_limit_is_counted_one_way_only(visit: Visit) -> None:
    shown = as_shown(visit, "INTF-01")
    assert (shown["by_day"], shown["grace"]) == (5, 0)
    sent = {**shown, "valid_from": "2026-07-01", "basis": "会议纪要", "grace": "3"}
    answer = visit("weiw").post(reverse("calendar-rules"), sent)
    assert answer.status_code == 422
    assert "限期只按一种算：请清空“宽限”，或清空这一项" in text_of(answer)
    visit("weiw").post(reverse("calendar-rules"), {**sent, "by_day": ""})
    assert (version("INTF-01").grace, version("INTF-01").by_day) == (3, 0)


def test_what_was_merged_can_be_taken_apart(visit: Visit) -> None:
    lay_down(visit, merged="LIFE-01")
    assert version("LIFE-05").accepts[0].values == ("member_meeting",)
    later = as_shown(visit, "LIFE-05", valid_from="2026-08-01")
    assert later["merged"] == "LIFE-01"
    lay_down(visit, **{**later, "basis": "会议纪要", "merged": ""})
    assert LocalRule.objects.get(valid_from="2026-08-01").changes == {"accepts": []}
    assert version("LIFE-05").accepts == ()
    # What counts and is no other rule's is kept unless it is taken apart as well.
    assert as_shown(visit, "COOP-01")["merged"] == "same"


def test_a_version_laid_down_again_keeps_what_it_had(visit: Visit) -> None:
    lay_down(visit, grace="2", valid_to="2026-12-31")
    lay_down(visit, needed="2")
    assert LocalRule.objects.get().changes == {
        "grace": 2,
        "needed": 2,
        "valid_to": "2026-12-31",
    }


def test_a_rule_is_chosen_before_it_is_changed(visit: Visit) -> None:
    where = reverse("calendar-rules")
    plain = text_of(visit("weiw").get(where))
    assert "调整这一项" in plain
    assert 'name="basis"' not in plain
    assert "rule=RISK-01#change" in plain
    assert "调整“廉政风险点复评”" in text_of(visit("weiw").get(where, {"rule": "RISK-01"}))
    assert visit("weiw").get(where, {"rule": "NONE"}).status_code == 404
    assert "#change" not in text_of(visit("lisi").get(where, {"rule": "RISK-01"}))
