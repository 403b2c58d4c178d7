"""Made-up records and questions about them whose answers are known without any index.

Titles are put together from parts whose sounds are known part by part, so that what a question means
is decided by plain text here and not by the code under test. `bench/find.py` makes a million of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property

from pypinyin import lazy_pinyin

WAYS = ("到", "赴", "走进", "在", "深入")
PLACES = (
    "青秀山", "朝阳广场", "凤岭小学", "五象新区", "江南工业园", "良庆中学", "邕宁老街", "武鸣乡村", "柳东企业",
    "鱼峰社区", "三江侗寨", "桂林码头", "阳朔景区", "北海渔港", "钦州口岸", "百色果园", "河池矿区", "崇左边境",
    "来宾糖厂", "贵港港区", "玉林药市", "梧州河西", "贺州茶乡", "防城渔村",
)  # fmt: skip
DOINGS = ("开展", "组织", "举办", "联合举办", "协同开展")
TOPICS = (
    "扫黑除恶", "未成年人保护", "公益诉讼", "禁毒防艾", "反电信诈骗", "河湖保护", "安全生产", "民法典", "国家安全",
    "知识产权", "劳动者欠薪", "食品药品", "防范非法集资", "反家庭暴力", "校园欺凌防治", "生物多样性", "军人权益",
    "无障碍设施", "文物古迹", "耕地红线", "窨井盖治理", "消防通道", "网络直播", "企业合规", "虚假诉讼", "社区矫正",
)  # fmt: skip
FORMS = (
    "宣讲",
    "座谈会",
    "法治课",
    "以案释法",
    "巡讲",
    "普法集市",
    "现场咨询",
    "主题展览",
    "模拟法庭",
    "问需走访",
)
TAILS = ("活动", "专场", "系列活动", "启动仪式", "总结会")
RESULTS = (
    "收到群众建议%d条，已转相关部门", "发放材料%d份，现场解答咨询", "促成整改点位%d处", "化解矛盾纠纷%d起",
    "覆盖师生%d人次，反响良好", "帮助企业完善制度%d项",
)  # fmt: skip
OLD = str.maketrans(
    "学习扫黑恶党务东业办检察产员会养护线边际区协贫农乡华县",
    "學習掃黑惡黨務東業辦檢察產員會養護線邊際區協貧農鄉華縣",
)
CLASSES = (
    "char", "pair", "phrase", "initials", "pinyin", "number", "unit", "traditional", "wide", "words",
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """One made-up record."""

    number: int
    unit: str
    day: date
    parts: tuple[str, ...]
    result: str
    key: str

    @cached_property
    def title(self) -> str:
        return "".join(self.parts)

    @cached_property
    def initials(self) -> str:
        return "".join(sound[0] for part in self.parts for sound in _sounds(part))

    def row(self, unit: int) -> dict[str, object]:
        """As `create_many` wants it."""
        return {
            "unit_id": unit, "happened_on": self.day, "title": self.title, "key": self.key,
            "audience": ("school", "enterprise", "community")[self.number % 3],
            "sessions": 1, "listeners": 20, "result": self.result,
        }  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is typed, of which sort it is, and which records it means."""

    sort: str
    typed: str
    means: Callable[[Made], bool]


@cache
def _sounds(part: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(part))


def made(units: Sequence[str], count: int, seed: int) -> Iterator[Made]:
    """So many records, dealt to the units in turn."""
    chance = random.Random(seed)
    for number in range(count):
        parts = tuple(map(chance.choice, (WAYS, PLACES, DOINGS, TOPICS, FORMS, TAILS)))
        yield Made(
            number=number,
            unit=units[number % len(units)],
            day=date(2018, 1, 1) + timedelta(days=chance.randrange(3000)),
            parts=parts,
            result=chance.choice(RESULTS) % chance.randrange(2, 900),
            key=f"XJ-{number:07}",
        )


def questions(
    rows: Sequence[Made], names: dict[str, str], count: int, seed: int
) -> Iterator[Question]:
    """Questions about some of the rows, of every sort in turn; `names` are units' short names."""
    chance = random.Random(seed)
    for number in range(count):
        sort = CLASSES[number % len(CLASSES)]
        yield _question(sort, chance.choice(rows), names, chance)


def _question(sort: str, row: Made, names: dict[str, str], chance: random.Random) -> Question:
    title = row.title
    start = chance.randrange(len(title) - 9)
    if sort == "initials":
        typed = row.initials[start : start + 6]
        return Question(sort, typed, lambda each: typed in each.initials)
    if sort == "pinyin":
        at = chance.choice((1, 3, 4))
        typed = "".join(_sounds(row.parts[at]))
        part = row.parts[at]
        return Question(sort, typed, lambda each: part in each.parts)
    if sort == "number":
        return Question(sort, row.key[3:], lambda each: each.key == row.key)
    if sort == "unit":
        return Question(sort, names[row.unit], lambda each: names[each.unit] == names[row.unit])
    if sort == "words":
        one, other = row.parts[1], row.parts[3]
        return Question(
            sort, f"{one} {other}", lambda each: one in each.parts and other in each.parts
        )
    if sort == "wide":
        digits = "".join(filter(str.isdecimal, row.result))
        said = row.result.split("，")[0]
        wide = said.replace(digits, "".join(chr(ord(digit) + 0xFEE0) for digit in digits))
        return Question(sort, wide, lambda each: said in each.result)
    size = {"char": 1, "pair": 2, "phrase": 8, "traditional": 5}[sort]
    said = title[start : start + size]
    typed = said.translate(OLD) if sort == "traditional" else said
    return Question(sort, typed, lambda each: said in each.title or said in each.result)


def recall(found: Sequence[int], relevant: set[int], most: int = 10) -> float:
    """The share of what can be among the first ten that is there; 1 where nothing is meant."""
    wanted = min(most, len(relevant))
    return len(relevant.intersection(found[:most])) / wanted if wanted else float(not found)
