"""Consistency of published figures: what does not agree, with both numbers.

Rules are data (`content/signals/published-figures.yaml`) and name items, not rows. An item that
prints several figures at once (`不批捕 件/人`, `33/40`) is read as several.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.content import CONTENT, load_file
from rongjian.kernel.periods import Period, PeriodError
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rongjian.records.models import Record

Names = tuple[str, ...]
# From how many closing zeros on a count is taken as rounded by its source.
_ROUNDED = 3
_UNIT_TAIL = re.compile(r" (?:[^\s/]+(?:/[^\s/]+)*)$")


@dataclass(frozen=True)
class Rule:
    """A relation that the figures of one data set, subject and period must satisfy."""

    code: str
    name: str
    check: Literal["sum", "rate"]
    printed: Names = ()
    top: Names = ()
    rest: Names = ()
    base: Names = ()
    total: Names = ()
    parts: tuple[Names, ...] = ()
    optional: tuple[Names, ...] = ()
    periods: Literal["same", "inside"] = "same"
    note: str = ""

    def __post_init__(self) -> None:
        if self.check == "sum" and not (self.total and self.parts):
            raise ValueError("sum 规则要写 total 和 parts")
        if self.check == "rate" and not (self.printed and self.top and (self.rest or self.base)):
            raise ValueError("rate 规则要写 printed、top，以及 rest 或 base")


@dataclass(frozen=True)
class Printed:
    """One figure of one published row, after splitting rows that print several."""

    dataset: str
    subject: str
    name: str
    period: str
    unit: str
    value: Decimal
    record: Record


@dataclass(frozen=True)
class Finding:
    """A disagreement: what was printed, what the other figures give, and all the rows."""

    rule: Rule
    dataset: str
    subject: str
    period: str
    printed: Decimal
    computed: Decimal
    units_differ: bool
    records: tuple[Record, ...]

    @property
    def difference(self) -> Decimal:
        """Printed less computed."""
        return self.printed - self.computed

    @property
    def sentence(self) -> str:
        """The finding in words, with both numbers."""
        kind = "公布" if self.rule.check == "rate" else "公布合计"
        sign = "%" if self.rule.check == "rate" else ""
        tail = "；两边计量单位不同" if self.units_differ else ""
        other = "按人数推算" if self.rule.check == "rate" else "各项相加"
        return (
            f"{self.rule.name}：{kind} {self.printed}{sign}，{other} {self.computed}{sign}，"
            f"相差 {self.difference}{sign}{tail}"
        )


@cache
def rules() -> tuple[Rule, ...]:
    """The declared rules."""
    return tuple(load_file(CONTENT / "signals" / "published-figures.yaml", Rule))


def findings(records: Iterable[Record]) -> list[Finding]:
    """Every disagreement among published figures, in the order of data set and rule."""
    groups: dict[tuple[str, str], list[Printed]] = defaultdict(list)
    for record in records:
        for printed in split(record):
            groups[printed.dataset, printed.subject].append(printed)
    return [
        finding
        for key in sorted(groups)
        for rule in rules()
        for finding in _apply(rule, groups[key])
    ]


def published() -> list[Record]:
    """Every published figure that stands."""
    kind = kind_of("published-figure")
    rows = kind.model._default_manager.filter(state__in=kind.flow.counted)
    return list(rows.order_by("pk"))


def split(record: Record) -> Iterator[Printed]:
    """The figures a row prints: one, or one for each label or unit between slashes."""
    numbers: Sequence[Decimal] = record.numbers  # type: ignore[attr-defined]
    item: str = record.item  # type: ignore[attr-defined]
    units = str(record.measure_unit).split("/")  # type: ignore[attr-defined]
    subject, name = item.split(" ", 1) if " " in item else ("", item)
    bare = _UNIT_TAIL.sub("", f" {name}").strip() if " " in name else name
    labels = bare.split("/")
    if len(numbers) == 1:
        pairs = [(name, units[0], numbers[0])]
    elif len(labels) == len(numbers):
        unit_of = units if len(units) == len(numbers) else units[:1] * len(numbers)
        pairs = list(zip(labels, unit_of, numbers, strict=True))
    elif len(units) == len(numbers):
        pairs = [(bare, unit, number) for unit, number in zip(units, numbers, strict=True)]
    else:
        pairs = []
    for label, unit, number in pairs:
        yield Printed(
            record.dataset,  # type: ignore[attr-defined]
            subject,
            label,
            record.period,  # type: ignore[attr-defined]
            unit,
            number,
            record,
        )


def _apply(rule: Rule, figures: list[Printed]) -> Iterator[Finding]:
    wanted = rule.printed if rule.check == "rate" else rule.total
    for head in figures:
        if head.name in wanted:
            near = [one for one in figures if _belongs(rule, one, head)]
            found = _rate(rule, head, near) if rule.check == "rate" else _sum(rule, head, near)
            if found is not None:
                yield found


def _belongs(rule: Rule, one: Printed, head: Printed) -> bool:
    if rule.periods == "same" or one.period == head.period:
        return one.period == head.period
    try:
        inner, outer = Period.parse(one.period), Period.parse(head.period)
    except PeriodError:
        return False
    return outer.start <= inner.start and inner.end <= outer.end


def _pick(names: Names, figures: list[Printed], unit: str = "") -> Printed | None:
    """The figure with one of these names; among several units the wanted one."""
    named = [one for name in names for one in figures if one.name == name]
    return next((one for one in named if unit and one.unit == unit), named[0] if named else None)


def _rate(rule: Rule, head: Printed, near: list[Printed]) -> Finding | None:
    top = _pick(rule.top, near, "人")
    other = _pick(rule.base or rule.rest, near, top.unit if top else "")
    if top is None or other is None:
        return None
    bottom = other.value if rule.base else top.value + other.value
    if not bottom:
        return None
    step = Decimal(1).scaleb(int(head.value.as_tuple().exponent))
    low, high = _bounds(rule, top.value, other.value)
    # Equal when the rate, as exact as its counts are printed, meets the last printed digit.
    if low <= head.value + step / 2 and head.value - step / 2 <= high:
        return None
    exact = top.value * 100 / bottom
    computed = exact.quantize(min(step, Decimal("0.01")), ROUND_HALF_UP)
    return _finding(rule, head, computed, (top, other), units_differ=False)


def _bounds(rule: Rule, top: Decimal, other: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the greatest rate that counts rounded as printed can stand for."""
    less, more = top - _slack(top), top + _slack(top)
    low_other, high_other = other - _slack(other), other + _slack(other)
    if rule.base:
        return less * 100 / high_other, more * 100 / low_other
    return less * 100 / (less + high_other), more * 100 / (more + low_other)


