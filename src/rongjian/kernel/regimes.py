"""Regimes as data: who owes what how often, what answers it, by which rule (制度).

One file for each institution under `content/regimes`. A changed rule is a further entry with the same
code and a later `valid_from`, on which a cycle begins both by the old entry and by the new one: windows
that began before keep the old rule whole, and no day falls between the two or under both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import combinations, pairwise
from pathlib import Path

from rongjian.kernel.content import (
    CONTENT,
    NOWHERE,
    Basis,
    ContentError,
    Position,
    load_file,
    load_folder,
)
from rongjian.kernel.windows import CYCLE_WORDS, Cycle, Schedule, Window, idle, windows
from rongjian.kernel.workdays import NO_OVERRIDES, Overrides, is_arranged

_FOREVER = date.max


@dataclass(frozen=True)
class Institution:
    """A group of rules as the source document names its regimes: 理论学习, 组织生活 …"""

    code: str
    name: str


@dataclass(frozen=True)
class Answer:
    """Records that answer: a ledger, and where a field says which kind of them (no `values`: all)."""

    kind: str
    field: str = ""
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if bool(self.field) is not bool(self.values):
            raise ValueError("answers 的 field 与 values 要同时写，或都不写")

    def means(self, kind: str, said: Mapping[str, str]) -> bool:
        """Whether it means a record of a ledger in which the fields say this."""
        return self.kind == kind and (not self.field or said.get(self.field) in self.values)


@dataclass(frozen=True)
class Who:
    """Who owes it: types of units; `committee`: only with a 支委会; `groups`: only with 党小组.

    `least` is how many full members there must be. Size and groups are those of the window's first day.
    """

    types: tuple[str, ...]
    committee: bool = False
    groups: bool = False
    least: int = 0


@dataclass(frozen=True)
class Exemption:
    """A unit that does not owe it for a time, and by whose word."""

    unit: str
    reason: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class Rule:
    """One duty under a regime, in the version that holds from a day on.

    `answers` are the records that fulfil it, `accepts` others that may count as well (一并完成), `below`
    lets those of the units below count. `nil` says whether 本期无 can be declared. `lead` is how many
    days before its limit an open one begins to warn. Where the wording has not been compared with the
    printed text, `settled` is false: such a rule is the office's own setting and is shown as one.
    """

    code: str
    name: str
    institution: str
    says: str
    cycle: Cycle
    who: Who
    answers: tuple[Answer, ...]
    basis: Basis
    valid_from: date
    valid_to: date | None = None
    accepts: tuple[Answer, ...] = ()
    evidence: str = ""
    needed: int = 1
    months: tuple[int, int] | None = None
    days: tuple[int, int] | None = None
    grace: int = 0
    by_day: int = 0
    lead: int = 7
    nil: bool = True
    below: bool = False
    settled: bool = True
    exempt: tuple[Exemption, ...] = ()
    where: Position = field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        # Made at once, so that a schedule that cannot be is refused with the rule.
        schedule = self.schedule
        if schedule.grace < 0 or self.needed < 1 or not self.answers or not self.who.types:
            raise ValueError("needed 至少为 1，answers 和 who.types 不能为空")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("截止早于开始：截止日期（valid_to）不能早于生效日期（valid_from）")

    @cached_property
    def schedule(self) -> Schedule:
        """How often and when."""
        return Schedule(self.cycle, self.months, self.days, self.grace, self.by_day)

    @property
    def often(self) -> str:
        """How often, in words: 每季, 每半年 2 次."""
        words = CYCLE_WORDS[self.cycle]
        return words if self.needed == 1 else f"{words} {self.needed} 次"

    @property
    def source(self) -> str:
        """The basis in words; what is the office's own setting says so."""
        said = f"《{self.basis.document}》{self.basis.article}"
        checked = f"（{self.basis.checked} 核对）"
        return said + (checked if self.settled else "（本系统设置，可调整）")


def load_institutions(content: Path = CONTENT) -> dict[str, Institution]:
    """The institutions in the order in which the calendar lists them."""
    listed = load_file(content / "institutions.yaml", Institution)
    return {institution.code: institution for institution in listed}


def load_rules(content: Path = CONTENT) -> tuple[Rule, ...]:
    """Every rule, by institution and file order; ContentError names the first that cannot stand."""
    order = list(load_institutions(content))
    rules = load_folder(content / "regimes", Rule)
    for rule in rules:
        if rule.institution not in order:
            raise ContentError(
                rule.where, f"没有登记的制度“{rule.institution}”，可用：{'、'.join(order)}"
            )
    for rule, words in faults(rules):
        raise ContentError(rule.where, words)
    return tuple(sorted(rules, key=lambda rule: order.index(rule.institution)))


