"""`rongjian document`: compose a document for a unit and write it as docx, HTML, text or JSON.

The command acts as the system itself: who may run it may read the whole data directory.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from rongjian.documents import docx, html
from rongjian.documents.render import compose
from rongjian.documents.templates import document_kinds
from rongjian.kernel.periods import Period
from rongjian.ops.commands import Refused
from rongjian.org.queries import unit_named

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from datetime import date

    from rongjian.documents.composition import Composition


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    known = "、".join(f"{kind.code}（{kind.name}）" for kind in document_kinds().values())
    parser.add_argument("kind", metavar="文稿", help=known)
    parser.add_argument("--unit", metavar="单位", required=True, help="单位的代码或名称，如 450000")
    parser.add_argument(
        "--period",
        metavar="名称=期间",
        action="append",
        default=[],
        help="改一个期间，如 gang=2018-01..2020-12；可写多次",
    )
    parser.add_argument(
        "--format",
        metavar="格式",
        choices=("docx", "html", "text", "json"),
        default="docx",
        help="docx（默认）、html、text 或 json",
    )
    parser.add_argument("--out", metavar="文件", type=Path, required=True, help="写到哪个文件")
    parser.add_argument("--to", metavar="主送", default="", help="主送机关（仅 docx）")
    parser.add_argument("--annex", action="store_true", help="附《数字来源表》（仅 docx）")
    parser.add_argument("--json", action="store_true", help="在屏幕上以 JSON 列出每个数字")


def run(args: argparse.Namespace) -> int:
    """Write the file; 1 when records have changed since the figures were counted."""
    composition = compose(args.kind, unit_named(args.unit), _periods(args.period), None)
    content = _content(composition, args, timezone.localdate())
    try:
        args.out.write_bytes(content)
    except OSError as error:
        raise Refused(f"写不了文件 {args.out}：文件夹不存在或没有写权限") from error
    if args.json:
        sys.stdout.write(_json(composition))
    else:
        sys.stdout.write(_summary(composition, args.out))
    return 1 if composition.changes else 0


def _periods(given: Iterable[str]) -> dict[str, Period]:
    found = {}
    for text in given:
        name, equals, period = text.partition("=")
        if not equals:
            raise Refused(f"--period 应写成 名称=期间，如 gang=2018-01..2020-12，不能是“{text}”")
        found[name.strip()] = Period.parse(period)
    return found


def _content(composition: Composition, args: argparse.Namespace, day: date) -> bytes:
    if args.format == "docx":
        return docx.write(composition, day=day, addressee=args.to, annex=args.annex)
    if args.annex or args.to:
        raise Refused("--annex 和 --to 只用于 docx")
    if args.format == "html":
        return html.page(composition).encode()
    return (_json(composition) if args.format == "json" else f"{composition.text}\n").encode()


def _json(composition: Composition) -> str:
    shape = {
        "kind": composition.kind,
        "title": composition.title,
        "unit": composition.unit,
        "snapshot": composition.snapshot,
        "figures": composition.listing,
    }
    return f"{json.dumps(shape, ensure_ascii=False, indent=2)}\n"


def _summary(composition: Composition, out: Path) -> str:
    live, quoted = len(composition.figures), len(composition.quotations)
    lines = [
        f"已写入 {out}",
        f"{composition.title}：{live + quoted} 个数字，其中 {live} 个可打开记录，{quoted} 个为引文；"
        f"快照 {composition.snapshot}",
    ]
    lines += [
        f"注意：{figure.name} {figure.status.label}，{figure.note}（rongjian tick）"
        for figure in composition.changes
    ]
    return "\n".join([*lines, ""])
