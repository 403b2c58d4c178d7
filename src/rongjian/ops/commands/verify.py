"""`rongjian verify`: recount figures by the second path, walk the log, compare published figures."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from rongjian.checkup import published
from rongjian.documents.render import compose
from rongjian.indicators import verify
from rongjian.log import audit
from rongjian.log.changes import one_moment
from rongjian.ops import permissions
from rongjian.ops.commands import Refused
from rongjian.ops.data import require_data
from rongjian.ops.demo.build import REPORT
from rongjian.org.access import VERB_NAMES, actor_of, classes, roles
from rongjian.org.models import Person, Unit, UnitType
from rongjian.org.queries import unit_named
from rongjian.records import same_deeds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


@dataclass(frozen=True)
class Verdict:
    """What a check found: a line for people and the parts for machines."""

    headline: str
    lines: list[str]
    faults: int
    parts: dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "what",
        choices=tuple(_CHECKS),
        metavar="内容",
        help="figures 按记录重算报告里的数字；audit 核对日志链；published 核对公布数据；"
        "permissions 逐格核对权限；duplicates 找出两个单位重复申报的事项",
    )
    parser.add_argument(
        "--as", dest="person", metavar="工号或账号", help="duplicates：以谁的身份查看"
    )
    parser.add_argument("--unit", metavar="单位", help="figures：哪个单位的报告（默认最上级）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Check; 1 when something does not hold."""
    require_data()
    verdict = _CHECKS[args.what](args)
    if args.json:
        found = {"headline": verdict.headline, "faults": verdict.faults, **verdict.parts}
        sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join([verdict.headline, *verdict.lines]) + "\n")
    return 1 if verdict.faults else 0


def _figures(args: argparse.Namespace) -> Verdict:
    """Every figure of the report, once from the snapshot and once over the records."""
    unit = unit_named(args.unit) if args.unit else _top()
    lines: list[str] = []
    parts: list[dict[str, Any]] = []
    shown = {
        (each.indicator, each.period): each for each in compose(REPORT, unit, {}, None).figures
    }
    for (code, period), figure in shown.items():
        found = verify.differences([code], unit, period)
        words = f"{figure.name} {period} {figure.spoken}（{figure.records} 条记录）"
        lines.append(f"差异  {found[0]}" if found else f"一致  {words}")
        parts.append(
            {
                "indicator": code,
                "period": str(period),
                "text": figure.text,
                "value": None if figure.value is None else str(figure.value),
                "records": figure.records,
                "difference": str(found[0]) if found else None,
            }
        )
    faults = sum(part["difference"] is not None for part in parts)
    headline = f"核对 {len(parts)} 个数字，差异 {faults} 个"
    return Verdict(headline, lines, faults, {"unit": unit.code, "figures": parts})


def _top() -> Unit:
    """The unit at the top of the business tree."""
    top = Unit.objects.filter(type=UnitType.REGION).order_by("path").first()
    if top is None:
        raise Refused("还没有任何单位：先导入单位，或用 rongjian demo 建立演示数据")
    return top


def _audit(_: argparse.Namespace) -> Verdict:
    """Every stream of the log from its first line."""
    with one_moment():
        verdict = audit.verify()
    count = len(verdict.breaks)
    headline = f"核对 {verdict.streams} 条链、{verdict.events} 条日志，断裂 {count} 处"
    breaks = [
        {"stream": each.stream, "seq": each.seq, "reason": each.reason} for each in verdict.breaks
    ]
    parts = {"streams": verdict.streams, "events": verdict.events, "breaks": breaks}
    return Verdict(headline, [str(each) for each in verdict.breaks], count, parts)


def _published(_: argparse.Namespace) -> Verdict:
    """Published figures that contradict one another."""
    records = published.published()
    found = published.findings(records)
    headline = f"核对 {len(records)} 条公布数据，不一致 {len(found)} 处"
    lines = [f"{each.dataset} {each.subject} {each.period}  {each.sentence}" for each in found]
    return Verdict(headline, lines, len(found), {"findings": lines})


def _permissions(_: argparse.Namespace) -> Verdict:
    """The matrix of rights, cell by cell, and who holds what one person may not hold together."""
    seen = permissions.walk(timezone.now())
    both = permissions.held_against_rules(timezone.localdate())
    faults = [*map(str, seen.deviations), *both]
    missing = [
        permissions.RELATIONS[name] for name in permissions.RELATIONS if name in seen.missing
    ]
    relations = len(permissions.RELATIONS) - len(missing)
    headline = (
        f"核对 {len(roles())} 个角色 × {len(classes())} 类数据 × {len(VERB_NAMES)} 项权限 × "
        f"{relations} 种关系，共 {seen.cells:,} 格：允许 {seen.granted:,}，不符 {len(faults)}"
    )
    lines = [*permissions.matrix(), *faults]
    if missing:
        lines.append(f"本库没有可供核对的单位：{'、'.join(missing)}")
    parts = {
        "cells": seen.cells,
        "granted": seen.granted,
        "missing": missing,
        "deviations": faults,
        "matrix": permissions.matrix(),
    }
    return Verdict(headline, lines, len(faults), parts)


def _duplicates(args: argparse.Namespace) -> Verdict:
    """Pairs of records of two units that look like one deed, as somebody may read them."""
    named = Q(staff_no=args.person or "") | Q(account__username=args.person or "")
    person = Person.objects.select_related("court").filter(named).first()
    if person is None:
        raise Refused("请用 --as 写明以谁的身份查看：只列出本人看得到的记录")
    actor = actor_of(person, timezone.localtime())
    lines: list[str] = []
    for kind in same_deeds.claiming():
        found = same_deeds.twins(actor, kind)
        pairs = zip(found, same_deeds.told(found), strict=True)
        for twin, (first, second) in pairs:
            how = "编号相同" if twin.by_key else "内容相近"
            lines.append(f"{kind.name}（{how}）  {first}  ↔  {second}")
    headline = f"以{person.name}的身份核对 {len(same_deeds.claiming())} 种台账，可能重复申报 {len(lines)} 对"
    return Verdict(headline, lines, len(lines), {"pairs": lines})


_CHECKS: dict[str, Callable[[argparse.Namespace], Verdict]] = {
    "figures": _figures,
    "audit": _audit,
    "published": _published,
    "permissions": _permissions,
    "duplicates": _duplicates,
}
