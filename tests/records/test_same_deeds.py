"""Deeds that two units claim: found in a seeded ledger, through what one may read, and hinted at."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from rongjian.kernel.same_deeds import Deeds
from rongjian.kernel.sheets import Column, write_csv
from rongjian.ledgers.enterprise_contact import EnterpriseContact
from rongjian.ledgers.outreach import Outreach
from rongjian.org.actions import appoint
from rongjian.records import importing
from rongjian.records.actions import link, move, save
from rongjian.records.import_reading import Trouble
from rongjian.records.kinds import Deed, kind, kind_of
from rongjian.records.models import LinkKind
from rongjian.records.same_deeds import claim, claiming, twins
from tests.house import FOUNDED, House
from tests.records.seeded_deeds import seeded

if TYPE_CHECKING:
    from rongjian.records.models import Batch

CONTACTS = kind_of("enterprise-contact")
DAY = date(2026, 5, 1)
LEDGERS = ("outreach", "enterprise-contact", "assistance-project", "criminal-case")


def test_nearly_all_second_claims_are_found_and_hardly_anything_else() -> None:
    right = planted = named = 0
    for code in LEDGERS:
        given, ledger = seeded(code, 3000, 150, seed=5), kind_of(code)
        assert ledger.deed
        claims = [claim(ledger, place, row) for place, row in enumerate(given.rows)]
        pairs = Deeds(claims, ledger.deed.days).likenesses()
        found = {(each.first.place, each.second.place) for each in pairs}
        right += len(found & given.pairs)
        planted += len(given.pairs)
        named += len(found)
    assert planted == 600
    assert right / planted >= 0.95
    assert (named - right) / named <= 0.02


def contact(house: House, who: str, unit: str, enterprise: str) -> EnterpriseContact:
    values: dict[str, Any] = {"happened_on": DAY, "need": "case", "enterprise": enterprise}
    return save(house.actor(who), EnterpriseContact(unit=house.units[unit], **values))


@pytest.fixture
def desks(house: House) -> House:
    """Two cities with a clerk each, and somebody above both."""
    for who, unit in (("qian", "450100"), ("liu", "450200"), ("zhengshi", "450000")):
        appoint(house.people[who], house.units[unit], "organ_committee", FOUNDED)
    return house


def pairs(house: House, who: str) -> list[tuple[int, int]]:
    return [(twin.first, twin.second) for twin in twins(house.actor(who), CONTACTS)]


def test_only_who_may_read_both_is_told(desks: House) -> None:
    one = contact(desks, "qian", "450100", "广西桂宏物流有限公司")
    other = contact(desks, "liu", "450200", "桂宏物流公司")
    assert pairs(desks, "zhengshi") == [(one.pk, other.pk)]
    assert pairs(desks, "qian") == pairs(desks, "liu") == []


def test_what_was_linked_or_voided_is_known(desks: House) -> None:
    qian = desks.actor("qian")
    one = contact(desks, "qian", "450100", "广西桂宏物流有限公司")
    other = contact(desks, "qian", "450103", "桂宏物流公司")
    assert pairs(desks, "qian") == [(one.pk, other.pk)]
    link(qian, other, one, LinkKind.COOPERATE)
    assert pairs(desks, "qian") == []
    third = contact(desks, "qian", "450100-01", "桂宏物流有限公司")
    assert len(pairs(desks, "qian")) == 2
    move(qian, third, "void", detail="重复")
    assert pairs(desks, "qian") == []


def test_one_record_with_several_hosts_is_no_second_claim(desks: House) -> None:
    qian, units = desks.actor("qian"), desks.units
    values: dict[str, Any] = {"title": "走进桂宏小学", "happened_on": DAY, "audience": "school"}
    save(qian, Outreach(unit=units["450100"], hosts="450103", **values))
    assert twins(qian, kind_of("outreach")) == []
    save(qian, Outreach(unit=units["450103"], **values))
    assert len(twins(qian, kind_of("outreach"))) == 1


def imported(house: House, who: str, *rows: tuple[str, str]) -> Batch:
    headings = [Column(heading) for heading in ("单位", "企业或项目", "日期", "需求类别")]
    data = write_csv(headings, [(unit, name, str(DAY), "法律咨询") for unit, name in rows])
    unit = house.units["450200" if who == "liu" else "450100"]
    return importing.upload(house.actor(who), CONTACTS, unit, "企业.csv", data)


def hints(batch: Batch) -> dict[int, str]:
    rows = batch.rows.values_list("number", "problems")
    return {
        number: Trouble.read(problems["enterprise"]).words
        for number, problems in rows
        if "enterprise" in problems
    }


def test_an_import_names_what_another_unit_has_and_imports_all_the_same(desks: House) -> None:
    contact(desks, "qian", "450103", "广西桂宏物流有限公司")
    batch = imported(desks, "qian", ("450100", "桂宏物流公司"), ("450100", "德顺食品公司"))
    said = "可能与青秀区院已登记的“广西桂宏物流有限公司”是同一件事，请核实是否重复申报"
    assert hints(batch) == {2: said}
    assert importing.counts(batch).hints == 1
    assert importing.commit(desks.actor("qian"), batch).created == 2


def test_an_import_names_rows_of_two_units_in_one_file(desks: House) -> None:
    batch = imported(desks, "qian", ("450100", "桂宏物流公司"), ("450103", "桂宏物流有限公司"))
    assert hints(batch) == {
        2: "可能与第 3 行（青秀区院）是同一件事，请核实是否重复申报",
        3: "可能与第 2 行（南宁市院）是同一件事，请核实是否重复申报",
    }


def test_an_import_says_nothing_of_records_that_one_may_not_read(desks: House) -> None:
    contact(desks, "qian", "450100", "广西桂宏物流有限公司")
    assert hints(imported(desks, "liu", ("450200", "桂宏物流公司"))) == {}


def test_a_deed_is_told_by_nothing_private() -> None:
    assert claiming()
    for ledger in claiming():
        assert ledger.deed
        assert not set(ledger.deed.fields) & set(ledger.private)
    declare = kind(
        "toy",
        flow=CONTACTS.flow,
        access="work",
        group="",
        form=("unit", "demand"),
        columns=(),
        private=("demand",),
        deed=Deed(name=("demand",)),
    )
    with pytest.raises(ValueError, match="不得上行"):
        declare(EnterpriseContact)