@cache
def rules() -> tuple[Rule, ...]:
    """The product's own rules, read once."""
    return load_rules()


# --- windows of rules that change ------------------------------------------------------------------


def versions(listed: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """The versions of each rule by its code, oldest first."""
    found: dict[str, list[Rule]] = {}
    for rule in listed:
        found.setdefault(rule.code, []).append(rule)
    return {
        code: tuple(sorted(each, key=lambda rule: rule.valid_from)) for code, each in found.items()
    }


def spans(listed: Iterable[Rule]) -> Iterator[tuple[Rule, date, date]]:
    """(rule, first, last): the days on which a window must begin to fall under that version."""
    for each in versions(listed).values():
        ends = [later.valid_from - timedelta(days=1) for later in each[1:]]
        for rule, end in zip(each, [*ends, _FOREVER], strict=True):
            yield rule, rule.valid_from, min(end, rule.valid_to or _FOREVER)


def expected(
    listed: Iterable[Rule], first: date, last: date, overrides: Overrides = NO_OVERRIDES
) -> Iterator[tuple[Rule, tuple[Window, ...]]]:
    """The windows of every version whose period begins between two days."""
    for rule, since, until in spans(listed):
        begin, end = max(first, since), min(last, until)
        if begin <= end and (found := windows(rule.schedule, begin, end, overrides)):
            yield rule, found


# --- what cannot stand -----------------------------------------------------------------------------


def faults(listed: Sequence[Rule], unit: str = "同一单位") -> Iterator[tuple[Rule, str]]:
    """(rule, sentence with a way out) for everything that must not be declared together.

    `unit` is what a sentence calls somebody of whom two rules ask the same.
    """
    for rule in listed:
        if words := _idle(rule):
            yield rule, words
    by_code = versions(listed)
    for each in by_code.values():
        yield from _changes(each)
    for one, other in combinations(by_code.values(), 2):
        for left in one:
            for right in other:
                if overlap(left, right):
                    yield right, overlap_words(left, right, unit)


def _idle(rule: Rule) -> str:
    """A window without a working day, in the years whose 调休 is known."""
    known = [year for year in range(2020, 2040) if is_arranged(year)]
    window = idle(rule.schedule, range(known[0], known[-1] + 1))
    if window is None:
        return ""
    opens, ends = rule.days or (1, 31)
    when = f"{window.opens_on.year}年{window.opens_on.month}月"
    return f"“{rule.name}”的时段 {opens} 日至 {ends} 日在{when}没有工作日：请把截止日改晚"


def _changes(each: Sequence[Rule]) -> Iterator[tuple[Rule, str]]:
    for old, new in pairwise(each):
        if not (old.schedule.starts(new.valid_from) and new.schedule.starts(new.valid_from)):
            words = f"“{new.name}”自 {new.valid_from} 起变更，但这一天不是周期的第一天"
            yield new, f"{words}：请改为 {_next_start(old, new)}"


def _next_start(old: Rule, new: Rule) -> date:
    """The first day on which a cycle begins by both versions."""
    year, month = new.valid_from.year, new.valid_from.month
    while True:
        month += 1
        day = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        if old.schedule.starts(day) and new.schedule.starts(day):
            return day


def overlap(one: Rule, other: Rule) -> bool:
    """Whether two rules ask the same thing of the same units at the same time."""
    together = max(one.valid_from, other.valid_from) <= min(
        one.valid_to or _FOREVER, other.valid_to or _FOREVER
    )
    shared = {*one.who.types} & {*other.who.types}
    return one.name == other.name and together and bool(shared)


def overlap_words(one: Rule, other: Rule, unit: str = "同一单位") -> str:
    """The sentence for two rules that ask the same of the same unit."""
    both = f"“{one.name} {one.often}”与“{other.name} {other.often}”"
    return f"{both}同时适用{unit}，请保留一项，或让一项先截止"


def unknown(
    listed: Iterable[Rule], known: Mapping[str, Mapping[str, Iterable[str]]]
) -> Iterator[tuple[Rule, str]]:
    """Answers by ledgers, fields or values that do not exist; `known`: kind → field → values."""
    for rule in listed:
        for answer in (*rule.answers, *rule.accepts):
            if answer.kind not in known:
                yield rule, f"没有代码为“{answer.kind}”的台账"
            elif answer.field and answer.field not in known[answer.kind]:
                yield rule, f"台账“{answer.kind}”没有可选值的字段“{answer.field}”"
            elif more := {*answer.values} - {*known[answer.kind].get(answer.field, ())}:
                yield rule, f"“{answer.kind}.{answer.field}”没有值：{'、'.join(sorted(more))}"
