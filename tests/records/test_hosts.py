"""联办单位: what may be stated, who reads it, whose dues it answers, where it stands afterwards."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from rongjian.ledgers.activity import Activity
from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied, allowed, visible
from rongjian.org.actions import NewUnit, appoint, found
from rongjian.org.models import Tree, UnitType
from rongjian.org.plans import Move
from rongjian.records import importing
from rongjian.records.actions import move, save
from rongjian.records.bulk import BulkProblems, create_many
from rongjian.records.hosts import MOST
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Due, Record
from rongjian.records.queries import Wish, reading, wished
from rongjian.records.reorganisation import adjust, preview
from tests.house import FOUNDED, House
from tests.org.shapers import committee, sysadmin
from tests.records.import_files import xlsx

if TYPE_CHECKING:
    from rongjian.org.access import Actor

__all__ = ("committee", "sysadmin")

ACTIVITY = kind_of("activity")
DAY = date(2026, 6, 10)
OWN, MATE, OTHER = "450100-P02", "450103-P", "450200-P"


@pytest.fixture
def house(house: House) -> House:
    """The small house, with Party committees in the other procuratorates too."""
    houses = [house.units[code] for code in ("450103", "450200")]
    committees = [
        NewUnit(
            code=f"{court.code}-P",
            name="机关党委",
            short=f"{court.short}机关党委",
            tree=Tree.PARTY,
            type=UnitType.ORGAN_COMMITTEE,
            parent="",
            court=court.code,
            founded_on=FOUNDED,
        )
        for court in houses
    ]
    house.units.update(found(committees))
    return house


def activity(house: House, hosts: str = OTHER, **more: Any) -> Activity:
    values = {"type": "joint_activity", "topic": "共学", "happened_on": DAY, **more}
    return save(house.actor("lisi"), Activity(unit=house.units[OWN], hosts=hosts, **values))


def reader(house: House) -> Actor:
    """Who keeps the activities of the other host, and nothing in the first one."""
    appoint(house.people["liu"], house.units["450200"], "organ_committee", FOUNDED)
    return house.actor("liu")


def due(house: House, unit: str) -> Due:
    window = {"opens_on": date(2026, 6, 1), "due_on": date(2026, 6, 30)}
    return Due.objects.create(origin="deploy:1", unit=house.units[unit], kind="activity", **window)


# --- what is stated --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("450200-P、450103-P", "450103-P、450200-P"),
        ("450200-P, 450103-P；450200-P", "450103-P、450200-P"),
        ("", ""),
    ],
)
def test_the_same_hosts_are_the_same_text(house: House, written: str, kept: str) -> None:
    record = Activity.objects.get(pk=activity(house, written).pk)
    assert record.hosts == kept
    assert [row.unit.code for row in record.hosted_by.all()] == sorted(
        filter(None, kept.split("、"))
    )
    assert all(row.path == row.unit.path for row in record.hosted_by.all())


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        ("459999", "没有单位“459999”"),
        (OWN, "已是本条的单位"),
        ("450200", "“柳州市院”不能联办“活动记录”，只能是：党组、"),
        ("、".join(f"4599{n:02}" for n in range(MOST + 1)), f"最多 {MOST} 个"),
    ],
)
def test_hosts_that_cannot_be_are_refused_one_by_one_and_in_batches(
    house: House, hosts: str, said: str
) -> None:
    with pytest.raises(ValidationError, match=said) as refused:
        activity(house, hosts)
    assert "hosts" in refused.value.error_dict
    row = {"unit_id": house.units[OWN].pk, "hosts": hosts, "happened_on": DAY}
    with pytest.raises(BulkProblems, match=said):
        create_many(house.actor("lisi"), ACTIVITY, [row | {"type": "theme_day", "topic": "学习"}])
    assert not Record.objects.exists()


def test_kinds_about_people_have_one_unit() -> None:
    about_people = [kind.code for kind in kinds() if kind.joint and kind.model.member_field]
    assert not about_people
    assert {kind.code for kind in kinds() if kind.joint} >= {"activity", "joint-agreement"}


def test_the_images_of_a_change_carry_the_hosts(house: House) -> None:
    record = activity(house)
    record.hosts = MATE
    save(house.actor("lisi"), record)
    event = Event.objects.filter(record_id=record.pk, verb="edit").select_related("image").get()
    [(_, before, after)] = audit.Change.read(bytes(event.image.body)).images()
    assert before is not None
    assert after is not None
    assert (before["hosts"], after["hosts"]) == (OTHER, MATE)


# --- who reads, who changes ------------------------------------------------------------------


def test_the_people_of_a_host_read_it_and_do_nothing_else(house: House) -> None:
    record, other = activity(house), reader(house)
    alone = activity(house, "")
    rows = Activity.objects.filter(pk__in=[record.pk, alone.pk])
    assert [row.pk for row in visible(other, rows)] == [record.pk]
    assert [row.pk for row in visible(other, Record.objects.all())] == [record.pk]
    assert allowed(other, "view", "activity", record.unit, record)
    assert not allowed(other, "view", "activity", record.unit, alone)
    for verb in ("edit", "submit", "approve", "void", "export"):
        assert not visible(other, rows, verb).exists()
        assert not allowed(other, verb, "activity", record.unit, record)
    with pytest.raises(Denied):
        move(other, record, "void", detail="误录")
    record.topic = "改了"
    with pytest.raises(Denied):
        save(other, record)


def test_the_list_of_every_host_finds_it_and_that_above_finds_it_once(house: House) -> None:
    record = activity(house, f"{MATE}、{OTHER}")
    lisi = house.actor("lisi")
    read = reading(lisi, ACTIVITY)
    for code in (OWN, MATE, OTHER, "450103", "450200", "450100", "450000"):
        for then in (False, True):
            rows = wished(ACTIVITY, read, Wish(unit=house.units[code], then=then))
            assert [row.pk for row in rows] == [record.pk], (code, then)
    nowhere = Wish(unit=house.units["450100-P01"])
    assert not wished(ACTIVITY, read, nowhere).exists()


# --- dues ------------------------------------------------------------------------------------


@pytest.mark.parametrize("at_once", [True, False])
def test_it_answers_what_each_of_its_hosts_owes(house: House, at_once: bool) -> None:
    own, other, nobody = (due(house, code) for code in (OWN, OTHER, MATE))
    if at_once:
        activity(house)
    else:
        row = {"unit_id": house.units[OWN].pk, "hosts": OTHER, "happened_on": DAY}
        create_many(house.actor("lisi"), ACTIVITY, [row | {"type": "theme_day", "topic": "学习"}])
    assert [each.answers.count() for each in (own, other, nobody)] == [1, 1, 0]


def test_who_no_longer_hosts_owes_again(house: House) -> None:
    record, owed = activity(house, f"{MATE}、{OTHER}"), due(house, OTHER)
    save(house.actor("lisi"), record)
    assert owed.answers.count() == 1
    record.hosts = MATE
    save(house.actor("lisi"), record)
    assert owed.answers.count() == 0
    assert [row.unit.code for row in record.hosted_by.all()] == [MATE]


# --- afterwards ------------------------------------------------------------------------------


def test_a_moved_host_takes_the_record_along(house: House, sysadmin: Actor) -> None:
    record = activity(house, MATE)
    plan = Move(date(2026, 6, 1), house.units["450103"], house.units["450200"])
    foreseen = preview(sysadmin, plan)
    assert (foreseen.recounted, foreseen.restamped) == (1, 1)
    adjust(sysadmin, plan)
    assert [row.path for row in record.hosted_by.all()] == ["450000/450200/450103/450103-P/"]
    record.refresh_from_db()
    assert record.path == house.units[OWN].path


def test_an_import_takes_hosts_by_name_and_undoing_gives_them_back(house: House) -> None:
    record, lisi = activity(house, MATE, key="HD-1"), house.actor("lisi")
    rows: list[list[object]] = [
        ["编号", "单位", "活动类型", "日期", "主题", "联办单位"],
        ["HD-1", OWN, "支部联建", "2026-06-10", "共学", "柳州市院机关党委，南宁市院第一党支部"],
        ["HD-2", OWN, "支部联建", "2026-06-11", "共学", "柳洲市院机关党委"],
    ]
    batch = importing.upload(lisi, ACTIVITY, house.units[OWN], "联建.xlsx", xlsx(rows))
    assert batch.rows.get(number=3).problems["hosts"]["suggestion"] == "柳州市院机关党委"
    importing.commit(lisi, batch)
    record.refresh_from_db()
    assert record.hosts == "450100-P01、450200-P"
    importing.undo(lisi, batch)
    record.refresh_from_db()
    assert record.hosts == MATE
    assert [row.unit.code for row in record.hosted_by.all()] == [MATE]
