"""Reorganising and the records: preview, places of the day, dues, and every total on every day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from rongjian.facts import extract
from rongjian.indicators import figures, refresh, trace
from rongjian.kernel.periods import Period
from rongjian.log.models import Event
from rongjian.org.access import Denied, visible
from rongjian.org.actions import appoint
from rongjian.org.models import Placement, Unit, UnitType
from rongjian.org.plans import Body, Dissolve, Found, Join, Merge, Move, Rename
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Due, Record
from rongjian.records.reorganisation import adjust, preview, settle
from tests.house import FOUNDED, NOW, House
from tests.org.shapers import committee, sysadmin

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

    from rongjian.org.access import Actor

__all__ = ("committee", "sysadmin")

TODAY = NOW.date()
PAST, FUTURE = date(2024, 3, 1), date(2026, 9, 1)
EVE = timedelta(days=1)
DAYS = (date(2024, 2, 10), date(2024, 3, 10), date(2025, 6, 10))
PERIOD = Period.parse("2024-01..2026-12")


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> None:
    """Facts and figures of this test alone."""
    settings.FACTS_DIR, settings.FIGURES_DIR = tmp_path / "facts", tmp_path / "figures"


def write(house: House, name: str = "zhouba", unit: str = "450103-01") -> list[int]:
    rows = [
        {
            "unit_id": house.units[unit].pk,
            "key": f"{unit}-{day}",
            "decision": "prosecuted",
            "happened_on": day,
            "charge": "盗窃",
        }
        for day in DAYS
    ]
    return create_many(house.actor(name), kind_of("handled-person"), rows)


def paths(ids: list[int]) -> list[str]:
    return list(
        Record.objects.filter(pk__in=ids).order_by("happened_on").values_list("path", flat=True)
    )


def count(code: str, organised: Any, **more: Any) -> int:
    """The figure by the engine, which must be what the records say."""
    unit = Unit.objects.get(code=code)
    found = figures.figure("prosecuted", unit, PERIOD, organised=organised, **more)
    assert (
        found.records == trace.recount("prosecuted", unit, PERIOD, organised, more.get("under", ""))
        or 0
    )
    return found.records


def tick() -> None:
    extract.refresh()
    refresh.refresh(TODAY)


def test_a_past_day_puts_later_records_where_their_unit_then_stood(
    house: House, sysadmin: Actor
) -> None:
    ids = write(house)
    tick()
    assert count("450100", "then") == count("450100", "now") == 3
    adjust(sysadmin, Move(PAST, house.units["450103"], house.units["450200"]))
    old, new = "450000/450100/450103/450103-01/", "450000/450200/450103/450103-01/"
    assert paths(ids) == [old, new, new]
    tick()
    assert [count("450100", "then"), count("450200", "then")] == [1, 2]
    assert [count("450100", "now"), count("450200", "now")] == [0, 3]
    assert count("450000", "then") == count("450000", "now") == 3
    assert "2 条记录改记当时位置" in Event.objects.get(verb="move").detail


def test_the_units_below_then_add_up_though_one_has_moved(house: House, sysadmin: Actor) -> None:
    write(house)
    adjust(sysadmin, Move(PAST, house.units["450103"], house.units["450200"]))
    tick()
    for code, expected in (("450100", 1), ("450200", 2)):
        unit = Unit.objects.get(code=code)
        below = figures.children("prosecuted", unit, PERIOD, organised="then")
        assert [(each.code, found.records) for each, found in below] == [("450103", expected)]
        assert count("450103", "then", under=code) == expected
    assert count("450103", "then") == 3


def test_a_future_day_changes_figures_when_it_comes(house: House, sysadmin: Actor) -> None:
    write(house)
    adjust(sysadmin, Move(FUTURE, house.units["450103"], house.units["450200"]))
    tick()
    assert count("450200", "now") == 0
    assert settle(FUTURE - EVE) == 0
    assert settle(FUTURE) == 2
    assert settle(FUTURE) == 0
    tick()
    assert [count("450200", "now"), count("450200", "then")] == [3, 0]


def test_whose_procuratorate_a_record_is_follows_its_unit(house: House, sysadmin: Actor) -> None:
    ids = write(house)
    adjust(sysadmin, Move(PAST, house.units["450103-01"], house.units["450200"]))
    courts = Record.objects.filter(pk__in=ids).values_list("court__code", flat=True)
    assert set(courts) == {"450200"}


def test_a_merged_unit_counts_in_its_heir_now_and_by_itself_then(
    house: House, sysadmin: Actor
) -> None:
    write(house, "qian", "450100-01")
    adjust(sysadmin, Merge(FUTURE, (house.units["450100-01"],), house.units["450100-02"]))
    settle(FUTURE)
    tick()
    assert [count("450100-02", "now"), count("450100-02", "then")] == [3, 0]
    assert [count("450100-01", "now"), count("450100-01", "then")] == [3, 3]


def test_the_preview_tells_everything_and_changes_nothing(house: House, committee: Actor) -> None:
    plan = Merge(PAST, (house.units["450100-P02"],), house.units["450100-P01"])
    due = Due.objects.create(
        origin="r", unit=house.units["450100-P02"], kind="activity", opens_on=PAST, due_on=FUTURE
    )
    create_many(
        house.actor("lisi"),
        kind_of("activity"),
        [
            {
                "unit_id": house.units["450100-P02"].pk,
                "type": "theme_day",
                "topic": "学习",
                "happened_on": day,
            }
            for day in DAYS
        ],
    )
    before = list(Placement.objects.order_by("pk").values_list())
    seen = preview(committee, plan)
    assert seen.possible
    assert [(c.name, c.was, c.becomes) for c in seen.changes] == [
        (
            "南宁市院第二党支部",
            "南宁市院 › 南宁市院机关党委 › 南宁市院第二党支部",
            "南宁市院机关党委 › 南宁市院第一党支部 › 南宁市院第二党支部（撤销）",
        )
    ]
    assert (seen.recounted, seen.restamped, seen.dues) == (3, 2, 1)
    assert seen.paired == ("南宁市院第一党支部—南宁市院第二检察部",)
    assert len(seen.posts) == 2
    assert list(Placement.objects.order_by("pk").values_list()) == before
    assert not Event.objects.filter(verb="merge").exists()
    adjust(committee, plan)
    due.refresh_from_db()
    assert due.unit == house.units["450100-P01"]


def test_a_preview_says_what_the_rules_find_in_the_units_concerned(
    house: House, committee: Actor
) -> None:
    offices = (house.units["450100-01"], house.units["450100-02"])
    body = Body(UnitType.JOINT_BRANCH, "联合党支部", "南宁市院联合党支部")
    seen = preview(committee, Join(TODAY, house.units["450100-P"], body, offices))
    # Three full members come together, so the new branch is large enough; who is left is told of.
    assert seen.checks is not None
    left, rule = seen.checks[0].split("。", 1)
    assert left == "第二党支部：正式党员 0 名，不满 3 名"
    assert rule.startswith("正式党员满 3 名的单位应当成立党支部")
    assert not [words for words in seen.checks if words.startswith("联合党支部")]
    assert not Unit.objects.filter(short="南宁市院联合党支部").exists()


def test_a_refused_preview_says_why(house: House, sysadmin: Actor) -> None:
    seen = preview(sysadmin, Dissolve(TODAY, house.units["450100-02"]))
    assert not seen.possible
    assert [each.field for each in seen.refusals] == ["unit"]
    with pytest.raises(Denied):
        preview(house.actor("lisi"), Move(TODAY, house.units["450103"], house.units["450200"]))


def test_dues_without_an_heir_end_the_day_before_with_the_reason(
    house: House, committee: Actor
) -> None:
    unit = house.units["450100-P01"]
    for opens, due in ((PAST, FUTURE + EVE), (FUTURE, FUTURE + EVE), (PAST, FUTURE - EVE)):
        Due.objects.create(
            origin=f"r{opens}{due}", unit=unit, kind="activity", opens_on=opens, due_on=due
        )
    adjust(committee, Dissolve(FUTURE, unit))
    left = Due.objects.filter(unit=unit).order_by("pk").values_list("due_on", "reason")
    assert list(left) == [
        (FUTURE - EVE, f"南宁市院第一党支部自 {FUTURE} 起撤销"),
        (FUTURE - EVE, ""),
    ]


def test_sent_twice_it_is_done_once(house: House, committee: Actor) -> None:
    body = Body(UnitType.BRANCH, "第三党支部", "南宁市院第三党支部")
    plan = Found(TODAY, house.units["450100-P"], body)
    made = adjust(committee, plan, key="once")
    assert adjust(committee, plan, key="once") == made
    assert Unit.objects.filter(name="第三党支部").count() == 1
    assert Event.objects.filter(verb="found").count() == 1


def test_a_name_of_the_past_changes_no_figure_but_the_facts_stay_right(
    house: House, sysadmin: Actor
) -> None:
    write(house)
    tick()
    known = count("450103", "then")
    adjust(sysadmin, Rename(PAST, house.units["450103-01"], "刑事检察部", "青秀区院刑事检察部"))
    tick()
    assert count("450103", "then") == known


def test_rights_go_with_the_place_of_today(house: House, sysadmin: Actor) -> None:
    appoint(house.people["liu"], house.units["450200"], "inspector", FOUNDED)
    write(house)
    rows = Record.objects.filter(kind="handled-person")
    assert (
        visible(
            house.actor("liu"), kind_of("handled-person").model._default_manager.all(), "project"
        ).count()
        == 0
    )
    adjust(sysadmin, Move(PAST, house.units["450103"], house.units["450200"]))
    seen = visible(
        house.actor("liu"), kind_of("handled-person").model._default_manager.all(), "project"
    )
    assert seen.count() == rows.count() == 3
