"""One cell: what people type is read, doubts become suggestions, nothing is guessed silently."""

from __future__ import annotations

import csv
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel import cells
from rongjian.kernel.cells import Cell, PublishedValue, nearest, published_value

NOON = datetime.fromisoformat("2019-03-05T12:00")
DAY = date(2019, 3, 5)


def plain(value: object) -> Cell:
    return Cell(value)


def tidied(value: object) -> Cell:
    return Cell(value, normalised=True)


def wrong(problem: str, suggestion: str | None = None) -> Cell:
    return Cell(None, problem=problem, suggestion=suggestion)


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        (3, plain(3)), (3.0, plain(3)), ("3", plain(3)), ("-12", plain(-12)), (0, plain(0)),
        ("３", tidied(3)), (" 3 ", tidied(3)), ("1,234", tidied(1234)), ("１，２３４，５６７", tidied(1234567)),
        ("1.0", tidied(1)), ("007", tidied(7)), ("+5", tidied(5)), ("3万", tidied(30_000)),
        (1.5, wrong("应为整数")), ("1.5", wrong("应为整数")), ("12,34", wrong("应为整数")),
        ("1e3", wrong("应为整数")), ("一", wrong("应为整数", "1")), ("一人", wrong("应为整数", "1")),
        ("3件", wrong("应为整数", "3")), ("约五个", wrong("应为整数", "5")), ("三十五", wrong("应为整数", "35")),
        ("二三十人", wrong("应为整数")), ("若干", wrong("应为整数")), (True, wrong("应为整数")),
        (DAY, wrong("应为整数")), (float("nan"), wrong("应为整数")), (float("inf"), wrong("应为整数")),
        ("9" * 20, wrong("数字过大")), ("9" * 10_000, wrong("应为整数")), (10**5_000, wrong("应为整数")),
        (1e300, wrong("应为整数")),
    ],
    ids=lambda value: str(value)[:20] if not isinstance(value, int) else "n",
)  # fmt: skip
def test_integers(raw, cell):
    assert cells.integer(raw) == cell


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        ("0.5", plain("0.5")), (0.1 + 0.2, plain("0.3")), ("1.50", plain("1.50")), (7, plain("7")),
        ("2.17亿", tidied("217000000")), ("35万", tidied("350000")), (".5", tidied("0.5")),
        ("１２．５", tidied("12.5")), ("−3.5", tidied("-3.5")), ("3百万", tidied("3000000")),
        ("12%", wrong("应为数字")), ("万", wrong("应为数字")), ("三点五", wrong("应为数字")),
        ("1亿亿", wrong("应为数字")), ("3亿百", wrong("应为数字")),
        ("9000万亿", wrong("数字过大")),
    ],
)  # fmt: skip
def test_decimals(raw, cell):
    read = cells.decimal(raw)
    assert (read.value is None or str(read.value) == cell.value, read.normalised) == (
        True,
        cell.normalised,
    )
    assert (read.problem, read.suggestion) == (cell.problem, cell.suggestion)


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        ("2.17亿", tidied(Decimal(217_000_000))), ("35万元", tidied(Decimal(350_000))),
        ("1,234.50", tidied(Decimal("1234.50"))), ("￥1,234.50元", tidied(Decimal("1234.50"))),
        ("人民币 500 元整", tidied(Decimal(500))), (1234.56, plain(Decimal("1234.56"))), ("0", plain(Decimal(0))),
        ("1.00005万", tidied(Decimal("10000.5"))),
        ("1234.567", wrong("金额最多到分", "1234.57")), ("三万元", wrong("应为数字")), ("元", wrong("应为数字")),
    ],
)  # fmt: skip
def test_money(raw, cell):
    assert cells.money(raw) == cell


@pytest.mark.parametrize(
    "raw",
    [
        "2019.3.5", "2019-3-5", "2019/3/5", "2019年3月5日", "20190305", "２０１９．３．５", "2019年03月05号",
        "二〇一九年三月五日", "二○一九年三月五日", "二零一九年三月五日", "2019。3。5", "2019、3、5", "2019—3—5",
        "2019－03－05", " 2019 年 3 月 5 日 ", "2019-03-05 00:00:00", "2019/3/5 9:30", "2019-03-05T12:00:00.5",
        43529, 43529.0, 43529.5, "43529", 20190305, "2019.3.5.", "2019\u200b-03-05",
    ],
)  # fmt: skip
def test_days_in_any_dress(raw):
    assert cells.day(raw) == tidied(DAY)


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        (DAY, plain(DAY)), ("2019-03-05", plain(DAY)), (NOON, tidied(DAY)), (NOON.replace(hour=0), plain(DAY)),
        ("二〇一九年十二月二十五日", tidied(date(2019, 12, 25))), ("2091-01-01", plain(date(2091, 1, 1))),
        ("2019.2.30", wrong("日期不存在", "2019-02-28")), ("2020年2月31日", wrong("日期不存在", "2020-02-29")),
        ("20190431", wrong("日期不存在", "2019-04-30")), ("2019.13.1", wrong("日期不存在")),
        ("2019-3-45", wrong("日期不存在")), ("2019.0.1", wrong("日期不存在")),
        ("2019年3月", wrong("日期缺少日")), ("2019.3", wrong("日期缺少日")), (2019.3, wrong("日期缺少日")),
        (2019, wrong("日期缺少日")), ("二〇一九年", wrong("日期缺少日")), ("201903", wrong("日期缺少日")),
        ("3月", wrong("日期缺少年份")), ("三月五日", wrong("日期缺少年份")), ("3.5", wrong("日期缺少年份")),
        ("19.3.5", wrong("年份应写四位", "2019-03-05")), ("19.2.30", wrong("年份应写四位")),
        ("abc", wrong("日期无法识别")), (True, wrong("日期无法识别")), ("2019.3.5-3.8", wrong("日期无法识别")),
        (3, wrong("日期无法识别")), (99_999, wrong("日期无法识别")), ("1" * 10_000, wrong("日期无法识别")),
        ("2019-3.5", wrong("日期无法识别")),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_days(raw, cell):
    assert cells.day(raw) == cell


