"""`rongjian dues`: what a unit owes under regimes in a period, what its records ask for by their own
day, and what has become of it.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from rongjian.kernel.dues import STATES, WORDS, days_words
from rongjian.kernel.periods import Month, Period
from rongjian.ops.commands.figure import print_json
from rongjian.org.queries import unit_named
from rongjian.regimes.bodies import Scope
from rongjian.regimes.deadlines import record_dues
from rongjian.regimes.dues import blocks

if TYPE_CHECKING:
    import argparse

    from rongjian.regimes.deadlines import RecordDue
    from rongjian.regimes.dues import Due


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("--unit", metavar="单位", required=True, help="单位代码或名称")
    parser.add_argument("--period", metavar="期间", help="如 2026、2026-06、2026-Q2（默认为本年）")
    parser.add_argument(
        "--on", metavar="日期", type=date.fromisoformat, help="按哪一天看（默认为今天）"
    )
    parser.add_argument("--below", action="store_true", help="连同下级单位")
    parser.add_argument("--json", action="store_true", help="每行一个 JSON")


def run(args: argparse.Namespace) -> int:
    """Print one line for each due; nothing is stored, so they are those of this moment."""
    today = args.on or timezone.localdate()
    unit = unit_named(args.unit)
    period = Period.parse(args.period) if args.period else _year(today)
    scope = Scope.below(unit) if args.below else Scope.of(unit)
    count = 0
    for block in blocks(scope, period.start, period.end, today):
        for due in block.cells():
            count += 1
            if args.json:
                print_json(_facts(due))
            else:
                sys.stdout.write(f"{_line(due, today)}\n")
    for each in record_dues(scope, period.start, period.end, today):
        count += 1
        if args.json:
            print_json(_record_facts(each, today))
        else:
            sys.stdout.write(f"{_record_line(each, today)}\n")
    if not count and not args.json:
        sys.stdout.write(f"{unit.name} {period.label}没有应办事项：本院可能还没有启用制度日历\n")
    return 0


def _year(today: date) -> Period:
    return Period(Month.at(today.year, 1), Month.at(today.year, 12))


def _line(due: Due, today: date) -> str:
    window = due.window
    more = days_words(due.state, window.ends_on, window.due_on, today)
    told = due.statement.told if due.statement else ""
    words = "　".join(filter(None, [WORDS[due.state], more, told, window.caution]))
    return f"{due.unit.short}\t{due.rule.name}\t{window.label}\t限 {window.due_on}\t{words}"


def _facts(due: Due) -> dict[str, Any]:
    window, statement = due.window, due.statement
    return {
        "unit": due.unit.code,
        "rule": due.rule.code,
        "name": due.rule.name,
        "period": str(window.period),
        "opens_on": window.opens_on,
        "ends_on": window.ends_on,
        "due_on": window.due_on,
        "settled": window.settled,
        "state": STATES[due.state],
        "records": [record for record, _, _ in due.answers],
        "late_by": due.late_by,
        "statement": statement.told if statement else "",
        "basis": due.rule.source,
    }


def _record_line(due: RecordDue, today: date) -> str:
    told = f"{due.record.kind}:{due.record.pk}"
    return f"{due.unit.short}\t{due.rule.name}\t{told}\t限 {due.due_on}\t{due.words(today)}"


def _record_facts(due: RecordDue, today: date) -> dict[str, Any]:
    return {
        "unit": due.unit.code,
        "rule": due.rule.code,
        "name": due.rule.name,
        "opens_on": due.since,
        "due_on": due.due_on,
        "state": STATES[due.state],
        "words": due.words(today),
        "records": [due.record.pk],
        "done_on": due.done_on,
        "ours": due.rule.ours,
        "basis": due.rule.source,
    }
