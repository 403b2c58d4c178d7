"""Search finds what is there, for whom it is there, on both databases alike."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.care import Care
from rongjian.ledgers.enterprise_contact import EnterpriseContact
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.org.finding import Directory
from rongjian.org.models import Unit
from rongjian.records import indexing, postings
from rongjian.records.actions import move, save
from rongjian.records.bulk import create_many, void_many
from rongjian.records.find_models import Findable
from rongjian.records.finding import Wanted, find
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Batch, BatchState, Record
from tests.house import FOUNDED, NOW
from tests.records.find_corpus import CLASSES, made, questions, recall

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from tests.house import House
    from tests.records.find_corpus import Made

DAY = date(2026, 3, 5)
WRITERS = {"450000": "zhengshi", "450100": "qian", "450103": "zhouba", "450200": "liu"}
CONTACTS = kind_of("enterprise-contact")


def found(actor: Actor, typed: str, **limits: Any) -> list[int]:
    """The records that somebody finds, the best first."""
    return [hit.pk for hit in find(actor, Wanted(typed, **limits), Directory.load()).hits]


def contact(house: House, name: str = "qian", **values: Any) -> EnterpriseContact:
    """A contact with an enterprise, by the case manager of a house."""
    actor = house.actor(name)
    given = {
        "unit": actor.person.court, "happened_on": DAY, "enterprise": "某食品企业", "need": "case",
        "leader": actor.person, **values,
    }  # fmt: skip
    return save(actor, EnterpriseContact(**given))


def deed(house: House, name: str = "qian", unit: str = "450100-01", **values: Any) -> HandledPerson:
    given = {
        "unit": house.units[unit], "happened_on": DAY, "key": "BG-1", "charge": "盗窃",
        "decision": "prosecuted", **values,
    }  # fmt: skip
    return save(house.actor(name), HandledPerson(**given))


# --- labelled questions ------------------------------------------------------------------------


@pytest.fixture
def corpus(house: House) -> dict[int, Made]:
    """Four thousand records in all four houses, by their numbers in the database."""
    stored: dict[int, Made] = {}
    units = [code for code, unit in house.units.items() if unit.tree == "business"]
    by_court: dict[str, list[Made]] = defaultdict(list)
    for row in made(units, 4000, seed=1):
        by_court[row.unit.split("-")[0]].append(row)
    for court, rows in by_court.items():
        given = [row.row(house.units[row.unit].pk) for row in rows]
        ids = create_many(house.actor(WRITERS[court]), kind_of("outreach"), given)
        stored |= dict(zip(ids, rows, strict=True))
    return stored


@pytest.mark.parametrize(("name", "reach"), [("lisi", "450100"), ("zhengshi", "")])
def test_of_ten_that_are_meant_nearly_all_stand_among_the_first_ten(
    house: House, corpus: dict[int, Made], name: str, reach: str
) -> None:
    actor, directory = house.actor(name), Directory.load()
    names = {code: unit.short for code, unit in house.units.items()}
    seen = {pk: row for pk, row in corpus.items() if row.unit.split("-")[0] in (reach or row.unit)}
    shares: dict[str, list[float]] = defaultdict(list)
    bodies = [row for row in seen.values() if "-" in row.unit]
    for question in questions(bodies, names, 300, seed=2):
        hits = find(actor, Wanted(question.typed), directory)
        relevant = {pk for pk, row in seen.items() if question.means(row)}
        shares[question.sort].append(recall([hit.pk for hit in hits.hits], relevant))
        if not hits.more and question.sort not in ("initials", "pinyin"):
            assert relevant <= {hit.pk for hit in hits.hits}, question
        assert {hit.pk for hit in hits.hits} <= set(seen), question
    assert sorted(shares) == sorted(CLASSES)
    worst = {sort: sum(each) / len(each) for sort, each in shares.items()}
    assert min(worst.values()) >= 0.95, worst


def test_the_newest_of_equally_good_ones_come_first_however_many_there_are(
    house: House, corpus: dict[int, Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The days are walked backwards where there are more than are looked at."""
    monkeypatch.setattr("rongjian.records.finding.MOST", 60)
    actor = house.actor("zhengshi")
    hits = find(actor, Wanted("活动"), Directory.load())
    days = [row.day for row in corpus.values() if "活动" in row.title]
    assert hits.more
    assert len(hits.hits) == 60
    assert [corpus[hit.pk].day for hit in hits.hits[:40]] == sorted(days, reverse=True)[:40]


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "邕江", "邕", "邕江沿岸", "邕江 食品", "某食品", "涉案事项", "LQ-2026-031", "lq", "２０２６-031", "(2026)",
        "【2026】", "3600", "2026-03-05", "2026年3月", "2026年3月5日", "20260305", "2026 邕江", "联系企业", "lxqy",
        "lianxiqiye", "mspqy", "shipinqiye", "南宁市院", "南宁", "nnsy", "nanningshiyuan", "南寧市檢察院",
        "南宁市人民检察院", "邕江沿岸某食品企业",
    ],
)  # fmt: skip
def test_a_record_is_found_by(house: House, typed: str) -> None:
    record = contact(
        house,
        enterprise="邕江沿岸某食品企业",
        key="LQ-2026-031",
        demand="〔2026〕号文所列事项，涉及3,600元",
    )
    contact(house, "liu", enterprise="柳江沿岸造纸厂", need="ip", happened_on=date(2025, 4, 6))
    assert found(house.actor("qian"), typed) == [record.pk]


