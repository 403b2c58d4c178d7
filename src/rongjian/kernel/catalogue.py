"""The field's own lists: functions and lines, departments, campaigns.

All of them are declared in `content/`; what one entry says of another is checked on loading.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Literal

from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    Basis,
    ContentError,
    Position,
    load_folder,
    load_section,
)
from rongjian.kernel.places import Level

Mode = Literal["service", "supervision", "team", "internet"]


@dataclass(frozen=True)
class Function:
    """One of the four procuratorial functions (四大检察)."""

    code: str
    name: str


@dataclass(frozen=True)
class Line:
    """One business line (十大业务); a line may belong to more than one function."""

    code: str
    name: str
    short: str
    functions: tuple[str, ...]
    where: Position = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Span:
    """From how many to how many."""

    least: int
    most: int

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most:
            raise ValueError(f"人数范围不对：{self.least} 至 {self.most}")


@dataclass(frozen=True)
class Department:
    """A department that every procuratorate of a level has; `suffix` follows the court's code."""

    level: Level
    suffix: str
    name: str
    short: str
    kind: Literal["business", "support"]
    staff: Span
    lines: tuple[str, ...] = ()
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"D[0-9]{2}", self.suffix):
            raise ValueError(f"部门代码应为 D 加两位数字，不能是“{self.suffix}”")
        if (self.kind == "business") is not bool(self.lines):
            raise ValueError(f"{self.name}：业务部门（business）须有业务条线，其他部门不能有")


@dataclass(frozen=True)
class CourtSize:
    """What the demo world assumes about a procuratorate of a level beside its departments."""

    level: Level
    leaders: int
    party_share: Decimal
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.party_share <= 1:
            raise ValueError(f"党员占比应在 0 与 1 之间，不能是 {self.party_share}")


@dataclass(frozen=True)
class Counter:
    """Something that a campaign counts down: how much there is, how much of it is dealt with."""

    code: str
    name: str
    unit: str


@dataclass(frozen=True)
class Campaign:
    """A campaign (专项) that records can belong to, with the words by which texts mention it.

    Its counters are its own; an office that counts something else writes them anew in the file.
    """

    code: str
    name: str
    short: str
    mode: Mode
    starts: date
    basis: Basis
    words: tuple[str, ...]
    ends: date | None = None
    lines: tuple[str, ...] = ()
    counters: tuple[Counter, ...] = ()
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        if self.ends is not None and self.ends < self.starts:
            raise ValueError(f"结束日期 {self.ends} 早于开始日期 {self.starts}")
        if any(len(word) < 2 for word in self.words):
            raise ValueError("words 里的词至少两个字，否则什么文字都会匹配上")

    def runs_on(self, day: date) -> bool:
        """Whether the campaign was under way on a day."""
        return self.starts <= day and (self.ends is None or day <= self.ends)


def load_functions(content: Path = CONTENT) -> list[Function]:
    """The four functions."""
    return load_section(content / "lines.yaml", "functions", Function)


def load_lines(content: Path = CONTENT) -> list[Line]:
    """The business lines in code order, each under known functions."""
    functions = {each.code for each in load_functions(content)}
    found = load_section(content / "lines.yaml", "lines", Line)
    for line in found:
        _check_known(line.functions, functions, "检察职能", line.where)
    return sorted(found, key=lambda line: line.code)


def load_departments(content: Path = CONTENT) -> list[Department]:
    """The departments of every level, in the order of the file; a suffix once a level."""
    found = load_section(content / "departments.yaml", "departments", Department)
    lines = {line.code for line in load_lines(content)}
    for each in found:
        _check_known(each.lines, lines, "业务条线", each.where)
    _check_once((f"{each.level} 的部门 {each.suffix}", each.where) for each in found)
    return found


def load_court_sizes(content: Path = CONTENT) -> dict[Level, CourtSize]:
    """The demo world's assumptions by level."""
    found = load_section(content / "departments.yaml", "courts", CourtSize)
    _check_once((each.level, each.where) for each in found)
    return {each.level: each for each in found}


def load_campaigns(content: Path = CONTENT) -> list[Campaign]:
    """Every campaign, by its first day."""
    found = load_folder(content / "campaigns", Campaign)
    lines = {line.code for line in load_lines(content)}
    for each in found:
        _check_known(each.lines, lines, "业务条线", each.where)
    return sorted(found, key=lambda each: (each.starts, each.code))


def _check_known(codes: Iterable[str], known: Collection[str], noun: str, where: Position) -> None:
    for code in codes:
        if code not in known:
            listed = "、".join(sorted(known))
            raise ContentError(where, f"没有登记过的{noun} {code}，已登记：{listed}")


def _check_once(named: Iterable[tuple[str, Position]]) -> None:
    first: dict[str, Position] = {}
    for name, where in named:
        if name in first:
            raise ContentError(where, f"{name} 重复，{first[name]} 已经写过")
        first[name] = where
