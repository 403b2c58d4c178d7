"""Reorganising: each operation, what hangs on units, and every refusal with its ways out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.org.actions import appoint, pair
from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Pairing,
    Person,
    Placement,
    Post,
    Term,
    Unit,
    UnitType,
)
from rongjian.org.plans import (
    Body,
    CannotReorganise,
    Dissolve,
    Found,
    Join,
    Merge,
    Move,
    Pair,
    Rename,
    Split,
    Unpair,
)
from rongjian.org.queries import path_on, standing
from rongjian.org.reorganising import reorganise, write_down
from rongjian.org.rosters import roster
from rongjian.org.settling import settle_people, settle_units
from tests.house import FOUNDED, NOW, House
from tests.org.shapers import committee, shaper, sysadmin

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.plans import Plan

__all__ = ("committee", "sysadmin")

TODAY = NOW.date()
PAST, FUTURE = date(2024, 3, 1), date(2026, 9, 1)
EVE = timedelta(days=1)
BRANCH = UnitType.BRANCH


def words(actor: Actor, plan: Plan) -> str:
    """What a refusal says; the trees stay as they were."""
    before = list(Placement.objects.order_by("pk").values_list())
    with pytest.raises(CannotReorganise) as refused:
        reorganise(actor, plan)
    assert list(Placement.objects.order_by("pk").values_list()) == before
    return "；".join(f"{each.field}={each.words}" for each in refused.value.refusals)


def path(code: str) -> str:
    return Unit.objects.get(code=code).path


# --- operations ------------------------------------------------------------------------------


def test_a_moved_court_takes_both_its_trees_along(house: House, sysadmin: Actor) -> None:
    reorganise(sysadmin, Move(PAST, house.units["450103"], house.units["450200"]))
    assert path("450103-01") == "450000/450200/450103/450103-01/"
    assert path_on(house.units["450103-01"], PAST - EVE) == "450000/450100/450103/450103-01/"
    assert path_on(house.units["450103-01"], PAST) == "450000/450200/450103/450103-01/"
    for placed in Placement.objects.filter(valid_to=None).select_related("unit"):
        assert placed.path == placed.unit.path


def test_party_units_stand_in_their_procuratorate_wherever_it_goes(
    house: House, sysadmin: Actor
) -> None:
    court = reorganise(
        sysadmin,
        Found(
            date(2020, 1, 1),
            house.units["450000"],
            Body(UnitType.CITY, "桂林市人民检察院", "桂林市院", "450300"),
        ),
    ).founded[0]
    county = house.units["450103"]
    party = shaper(house, "organ_committee")
    root = reorganise(
        party, Found(date(2021, 1, 1), county, Body(BRANCH, "党支部", "青秀区院党支部"))
    ).founded[0]
    assert root.code == "450103-P01"
    assert root.path == f"{county.path}450103-P01/"
    reorganise(sysadmin, Move(PAST, county, court))
    assert path("450103-P01") == "450000/450300/450103/450103-P01/"
    assert path_on(root, PAST - EVE) == "450000/450100/450103/450103-P01/"
    placed = Placement.objects.get(unit=root, valid_to=None)
    assert placed.parent is None


def test_a_future_move_changes_today_only_when_the_day_has_come(
    house: House, sysadmin: Actor
) -> None:
    unit = house.units["450103"]
    reorganise(sysadmin, Move(FUTURE, unit, house.units["450200"]))
    assert path("450103") == "450000/450100/450103/"
    assert path_on(unit, FUTURE) == "450000/450200/450103/"
    then = {place.unit.code: place.path for place in standing(FUTURE)}
    assert then["450103-01"] == "450000/450200/450103/450103-01/"
    assert settle_units(FUTURE - EVE) == []
    assert {each.code for each in settle_units(FUTURE)} == {"450103", "450103-01"}
    assert path("450103-01") == "450000/450200/450103/450103-01/"
    assert settle_units(FUTURE) == []


def test_a_move_in_the_past_passes_over_later_moves_of_what_is_below(
    house: House, sysadmin: Actor
) -> None:
    department, court = house.units["450103-01"], house.units["450103"]
    reorganise(sysadmin, Move(date(2025, 5, 1), department, house.units["450100"]))
    reorganise(sysadmin, Move(PAST, court, house.units["450200"]))
    places = Placement.objects.filter(unit=department).order_by("valid_from")
    assert list(places.values_list("path", "valid_from", "valid_to")) == [
        ("450000/450100/450103/450103-01/", FOUNDED, PAST - EVE),
        ("450000/450200/450103/450103-01/", PAST, date(2025, 4, 30)),
        ("450000/450100/450103-01/", date(2025, 5, 1), None),
    ]
    assert Unit.objects.get(code="450103-01").court == house.units["450100"]


def test_a_new_name_holds_from_its_day(house: House, sysadmin: Actor) -> None:
    unit = house.units["450100-01"]
    reorganise(sysadmin, Rename(PAST, unit, "第七检察部", "南宁市院第七检察部"))
    fresh = Unit.objects.get(pk=unit.pk)
    assert (fresh.name, fresh.short) == ("第七检察部", "南宁市院第七检察部")
    names = {place.unit.code: place.name for place in standing(PAST - EVE)}
    assert names["450100-01"] == "第一检察部"
    assert {place.unit.code: place.name for place in standing(PAST)}["450100-01"] == "第七检察部"


def test_a_founded_unit_gets_the_next_code_and_is_there_from_its_day(
    house: House, committee: Actor
) -> None:
    above = house.units["450100-P"]
    body = Body(BRANCH, "第三党支部", "南宁市院第三党支部")
    made = reorganise(committee, Found(FUTURE, above, body)).founded[0]
    assert (made.code, made.court) == ("450100-P03", house.units["450100"])
    assert made.code not in {place.unit.code for place in standing(FUTURE - EVE)}
    assert made.code in {place.unit.code for place in standing(FUTURE)}


def test_a_merged_unit_keeps_a_place_in_its_heir(house: House, sysadmin: Actor) -> None:
    unit, heir = house.units["450100-01"], house.units["450100-02"]
    reorganise(sysadmin, Merge(PAST, (unit,), heir))
    fresh = Unit.objects.get(pk=unit.pk)
    assert fresh.path == f"{heir.path}450100-01/"
    assert fresh.dissolved_on == PAST
    assert "450100-01" not in {place.unit.code for place in standing(PAST)}
    assert "450100-01" in {place.unit.code for place in standing(PAST - EVE)}


def test_what_is_below_a_merged_court_goes_to_the_heir_and_belongs_to_it(
    house: House, sysadmin: Actor
) -> None:
    county, heir = house.units["450103"], house.units["450200"]
    zhouba = house.people["zhouba"]
    reorganise(sysadmin, Merge(PAST, (county,), heir))
    department = Unit.objects.get(code="450103-01")
    assert department.path == "450000/450200/450103-01/"
    assert department.court == heir
    assert Unit.objects.get(pk=county.pk).court == heir
    settle_people(TODAY)
    zhouba.refresh_from_db()
    assert zhouba.court == heir


def test_a_split_leaves_the_old_unit_or_dissolves_it_into_a_new_one(
    house: House, sysadmin: Actor
) -> None:
    unit = house.units["450100-01"]
    bodies = tuple(
        Body(UnitType.DEPARTMENT, name, f"南宁市院{name}") for name in ("刑事一部", "刑事二部")
    )
    outcome = reorganise(sysadmin, Split(PAST, unit, bodies, heir=1))
    first, second = outcome.founded
    assert [first.code, second.code] == ["450100-D01", "450100-D02"]
    assert path("450100-01") == f"{second.path}450100-01/"
    house.people["qian"].refresh_from_db()
    assert Affiliation.objects.get(person=house.people["qian"], valid_to=None).unit == second
    kept = house.units["450100-02"]
    one = (Body(UnitType.DEPARTMENT, "民事部", "南宁市院民事部"),)
    reorganise(sysadmin, Split(PAST, kept, one))
    assert Unit.objects.get(pk=kept.pk).dissolved_on is None


def test_pairings_begin_and_end_with_their_day(house: House, committee: Actor) -> None:
    branch, office = house.units["450100-P01"], house.units["450100-01"]
    reorganise(committee, Pair(PAST, branch, (office,)))
    assert Pairing.objects.get(party_unit=branch).valid_from == PAST
    reorganise(committee, Unpair(FUTURE, branch, (office,)))
    assert Pairing.objects.get(party_unit=branch).valid_to == FUTURE - EVE


def test_a_joint_branch_alone_serves_its_units_and_their_members_have_their_home_there(
    house: House, committee: Actor
) -> None:
    offices = (house.units["450100-01"], house.units["450100-02"])
    lisi = house.people["lisi"]
    Affiliation.objects.create(
        person=lisi, unit=house.units["450100-P02"], kind=AffiliationKind.HOME, valid_from=FOUNDED
    )
    body = Body(UnitType.JOINT_BRANCH, "联合党支部", "南宁市院联合党支部")
    outcome = reorganise(committee, Join(PAST, house.units["450100-P"], body, offices))
    branch = outcome.founded[0]
    served = Pairing.objects.filter(valid_to=None, business_unit__in=offices)
    assert {pair.party_unit for pair in served} == {branch}
    assert {p.staff_no for p in roster(branch, PAST).people} == {
        house.people[name].staff_no for name in ("qian", "lisi", "wangwu")
    }
    assert roster(house.units["450100-P02"], PAST - EVE).people == (lisi,)
    assert roster(house.units["450100-P02"], PAST).people == ()


# --- what hangs on a unit that ends ----------------------------------------------------------


def test_posts_end_the_day_before_and_pairings_pass_to_the_heir(
    house: House, committee: Actor
) -> None:
    unit, heir = house.units["450100-P02"], house.units["450100-P01"]
    reorganise(committee, Merge(FUTURE, (unit,), heir))
    ends = set(Post.objects.filter(unit=unit).values_list("valid_to", flat=True))
    assert ends == {FUTURE - EVE}
    office = house.units["450100-02"]
    rows = Pairing.objects.filter(business_unit=office).order_by("valid_from")
    assert list(rows.values_list("party_unit__code", "valid_from", "valid_to")) == [
        ("450100-P02", FOUNDED, FUTURE - EVE),
        ("450100-P01", FUTURE, None),
    ]


def test_a_pairing_that_the_heir_has_already_is_not_doubled(house: House, committee: Actor) -> None:
    unit, heir = house.units["450100-P02"], house.units["450100-P01"]
    pair(heir, house.units["450100-02"], FOUNDED)
    reorganise(committee, Merge(PAST, (unit,), heir))
    living = Pairing.objects.filter(business_unit=house.units["450100-02"], valid_to=None)
    assert [row.party_unit for row in living] == [heir]


def test_secondment_to_a_dissolved_task_force_ends(house: House, sysadmin: Actor) -> None:
    body = Body(UnitType.TASK_FORCE, "专班", "南宁市院专班")
    force = reorganise(sysadmin, Found(PAST, house.units["450100"], body)).founded[0]
    row = Affiliation.objects.create(
        person=house.people["lisi"],
        unit=force,
        kind=AffiliationKind.TASK_FORCE,
        valid_from=PAST,
    )
    reorganise(sysadmin, Dissolve(date(2025, 1, 1), force))
    row.refresh_from_db()
    assert row.valid_to == date(2024, 12, 31)
    assert path(force.code) == f"{house.units['450100'].path}{force.code}/"


def test_terms_stay_as_they_were_elected(house: House, committee: Actor) -> None:
    unit = house.units["450100-P01"]
    term = Term.objects.create(unit=unit, began_on=date(2025, 1, 1), expires_on=date(2027, 12, 31))
    reorganise(committee, Dissolve(FUTURE, unit))
    term.refresh_from_db()
    assert term.expires_on == date(2027, 12, 31)


def test_people_of_a_merged_department_belong_to_the_heir_from_the_day(
    house: House, sysadmin: Actor
) -> None:
    reorganise(sysadmin, Merge(FUTURE, (house.units["450100-02"],), house.units["450100-01"]))
    lisi = house.people["lisi"]
    rows = Affiliation.objects.filter(person=lisi).order_by("valid_from")
    assert [(row.unit.code, row.valid_to) for row in rows] == [
        ("450100-02", FUTURE - EVE),
        ("450100-01", None),
    ]
    settle_people(TODAY)
    lisi.refresh_from_db()
    assert lisi.department.code == "450100-02"
    settle_people(FUTURE)
    lisi.refresh_from_db()
    assert lisi.department.code == "450100-01"


# --- refusals --------------------------------------------------------------------------------


def test_a_unit_cannot_stand_below_itself(house: House, sysadmin: Actor) -> None:
    body = Body(UnitType.REGION, "另一自治区人民检察院", "另一自治区院", "460000")
    other = reorganise(sysadmin, Found(PAST, house.units["450000"], body)).founded[0]
    third = Body(UnitType.REGION, "第三自治区人民检察院", "第三自治区院", "470000")
    below = reorganise(sysadmin, Found(PAST, other, third)).founded[0]
    said = words(sysadmin, Move(TODAY, other, below))
    assert "另一自治区院将位于自己之下" in said or "第三自治区院将位于自己之下" in said
    assert "不在它之下的上级" in said


def test_a_circle_that_would_close_only_later_is_refused_too(house: House, sysadmin: Actor) -> None:
    top = house.units["450000"]
    one, two = (
        reorganise(
            sysadmin,
            Found(PAST, top, Body(UnitType.REGION, f"{n}区人民检察院", f"{n}区院", f"4{n}0000")),
        ).founded[0]
        for n in (6, 7)
    )
    reorganise(sysadmin, Move(FUTURE, two, one))
    assert f"自 {FUTURE} 起" in words(sysadmin, Move(TODAY, one, two))


REFUSED = (
    ("across trees", lambda u: Move(TODAY, u["450100-01"], u["450100-P"]), "各成体系"),
    ("no such level", lambda u: Move(TODAY, u["450200"], u["450100"]), "只能设在自治区院之下"),
    ("before founding", lambda u: Move(date(2014, 1, 1), u["450103"], u["450200"]), "起才成立"),
    ("same place", lambda u: Move(TODAY, u["450103"], u["450100"]), "请改选上级"),
    ("same name", lambda u: Rename(TODAY, u["450100-01"], "第一检察部", "南宁市院第一检察部"), "名称没有变化"),
    ("taken name", lambda u: Rename(TODAY, u["450100-01"], "第二检察部", "一部"), "请换一个名称"),
    ("no name", lambda u: Rename(TODAY, u["450100-01"], "", ""), "请填写名称"),
    ("people inside", lambda u: Dissolve(TODAY, u["450100-02"]), "还有 2 人"),
    ("units inside", lambda u: Dissolve(TODAY, u["450100-P"]), "请先划转、合并或撤销"),
    ("the very top", lambda u: Dissolve(TODAY, u["450000"]), "最上级单位"),
    ("into itself", lambda u: Merge(TODAY, (u["450100-01"],), u["450100-01"]), "不能并入自己"),
    ("into another tree", lambda u: Merge(TODAY, (u["450100-01"],), u["450100-P01"]), "不能互相并入"),
    ("into another type", lambda u: Merge(TODAY, (u["450100-P01"],), u["450100-P"]), "只能并入"),
    ("on its first day", lambda u: Merge(FOUNDED, (u["450100-01"],), u["450100-02"]), "当日撤销"),
    ("paired already", lambda u: Pair(TODAY, u["450100-P02"], (u["450100-02"],)), "不必再设"),
    ("not paired", lambda u: Unpair(TODAY, u["450100-P01"], (u["450100-02"],)), "没有与"),
    ("two houses", lambda u: Pair(TODAY, u["450100-P01"], (u["450200-01"],)), "同一个院内"),
    ("no partner", lambda u: Pair(TODAY, u["450100-P01"], ()), "请至少选一个"),
    ("wrong side", lambda u: Pair(TODAY, u["450100-01"], (u["450100-P01"],)), "这里请选党组织"),
)  # fmt: skip


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_what_cannot_be_is_refused_with_the_ways_out(case, house: House) -> None:
    _, plan_of, said = case
    plan = plan_of(house.units)
    party = plan.named[0].tree == "party" or isinstance(plan, Pair)
    actor = shaper(house, "organ_committee" if party else "sysadmin")
    if case[0] == "wrong side":
        actor = shaper(house, "sysadmin")
    assert said in words(actor, plan)


def test_new_units_need_a_free_code_a_free_name_and_a_living_place(
    house: House, committee: Actor, sysadmin: Actor
) -> None:
    above = house.units["450100-P"]

    def said(body: Body, on: date = TODAY) -> str:
        return words(committee, Found(on, above, body))

    taken = Body(BRANCH, "第三党支部", "南宁市院第三党支部", "450100-P01")
    assert "代码“450100-P01”已用于" in said(taken)
    assert "数字、字母和短横线" in said(Body(BRANCH, "第三党支部", "三支部", "四 号"))
    assert "已有“南宁市院第一党支部”" in said(Body(BRANCH, "第一党支部", "一支部"))
    court = Body(UnitType.COUNTY, "某县人民检察院", "某县院")
    assert "六位行政区划代码" in words(sysadmin, Found(TODAY, house.units["450100"], court))
    reorganise(committee, Dissolve(FUTURE, house.units["450100-P01"]))
    group = Body(UnitType.GROUP, "第一党小组", "一小组")
    assert f"已定于 {FUTURE} 撤销" in words(
        committee, Found(TODAY, house.units["450100-P01"], group)
    )
    assert "已于" in words(committee, Found(date(2027, 1, 1), house.units["450100-P01"], group))


def test_what_is_already_decided_for_later_stands_in_the_way(
    house: House, sysadmin: Actor, committee: Actor
) -> None:
    unit = house.units["450103"]
    reorganise(sysadmin, Move(FUTURE, unit, house.units["450200"]))
    assert f"自 {FUTURE} 起已另有调整" in words(sysadmin, Rename(TODAY, unit, "新名", "新名"))
    branch = house.units["450100-P01"]
    appoint(house.people["lisi"], branch, "branch_organiser", FUTURE)
    said = words(committee, Dissolve(TODAY, branch))
    assert "另有安排（任职 1 项）" in said
    assert "请先撤回这些安排" in said


def test_a_joint_branch_takes_two_units_of_its_own_house(house: House, committee: Actor) -> None:
    body = Body(UnitType.JOINT_BRANCH, "联合党支部", "南宁市院联合党支部")
    above = house.units["450100-P"]
    assert "两个以上单位" in words(committee, Join(TODAY, above, body, (house.units["450100-01"],)))
    far = (house.units["450100-01"], house.units["450200-01"])
    assert "同一个院内" in words(committee, Join(TODAY, above, body, far))


# --- rights, log, order ----------------------------------------------------------------------


def test_each_tree_is_shaped_only_by_whom_it_is_granted(
    house: House, sysadmin: Actor, committee: Actor
) -> None:
    units = house.units
    with pytest.raises(Denied):
        reorganise(committee, Move(TODAY, units["450103"], units["450200"]))
    with pytest.raises(Denied):
        reorganise(sysadmin, Dissolve(TODAY, units["450100-P01"]))
    local = house.people["lisi"]
    appoint(local, units["450100"], "organ_committee", FOUNDED)
    actor = house.actor("lisi")
    far = Found(TODAY, units["450200"], Body(BRANCH, "党支部", "柳州市院党支部"))
    with pytest.raises(Denied):
        reorganise(actor, far)
    reorganise(actor, Dissolve(TODAY, units["450100-P01"]))


def test_one_line_of_the_log_holds_an_image_of_every_unit_it_changed(
    house: House, sysadmin: Actor
) -> None:
    plan = Move(PAST, house.units["450103"], house.units["450200"])
    outcome = reorganise(sysadmin, plan)
    write_down(sysadmin, outcome)
    event = Event.objects.get(verb="move")
    assert event.stream == "450103"
    assert event.detail == f"自 {PAST} 起青秀区院划转至柳州市院"
    change = audit.Change.read(bytes(event.image.body))
    images = {pk: (before, after) for pk, before, after in change.images()}
    assert {Unit.objects.get(pk=pk).code for pk in images} == {"450103", "450103-01", "450200"}
    before, after = images[house.units["450103-01"].pk]
    assert before is not None
    assert after is not None
    assert [len(before["placements"]), len(after["placements"])] == [1, 2]
    assert audit.verify().breaks == ()


def test_settling_again_and_later_gives_the_same(house: House, sysadmin: Actor) -> None:
    reorganise(sysadmin, Move(FUTURE, house.units["450103"], house.units["450200"]))
    late = datetime(2027, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")).date()
    settle_units(late)
    known = list(Unit.objects.order_by("pk").values_list())
    settle_units(FUTURE)
    settle_units(late)
    assert list(Unit.objects.order_by("pk").values_list()) == known
    assert Person.objects.get(staff_no=house.people["zhouba"].staff_no).court.code == "450103"