@pytest.mark.parametrize(
    "typed", ["", "　", "，", "柳江", "邕江 造纸", "沿江", "食品某", "2024年", "ms", "——"]
)
def test_a_record_is_not_found_by(house: House, typed: str) -> None:
    contact(house, enterprise="邕江沿岸某食品企业")
    assert found(house.actor("qian"), typed) == []


def test_the_title_counts_before_other_texts_and_these_before_the_day(house: House) -> None:
    old = contact(house, enterprise="螺蛳粉厂", happened_on=DAY - timedelta(days=900))
    new = contact(house, enterprise="螺蛳粉厂加工点", happened_on=DAY)
    newer = contact(
        house, enterprise="某甲企业", demand="螺蛳粉原料", happened_on=DAY + timedelta(1)
    )
    assert found(house.actor("qian"), "螺蛳粉") == [new.pk, old.pk, newer.pk]
    assert found(house.actor("qian"), "螺蛳粉厂") == [old.pk, new.pk]


def test_ledger_unit_and_days_limit_what_is_found(house: House) -> None:
    here = contact(house, enterprise="螺蛳粉厂")
    below = contact(house, "zhouba", enterprise="螺蛳粉厂", happened_on=date(2025, 1, 1))
    qian = house.actor("qian")
    assert found(qian, "螺蛳粉") == [here.pk, below.pk]
    assert found(qian, "螺蛳粉", unit=house.units["450103"]) == [below.pk]
    assert found(qian, "螺蛳粉", first=date(2026, 1, 1), last=date(2026, 12, 31)) == [here.pk]
    assert found(qian, "螺蛳粉", first=date(2010, 1, 1), last=date(2025, 12, 31)) == [below.pk]
    assert found(qian, "螺蛳粉", last=date(2025, 12, 31)) == [below.pk]
    assert found(qian, "螺蛳粉", kind="outreach") == []
    assert found(qian, "螺蛳粉", kind="enterprise-contact") == [here.pk, below.pk]


# --- who finds what -----------------------------------------------------------------------------


