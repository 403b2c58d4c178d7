"""A large file with known faults: forty kinds of them, spread over rows and cells by a seed.

Every fault is put into one cell of an otherwise good row, and it is known at which cell and with
which words it must be reported. Between them stand good rows that only look odd.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.ledgers.enterprise_contact import EnterpriseContact
from rongjian.org.actions import NewUnit, appoint, found
from rongjian.org.models import Person, Tree, Unit, UnitType
from rongjian.records.actions import save
from rongjian.records.import_reading import Trouble
from tests.house import FOUNDED, House

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.records.models import Batch

HEADINGS = {
    "key": "编号",
    "enterprise": "企业或项目",
    "unit": "单位",
    "happened_on": "日期",
    "need": "需求类别",
    "demands": "提出需求（个）",
    "leader": "联系领导",
    "campaign": "专项",
    "demand": "需求内容",
    "solved": "已解决（个）",
    "solved_on": "解决日期",
    "confirmed_on": "企业确认日期",
}
FIRST_ROW = 2
"""The row of the file in which the first line of data stands."""
_GONE_ON = date(2022, 1, 1)
_FIRST_DAY = date(2023, 1, 1)


@dataclass(frozen=True)
class Fault:
    """One kind of fault: the cell it is put into, what is written there, how it must be reported.

    `with_` are the other cells of the row that the fault needs.
    """

    name: str
    cell: str
    text: str
    group: str
    says: str
    with_: dict[str, str] = field(default_factory=dict)


FAULTS = (
    Fault("日期不存在", "happened_on", "2023.2.30", "date", "日期不存在"),
    Fault("没有这个月", "happened_on", "2023-13-05", "date", "日期不存在"),
    Fault("日期缺日", "happened_on", "2023年3月", "date", "日期缺少日"),
    Fault("日期缺月日", "happened_on", "2023", "date", "日期缺少日"),
    Fault("日期缺年", "happened_on", "3月5日", "date", "日期缺少年份"),
    Fault("两位年份", "happened_on", "23.3.5", "date", "年份应写四位"),
    Fault("日期是一句话", "happened_on", "去年年底", "date", "日期无法识别"),
    Fault("一格两个日期", "solved_on", "2023-03-05\n2023-03-06", "date", "日期无法识别"),
    Fault("日期是公式样的文字", "solved_on", "=TODAY()", "date", "日期无法识别"),
    Fault("日期在将来", "happened_on", "2091-01-01", "date", "日期晚于今天"),
    Fault("没有这个单位", "unit", "火星院", "unit", "单位不认识"),
    Fault("单位写错一字", "unit", "武呜区院", "unit", "单位不认识“武呜区院”，是否为“武鸣区院”"),
    Fault("单位有歧义", "unit", "第五检察部", "unit", "可能是"),
    Fault("单位当日已撤销", "unit", "450100-09", "unit", "没有这个单位"),
    Fault("无权导入的单位", "unit", "柳州市院", "right", "没有权限"),
    Fault("代码不在选项中", "need", "借款", "choice", "不在选项中"),
    Fault("没有这个专项", "campaign", "ZX99", "choice", "不在选项中"),
    Fault("不是整数", "demands", "1.5", "integer", "应为整数"),
    Fault("数字写成话", "demands", "三个", "integer", "是否为“3”"),
    Fault("数字格里是文字", "solved", "#N/A", "integer", "应为整数"),
    Fault("负数", "demands", "-1", "integer", "应在 0 到"),
    Fault("超出存储范围", "demands", "40000", "integer", "应在 0 到 32767 之间"),
    Fault("数字过大", "solved", "1" * 17, "integer", "数字过大"),
    Fault("必填为空", "need", "", "required", "必须填写"),
    Fault("只有空格", "enterprise", "　 ", "required", "必须填写"),
    Fault("合并单元格留下的空格", "enterprise", "", "required", "必须填写"),
    Fault("文字过长", "enterprise", "长" * 81, "text", "最多 80 个字"),
    Fault("与前一行重复", "key", "LX-FIRST", "duplicate", "与第"),
    Fault("库中是另一单位的", "key", "LX-OTHER", "duplicate", "另一单位"),
    Fault("库中的无权修改", "key", "LX-FAR", "duplicate", "不在您可以修改的范围内"),
    Fault("身份证号", "demand", "联系人 11010519491231002X", "screen", "居民身份证号码"),
    Fault("密级标志", "demand", "机密★10年", "screen", "国家秘密标志"),
    Fault("案号", "demand", "涉（2021）桂0103刑初123号", "screen", "有案号"),
    Fault("手机号码", "enterprise", "某公司13812345678", "screen", "手机号码"),
    Fault("银行卡号", "demand", "账号 6222021234567890128", "screen", "银行卡号"),
    Fault("解决多于提出", "solved", "9", "rule", "多于", {"demands": "2"}),
    Fault("未解决先确认", "confirmed_on", "2023-06-01", "rule", "请先填写", {"solved_on": ""}),
    Fault("早于联系日期", "solved_on", "2022-12-31", "rule", "早于", {"happened_on": "2023-01-05"}),
    Fault("没有这个人", "leader", "无名氏", "person", "人员不认识"),
    Fault("同院重名", "leader", "重某", "person", "有重名", {"unit": "450100"}),
)
_ONCE = {"库中是另一单位的", "库中的无权修改"}
"""A second row of these would repeat the first."""
_JOINED = (("日期缺年", "没有这个专项"), ("没有这个人", "代码不在选项中"), ("密级标志", "负数"))
"""Faults that also come two in a row."""


@dataclass(frozen=True)
class Corpus:
    """The file, how many rows it has, and every fault by (row of the file, field)."""

    data: bytes
    rows: int
    faults: dict[tuple[int, str], Fault]


def desk(house: House) -> Actor:
    """Who imports, with the units, people and records that the faults need; call it once."""
    _found_units(house)
    court = house.units["450100"]
    appoint(house.people["qian"], court, "organ_committee", FOUNDED)
    appoint(house.people["liu"], house.units["450200"], "organ_committee", FOUNDED)
    for number in (1, 2):
        Person.objects.create(
            staff_no=f"C{number}",
            name="重某",
            court=court,
            department=house.units["450100-01"],
            membership="none",
        )
    for key, code, by in (("LX-OTHER", "450103", "qian"), ("LX-FAR", "450200", "liu")):
        _known(house.actor(by), key, house.units[code])
    return house.actor("qian")


def _found_units(house: House) -> None:
    plan = [
        ("450110", "南宁市武鸣区人民检察院", "武鸣区院", UnitType.COUNTY, "450100", "450110"),
        ("450110-05", "第五检察部", "第五检察部", UnitType.DEPARTMENT, "450110", "450110"),
        ("450103-05", "第五检察部", "第五检察部", UnitType.DEPARTMENT, "450103", "450103"),
        ("450100-09", "第九检察部", "第九检察部", UnitType.DEPARTMENT, "450100", "450100"),
    ]
    units = [
        NewUnit(code, name, short, Tree.BUSINESS, type_, parent, court, FOUNDED)
        for code, name, short, type_, parent, court in plan
    ]
    house.units.update(found(units))
    Unit.objects.filter(code="450100-09").update(dissolved_on=_GONE_ON)


def _known(actor: Actor, key: str, unit: Unit) -> None:
    contact = EnterpriseContact(
        unit=unit,
        key=key,
        enterprise="某公司",
        happened_on=_FIRST_DAY,
        need="case",
    )
    save(actor, contact)


def corpus(rows: int, each: int, seed: int = 20260625) -> Corpus:
    """A file of so many rows in which each kind of fault comes so often (some only once)."""
    picked = random.Random(seed)  # a seed to be repeated, nothing secret
    table = [_good(number) | picked.choice(_ODD) for number in range(rows)]
    wanted: list[tuple[Fault, ...]] = [
        (fault,) for fault in FAULTS for _ in range(1 if fault.name in _ONCE else each)
    ]
    by_name = {fault.name: fault for fault in FAULTS}
    wanted += [tuple(by_name[name] for name in pair) for pair in _JOINED for _ in range(each)]
    table[0]["key"] = "LX-FIRST"
    places = picked.sample(range(1, rows), len(wanted))
    faults: dict[tuple[int, str], Fault] = {}
    for at, found_here in zip(places, wanted, strict=True):
        table[at] = _good(at)
        for fault in found_here:
            table[at] |= {**fault.with_, fault.cell: fault.text}
            faults[at + FIRST_ROW, fault.cell] = fault
    return Corpus(_workbook(table), rows, faults)


def _good(number: int) -> dict[str, object]:
    day = _FIRST_DAY + timedelta(days=number % 700)
    return {
        "key": f"LX-{number:06}",
        "enterprise": f"第{number}号企业",
        "unit": ("南宁市院", "450103", "南宁市武鸣区人民检察院", "武鸣区院")[number % 4],
        "happened_on": day,
        "need": ("法律咨询", "legal_advice", "合规建设", "其他")[number % 4],
        "demands": 5,
        "leader": "",
        "campaign": "",
        "demand": f"需求{number}",
        "solved": number % 3,
        "solved_on": date(2024, 12, 31),
        "confirmed_on": "",
    }


# Odd but good: our own form is found for it, or it is kept as it is.
_ODD: tuple[dict[str, object], ...] = (
    {},
    {},
    {},
    {},
    {"happened_on": "2023.3.5"},
    {"happened_on": "２０２３年３月５日"},
    {"happened_on": "二〇二三年三月五日"},
    {"happened_on": "45000"},
    {"unit": "第九检察部", "happened_on": "2021-12-31"},
    {"demands": "１２"},
    {"demands": "1,200"},
    {"demand": "=1+1"},
    {"demand": "第一行\n第二行"},
    {"demand": "007"},
    {"demand": "开展保密教育，严守商业秘密"},
    {"demand": "电话 0771-1234567"},
    {"leader": "N001"},
    {"enterprise": "　某公司 "},
)


def _workbook(table: list[dict[str, object]]) -> bytes:
    columns = [
        Column(heading, 14, "date" if name == "happened_on" else "text")
        for name, heading in HEADINGS.items()
    ]
    rows = ([row[name] for name in HEADINGS] for row in table)
    return write_xlsx(columns, rows, title="联系企业")


def reported(batch: Batch) -> dict[tuple[int, str], Trouble]:
    """What checking said that keeps a row back, by (row of the file, field)."""
    rows = batch.rows.exclude(problems={}).values_list("number", "problems")
    found = {
        (number, name): Trouble.read(kept)
        for number, problems in rows
        for name, kept in problems.items()
        if name[0] != "@"
    }
    return {place: trouble for place, trouble in found.items() if trouble.group != "hint"}
