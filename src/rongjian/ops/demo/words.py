"""The word lists of the demo world, read from `content/demo`, and names drawn from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.content import CONTENT, load_file

if TYPE_CHECKING:
    from random import Random

_DEMO = CONTENT / "demo"
_DIGITS = "〇一二三四五六七八九"
Texts = tuple[str, ...]


def ordinal(number: int) -> str:
    """A number below a hundred as names write it: 二, 十, 十三, 二十."""
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")


@dataclass(frozen=True)
class PeopleWords:
    """What names are made of."""

    common_surnames: Texts
    rare_surnames: Texts
    single_given: Texts
    first_given: Texts
    second_given: Texts
    rare_given: Texts
    several_parts: Texts

    def name(self, random: Random) -> str:
        """A made-up name: mostly two or three characters, seldom a rare one."""
        chance = random.random()
        if chance < 0.004:
            return random.choice(self.several_parts)
        surname = random.choice(self.rare_surnames if chance < 0.03 else self.common_surnames)
        if chance > 0.985:
            return surname + random.choice(self.rare_given)
        if chance > 0.8:
            return surname + random.choice(self.single_given)
        return surname + random.choice(self.first_given) + random.choice(self.second_given)


@dataclass(frozen=True)
class CaseWords:
    """Charges, addressees and kinds of assets."""

    gang_charges: Texts
    covid_charges: Texts
    charges: Mapping[str, Texts]
    addressees: Texts
    assets: Texts


@dataclass(frozen=True)
class Quoted:
    """A published statement that the demo quotes."""

    code: str
    statement: str
    printed: str
    source: str


@dataclass(frozen=True)
class HistoryWords:
    """Titles of what was issued and done in 2018–2021."""

    guidance: Texts
    covid_cases: Texts
    selected_cases: Texts
    deeds: Texts
    opinion: str
    articles: Texts
    assistance: Texts
    quotations: tuple[Quoted, ...]


@dataclass(frozen=True)
class Topic:
    """What an activity can be about; `lines` and `campaign` say which casework it touches."""

    code: str
    types: Texts
    text: str
    mode: Literal["", "service", "supervision", "team", "internet"] = ""
    lines: Texts = ()
    campaign: str = ""
    office: bool = False


@cache
def people_words() -> PeopleWords:
    """What names are made of."""
    return load_file(_DEMO / "people.yaml", PeopleWords)[0]


@cache
def case_words() -> CaseWords:
    """The words of casework."""
    return load_file(_DEMO / "casework.yaml", CaseWords)[0]


@cache
def history_words() -> HistoryWords:
    """The titles of the history."""
    return load_file(_DEMO / "history.yaml", HistoryWords)[0]


@cache
def topics() -> list[Topic]:
    """Every topic of activities."""
    return load_file(_DEMO / "activities.yaml", Topic)