def test_what_is_not_visible_is_not_found(house: House) -> None:
    record = contact(house, enterprise="螺蛳粉厂")
    assert found(house.actor("qian"), "螺蛳粉") == [record.pk]
    assert found(house.actor("lisi"), "螺蛳粉") == [record.pk]
    assert found(house.actor("zhengshi"), "螺蛳粉") == [record.pk]
    assert found(house.actor("liu"), "螺蛳粉") == []
    assert found(house.actor("zhouba"), "螺蛳粉") == []


def test_a_withheld_field_does_not_lead_a_superior_to_its_row(house: House) -> None:
    record = deed(house, note="螺蛳粉备注", charge="组织卖淫")
    superior, own = house.actor("zhengshi"), house.actor("qian")
    assert found(own, "螺蛳粉") == found(own, "螺") == [record.pk]
    assert found(own, "lsfbz") == []
    for typed in ("螺蛳粉", "螺", "备注", "卖淫 螺蛳粉"):
        assert found(superior, typed) == [], typed
    hits = find(superior, Wanted("卖淫"), Directory.load()).hits
    assert [(hit.pk, hit.projected) for hit in hits] == [(record.pk, True)]
    assert not find(superior, Wanted("卖淫"), Directory.load(), projections=False).hits


def test_people_lead_to_rows_only_where_their_page_names_them(house: House) -> None:
    """At home below L3, or in ledgers about people; never in casework, never from above."""
    qian = house.people["qian"]
    qian.name = "覃单曾"
    qian.save()
    named = contact(house, enterprise="某企业")
    deed(house, handler=qian)
    for typed in ("覃单曾", "覃单", "qdc", "qindanceng"):
        assert found(house.actor("qian"), typed) == [named.pk], typed
        assert found(house.actor("lisi"), typed) == [named.pk], typed
        assert found(house.actor("zhengshi"), typed) == [], typed


def test_rows_about_people_are_found_by_them_and_by_no_colleague(house: House) -> None:
    lisi, wangwu = house.people["lisi"], house.people["wangwu"]
    for person in (lisi, wangwu):
        branch = house.units["450100-P02"]
        person.affiliations.create(unit=branch, kind="home", valid_from=FOUNDED)
    lisi.name = "韦某春"
    lisi.save()
    own = save(
        house.actor("wangwu"),
        Care(
            unit=house.units["450100-P02"], person=lisi, happened_on=DAY, occasion="festival",
            manner="visit",
        ),
    )  # fmt: skip
    assert found(house.actor("lisi"), "韦某春") == [own.pk]
    assert found(house.actor("lisi"), "节日走访") == [own.pk]
    assert found(house.actor("qian"), "节日走访") == []
    assert found(house.actor("zhengshi"), "韦某春") == []


# --- in step with the records -----------------------------------------------------------------------


def test_an_edit_a_step_and_a_voiding_are_known_at_once(house: House) -> None:
    lisi, wangwu = house.actor("lisi"), house.actor("wangwu")
    unit = house.units["450100-P02"]
    record = save(lisi, Activity(unit=unit, type="theme_day", happened_on=DAY, topic="邕江巡护"))
    assert found(lisi, "邕江") == [record.pk]
    record.topic = "柳江巡护"
    record = save(lisi, record)
    assert found(lisi, "邕江") == []
    assert found(lisi, "柳江") == [record.pk]
    move(lisi, record, "submit")
    move(wangwu, record, "approve")
    assert found(house.actor("qian"), "柳江") == [record.pk]
    assert Findable.objects.count() == 1


def test_taking_an_import_back_takes_everything_out_of_the_index(house: House) -> None:
    qian = house.actor("qian")
    batch = Batch.objects.create(
        kind="enterprise-contact", name="x.csv", unit=house.units["450100"],
        state=BatchState.CHECKED, created_at=NOW,
    )  # fmt: skip
    given = {"unit_id": house.units["450100"].pk, "happened_on": DAY, "need": "case", "demands": 1}
    rows = [{**given, "enterprise": f"螺蛳粉厂{n}", "demand": "水质"} for n in range(3)]
    ids = create_many(qian, CONTACTS, rows, batch=batch)
    assert sorted(found(qian, "螺蛳粉")) == ids
    void_many(qian, CONTACTS, list(EnterpriseContact.objects.filter(pk__in=ids)), batch)
    assert found(qian, "螺蛳粉") == []
    assert not Findable.objects.exists()
    assert postings.match("螺蛳", 10) == postings.match("~水质", 10) == []
    assert postings.match(f"@c{house.units['450100'].pk}", 10) == []


