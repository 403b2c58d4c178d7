"""The door: marks and numbers that must not be stored are seen, everyday talk passes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.kernel.screening import screen

SEED = 20240501


def rules(text: str) -> set[str]:
    return {finding.rule for finding in screen(text)}


# --- a corpus of marks in disguise -----------------------------------------------------------

LEVELS = ("绝密", "机密", "秘密")
TERMS = ("1年", "3年", "10年", "20年", "三十年", "六个月", "6个月", "长期", "一年", "永久")
# "{l}" the level, "{t}" the term; the second value tells whether the mark needs a line of its own
FORMS = (
    ("{l}★{t}", False), ("{l} ★ {t}", False), ("★{l} {t}", False), ("{l}★", True), ("★{l}", True),
    ("{l}·{t}", True), ("{l} {t}", True), ("{l}（{t}）", True), ("{l}", True), ("{l}级", True), ("{l}件", True),
    ("【{l}】", False), ("［{l}］", False), ("（{l}）", True), ("{l}  特急", True), ("特急 {l}★{t}", True),
    ("密级：{l}", False), ("密级:{l}级", True), ("密级 {l}", True), ("保密等级：{l}", False), ("涉密等级为{l}", True),
    ("{l}★启用前", False), ("{l}级，保密期限：{t}", False), ("{l} 保密期限{t}", False), ("{l}文件", True),
    ("000012 {l}★{t}", True), ("No.7 {l}", True), ("{l}★2019年12月解密", True), ("{l} 关于某案的报告", True), ("{l}-关于某案的报告.docx", True),
)  # fmt: skip
WARNINGS = (
    "内部资料 严禁外传", "内部资料，严禁外传", "内部文件 不得外传", "内部材料·注意保存·严禁外传", "【内部资料 请勿外传】",
    "内部资料★严禁复制", "本资料为内部资料，严禁外传！", "涉密文件 严禁扩散", "内部使用 禁止转发", "（内部资料，不准翻印）",
)  # fmt: skip
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202e"


Disguise = Callable[[random.Random, str], str]


def joined(separator: str) -> Disguise:
    return lambda _, mark: separator.join(mark)


def sprinkled(chance: random.Random, mark: str) -> str:
    return "".join(sign + chance.choice(("", *INVISIBLE)) for sign in mark)


def widened(_: random.Random, mark: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in mark)


def traditional(_: random.Random, mark: str) -> str:
    return mark.translate(str.maketrans("绝机级内资严传长启", "絕機級內資嚴傳長啟"))


def restarred(chance: random.Random, mark: str) -> str:
    return mark.replace("★", chance.choice("☆⭐✩✭⋆"))


def struck(_: random.Random, mark: str) -> str:
    return "".join(sign + "\u0336" for sign in mark)


def unevenly(chance: random.Random, mark: str) -> str:
    return "".join(sign + chance.choice(("", " ", "\u3000", "\xa0", "  ")) for sign in mark)


DISGUISES: tuple[Disguise, ...] = (
    lambda _, mark: mark, lambda _, mark: mark, widened, traditional, restarred, struck, sprinkled, unevenly,
    joined(" "), joined("\u3000"), joined("\u200b"), joined("\xa0 "), joined("·"), joined("-"),
)  # fmt: skip
BEFORE = (
    "",
    "000123\n",
    "南宁市人民检察院文件\n",
    "第3页\n\n",
    "关于开展专项工作的通知\n",
    "一、总体情况。\n",
)
AFTER = (
    "",
    "\n关于某专项行动的工作方案",
    "\n桂检发〔2020〕3号",
    "\n\n各市人民检察院：",
    "\r\n2019年3月5日",
)
WITHIN = (
    ("附件《工作方案》", "请查收"),
    ("现报送", ""),
    ("转发：", "关于有关情况的报告"),
    ("原件标注“", "”字样"),
)


def marks(chance: random.Random, how_many: int) -> Iterator[tuple[str, str]]:
    """Texts with one mark each, and the rule that must find it."""
    for number in range(how_many):
        if number % 6 == 5:
            rule, mark, alone = "internal_mark", chance.choice(WARNINGS), True
        else:
            form, alone = chance.choice(FORMS)
            rule, mark = "secret_mark", form.format(l=chance.choice(LEVELS), t=chance.choice(TERMS))
        disguised = chance.choice(DISGUISES)(chance, mark)
        if alone or chance.random() < 0.5:
            yield rule, chance.choice(BEFORE) + disguised + chance.choice(AFTER)
        else:
            before, after = chance.choice(WITHIN)
            yield rule, before + disguised + after


# --- a corpus of everyday sentences ----------------------------------------------------------

UNITS = (
    "南宁市院",
    "武鸣区院",
    "第一检察部",
    "机关党委",
    "第三党支部",
    "案管办",
    "横州市院",
    "办公室",
)
DID = (
    "组织党员干警学习{doc}", "召开支委会研究{topic}", "起诉{n}人，同比上升{p}%", "制发检察建议{n}件，采纳率{p}%",
    "开展“{topic}”主题党日活动，{n}名党员参加", "走访企业{n}家，收集意见{n}条", "受理审查逮捕{n}件{n}人",
    "追回国有财产损失{p}亿元", "举办{topic}专题培训{n}期", "向社会公布12309热线，接待来访{n}人次",
    "办公电话0771-{n}5506，传真0771-{n}5507", "统计期为2018年1月至2019年{m}月，编号20190{m}15",
    "印发{doc}，要求{m}月底前反馈", "预算编码2019{n}{n}，支出{n},{n}.50元", "认罪认罚适用率{p}%，排除率{p}%",
)  # fmt: skip
DOCUMENTS = (
    "《高检发释字〔2019〕4号》", "桂检发〔2020〕3号文件", "高检发办字〔2021〕15号", "渝检(政)〔2010〕34号", "国发〔2019〕3号",
    "中办发〔2021〕28号", "法释〔2019〕1号", "桂检会〔2018〕2号", "高检发刑申字〔2014〕1号", "高检发诉字〔2018〕19号",
    "桂检办发〔2020〕5号", "南检党组〔2019〕7号", "桂政法〔2018〕6号", "《保守国家秘密法》", "《刑事诉讼法》（2018年修正）",
)  # fmt: skip
TOPICS = (
    "保守秘密教育", "保密工作", "机密大案", "保密法宣传月", "商业秘密保护", "国家秘密法宣传", "侵犯商业秘密罪案例",
    "泄露国家秘密警示教育", "定密管理", "涉密人员管理", "失泄密案件通报", "保密自查自评", "涉密载体销毁", "密码安全",
    "手机密码管理", "司机密切配合勤务", "工作秘密管理", "秘密侦查措施的适用", "绝密档案展", "企业商业秘密法律服务",
    "内部资料归档", "内部文件管理", "审判秘密与检察秘密", "扫黑除恶", "优化营商环境", "公益诉讼", "基层组织建设",
)  # fmt: skip
HARD = (
    "会议强调，内部资料严禁外传，各支部要{topic}", "侦破一起机密大案，起诉{n}人", "保守秘密是检察人员的基本义务，第{n}次集中学习",
    "密级分为绝密、机密、秘密三级，本次培训{n}人", "绝密级国家秘密不得复制摘抄，{n}名干警作出承诺",
    "机密级、秘密级文件由机要室统一保管，共{n}份", "区分三个密级（绝密、机密、秘密），答题{n}人次", "商业秘密保护期{n}年",
    "守护了这个秘密{n}年的老党员，作专题党课", "秘密窃取公私财物的，依法起诉{n}人", "以秘密手段转移财产{n}万元", "★秘密战线英雄事迹学习",
    "不得将机密文件带出办公区，检查{n}处", "标注密级的文件应当登记，密级为机密的文件由专人管理", "手机密码{n}天更换一次",
    "国家秘密的保密期限，绝密级不超过三十年，机密级不超过二十年", "泄露机密，后果严重", "司机、密码员参加培训{n}人",
    "他说这是公开的秘密，{n}年前就有人反映", "一律按内部资料管理，严禁外传和上网", "检查涉密计算机{n}台，未发现违规",
    "《绝密使命》观影活动，{n}人参加", "红色剧目《机密》展演", "“绝密行动”大比武中，{n}人受表彰", "要素一机密切相关",
    "签订保密承诺书{n}份，严禁外传办案信息", "秘密投票选举产生支部委员{m}名", "\n3. 内部文件不得外传，违者追责", "\n1．内部资料严禁外传", "\n内部资料不得外传，一经发现严肃处理", "采用无记名（秘密）投票方式", "密级文件清退{n}份",
)  # fmt: skip


def everyday(chance: random.Random, how_many: int) -> Iterator[str]:
    """Sentences as minutes and reports have them; every third one talks about secrecy."""
    for number in range(how_many):
        pattern = chance.choice(HARD if number % 3 == 0 else DID)
        sentence = pattern
        for slot, words in (("{doc}", DOCUMENTS), ("{topic}", TOPICS)):
            sentence = sentence.replace(slot, chance.choice(words))
        while "{" in sentence:
            for slot, value in (
                ("{n}", chance.randrange(2, 2_000)),
                ("{p}", chance.randrange(1, 999) / 10),
                ("{m}", chance.randrange(1, 10)),
            ):
                sentence = sentence.replace(slot, str(value), 1)
        day = f"{chance.randrange(2018, 2026)}年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日，"
        yield (
            chance.choice(("", day))
            + chance.choice(("", *UNITS))
            + sentence
            + chance.choice("。；")
        )


def test_marks_are_found_in_every_disguise():
    """Recall of at least 99.5 % over 3,000 marks drawn from a seed."""
    corpus = list(marks(random.Random(SEED), 3_000))
    missed = [text for rule, text in corpus if rule not in rules(text)]
    assert len(missed) <= len(corpus) * 0.005, missed[:20]


def test_everyday_sentences_pass():
    """At most 1 % false alarms over 12,000 sentences, a third of them about secrecy."""
    corpus = list(everyday(random.Random(SEED), 12_000))
    assert len(set(corpus)) > 10_000
    alarms = [text for text in corpus if screen(text)]
    assert len(alarms) <= len(corpus) * 0.01, alarms[:20]


def test_minutes_of_many_lines_pass():
    """The same sentences as one text: lines and neighbours must not make a mark together."""
    corpus = list(everyday(random.Random(SEED + 1), 600))
    assert not screen("\n".join(corpus))
    assert not screen("".join(corpus))


@pytest.mark.parametrize("text", HARD + TOPICS + DOCUMENTS)
def test_no_everyday_form_is_a_mark(text):
    assert (
        rules(text.replace("{n}", "12").replace("{m}", "3").replace("{topic}", "加强学习")) == set()
    )


# --- numbers ---------------------------------------------------------------------------------

PROVINCES = (11, 13, 15, 21, 23, 31, 33, 37, 41, 44, 45, 46, 50, 51, 54, 61, 62, 65)


def resident_id(chance: random.Random) -> str:
    born = date(1930, 1, 1) + timedelta(days=chance.randrange(30_000))
    body = f"{chance.choice(PROVINCES)}{chance.randrange(10_000):04}{born:%Y%m%d}{chance.randrange(1_000):03}"
    total = sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


def worn(chance: random.Random, number: str) -> str:
    """The number as people write or hide it."""
    return chance.choice(
        (
            number,
            number.lower(),
            widened(chance, number),
            "".join(chr(0x660 + int(digit)) if digit != "X" else digit for digit in number),
            " ".join((number[:6], number[6:14], number[14:])),
            "-".join((number[:6], number[6:10], number[10:14], number[14:])),
            " ".join(number),
            "\u200b".join(number),
            "\u3000".join((number[:6], number[6:])),
        )
    )


def test_every_valid_resident_id_is_found():
    chance = random.Random(SEED)
    around = (
        "{}",
        "身份证号{}，男",
        "（{}）",
        "张三{}李四",
        "1 {}",
        "{} 13800138000",
        "2019-03-05\t{}\t南宁",
        "ID:{}",
    )
    for _ in range(4_000):
        text = chance.choice(around).format(worn(chance, resident_id(chance)))
        assert "resident_id" in rules(text), text


def test_numbers_that_are_no_resident_ids_are_not_called_so():
    chance = random.Random(SEED)
    for _ in range(2_000):
        number = resident_id(chance)
        other = str((int(number[16]) + 1) % 10)
        for wrong in (
            number[:16] + other + number[17],
            number[:10] + "1332" + number[14:],
            "9" + number[1:],
            number[:17] + "A",
            "1" + number,
            number[:17] + "99",
        ):
            assert "resident_id" not in rules(wrong), wrong


@pytest.mark.parametrize(
    "text",
    [
        "（2019）桂01刑初12号", "(2019)桂0102民初345号之一", "〔2019〕最高法行申12号", "［2020］桂03执异5号",
        "（2010）南市刑一初字第12号", "（2015）青刑初字第33号", "2019年桂01刑终88号", "（２０１９）桂０１民终１２号",
        "( 2019 ) 桂 01 刑初 12 号", "（2019）桂\u200b01刑\u200b初12号", "（2021）桂71行赔初3号", "（2020）桂0103诉前调12号",
        "桂检刑诉〔2019〕12号", "南检一部刑诉〔2020〕Z12号", "桂检民监〔2019〕45号", "武检刑不诉〔2019〕3号", "南公刑诉字〔2019〕12号",
        "桂×检刑诉〔2026〕31号", "南检未检刑诉〔2019〕8号", "桂检行监〔2021〕1号", "南检批捕〔2019〕100号", "案号：（2019）某初12号",
        "经查，依据桂林市人民检察院桂市检刑抗〔2019〕2号抗诉书",
    ],
)  # fmt: skip
def test_case_numbers_are_found(text):
    assert rules(text) == {"case_number"}


@pytest.mark.parametrize(
    "text",
    [
        *DOCUMENTS, "桂检一部〔2020〕3号", "桂检发公诉字〔2019〕3号", "（2019）第12号公告", "〔2020〕12号", "南检建〔2019〕5号",
        "桂检行公建〔2020〕3号", "案号不予登记", "2019年第3号令", "《民法典》（2020）第12条", "（2019）1号楼", "刑法修正案（十一）",
    ],
)  # fmt: skip
def test_numbers_of_documents_are_no_case_numbers(text):
    assert rules(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "+86-199-1234-5678",
        "电话１５９１２３４５６７８。",
        "86 13800138000",
    ],
)
def test_mobile_numbers_are_found(text):
    assert rules(text) == {"mobile"}


@pytest.mark.parametrize(
    "text", ["12800138000", "1380013800", "138001380001", "0.13800138000", "12309", "0771-5506123"]
)
def test_other_numbers_are_no_mobile_numbers(text):
    assert rules(text) == set()


def with_luhn(body: str) -> str:
    digits = [int(digit) * (2 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(body))]
    total = sum(digit - 9 if digit > 9 else digit for digit in digits)
    return body + str(-total % 10)


def test_bank_cards_are_found_by_their_check_digit():
    chance = random.Random(SEED)
    for start, length in (
        ("62", 16),
        ("622202", 19),
        ("621700", 17),
        ("62", 18),
        ("4", 16),
        ("53", 16),
        ("9558", 19),
    ):
        for _ in range(200):
            card = with_luhn(
                start + "".join(chance.choices("0123456789", k=length - 1 - len(start)))
            )
            found = rules(f"卡号{card}，开户行")
            assert found & {"bank_card", "resident_id"}, card
            grouped = " ".join(card[at : at + 4] for at in range(0, length, 4))
            assert rules(grouped) & {"bank_card", "resident_id"}, grouped
            wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
            assert "bank_card" not in rules(wrong)


# --- what a finding says ---------------------------------------------------------------------


def test_a_finding_points_to_the_disguised_place():
    mark = "机\u200b 密 ★ １０ 年"
    text = f"各市院：\r\n现将{mark}文件转发"
    (finding,) = screen(text)
    assert text[finding.start : finding.end] == mark
    assert finding.rule == "secret_mark"
    assert "保密员" in finding.message


def test_findings_come_in_order_without_overlap():
    number = resident_id(random.Random(3))
    text = f"机密★10年\n{number} 13800138000 （2019）桂01刑初12号 内部资料 严禁外传"
    assert [finding.rule for finding in screen(text)] == [
        "secret_mark", "resident_id", "mobile", "case_number", "internal_mark",
    ]  # fmt: skip


pieces = st.sampled_from(
    ["绝", "机", "密", "秘密", "★", "10", "年", "级", "内部资料", "严禁外传", "〔2019〕", "（2019）", "桂01", "刑初", "12号",
     "450103", "19900101", "1234", "138", " ", "\n", "\u200b", "０", "x", "：", "【", "】", "㊙", "\ud800"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(pieces, max_size=25).map("".join)))
def test_any_text_gets_an_answer(text):
    end = 0
    for finding in screen(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end
        assert finding.message.endswith("。")
        assert len(finding.message) < 60


@pytest.mark.parametrize(
    "noise",
    [
        "机 ",
        "密级：",
        "内部资料 严禁",
        "1 ",
        "(2019)桂01",
        "检",
        "\n",
        "4111 1111 1111 1112 ",
        "★机",
        "【机密",
    ],
)
def test_long_hostile_texts_hide_nothing(noise):
    long = noise * (60_000 // len(noise))
    assert "secret_mark" in rules(long + "\n\n绝密★长期\n\n" + long)