def _slack(count: Decimal) -> Decimal:
    """Half of the last digit of a count printed in 万 or 千 (75.3万 → ±500), else nothing."""
    zeros = len(str(count)) - len(str(count).rstrip("0")) if count == int(count) else 0
    return Decimal(5).scaleb(zeros - 1) if zeros >= _ROUNDED else Decimal(0)


def _sum(rule: Rule, head: Printed, near: list[Printed]) -> Finding | None:
    parts = [_pick(names, near, head.unit) for names in rule.parts]
    present = [part for part in parts if part is not None]
    if len(present) < len(parts):
        return None
    extra = [_pick(names, near, head.unit) for names in rule.optional]
    present += [part for part in extra if part is not None]
    total = sum((part.value for part in present), Decimal(0))
    if total == head.value:
        return None
    differ = any(part.unit != head.unit for part in present)
    return _finding(rule, head, total, tuple(present), units_differ=differ)


def _finding(
    rule: Rule, head: Printed, computed: Decimal, others: tuple[Printed, ...], *, units_differ: bool
) -> Finding:
    records = {id(one.record): one.record for one in (head, *others)}
    return Finding(
        rule,
        head.dataset,
        head.subject,
        head.period,
        head.value,
        computed,
        units_differ,
        tuple(records.values()),
    )