def test_one_by_one_in_bulk_and_anew_make_the_same(house: House) -> None:
    def kept() -> list[tuple[Any, ...]]:
        return list(Findable.objects.order_by("pk").values_list())

    single = contact(house, enterprise="螺蛳粉厂", demand="水质", key="LQ-1", campaign="gang")
    row = {
        name: getattr(single, name)
        for name in ("unit_id", "happened_on", "enterprise", "need", "leader_id", "demand", "campaign")
    }  # fmt: skip
    (pk,) = create_many(house.actor("qian"), CONTACTS, [{**row, "key": "LQ-2", "demands": 1}])
    one, other = kept()
    assert other[0] == pk
    assert (one[1], one[3:]) == (other[1], other[3:])
    assert one[2].replace("lq-1", "lq-2") == other[2]
    before = kept()
    assert indexing.catch_up() == 0
    assert indexing.rebuild() == 2
    assert kept() == before
    assert found(house.actor("qian"), "螺蛳粉") == [pk, single.pk]


def test_what_is_missing_or_made_by_other_rules_is_caught_up(house: House) -> None:
    records = [contact(house, enterprise=f"螺蛳粉厂{n}") for n in range(3)]
    indexing.forget([records[0].pk])
    assert len(found(house.actor("qian"), "螺蛳粉")) == 2
    assert indexing.catch_up() == 1
    assert len(found(house.actor("qian"), "螺蛳粉")) == 3
    Findable.objects.filter(pk=records[1].pk).update(form=0, title="旧")
    assert indexing.catch_up() == 3
    assert len(found(house.actor("qian"), "螺蛳粉")) == 3


def test_a_renamed_or_moved_unit_needs_nothing_entered_anew(house: House) -> None:
    record = contact(house, unit=house.units["450100-02"])
    placement = house.units["450100-02"].placements.get()
    placement.name, placement.short = "未成年人检察部", "南宁市院未检部"
    placement.save()
    assert found(house.actor("qian"), "未检部") == [record.pk]
    Unit.objects.filter(pk=house.units["450100-02"].pk).update(
        court=house.units["450200"], path="450000/450200/450100-02/"
    )
    Record.objects.filter(pk=record.pk).update(court=house.units["450200"])
    indexing.enter_again([record.pk])
    assert found(house.actor("liu"), "食品") == [record.pk]
    assert found(house.actor("lisi"), "食品") == []


def test_every_ledger_says_how_it_is_found(house: House) -> None:
    """No withheld field is ever among what a projection is found by."""
    for kind in kinds():
        plan = indexing.plan_of(kind.code)
        private = {kind.field(name).attname for name in kind.private}
        assert not private & {*plan.titles, *plan.open, *plan.units}, kind.code


def test_the_index_keeps_nothing_of_a_voided_record(house: House) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL 的行由 VACUUM 清除")
    record = contact(house, enterprise="螺蛳粉厂")
    indexing.forget([record.pk])
    postings.settle()
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM records_find_data")
        blocks = b"".join(row[0] for row in cursor.fetchall())
    assert "螺蛳".encode() not in blocks


def test_a_record_without_any_words_is_led_to_by_its_marks_alone() -> None:
    assert indexing.Entry("", "", "", "@kcare @u1").tokens() == "@kcare @u1"
    assert indexing.Entry("", "", "水", "@kcare").tokens() == "~水 @kcare"
