"""What a file holds besides our fields is gone once the import is carried out, and its headings are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.records import importing
from rongjian.records.importing import Outcome
from rongjian.records.kinds import kind_of
from tests.records.import_files import desk, xlsx

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.records.models import Batch
    from tests.house import House

ASSISTANCE = kind_of("assistance-project")
HEADINGS = [
    "编号",
    "单位",
    "项目",
    "帮扶点",
    "协调日期",
    "协调资金（元）",
    "解决问题（个）",
    "领导批示",
    "备用",
]
SAID = "请某某同志阅处"


def rows(count: int) -> list[list[object]]:
    made = [
        [f"BF-{n}", "南宁市院", f"项目{n}", "某村", "2020-03-01", 100, 1, f"{SAID}{n}", ""]
        for n in range(count)
    ]
    made[-1][4] = "不是日期"
    return [list(HEADINGS), *made]


def carried_out(house: House, count: int) -> tuple[Actor, Batch]:
    actor = desk(house).actor
    batch = importing.upload(
        actor, ASSISTANCE, house.units["450100"], "帮扶.xlsx", xlsx(rows(count))
    )
    mapping = {int(at): name for at, name in batch.mapping.items()}
    assert not {7, 8} & set(mapping)
    importing.remap(actor, batch, mapping)
    importing.check(actor, batch)
    assert any(SAID in str(row.cells) for row in batch.rows.all())
    assert importing.commit(actor, batch) == Outcome(count - 1, 0, 0, 1)
    return actor, batch


def test_columns_that_became_no_field_are_erased(house: House) -> None:
    _, batch = carried_out(house, 5)
    batch.refresh_from_db()
    assert [row for row in batch.rows.all() if SAID in str(row.cells)] == []
    assert batch.layout["forgotten"] == ["领导批示"]


def test_what_waits_to_be_mended_keeps_the_cells_of_its_fields(house: House) -> None:
    actor, batch = carried_out(house, 3)
    (row,) = batch.rows.filter(outcome="bad")
    assert row.cells[:5] == ["BF-2", "南宁市院", "项目2", "某村", "不是日期"]
    importing.fix(actor, batch, row.number, "happened_on", "2020-03-02")
    assert importing.commit(actor, batch) == Outcome(3, 0, 0, 0)
