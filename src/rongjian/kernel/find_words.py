"""What search makes of a text: one way of writing, the pieces it is found by, and its sounds.

Chinese has no blanks between words, so a text is found by its characters and pairs of neighbours,
digits and letters by threes. Both databases keep nothing but these pieces; what they find is held
against the folded text afterwards (`records/finding.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

from pypinyin import lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from rongjian.kernel.content import CONTENT, load_file

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, as a regular expression's class."""
PRIVATE, INITIALS, SOUNDS, MARK = "~", ".", "+", "@"
"""What a piece begins with that is no open text: withheld text, sounds of a title, a mark."""
SHORTEST_SOUND = 3
"""Letters from which a title is found by its sounds; names are found by two."""

_RUNS = re.compile(f"[{HAN}]+|[a-z0-9]+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_BRACKETS = str.maketrans("〔〕[]【】{}「」『』“”‘’《》〈〉", '()()()()""""""""""""')
_SURNAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "区": "ou", "朴": "piao", "查": "zha",
    "盖": "ge", "翟": "zhai", "覃": "qin", "尉": "yu", "任": "ren", "华": "hua", "宁": "ning",
    "折": "she", "乐": "yue", "员": "yun", "缪": "miao", "种": "chong", "逄": "pang", "繁": "po",
}  # fmt: skip
_SYLLABLES = 8
"""In how many ways letters are read as syllables at most: xian is 西安 and 先."""


@dataclass(frozen=True)
class _Row:
    """A line of `traditional.yaml`."""

    traditional: str
    simplified: str

    def __post_init__(self) -> None:
        if len(self.traditional) != len(self.simplified):
            raise ValueError("traditional 与 simplified 应一样长，逐字对应")


@cache
def simplified(path: Path = CONTENT / "traditional.yaml") -> Mapping[int, str]:
    """The simplified character for each traditional one, as `str.translate` wants it."""
    rows = load_file(path, _Row)
    pairs = (pair for row in rows for pair in zip(row.traditional, row.simplified, strict=True))
    return {ord(old): new for old, new in pairs}


@lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """The text as search compares it: half width, small letters, simplified, one sort of bracket."""
    plain = text.lower()
    if not text.isascii():
        plain = unicodedata.normalize("NFKC", text).lower().translate(simplified())
    return " ".join(_GROUPING.sub("", plain.translate(_BRACKETS)).split())


def pieces(folded: str) -> tuple[str, ...]:
    """What a folded text is found by: characters and pairs, whole numbers and threes of letters."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(folded):
        if run[0] <= "z":
            found[run] = None
            found.update((run[at : at + 3], None) for at in range(len(run) - 2))
        else:
            found.update(dict.fromkeys(run))
            found.update((run[at : at + 2], None) for at in range(len(run) - 1))
    return tuple(found)


def needed(word: str) -> tuple[str, ...]:
    """The pieces that a text with this folded word in it must have: the longest ones do."""
    found: dict[str, None] = {}
    for run in _RUNS.findall(word):
        size = 3 if run[0] <= "z" else 2
        if len(run) <= size:
            found[run] = None
        found.update((run[at : at + size], None) for at in range(len(run) - size + 1))
    return tuple(found)


# --- sounds ----------------------------------------------------------------------------------


def sound_pieces(folded: str) -> tuple[str, ...]:
    """What a title is found by when its sounds are typed: threes of initials, pairs of syllables."""
    found: dict[str, None] = {}
    for run in _HAN_RUN.findall(folded):
        sounds = syllables(run)
        first = "".join(sound[0] for sound in sounds)
        found.update((INITIALS + first[at : at + 3], None) for at in range(len(first) - 2))
        pairs = range(len(sounds) - 1)
        found.update((SOUNDS + sounds[at] + sounds[at + 1], None) for at in pairs)
    return tuple(found)


@lru_cache(maxsize=50_000)
def syllables(run: str) -> tuple[str, ...]:
    """The sound of each of some Chinese characters; those with several by their neighbours."""
    return tuple(_syllable(run, at) for at in range(len(run)))


def _syllable(run: str, at: int) -> str:
    character = run[at]
    if "," in PINYIN_DICT.get(ord(character), ""):
        for start in (at, at - 1):
            pair = run[start : start + 2]
            if start >= 0 and pair in PHRASES_DICT:
                return _said(pair)[at - start]
    return _said(character)[0]


@lru_cache(maxsize=100_000)
def _said(text: str) -> tuple[str, ...]:
    return tuple(re.sub("[^a-z]", "", sound) or "-" for sound in lazy_pinyin(text))


def readings(letters: str) -> Iterator[tuple[str, ...]]:
    """The ways in which letters can be read as whole syllables, few of them."""
    found = 0
    waiting: list[tuple[str, ...]] = [()]
    while waiting and found < _SYLLABLES:
        read = waiting.pop()
        rest = letters[sum(map(len, read)) :]
        if not rest:
            found += 1
            yield read
        waiting += [
            (*read, rest[:n]) for n in range(1, 7) if rest[:n] in _known() and n <= len(rest)
        ]


@cache
def _known() -> frozenset[str]:
    """Every syllable of the common characters."""
    return frozenset(_said(chr(code))[0] for code in range(0x4E00, 0x9FA6)) - {"-"}


@dataclass(frozen=True)
class _Spelt:
    """The sounds of a stretch of characters: initials, letters, where each syllable begins."""

    initials: str
    letters: str
    starts: tuple[int, ...]
    begin: int

    def where(self, letters: str) -> tuple[int, int] | None:
        """The characters that sound like the letters, by initials or by whole syllables."""
        at = self.initials.find(letters)
        if at >= 0:
            return self.begin + at, self.begin + at + len(letters)
        at = self.letters.find(letters)
        while at >= 0:
            end = at + len(letters)
            if at in self.starts and end in self.starts:
                first, last = self.starts.index(at), self.starts.index(end)
                return self.begin + first, self.begin + last
            at = self.letters.find(letters, at + 1)
        return None


def _spell(sounds: Sequence[str], begin: int = 0) -> _Spelt:
    starts = accumulate((len(sound) for sound in sounds), initial=0)
    initials = "".join(sound[0] for sound in sounds)
    return _Spelt(initials, "".join(sounds), tuple(starts), begin)


@lru_cache(maxsize=100_000)
def _spelt(folded: str) -> tuple[_Spelt, ...]:
    runs = _HAN_RUN.finditer(folded)
    return tuple(_spell(syllables(run.group()), run.start()) for run in runs)


@lru_cache(maxsize=50_000)
def _spelt_name(name: str) -> tuple[_Spelt, ...]:
    usual = _spelt(name)
    if not usual or name[0] not in _SURNAMES:
        return usual
    return (_spell((_SURNAMES[name[0]], *syllables(name[1:]))), *usual)


def heard(letters: str, folded: str) -> tuple[int, int] | None:
    """Where a folded text sounds like the letters."""
    return next(filter(None, (spelt.where(letters) for spelt in _spelt(folded))), None)


def heard_name(letters: str, name: str) -> bool:
    """Whether a person's folded name sounds like the letters; surnames have sounds of their own."""
    return any(spelt.where(letters) for spelt in _spelt_name(name))


# --- where a word stands -----------------------------------------------------------------------


def spots(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where folded words stand in a text as it was written, in order and not overlapping."""
    folded, origin = _followed(text)
    found: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        span = (at, at + len(word)) if at >= 0 else None
        if span is None and word.isascii() and word.isalpha():
            span = heard(word, folded)
        if span is not None:
            found.append((origin[span[0]], origin[span[1] - 1] + 1))
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _followed(text: str) -> tuple[str, list[int]]:
    """The folded text with, for each of its characters, where it came from."""
    folded: list[str] = []
    origin: list[int] = []
    for at, character in enumerate(text):
        part = " " if character.isspace() else fold(character)
        if character in ",，" and 0 < at < len(text) - 1 and text[at - 1 : at + 2 : 2].isdigit():
            continue
        folded += part
        origin += [at] * len(part)
    return "".join(folded), origin
