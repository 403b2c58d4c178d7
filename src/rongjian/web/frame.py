"""What stands around every page: house, menu, who is logged in, and how fresh the data are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from rongjian.indicators import snapshots
from rongjian.org.access import may_somewhere, roles
from rongjian.records.kinds import kinds
from rongjian.records.waiting import open_dues
from rongjian.web import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from rongjian.org.access import Actor
    from rongjian.org.models import Post

DEMO = "演示数据：记录为合成，总数取自公开文稿"
PRODUCT = "融检"


@dataclass(frozen=True)
class Entry:
    """A line of the menu; it stands for every address under its prefix."""

    name: str
    route: str
    prefix: str
    offered: Callable[[Actor], bool] = lambda _: True


@dataclass(frozen=True)
class Item:
    """A line of the menu as one page shows it."""

    name: str
    url: str
    current: bool
    count: int = 0


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


def _may_import(actor: Actor) -> bool:
    return any(may_somewhere(actor, "import", kind.access) for kind in kinds())


MENU = (
    Entry("工作台", "home", "/"),
    Entry("组织架构", "twin", "/org/"),
    Entry("专班", "taskforces", "/taskforce/"),
    Entry("台账", "ledgers", "/ledger/"),
    Entry("导入", "imports", "/import", _may_import),
    Entry("数据", "figures", "/figures/"),
    Entry("文稿", "documents", "/documents/"),
    Entry("读稿核数", "draft-check", "/draft-check/"),
    Entry("公布数据核对", "published-check", "/checkup/"),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `frame` for every template, with or without somebody logged in."""
    actor: Actor | None = getattr(request, "actor", None)
    moment = clock.fixed()
    frame = Frame(
        house=actor.person.court.name if actor else PRODUCT,
        person=actor.person.name if actor else "",
        posts=tuple(_post(post) for post in actor.posts) if actor else (),
        menu=_menu(actor, request.path) if actor and not getattr(request, "step", "") else (),
        as_of=_as_of() if actor else "",
        demo=DEMO if settings.DEMO else "",
        clock=moment.isoformat(timespec="minutes") if moment else "",
        contact=settings.CONTACT,
    )
    return {"frame": frame}


def _post(post: Post) -> str:
    return f"{post.unit.short} {roles()[post.role].name}"


def _menu(actor: Actor, path: str) -> tuple[Item, ...]:
    waiting = len(open_dues(actor))
    return tuple(
        Item(
            entry.name,
            reverse(entry.route),
            _stands_in(entry, path),
            waiting if entry.route == "home" else 0,
        )
        for entry in MENU
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
