"""机构人员表、党员花名册: what an import takes, what it never keeps, and what each row would do."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse

from rongjian.kernel.sheets import Column, SheetError, write_csv
from rongjian.log import audit
from rongjian.log.audit import Change
from rongjian.log.models import Event, Image
from rongjian.org.access import Denied
from rongjian.org.identity import identity_hash
from rongjian.org.models import AffiliationKind, Membership, Person
from rongjian.org.rosters import roster
from rongjian.records import people_import
from rongjian.records.models import Batch, BatchRow, BatchState
from rongjian.records.people_sheets import ROSTER, STAFF
from tests.records.import_files import xlsx
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rongjian.org.access import Actor
    from rongjian.records.people_sheets import SheetKind
    from tests.web.visitors import Visit
    from tests.world import World

NUMBER, OTHER = "11010519491231002X", "440524188001010014"
PHONE = "13800138000"
STAFF_HEADING = ("工号", "姓名", "部门", "职务", "到院时间")
ROSTER_HEADING = ("序号", "姓名", "工号", "身份证号", "入党时间", "转正时间", "所在党支部")


@pytest.fixture
def ren(world: World) -> Actor:
    """Personnel of the city."""
    return world.actor("ren")


@pytest.fixture
def weiw(world: World) -> Actor:
    """The Party office of the city."""
    return world.actor("weiw")


@pytest.fixture
def colleague(world: World) -> Person:
    """Somebody of the cast's branch, with a name that nobody else in the house has."""
    people = Person.objects.filter(branch__code="450100-P02", account=None).order_by("staff_no")
    house = list(Person.objects.filter(court=world.nanning).values_list("name", flat=True))
    return next(person for person in people if house.count(person.name) == 1)


def sent(actor: Actor, kind: SheetKind, heading: Sequence[str], *rows: Sequence[object]) -> Batch:
    data = write_csv([Column(name) for name in heading], rows)
    return people_import.upload(actor, kind, "名册.csv", data)


def outcomes(batch: Batch) -> list[str]:
    return list(batch.rows.order_by("number").values_list("outcome", flat=True))


def troubles(actor: Actor, batch: Batch) -> dict[str, str]:
    judged = people_import.check(actor, batch)
    return {
        name: trouble.words for row in judged.values() for name, trouble in row.troubles.items()
    }


def everything_stored() -> str:
    """All text of the database, the images of the log unpacked."""
    words = []
    with connection.cursor() as cursor:
        # What SQLite's own index keeps lies in tables of its own, which are read as well.
        virtual = {"records_find"} if connection.vendor == "sqlite" else set()
        for table in set(connection.introspection.table_names(cursor)) - virtual:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            words += [str(row) for row in cursor.fetchall()]
    words += [json.dumps(Change.read(bytes(image.body)).rows) for image in Image.objects.all()]
    return "\n".join(words)


# --- the door --------------------------------------------------------------------------------


def test_only_listed_columns_are_taken_and_the_others_are_named(ren: Actor) -> None:
    heading = (*STAFF_HEADING, "联系电话", "家庭住址", "籍贯")
    batch = sent(ren, STAFF, heading, ["N1", "某某", "办公室", "科员", "", PHONE, "某街", "某地"])
    assert batch.layout["dropped"] == ["联系电话", "家庭住址", "籍贯"]
    assert batch.headings == ["工号", "姓名", "部门", "职务", "到院时间"]
    assert BatchRow.objects.get(batch=batch).cells == ["N1", "某某", "办公室", "科员", ""]


def test_identity_numbers_and_telephones_are_stored_nowhere(ren: Actor) -> None:
    rows = [
        ["N1", "某某", "办公室", "", "", NUMBER, PHONE],
        ["N2", "某乙", "办公室", f"科员 {OTHER}", "", "", ""],
        ["N3", "某丙", "办公室", "", "", "1101051949123100", ""],
        ["N4", f"某丁{PHONE}", "办公室", "", "", "", ""],
    ]
    batch = sent(ren, STAFF, (*STAFF_HEADING, "身份证号码", "手机"), *rows)
    people_import.commit(ren, batch)
    stored = everything_stored()
    for number in (NUMBER, OTHER, PHONE, "1101051949123100"):
        assert number not in stored
    assert Person.objects.get(staff_no="N1").identity_hash == identity_hash(NUMBER)
    assert outcomes(batch) == ["created", "bad", "bad", "bad"]
    found = troubles(ren, batch)
    assert "居民身份证" in found["title"]
    assert "没有保存" in found["identity"]


