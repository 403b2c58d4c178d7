"""The rules of Party organisation as data: thresholds, sentence, legal basis (同设置)."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    Basis,
    ContentError,
    Position,
    load_file,
)

FILE = "party-rules.yaml"
Severity = Literal["gap", "notice"]

KNOWN = (
    "SET-01",
    "ORG-01",
    "ORG-01A",
    "ORG-02",
    "ORG-02A",
    "ORG-03",
    "ORG-04",
    "ORG-05",
    "ORG-05A",
    "ORG-06",
    "ORG-07",
    "ORG-08",
    "ORG-08A",
    "SEC-01",
    "TERM-02",
    "TERM-03",
    "TERM-04",
    "TERM-05",
    "TMP-01",
    "TMP-02",
    "TMP-03",
    "TMP-04",
    "TMP-05",
    "TMP-06",
    "MEM-01",
    "MEM-02",
)
"""The rules that the product can decide from what it holds; each must be declared once."""


@dataclass(frozen=True)
class Seats:
    """The seats of a committee: at least, usually at most, and generally never more than."""

    least: int
    usual: int
    most: int


@dataclass(frozen=True)
class PartyRule:
    """One rule with its numbers; a number that is left out plays no part in it."""

    code: str
    name: str
    says: str
    severity: Severity
    basis: Basis
    settled: bool = True
    least: int = 0
    most: int = 0
    months: int = 0
    years: int = 0
    types: tuple[str, ...] = ()
    seats: Seats | None = None
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        asked = set(re.findall(r"{(\w+)}", self.says))
        if missing := sorted(name for name in asked if not self._numbers().get(name)):
            raise ValueError(f"规则 {self.code} 的 says 用到了没有给出的数：{'、'.join(missing)}")

    def _numbers(self) -> dict[str, int]:
        own = {"least": self.least, "most": self.most, "months": self.months, "years": self.years}
        seats = asdict(self.seats) if self.seats else {}
        return own | {f"seats_{name}": number for name, number in seats.items()}

    @property
    def sentence(self) -> str:
        """The rule in words, with its numbers."""
        return self.says.format(**self._numbers())

    @property
    def source(self) -> str:
        """The legal basis in words; a number that is the office's own setting says so."""
        words = f"《{self.basis.document}》{self.basis.article}"
        return words if self.settled else f"{words}（本系统设置，可调整）"


def load_party_rules(content: Path = CONTENT) -> dict[str, PartyRule]:
    """The rules by code; ContentError where one is missing or none asks for it."""
    found = {rule.code: rule for rule in load_file(content / FILE, PartyRule)}
    for rule in found.values():
        if rule.code not in KNOWN:
            raise ContentError(rule.where, f"没有一项检查用到规则 {rule.code}")
    if missing := [code for code in KNOWN if code not in found]:
        raise ContentError(Position(FILE, 1), f"缺少规则：{'、'.join(missing)}")
    return found


@cache
def party_rules() -> dict[str, PartyRule]:
    """The product's own rules, read once."""
    return load_party_rules()
