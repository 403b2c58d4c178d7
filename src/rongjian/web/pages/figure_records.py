"""The records behind a figure: the proof that the number in a text is the number of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, Count, F, Sum
from django.db.models.functions import Cast, Round
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header

from rongjian.documents.frozen import difference
from rongjian.indicators import figures, overlap, trace
from rongjian.org import queries
from rongjian.org.access import Denied, allowed, opens, require, visible
from rongjian.org.models import Unit
from rongjian.records import actions
from rongjian.records.queries import Reading, reading_of
from rongjian.records.unmasking import Wanted
from rongjian.web import listing, names, paging
from rongjian.web.export import XLSX, workbook
from rongjian.web.figure_asked import asked_of
from rongjian.web.figure_words import apart, area, condition_chip, exact, places, scope, with_unit
from rongjian.web.organised import WORDS, day_of, parameter, switch
from rongjian.web.pages.figures import (
    Step,
    figure_url,
    path_down,
)

if TYPE_CHECKING:
    from django.db.models import Field, QuerySet

    from rongjian.documents.models import FrozenFigure
    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record
    from rongjian.web.figure_asked import Asked
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.names import Names
    from rongjian.web.organised import Switch
    from rongjian.web.paging import Table


Pairs = list[tuple[int, int]]


@dataclass(frozen=True)
class Strip:
    """The line that sets a number against its records; `see` leads to those that differ."""

    lamp: str
    words: str
    see: str = ""
    see_words: str = ""


@dataclass(frozen=True)
class GroupRow:
    """A unit with how many of the records are its own and below."""

    name: str
    records: str
    amount: str
    url: str


@dataclass(frozen=True)
class RecordsPage:
    """The rows behind one figure."""

    title: str
    kind: Kind
    name: str
    total: int
    readable: int
    chips: tuple[str, ...]
    strip: Strip
    path: tuple[Step, ...]
    figure_url: str
    groups: tuple[GroupRow, ...]
    group_total: GroupRow | None
    amount_heading: str
    by_unit: str
    flat: str
    table: Table | None
    read: Reading
    names: Names
    export: str
    back: str
    switch: Switch


def records(request: ActorRequest, code: str) -> HttpResponse:
    """The records behind a figure, by page or by unit; a projection is logged before it shows."""
    actor = request.actor
    asked = asked_of(request, code)
    _require_opening(actor, asked)
    rows = asked.chosen()
    total = rows.count()
    grouped = request.GET.get("group") == "court" and asked.unit.is_court
    read = reading_of(actor, rows)
    table = None if grouped else _table(request, asked, read)
    groups, group_total = _groups(asked, rows) if grouped else ((), None)
    page = RecordsPage(
        title=asked.kind.name,
        kind=asked.kind,
        name=asked.definition.name,
        total=total,
        readable=table.total if table else total,
        chips=_chips(asked),
        strip=_strip(asked),
        path=_way(actor, asked),
        figure_url=_figure_url(asked),
        groups=groups,
        group_total=group_total,
        amount_heading=_amount_heading(asked),
        by_unit=asked.again(group="court") if asked.unit.is_court else "",
        flat=asked.again(),
        table=table,
        read=read,
        names=_names(request, asked, read) if table else names.Names(),
        export=_export_url(actor, asked),
        back=_back(asked),
        switch=switch(request.GET),
    )
    return render(request, "figures/records.html", {"page": page})


def _require_opening(actor: Actor, asked: Asked) -> None:
    """Raise Denied unless the figure is one that opens to its records."""
    require(actor, "figures", asked.kind.access, asked.unit)
    if opens(actor, asked.kind.access, asked.unit) != "records":
        raise Denied(f"没有权限：您可以看“{asked.definition.name}”的数，不能看背后的记录")


def _table(request: ActorRequest, asked: Asked, read: Reading) -> Table:
    """The page of rows that is asked for; opening a projection is logged before it shows."""
    number = request.GET.get("page", "")
    page_number = int(number) if number.isdecimal() else 1
    if read.projected:
        _log(request.actor, asked, f"去标识记录 第 {page_number} 页")
    sort = request.GET.get("sort", "")
    order = sort if sort in listing.SORTS else "unit"
    opened = partial(names.opened, request, asked.kind)
    return paging.table(asked.kind, read, read.rows, request.GET, order, page_number, opened)


def _way(actor: Actor, asked: Asked) -> tuple[Step, ...]:
    day = day_of(actor, asked.period, asked.organised)
    return path_down(actor, asked.kind.access, asked.unit, lambda unit: asked.url(unit), day)


def _names(request: ActorRequest, asked: Asked, read: Reading) -> Names:
    """Where full names are asked for: in the own procuratorate, where the rows are read in full."""
    wanted = Wanted(f"figure:{asked.code}", read.rows, "")
    if read.projected or not names.may_ask(request.actor, wanted):
        return names.Names()
    ask = reverse("figure-records-names", args=[asked.code])
    return names.of_page(request, asked.kind, asked.kind.columns, ask)


def open_names(request: ActorRequest, code: str) -> HttpResponse:
    """Ask why the full names behind a figure are wanted, and open them."""
    asked = asked_of(request, code)
    _require_opening(request.actor, asked)
    read = reading_of(request.actor, asked.chosen())
    if read.projected:
        raise Denied(f"没有权限：去标识的“{asked.kind.name}”记录不含姓名")
    words = "，".join([asked.definition.name, *_chips(asked)])
    wanted = Wanted(f"figure:{code}", read.rows, words)
    return names.ask(request, asked.kind, wanted, reverse("figure-records", args=[code]))


def _figure_url(asked: Asked) -> str:
    kept = parameter(asked.organised)
    return figure_url(asked.code, asked.unit.code, asked.period, **kept)


def _log(actor: Actor, asked: Asked, what: str) -> None:
    words = f"{what} {asked.definition.name} {asked.period}"
    actions.opened(actor, f"figure:{asked.code}", asked.unit, words)


# --- the number against its records ----------------------------------------------------------


def _strip(asked: Asked) -> Strip:
    of_text = asked.frozen and asked.frozen.unit_id == asked.unit.pk and not asked.own
    if asked.frozen and of_text and asked.organised == "now":
        return _strip_of_text(asked, asked.frozen)
    organised, under = asked.organised, asked.under
    seen = figures.figure(asked.code, asked.unit, asked.period, organised=organised, under=under)
    now = trace.recount(asked.code, asked.unit, asked.period, organised, under)
    count = asked.rows().count()
    if now == seen.value:
        return Strip("ok", _equal("指标数", asked, seen.text, now, count))
    words = (
        f"快照 {seen.snapshot} 的数 {_digits(asked, seen.value)}；"
        f"现记录 {_now(asked, now, count)}，下次刷新后一致"
    )
    return Strip("warn", words)


def _strip_of_text(asked: Asked, frozen: FrozenFigure) -> Strip:
    found = difference(frozen)
    if found.same:
        return Strip("ok", _equal("文中数", asked, frozen.text, found.value, found.count))
    apart = abs(len(found.added) - len(found.removed))
    words = (
        f"文中数 {_printed(asked, frozen.text, frozen.value)}；"
        f"现记录 {_now(asked, found.value, found.count)}，差 {apart}：{found.words}"
    )
    if not found.added:
        return Strip("warn", words)
    see = asked.url(added="1")
    return Strip("warn", words, see, f"看这 {len(found.added)} 条")


def _equal(lead: str, asked: Asked, text: str, value: Decimal | None, count: int) -> str:
    """文中数 1,591 = 记录数 1,591 ✓, and for sums what they add up to, of how many."""
    printed = _printed(asked, text, value)
    if asked.definition.measure == "count":
        return f"{lead} {printed} = 记录数 {count:,} ✓"
    noun = "合计" if asked.definition.measure == "sum" else "由记录算得"
    total = with_unit(_digits(asked, value), asked.definition.measure_unit)
    return f"{lead} {printed} = {noun} {total}（{count:,} 条）✓"


def _printed(asked: Asked, text: str, value: Decimal | None) -> str:
    """The number as printed; a plain count with separators, as all numbers on this page."""
    return _digits(asked, value) if asked.definition.measure == "count" else text


def _digits(asked: Asked, value: Decimal | None) -> str:
    """The value with its digits; a rate has none of its own and gets two."""
    return exact(value, 2 if asked.definition.measure == "ratio" else places(asked.definition))


def _now(asked: Asked, value: Decimal | None, count: int) -> str:
    if asked.definition.measure == "count":
        return f"{count:,}"
    return f"{with_unit(_digits(asked, value), asked.definition.measure_unit)}（{count:,} 条）"


def _chips(asked: Asked) -> tuple[str, ...]:
    found = [condition_chip(asked.kind, each) for each in asked.definition.where]
    found.append(f"{_date_words(asked)} {asked.period.start} 至 {asked.period.end}")
    if asked.organised == "then":
        found.append(WORDS["then"])
    if asked.under:
        above = Unit.objects.get(code=asked.under)
        found.append(f"在{above.short}之下期间")
    if asked.own:
        found.append(f"单位={asked.unit.short}本级")
    if asked.added:
        found.append("冻结后新增")
    return tuple(found)


def _date_words(asked: Asked) -> str:
    return asked.kind.heading(asked.definition.on)


# --- by unit ---------------------------------------------------------------------------------


def _groups(asked: Asked, rows: QuerySet[Record]) -> tuple[tuple[GroupRow, ...], GroupRow]:
    """The units below in code order with their counts, the unit's own first, and the total."""
    summed = _summed(asked)
    below = {unit.code: unit for unit in asked.below()}
    inside, joint = _counted(asked, rows, below, summed)
    found = []
    if own := inside.get(""):
        name = f"{asked.unit.short}本级" if below else area(asked.unit)
        found.append(_group(name, own, summed, asked.again(own="1")))
    under = {"under": asked.unit.code} if asked.organised == "then" else {}
    stood = queries.present(asked.unit, asked.period.start, asked.period.end) if under else {}
    for code, unit in sorted(below.items()):
        if asked.organised == "now" or code in inside or unit.pk in stood:
            name = area(unit) + apart(unit, stood.get(unit.pk), asked.period)
            found.append(_group(name, inside.get(code, []), summed, asked.url(unit, **under)))
    if joint:
        found.append(_group(overlap.WORDS, joint, summed, ""))
    every = [pair for pairs in (*inside.values(), joint) for pair in pairs]
    return tuple(found), _group("合计", every, summed, "")


