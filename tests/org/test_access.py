"""Access: what is not listed is denied; lists and single checks agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rongjian.kernel.content import CONTENT, ContentError
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.org import access, roles
from rongjian.org.actions import appoint
from rongjian.records.actions import save
from rongjian.records.models import Record
from tests.house import FOUNDED, House

DAY = date(2026, 3, 5)


def handled(house: House, who: str, unit: str, key: str) -> HandledPerson:
    return save(
        house.actor(who),
        HandledPerson(
            unit=house.units[unit], key=key, decision="prosecuted", happened_on=DAY, charge="盗窃"
        ),
    )


def test_casework_stays_inside_its_procuratorate_and_goes_up_as_projection(house: House) -> None:
    row = handled(house, "qian", "450100-01", "A1")
    below = handled(house, "zhouba", "450103-01", "B1")
    rows = HandledPerson.objects.all()
    assert set(access.visible(house.actor("qian"), rows)) == {row}
    assert set(access.visible(house.actor("qian"), rows, "project")) == {row, below}
    assert set(access.visible(house.actor("zhengshi"), rows, "project")) == {row, below}
    assert not access.visible(house.actor("zhengshi"), rows).exists()
    assert not access.visible(house.actor("liu"), rows, "project").exists()
    for verb in ("view", "project", "figures"):
        assert not access.visible(house.actor("lisi"), rows, verb).exists()


def test_a_branch_post_reaches_its_branch_and_what_is_paired_with_it(house: House) -> None:
    lisi = house.actor("lisi")
    assert access.allowed(lisi, "create", "activity", house.units["450100-P02"])
    assert access.allowed(lisi, "create", "activity", house.units["450100-02"])
    assert not access.allowed(lisi, "create", "activity", house.units["450100-P01"])


def test_single_check_and_list_agree_for_everybody_and_every_unit(house: House) -> None:
    for number, unit in enumerate(u for u in house.units.values() if u.tree == "business"):
        keeper = next(
            name
            for name in ("qian", "zhouba", "liu", "zhengshi")
            if access.allowed(house.actor(name), "create", "casework", unit)
        )
        handled(house, keeper, unit.code, f"K{number}")
    for name in house.people:
        actor = house.actor(name)
        for verb in ("view", "project", "figures", "edit"):
            listed = set(access.visible(actor, HandledPerson.objects.all(), verb))
            single = {
                row
                for row in HandledPerson.objects.select_related("unit")
                if access.allowed(actor, verb, "casework", row.unit)
            }
            assert listed == single, (name, verb)


def test_the_base_table_shows_each_kind_by_its_own_rules(house: House) -> None:
    handled(house, "qian", "450100-01", "A1")
    activity = save(
        house.actor("lisi"),
        Activity(
            unit=house.units["450100-P02"], type="theme_day", happened_on=DAY, topic="主题党日"
        ),
    )
    seen = access.visible(house.actor("lisi"), Record.objects.all())
    assert [record.pk for record in seen] == [activity.pk]


def test_a_right_ends_with_its_post(house: House) -> None:
    person = house.people["liu"]
    person.posts.all().delete()
    appoint(person, house.units["450200"], "case_manager", FOUNDED, until=date(2026, 6, 24))
    assert not access.may_somewhere(house.actor("liu"), "create", "casework")


def test_explain_names_the_post_or_the_roles_that_would_do(house: House) -> None:
    unit = house.units["450100-01"]
    assert "案件管理" in access.explain(house.actor("qian"), "create", "casework", unit)
    refusal = access.explain(house.actor("lisi"), "create", "casework", unit)
    assert "没有权限" in refusal
    assert "案件管理" in refusal
    with pytest.raises(access.Denied):
        access.require(house.actor("lisi"), "create", "casework", unit)


def test_administrators_reach_no_business(house: House) -> None:
    person = house.people["liu"]
    for role in ("sysadmin", "secadmin", "auditor"):
        person.posts.all().delete()
        appoint(person, house.units["450000"], role, FOUNDED)
        for code in ("casework", "activity"):
            for verb in ("view", "project", "create", "edit", "export"):
                assert not access.may_somewhere(house.actor("liu"), verb, code), (code, verb)


def test_reach_units_lists_where_one_may_write(house: House) -> None:
    reached = access.reach_units(house.actor("lisi"), "create", "activity")
    assert [unit.code for unit in reached] == ["450100-02", "450100-P02"]


def test_an_unknown_role_stops_the_start_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (CONTENT / "roles.yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "roles.yaml"
    wrong.write_text(text.replace("{role: chief, may: [project", "{role: chef, may: [project"))
    monkeypatch.setattr(roles, "CONTENT", tmp_path)
    access.classes.cache_clear()
    access.roles.cache_clear()
    try:
        with pytest.raises(ContentError) as caught:
            access.classes()
    finally:
        access.classes.cache_clear()
        access.roles.cache_clear()
    assert caught.value.line == 1 + text[: text.index("{role: chief, may: [project")].count("\n")
    assert "chef" in str(caught.value)
