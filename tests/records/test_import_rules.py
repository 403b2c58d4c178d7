"""What an import understands, refuses and promises, rule by rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from rongjian.kernel.sheets import Column, SheetError, write_csv
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.ledgers.seized_asset import SeizedAsset
from rongjian.log.audit import Change
from rongjian.log.images import image_of
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.org.actions import NewUnit, appoint, found
from rongjian.org.models import Person, Post, Tree, UnitType
from rongjian.records import importing
from rongjian.records.actions import move, save
from rongjian.records.import_mapping import propose
from rongjian.records.import_matching import record_number
from rongjian.records.import_reading import Trouble
from rongjian.records.importing import Closed, Outcome, Unmapped
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchState, Record
from tests.house import FOUNDED, House
from tests.records.import_files import saved

if TYPE_CHECKING:
    from collections.abc import Sequence

HANDLED = kind_of("handled-person")
ASSET = kind_of("seized-asset")
ACTIVITY = kind_of("activity")
HEADING = ("编号", "单位", "决定", "日期", "罪名类别", "承办人", "备注")
GOOD = ("BG-1", "南宁市院第一检察部", "起诉", "2020-03-05", "盗窃", "", "")


def csv_of(heading: Sequence[str], *rows: Sequence[object]) -> bytes:
    return write_csv([Column(name) for name in heading], rows)


def handled(
    house: House, *rows: Sequence[object], actor: str = "qian", unit: str = "450100"
) -> Batch:
    data = csv_of(HEADING, *rows)
    return importing.upload(house.actor(actor), HANDLED, house.units[unit], "起诉.csv", data)


def row(**changes: str) -> list[str]:
    names = ("key", "unit", "decision", "happened_on", "charge", "handler", "note")
    return list((dict(zip(names, GOOD, strict=True)) | changes).values())


def words(batch: Batch, number: int = 2) -> list[str]:
    problems = batch.rows.get(number=number).problems
    return [Trouble.read(kept).words for name, kept in problems.items() if name[0] != "@"]


# --- headings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "field", "sure"),
    [
        ("金额（元）", "amount", True),
        ("金额", "amount", True),
        ("金额（万元）", "amount", True),
        ("涉案情况·金额(元)", "amount", True),
        ("承办院", "unit", True),
        (" 编 号 ", "key", True),
        ("amount", "amount", True),
        ("查扣日期", "happened_on", False),
        ("财产的类别", "asset", False),
        ("序号", None, False),
        ("完全无关", None, False),
        ("问题", None, False),
    ],
)
def test_headings_are_recognised_surely_or_only_proposed(
    heading: str, field: str | None, sure: bool
) -> None:
    found = propose(ASSET, [heading])
    assert (found[0].field if found else None) == field
    assert not found or found[0].sure == sure


def test_two_columns_for_one_field_are_left_to_a_person() -> None:
    assert {each.field for each in propose(ASSET, ["备注", "备注", "编号"]).values()} == {"key"}


def test_a_kind_s_own_headings_win_over_common_ones() -> None:
    found = propose(kind_of("published-figure"), ["id", "unit", "单位"])
    assert [found[at].field for at in range(3)] == ["dataset", "measure_unit", "unit"]


# --- values ----------------------------------------------------------------------------------


def test_values_are_put_into_our_form_and_counted(house: House) -> None:
    qian, unit = house.actor("qian"), house.units["450100"]
    heading = ("编号", "单位", "措施", "日期", "金额（万元）", "专项")
    rows = (
        ("ZC-1", "南宁市院", "frozen", "43529", "1.5", "扫黑除恶专项斗争"),
        ("ZC-2", "450100", "冻 结", "2019年3月5日", "２亿", "gang"),
        ("ZC-3", "南宁市人民检察院", "冻结", "2019-03-05", "3", "扫黑除恶"),
    )
    batch = importing.upload(qian, ASSET, unit, "财产.csv", csv_of(heading, *rows))
    assert importing.counts(batch).normalised == 7
    importing.commit(qian, batch)
    stored = SeizedAsset.objects.order_by("key")
    assert [each.amount for each in stored] == [15000, 200000000, 30000]
    assert {(each.happened_on, each.measure, each.campaign) for each in stored} == {
        (date(2019, 3, 5), "frozen", "gang")
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"happened_on": "2019-02-30"}, "日期不存在“2019-02-30”，是否为“2019-02-28”？"),
        ({"happened_on": "2026-06-26"}, "日期晚于今天“2026-06-26”"),
        ({"happened_on": ""}, "“日期”必须填写"),
        ({"decision": "起诈"}, "不在选项中“起诈”，是否为“起诉”？"),
        ({"unit": "南宁市圆"}, "单位不认识“南宁市圆”，是否为“南宁市院”？"),
        ({"unit": ""}, "“单位”必须填写"),
        ({"unit": "柳州市院"}, "没有权限：办案数据在柳州市院的“导入”只授予 案件管理"),
        ({"charge": "长" * 41}, f"“罪名类别”最多 40 个字，现有 41 个：“{'长' * 24}…”"),
        ({"handler": "无名氏"}, "人员不认识“无名氏”"),
    ],
)
def test_a_faulty_cell_is_said_with_a_remedy_where_there_is_one(
    house: House, changes: dict[str, str], said: str
) -> None:
    batch = handled(house, row(**changes))
    assert words(batch) == [said]
    assert importing.commit(house.actor("qian"), batch) == Outcome(0, 0, 0, 1)
    assert not Record.objects.exists()


def test_a_name_that_fits_several_units_is_not_guessed(house: House) -> None:
    zhengshi, region = house.actor("zhengshi"), house.units["450000"]
    heading = ("数据集", "指标", "期间", "计量单位", "公布值", "出处", "单位")
    data = csv_of(heading, ("X", "甲", "2020", "件", "1", "乙", "第一检察部"))
    batch = importing.upload(zhengshi, kind_of("published-figure"), region, "a.csv", data)
    assert words(batch) == [
        "单位“第一检察部”可能是南宁市院第一检察部、青秀区院第一检察部、柳州市院第一检察部，请写全称或代码"
    ]


def test_a_name_that_fits_several_units_means_the_own_house_s(house: House) -> None:
    batch = handled(house, row(unit="第一检察部"))
    importing.commit(house.actor("qian"), batch)
    assert HandledPerson.objects.get().unit == house.units["450100-01"]


def test_former_names_and_codes_of_a_place_are_understood(house: House) -> None:
    plan = ("450110", "南宁市武鸣区人民检察院", "武鸣区院", Tree.BUSINESS, UnitType.COUNTY)
    units = found([NewUnit(*plan, "450100", "450110", FOUNDED)])
    heading = ("数据集", "指标", "期间", "计量单位", "公布值", "出处", "单位")
    rows = [("X", "甲", "2020", "件", "1", "乙", name) for name in ("武鸣县检察院", "450122")]
    rows[1] = ("X", "丙", *rows[1][2:])
    zhengshi = house.actor("zhengshi")
    batch = importing.upload(
        zhengshi,
        kind_of("published-figure"),
        house.units["450000"],
        "a.csv",
        csv_of(heading, *rows),
    )
    assert importing.commit(zhengshi, batch).created == 2
    assert set(Record.objects.values_list("unit", flat=True)) == {units["450110"].pk}


def test_people_are_found_by_name_in_the_row_s_court_or_by_number(house: House) -> None:
    qian = house.people["qian"]
    batch = handled(house, row(handler=qian.name), row(key="BG-2", handler="N003"))
    importing.commit(house.actor("qian"), batch)
    handlers = HandledPerson.objects.order_by("key").values_list("handler__staff_no", flat=True)
    assert list(handlers) == ["N001", "N003"]


def test_people_of_the_same_name_are_told_apart_by_number(house: House) -> None:
    other = house.people["lisi"]
    Person.objects.filter(pk=other.pk).update(name=house.people["qian"].name)
    batch = handled(house, row(handler=house.people["qian"].name))
    assert words(batch) == ["“Q某”有重名，请写工号：N001、N002"]


def test_rules_between_fields_are_asked(house: House) -> None:
    data = csv_of(
        ("单位", "活动类型", "日期", "主题", "应到", "缺席"),
        ("南宁市院第二党支部", "党课", "2026-05-01", "学习", "3", "5"),
    )
    lisi = house.actor("lisi")
    batch = importing.upload(lisi, ACTIVITY, house.units["450100-P02"], "a.csv", data)
    assert words(batch) == ["缺席 5 人多于应到 3 人"]


# --- what must not be stored -----------------------------------------------------------------


def test_a_cell_that_must_not_be_stored_is_left_blank_and_named(house: House) -> None:
    secret = "身份证 11010519491231002X"
    batch = handled(house, row(note=secret))
    kept = batch.rows.get()
    assert kept.cells[6] == ""
    assert words(batch) == ["“备注”没有保存：有居民身份证号码。请删去后再保存"]
    qian = house.actor("qian")
    importing.check(qian, batch)
    assert importing.counts(batch).bad == 1
    importing.fix(qian, batch, 2, "note", f"还是 {secret[4:]}")
    kept.refresh_from_db()
    assert (kept.cells[6], importing.counts(batch).bad) == ("", 1)
    importing.fix(qian, batch, 2, "note", "已核")
    assert importing.commit(qian, batch).created == 1
    assert HandledPerson.objects.get().note == "已核"


def test_columns_that_name_people_or_cases_are_not_read(house: House) -> None:
    data = csv_of((*HEADING, "嫌疑人姓名", "案号"), (*GOOD, "某某", "第1号"))
    batch = importing.upload(house.actor("qian"), HANDLED, house.units["450100"], "a.csv", data)
    assert batch.state == BatchState.CHECKED
    assert batch.layout["withheld"] == ["嫌疑人姓名", "案号"]
    assert batch.rows.get().cells[7:] == ["", ""]


def test_what_a_file_said_is_forgotten_once_it_is_imported(house: House) -> None:
    batch = handled(house, row(), row(key="BG-2", decision="?"))
    qian = house.actor("qian")
    importing.commit(qian, batch)
    assert [each.cells == [] for each in batch.rows.all()] == [True, False]
    importing.discard(qian, batch)
    assert [each.cells == [] for each in batch.rows.all()] == [True, True]
    assert batch.state == BatchState.DONE


# --- what is known already -------------------------------------------------------------------


def test_the_same_file_changes_nothing_the_second_time(house: House) -> None:
    qian = house.actor("qian")
    importing.commit(qian, handled(house, row(), row(key="BG-2")))
    events = Event.objects.count()
    again = handled(house, row(), row(key="BG-2"))
    assert importing.commit(qian, again) == Outcome(0, 0, 2, 0)
    assert Event.objects.count() == events


def test_an_unchanged_row_with_a_fault_is_faulty_all_the_same(house: House) -> None:
    qian = house.actor("qian")
    importing.commit(qian, handled(house, row()))
    Post.objects.filter(person=house.people["qian"]).delete()
    with pytest.raises(Denied):
        handled(house, row())
    batch = handled(house, row(), actor="zhengshi", unit="450000")
    assert importing.counts(batch).bad == 1


def test_rows_without_a_number_are_matched_by_their_content(house: House) -> None:
    lisi, unit = house.actor("lisi"), house.units["450100-P02"]
    heading = ("单位", "活动类型", "日期", "主题", "缺席")
    line = ("南宁市院第二党支部", "党课", "2026-05-01", "学习", "0")
    twice = csv_of(heading, line, line, (*line[:3], "讨论", "0"))
    first = importing.upload(lisi, ACTIVITY, unit, "a.csv", twice)
    assert (importing.counts(first).hints, importing.counts(first).new) == (1, 3)
    importing.commit(lisi, first)
    again = importing.upload(lisi, ACTIVITY, unit, "a.csv", twice)
    assert importing.commit(lisi, again) == Outcome(0, 0, 3, 0)
    third = importing.upload(lisi, ACTIVITY, unit, "b.csv", csv_of(heading, line, line, line))
    assert importing.commit(lisi, third) == Outcome(1, 0, 2, 0)


def numbered(record: Record, **changes: str) -> bytes:
    heading = ("记录号", "单位", "活动类型", "日期", "主题")
    line = {"number": record_number(record), "unit": record.unit.code, "type": "党课"}
    line |= {"day": str(record.happened_on), "topic": "学习"} | changes
    return csv_of(heading, tuple(line.values()))


def activity(house: House) -> Activity:
    return save(
        house.actor("lisi"),
        Activity(
            unit=house.units["450100-P02"],
            type="party_lecture",
            happened_on=date(2026, 5, 1),
            topic="学习",
        ),
    )


def test_a_record_number_of_our_exports_finds_the_record_again(house: House) -> None:
    lisi, record = house.actor("lisi"), activity(house)
    data = numbered(record, topic="学习（改）")
    batch = importing.upload(lisi, ACTIVITY, house.units["450100-P02"], "a.csv", data)
    assert importing.commit(lisi, batch) == Outcome(0, 1, 0, 0)
    record.refresh_from_db()
    assert (record.topic, record.version) == ("学习（改）", 2)
    importing.undo(lisi, batch)
    record.refresh_from_db()
    assert record.topic == "学习"


@pytest.mark.parametrize("number", ["1-000000", "99-abcdef", "x", "1", "９-１"])
def test_a_record_number_from_elsewhere_is_refused(house: House, number: str) -> None:
    record = activity(house)
    data = numbered(record, number=number)
    batch = importing.upload(house.actor("lisi"), ACTIVITY, record.unit, "a.csv", data)
    assert words(batch) == [f"记录号“{number}”不是本系统的，新增时请留空"]


def test_a_voided_record_is_not_changed_by_its_number(house: House) -> None:
    record = activity(house)
    Record.objects.filter(pk=record.pk).update(state=VOID)
    data = numbered(record)
    batch = importing.upload(house.actor("lisi"), ACTIVITY, record.unit, "a.csv", data)
    assert "的记录已作废" in words(batch)[0]


def test_a_number_of_another_house_is_said_without_naming_it(house: House) -> None:
    importing.commit(
        house.actor("liu"), handled(house, row(unit="450200"), actor="liu", unit="450200")
    )
    batch = handled(house, row())
    assert words(batch) == ["编号“BG-1”已有记录，且不在您可以修改的范围内"]
    assert "record" not in batch.rows.get().problems["key"]


def test_only_given_columns_are_changed(house: House) -> None:
    qian = house.actor("qian")
    importing.commit(qian, handled(house, row(note="留着")))
    heading = ("编号", "单位", "决定", "日期", "罪名类别")
    data = csv_of(heading, ("BG-1", "450100-01", "不起诉", "2020-03-05", "盗窃"))
    batch = importing.upload(qian, HANDLED, house.units["450100"], "b.csv", data)
    assert importing.commit(qian, batch) == Outcome(0, 1, 0, 0)
    stored = HandledPerson.objects.get()
    assert (stored.decision, stored.note) == ("not_prosecuted", "留着")


def test_a_record_changed_after_the_check_is_not_overwritten(house: House) -> None:
    qian = house.actor("qian")
    importing.commit(qian, handled(house, row()))
    batch = handled(house, row(charge="诈骗"))
    record = HandledPerson.objects.get()
    record.charge = "抢劫"
    save(qian, record)
    assert importing.commit(qian, batch) == Outcome(0, 0, 0, 1)
    assert "又被改过" in words(batch)[0]
    assert HandledPerson.objects.get().charge == "抢劫"
    importing.check(qian, batch)
    assert importing.commit(qian, batch) == Outcome(0, 1, 0, 0)


def test_a_key_taken_after_the_check_sends_only_its_row_back(house: House) -> None:
    qian = house.actor("qian")
    batch = handled(house, row(), row(key="BG-2"))
    importing.commit(qian, handled(house, row(charge="诈骗")))
    assert importing.commit(qian, batch) == Outcome(1, 0, 0, 1)
    assert words(batch) == ["编号“BG-1”已有记录"]


# --- carrying out ----------------------------------------------------------------------------


def test_pressing_twice_writes_once(house: House) -> None:
    qian = house.actor("qian")
    batch = handled(house, row(), row(key="BG-2", decision="?"))
    stale = Batch.objects.get(pk=batch.pk)
    first = importing.commit(qian, batch)
    assert importing.commit(qian, stale) == first == Outcome(1, 0, 0, 1)
    assert Record.objects.count() == 1
    assert stale.state == BatchState.PARTLY


def test_a_right_withdrawn_after_the_check_keeps_the_rows_back(house: House) -> None:
    batch = handled(house, row(), row(key="BG-2", unit="450100-02"))
    Post.objects.filter(person=house.people["qian"]).update(unit=house.units["450103"])
    with pytest.raises(Denied):
        importing.commit(house.actor("qian"), batch)
    assert not Record.objects.exists()


def test_a_right_withdrawn_for_some_rows_sends_only_those_back(house: House) -> None:
    heading = ("编号", "单位", "项目", "帮扶点", "日期")
    rows = [(f"BF-{code}", code, "甲", "某村", "2021-01-01") for code in ("450100", "450103")]
    appoint(house.people["qian"], house.units["450100"], "organ_committee", FOUNDED)
    qian, unit = house.actor("qian"), house.units["450100"]
    kind = kind_of("assistance-project")
    batch = importing.upload(qian, kind, unit, "a.csv", csv_of(heading, *rows))
    assert importing.counts(batch).new == 2
    Post.objects.filter(role="organ_committee").delete()
    assert importing.commit(house.actor("qian"), batch) == Outcome(1, 0, 0, 1)
    assert words(batch, 3)[0].startswith("没有权限：工作台账在青秀区院的“导入”")


def test_an_undo_leaves_what_was_changed_since_and_names_it(house: House) -> None:
    qian = house.actor("qian")
    batch = handled(house, row(), row(key="BG-2"), row(key="BG-3"))
    importing.commit(qian, batch)
    changed = HandledPerson.objects.get(key="BG-2")
    changed.charge = "诈骗"
    save(qian, changed)
    move(qian, HandledPerson.objects.get(key="BG-3"), "void", detail="误录")
    undone = importing.undo(qian, batch)
    assert undone.voided == 1
    assert [str(each) for each in undone.refused] == ["第 3 行 BG-2：导入之后又被改过，没有撤销"]
    states = dict(HandledPerson.objects.values_list("key", "state"))
    assert states == {"BG-1": VOID, "BG-2": "filed", "BG-3": VOID}
    assert batch.state == BatchState.DONE


def test_an_undo_is_done_once(house: House) -> None:
    qian = house.actor("qian")
    batch = handled(house, row())
    importing.commit(qian, batch)
    assert importing.undo(qian, batch).voided == 1
    events = Event.objects.count()
    assert importing.undo(qian, batch) == importing.Undone(0, 0, ())
    assert Event.objects.count() == events
    with pytest.raises(Closed):
        importing.commit(qian, batch)


def test_the_void_of_an_undo_carries_both_images(house: House) -> None:
    qian = house.actor("qian")
    batch = handled(house, row())
    importing.commit(qian, batch)
    before = image_of(HandledPerson.objects.get())
    importing.undo(qian, batch)
    event = Event.objects.get(verb="undo")
    (image,) = images_of(event)
    assert image == (before["id"], before, image_of(HandledPerson.objects.get()))
    assert event.object == f"batch:{batch.pk}"


def images_of(event: Event) -> list[Any]:
    return list(Change.read(bytes(event.image.body)).images())


def test_strangers_may_neither_see_nor_touch_an_import(house: House) -> None:
    batch = handled(house, row())
    liu = house.actor("liu")
    assert not importing.batches(liu).exists()
    for touch in (
        lambda: importing.check(liu, batch),
        lambda: importing.fix(liu, batch, 2, "note", "x"),
        lambda: importing.drop(liu, batch, 2),
        lambda: importing.commit(liu, batch),
        lambda: importing.undo(liu, batch),
        lambda: importing.discard(liu, batch),
    ):
        with pytest.raises(Denied):
            touch()
    with pytest.raises(Denied):
        handled(house, row(), actor="lisi")


# --- mapping ---------------------------------------------------------------------------------


def test_a_missing_column_is_asked_for_before_any_row_is_judged(house: House) -> None:
    data = csv_of(HEADING[:3], GOOD[:3])
    qian = house.actor("qian")
    batch = importing.upload(qian, HANDLED, house.units["450100"], "a.csv", data)
    assert batch.state == BatchState.DRAFT
    with pytest.raises(Unmapped, match="“日期”、“罪名类别”"):
        importing.check(qian, batch)
    with pytest.raises(Closed, match="还没有检查"):
        importing.commit(qian, batch)


def test_a_mapping_cannot_name_a_field_twice_or_unknown(house: House) -> None:
    qian, batch = house.actor("qian"), handled(house, row())
    with pytest.raises(Unmapped, match="对应了 2 列：编号、单位"):
        importing.remap(qian, batch, {0: "key", 1: "key"})
    with pytest.raises(Unmapped, match="没有字段"):
        importing.remap(qian, batch, {0: "colour"})
    with pytest.raises(Unmapped, match="没有这一列"):
        importing.remap(qian, batch, {70: "key"})


def test_a_file_without_a_unit_column_takes_the_import_s_unit(house: House) -> None:
    heading = ("编号", "决定", "日期", "罪名类别")
    data = csv_of(heading, ("BG-1", "起诉", "2020-03-05", "盗窃"))
    qian = house.actor("qian")
    batch = importing.upload(qian, HANDLED, house.units["450100-02"], "a.csv", data)
    importing.commit(qian, batch)
    assert HandledPerson.objects.get().unit == house.units["450100-02"]


def test_the_sheet_that_fits_best_is_read_unless_another_is_named(house: House) -> None:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "说明"
    first.append(["一", "二"])
    first.append(["三", "四"])
    second = book.create_sheet("数据")
    second.append(list(HEADING))
    second.append(list(GOOD))
    qian, unit = house.actor("qian"), house.units["450100"]
    batch = importing.upload(qian, HANDLED, unit, "a.xlsx", saved(book))
    assert batch.layout["sheet"] == "数据"
    named = importing.upload(qian, HANDLED, unit, "a.xlsx", saved(book), sheet="说明")
    assert named.headings == ["一", "二"]
    with pytest.raises(SheetError, match="没有工作表“别的”。这个文件有：“说明”、“数据”"):
        importing.upload(qian, HANDLED, unit, "a.xlsx", saved(book), sheet="别的")


# --- properties ------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10**11, places=2)
days = st.dates(date(2015, 1, 1), date(2026, 6, 25))
texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20)
measures = st.sampled_from(["sealed", "seized", "frozen"])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(measures, days, amounts, texts), min_size=1, max_size=5))
def test_what_was_imported_comes_back_unchanged(
    house: House, rows: list[tuple[str, date, Decimal, str]]
) -> None:
    qian, unit = house.actor("qian"), house.units["450100"]
    heading = ("编号", "措施", "日期", "金额（元）", "备注")
    lines = [(f"ZC-{number}", *line) for number, line in enumerate(rows)]
    batch = importing.upload(qian, ASSET, unit, "a.csv", csv_of(heading, *lines))
    importing.commit(qian, batch)
    stored = SeizedAsset.objects.exclude(state=VOID).order_by("pk")
    good = batch.rows.exclude(outcome="bad").count()
    assert stored.count() == good
    written = [
        (each.key, each.get_measure_display(), each.happened_on, each.amount, each.note)
        for each in stored
    ]
    if written:
        again = importing.upload(qian, ASSET, unit, "b.csv", csv_of(heading, *written))
        assert importing.commit(qian, again) == Outcome(0, 0, good, 0)
    importing.undo(qian, batch)
    assert not SeizedAsset.objects.exclude(state=VOID).exists()
