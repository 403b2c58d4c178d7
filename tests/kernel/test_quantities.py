"""Quantities found in drafts: what is one, what only looks like one, and what is known about it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rongjian.kernel.quantities import Quantity, Reading, find, read
from rongjian.kernel.quantity_lexicon import product_lexicon
from rongjian.kernel.quantity_marks import Mark

SHARED = Path(__file__).parents[3] / "shared"
DRAFTS = SHARED / "data" / "draft_check"
NOTHING: list[str] = []


def told(text: str) -> list[str]:
    """The quantities of a text in short: text=value unit, a sign and a kind where they matter."""
    result = []
    for q in find(text, product_lexicon()):
        kind = (
            ""
            if q.kind == "count"
            else f" {q.kind}{'+' * (q.direction > 0)}{'-' * (q.direction < 0)}"
        )
        upper = "" if q.upper is None else f"..{q.upper}"
        result.append(f"{q.text}={q.bound}{q.value}{upper} {q.unit}{kind}")
    return result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # digits and the blanks and forms in which they are printed
        ("专班内设临时支部206个", ["206个=206 个"]),
        ("起诉涉疫犯罪314人", ["314人=314 人"]),
        ("发布 10 个典型案例", ["10 个=10 个"]),
        ("出台26　项便民措施", ["26　项=26 项"]),
        ("修复林地１２０亩", ["１２０亩=120 亩 measure"]),
        ("受理各类案件1,286件", ["1,286件=1286 件"]),
        ("批捕3,500余人", ["3,500余人=>=3500 人"]),
        ("办理案件1.2万件", ["1.2万件=12000 件"]),
        ("办理案件3.5 万余件", ["3.5 万余件=>=35000 件"]),
        ("印发涉疫文件11个,监督0件", ["11个=11 个", "0件=0 件"]),
        # measure words that share a base unit, and those that do not
        ("表彰23个集体和51名个人", ["23个=23 个", "51名=51 人"]),
        ("5位检察官、7名助理", ["5位=5 人", "7名=7 人"]),
        ("宣讲113场次,听众2万余人次", ["113场次=113 场次", "2万余人次=>=20000 人次"]),
        ("查询行贿档案24292批次", ["24292批次=24292 批次"]),
        ("公开听证188件次", ["188件次=188 件次"]),
        ("走访企业155家、农户30户", ["155家=155 家", "30户=30 户"]),
        ("查处命案8起、侵权案件5宗", ["8起=8 起", "5宗=5 宗"]),
        ("赞成41票,反对0票", ["41票=41 票", "0票=0 票"]),
        # money
        ("查封涉黑财产35亿余元", ["35亿余元=>=3500000000 元 money"]),
        ("协调帮扶资金2.17亿元", ["2.17亿元=217000000 元 money"]),
        ("追赃挽损1亿2000万元", ["1亿2000万元=120000000 元 money"]),
        ("挽损1亿500元,赔付2万5千元", ["1亿500元=100000500 元 money", "2万5千元=25000 元 money"]),
        ("追缴出让金10余万元", ["10余万元=>=100000 元 money"]),
        ("罚金合计3000多万元", ["3000多万元=>=30000000 元 money"]),
        ("集资三千余万元", ["三千余万元=>=30000000 元 money"]),
        ("涉案12万美元", ["12万美元=120000 美元 money"]),
        ("单价78元/吨", ["78元=78 元 money"]),
        # measures
        ("清理河道448公里", ["448公里=448 公里 measure"]),
        ("违建围墙2050米", ["2050米=2.05 公里 measure"]),
        ("拆除违建48.2万平方米", ["48.2万平方米=482000 平方米 measure"]),
        ("复垦草原14.3万公顷", ["14.3万公顷=1430000000 平方米 measure"]),
        ("清运固废28吨", ["28吨=28 吨 measure"]),
        ("查处伪劣食品16.78万千克", ["16.78万千克=167.8 吨 measure"]),
        ("缴获毒品500克,巡河3km", ["500克=0.0005 吨 measure", "3km=3 公里 measure"]),
        ("服务时长1800小时、40学时", ["1800小时=1800 小时 measure", "40学时=40 学时 measure"]),
        # numerals
        ("立案二十三件", ["二十三件=23 件"]),
        ("救助三百余人", ["三百余人=>=300 人"]),
        ("访谈两千多名群众", ["两千多名=>=2000 人"]),
        ("批捕一人、起诉两人", ["一人=1 人", "两人=2 人"]),
        ("十余名干警到场", ["十余名=>=10 人"]),
        ("上百名群众旁听,近千人受益", ["百名=>=100 人", "千人=<=1000 人"]),
        ("成立五个党支部", ["五个=5 个"]),
        ("两个案例入选", ["两个=2 个"]),
        ("提出二十条意见", ["二十条=20 条"]),
        ("办理三四件", ["三四件=3..4 件"]),
        # inexact numbers
        ("近3000人参加", ["3000人=<=3000 人"]),
        ("约50户受益", ["50户=~50 户"]),
        ("超过200件", ["200件=>=200 件"]),
        ("不超过200件", ["200件=<=200 件"]),
        ("100人以上、5件左右", ["100人=>=100 人", "5件=~5 件"]),
        # shares
        ("起诉率98.5%", ["98.5%=98.5 % share"]),
        ("采纳率达百分之九十八", ["百分之九十八=98 % share"]),
        ("漏检率千分之二", ["千分之二=0.2 % share"]),
        ("三分之二的案件当庭宣判", ["三分之二=~66.6667 % share"]),
        ("近九成当事人满意", ["九成=<=90 % share"]),
        ("占12％以上", ["12％=>=12 % share"]),
        ("案-件比1:1.545", ["1:1.545=1.545 比 share"]),
        ("“案-件比”从1.62降至1.28", ["1.62=1.62 比 share", "1.28=1.28 比 share"]),
        ("是上年的3倍", ["3倍=3 倍 share"]),
        ("不捕率升至31%,增长率为4%", ["31%=31 % share", "4%=4 % change+"]),
        # changes
        ("同比上升12.3个百分点", ["12.3个百分点=12.3 百分点 change+"]),
        ("同比下降15.1%", ["15.1%=15.1 % change-"]),
        ("增长近两倍", ["两倍=<=2 倍 change+"]),
        ("增长一倍", ["一倍=1 倍 change+"]),
        ("降幅达8%", ["8%=8 % change-"]),
        ("下降至8%", ["8%=8 % share"]),
        ("同比+5%", ["5%=5 % change+"]),
        ("同比减少15件", ["15件=15 件 change-"]),
        ("新增15件", ["15件=15 件"]),
        ("减少损失40万元", ["40万元=400000 元 money"]),
        ("分别上升47%、1.5倍和3%", ["47%=47 % change+", "1.5倍=1.5 倍 change+", "3%=3 % change+"]),
        ("高于平均值3个百分点", ["3个百分点=3 百分点 change"]),
        # ranks
        ("满意度居党群类第1名", ["第1名=1 名次 rank"]),
        ("起诉质量排名全区第一", ["第一=1 名次 rank"]),
        ("综合考核位列全省第三位", ["第三位=3 名次 rank"]),
        ("办案量位居首位", ["首位=1 名次 rank"]),
        ("竞赛荣获第二名", ["第二名=2 名次 rank"]),
        ("起诉15人,居全市第2位", ["15人=15 人", "第2位=2 名次 rank"]),
        ("9 项指标在全省排名第一", ["9 项=9 项"]),
        ("3名干警获得第一名", ["3名=3 人"]),
        ("16 项指标进入全国前8 位", ["16 项=16 项"]),
        # one measure word for several numbers, several for one
        ("立案41件50人", ["41件=41 件", "50人=50 人"]),
        ("受理509/1497件/人", ["509=509 件", "1497件/人=1497 人"]),
        ("分别办理12、15和20件", ["12=12 件", "15=15 件", "20件=20 件"]),
        ("分别追缴1.2、3万元", ["1.2=12000 元 money", "3万元=30000 元 money"]),
        ("每组3-5人", ["3-5人=~3..5 人"]),
        ("罚款3至5万元", ["3至5万元=~30000..50000 元 money"]),
        ("比例在30%到50%之间", ["30%到50%=~30..50 % share"]),
        ("由3件增至5件", ["3件=3 件", "5件=5 件"]),
        # beside words that begin like measure words, and beside codes
        ("3人民警队伍", NOTHING),
        ("上线APP3个、H5作品2件", ["3个=3 个", "2件=2 件"]),
        ("1.3个支部结对", ["3个=3 个"]),
        ("人均办案1.3件", ["1.3件=1.3 件"]),
    ],
)
def test_what_is_found(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        # dates and spans
        "2019年7月,会议召开",
        "2022年1月18日上午9:30",
        "2021-03-08 10:15",
        "二〇二一年七月一日",
        "2018年至2020年、2021年上半年、前三季度",
        "5月4日至6月10日,10时30分",
        "近三年来,五年间",
        "连续6年保持领先",
        # numbered things
        "第三批指导性案例,第一检察部,第一议题,第一责任人",
        "依据刑法第351条、第352条,第五、六款",
        "高检发〔2021〕2号,七号检察建议",
        "党的十九大,十九届六中全会,十三届人大六次会议",
        "自治区第十四届人民代表大会第二次会议",
        "(一)强化政治引领\n1.一是抓学习\n二、主要做法",
        "详见附件1。",
        "版本2.0.1,服务器10.0.0.1",
        # catchwords and idioms
        "四大检察、十大业务、三级检察院",
        "两个维护、四个意识,4个自信",
        "五查五整顿、六清、百日会战、十百千万、三农",
        "找准四个着力点,从三个方面发力,落实三项制度",
        "“三会一课”和“五个一”",
        "班子成员一对一联系,双月会商",
        "解决两张皮问题,大家一条心、拧成一股绳",
        "办好每一个案件,是一项重大任务,一批先进典型",
        "一经查实,千方百计,万一失手,进一步统一思想",
        "三年行动,建党100周年,第一个100年",
        "未满14周岁,14至16周岁,60岁以上",
        "数百件、几十名、若干人",
        "千家万户,零口供,百姓",
        "市级一等奖,三等功",
        # places that qualify and duties that recur
        "进入全国前5位",
        "把纪律摆在首位",
        "每季度至少召开1次,每3个月通报",
        # titles, addresses, codes, bare numbers
        "《关于服务民企的12条意见》",
        "页面 https://example.org/2020/123635.html ,邮箱 3231169@example.com",
        "电话12309,G20峰会,A4纸,COVID-19",
        "合计 369",
        "单位:万元",
        "",
    ],
)
def test_what_only_looks_like_a_quantity(text):
    assert told(text) == []


def test_what_is_printed_is_kept_beside_the_base_value():
    money, persons = find("查封35亿余元,表彰两千多名", product_lexicon())
    assert (money.printed_value, money.printed_unit, money.value) == (
        Decimal(35),
        "亿元",
        Decimal(3_500_000_000),
    )
    assert (persons.printed_value, persons.printed_unit, persons.unit) == (
        Decimal(2000),
        "名",
        "人",
    )
    assert money.approx
    assert money.dimension == "money"


def test_what_is_no_quantity_is_listed_with_its_kind():
    reading = read("2020年,第三批案例落实“四个意识”,10件居前5位", product_lexicon())
    assert [(mark.text, mark.kind) for mark in reading.marks] == [
        ("2020年", "date"),
        ("第三批", "ordinal"),
        ("“四个意识”", "reference"),
        ("前5位", "reference"),
    ]
    assert [q.text for q in reading.quantities] == ["10件"]


PIECES = st.sampled_from(
    [
        *"0123456789一二两三十百千万亿零〇年月日件人名个项%元余多近约第居前每其中全市",
        *' ,，、。;；:：.-—/()（）“”‘’"《》〔〕\n\t\x00　１２，％',
        *(
            "以来",
            "截至",
            "至今",
            "分之",
            "同比上升",
            "百分点",
            "检察机关",
            "2020年",
            "1月",
            "第一名",
        ),
        *("三会一课", "其中", "分别", "案-件比", "1:", "a", "@", "://", "公里", "排名", "以上"),
    ]
)


def checked(text: str) -> Reading:
    """A reading of which is true what holds for every text: offsets fit, nothing overlaps, clauses hold."""
    reading = read(text, product_lexicon())
    end = 0
    spans: list[Quantity | Mark] = [*reading.quantities, *reading.marks]
    spans.sort(key=lambda found: found.start)
    for found in spans:
        assert end <= found.start < found.end <= len(text)
        assert found.text == text[found.start : found.end]
        end = found.end
    for quantity in reading.quantities:
        start, end = quantity.clause
        assert start <= quantity.start < end
        assert quantity.value.is_finite()
        assert quantity.sentence[0] <= start
        assert end <= quantity.sentence[1]
        assert quantity.unit
    return reading


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_draft_can_be_read(text):
    checked(text)


@settings(deadline=None)
@given(st.text())
def test_any_text_at_all_can_be_read(text):
    checked(text)


@pytest.mark.parametrize(
    ("piece", "length", "found"),
    [
        ("全市办理案件12件,", 200_000, 20_000),
        ("全市办理案件12件", 50_000, 5_555),
        ("居第一名", 50_000, 12_500),
        ("共1、2人,", 50_000, 16_666),
        ("“一", 50_000, 0),
        ("第一届", 50_000, 0),
        ("1", 200_000, 0),
        ("一", 200_000, 0),
    ],
)
def test_a_very_long_text_is_read_whole(piece, length, found):
    text = (piece * length)[:length]
    assert len(checked(text).quantities) == found


def original_rows() -> dict[str, list[dict[str, object]]]:
    """The expected quantities of each original text, where those lie beside the checkout."""
    rows: dict[str, list[dict[str, object]]] = {}
    path = DRAFTS / "expected.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        row = json.loads(line, parse_float=Decimal)
        rows.setdefault(row["file"], []).append(row)
    return rows


def months(period: str) -> str | None:
    """The period of an expected row as we write it; None where the text leaves it open."""
    if found := re.fullmatch(r"(\d{4})年", period):
        return f"{found[1]}-01..{found[1]}-12"
    if found := re.fullmatch(r"(\d{4})年(\d+)月—(\d+)月初", period):
        return f"{found[1]}-{int(found[2]):02}..{found[1]}-{int(found[3]):02}"
    return None


@pytest.mark.shared
@pytest.mark.skipif(not DRAFTS.exists(), reason="the original texts are not beside the checkout")
@pytest.mark.parametrize("name", sorted(original_rows()))
def test_the_original_texts_give_their_quantities_and_no_others(name):
    path = SHARED / name if (SHARED / name).exists() else DRAFTS / name
    text = path.read_text(encoding="utf-8")
    left = find(text, product_lexicon())
    for row in original_rows()[name]:
        start = text.index(str(row["text_span"]))
        end = start + len(str(row["text_span"]))
        (found,) = (
            q for q in left if start <= q.start and q.end <= end and q.printed_value == row["value"]
        )
        assert row["unit"] in (found.unit, found.printed_unit)
        assert found.value == row.get("value_norm", row["value"])
        assert found.approx == row["approx"]
        assert found.period == months(str(row["period"]))
        assert (found.kind == "rank") == (row.get("kind") == "rank")
        assert found.part_of is not None or "part_of" not in row
        left.remove(found)
    assert left == []
