"""Setting up a task force: approval founds its unit, seconding is dated, the end takes all back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from rongjian.ledgers import seconding
from rongjian.ledgers.task_force import TaskForce
from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied, actor_of
from rongjian.org.models import Affiliation, Pairing, Placement, Post, Unit
from rongjian.org.rosters import roster
from rongjian.records.actions import WrongState, move, save
from tests import forces
from tests.forces import BEGAN, founded, staffed, unit_of
from tests.house import NOW, House


@pytest.fixture
def office(house: House) -> House:
    return forces.office(house)


def test_there_is_no_unit_before_somebody_else_approves(office: House) -> None:
    record = forces.setup(office)
    move(office.actor("head"), record, "submit")
    assert record.task_force is None
    assert not Unit.objects.filter(type="task_force").exists()
    for who in ("head", "lisi"):
        with pytest.raises((Denied, WrongState)):
            move(office.actor(who), record, "approve")
    own = save(office.actor("weiw"), TaskForce(**_values(office, "自己的专班")))
    move(office.actor("weiw"), own, "submit")
    with pytest.raises(WrongState, match="经办人以外"):
        move(office.actor("weiw"), own, "approve")


def _values(house: House, name: str) -> dict[str, object]:
    return {
        "unit": house.units["450100-02"],
        "basis": "党组会议决定",
        "name": name,
        "leader": house.people["weiw"],
        "happened_on": BEGAN,
        "ends_on": forces.ENDS,
    }


def test_approval_founds_the_unit_below_who_sets_it_up_and_seconds_the_leader(
    office: House,
) -> None:
    unit = unit_of(founded(office))
    assert (unit.code, unit.name) == ("450100-T001", "南宁市人民检察院专项办案专班")
    assert unit.path == office.units["450100-02"].path + "450100-T001/"
    assert (unit.founded_on, unit.dissolved_on) == (BEGAN, None)
    placed = Placement.objects.get(unit=unit)
    assert (placed.parent, placed.valid_from) == (office.units["450100-02"], BEGAN)
    assert roster(unit, BEGAN).people == (office.people["head"],)
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["create", "submit", "found", "second", "approve"]
    assert audit.verify().breaks == ()


def test_codes_count_on_and_names_are_not_taken_twice(office: House) -> None:
    assert unit_of(founded(office, "甲专班")).code == "450100-T001"
    assert unit_of(founded(office, "乙专班")).code == "450100-T002"
    with pytest.raises(WrongState, match="已有同名的专班"):
        founded(office, "甲专班")
    assert Unit.objects.filter(type="task_force").count() == 2


def test_a_day_before_the_setting_up_unit_existed_is_refused(office: House) -> None:
    record = forces.setup(office, happened_on=date(2014, 12, 31))
    move(office.actor("head"), record, "submit")
    with pytest.raises(WrongState, match="早于南宁市院第二检察部的成立日期 2015-01-01"):
        move(office.actor("weiw"), record, "approve")
    record.refresh_from_db()
    assert record.state == "submitted"


def test_it_ends_after_it_began_and_a_sealed_record_keeps_name_and_day(office: House) -> None:
    with pytest.raises(ValidationError, match="早于开始日期"):
        forces.setup(office, ends_on=BEGAN - timedelta(days=1))
    record = founded(office)
    record.name = "另一个名字"
    with pytest.raises(ValidationError, match="“在办”之后不能再改“专班名称”"):
        save(office.actor("head"), record)
    record = TaskForce.objects.get(pk=record.pk)
    record.ends_on = date(2027, 3, 1)
    assert save(office.actor("head"), record).version == record.version


def test_it_can_only_be_about_a_procuratorate_or_a_department(office: House) -> None:
    force = unit_of(founded(office))
    with pytest.raises(
        ValidationError, match="只能记在这些单位上：自治区院、市院、基层院、内设机构"
    ):
        forces.setup(office, unit=force)


def test_seconding_is_dated_logged_and_moves_nobody(office: House) -> None:
    unit = unit_of(founded(office))
    [outsider] = forces.colleagues(office, 1, court="450103")
    new = seconding.second(
        office.actor("head"), unit, [office.people["lisi"], outsider, office.people["head"]], BEGAN
    )
    assert new == [office.people["lisi"], outsider]
    assert set(roster(unit, BEGAN).people) == {*new, office.people["head"]}
    assert roster(unit, BEGAN - timedelta(days=1)).people == ()
    outsider.refresh_from_db()
    assert outsider.branch == office.units["450100-P02"]
    today = office.actor("head").today
    assert seconding.release(office.actor("head"), unit, [outsider.pk], today) == 1
    assert outsider in roster(unit, today - timedelta(days=1)).people
    assert outsider not in roster(unit, today).people
    last = list(Event.objects.order_by("-pk").values_list("verb", "stream")[:2])
    assert last == [("release", "450100"), ("second", "450100")]


@pytest.mark.parametrize(
    ("who", "error"), [("lisi", Denied), ("qian", None), ("zhouba", Denied), ("weiw", None)]
)
def test_whoever_may_edit_the_work_seconds(office: House, who: str, error: type | None) -> None:
    unit = unit_of(founded(office))
    people = forces.colleagues(office, 1)
    if error:
        with pytest.raises(error):
            seconding.second(office.actor(who), unit, people, BEGAN)
        assert len(roster(unit, BEGAN).people) == 1
    else:
        assert seconding.second(office.actor(who), unit, people, BEGAN) == people


def test_bad_days_and_the_leader_are_refused(office: House) -> None:
    record = founded(office)
    unit, head = unit_of(record), office.actor("head")
    with pytest.raises(ValidationError, match="早于专班开始日期 2026-06-01"):
        seconding.second(head, unit, forces.colleagues(office, 1), date(2026, 5, 31))
    with pytest.raises(ValidationError, match="组长不能移出"):
        seconding.release(head, unit, [office.people["head"].pk], head.today)
    move(office.actor("weiw"), record, "end", detail="任务完成")
    with pytest.raises(ValidationError, match="撤销，不能再抽调人员"):
        seconding.second(
            head, Unit.objects.get(pk=unit.pk), forces.colleagues(office, 1), head.today
        )


def test_names_are_looked_for_in_the_own_house_and_numbers_everywhere(office: House) -> None:
    one, other = forces.colleagues(office, 2)
    other.name = one.name
    other.save()
    [far] = forces.colleagues(office, 1, court="450103")
    head = office.actor("head")
    found, unclear = seconding.named_people(head, f"L某、{far.staff_no}，\n L某")
    assert (found, unclear) == ([office.people["lisi"], far], [])
    found, unclear = seconding.named_people(head, f"{one.name} {far.name}")
    assert found == []
    assert unclear == [
        f"“{one.name}”有 2 人，请写工号：{one.staff_no}、{other.staff_no}",
        f"没有找到“{far.name}”：本院人员写姓名或工号，外院人员写工号",
    ]


def test_the_end_takes_back_people_pairing_and_posts(office: House) -> None:
    record = founded(office)
    staffed(office, 3, record)
    branch = forces.approved(office, record).branch
    assert branch is not None
    unit, today = unit_of(record), office.actor("weiw").today
    record = TaskForce.objects.select_related("unit__court", "court").get(pk=record.pk)
    move(office.actor("weiw"), record, "end", detail="任务完成")
    unit.refresh_from_db()
    branch.refresh_from_db()
    assert unit.dissolved_on == branch.dissolved_on == today
    assert not Pairing.objects.filter(valid_to=None, business_unit=unit).exists()
    assert not Post.objects.filter(valid_to=None, unit=branch).exists()
    assert not Affiliation.objects.filter(valid_to=None, unit=unit).exists()
    assert roster(unit, today - timedelta(days=1)).full == 3
    assert roster(unit, today).full == 0
    # Its records go on counting where it stood.
    assert Placement.objects.get(unit=unit).valid_to is None
    head = actor_of(office.people["head"], NOW)
    assert {post.unit.code for post in head.posts} == {"450100", "450100-02", "450100-P02"}
    assert audit.verify().breaks == ()
