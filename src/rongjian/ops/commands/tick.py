"""`rongjian tick`: the routine steps that keep what is derived up to date."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from argparse import SUPPRESS
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from rongjian.facts import extract
from rongjian.facts.files import Manifest
from rongjian.indicators import refresh, snapshots
from rongjian.kernel.heartbeat import beat
from rongjian.kernel.held_clock import VARIABLE, held
from rongjian.log import verification
from rongjian.log.models import Event
from rongjian.notices.rounds import make
from rongjian.notices.sending import deliver
from rongjian.ops.commands import Refused
from rongjian.ops.data import require_data
from rongjian.org import taking_effect
from rongjian.records import import_running, indexing
from rongjian.records.reorganisation import settle

if TYPE_CHECKING:
    import argparse
    from datetime import date, datetime

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What one step did; nothing when everything was up to date already."""

    step: str
    name: str
    changed: bool
    words: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--loop", type=float, metavar="秒", help="不停地做，每次之间隔这么多秒")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出，每轮一行")
    # For `serve`: end with the process that started us, however it ends.
    parser.add_argument("--parent", type=int, help=SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Do every step once, or again and again until stopped."""
    if args.loop is not None and args.loop <= 0:
        raise Refused("--loop 后面的秒数应大于 0")
    require_data()
    if args.loop is None:
        _report(steps(_now()), as_json=args.json)
        return 0
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    trouble = ""
    while not stopped.is_set():
        close_old_connections()
        trouble = run_once(trouble, as_json=args.json)
        stopped.wait(args.loop)
        if args.parent and os.getppid() != args.parent:
            break
    return 0


def run_once(trouble: str, *, as_json: bool) -> str:
    """One round of the loop; returns what went wrong, so that it is told only once.

    Whatever it is, the loop goes on: it is tried again in the next round.
    """
    try:
        done = steps(_now())
    except Exception as error:
        if repr(error) != trouble:
            log.exception("例行工作没有做完，稍后重试")
        beat(settings.HEARTBEAT, timezone.localtime(), type(error).__name__)
        return repr(error)
    if any(step.changed for step in done) or as_json:
        _report(done, as_json=as_json)
    return ""


def steps(now: datetime) -> list[Done]:
    """Every step in its order; each finds out itself whether there is anything to do.

    The log comes first: what it writes is then already in the facts' point of the log.
    """
    today = now.date()
    first = [_log(now), _organisation(today), _people(now), _imports(), _notices(now)]
    done = [*first, _find(), _facts(), _figures(today)]
    beat(settings.HEARTBEAT, timezone.localtime())
    return done


def _now() -> datetime:
    """The moment, unless RONGJIAN_NOW holds the clock still for pages and for this."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return held(os.environ.get(VARIABLE, ""), zone) or timezone.localtime(timezone=zone)


def _log(now: datetime) -> Done:
    """Verify the log once a day, as soon as there is one."""
    last = verification.last()
    if last is not None and timezone.localtime(last.at).date() >= now.date():
        return Done("log", "变更记录校验", changed=False, words="今天已校验")
    if not Event.objects.exists():
        return Done("log", "变更记录校验", changed=False, words="还没有变更记录")
    verdict = verification.verified(verification.Service("tick", now))
    return Done("log", "变更记录校验", changed=True, words=verification.in_words(verdict))


def _imports() -> Done:
    """Imports whose process has died are taken up where they broke off."""
    found = import_running.broken_off(timezone.localtime())
    for batch in found:
        import_running.resume(batch, timezone.localtime)
    return Done("imports", "中断的导入", bool(found), _told(bool(found), f"接着办 {len(found)} 个"))


def _organisation(today: date) -> Done:
    """Before anything is counted: what was decided for today holds from today."""
    changed = settle(today)
    return Done("organisation", "组织设置", changed > 0, _told(changed > 0, f"{changed} 个单位"))


def _people(now: datetime) -> Done:
    """Transfers and leavings that were dated ahead take effect."""
    changed = taking_effect.settle(now)
    return Done("people", "人员异动", changed > 0, _told(changed > 0, f"{changed} 人"))


def _notices(now: datetime) -> Done:
    """The digests of the day, once, and whatever of them has not left the house yet."""
    made, sent = make(now), deliver(now)
    words = f"{made} 人" + (f"，发出 {sent} 封" if sent else "")
    return Done("notices", "提醒", bool(made or sent), _told(bool(made or sent), words))


def _find() -> Done:
    """After an update or a restored backup: what search does not know yet, or knows by old rules."""
    entered = indexing.catch_up()
    return Done("find", "查找索引", entered > 0, _told(entered > 0, f"{entered} 条记录"))


def _facts() -> Done:
    before = Manifest.read()
    after = extract.refresh()
    return _done("facts", "事实文件", before, after, f"{len(after.heads)} 条链")


def _figures(today: date) -> Done:
    before = _snapshot_number()
    after = refresh.refresh(today).number
    return _done("figures", "数字快照", before, after, f"第 {after} 号")


def _snapshot_number() -> int | None:
    at = snapshots.pointer()
    return at.number if at else None


def _done(step: str, name: str, before: Any, after: Any, words: str) -> Done:
    changed = before != after
    return Done(step, name, changed, _told(changed, words))


def _told(changed: bool, words: str) -> str:  # the answer itself
    return f"{'已更新' if changed else '没有变化'}（{words}）"


def _report(done: list[Done], *, as_json: bool) -> None:
    if as_json:
        text = json.dumps({"steps": [asdict(step) for step in done]}, ensure_ascii=False)
    else:
        text = "\n".join(f"{step.name}：{step.words}" for step in done)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
