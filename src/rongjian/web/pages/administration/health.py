"""健康: whether routine work runs, figures are fresh, disk and log are in order; and /healthz."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rongjian import __version__
from rongjian.indicators import snapshots
from rongjian.kernel.heartbeat import last_beat
from rongjian.log import verification
from rongjian.notices.channels import channels
from rongjian.notices.sending import troubles
from rongjian.org.access import require
from rongjian.org.account_models import Account, AccountState
from rongjian.org.models import ClearanceChange, Post, PostState
from rongjian.records.models import Batch, BatchState
from rongjian.web import clock

if TYPE_CHECKING:
    from datetime import date

    from rongjian.web.middleware import ActorRequest

ACCESS = "backup"
_LATE = timedelta(minutes=10)
"""Routine work that has not run for so long needs somebody to look."""
_UNVERIFIED = timedelta(days=2)
_LEAST_FREE = 0.1
_GIB = 1024**3
_MIB = 1024**2


@dataclass(frozen=True)
class Line:
    """One thing that can be in order or not: a lamp, what it is, how it stands, what to do."""

    name: str
    lamp: str
    words: str
    remedy: str = ""

    @property
    def state(self) -> str:
        """The lamp in a word."""
        return {"ok": "正常", "warn": "注意", "bad": "异常", "off": "没有"}[self.lamp]


@dataclass(frozen=True)
class HealthPage:
    """How the system stands."""

    title: str
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    version: str


def health(request: ActorRequest) -> HttpResponse:
    """The state of the system for whoever runs it; no business content."""
    actor = request.actor
    require(actor, "view", ACCESS, actor.person.court)
    # Signs of life are told by the machine's clock, also where pages hold theirs still.
    now = timezone.localtime()
    groups = (
        ("运行", (_tick(now), _figures(), _imports(), _notices(actor.today))),
        ("数据", (_database(), _disk(), _migrations(), _backup())),
        ("安全", (_log(now if clock.fixed() is None else actor.now), _approvals())),
    )
    page = HealthPage("健康", groups, __version__)
    return render(request, "sys/health.html", {"page": page})


def _tick(now: datetime) -> Line:
    found = last_beat(settings.HEARTBEAT)
    remedy = "运行 rongjian tick，或检查 rongjian serve 是否在运行。"
    if found is None:
        return Line("例行工作", "off", "还没有运行过", remedy)
    words = f"上次运行 {timezone.localtime(found.at):%Y-%m-%d %H:%M:%S}"
    if found.trouble:
        return Line("例行工作", "bad", f"{words}，没有做完", "原因见服务日志，稍后会自动重试。")
    if now - found.at > _LATE:
        return Line("例行工作", "warn", words, remedy)
    return Line("例行工作", "ok", words)


def _figures() -> Line:
    try:
        snapshot = snapshots.current()
    except snapshots.NoSnapshot:
        return Line("数字快照", "off", "还没有数字快照", "运行 rongjian tick 生成。")
    made = timezone.localtime(snapshot.made_at)
    return Line("数字快照", "ok", f"第 {snapshot.number} 号，{made:%Y-%m-%d %H:%M} 生成")


def _imports() -> Line:
    """Imports that were begun and not brought to an end; only how many there are."""
    unfinished = Batch.objects.filter(state__in=(BatchState.DRAFT, BatchState.CHECKED)).count()
    partly = Batch.objects.filter(state=BatchState.PARTLY).count()
    if not (unfinished or partly):
        return Line("导入", "ok", "没有未完成的导入")
    return Line(
        "导入", "warn", f"未完成 {unfinished} 次，部分导入 {partly} 次", "由经办人在“导入”页处理。"
    )


def _notices(today: date) -> Line:
    """Whether digests leave the house by the channels that are set up."""
    names = "、".join(channel.name for channel in channels())
    if not names:
        return Line("提醒", "ok", "只在页面上显示，没有设置邮件或办公系统")
    found = troubles(today)
    if not found:
        return Line("提醒", "ok", f"经{names}发出，最近一周没有问题")
    words = "；".join(
        f"{each.channel}：{each.words}，没有发出 {each.failed} 封，待重试 {each.waiting} 封"
        for each in found
    )
    return Line(
        "提醒",
        "warn",
        words,
        "检查对方服务和 RONGJIAN_MAIL_*、RONGJIAN_NOTICE_* 设置；页面上的提醒不受影响。",
    )


def _database() -> Line:
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        size = path.stat().st_size if path.exists() else 0
        return Line("数据库", "ok", f"SQLite，{size / _MIB:,.1f} MB")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return Line("数据库", "ok", f"PostgreSQL，{size / _MIB:,.1f} MB")


def _disk() -> Line:
    usage = shutil.disk_usage(settings.DATA_DIR)
    words = f"剩余 {usage.free / _GIB:,.1f} GB，共 {usage.total / _GIB:,.1f} GB"
    if usage.free < usage.total * _LEAST_FREE:
        return Line("磁盘", "bad", words, "请尽快清理或扩容；空间用尽时记录无法保存。")
    return Line("磁盘", "ok", words)


def _migrations() -> Line:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    applied = len(executor.loader.applied_migrations)
    if waiting:
        return Line(
            "数据库版本", "bad", f"有 {len(waiting)} 个变更没有执行", "重新启动 rongjian serve。"
        )
    return Line("数据库版本", "ok", f"已执行全部 {applied} 个变更")


def _backup() -> Line:
    return Line(
        "备份",
        "off",
        "本版本还没有备份功能，没有任何备份",
        "请用操作系统的办法备份数据目录（停止服务后复制），并定期试恢复。",
    )


def _log(now: datetime) -> Line:
    last = verification.last()
    if last is None:
        return Line("变更记录校验", "off", "还没有校验过", "每日例行工作会校验一次。")
    words = f"上次校验 {last.at:%Y-%m-%d %H:%M}"
    if not last.whole:
        return Line("变更记录校验", "bad", f"{words}，不一致", "请联系审计管理员，不要改动数据库。")
    lamp = "warn" if now - last.at > _UNVERIFIED else "ok"
    return Line("变更记录校验", lamp, f"{words}，一致")


def _approvals() -> Line:
    """What waits for somebody else's word, as numbers only."""
    waiting = {
        "岗位": Post.objects.filter(state=PostState.REQUESTED).count(),
        "账号": Account.objects.filter(state=AccountState.REQUESTED).count(),
        "知悉范围": ClearanceChange.objects.filter(state=PostState.REQUESTED).count(),
    }
    words = "，".join(f"{name} {number} 项" for name, number in waiting.items() if number)
    if words:
        return Line("待核准", "warn", words, "由安全管理员或院领导办理。")
    return Line("待核准", "ok", "没有")


@login_not_required
@never_cache
@require_safe
def alive(request: ActorRequest) -> HttpResponse:
    """For monitoring: `ok` when the site and its database answer, and nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return HttpResponse("database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
