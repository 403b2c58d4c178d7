"""The conditions of a temporary branch: each by its rule, with the ways out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.org import temporary
from rongjian.org.actions import NewUnit, found
from rongjian.org.models import Affiliation, Person, Tree, Unit, UnitType
from rongjian.org.temporary import Plan, months_after
from tests.house import FOUNDED, House

DAY = date(2026, 6, 25)
ENDS = date(2026, 12, 31)


@pytest.fixture
def force(house: House) -> Unit:
    new = NewUnit(
        "450100-T1", "专班", "专班", Tree.BUSINESS, UnitType.TASK_FORCE, "450100", "450100", FOUNDED
    )
    return found([new])["450100-T1"]


def belong(house: House, force: Unit, names: str, membership: str = "full") -> list[Person]:
    found_ = []
    for name in names.split():
        person = house.people[name]
        person.membership, person.branch = membership, house.units["450100-P02"]
        person.save()
        Affiliation.objects.create(person=person, unit=force, kind="task_force", valid_from=FOUNDED)
        Affiliation.objects.update_or_create(
            person=person, kind="home", defaults={"unit": person.branch, "valid_from": FOUNDED}
        )
        found_.append(person)
    return found_


def judged(plan: Plan) -> dict[str, tuple[bool, str]]:
    return {each.code: (each.ok, str(each)) for each in temporary.conditions(plan, DAY)}


def test_all_conditions_hold(house: House, force: Unit) -> None:
    people = belong(house, force, "lisi wangwu qian")
    assert judged(Plan(force, DAY, ENDS, people[0])) == {
        "members": (True, "正式党员 3 名（应有 3 名以上）"),
        "duration": (True, "预计 2026-06-25 至 2026-12-31（应满 1 个月）"),
        "home": (True, "组织关系不转接：3 名党员都在原支部"),
        "superior": (True, "有上级党组织：南宁市院机关党委"),
        "secretary": (True, "书记人选是专班的正式党员"),
    }


def test_each_condition_fails_by_itself_with_ways_out(house: House, force: Unit) -> None:
    people = belong(house, force, "lisi wangwu")
    belong(house, force, "zhouba", "probationary")
    Affiliation.objects.filter(person=people[1], kind="home").delete()
    found_ = judged(Plan(force, DAY, date(2026, 7, 20), house.people["zhouba"]))
    assert found_["members"][1].startswith("正式党员 2 名，不满 3 名。可：编入组长所在的党支部；")
    assert found_["duration"][1].startswith("预计到 2026-07-20 结束，不满 1 个月。可：")
    assert found_["home"][1].startswith("组织关系不转接：1 名党员没有登记原支部。可：")
    assert found_["secretary"][1].startswith("书记人选不是专班的正式党员。可：")
    assert [ok for ok, _ in found_.values()] == [False, False, False, True, False]
    without = judged(Plan(force, DAY, None, None))
    assert without["duration"][1] == "没有立项记录，不知道预计结束日期。可：先补记专班立项"
    assert without["secretary"][1].startswith("没有书记人选")


def test_a_house_without_party_organisation_asks_the_one_above(house: House) -> None:
    new = NewUnit(
        "450103-T1", "专班", "专班", Tree.BUSINESS, UnitType.TASK_FORCE, "450103", "450103", FOUNDED
    )
    unit = found([new])["450103-T1"]
    told = judged(Plan(unit, DAY, ENDS, None))["superior"]
    assert told == (
        False,
        "本院没有可审批的机关党委或党总支。可：先成立机关党委；由上一级院机关党委办理",
    )


def test_every_condition_names_its_basis() -> None:
    assert list(temporary.rules()) == ["members", "duration", "home", "superior", "secretary"]
    for rule in temporary.rules().values():
        assert rule.basis.document
    assert temporary.afterwards().remind_after_days == 30
    assert temporary.afterwards().counts_at_home


@given(st.dates(date(2018, 1, 1), date(2040, 1, 1)), st.integers(0, 24))
def test_months_later_is_never_earlier_than_the_calendar_says(day: date, months: int) -> None:
    later = months_after(day, months)
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    if later.day == day.day:
        assert later == first.replace(day=day.day)
    else:  # No such day in that month: the first one after it.
        assert later.day == 1
        assert (later - first).days in {28, 29, 30}
        assert day.day > (later - first).days
