"""Files that people really send: a messy workbook with known faults, built cell by cell."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from openpyxl import Workbook

from rongjian.ledgers.assistance_project import AssistanceProject
from rongjian.org.access import Actor
from rongjian.org.actions import NewUnit, appoint, found
from rongjian.org.models import Tree, UnitType
from rongjian.records.actions import save

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.house import House

FULL_NAME = "南宁市人民检察院"
FIRST_DATA_ROW = 4
ROWS = 600
NORMALISED = 455
BAD = 17
_GROUPED = ("协调日期", "协调资金（元）")
_HEADINGS = (
    "序号",
    "编号",
    "承办院",
    "项目",
    "帮扶点",
    *_GROUPED,
    "解决问题（个）",
    "专项",
    "办结说明",
)
_FIRST_DAY = date(2020, 2, 1)


def xlsx(rows: Sequence[Sequence[object]], title: str = "Sheet1") -> bytes:
    """A plain workbook of these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """A workbook as the file it would be."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def messy_rows() -> list[list[object]]:
    """600 data rows of which 17 are faulty, 11 known already, 9 odd; 455 cells need our form."""
    rows: list[list[object]] = []
    for number in range(1, ROWS + 1):
        day = _FIRST_DAY + timedelta(days=number % 300)
        # 407 of the good dates and 5 of the faulty rows' neighbours are typed in other forms.
        written: object = day if number > 412 else f"{day.year}.{day.month}.{day.day}"
        unit = "南宁市院" if 413 <= number <= 442 else FULL_NAME
        funds: object = "3.5万元" if 443 <= number <= 455 else number * 100
        rows.append(
            [number, f"BF-{number:03}", unit, f"项目{number}", "某村", written, funds, 1, "", ""]
        )
    return rows


def spoil(rows: list[list[object]]) -> None:
    """Put 17 faults into rows whose other cells are in our form already."""
    at = {name: place for place, name in enumerate(_HEADINGS)}

    def put(number: int, heading: str, value: object) -> None:
        rows[number - 1][at[heading]] = value

    for number, text in zip(
        range(501, 506), ("2019.2.30", "二〇一九年", "3月", "2091-01-01", "／"), strict=True
    ):
        put(number, "协调日期", text)
    for number, text in zip(
        range(511, 515), ("武呜区院", "武呜区院", "武呜区院", "不存在院"), strict=True
    ):
        put(number, "承办院", text)
    put(522, "编号", "BF-521")
    put(523, "编号", "BF-OTHER")
    put(531, "解决问题（个）", 1.5)
    put(532, "解决问题（个）", "一个")
    put(541, "项目", None)
    put(542, "帮扶点", None)
    put(551, "专项", "扫黄打非")
    put(552, "专项", "ZX99")
    # Odd but possible: the day lies outside the campaign named beside it.
    for number in range(561, 570):
        put(number, "专项", "扫黑除恶")
        put(number, "协调日期", date(2021, 5, 6))


def messy_workbook(rows: list[list[object]]) -> bytes:
    """The rows under a merged title and a heading of two rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2020—2021年定点帮扶项目台账"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_HEADINGS))
    upper = ["协调情况" if name in _GROUPED else name for name in _HEADINGS]
    lower = [name if name in _GROUPED else None for name in _HEADINGS]
    sheet.append(upper)
    sheet.append(lower)
    sheet.merge_cells(start_row=2, start_column=6, end_row=2, end_column=7)
    for column in (1, 2, 3, 4, 5, 8, 9, 10):
        sheet.merge_cells(start_row=2, start_column=column, end_row=3, end_column=column)
    for row in rows:
        sheet.append(row)
    return saved(book)


@dataclass(frozen=True)
class Desk:
    """Somebody who may import for a city and below, with what the database knows already."""

    actor: Actor
    known: list[AssistanceProject]
    other: AssistanceProject


def desk(house: House) -> Desk:
    """Twelve records that the messy workbook meets again, one of them at another court."""
    units = found(
        [
            NewUnit(
                "450110",
                "南宁市武鸣区人民检察院",
                "武鸣区院",
                Tree.BUSINESS,
                UnitType.COUNTY,
                "450100",
                "450110",
                date(2015, 1, 1),
            )
        ]
    )
    house.units.update(units)
    appoint(house.people["qian"], house.units["450100"], "organ_committee", date(2015, 1, 1))
    actor = house.actor("qian")
    known = [
        save(
            actor,
            AssistanceProject(
                unit=house.units["450100"],
                key=f"BF-{number:03}",
                title=f"原项目{number}",
                place="某村",
                happened_on=date(2020, 3, 1),
                funds=1,
                problems_solved=0,
            ),
        )
        for number in range(571, 582)
    ]
    other = save(
        actor,
        AssistanceProject(
            unit=house.units["450103"],
            key="BF-OTHER",
            title="别院项目",
            place="某村",
            happened_on=date(2020, 3, 1),
            funds=1,
            problems_solved=0,
        ),
    )
    return Desk(actor, known, other)
