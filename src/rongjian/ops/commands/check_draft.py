"""`rongjian check-draft`: the quantities of a draft held against the records."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from django.utils import timezone

from rongjian.documents.draft_check import LABELS, check
from rongjian.documents.draft_files import DraftError, admitted, read_draft
from rongjian.indicators.snapshots import NoSnapshot
from rongjian.ops.commands import Refused
from rongjian.org.models import COURT_TYPES, Unit
from rongjian.org.queries import unit_named

if TYPE_CHECKING:
    import argparse

    from rongjian.documents.draft_check import DraftCheck, Finding

_HEADINGS = ("原文", "数", "期间", "对应指标", "记录数", "结论", "说明")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument("file", metavar="文件", help="文稿（.txt 或 .docx）；- 表示从标准输入读")
    parser.add_argument(
        "--unit", metavar="单位", help="文中没有写明单位时指哪个检察院（默认为最上级检察院）"
    )
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Print every quantity with what the records say; 1 when one of them differs."""
    unit = _court(args.unit)
    try:
        text = admitted(read_draft(args.file, _content(args.file)))
    except DraftError as error:
        raise Refused(str(error)) from None
    except OSError:
        raise Refused(f"读不了文件“{args.file}”，请检查路径和读取权限") from None
    try:
        checked = check(text, unit, None, timezone.localdate())
    except NoSnapshot as error:
        raise Refused(str(error)) from None
    if args.json:
        rows = [finding.row for finding in checked.findings]
        sys.stdout.write(f"{json.dumps(rows, ensure_ascii=False)}\n")
    else:
        sys.stdout.write(_table(checked))
    sys.stderr.write(_summary(checked))
    return 1 if checked.counts["differs"] else 0


def _content(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _court(word: str | None) -> Unit:
    if word is None:
        top = Unit.objects.filter(type__in=COURT_TYPES).first()
        if top is None:
            raise Refused("还没有任何单位，请先建立组织架构或运行 rongjian demo")
        return top
    unit = unit_named(word)
    if not unit.is_court:
        raise Refused(f"“{unit.short}”不是检察院，--unit 请写检察院的代码或名称")
    return unit


def _summary(checked: DraftCheck) -> str:
    counts = "，".join(f"{LABELS[status]} {n}" for status, n in checked.counts.items())
    return f"共 {len(checked.findings)} 个数量：{counts}；快照 {checked.snapshot}\n"


def _table(checked: DraftCheck) -> str:
    """The findings as aligned columns."""
    rows = [_HEADINGS, *(_cells(checked.text, finding) for finding in checked.findings)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _cells(text: str, finding: Finding) -> tuple[str, ...]:
    quantity = finding.quantity
    ahead = text[max(quantity.clause[0], quantity.start - 12) : quantity.start]
    row = finding.row
    return (
        "".join((ahead, quantity.text)).replace("\n", " ").strip(),
        quantity.text if quantity.kind == "rank" else f"{row['value']}{quantity.unit}",
        row["period"] or "",
        row["indicator"] or "",
        finding.figure.text if finding.figure else "",
        finding.label,
        finding.note or ("文中未写起止，期间按指标口径" if finding.assumed else ""),
    )


def _width(cell: str) -> int:
    """How many columns of a terminal a cell takes."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in cell)
