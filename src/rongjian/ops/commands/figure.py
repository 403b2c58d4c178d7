"""`rongjian figure`: one figure with its definition and its past, or the records behind it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from rongjian.indicators import catalogue, figures, snapshots, trace
from rongjian.kernel.periods import Period
from rongjian.ops.commands import Refused
from rongjian.org.models import Unit, UnitType
from rongjian.org.queries import unit_named
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from decimal import Decimal

    from rongjian.indicators.figures import Figure
    from rongjian.indicators.spec import Definition
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("code", nargs="?", metavar="指标", help="指标代码，如 prosecuted-gang")
    parser.add_argument("--list", action="store_true", help="列出全部指标")
    parser.add_argument("--unit", metavar="单位", help="单位代码或名称（默认为最上级检察院）")
    parser.add_argument(
        "--period",
        metavar="期间",
        help="如 2020、2026-Q2、2018-01..2020-12（默认为指标自己的期间）",
    )
    parser.add_argument(
        "--organised",
        choices=("now", "then"),
        default="now",
        help="按现在的隶属关系（now，默认）或按记录当时的隶属关系（then）",
    )
    parser.add_argument("--records", action="store_true", help="逐条列出数字背后的记录（已去标识）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Print what was asked for."""
    if args.list:
        _print_all()
        return 0
    if not args.code:
        raise Refused("请写明指标代码，或用 --list 查看全部指标")
    today = timezone.localdate()
    # An unknown code is refused, with a suggestion, before anything else is looked at.
    catalogue.in_force(args.code, today)
    unit = unit_named(args.unit) if args.unit else _top()
    named = Period.parse(args.period) if args.period else None
    period = named or catalogue.default_period(args.code, today)
    if args.records:
        _print_records(args.code, unit, period, args)
        return 0
    found = figures.figure(args.code, unit, period, organised=args.organised)
    definition = catalogue.in_force(args.code, period.end)
    if args.json:
        print_json({**_figure(found), "unit_name": unit.name, "definition": _shown(definition)})
    else:
        _print_figure(found, unit, definition)
    return 0


def print_json(value: object) -> None:
    """One line of JSON; days and amounts as text."""
    sys.stdout.write(f"{json.dumps(value, ensure_ascii=False, default=str)}\n")


def _top() -> Unit:
    top = Unit.objects.filter(type__in=(UnitType.REGION, UnitType.CITY, UnitType.COUNTY)).first()
    if top is None:
        raise Refused("还没有任何单位，请先建立组织架构或运行 rongjian demo")
    return top


def _print_all() -> None:
    for code, definition in catalogue.indicators().items():
        kind = kind_of(definition.of)
        sys.stdout.write(f"{code}\t{definition.name}\t{definition.measure_unit}\t{kind.name}\n")


def _figure(found: Figure) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "value": _number(found.value),
        "text": found.text,
        "unit": found.unit_code,
        "period": str(found.period),
        "organised": found.organised,
        "records": found.records,
        "measure_unit": found.measure_unit,
        "snapshot": found.snapshot,
        "version": found.version,
    }


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _shown(definition: Definition) -> dict[str, Any]:
    """The definition as its content file writes it: what it does not say is left out."""
    defaults = {each.name: each.default for each in fields(definition)}
    said = {name: v for name, v in asdict(definition).items() if v != defaults[name]}
    said.pop("declared")
    if definition.where:
        said["where"] = [[each.field, each.op, *each.values] for each in definition.where]
    return said


def _print_figure(found: Figure, unit: Unit, definition: Definition) -> None:
    past = (
        ("上一期", figures.previous(found, unit)),
        ("上年同期", figures.year_before(found, unit)),
    )
    basis = "".join((definition.basis.document, definition.basis.article))
    made = timezone.localtime(snapshots.current().made_at)
    lines = [
        f"{found.name}（{found.code}，第 {found.version} 版，依据：{basis}）",
        f"{unit.name} {found.period.label}：{_words(found)}",
        *(f"{name}（{each.period.label}）：{_words(each)}" for name, each in past),
        f"背后的记录 {found.records} 条；快照 {found.snapshot}，生成于 {made:%Y-%m-%d %H:%M}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _words(found: Figure) -> str:
    """The number with its unit; official money and shares carry theirs already."""
    carries = found.value is None or not found.text[-1].isdigit()
    return found.text if carries else f"{found.text}{found.measure_unit}"


def _print_records(code: str, unit: Unit, period: Period, args: argparse.Namespace) -> None:
    rows = trace.records(code, unit, period, args.organised).order_by("happened_on", "pk")
    kind = kind_of(catalogue.in_force(code, period.end).of)
    for row in _projected(kind, rows.select_related("unit", "task_force").iterator(2000)):
        if args.json:
            print_json(row)
        else:
            sys.stdout.write("\t".join("" if v is None else str(v) for v in row.values()) + "\n")


def _projected(kind: Kind, rows: Iterator[Record]) -> Iterator[dict[str, Any]]:
    """Each row as a superior may see it: no handler, no free text."""
    first = ("id", "key", "unit", "happened_on")
    names = [name for name in kind.columns if name not in (*kind.private, *first)]
    for row in rows:
        more = {name: _cell(row, name) for name in names}
        yield {
            "id": row.pk,
            "key": row.key,
            "unit": row.unit.code,
            "unit_name": row.unit.short,
            "happened_on": row.happened_on,
            **more,
        }


def _cell(row: Record, name: str) -> Any:
    """What a list shows in a column: the name of a choice rather than its code."""
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return value