def _counted(
    asked: Asked, rows: QuerySet[Record], below: dict[str, Unit], summed: Field[Any, Any] | None
) -> tuple[dict[str, Pairs], Pairs]:
    """(records, amount) by the unit below, and what joint records count there too often."""
    alone = rows.filter(hosts="").order_by()
    paths = alone.values_list("path" if asked.organised == "then" else "unit__path")
    inside: dict[str, Pairs] = {}
    number = Count("pk")
    for path, count, amount in paths.annotate(n=number, s=_sum(summed) if summed else number):
        code = overlap.step_of(asked.at, path, below)
        inside.setdefault(code, []).append((count, amount or 0))
    again: Pairs = []
    steps = overlap.steps_of(rows, asked.at, below) if asked.kind.joint else {}
    each = (
        rows.filter(pk__in=steps).order_by().values_list("pk", _whole(summed) if summed else "pk")
    )
    for pk, amount in each:
        for code in steps[pk]:
            inside.setdefault(code, []).append((1, amount or 0))
        again += [(-1, -(amount or 0))] * (len(steps[pk]) - 1)
    return inside, again


def _sum(field: Field[Any, Any]) -> Sum:
    return Sum(_whole(field))


def _summed(asked: Asked) -> Field[Any, Any] | None:
    """The field that the figure adds up, if that is what it does."""
    if asked.definition.measure != "sum":
        return None
    return asked.kind.field(asked.definition.field)


