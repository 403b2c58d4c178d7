"""Definitions of figures: a closed vocabulary, read from `content/indicators/*.yaml`.

A definition says which kind of record it is of, what it measures, over which date and under which
conditions. It holds no formula, no SQL and no template; what it cannot say, no figure can mean.
Several entries may share a code: each is a version, in force from its `valid_from` on, and a
period is counted by the version in force on its last day.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_folder
from rongjian.kernel.number_text import Style
from rongjian.kernel.periods import Period

Op = Literal["=", "!=", "in", "not-in", ">=", "<=", ">", "<", "empty", "not-empty"]
Measure = Literal["count", "sum", "distinct", "median", "ratio", "derived"]
Family = Literal["text", "date", "whole", "money", "flag", "ref"]
Plain = str | int | bool | Decimal | date
Value = Plain | tuple[Plain, ...] | None

_BARE: tuple[Op, ...] = ("empty", "not-empty")
_LISTS: tuple[Op, ...] = ("in", "not-in")
_ORDERS: tuple[Op, ...] = (">=", "<=", ">", "<")
_TAKES: Mapping[Family, tuple[type, ...]] = {
    "text": (str,),
    "date": (date,),
    "whole": (int,),
    "money": (int, Decimal),
    "flag": (bool,),
    "ref": (),
}
# What each measure must say, beside what every definition says.
_NEEDS: dict[Measure, tuple[str, ...]] = {
    "count": (),
    "sum": ("field",),
    "distinct": ("field",),
    "median": ("field",),
    "ratio": ("top", "bottom"),
    "derived": ("plus",),
}
_MAY: dict[Measure, tuple[str, ...]] = {
    "count": ("where",),
    "sum": ("where",),
    "distinct": ("where",),
    "median": ("where",),
    "ratio": ("scale", "per"),
    "derived": ("minus",),
}
_SOMETIMES = {name for each in (_NEEDS, _MAY) for names in each.values() for name in names}
# Only these can be added up or set in proportion.
_ADDITIVE: tuple[Measure, ...] = ("count", "sum", "derived")


class UnknownIndicator(LookupError):
    """No definition has this code."""


@dataclass(frozen=True)
class FieldType:
    """A field as definitions see it: its family, its column in facts, its name on the model."""

    family: Family
    column: str
    lookup: str
    places: int = 0
    choices: frozenset[str] = frozenset()


Schema = Mapping[str, FieldType]
"""The fields of one kind, by the names that definitions use."""
HOSTS = "hosts"
"""The field that kinds have whose records several units may host; their facts say where these stand."""
HOST_PLACES = {"now": "host_paths", "then": "host_places"}
"""The columns of those facts, as organised now and then."""


@dataclass(frozen=True)
class Condition:
    """One condition `[field, op, value]`.

    A condition is true or false, never unknown: what is not filled in equals nothing, is neither
    more nor less than anything, and is therefore `!=` and `not-in` everything.
    """

    field: str
    op: Op
    value: Value = None

    @classmethod
    def from_content(cls, written: tuple[object, ...]) -> Condition:
        """Read a condition as a content file writes it."""
        field, op, *values = written if len(written) > 1 else (*written, "", "")
        if not isinstance(field, str) or op not in get_args(Op):
            raise ValueError(f"条件应写成 [字段, 运算, 值]，运算可用：{'、'.join(get_args(Op))}")
        if len(values) != (0 if op in _BARE else 1):
            raise ValueError(f"条件 {field} {op} 的值的个数不对")
        value = values[0] if values else None
        if isinstance(value, list) is not (op in _LISTS) or value in ([], {}):
            raise ValueError(f"条件 {field} {op} 的值不对：in 和 not-in 用列表，其余用单个值")
        return cls(field, op, tuple(value) if isinstance(value, list) else value)  # type: ignore[arg-type]

    @property
    def values(self) -> tuple[Plain, ...]:
        """What the field is compared with."""
        if self.value is None:
            return ()
        return self.value if isinstance(self.value, tuple) else (self.value,)

    def fault(self, type_: FieldType) -> str:
        """Why the condition cannot be asked of a field of this type; empty when it can."""
        if self.op in _ORDERS and type_.family not in ("date", "whole", "money"):
            return f"字段 {self.field} 不能比较大小"
        for value in self.values:
            # In Python True is a whole number as well.
            if type(value) not in _TAKES[type_.family]:
                return f"字段 {self.field} 不能与 {value} 比较"
            if type_.choices and value not in type_.choices:
                return (
                    f"字段 {self.field} 没有取值 {value}，可用：{'、'.join(sorted(type_.choices))}"
                )
        return ""


@dataclass(frozen=True)
class Definition:
    """One version of an indicator.

    `words` are groups of synonyms: a sentence of a draft may mean this figure when it holds a word
    of every group. `campaign` or `period` say which period is meant when none is named.
    """

    code: str
    name: str
    of: str
    measure: Measure
    unit: str
    version: int
    valid_from: date
    basis: Basis
    words: tuple[tuple[str, ...], ...]
    field: str = ""
    on: str = "happened_on"
    where: tuple[Condition, ...] = ()
    top: str = ""
    bottom: str = ""
    scale: Decimal = Decimal(1)
    plus: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()
    per: str = ""
    display: Style = "plain"
    campaign: str = ""
    period: str = ""
    declared: Position = dataclasses.field(default=NOWHERE, compare=False)

    def __post_init__(self) -> None:
        allowed = {*_NEEDS[self.measure], *_MAY[self.measure]}
        for name in _NEEDS[self.measure]:
            if not getattr(self, name):
                raise ValueError(f"{self.measure} 须写明 {name}")
        for name in sorted(_SOMETIMES - allowed):
            if getattr(self, name) != _DEFAULTS[name]:
                raise ValueError(f"{self.measure} 不能有 {name}")
        if not self.words or not all(group and all(group) for group in self.words):
            raise ValueError("words 应为若干组同义词，每组至少一个词")
        if self.period:
            Period.parse(self.period)

    @property
    def measure_unit(self) -> str:
        """What is counted, and per what: 件, 人, 人/个."""
        return f"{self.unit}/{self.per}" if self.per else self.unit

    @property
    def refers_to(self) -> tuple[str, ...]:
        """Codes of the figures that this one is made of."""
        return tuple(code for code in (self.top, self.bottom, *self.plus, *self.minus) if code)


_DEFAULTS = {each.name: each.default for each in dataclasses.fields(Definition)}


@dataclass(frozen=True)
class Catalogue:
    """Every definition, all versions; within a code by the day from which they are in force."""

    versions: Mapping[str, tuple[Definition, ...]]

    @classmethod
    def of(cls, definitions: Iterable[Definition]) -> Catalogue:
        """The definitions as a catalogue, once they fit together; ContentError otherwise."""
        versions: dict[str, tuple[Definition, ...]] = {}
        for each in definitions:
            versions[each.code] = (*versions.get(each.code, ()), each)
        for code, found in versions.items():
            versions[code] = tuple(sorted(found, key=lambda each: each.valid_from))
        catalogue = cls(versions)
        for each in catalogue:
            catalogue._check_references(each)
        return catalogue

    def __iter__(self) -> Iterator[Definition]:
        return (each for found in self.versions.values() for each in found)

    @cached_property
    def newest(self) -> dict[str, Definition]:
        """The newest version of each code."""
        return {code: found[-1] for code, found in self.versions.items()}

    def in_force(self, code: str, day: date) -> Definition:
        """The version of a code in force on a day; the first one also for days before it.

        Raises UnknownIndicator, naming the nearest code there is.
        """
        found = self.versions.get(code)
        if found is None:
            near = get_close_matches(code, self.versions, n=1, cutoff=0.4)
            hint = (
                f"是否想查 {near[0]}（{self.newest[near[0]].name}）？"
                if near
                else "用 --list 查看全部。"
            )
            raise UnknownIndicator(f"没有指标“{code}”。{hint}")
        return next((each for each in reversed(found) if each.valid_from <= day), found[0])

    def _check_references(self, definition: Definition, above: tuple[str, ...] = ()) -> None:
        """Refuse what a figure cannot be made of, following every version of what it refers to."""
        path = (*above, definition.code)
        for code in definition.refers_to:
            if code in path:
                raise ContentError(
                    definition.declared, f"指标互相引用：{' → '.join((*path, code))}"
                )
            if code not in self.versions:
                near = get_close_matches(code, self.versions, n=1)
                hint = f"（是否想写 {near[0]}？）" if near else ""
                raise ContentError(definition.declared, f"引用了没有的指标 {code}{hint}")
            for part in self.versions[code]:
                if part.measure not in _ADDITIVE:
                    reason = f"不能由 {code} 算出：只有 count、sum、derived 可以相加或相比"
                    raise ContentError(definition.declared, reason)
                if (part.of, part.on) != (definition.of, definition.on):
                    reason = f"与 {code} 的台账（of）或日期（on）不同，不能合在一个指标里"
                    raise ContentError(definition.declared, reason)
                self._check_references(part, path)


def load(folder: Path = CONTENT / "indicators") -> Catalogue:
    """The catalogue of a content folder."""
    return Catalogue.of(load_folder(folder, Definition))


def check(catalogue: Catalogue, schemas: Mapping[str, Schema], campaigns: Iterable[str]) -> None:
    """Refuse definitions of unknown kinds, fields, values or campaigns, by ContentError."""
    known = frozenset(campaigns)
    for definition in catalogue:
        schema = schemas.get(definition.of)
        if schema is None:
            listed = "、".join(sorted(schemas))
            raise ContentError(definition.declared, f"没有台账 {definition.of}，可用：{listed}")
        if definition.campaign and definition.campaign not in known:
            raise ContentError(definition.declared, f"没有专项 {definition.campaign}")
        if reason := _fault(definition, schema, known):
            raise ContentError(definition.declared, reason)


def _fault(definition: Definition, schema: Schema, campaigns: frozenset[str]) -> str:
    asked = {condition.field for condition in definition.where} | {definition.on}
    for name in sorted(asked | {definition.field} - {""}):
        if name not in schema:
            return (
                f"台账 {definition.of} 的事实里没有字段 {name}，可用：{'、'.join(sorted(schema))}"
            )
    if schema[definition.on].family != "date":
        return f"on 应为日期字段，{definition.on} 不是"
    if definition.measure in ("sum", "median") and schema[definition.field].family not in (
        "whole",
        "money",
    ):
        return f"字段 {definition.field} 不是数，不能求和或取中位数"
    for condition in definition.where:
        if reason := condition.fault(schema[condition.field]):
            return reason
        if condition.field == "campaign" and not campaigns.issuperset(map(str, condition.values)):
            return f"没有专项 {condition.value}"
    return ""
