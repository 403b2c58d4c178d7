"""Importing: what a messy file becomes, how it is mended, imported once and taken back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from rongjian.ledgers.assistance_project import AssistanceProject
from rongjian.ledgers.published_figure import PublishedFigure
from rongjian.log.audit import verify
from rongjian.log.images import image_of
from rongjian.log.models import Event
from rongjian.records import importing
from rongjian.records.import_reading import Trouble
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchState
from tests.house import House
from tests.records import import_files

ASSISTANCE = kind_of("assistance-project")
PUBLISHED = kind_of("published-figure")
HANDLED = kind_of("handled-person")

# Our own lines in the published form: exact, at least, lists, ratios, blanks, points, remarks.
SAMPLE = """id,indicator,period,unit,value,yoy,source
X-01,受理案件,2020,件,3000001,-1.4%,甲报告
X-01,受理案件(变化),2020,%,,-30.6%,甲报告
X-02,适用率,2020-01..09,%,22.2,+0.1pt,甲报告
X-02,立案与起诉,2021-01..06,件,388000/402000,,甲报告
X-03,发出建议,2019,件,>=2200,,乙报告
X-03,比例,2018..2020,%,31.6/7.8/19.5,1:3,乙报告
X-04,各类别,2021-H1,件,18/87/1+9,+33.1pt(占比),乙报告
X-04,带空格,2021-H1,件,240.8 / 213.1,,乙报告
X-05,期间写成文字,十三五期间,人,>=200/14/2/1,,乙报告
"""


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def check_printed(text: str) -> None:
    for row in read_csv(text):
        stored = PublishedFigure.objects.get(
            dataset=row["id"], item=row["indicator"], period=row["period"]
        )
        given = [row[name] for name in ("unit", "value", "yoy", "source")]
        assert [stored.measure_unit, stored.printed, stored.change, stored.source] == given


def test_published_figures_are_kept_as_printed(house: House) -> None:
    zhengshi = house.actor("zhengshi")
    unit = house.units["450000"]
    batch = importing.upload(zhengshi, PUBLISHED, unit, "statistics.csv", SAMPLE.encode())
    assert batch.state == BatchState.CHECKED
    done = importing.commit(zhengshi, batch)
    assert (done.created, done.left) == (9, 0)
    check_printed(SAMPLE)


@pytest.mark.shared
def test_the_real_published_statistics_are_imported_completely(house: House, shared: Path) -> None:
    data = (shared / "data" / "published_statistics.csv").read_bytes()
    zhengshi = house.actor("zhengshi")
    batch = importing.upload(
        zhengshi, PUBLISHED, house.units["450000"], "published_statistics.csv", data
    )
    assert importing.counts(batch).new == 342
    assert importing.commit(zhengshi, batch) == importing.Outcome(342, 0, 0, 0)
    check_printed(data.decode("utf-8-sig"))
    again = importing.upload(zhengshi, PUBLISHED, house.units["450000"], "again.csv", data)
    assert importing.commit(zhengshi, again) == importing.Outcome(0, 0, 342, 0)


# --- a messy workbook ------------------------------------------------------------------------


@pytest.fixture
def desk(house: House) -> import_files.Desk:
    return import_files.desk(house)


def messy(desk: import_files.Desk, house: House) -> Batch:
    rows = import_files.messy_rows()
    import_files.spoil(rows)
    data = import_files.messy_workbook(rows)
    return importing.upload(desk.actor, ASSISTANCE, house.units["450100"], "帮扶.xlsx", data)


def checked(desk: import_files.Desk, house: House) -> Batch:
    batch = messy(desk, house)
    mapping = {int(at): name for at, name in batch.mapping.items()} | {9: "result"}
    importing.remap(desk.actor, batch, mapping)
    importing.check(desk.actor, batch)
    return batch


def test_a_heading_of_two_rows_is_understood_but_for_one_column(
    desk: import_files.Desk, house: House
) -> None:
    batch = messy(desk, house)
    assert batch.state == BatchState.DRAFT
    assert (batch.layout["first"], batch.layout["last"]) == (2, 3)
    assert batch.mapping == {
        "1": "key",
        "2": "unit",
        "3": "title",
        "4": "place",
        "5": "happened_on",
        "6": "funds",
        "7": "problems_solved",
        "8": "campaign",
    }


def test_every_fault_of_the_messy_workbook_is_counted_in_its_group(
    desk: import_files.Desk, house: House
) -> None:
    found = importing.counts(checked(desk, house))
    assert (found.total, found.ready, found.bad, found.hints) == (600, 583, 17, 9)
    assert (found.new, found.update, found.normalised) == (572, 11, 455)
    assert {code: number for code, _, number in found.groups} == {
        "date": 5,
        "unit": 4,
        "duplicate": 2,
        "integer": 2,
        "required": 2,
        "choice": 2,
    }


def number_of(batch: Batch, key: int) -> int:
    """The row of the file that holds the nth data row."""
    return key + import_files.FIRST_DATA_ROW - 1


def words(batch: Batch, key: int) -> list[str]:
    row = batch.rows.get(number=number_of(batch, key))
    return [Trouble.read(kept).words for kept in row.problems.values()]


def test_faults_are_said_in_sentences_with_a_remedy(desk: import_files.Desk, house: House) -> None:
    batch = checked(desk, house)
    assert words(batch, 501) == ["日期不存在“2019.2.30”，是否为“2019-02-28”？"]
    assert words(batch, 504) == ["日期晚于今天“2091-01-01”"]
    assert words(batch, 511) == ["单位不认识“武呜区院”，是否为“武鸣区院”？"]
    assert words(batch, 522) == ["与第 524 行重复（编号“BF-521”相同）"]
    assert words(batch, 523) == ["编号“BF-OTHER”在库中是另一单位的记录"]
    assert words(batch, 532) == ["应为整数“一个”，是否为“1”？"]
    assert words(batch, 541) == ["“项目”必须填写"]
    assert words(batch, 551)[0].startswith("不在选项中“扫黄打非”")


def mend(desk: import_files.Desk, batch: Batch) -> list[int]:
    """Mend the workbook step by step; how many faulty rows were left after each step."""
    actor = desk.actor
    left = []

    def step() -> None:
        left.append(importing.counts(batch).bad)

    assert importing.fix_same(actor, batch, "unit", "武呜区院", "武鸣区院") == 3
    step()
    for key in range(501, 506):
        importing.fix(actor, batch, number_of(batch, key), "happened_on", "2021-02-28")
    step()
    importing.accept(actor, batch, number_of(batch, 523))
    importing.keep(actor, batch, number_of(batch, 522))
    step()
    others = {
        (514, "unit"): "450100",
        (531, "problems_solved"): "2",
        (532, "problems_solved"): "1",
        (541, "title"): "补上的项目",
        (542, "place"): "某村",
        (551, "campaign"): "定点帮扶",
        (552, "campaign"): "",
    }
    texts = {(number_of(batch, key), name): text for (key, name), text in others.items()}
    importing.fix_cells(actor, batch, texts)
    step()
    return left


def test_the_messy_workbook_is_mended_imported_and_taken_back(
    desk: import_files.Desk, house: House
) -> None:
    batch = checked(desk, house)
    before = {record.pk: image_of(record) for record in AssistanceProject.objects.all()}
    assert mend(desk, batch) == [14, 9, 7, 0]
    done = importing.commit(desk.actor, batch)
    assert done == importing.Outcome(created=587, updated=12, unchanged=0, left=1)
    assert batch.state == BatchState.DONE
    assert AssistanceProject.objects.count() == 599
    assert AssistanceProject.objects.get(key="BF-OTHER").unit == house.units["450100"]
    assert AssistanceProject.objects.get(key="BF-445").funds == 35000

    taken_back = importing.undo(desk.actor, batch)
    assert (taken_back.voided, taken_back.restored, taken_back.refused) == (587, 12, ())
    assert batch.state == BatchState.UNDONE
    assert AssistanceProject.objects.exclude(state=VOID).count() == 12
    stamped = {"version", "recorded_at"}
    for pk, image in before.items():
        now = image_of(AssistanceProject.objects.get(pk=pk))
        assert {k: v for k, v in now.items() if k not in stamped} == {
            k: v for k, v in image.items() if k not in stamped
        }
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs.count("import") == 1
    assert verbs.count("undo") == 1
    assert not verify().breaks


def test_the_same_layout_is_understood_at_once_the_second_time(
    desk: import_files.Desk, house: House
) -> None:
    batch = checked(desk, house)
    mend(desk, batch)
    importing.commit(desk.actor, batch)
    importing.undo(desk.actor, batch)
    again = messy(desk, house)
    assert again.state == BatchState.CHECKED
    assert again.mapping["9"] == "result"
    assert importing.counts(again).ready == 583
    assert again.layout["saved_name"] == "帮扶.xlsx"
