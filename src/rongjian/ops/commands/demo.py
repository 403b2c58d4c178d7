"""`rongjian demo`: build a made-up world once, then serve it."""

from __future__ import annotations

import os
import sys
import time
from argparse import ArgumentTypeError
from datetime import date
from typing import TYPE_CHECKING, NoReturn

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from rongjian.ops.commands import Refused
from rongjian.ops.commands.serve import ADDRESS, free_address
from rongjian.ops.demo import build, nation, standing
from rongjian.ops.demo.cast import CAST, PASSWORD
from rongjian.ops.demo.sizes import SIZES
from rongjian.org.access import roles
from rongjian.org.models import Person, Unit

if TYPE_CHECKING:
    import argparse

NATION = "nation"
DEFAULT_SIZE = "region"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--size",
        choices=(*SIZES, NATION),
        metavar="规模",
        help="；".join(f"{size.code} {size.name}" for size in SIZES.values())
        + f"；{NATION} 全国，只有数字，供性能测试（默认 {DEFAULT_SIZE}）",
    )
    parser.add_argument("--today", type=_day, metavar="日期", help="演示的当前日期（默认今天）")
    parser.add_argument("--seed", type=int, default=build.SEED, metavar="数", help="随机种子")
    parser.add_argument(
        "--rows", type=int, default=nation.ROWS, metavar="数", help="nation 规模的事实行数"
    )
    parser.add_argument("--fresh", action="store_true", help="丢弃已有的演示数据，重新建立")
    parser.add_argument("--no-serve", action="store_true", help="只建立数据，不启动网站")
    parser.add_argument("--address", default=ADDRESS, metavar="主机:端口", help="监听地址")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"日期应写成 2026-06-25 的样子，不能是“{text}”") from error


def run(args: argparse.Namespace) -> int:
    """Build the world unless it stands already; then serve it."""
    if not args.no_serve:
        free_address(args.address)
    standing_world = standing.read(settings.DATA_DIR)
    if standing_world is None or args.fresh:
        _build(args)
    elif args.size not in (None, standing_world.size):
        raise Refused(
            f"{settings.DATA_DIR} 里是 {standing_world.size} 规模的演示数据：要换规模请加 --fresh"
        )
    else:
        _say(f"已有演示数据（{standing_world.size}，{standing_world.today}），重建请加 --fresh。")
    if not Person.objects.exclude(account=None).exists():
        _say("这里只有数字，没有账号和记录：用 rongjian figure 查看。")
        return 0
    _say(_accounts())
    if not args.no_serve:
        _serve(args.address)
    return 0


def _serve(address: str) -> NoReturn:
    """Become `rongjian serve`: settings say DEMO only where the marker stood when they were read."""
    connections.close_all()
    words = ["serve", "--dir", str(settings.DATA_DIR), "--address", address]
    os.execv(sys.executable, [sys.executable, "-m", "rongjian", *words])  # noqa: S606


def _build(args: argparse.Namespace) -> None:
    today = args.today or timezone.localdate()
    size = args.size or DEFAULT_SIZE
    began = time.monotonic()
    try:
        standing.begin(settings.DATA_DIR, standing.Marker(size, str(today), args.seed))
        _say(f"建立演示数据（{size}，当前日期 {today}，种子 {args.seed}），全部为合成。")
        call_command("migrate", verbosity=0)
        if size == NATION:
            nation.build(today, args.seed, args.rows, _say)
        else:
            build.build(build.Wish(SIZES[size], today, args.seed), _say)
    except (standing.NotOurs, ValueError) as error:
        raise Refused(str(error)) from error
    except KeyboardInterrupt:
        raise Refused("已中断：没有建完的演示数据下次会清掉重建") from None
    standing.finish(settings.DATA_DIR)
    _say(f"建好了，用时 {time.monotonic() - began:.0f} 秒。")


def _accounts() -> str:
    """The accounts as a table: account, person, post."""
    codes = {code for member in CAST for _, code in member.posts}
    names = dict(Unit.objects.filter(code__in=codes).values_list("code", "short"))
    lines = [f"\n账号（密码都是 {PASSWORD}）："]
    for member in CAST:
        posts = "、".join(
            f"{names.get(unit, unit)} {roles()[role].name}" for role, unit in member.posts
        )
        lines.append(f"  {member.account:<10}{member.name}  {posts}")
    return "\n".join(lines) + "\n"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
