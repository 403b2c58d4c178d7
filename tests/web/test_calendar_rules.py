"""制度设置: what a house may change, and for every change that cannot be a sentence with its way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

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
