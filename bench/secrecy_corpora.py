"""Made-up texts for measuring the door: marked items, ordinary sentences, and numbers of persons.

They are synthetic, drawn from a seed out of templates: the layouts in which marks stand on papers, in
file names and in table cells, and the sentences of minutes, plans and reports. The templates are others
than those of `tests/kernel/test_screening.py`, with which the patterns were made; no real paper, person or
case is in them. So the figures say how the door does on texts of these shapes, not on all there are.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

LEVELS = ("绝密", "机密", "秘密")
TERMS = ("1年", "2年", "5年", "15年", "30年", "十年", "二十年", "3个月", "十二个月", "长期", "30天")
OFFICES = ("某市检察院", "某县委政法委", "某专案组", "某省院办公室", "某区纪检监察工委", "某局党委")
# Shapes that were thought of once the rest had been measured: seven of them were missed and mended.
LATER = (
    "{l}级★{t}", "{m}{l}*{t}", "{m}{l}※{t}", "定密：{l}", "标密：{l}★{t}", "【密级】{l}", "{m}（{l}、{t}）", "{l}级★{t}\n{m}", "{l}\t{t}",
    "密级/{l}", "请注意：{l}★{t}。", "（{l}，保密期限{t}）", "{l}＊{t}", "密級：{l}",
)  # fmt: skip
MATTERS = (
    "某专项行动工作方案", "案件协调会纪要", "关于某线索的请示", "2024年要情专报", "人员名单", "某项目预算", "值班安排",
    "某专案进展情况", "会议讲话稿", "政法系统内部情况", "第七期", "某督导组反馈意见", "联席会议材料之三",
)  # fmt: skip

# {l} level, {t} term, {o} office, {m} matter, {n} a number
PAPERS = (
    "份号：{n}　　{l}★{t}", "{n}\n{l}★{t}\n特急\n\n{o}文件", "{l}★{t}\n{o}\n{m}", "{o}文件\n{l}★{t}", "签发人：某某　{l}★{t}",
    "密级　{l}　　保密期限　{t}　　紧急程度　加急", "密级：{l}\n主送：各部门", "密  级：{l}", "保密级别：{l}级", "涉密等级：{l}",
    "{m}（{l}★{t}）", "附件2：{m}（{l}★{t}）", "{m}\n（{l}）", "【{l}】{m}", "〖{l}〗{m}", "[{l}] {m}", "{m}【{l}★{t}】",
    "{l}\n\n{m}\n{o}\n2024年3月", "{l}级\n{m}", "{l}文件\n{m}", "★{l}★\n{m}", "{l}★\n{m}", "{l} ☆ {t}　{m}",
    "第{n}号　{l}★{t}", "{o}办公室　{l}★{t}　2023年6月1日印发", "印发：{o}（{l}★{t}，共印30份）", "{l}★{t}（启用前）",
    "{l}，保密期限{t}\n{m}", "{l}级 保密期限：{t}", "来文：{m}，标注{l}★{t}，请登记", "扫描件第1页右上角印有“{l}★{t}”",
    "转发件：{l}★{t}　{m}", "{l}\n特提\n{o}电报", "特急　{l}\n{o}", "{l}·特急\n{m}", "{l}　急件\n{m}",
)  # fmt: skip
NAMES = (
    "（{l}）{m}", "【{l}】{m}", "{l}★{t} {m}", "{m}（{l}）", "{m}【{l}】", "{l}-关于{m}", "{l}_关于{m}", "{n}-{l}★{t}",
    "{m}-{l}★{t}", "[{l}]{m}-终稿",
)  # fmt: skip
CELLS = (
    "{l}", "{l}★", "★{l}", "{l}★{t}", "{l}（{t}）", "{l}级", "密级：{l}", "{l} {t}", "{l}/{t}", "{l}件", " {l} ", "（{l}）",
)  # fmt: skip
WARNINGS = (
    "内部资料　严禁外传", "内部资料，请勿外传", "内部文件 注意保存 不得外传", "【内部资料 禁止翻印】", "内部参考　严禁复制",
    "内部材料·严禁外泄", "（内部资料，勿外传）", "涉密资料 严禁复印", "内部刊物 不得转载", "本刊为内部刊物，严禁外传",
    "内部使用　切勿外传", "内部传阅　严禁扩散", "此件为内部资料，不得对外传播",
)  # fmt: skip
_THIN = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u2063\u180e"


def marked(seed: int, how_many: int) -> Iterator[tuple[str, str]]:
    """(text, the rule that must stop it): papers, file names, cells and warnings, many disguised."""
    chance = random.Random(seed)
    for number in range(how_many):
        shape = chance.choices((PAPERS, NAMES, CELLS, WARNINGS, LATER), (5, 2, 2, 1, 1))[0]
        rule = "internal_mark" if shape is WARNINGS else "secret_mark"
        text = _filled(chance, chance.choice(shape))
        yield _DISGUISES[number % len(_DISGUISES)](chance, text), rule


def _filled(chance: random.Random, shape: str) -> str:
    return shape.format(
        l=chance.choice(LEVELS),
        t=chance.choice(TERMS),
        o=chance.choice(OFFICES),
        m=chance.choice(MATTERS),
        n=f"{chance.randrange(1, 999999):06}",
    )


Disguise = Callable[[random.Random, str], str]
_MARKED = frozenset("绝机秘密级★☆年月内部资料文件严禁外传勿")


def _as_it_is(_: random.Random, text: str) -> str:
    return text


def _wide(_: random.Random, text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _thin(chance: random.Random, text: str) -> str:
    return "".join(c + (chance.choice(_THIN) if c in _MARKED else "") for c in text)


def _blank(chance: random.Random, text: str) -> str:
    blank = chance.choice((" ", "\u3000", "\xa0", "\u2003", "\u2009"))
    return "".join(c + (blank if c in _MARKED else "") for c in text)


def _traditional(_: random.Random, text: str) -> str:
    return text.translate(str.maketrans("绝机级内资严传", "絕機級內資嚴傳"))


def _starred(chance: random.Random, text: str) -> str:
    return text.replace("★", chance.choice("☆⭐✩✭✦"))


def _combining(_: random.Random, text: str) -> str:
    return "".join(c + ("\u0335" if c in _MARKED else "") for c in text)


def _dotted(chance: random.Random, text: str) -> str:
    dot = chance.choice("·.-_")
    for word in LEVELS:
        text = text.replace(word, dot.join(word))
    return text


def _two(chance: random.Random, text: str) -> str:
    return _thin(chance, _traditional(chance, _starred(chance, text)))


_DISGUISES: tuple[Disguise, ...] = (
    _as_it_is, _as_it_is, _as_it_is, _wide, _thin, _blank, _traditional, _starred, _combining, _dotted, _two,
)  # fmt: skip


# --- ordinary sentences ------------------------------------------------------------------------------

WHO = (
    "党组",
    "机关党委",
    "第二检察部党支部",
    "政治部",
    "检务督察部",
    "案管中心",
    "法警支队",
    "12309大厅",
    "驻所检察室",
)
DAYS = ("3月5日上午", "上周", "今年以来", "二季度", "第{n}次会议上", "“七一”前", "年初至今", "近日")
WORK = (
    "讨论了{n}件拟提请检委会研究的案件", "对{n}名入额检察官的办案数量作了通报", "走访辖区企业{n}家，梳理问题{n}个",
    "办理公益诉讼案件{n}件，督促修复林地{n}亩", "安排{n}名干警下沉社区", "围绕认罪认罚从宽适用率（{p}%）作了分析",
    "追缴国有土地出让金{n}.{n}万元", "学习《中国共产党支部工作条例（试行）》第{n}章", "向{n}家单位制发检察建议，回复率{p}%",
    "更换办公设备{n}台，预算科目编码2040{n}", "拨付帮扶资金{n}万元", "接待群众来访{n}批{n}人次，办公电话0771-58{n}",
    "组织旁听庭审{n}场", "完成{n}份检察文书的互联网公开", "评查案件{n}件，优质率{p}%", "发展预备党员{n}名",
    "印发《桂检发办〔2024〕{n}号》文件", "执行法发〔2023〕{n}号解释", "核对资产编号GZ2024{n}{n}", "推进第{n}轮巡察整改",
)  # fmt: skip
SECRECY = (
    "开展保守秘密教育，{n}人参加", "侦办一起机密大案的经验被推广", "逐台检查涉密计算机，共{n}台，未见违规", "签订保密承诺书{n}份",
    "邀请市国家保密局讲授保密法修订要点", "办结侵犯商业秘密案{n}件，为企业挽回损失{n}万元", "严禁通过微信传输涉密文件",
    "明确绝密级、机密级、秘密级文件分别登记", "保密要害部位实行双人双锁", "对泄露工作秘密的{n}起问题予以通报",
    "清退涉密文件{n}份，销毁涉密载体{n}件", "强调检委会讨论情况属于审判秘密以外的检察工作秘密", "组织观看《绝密较量》和《机密》两部警示片",
    "机关内部资料统一由资料室归档", "内部文件管理办法修订稿征求意见{n}条", "要求内部使用的系统账号每{n}天更换口令",
    "秘密级以上文件一律不得带回家", "保密自查打分表共{n}项", "确定定密责任人{n}名，密级变更{n}件", "保密期限届满的文件按程序解密",
    "司机密码箱钥匙由专人保管", "以秘密手段窃取财物的，依照刑法第264条处理", "嫌疑人秘密转移资产{n}万元被查获",
    "严格执行保密纪律，不该说的秘密绝对不说", "《密码法》宣传周发放折页{n}份", "红色交通线秘密联络站旧址开展主题党日",
    "他把这个秘密守了{n}年", "讲述了绝密任务背后的故事", "内部资料严禁外传的规定要逐条落实", "不得将未公开案情外传",
    "分管领导要求：涉密事项一事一议，机密文件专人专车送达", "对照秘密、机密、绝密三个等级开展定密培训", "保密委召开第{n}次会议",
    "检查发现密级标志不规范{n}处", "涉企商业秘密案件听证会不公开举行", "个人隐私和商业秘密依法不予公开",
    "保密教育实训平台考试合格率{p}%", "档案室《机密档案目录》移交清单核对无误", "绝密、机密级国家秘密的知悉范围应当限定到具体人员",
    "机密级国家秘密的保密期限不超过20年", "秘密级国家秘密不超过10年", "使用完毕的秘密文件及时收回", "商业秘密保护期满5年后评估",
)  # fmt: skip
TAILS = (
    "",
    "，并形成会议纪要",
    "，责任人为各部门负责人",
    "，下一步将持续跟进",
    "，有关情况另行报告",
    "（详见附件{n}）",
)


def ordinary(seed: int, how_many: int) -> Iterator[str]:
    """Sentences as minutes, plans and reports have them; two of five are about secrecy."""
    chance = random.Random(seed)
    for number in range(how_many):
        said = chance.choice(SECRECY if number % 5 < 2 else WORK)
        text = chance.choice(DAYS) + "，" + chance.choice(WHO) + said + chance.choice(TAILS)
        while "{" in text:
            text = text.replace("{n}", str(chance.randrange(1, 3000)), 1)
            text = text.replace("{p}", str(chance.randrange(10, 999) / 10), 1)
        ends = chance.choice(("。", "；", "。\n", ""))
        yield chance.choice(("", "", "1. ", "（三）", "　　")) + text + ends


# --- numbers of persons ------------------------------------------------------------------------------

_AREAS = (
    "110101",
    "320583",
    "430121",
    "440306",
    "450102",
    "450103",
    "451302",
    "510104",
    "650102",
    "620102",
    "542221",
)
_AROUND = (
    "{}", "证件号{}。", "被告人某某，公民身份号码{}，汉族", "{}（已核）", "表3第7行：{}", "{}\t男\t45岁", "证:{};住址略", "见{}号案卷",
    "联系人 {} 南宁", "“{}”",
)  # fmt: skip


def resident_ids(seed: int, how_many: int) -> Iterator[str]:
    """Texts with one valid number of an identity card, written in many ways."""
    chance = random.Random(seed)
    for number in range(how_many):
        born = date(1925, 1, 1) + timedelta(days=chance.randrange(36_000))
        body = f"{chance.choice(_AREAS)}{born:%Y%m%d}{chance.randrange(1000):03}"
        total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(body))
        whole = body + "10X98765432"[total % 11]
        yield chance.choice(_AROUND).format(_WORN[number % len(_WORN)](chance, whole))


_WORN: tuple[Disguise, ...] = (
    _as_it_is,
    lambda _, n: n.lower(),
    _wide,
    lambda _, n: " ".join((n[:6], n[6:14], n[14:])),
    lambda _, n: "-".join((n[:3], n[3:6], n[6:10], n[10:14], n[14:])),
    lambda _, n: "\u200b".join(n),
    lambda _, n: " ".join(n),
    lambda _, n: n[:6] + "\u3000" + n[6:],
    lambda _, n: "".join(chr(0x6F0 + int(c)) if c.isdigit() else c for c in n),
)


def mobiles(seed: int, how_many: int) -> Iterator[str]:
    """Texts with a mobile number."""
    chance = random.Random(seed)
    for _ in range(how_many):
        whole = f"1{chance.randrange(3, 10)}{chance.randrange(10**9):09}"
        worn = chance.choice(
            (whole, f"{whole[:3]} {whole[3:7]} {whole[7:]}", f"+86 {whole}", _wide(chance, whole))
        )
        yield chance.choice(("电话{}", "{}", "联系{}（微信同号）", "手机：{}，请回电")).format(worn)


def bank_cards(seed: int, how_many: int) -> Iterator[str]:
    """Texts with the number of a bank card whose check digit is right."""
    chance = random.Random(seed)
    for _ in range(how_many):
        start, length = chance.choice(
            (("621661", 19), ("622848", 19), ("622580", 16), ("436742", 16))
        )
        body = start + "".join(chance.choices("0123456789", k=length - len(start) - 1))
        doubled = [int(d) * (2 - at % 2) for at, d in enumerate(reversed(body))]
        whole = body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
        worn = chance.choice((whole, " ".join(whole[at : at + 4] for at in range(0, length, 4))))
        yield chance.choice(("账户{}", "打入{}。", "{}", "卡号 {} 户名略")).format(worn)


def case_numbers(seed: int, how_many: int) -> Iterator[str]:
    """Texts with the number of a case, of courts and of procuratorates."""
    chance = random.Random(seed)
    for _ in range(how_many):
        year, number = chance.randrange(2012, 2027), chance.randrange(1, 2000)
        place = chance.choice(("桂01", "桂0103", "粤03", "京", "渝05", "桂71"))
        kind = chance.choice(("刑初", "刑终", "民终", "行初", "执", "民再", "刑更"))
        office = chance.choice(
            ("南检刑诉", "青检二部刑诉", "桂检民监", "柳检刑不诉", "南检未检刑诉", "武检刑捕")
        )
        yield chance.choice(
            (
                f"（{year}）{place}{kind}{number}号",
                f"({year}){place}{kind} {number} 号判决",
                f"见{office}〔{year}〕{number}号",
                f"{office}[{year}]{number}号起诉书",
            )
        )