@given(st.dates(date(1930, 1, 1), date(2100, 12, 31)), st.sampled_from("./-"))
def test_every_day_is_read_in_every_form(value, stop):
    y, m, d = value.year, value.month, value.day
    serial = (value - date(1899, 12, 30)) / timedelta(days=1)
    for raw in (
        f"{y}{stop}{m}{stop}{d}",
        f"{y}年{m}月{d}日",
        f"{y}{m:02}{d:02}",
        serial,
        str(int(serial)),
    ):
        assert cells.day(raw).value == value


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        ("2019-03", plain("2019-03")), ("2019年3月", tidied("2019-03")), ("2019.3", tidied("2019-03")),
        ("201903", tidied("2019-03")), ("二〇一九年三月份", tidied("2019-03")), (date(2019, 3, 1), tidied("2019-03")),
        (DAY, wrong("应为月份，不写日", "2019-03")), ("2019-3-5", wrong("应为月份，不写日", "2019-03")),
        ("2019.13", wrong("月份无法识别")), ("3月", wrong("月份无法识别")), (3, wrong("月份无法识别")),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_months(raw, cell):
    assert cells.month(raw) == cell


def test_yes_and_no():
    assert cells.boolean(True) == cells.boolean("是") == plain(True)
    assert cells.boolean(False) == cells.boolean("否") == plain(False)
    for raw in ("√", "1", 1, 1.0, "有", " 是", "ＹＥＳ", "☑"):
        assert cells.boolean(raw) == tidied(True)
    for raw in ("×", "0", 0, "无", "没有", "No"):
        assert cells.boolean(raw) == tidied(False)
    assert cells.boolean("x") == wrong("应填是或否", "否")
    assert cells.boolean("也许") == wrong("应填是或否")
    assert cells.boolean(2) == wrong("应填是或否")


UNITS = {"450100": "南宁市院", "450110": "武鸣区院", "450181": "横州市院"}


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        ("450110", plain("450110")), ("武鸣区院", plain("450110")), (450110, tidied("450110")),
        (" 武鸣 区院", tidied("450110")), ("武呜区院", wrong("不在选项中", "武鸣区院")),
        ("五明区院", wrong("不在选项中", "武鸣区院")), ("恒州市院", wrong("不在选项中", "横州市院")),
        ("不存在院", wrong("不在选项中")), (None, plain(None)),
    ],
)  # fmt: skip
def test_choices(raw, cell):
    assert cells.choice(raw, UNITS) == cell
    assert cells.normalise("choice", raw, UNITS) == cell


def test_a_label_of_two_codes_is_not_guessed():
    twins = {"1": "城区院", "2": "城区院", "3": "郊区院"}
    assert cells.choice("城区院", twins) == wrong("与多个选项相符")
    assert cells.choice("2", twins) == plain("2")


@pytest.mark.parametrize(
    ("raw", "cell"),
    [
        ("南宁", plain("南宁")), ("", plain(None)), (None, plain(None)), ("  ", tidied(None)),
        ("\u3000南宁\xa0市 ", tidied("南宁 市")), ("第１２期", tidied("第12期")), ("a\r\nb\rc", tidied("a\nb\nc")),
        ("a\x00\u200b\u202e\ufeffb\ud800", tidied("ab")), ("（全角）ＡＢ，①㎡", plain("（全角）ＡＢ，①㎡")),
        (5, plain("5")), (5.0, plain("5")), (0.1 + 0.2, plain("0.3")), (True, plain("是")),
        (DAY, plain("2019-03-05")), (NOON, plain("2019-03-05 12:00:00")),
    ],
)  # fmt: skip
def test_text(raw, cell):
    assert cells.text(raw) == cell


@pytest.mark.parametrize(
    "kind", ["text", "integer", "decimal", "money", "date", "month", "boolean", "choice"]
)
@pytest.mark.parametrize("raw", ["", None, "\u200b", " \u3000\t", "\ufeff"])
def test_blank_looking_cells_are_blank(kind, raw):
    assert cells.normalise(kind, raw, UNITS) == Cell(None, normalised=bool(raw))