def test_a_file_of_something_else_is_refused_in_a_sentence(ren: Actor, weiw: Actor) -> None:
    for data, words in (
        (write_csv([Column("编号"), Column("金额")], [["1", "2"]]), "没有“姓名”、“内设机构”列"),
        (write_csv([Column("姓名"), Column("部门")], []), "表头下面没有数据"),
        (b"", "这个文件是空的"),
    ):
        with pytest.raises(SheetError, match=words):
            people_import.upload(ren, STAFF, "人员.csv", data)
    with pytest.raises(SheetError, match="国家秘密标志"):
        people_import.upload(ren, STAFF, "机密★10年.csv", b"a,b")
    assert not Batch.objects.filter(kind__in=["people", "party-roster"]).exists()


def test_each_sheet_takes_its_own_office(world: World, ren: Actor, weiw: Actor) -> None:
    with pytest.raises(Denied):
        sent(weiw, STAFF, STAFF_HEADING, ["N1", "某某", "办公室", "", ""])
    with pytest.raises(Denied):
        sent(ren, ROSTER, ROSTER_HEADING, [1, "某某", "", "", "", "", ""])
    batch = sent(ren, STAFF, STAFF_HEADING, ["N1", "某某", "办公室", "", ""])
    assert list(people_import.batches(ren)) == [batch]
    assert not people_import.batches(weiw).exists()
    assert not people_import.batches(world.actor("qian")).exists()


# --- people ----------------------------------------------------------------------------------


def test_new_people_come_in_and_the_same_file_again_changes_nothing(
    world: World, ren: Actor
) -> None:
    rows = [
        ["N1", "某某", "第一检察部", "科员", "2026.3.1"],
        ["N2", "某乙", "南宁市院第二检察部", "", ""],
    ]
    batch = sent(ren, STAFF, STAFF_HEADING, *rows)
    assert outcomes(batch) == ["new", "new"]
    assert not Person.objects.filter(staff_no__in=["N1", "N2"]).exists()
    assert people_import.commit(ren, batch) == {"created": 2}
    person = Person.objects.get(staff_no="N1")
    assert (person.title, person.department.code) == ("科员", "450100-D11")
    assert person in roster(person.department, date(2026, 3, 1)).people
    assert person not in roster(person.department, date(2026, 2, 28)).people
    assert batch.state == BatchState.DONE
    lines = Event.objects.count()
    assert not people_import.commit(ren, batch)
    again = sent(ren, STAFF, STAFF_HEADING, *rows)
    assert outcomes(again) == ["same", "same"]
    assert not people_import.commit(ren, again)
    assert Event.objects.count() == lines
    assert not audit.verify().breaks


def test_a_changed_department_is_a_transfer_from_its_day(
    world: World, ren: Actor, colleague: Person
) -> None:
    row = [colleague.staff_no, colleague.name, "第一检察部", "主任", "2026-06-01"]
    batch = sent(ren, STAFF, STAFF_HEADING, row)
    (judged,) = people_import.check(ren, batch).values()
    assert [(heading, after) for heading, _, after in judged.changes] == [
        ("职务", "主任"),
        ("内设机构", "南宁市院第一检察部"),
    ]
    people_import.commit(ren, batch)
    colleague.refresh_from_db()
    assert (colleague.title, colleague.department.code) == ("主任", "450100-D11")
    assert colleague in roster(world.units["450100-D12"], date(2026, 5, 31)).people


def test_people_are_matched_by_number_then_hash_then_name_and_unit(
    world: World, ren: Actor, colleague: Person
) -> None:
    colleague.identity_hash = identity_hash(NUMBER)
    colleague.save()
    heading = (*STAFF_HEADING, "身份证号")
    rows = [
        [colleague.staff_no, colleague.name, "第二检察部", "", "", ""],
        ["", colleague.name, "第二检察部", "", "", NUMBER],
        ["", colleague.name, "第二检察部", "", "", ""],
    ]
    for row in rows:
        batch = sent(ren, STAFF, heading, row)
        assert outcomes(batch) == ["same"], row
        assert batch.rows.get().record_id == colleague.pk
    batch = sent(ren, STAFF, heading, *rows)
    assert outcomes(batch) == ["same", "bad", "bad"]
    assert "与第 2 行是同一人" in troubles(ren, batch)["name"]


