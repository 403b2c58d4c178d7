"""What stands around every page: house, menu, who is logged in, and how fresh the data are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from rongjian.indicators import snapshots
from rongjian.org.access import may_somewhere, roles, visible
from rongjian.org.models import Post, PostState
from rongjian.org.role_difference import decided_by
from rongjian.records.kinds import kinds
from rongjian.regimes.waiting import open_regime_dues, sees_calendars
from rongjian.supervision.waiting import open_items, sees
from rongjian.web import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from rongjian.org.access import Actor, Verb

DEMO = "演示数据：记录为合成，总数取自公开文稿"
PRODUCT = "融检"


@dataclass(frozen=True)
class Entry:
    """A line of the menu; it stands for every address under its prefix.

    Lines of one group stand together under its name, so that the first level stays short.
    """

    name: str
    route: str
    prefix: str
    offered: Callable[[Actor], bool] = lambda _: True
    group: str = ""


@dataclass(frozen=True)
class Item:
    """A line of the menu as one page shows it."""

    name: str
    url: str
    current: bool
    count: int = 0
    group: str = ""


@dataclass(frozen=True)
class Frame:
    """Everything the base template asks for."""

    house: str
    person: str
    posts: tuple[str, ...]
    menu: tuple[Item, ...]
    as_of: str
    demo: str
    clock: str
    contact: str
    finds: bool
    feedback: bool = False


def _may_import(actor: Actor) -> bool:
    return any(may_somewhere(actor, "import", kind.access) for kind in kinds())


def _has_posts_to_decide(actor: Actor) -> bool:
    """Whether a leader is asked for a word on somebody's post."""
    if not may_somewhere(actor, "approve", "role_grant"):
        return False
    asked = Post.objects.filter(state=PostState.REQUESTED)
    return visible(actor, asked, "approve").filter(role__in=decided_by(actor.roles)).exists()


def _may_view_staff(actor: Actor) -> bool:
    return may_somewhere(actor, "view", "staff")


def _sees_burdens(actor: Actor) -> bool:
    return may_somewhere(actor, "figures", "data_request")


MENU = (
    Entry("工作台", "home", "/"),
    Entry("组织架构", "twin", "/org/", group="组织"),
    Entry("人员", "people", "/people/", _may_view_staff, group="组织"),
    Entry("专班", "taskforces", "/taskforce/", group="组织"),
    # A leader's word on posts of administrators and inspectors; the page is there for nobody else.
    Entry("任职核准", "sys-grants", "/sys/grants", _has_posts_to_decide, group="组织"),
    Entry("督办", "supervise", "/supervise/", sees, group="记录"),
    Entry("制度日历", "calendar", "/calendar/", sees_calendars, group="记录"),
    Entry("台账", "ledgers", "/ledger/", group="记录"),
    Entry("导入", "imports", "/import", _may_import, group="记录"),
    Entry("数据", "figures", "/figures/", group="数据"),
    Entry("公布数据核对", "published-check", "/checkup/", group="数据"),
    Entry("减负账本", "burden-account", "/burden/", _sees_burdens, group="数据"),
    Entry("文稿", "documents", "/documents/", group="文稿"),
    Entry("读稿核数", "draft-check", "/draft-check/", group="文稿"),
)


def _may(verb: Verb, code: str) -> Callable[[Actor], bool]:
    return lambda actor: may_somewhere(actor, verb, code)


MENU_OF_ADMINISTRATORS = (
    Entry("用户", "sys-users", "/sys/users", _may("create", "account")),
    Entry("权限", "sys-grants", "/sys/grants", _may("approve", "role_grant")),
    Entry("知悉范围", "sys-clearance", "/sys/clearance", _may("edit", "label")),
    Entry("组织架构", "twin", "/org/twin", _may("edit", "org_unit")),
    Entry("日志", "sys-log", "/sys/log", _may("view", "audit_log")),
    Entry("健康", "sys-health", "/sys/health", _may("view", "backup")),
    Entry("口径与制度", "sys-rules", "/sys/rules", _may("view", "policy")),
    Entry("权限说明", "explain", "/org/explain"),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame` for every template that shows one, logged in or not."""
    return {"frame": SimpleLazyObject(partial(_frame, request))}


def _frame(request: HttpRequest) -> Frame:
    actor: Actor | None = getattr(request, "actor", None)
    moment = clock.fixed()
    return Frame(
        house=actor.person.court.name if actor else PRODUCT,
        person=actor.person.name if actor else "",
        posts=tuple(_post(post) for post in actor.posts) if actor else (),
        menu=_menu(actor, request.path) if actor and not getattr(request, "step", "") else (),
        as_of=_as_of() if actor else "",
        demo=DEMO if settings.DEMO else "",
        clock=moment.isoformat(timespec="minutes") if moment else "",
        contact=settings.CONTACT,
        finds=bool(actor and not actor.administrator and not getattr(request, "step", "")),
        # An administrator has no business here, so nothing to say about its burdens.
        feedback=actor is not None and not actor.administrator,
    )


def _post(post: Post) -> str:
    return f"{post.unit.short} {roles()[post.role].name}"


def _menu(actor: Actor, path: str) -> tuple[Item, ...]:
    if actor.administrator:
        return _items(MENU_OF_ADMINISTRATORS, actor, path, 0)
    return _items(MENU, actor, path, len(open_items(actor)) + len(open_regime_dues(actor)))


def _items(menu: tuple[Entry, ...], actor: Actor, path: str, waiting: int) -> tuple[Item, ...]:
    return tuple(
        Item(
            entry.name,
            reverse(entry.route),
            _stands_in(entry, path),
            waiting if entry.route == "home" else 0,
            entry.group,
        )
        for entry in menu
        if entry.offered(actor)
    )


def _stands_in(entry: Entry, path: str) -> bool:
    return path == "/" if entry.prefix == "/" else path.startswith(entry.prefix)


def _as_of() -> str:
    """The line that says how old the figures are."""
    try:
        snapshot = snapshots.current()
    except snapshots.NoSnapshot:
        return "还没有数字快照"
    made = timezone.localtime(snapshot.made_at)
    return f"数据截至 {made:%Y-%m-%d %H:%M} · 快照 {snapshot.number}"