kinds = st.sampled_from(
    ["text", "integer", "decimal", "money", "date", "month", "boolean", "choice"]
)
pieces = st.sampled_from(list("0123456789.,-/年月日万亿元一二十〇: T%+\u200b\u3000是√"))
raws = st.one_of(
    st.text(), st.lists(pieces, max_size=14).map("".join), st.integers(), st.floats(), st.booleans(),
    st.dates(), st.datetimes(), st.none(),
)  # fmt: skip


@given(kinds, raws)
def test_every_cell_has_an_answer_and_what_was_tidied_stays(kind, raw):
    cell = cells.normalise(kind, raw, UNITS)
    assert cell.problem is None or cell.value is None
    assert cell.suggestion is None or cell.problem
    again = cells.normalise(kind, cell.value, UNITS)
    assert again.value == cell.value
    assert again.problem is None
    if kind != "month" and not isinstance(cell.value, date):
        assert not again.normalised or isinstance(cell.value, bool)


@given(kinds, raws)
def test_a_suggestion_is_an_answer(kind, raw):
    suggestion = cells.normalise(kind, raw, UNITS).suggestion
    if suggestion is not None:
        mended = cells.normalise(kind, suggestion, UNITS)
        assert mended.value is not None
        assert mended.problem is None


# --- nearest ---------------------------------------------------------------------------------


def test_nearest_by_shape_and_by_sound():
    names = ["南宁市院", "武宣县院", "武鸣区院", "横州市院"]
    assert nearest("武呜", ["武宣", "武鸣", "南宁"]) == ["武宣"]
    assert nearest("武呜区院", names) == ["武鸣区院"]
    assert nearest("五名区院", names) == ["武鸣区院"]
    assert nearest("兰宁市院", names) == ["南宁市院"]
    assert nearest("横县市院", names, 2)[0] == "横州市院"
    assert nearest("完全不同的词语", names) == []
    assert nearest("", names) == nearest("武鸣", []) == []


def test_the_order_of_candidates_breaks_ties():
    assert nearest("甲丙", ["甲乙", "甲丁"], 2) == ["甲乙", "甲丁"]
    assert nearest("甲丙", ["甲丁", "甲乙"], 2) == ["甲丁", "甲乙"]


def test_the_shortcut_for_many_candidates_loses_nothing():
    """Among 2,000 names the answer is the one that comparing with each name alone gives."""
    chance = random.Random(7)
    names = [
        "".join(chance.choices("南宁武鸣横州宾阳上林马山隆安兴青秀江西乡塘良庆邕区县市院", k=5))
        for _ in range(2_000)
    ]
    for _ in range(20):
        word = "".join(chance.choices("武呜邕宁兵阳林区县院", k=5))
        best = None
        for name in names:
            if nearest(word, [name]):
                (best,) = nearest(word, [best, name] if best else [name])
        assert nearest(word, names) == ([best] if best else [])


# --- published figures -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "kind", "numbers"),
    [
        ("3010000", "exact", ["3010000"]), ("22.2", "exact", ["22.2"]), ("3,010,000", "exact", ["3010000"]),
        (">=2200", "at_least", ["2200"]), ("≥200", "at_least", ["200"]), ("1.2余", "at_least", ["1.2"]),
        ("1:1.545", "ratio", ["1", "1.545"]), ("196/251", "list", ["196", "251"]), ("1+9", "list", ["1", "9"]),
        ("24.9 / 64.6", "list", ["24.9", "64.6"]), ("13/65/>=40", "list", ["13", "65", "40"]),
        ("18/87/1+9", "list", ["18", "87", "1", "9"]), ("", "blank", []), ("  ", "blank", []),
        ("+0.1pt", "exact", ["0.1"]), ("-35.4%", "exact", ["-35.4"]), ("+33.1pt(占比)", "exact", ["33.1"]),
        ("1.7x(2018-19: 130)", "exact", ["1.7"]), ("+25.34%//", "list", ["25.34"]),
        ("/-6.6%/-20.3%", "list", ["-6.6", "-20.3"]), ("8年来首次下降", "text", []),
        ("规划的3.93倍", "text", []), ("//", "text", []), ("(注)", "text", []),
    ],
)  # fmt: skip
def test_published_values(printed, kind, numbers):
    assert published_value(printed) == PublishedValue(kind, tuple(map(Decimal, numbers)), printed)


@pytest.mark.shared
def test_every_collected_figure_is_understood(shared: Path):
    with (shared / "data/published_statistics.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 300
    for row in rows:
        value = published_value(row["value"])
        assert value.kind != "text"
        assert (value.kind == "blank") == (row["value"] == "")
        if row["value"].isdigit():
            assert value.numbers == (Decimal(row["value"]),)
    words = {row["yoy"] for row in rows if published_value(row["yoy"]).kind == "text"}
    assert words == {"8年来首次下降", "规划的3.93倍"}


@given(st.text())
def test_any_published_text_is_kept_as_printed(printed):
    value = published_value(printed)
    assert value.printed == printed
    assert value.numbers or value.kind in ("blank", "text")
