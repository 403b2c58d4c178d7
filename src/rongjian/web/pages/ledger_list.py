"""台账: the index of all kinds, and the list that every kind gets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from rongjian.org.access import Denied, allowed, may_somewhere, visible
from rongjian.records import actions
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.queries import Reading, Wish, counts_by_kind, reading, wished
from rongjian.records.unmasking import Wanted, named_fields
from rongjian.web import listing, names
from rongjian.web.export import XLSX, workbook
from rongjian.web.organised import switch

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.models import Record
    from rongjian.web.listing import Asked, Chip, Select, Table
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.names import Names
    from rongjian.web.organised import Switch


@dataclass(frozen=True)
class LedgerEntry:
    """A kind in the index."""

    code: str
    name: str
    count: int
    listed: bool
    create: bool
    bring_in: bool


@dataclass(frozen=True)
class IndexPage:
    """The index of ledgers by group."""

    title: str
    groups: tuple[tuple[str, tuple[LedgerEntry, ...]], ...]


def index(request: ActorRequest) -> HttpResponse:
    """Every ledger that the actor may read or write, by group."""
    counts = counts_by_kind(request.actor)
    entries = [(kind.group, _entry(request.actor, kind, counts)) for kind in kinds()]
    offered = sorted(
        ((group, entry) for group, entry in entries if entry.listed or entry.create),
        key=lambda pair: (_GROUPS.index(pair[0]) if pair[0] in _GROUPS else len(_GROUPS), pair[0]),
    )
    groups = tuple(
        (group, tuple(entry for _, entry in pairs))
        for group, pairs in groupby(offered, key=lambda pair: pair[0])
    )
    return render(request, "ledger/index.html", {"page": IndexPage("台账", groups)})


_GROUPS = ("组织生活", "办案数据", "服务大局", "公开数据")


def _entry(actor: Actor, kind: Kind, counts: dict[str, int]) -> LedgerEntry:
    return LedgerEntry(
        kind.code,
        kind.name,
        counts.get(kind.code, 0),
        listed=any(may_somewhere(actor, verb, kind.access) for verb in ("view", "project")),
        create=may_somewhere(actor, "create", kind.access),
        bring_in=may_somewhere(actor, "import", kind.access),
    )


@dataclass(frozen=True)
class ListPage:
    """The list of one ledger as an address asks for it."""

    title: str
    kind: Kind
    asked: Asked
    read: Reading
    unit_select: Select
    further: tuple[Select, ...]
    further_open: bool
    chips: tuple[Chip, ...]
    table: Table
    tabs: tuple[tuple[str, str, bool], ...]
    names: Names
    export: str
    create: bool
    bring_in: bool
    switch: Switch | None

    @property
    def first_day(self) -> str:
        """The first day asked for, as a date input wants it."""
        return str(self.asked.wish.first or "")

    @property
    def last_day(self) -> str:
        """The last day asked for, as a date input wants it."""
        return str(self.asked.wish.last or "")


def listed(request: ActorRequest, code: str) -> HttpResponse:
    """The list of a kind: query area, chips, table, paging; a projection is logged first."""
    kind, actor = kind_of(code), request.actor
    asked = listing.asked(kind, request.GET)
    read = reading(actor, kind, asked.wish.unit, below=asked.below)
    if read.projected:
        _log(actor, kind, asked, f"去标识记录 第 {asked.page} 页")
    rows = wished(kind, read, asked.wish)
    further = listing.further_selects(kind, asked.wish)
    opened = partial(names.opened, request, kind)
    page = ListPage(
        title=kind.name,
        kind=kind,
        asked=asked,
        read=read,
        unit_select=listing.unit_select(actor, kind, asked.wish, ("view", "project")),
        further=further,
        further_open=any(option.selected for each in further for option in each.options[1:]),
        chips=listing.chips(kind, asked.wish, request.GET),
        table=listing.table(kind, read, rows, request.GET, asked.sort, asked.page, opened),
        names=_names(request, kind, read, rows),
        tabs=_tabs(request, kind, read),
        export=_export_url(request, kind, read),
        create=may_somewhere(actor, "create", kind.access),
        bring_in=may_somewhere(actor, "import", kind.access),
        switch=switch(request.GET) if asked.wish.unit else None,
    )
    return render(request, "ledger/list.html", {"page": page})


def _names(request: ActorRequest, kind: Kind, read: Reading, rows: QuerySet[Record]) -> Names:
    """Where full names are asked for, if this list has names that the actor could open."""
    shown = read.columns(kind, kind.columns)
    wanted = Wanted(kind.code, rows, "")
    if read.projected or not named_fields(kind, shown) or not names.may_ask(request.actor, wanted):
        return names.Names()
    return names.of_page(request, kind, shown, reverse("ledger-names", args=[kind.code]))


def open_names(request: ActorRequest, code: str) -> HttpResponse:
    """Ask why the full names of the current filter are wanted, and open them."""
    kind, actor = kind_of(code), request.actor
    asked = listing.asked(kind, request.GET)
    read = reading(actor, kind, asked.wish.unit, below=asked.below)
    if read.projected:
        raise Denied(f"没有权限：去标识的“{kind.name}”记录不含姓名")
    chips = "，".join(chip.words for chip in listing.chips(kind, asked.wish, request.GET))
    wanted = Wanted(kind.code, wished(kind, read, asked.wish), chips)
    return names.ask(request, kind, wanted, reverse("ledger", args=[kind.code]))


def _log(actor: Actor, kind: Kind, asked: Asked, what: str) -> None:
    unit = asked.wish.unit or actor.person.court
    actions.opened(actor, kind.code, unit, what)


def _tabs(request: ActorRequest, kind: Kind, read: Reading) -> tuple[tuple[str, str, bool], ...]:
    """(words, address, current): whoever may view here and project below sees both as tabs."""
    actor = request.actor
    if not all(may_somewhere(actor, verb, kind.access) for verb in ("view", "project")):
        return ()
    own = listing.changed(request.GET, {"below": None, "unit": None, "page": None})
    below = listing.changed(request.GET, {"below": "1", "page": None})
    return (
        ("本院记录", own, not read.projected),
        ("本院及下级院（去标识）", below, read.projected),
    )


def _export_url(request: ActorRequest, kind: Kind, read: Reading) -> str:
    """Where the current filter is exported; empty where the actor may not."""
    if not _may_export(request.actor, kind, read, listing.asked(kind, request.GET).wish):
        return ""
    return f"{reverse('ledger-export', args=[kind.code])}?{request.GET.urlencode()}"


def _may_export(actor: Actor, kind: Kind, read: Reading, wish: Wish) -> bool:
    """Whether there is anything to export: at the unit asked for, else anywhere."""
    if read.projected or wish.unit:
        return allowed(actor, "export", kind.access, wish.unit or actor.person.court)
    return may_somewhere(actor, "export", kind.access)


def export(request: ActorRequest, code: str) -> HttpResponse:
    """The rows of the current filter as .xlsx, under the headings that an import takes."""
    kind, actor = kind_of(code), request.actor
    asked = listing.asked(kind, request.GET)
    read = reading(actor, kind, asked.wish.unit, below=asked.below)
    if not _may_export(actor, kind, read, asked.wish):
        raise Denied(f"没有权限：您的岗位不能导出这些“{kind.name}”记录")
    rows = visible(actor, wished(kind, read, asked.wish), "export")
    rows = rows.order_by(*listing.SORTS[asked.sort])
    _log(actor, kind, asked, f"导出 {rows.count()} 条")
    response = HttpResponse(workbook(kind, read, rows), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{kind.name}_{actor.today:%Y%m%d}.xlsx"
    )
    return response
