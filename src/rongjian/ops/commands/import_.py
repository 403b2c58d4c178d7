"""`rongjian import`: bring a table into a ledger, or take an import back, from the command line."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rongjian.log import audit, door
from rongjian.ops.commands import Refused
from rongjian.org.access import Denied, actor_of, allowed, classes, require
from rongjian.org.models import COURT_TYPES, Person, Post, Unit, effective
from rongjian.org.queries import unit_named
from rongjian.records import import_mapping, importing
from rongjian.records.import_checking import SCREENED
from rongjian.records.import_reading import Trouble
from rongjian.records.import_upload import column_name
from rongjian.records.importing import Closed, Unmapped
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Batch, BatchState, RowOutcome

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.importing import Counts, Outcome
    from rongjian.records.kinds import Kind

_LISTED = 50
_NAMED = 5


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", nargs="?", metavar="台账", help="台账代码或名称，如 handled-person")
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="文件", help=".xlsx、.xls、.csv 或 .docx 文件"
    )
    parser.add_argument("--unit", metavar="单位", help="没有单位列的行算哪个单位，如 450000")
    parser.add_argument("--as", dest="person", metavar="工号或账号", help="以谁的身份导入")
    parser.add_argument(
        "--map", action="append", default=[], metavar="列=字段", help="指定对应；字段留空为不导入"
    )
    parser.add_argument("--sheet", default="", metavar="工作表", help="多张工作表时选哪一张")
    parser.add_argument("--check-only", action="store_true", help="只检查，不导入，也不留下")
    parser.add_argument("--undo", type=int, metavar="编号", help="撤销这个编号的导入")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")


def run(args: argparse.Namespace) -> int:
    """Import, check or undo; 0 when all is in, 1 when rows are left, Refused otherwise."""
    try:
        if args.undo is not None:
            return _undo(args)
        if not args.kind or not args.file:
            raise Refused(
                "请写明台账和文件，如：rongjian import handled-person 起诉.xlsx --unit 450000"
            )
        return _import(args)
    except (Unmapped, Closed, Denied) as error:
        raise Refused(str(error)) from error


@dataclass(frozen=True)
class Row:
    """A row that was left, for the list at the end."""

    row: int
    problems: tuple[str, ...]


def _import(args: argparse.Namespace) -> int:
    kind = _kind(args.kind)
    unit = unit_named(args.unit) if args.unit else _top()
    actor = _actor(args.person, kind, unit)
    try:
        data = args.file.read_bytes()
    except OSError as error:
        raise Refused(f"读不到文件 {args.file}：{error.strerror}") from error
    with _watched(actor):
        batch = importing.upload(actor, kind, unit, args.file.name, data, sheet=args.sheet)
    # A corrected problem sheet has gone back to an import that was there before.
    kept = "returned" in batch.layout
    try:
        _map(actor, batch, args.map)
        if args.check_only:
            return _report(args, actor, batch, checked_only=True)
        kept = True
    finally:
        # What was only to be checked, or could not be mapped, leaves nothing behind.
        if not kept:
            importing.discard(actor, batch)
    importing.commit(actor, batch)
    return _report(args, actor, batch, checked_only=False)


@contextmanager
def _watched(actor: Actor) -> Iterator[None]:
    """Log what the door refuses meanwhile, as the page does."""
    with door.watched() as hits:
        try:
            yield
        finally:
            with transaction.atomic():
                audit.report(actor, hits, "door:import", stream=actor.person.court.code)


def _kind(word: str) -> Kind:
    named = {kind.name: kind for kind in kinds()}
    return named.get(word) or kind_of(word)


def _top() -> Unit:
    top = Unit.objects.filter(path__regex=r"^[^/]+/$").order_by("path").first()
    if top is None:
        raise Refused("还没有任何单位，请先建立组织架构或运行 rongjian demo")
    return top


def _actor(word: str | None, kind: Kind, unit: Unit) -> Actor:
    """The person named, or the only one who may import this here: nobody is made up for the log."""
    now = timezone.localtime()
    people = Person.objects.select_related("court")
    if word:
        person = people.filter(Q(staff_no=word) | Q(account__username=word)).first()
        if person is None:
            raise Refused(f"没有工号或账号为“{word}”的人员")
        actor = actor_of(person, now)
        require(actor, "import", kind.access, unit)
        return actor
    return _only_one([actor_of(each, now) for each in _holders(kind, unit, now)], kind, unit)


def _holders(kind: Kind, unit: Unit, now: datetime) -> QuerySet[Person]:
    """Who has a role that imports this, at the unit's court or at one above."""
    roles = [grant.role for grant in classes()[kind.access].grants if "import" in grant.may]
    courts = Unit.objects.filter(code__in=unit.path.strip("/").split("/"), type__in=COURT_TYPES)
    posts = Post.objects.filter(effective(now.date()), role__in=roles, unit__court__in=courts)
    found = Person.objects.filter(pk__in=posts.values("person")).select_related("court")
    return found.order_by("staff_no")