def test_what_cannot_be_said_for_certain_waits_for_a_person(
    world: World, ren: Actor, colleague: Person
) -> None:
    twin = Person.objects.filter(department=colleague.department).exclude(pk=colleague.pk)[0]
    twin.name = colleague.name
    twin.save()
    other = Person.objects.exclude(court=world.nanning).first()
    assert other is not None
    for row, field, words in (
        (["", colleague.name, "第二检察部", "", ""], "name", "有重名，请填写工号"),
        ([colleague.staff_no, "别名", "第二检察部", "", ""], "name", f"是“{colleague.name}”"),
        (["", "新人", "第二检察部", "", ""], "staff_no", "新增人员请填写工号"),
        (["N1", "", "第二检察部", "", ""], "name", "请填写姓名"),
        (["N1", "新人", "第二检查部", "", ""], "unit", "是否为"),
        (["N1", "新人", "", "", ""], "unit", "请填写内设机构"),
        (["N1", "新人", "第二检察部", "", "二〇二六"], "since", "二〇二六"),
        (["N1", "新人", "第二检察部", "", "1999-01-01"], "unit", "才成立"),
        ([other.staff_no, other.name, "第二检察部", "", ""], "staff_no", "已有人使用"),
    ):
        batch = sent(ren, STAFF, STAFF_HEADING, row)
        assert outcomes(batch) == ["bad"], row
        assert words in troubles(ren, batch)[field], row
        assert not people_import.commit(ren, batch)
        assert batch.state == BatchState.PARTLY


def test_good_rows_go_in_and_faulty_ones_stay_to_be_mended(world: World, ren: Actor) -> None:
    rows = [["N1", "某某", "第二检查部", "", ""], ["N2", "某乙", "第二检察部", "", ""]]
    batch = sent(ren, STAFF, STAFF_HEADING, *rows)
    assert outcomes(batch) == ["bad", "new"]
    people_import.commit(ren, batch)
    assert outcomes(batch) == ["bad", "created"]
    people_import.fix(ren, batch, {(2, "unit"): "第二检察部"})
    assert outcomes(batch) == ["new", "created"]
    # What is typed goes through the same door as the file.
    people_import.fix(ren, batch, {(2, "unit"): "第二检察部"})
    batch.rows.filter(number=2).update(outcome="bad")
    people_import.fix(ren, batch, {(2, "title"): f"电话{PHONE}"})
    assert PHONE not in str(batch.rows.get(number=2).cells)
    people_import.fix(ren, batch, {(2, "title"): "科员"})
    people_import.commit(ren, batch)
    assert outcomes(batch) == ["created", "created"]
    assert batch.state == BatchState.DONE


# --- members ---------------------------------------------------------------------------------


def test_a_roster_makes_members_and_comes_back_unchanged(
    world: World, ren: Actor, weiw: Actor
) -> None:
    people_import.commit(
        ren, sent(ren, STAFF, STAFF_HEADING, ["N1", "某某", "第一检察部", "", "2026-01-05"])
    )
    row = [1, "某某", "N1", NUMBER, "2020-07-01", "2021年7月1日", "第一党支部"]
    batch = sent(weiw, ROSTER, ROSTER_HEADING, row)
    assert outcomes(batch) == ["update"]
    people_import.commit(weiw, batch)
    person = Person.objects.get(staff_no="N1")
    assert (person.joined_on, person.full_on) == (date(2020, 7, 1), date(2021, 7, 1))
    assert (person.membership, person.branch) == (Membership.FULL, world.units["450100-P01"])
    assert person.affiliations.get(kind=AffiliationKind.HOME).valid_from == date(2026, 1, 5)
    assert outcomes(sent(weiw, ROSTER, ROSTER_HEADING, row)) == ["same"]
    blank = [1, "某某", "N1", "", "", "", ""]
    assert outcomes(sent(weiw, ROSTER, ROSTER_HEADING, blank)) == ["same"]


