"""Ledgers in which some deeds were claimed by two units, among many that only look alike.

A second claim tells the same deed in other words: characters changed, left out or put in, firms and
places shortened, a day earlier or later, numbers of cases spelt otherwise. The traps are what many
units do in the same words on the same day, the same partner at another time, names that differ in a
number, and neighbouring case numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from rongjian.kernel.places import load_places

Row = dict[str, Any]
UNITS = 240
DAYS = 700
_START = date(2024, 1, 1)
_SYLLABLES = (
    "桂航宏德顺恒泰鑫源瑞丰嘉禾华盛天润金茂安福永兴立信博雅江海山川柳溪石岭新龙凤麻潭坡塘坪坝湾渡桥洞岩寨屯垌那板百陇"
    "康达通诚祥和平隆昌荣升辉光明亮星月云霞梅兰竹菊松柏枫杨槐榕杉银铜玉珠宝珍贝翠碧青紫红黄白墨春夏秋冬东西南北中上下大小"
)
_TRADES = (
    "物流",
    "建材",
    "食品",
    "农业科技",
    "置业",
    "电子",
    "医药",
    "旅游开发",
    "环保",
    "机械制造",
)
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "集团有限公司")
_TOPICS = (
    "宪法宣传", "法治进校园", "防范电信网络诈骗", "未成年人保护法宣讲", "反家庭暴力法宣传",
    "安全生产法宣讲", "民法典宣传", "禁毒宣传", "服务民营企业政策宣讲", "生态环境保护宣传",
)  # fmt: skip
_WHERE = (
    "第一小学",
    "第二小学",
    "中心小学",
    "初级中学",
    "职业学校",
    "社区居民委员会",
    "村民委员会",
    "工业园区",
)
_SENTENCES = (
    "向{n}余名师生讲解{topic}相关规定，发放宣传资料{m}份",
    "检察官结合{topic}以案释法，现场解答咨询{m}人次",
    "围绕{topic}与{n}名群众座谈，收集意见建议{m}条",
    "开展{topic}主题班会，{n}人参加并填写问卷",
)
_WORKS = ("饮水工程", "村道硬化", "路灯安装", "文化室修缮", "灌溉水渠", "产业大棚", "垃圾中转站")


@dataclass
class Seeded:
    """The rows of a ledger by place, and the pairs that are one deed."""

    rows: list[Row] = field(default_factory=list)
    pairs: set[tuple[int, int]] = field(default_factory=set)


def seeded(kind: str, rows: int, twice: int, seed: int = 20260625) -> Seeded:
    """So many rows of a ledger, so many of them claimed a second time by another unit."""
    chance = Random(f"{kind}{seed}")
    make, again = _LEDGERS[kind]
    found = Seeded([_placed(make(chance), chance) for _ in range(rows - twice)])
    found.rows += _traps(kind, found.rows, chance)
    if kind == "criminal-case":
        # A number belongs to one case: the database sees to that.
        found.rows = list({row["key"]: row for row in found.rows}.values())
    telling = [place for place, row in enumerate(found.rows) if _tells(row)]
    for place in chance.sample(telling, twice):
        other = again(dict(found.rows[place]), chance)
        other["unit_id"] = _other_unit(other["unit_id"], chance)
        found.pairs.add((place, len(found.rows)))
        found.rows.append(other)
    return found


def _placed(row: Row, chance: Random) -> Row:
    day = _START + timedelta(days=chance.randrange(DAYS))
    return {"key": "", **row, "unit_id": chance.randrange(1, UNITS), "happened_on": day}


def _other_unit(unit: int, chance: Random) -> int:
    return (unit + chance.randrange(1, UNITS - 1)) % UNITS + 1


def _tells(row: Row) -> bool:
    """Whether a row says more than what many say: else nobody could tell a second claim of it."""
    return bool(row["key"] or "partner" not in row or row["partner"] or row["result"])


def _town(chance: Random) -> str:
    return chance.choice(_TOWNS)


_TOWNS = tuple(place.court_short.removesuffix("院") for place in load_places())


def _brand(chance: Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.choice((2, 2, 3))))


def _village(chance: Random) -> str:
    return f"{_brand(chance)}村"


# --- one ledger after the other --------------------------------------------------------------


def _outreach(chance: Random) -> Row:
    topic = chance.choice(_TOPICS)
    place = f"{_town(chance)}{_brand(chance)}{chance.choice(_WHERE)}"
    said = chance.choice(_SENTENCES).format(
        n=chance.randrange(20, 400), m=chance.randrange(10, 300), topic=topic
    )
    title = chance.choice((topic, f"开展{topic}活动", f"{topic}走进{place}"))
    partner = place if chance.random() < 0.7 else ""
    result = f"{said}。{place}负责人参加。" if chance.random() < 0.5 else ""
    return {"title": title, "partner": partner, "result": result}


def _contact(chance: Random) -> Row:
    town = chance.choice(("", "广西", _town(chance), f"广西{_town(chance)}"))
    name = f"{town}{_brand(chance)}{chance.choice(_TRADES)}{chance.choice(_FORMS)}"
    branch = f"第{chance.choice('一二三四五')}分公司" if chance.random() < 0.1 else ""
    return {"enterprise": name + branch}


def _assistance(chance: Random) -> Row:
    village, work = f"{_town(chance)}{_village(chance)}", chance.choice(_WORKS)
    told = f"协调资金用于{village}{work}，惠及{chance.randrange(30, 900)}户群众，已于当月完工。"
    title = chance.choice((f"{village}{work}项目", f"帮助{village}建设{work}", f"{work}项目"))
    return {"title": title, "place": village, "result": told if chance.random() < 0.5 else ""}


def _case(chance: Random) -> Row:
    year, number = chance.randrange(2023, 2027), chance.randrange(1, 99999)
    return {"key": f"AJ-{year}-{number:05}"}


def _outreach_again(row: Row, chance: Random) -> Row:
    row["title"] = _edited(row["title"], chance, 0.12)
    row["partner"] = _edited(row["partner"], chance, 0.1)
    row["result"] = _edited(row["result"], chance, 0.2)
    if row["result"] and row["partner"] and chance.random() < 0.3:
        row[chance.choice(("result", "partner"))] = ""
    return _moved(row, chance, 1)


def _contact_again(row: Row, chance: Random) -> Row:
    name = row["enterprise"]
    if chance.random() < 0.4:
        name = name.replace("广西", "")
    if chance.random() < 0.5:
        for form in sorted(_FORMS, key=len, reverse=True):
            name = name.replace(form, chance.choice(("公司", "有限公司", "")))
    if chance.random() < 0.3:
        name = name.replace("有限", "有限责任").replace("责任责任", "责任")
    row["enterprise"] = name if chance.random() < 0.7 else f"（{name}）　"
    return _moved(row, chance, 1)


def _assistance_again(row: Row, chance: Random) -> Row:
    row["title"] = _edited(row["title"], chance, 0.15)
    row["place"] = row["place"] if chance.random() < 0.6 else row["place"][-4:]
    row["result"] = _edited(row["result"], chance, 0.2)
    return _moved(row, chance, 15)


def _case_again(row: Row, chance: Random) -> Row:
    forms = (
        lambda key: key.replace("-", ""),
        str.lower,
        lambda key: key.replace("-", "—"),
        lambda key: key.replace("0", "O"),
        lambda key: key.replace("AJ-", "AJ "),
        lambda key: "".join(chr(ord(each) + 0xFEE0) for each in key),
    )
    row["key"] = chance.choice(forms)(row["key"])
    return _moved(row, chance, 60)


_LEDGERS = {
    "outreach": (_outreach, _outreach_again),
    "enterprise-contact": (_contact, _contact_again),
    "assistance-project": (_assistance, _assistance_again),
    "criminal-case": (_case, _case_again),
}


def _moved(row: Row, chance: Random, most: int) -> Row:
    away = chance.randrange(-most, most + 1) if chance.random() < 0.5 else 0
    return {**row, "happened_on": row["happened_on"] + timedelta(days=away)}


def _edited(text: str, chance: Random, share: float) -> str:
    """The text with up to that share of its characters changed, left out or put in."""
    found = list(text)
    for _ in range(round(len(text) * share * chance.random())):
        at = chance.randrange(len(found)) if found else 0
        step = chance.choice(("change", "leave", "put"))
        if step == "put":
            found.insert(at, chance.choice(_SYLLABLES))
        elif found and step == "leave":
            del found[at]
        elif found:
            found[at] = chance.choice(_SYLLABLES)
    return "".join(found)


# --- traps -----------------------------------------------------------------------------------


def _traps(kind: str, rows: list[Row], chance: Random) -> list[Row]:
    """Rows that look like others and are not: a tenth of all."""
    found = []
    for row in chance.sample(rows, len(rows) // 10):
        other = dict(row)
        other["unit_id"] = _other_unit(row["unit_id"], chance)
        step = chance.choice(("later", "words"))
        if kind == "criminal-case":
            other["key"] = row["key"][:-1] + str((int(row["key"][-1]) + 1) % 10)
        elif kind == "enterprise-contact" and step == "words":
            other["enterprise"] = _sibling(row["enterprise"], chance)
        elif kind == "outreach" and step == "words":
            # What everybody does on a day of its own, each at another place.
            other |= {**_outreach(chance), "title": row["title"].partition("走进")[0]}
            other["happened_on"] = date(2024, 12, 4)
        elif kind == "assistance-project" and step == "words":
            other |= _assistance(chance)
        else:
            other["happened_on"] = row["happened_on"] + timedelta(days=chance.randrange(70, 200))
        found.append(other)
    return found


def _sibling(name: str, chance: Random) -> str:
    """Another branch of a firm that has branches, else another firm of the trade."""
    for number in "一二三四五":
        if f"第{number}分公司" in name:
            return name.replace(number, chance.choice([n for n in "一二三四五" if n != number]))
    trade = next(trade for trade in _TRADES if trade in name)
    return f"{_brand(chance)}{trade}有限公司"