def _whole(field: Field[Any, Any]) -> Cast:
    """The field in its smallest units: SQLite would add decimals up as floats."""
    return Cast(Round(F(field.name) * 10 ** _places(field)), BigIntegerField())


def _places(field: Field[Any, Any]) -> int:
    return getattr(field, "decimal_places", 0) or 0


def _group(name: str, pairs: Pairs, summed: Field[Any, Any] | None, url: str) -> GroupRow:
    number = sum(pair[0] for pair in pairs)
    amount = ""
    if summed is not None:
        digits = _places(summed)
        amount = exact(Decimal(sum(pair[1] for pair in pairs)).scaleb(-digits), digits)
    return GroupRow(name, f"{number:,}", amount, url)


def _amount_heading(asked: Asked) -> str:
    return asked.kind.heading(asked.definition.field) if asked.definition.measure == "sum" else ""


# --- out -------------------------------------------------------------------------------------


def _export_url(actor: Actor, asked: Asked) -> str:
    if not allowed(actor, "export", asked.kind.access, asked.unit):
        return ""
    wanted = (("added", asked.added), ("own", asked.own))
    more = {name: "1" for name, chosen in wanted if chosen}
    return asked.again(**more).replace("/records/?", "/records/export?")


def _back(asked: Asked) -> str:
    return str(asked.frozen.document_id) if asked.frozen else ""


def export(request: ActorRequest, code: str) -> HttpResponse:
    """All rows behind a figure as .xlsx; withheld fields stay empty under their headings."""
    actor = request.actor
    asked = asked_of(request, code)
    _require_opening(actor, asked)
    require(actor, "export", asked.kind.access, asked.unit)
    read = reading_of(actor, asked.chosen())
    rows = visible(actor, read.rows, "export").order_by(*listing.SORTS["unit"])
    _log(actor, asked, f"导出 {rows.count()} 条")
    response = HttpResponse(workbook(asked.kind, read, rows), content_type=XLSX)
    way = f"_{WORDS['then']}" if asked.organised == "then" else ""
    name = f"{scope(asked.unit)}{asked.definition.name}_{asked.period}{way}.xlsx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