def test_a_roster_neither_moves_nor_takes_on_anybody(
    world: World, weiw: Actor, colleague: Person
) -> None:
    number, name = colleague.staff_no, colleague.name
    for row, field, words in (
        ([1, name, number, "", "", "", "第一党支部"], "unit", "不能同时作为南宁市院第一党支部"),
        ([1, "没有的人", "", "", "2020-01-01", "", "第一党支部"], "name", "请先导入机构人员表"),
        ([1, "没有的人", "N404", "", "2020-01-01", "", "第一党支部"], "staff_no", "没有工号"),
        ([1, name, number, "", "2020-01-01", "2019-01-01", ""], "full_on", "早于入党日期"),
        ([1, name, number, "", "", "", "机关党委"], "unit", "单位不认识"),
    ):
        batch = sent(weiw, ROSTER, ROSTER_HEADING, row)
        assert outcomes(batch) == ["bad"], row
        assert words in troubles(weiw, batch)[field], row
    before = {field.attname: getattr(colleague, field.attname) for field in Person._meta.fields}
    colleague.refresh_from_db()
    assert before == {
        field.attname: getattr(colleague, field.attname) for field in Person._meta.fields
    }


def test_checking_leaves_no_trace(world: World, weiw: Actor, ren: Actor, colleague: Person) -> None:
    lines = Event.objects.count()
    rows = [colleague.staff_no, colleague.name, "第一检察部", "主任", "2026-06-01"]
    sent(ren, STAFF, STAFF_HEADING, rows, ["N1", "某某", "第一检察部", "", ""])
    assert Event.objects.count() == lines
    colleague.refresh_from_db()
    assert colleague.department.code == "450100-D12"
    assert not Person.objects.filter(staff_no="N1").exists()


# --- the pages -------------------------------------------------------------------------------


def uploaded(client: Any, *rows: Sequence[object], heading: Sequence[str] = STAFF_HEADING) -> Any:
    file = io.BytesIO(xlsx([["南宁市人民检察院机构人员表"], list(heading), *map(list, rows)]))
    file.name = "机构人员表.xlsx"
    return client.post(reverse("people-import"), {"kind": "people", "file": file}, follow=True)


def test_the_wizard_shows_each_row_with_the_cell_and_mends_it(world: World, visit: Visit) -> None:
    client = visit("ren")
    rows = (
        ["N1", "某某", "第二检查部", "", ""],
        ["N2", "某乙", "第二检察部", "", ""],
        ["N3", "某丙", "第二检查部", "", ""],
    )
    answer = uploaded(client, *rows)
    page = answer.context["page"]
    assert page.ready == 1
    assert page.lines[0].mends[0].address == "C3"
    assert "C3 单位不认识“第二检查部”" in text_of(answer)
    address = reverse("people-import-one", args=[page.batch.pk])
    answer = client.post(
        address, {"do": "commit", "cell-3-unit": "第二检察部", "cell-5-unit": "不知道"}, follow=True
    )
    assert "已新增 2 人，更新 0 人；1 行需要修改，留在这里" in text_of(answer)
    answer = client.post(address, {"do": "drop:5"}, follow=True)
    assert answer.context["page"].counts["dropped"] == 1
    assert Person.objects.filter(staff_no__in=["N1", "N2", "N3"]).count() == 2


def test_the_wizard_says_what_it_did_not_read_and_why_not(world: World, visit: Visit) -> None:
    client = visit("ren")
    row = ["N1", "某某", "第二检察部", "", "", PHONE]
    answer = uploaded(client, row, heading=(*STAFF_HEADING, "联系电话"))
    assert "没有读取这些列：“联系电话”" in text_of(answer)
    assert PHONE not in text_of(answer)
    file = io.BytesIO(b"")
    file.name = "空.csv"
    answer = client.post(reverse("people-import"), {"kind": "people", "file": file})
    assert answer.status_code == 422
    # Each office is offered its own sheet.
    assert [each.code for each in client.get(reverse("people-import")).context["page"].sheets] == [
        "people"
    ]
    offered = visit("weiw").get(reverse("people-import")).context["page"].sheets
    assert [each.code for each in offered] == ["party-roster"]


def test_today_is_the_day_of_a_row_that_names_none(world: World, ren: Actor) -> None:
    people_import.commit(ren, sent(ren, STAFF, STAFF_HEADING, ["N1", "某某", "第一检察部", "", ""]))
    person = Person.objects.get(staff_no="N1")
    assert person.affiliations.get().valid_from == TODAY
