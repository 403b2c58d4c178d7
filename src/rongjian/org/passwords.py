"""What a password must be like: pure rules, each fault one sentence that says what to do.

The rules follow 等保 8.1.4.1 a (complexity, periodic change). A fault never repeats the password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pypinyin import lazy_pinyin

if TYPE_CHECKING:
    from rongjian.org.log_in_policy import LogInPolicy

LONGEST = 128
"""Longer texts are refused before they are hashed, which would take the machine's time."""
_RUN = 5
_SHORTEST_WORD = 3
_SAME = re.compile(r"(.)\1{3}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# How letters are written when a word shall not look like one.
_DISGUISES = str.maketrans("@4301!$57", "aaeoiisst")
_CLASSES = (
    ("大写字母", re.compile(r"[A-Z]")),
    ("小写字母", re.compile(r"[a-z]")),
    ("数字", re.compile(r"[0-9]")),
    ("其他字符", re.compile(r"[^A-Za-z0-9]")),
)


@dataclass(frozen=True)
class Owner:
    """Of whom a password is: what may not stand in it, and how long it must be."""

    least: int
    staff_no: str = ""
    username: str = ""
    name: str = ""
    house: str = ""
    """The short name of the procuratorate, as 南宁市院."""


def faults(password: str, owner: Owner, policy: LogInPolicy) -> list[str]:
    """Everything that is wrong with a new password; nothing if it may be used."""
    if len(password) > LONGEST:
        return [f"密码太长：最多 {LONGEST} 个字符"]
    wanted = "、".join(name for name, _ in _CLASSES)
    present = sum(bool(pattern.search(password)) for _, pattern in _CLASSES)
    short = f"密码太短：至少 {owner.least} 个字符，现在 {len(password)} 个"
    return [
        said
        for said, wrong in (
            (short, len(password) < owner.least),
            (f"密码应含{wanted}中的至少 {policy.classes} 种", present < policy.classes),
            ("密码不能含有年份（如 1980、2026）", _YEAR.search(password)),
            ("密码不能有连续 4 个相同的字符", _SAME.search(password)),
            (f"密码不能有连续 {_RUN} 个顺序字符（如 12345、qwert）", _runs(password.lower())),
            (
                "密码不能含有本人的工号、账号、姓名或本院名称（含拼音）",
                _holds(password, _own_words(owner)),
            ),
            (
                "密码不能含有“检察”、jiancha、jcy 一类的行业用词",
                _holds(password, policy.house_words),
            ),
            (
                "密码含有很多人都用的词或数字，容易被猜到，请换掉",
                _holds(password, policy.common_words),
            ),
        )
        if wrong
    ]


def _runs(text: str) -> bool:
    """Whether five neighbours of a row of keys, or of digits or letters, follow each other."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            if any(line[at : at + _RUN] in text for at in range(len(line) - _RUN + 1)):
                return True
    return False


def _own_words(owner: Owner) -> list[str]:
    place = re.sub(r"(人民检察院|检察院|院)$", "", owner.house)
    short = re.sub(r"(自治区|自治县|市|县|区)$", "", place)
    words = [owner.staff_no, owner.username, owner.name, place, short]
    return words + [_pinyin(word) for word in (owner.name, place, short)]


def _pinyin(words: str) -> str:
    return "".join(lazy_pinyin(words))


def _holds(password: str, words: list[str] | tuple[str, ...]) -> bool:
    """Whether one of the words stands in the password, plainly or in disguise."""
    plain = password.casefold()
    undone = plain.translate(_DISGUISES)
    for word in words:
        sought = word.casefold()
        enough = len(sought) >= _SHORTEST_WORD or not sought.isascii()
        if sought and enough and (sought in plain or sought in undone):
            return True
    return False
