"""A page of a list: its headings, rows and cells in words, and the steps to other pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import models

from rongjian.records.host_models import codes_in
from rongjian.records.models import VOID
from rongjian.records.queries import linked, shown, with_names
from rongjian.web.listing import PAGE, SORTS, Step, changed

if TYPE_CHECKING:
    from django.db.models import Field, QuerySet
    from django.http import QueryDict

    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record
    from rongjian.records.queries import Reading


@dataclass(frozen=True)
class Heading:
    """A column's heading; `sort` is the address that sorts by it, where it may sort at all."""

    words: str
    numeric: bool
    sort: str = ""
    sorted: str = ""


@dataclass(frozen=True)
class Cell:
    """One cell, with its heading for small screens, its field, and whether a table can write it."""

    heading: str
    text: str
    numeric: bool = False
    name: str = ""
    writable: bool = False

    @property
    def look(self) -> str:
        """Numbers stand right-aligned; dates and codes stay on one line."""
        return "num" if self.numeric else "short" if self.text.isascii() else ""


@dataclass(frozen=True)
class Row:
    """One record in a list."""

    number: int
    pk: int
    cells: tuple[Cell, ...]
    lamp: str
    state: str
    void: bool
    links: int
    version: int = 0


@dataclass(frozen=True)
class Table:
    """One page of a list."""

    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    total: int
    first: int
    last: int
    page: int
    pages: int
    steps: tuple[Step, ...]


Opened = Callable[[list[int]], frozenset[int]]
"""Which of some records show full names; all others show 黄×."""
Writable = Callable[[Sequence["Record"]], Mapping[int, frozenset[str]]]
"""The fields of each of some records that can be written in the table."""


def table(
    kind: Kind,
    read: Reading,
    rows: QuerySet[Record],
    query: QueryDict,
    sort: str,
    page: int,
    opened: Opened = lambda _: frozenset(),
    *,
    columns: Sequence[str] = (),
    size: int = PAGE,
    writable: Writable = lambda _: {},
) -> Table:
    """The page of rows that an address asks for, with the kind's own columns unless others are."""
    names = read.columns(kind, columns or kind.columns)
    # First which rows, then what they say: far pages would else be joined just to be skipped.
    paginator = Paginator(rows.order_by(*SORTS[sort]).values_list("pk", flat=True), size)
    chosen = paginator.get_page(page)
    ids = list(chosen.object_list)
    found = with_names(kind, kind.model._default_manager.filter(pk__in=ids), names).in_bulk()
    records = [found[pk] for pk in ids if pk in found]
    first = chosen.start_index()
    return Table(
        headings=tuple(_heading(kind, name, query, sort) for name in names),
        rows=_rows(kind, read, records, names, first, opened, writable),
        total=paginator.count,
        first=first,
        last=chosen.end_index(),
        page=chosen.number,
        pages=paginator.num_pages,
        steps=steps(paginator, chosen.number, query),
    )


def _rows(
    kind: Kind,
    read: Reading,
    records: Sequence[Record],
    names: Sequence[str],
    first: int,
    opened: Opened,
    writable: Writable,
) -> tuple[Row, ...]:
    links = linked(read.reader, records) if read.reader else {}
    named = opened([record.pk for record in records])
    written = writable(records)
    return tuple(
        _row(
            kind,
            {name: name in written.get(record.pk, ()) for name in names},
            record,
            number,
            links.get(record.pk, 0),
            record.pk not in named,
        )
        for number, record in enumerate(records, first)
    )


def numeric(field: Field[object, object]) -> bool:
    """Whether a column holds numbers, which stand right-aligned."""
    return isinstance(field, models.IntegerField | models.DecimalField)


def _heading(kind: Kind, name: str, query: QueryDict, sort: str) -> Heading:
    words = kind.heading(name)
    if name not in {"happened_on", "key"}:
        return Heading(words, numeric(kind.field(name)))
    up, down = name, f"-{name}"
    state = {up: "ascending", down: "descending"}.get(sort, "")
    following = up if sort == down else down
    url = changed(query, {"sort": following, "page": None})
    return Heading(words, numeric=False, sort=url, sorted=state)


def _row(
    kind: Kind, names: Mapping[str, bool], record: Record, number: int, links: int, masked: bool
) -> Row:
    """One record; `names` says of each column whether it can be written in the table."""
    state = kind.flow.state(record.state)
    # Rows about people are read in their own house only, and there by name.
    masked = masked and not kind.model.member_field
    cells = tuple(
        Cell(
            kind.heading(name),
            _words(kind, name, record, masked=masked, alone=written),
            numeric(kind.field(name)),
            name,
            written,
        )
        for name, written in names.items()
    )
    lamp, void = state.lamp, record.state == VOID
    return Row(number, record.pk, cells, lamp, state.name, void, links, record.version)


def _words(kind: Kind, name: str, record: Record, *, masked: bool, alone: bool) -> str:
    """A cell's words; unless it is written in, the unit says that it was not the only host."""
    words = shown(kind, name, record, masked=masked)
    if name == "unit" and not alone and (others := len(codes_in(record.hosts))):
        return f"{words} 等 {others + 1} 个单位联办"
    return words


def steps(paginator: Paginator[Any], page: int, query: QueryDict) -> tuple[Step, ...]:
    """The page numbers around the one that is shown."""
    found = []
    for number in paginator.get_elided_page_range(page, on_each_side=2, on_ends=1):
        if isinstance(number, int):
            url = changed(query, {"page": str(number)})
            found.append(Step(str(number), url, number == page))
        else:
            found.append(Step("…", "", current=False))
    return tuple(found)
