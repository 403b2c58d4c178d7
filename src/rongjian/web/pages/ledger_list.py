"""台账: the index of all kinds, and the list that every kind gets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from rongjian.org.access import Denied, allowed, may_somewhere, visible
from rongjian.records import actions
from rongjian.records.grid import editable
from rongjian.records.grid_reading import in_grid, kept_by_state
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.queries import Reading, Wish, counts_by_kind, reading, wished
from rongjian.records.saved_views import views_of
from rongjian.records.totals import narrow_rows, totals
from rongjian.records.unmasking import Wanted, named_fields
from rongjian.web import listing, names, paging
from rongjian.web.export import XLSX, workbook
from rongjian.web.grid_layout import layout, plain_address
from rongjian.web.organised import switch
from rongjian.web.table_docx import DOCX, MOST_ROWS, table_document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
    from rongjian.records.grid_models import SavedView
    from rongjian.records.models import Record
    from rongjian.web.grid_layout import Layout
    from rongjian.web.listing import Asked, Chip, Select
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.names import Names
    from rongjian.web.organised import Switch
    from rongjian.web.paging import Table


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
class Batching:
    """What the actor may do with chosen rows, and the address of the table that can be written in."""

    edit: bool
    export: bool
    moves: tuple[Move, ...]
    table: str

    @property
    def offered(self) -> bool:
        """Whether rows can be chosen at all."""
        return self.edit or self.export or bool(self.moves)


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
    layout: Layout
    views: tuple[SavedView, ...]
    totals: tuple[tuple[str, Decimal | int], ...]
    batch: Batching
    query: str
    plain: str
    cleared: str
    printed: str

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
    laid = layout(kind, read, request.GET, may_edit=may_somewhere(actor, "edit", kind.access))
    if plain := plain_address(request.GET, laid):
        return redirect(f"{request.path}{plain}")
    if read.projected:
        _log(actor, kind, asked, f"去标识记录 第 {asked.page} 页")
    page = _list_page(request, kind, asked, read, laid)
    return render(request, "ledger/list.html", {"page": page})


def _list_page(
    request: ActorRequest, kind: Kind, asked: Asked, read: Reading, laid: Layout
) -> ListPage:
    actor = request.actor
    rows = wished(kind, read, asked.wish)
    further = listing.further_selects(kind, asked.wish)
    shown = _table(request, kind, asked, read, laid)
    chips = listing.chips(kind, asked.wish, request.GET)
    return ListPage(
        title=kind.name,
        kind=kind,
        asked=asked,
        read=read,
        unit_select=listing.unit_select(actor, kind, asked.wish, ("view", "project")),
        further=further,
        further_open=any(option.selected for each in further for option in each.options[1:]),
        chips=chips,
        table=shown,
        names=names.Names() if laid.edit else _names(request, kind, read, rows, laid.columns),
        tabs=_tabs(request, kind, read),
        export=_export_url(request, kind, read),
        create=may_somewhere(actor, "create", kind.access),
        bring_in=may_somewhere(actor, "import", kind.access),
        switch=switch(request.GET) if asked.wish.unit else None,
        layout=laid,
        views=tuple(views_of(actor, kind)),
        totals=totals(kind, rows, laid.columns),
        batch=_batching(request, kind, read, asked.wish),
        query=request.GET.urlencode(),
        plain=listing.changed(request.GET, {"edit": None}),
        cleared=f"?{urlencode((*laid.own, ('below', '1')) if asked.below else laid.own)}",
        printed=f"{'，'.join(chip.words for chip in chips) or '全部'}；共 {shown.total:,} 条；"
        f"数据时间 {actor.now:%Y-%m-%d %H:%M}",
    )


def _table(request: ActorRequest, kind: Kind, asked: Asked, read: Reading, laid: Layout) -> Table:
    """The rows of the page; a table to write in shows what a cell holds, so it masks throughout."""
    return paging.table(
        kind,
        read,
        narrow_rows(kind, read, asked.wish),
        request.GET,
        asked.sort,
        asked.page,
        (lambda _: frozenset()) if laid.edit else partial(names.opened, request, kind),
        columns=laid.columns,
        size=laid.size,
        writable=partial(_writable, request.actor, kind, laid),
    )


def _writable(
    actor: Actor, kind: Kind, laid: Layout, records: Sequence[Record]
) -> Mapping[int, frozenset[str]]:
    """The fields of each row that the actor can write in the table; none unless it is asked for."""
    if not laid.edit:
        return {}
    mine, fields = editable(actor, kind, records), in_grid(kind, laid.columns)
    return {
        record.pk: fields - kept_by_state(kind, record) for record in records if record.pk in mine
    }


def _batching(request: ActorRequest, kind: Kind, read: Reading, wish: Wish) -> Batching:
    """What can be done with many rows; nothing with a projection."""
    actor = request.actor
    if read.projected:
        return Batching(edit=False, export=False, moves=(), table="")
    edit = may_somewhere(actor, "edit", kind.access)
    return Batching(
        edit=edit,
        export=_may_export(actor, kind, read, wish),
        moves=tuple(
            move for move in kind.flow.moves if may_somewhere(actor, move.right, kind.access)
        ),
        table=listing.changed(request.GET, {"edit": "1"}) if edit else "",
    )


def _names(
    request: ActorRequest,
    kind: Kind,
    read: Reading,
    rows: QuerySet[Record],
    columns: tuple[str, ...],
) -> Names:
    """Where full names are asked for, if this list has names that the actor could open."""
    shown = read.columns(kind, columns)
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
    """The rows of the current filter as .xlsx under the headings of an import, or as a Word table."""
    kind, actor = kind_of(code), request.actor
    asked = listing.asked(kind, request.GET)
    read = reading(actor, kind, asked.wish.unit, below=asked.below)
    if not _may_export(actor, kind, read, asked.wish):
        raise Denied(f"没有权限：您的岗位不能导出这些“{kind.name}”记录")
    rows = visible(actor, wished(kind, read, asked.wish), "export")
    rows = rows.order_by(*listing.SORTS[asked.sort])
    number = rows.count()
    if request.GET.get("form") == "docx":
        if number > MOST_ROWS:
            words = (
                f"Word 表格最多 {MOST_ROWS:,} 条，现有 {number:,} 条。请缩小条件，或导出 Excel。"
            )
            messages.error(request, words)
            back = listing.changed(request.GET, {"form": None})
            return redirect(reverse("ledger", args=[code]) + back)
        _log(actor, kind, asked, f"导出 Word {number} 条")
        laid = layout(kind, read, request.GET, may_edit=False)
        chips = "，".join(chip.words for chip in listing.chips(kind, asked.wish, request.GET))
        return attachment(
            table_document(actor, kind, rows, laid.columns, chips), DOCX, kind, actor, "docx"
        )
    _log(actor, kind, asked, f"导出 {number} 条")
    return attachment(workbook(kind, read, rows), XLSX, kind, actor, "xlsx")


def attachment(
    content: bytes, content_type: str, kind: Kind, actor: Actor, ending: str
) -> HttpResponse:
    """A file of a ledger to be saved, named after it and the day."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{kind.name}_{actor.today:%Y%m%d}.{ending}"
    )
    return response
