"""Figures and their definitions in words: what is counted, under which conditions, how it is put."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist

from rongjian.indicators import catalogue
from rongjian.org.models import UnitType
from rongjian.records.kinds import kind_of
from rongjian.records.queries import campaigns, in_words, unit_words

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from rongjian.indicators.figures import Figure
    from rongjian.indicators.spec import Condition, Definition
    from rongjian.kernel.periods import Period
    from rongjian.org.models import Unit
    from rongjian.records.kinds import Kind

_OPS = {
    "=": "为",
    "!=": "不为",
    "in": "为",
    "not-in": "不为",
    ">=": "不小于",
    "<=": "不大于",
    ">": "大于",
    "<": "小于",
    "empty": "未填写",
    "not-empty": "已填写",
}


def places(definition: Definition) -> int:
    """How many digits behind the point the definition's numbers have: money has fen."""
    if definition.measure == "derived":
        return places(catalogue.indicators()[definition.plus[0]])
    if not definition.field or definition.measure == "distinct":
        return 0
    field = kind_of(definition.of).field(definition.field)
    return getattr(field, "decimal_places", None) or 0


def exact(value: Decimal | None, digits: int | None = None) -> str:
    """A value with all its digits, as tables print it; to the cent where they are not given."""
    if value is None:
        return "—"
    if digits is None:
        digits = 0 if value == value.to_integral_value() else 2
    return f"{value:,.{digits}f}"


def summable(code: str, period: Period) -> bool:
    """Whether the figures of the units below add up to the unit's own."""
    formula = catalogue.formula(code, period.end)
    return formula.additive and not formula.bottom


def put(figure: Figure) -> str:
    """A figure for a table: all digits where it adds up, else as official texts print it."""
    if figure.value is None:
        return "—"
    if not summable(figure.code, figure.period):
        return figure.text
    return exact(figure.value, places(catalogue.in_force(figure.code, figure.period.end)))


def with_unit(text: str, measure_unit: str) -> str:
    """A number with its unit, which some texts already carry: 1591 人, 2.17亿元."""
    if not measure_unit or text.endswith(measure_unit) or text in {"—", "没有此类记录"}:
        return text
    return f"{text} {measure_unit}"


def scope(unit: Unit) -> str:
    """How the way down begins: 全区, else the unit's short name."""
    return "全区" if unit.type == UnitType.REGION else unit_words(unit)


def area(unit: Unit) -> str:
    """A procuratorate as the name of its area: 南宁市院 is 南宁市 in a drill path."""
    return unit.short.removesuffix("院") if unit.is_court else unit_words(unit)


def apart(unit: Unit, stood: tuple[date | None, date | None] | None, period: Period) -> str:
    """What is to be said of a unit below that did not stand there throughout, or is no more."""
    since, until = stood or (None, None)
    if stood is None and unit.dissolved_on is None:
        return ""
    words = [f"{since} 起"] if since else []
    words += [f"至 {until}"] if until else []
    if unit.dissolved_on and unit.dissolved_on <= period.end and not words:
        words = [f"{unit.dissolved_on} 撤销"]
    return f"（{'，'.join(words)}）" if words else ""


def parts(definition: Definition) -> tuple[tuple[str, str], ...]:
    """(label, words) of what a definition says."""
    kind = kind_of(definition.of)
    found = [
        ("台账", kind.name),
        ("计算", measure_words(definition, kind)),
        ("时间", f"按“{_heading(kind, definition.on)}”落在期间内"),
        ("条件", "；".join(condition_words(kind, each) for each in definition.where) or "无"),
    ]
    return tuple(found)


def measure_words(definition: Definition, kind: Kind) -> str:
    """How the number comes about."""
    names = catalogue.indicators()
    if definition.measure == "ratio":
        return f"“{names[definition.top].name}”与“{names[definition.bottom].name}”之比"
    if definition.measure == "derived":
        plus = "＋".join(f"“{names[code].name}”" for code in definition.plus)
        minus = "".join(f"－“{names[code].name}”" for code in definition.minus)
        return plus + minus
    heading = _heading(kind, definition.field) if definition.field else ""
    return {
        "count": "记录条数",
        "sum": f"“{heading}”相加",
        "distinct": f"“{heading}”去重计数",
        "median": f"“{heading}”的中位数",
    }[definition.measure]


def condition_words(kind: Kind, condition: Condition) -> str:
    """A condition as a person would say it: 决定为起诉."""
    heading = _heading(kind, condition.field)
    values = "、".join(_value(kind, condition.field, value) for value in condition.values)
    return f"{heading}{_OPS[condition.op]}{values}"


def condition_chip(kind: Kind, condition: Condition) -> str:
    """A condition as a chip: 决定=起诉."""
    if condition.op in {"=", "in"}:
        values = "、".join(_value(kind, condition.field, value) for value in condition.values)
        return f"{_heading(kind, condition.field)}={values}"
    return condition_words(kind, condition)


def _heading(kind: Kind, name: str) -> str:
    try:
        return kind.heading(name)
    except FieldDoesNotExist:
        return name


def _value(kind: Kind, name: str, value: Any) -> str:
    if name == "campaign":
        return campaigns().get(str(value), str(value))
    try:
        return in_words(kind.field(name), value)
    except FieldDoesNotExist:
        return str(value)