def _only_one(actors: list[Actor], kind: Kind, unit: Unit) -> Actor:
    """The only one who may, or the only one of the unit's own court."""
    may = [actor for actor in actors if allowed(actor, "import", kind.access, unit)]
    own = [actor for actor in may if actor.person.court_id == unit.court_id]
    for group in (may, own):
        if len(group) == 1:
            return group[0]
    if not may:
        raise Refused(
            f"{unit.short}没有人能导入“{kind.name}”：请用 --unit 换单位，或用 --as 指明身份"
        )
    named = "、".join(f"{each.person.name}（{each.person.staff_no}）" for each in may[:_NAMED])
    more = f"等 {len(may)} 人" if len(may) > _NAMED else ""
    raise Refused(f"能导入“{kind.name}”的不止一人，请用 --as 指明工号：{named}{more}")


def _map(actor: Actor, batch: Batch, given: list[str]) -> None:
    """Apply --map and check; without it the headings must have been understood."""
    kind = kind_of(batch.kind)
    if given or batch.state == BatchState.DRAFT:
        mapping = {int(at): name for at, name in batch.mapping.items()}
        for pair in given:
            heading, _, word = pair.partition("=")
            mapping[_column(batch, heading.strip())] = _field(kind, word.strip())
        importing.remap(actor, batch, mapping)
        importing.check(actor, batch)


def _column(batch: Batch, word: str) -> int:
    for at, heading in enumerate(batch.headings):
        if word in (heading, heading.rpartition("·")[2]):
            return at
    raise Refused(f"文件里没有列“{word}”，有：{'、'.join(filter(None, batch.headings))}")


def _field(kind: Kind, word: str) -> str:
    known = import_mapping.fields(kind)
    named = {heading: name for name, heading in known.items()} | {name: name for name in known}
    if word and word not in named:
        raise Refused(f"“{kind.name}”没有字段“{word}”，有：{'、'.join(known.values())}")
    return named[word] if word else ""


def _undo(args: argparse.Namespace) -> int:
    batch = Batch.objects.select_related("unit__court").filter(pk=args.undo).first()
    if batch is None:
        raise Refused(f"没有编号为 {args.undo} 的导入")
    actor = _actor(args.person, kind_of(batch.kind), batch.unit)
    done = importing.undo(actor, batch)
    refused = [str(each) for each in done.refused]
    if args.json:
        _print_json({"batch": batch.pk, **asdict(done), "refused": refused})
    else:
        words = f"作废新增的 {done.voided} 条，恢复更新的 {done.restored} 条"
        sys.stdout.write(f"已撤销导入 #{batch.pk}：{words}\n")
        sys.stdout.writelines(f"没有撤销：{each}\n" for each in refused)
    return 1 if refused else 0


# --- the report ------------------------------------------------------------------------------


def _report(args: argparse.Namespace, actor: Actor, batch: Batch, *, checked_only: bool) -> int:
    found = importing.counts(batch)
    outcome = importing.outcome_of(batch)
    left = list(_left(batch))
    if args.json:
        named = {
            heading: batch.mapping.get(str(at), "") for at, heading in enumerate(batch.headings)
        }
        about = {"batch": None if checked_only else batch.pk, "kind": batch.kind}
        who = {"as": actor.person.staff_no, "mapping": named}
        _print_json(
            {
                **about,
                **who,
                **asdict(found),
                **asdict(outcome),
                "rows": [asdict(row) for row in left],
            }
        )
    else:
        _print(batch, actor, found, outcome, checked_only=checked_only)
        sys.stdout.writelines(
            f"第 {row.row} 行　{'；'.join(row.problems)}\n" for row in left[:_LISTED]
        )
        if len(left) > _LISTED:
            sys.stdout.write(f"……另有 {len(left) - _LISTED} 行，可在网页上逐行修改或下载问题行\n")
    return 1 if found.bad else 0


def _print(
    batch: Batch, actor: Actor, found: Counts, outcome: Outcome, *, checked_only: bool
) -> None:
    kind = kind_of(batch.kind)
    known = import_mapping.fields(kind)
    pairs = (
        f"{column_name(batch.headings, at)}→{known.get(batch.mapping.get(str(at), ''), '不导入')}"
        for at in range(len(batch.headings))
    )
    head = f"{kind.name}　{batch.name}　以{actor.person.name}（{actor.person.staff_no}）的身份"
    sys.stdout.write(f"{head}\n对应列：{'，'.join(pairs)}\n")
    if checked_only:
        words = f"可导入 {found.ready}（新增 {found.new}、更新 {found.update}），未变 {found.same}"
        sys.stdout.write(f"只检查，没有导入：共 {found.total} 行，{words}，需修改 {found.bad}")
    else:
        words = f"新增 {outcome.created}，更新 {outcome.updated}，未变 {outcome.unchanged}"
        sys.stdout.write(f"导入 #{batch.pk}：共 {found.total} 行，{words}，未导入 {outcome.left}")
    sys.stdout.write(f"；提示 {found.hints}，自动规范 {found.normalised} 格\n")


def _left(batch: Batch) -> Iterator[Row]:
    """The rows to be mended, with their sentences."""
    rows = batch.rows.filter(outcome=RowOutcome.BAD).order_by("number")
    for number, problems in rows.values_list("number", "problems").iterator():
        found = [Trouble.read(kept) for name, kept in problems.items() if name[0] != SCREENED]
        yield Row(number, tuple(each.words for each in found if each.group != "hint"))


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(value, ensure_ascii=False, default=str)}\n")
