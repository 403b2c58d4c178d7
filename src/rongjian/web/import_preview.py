"""What the page of one import shows: its columns, its faulty rows with remedies, its outcome."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.utils.http import urlencode

from rongjian.records import import_mapping, importing
from rongjian.records.changes import differences
from rongjian.records.import_checking import OPEN, SCREENED
from rongjian.records.import_inspection import FormCount, compared, forms
from rongjian.records.import_limits import days_to_undo, import_limits
from rongjian.records.import_reading import Trouble
from rongjian.records.import_running import Progress, progress
from rongjian.records.import_upload import column_name
from rongjian.records.kinds import kind_of
from rongjian.records.models import Batch, BatchState, RowOutcome
from rongjian.web.listing import Option

if TYPE_CHECKING:
    from django.http import QueryDict

    from rongjian.org.access import Actor
    from rongjian.records.importing import Counts, Outcome
    from rongjian.records.kinds import Kind
    from rongjian.records.models import BatchRow

PAGE = 50
_SAMPLED = 200
_EXAMPLES = 3
_MOST_OPTIONS = 60
_SHOWN = 30
STEPS = ("选文件", "对应列", "检查修改", "完成")
SHOWS = {"bad": "需修改", "hint": "提示", "update": "更新", "new": "新增", "same": "未变"}


@dataclass(frozen=True)
class ColumnChoice:
    """A column of the file with the fields it may become."""

    at: int
    letter_name: str
    options: tuple[Option, ...]
    examples: str
    lamp: str
    words: str


@dataclass(frozen=True)
class Fault:
    """Something wrong in a row, with the cell to mend where there is one."""

    name: str
    heading: str
    trouble: Trouble
    editable: bool
    text: str
    same: int
    options: tuple[str, ...]


@dataclass(frozen=True)
class PreviewRow:
    """A row of the file as the preview shows it."""

    number: int
    lamp: str
    state: str
    cells: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]
    differences: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Preview:
    """The rows that an address asks for, page by page."""

    show: str
    group: str
    rows: tuple[PreviewRow, ...]
    total: int
    page: int
    pages: int

    @property
    def query(self) -> str:
        """The address of just this view, for the forms on it."""
        return urlencode([("show", self.show), ("group", self.group), ("page", str(self.page))])


@dataclass(frozen=True)
class ImportPage:
    """One import, at whichever of its four steps it stands."""

    title: str
    batch: Batch
    kind: Kind
    step: int
    steps: tuple[str, ...]
    unmapped: tuple[str, ...]
    columns: tuple[ColumnChoice, ...]
    counts: Counts
    outcome: Outcome
    preview: Preview | None
    forms: tuple[FormCount, ...] | None
    earlier: Batch | None
    progress: Progress | None
    undo_days: int
    most_undo_days: int

    @property
    def may_undo(self) -> bool:
        """Whether anything came in that can be taken back or could have been."""
        rows = self.outcome.created or self.outcome.updated
        return bool(rows) and self.batch.state in (BatchState.PARTLY, BatchState.DONE)

    @property
    def imported(self) -> int:
        """The rows that are in."""
        return self.outcome.created + self.outcome.updated

    @property
    def whole(self) -> int:
        """The rows that would come in if none were left to be mended."""
        return self.counts.ready + self.counts.bad

    @property
    def tabs(self) -> tuple[tuple[str, str, int], ...]:
        """(show, words, rows) for each sort of row that there is."""
        numbers = {
            "bad": self.counts.bad,
            "hint": self.counts.hints,
            "update": self.counts.update,
            "new": self.counts.new,
            "same": self.counts.same,
        }
        return tuple((show, SHOWS[show], number) for show, number in numbers.items() if number)


def import_page(actor: Actor, batch: Batch, query: QueryDict) -> ImportPage:
    """Everything the page of an import shows, as its address asks."""
    kind = kind_of(batch.kind)
    asked = query.get("step", "") if batch.state in OPEN_STATES else ""
    mapping = batch.state == BatchState.DRAFT or (
        batch.state == BatchState.CHECKED and asked == "map"
    )
    listing = asked == "forms" and not mapping
    over = batch.state not in (*OPEN_STATES, BatchState.DRAFT)
    counts = importing.counts(batch)
    return ImportPage(
        title=f"导入 #{batch.pk}　{batch.name}",
        batch=batch,
        kind=kind,
        step=2 if mapping else 4 if over else 3,
        steps=STEPS,
        unmapped=tuple(importing.unmapped(actor, batch)) if mapping else (),
        columns=_columns(kind, batch) if mapping else (),
        counts=counts,
        outcome=importing.outcome_of(batch),
        preview=None if mapping or over or listing else _preview(actor, kind, batch, query, counts),
        forms=tuple(forms(actor, batch)) if listing else None,
        earlier=_same_file(actor, batch),
        progress=progress(batch),
        undo_days=days_to_undo(batch.done_at, actor.today),
        most_undo_days=import_limits().undo_days,
    )


OPEN_STATES = (BatchState.CHECKED, BatchState.PARTLY)
"""States in which rows can be looked at, mended and brought in."""


def _same_file(actor: Actor, batch: Batch) -> Batch | None:
    """Another import in reach that has brought in the very same file already."""
    in_force = (BatchState.PARTLY, BatchState.DONE)
    same = importing.batches(actor).filter(kind=batch.kind, digest=batch.digest, state__in=in_force)
    return same.exclude(pk=batch.pk).first()


# --- step 2 ----------------------------------------------------------------------------------


def _columns(kind: Kind, batch: Batch) -> tuple[ColumnChoice, ...]:
    sampled = list(batch.rows.order_by("number").values_list("cells", flat=True)[:_SAMPLED])
    return tuple(_column(kind, batch, at, sampled) for at in range(len(batch.headings)))


def _column(kind: Kind, batch: Batch, at: int, sampled: list[list[str]]) -> ColumnChoice:
    chosen = batch.mapping.get(str(at), "")
    named = [("", "不导入"), *import_mapping.fields(kind).items()]
    texts = dict.fromkeys(cells[at] for cells in sampled if len(cells) > at and cells[at].strip())
    lamp, words = _recognised(batch, at, chosen)
    return ColumnChoice(
        at=at,
        letter_name=column_name(batch.headings, at),
        options=tuple(Option(name, heading, name == chosen) for name, heading in named),
        examples=" / ".join(text[:_SHOWN] for text in list(texts)[:_EXAMPLES]),
        lamp=lamp,
        words=words,
    )


def _recognised(batch: Batch, at: int, chosen: str) -> tuple[str, str]:
    """(lamp, words) of how sure a column is."""
    heading = batch.headings[at]
    if heading in batch.layout.get("withheld", ()):
        return "why", "含个人或案件信息，没有读入"
    if chosen and at in batch.layout.get("unsure", ()):
        return "warn", "名称相近，请确认"
    if chosen:
        return "done", "已对应"
    return ("off", "不需要") if import_mapping.is_running(heading) else ("warn", "没有认出")


# --- step 3 ----------------------------------------------------------------------------------


def _preview(actor: Actor, kind: Kind, batch: Batch, query: QueryDict, counts: Counts) -> Preview:
    show = query.get("show", "")
    if show not in SHOWS:
        show = "bad" if counts.bad else "update" if counts.update else "new"
    group = query.get("group", "") if show == "bad" else ""
    if only := _numbers(query.get("rows", "")):
        # One row that was just mended, whatever it has become.
        again = _rows(actor, kind, batch, list(batch.rows.filter(number__in=only)))
        return Preview(show, group, again, len(again), 1, 1)
    rows = (
        batch.rows.filter(outcome=show) if show != "hint" else batch.rows.filter(outcome__in=OPEN)
    )
    if group or show == "hint":
        wanted = group or "hint"
        marked = rows.exclude(problems={}).values_list("number", "problems")
        numbers = [number for number, found in marked if wanted in _groups(found)]
        paginator = Paginator(numbers, PAGE)
    else:
        paginator = Paginator(rows.order_by("number").values_list("number", flat=True), PAGE)
    chosen = paginator.get_page(query.get("page"))
    listed = batch.rows.filter(number__in=list(chosen.object_list)).order_by("number")
    return Preview(
        show=show,
        group=group,
        rows=_rows(actor, kind, batch, list(listed)),
        total=paginator.count,
        page=chosen.number,
        pages=paginator.num_pages,
    )


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")[:PAGE] if part.isdecimal() and len(part) < 9]


def _groups(problems: dict[str, dict[str, str]]) -> set[str]:
    return {kept["group"] for name, kept in problems.items() if not name.startswith(SCREENED)}


def _rows(actor: Actor, kind: Kind, batch: Batch, rows: list[BatchRow]) -> tuple[PreviewRow, ...]:
    stored = compared(actor, batch, rows)
    same = _same_texts(batch)
    return tuple(
        PreviewRow(
            number=row.number,
            lamp=_LAMPS.get(row.outcome, "off"),
            state=row.get_outcome_display(),
            cells=_cells(kind, batch, row),
            faults=_faults(kind, batch, row, same),
            differences=differences(kind, *stored[row.number], actor)
            if row.number in stored
            else (),
        )
        for row in rows
    )


_LAMPS: dict[str, str] = {
    RowOutcome.BAD: "bad",
    RowOutcome.CREATED: "done",
    RowOutcome.UPDATED: "done",
    RowOutcome.NEW: "ok",
    RowOutcome.UPDATE: "ok",
    RowOutcome.SAME: "off",
}


def _same_texts(batch: Batch) -> Counter[tuple[str, str]]:
    """How many faulty rows have the same text in the same field."""
    columns = {name: int(at) for at, name in batch.mapping.items()}
    bad = batch.rows.filter(outcome=RowOutcome.BAD).values_list("cells", "problems")
    return Counter(
        (name, cells[columns[name]])
        for cells, problems in bad
        for name in problems
        if name in columns
    )


def _cells(kind: Kind, batch: Batch, row: BatchRow) -> tuple[tuple[str, str], ...]:
    known = import_mapping.fields(kind)
    return tuple(
        (known[name], row.cells[int(at)])
        for at, name in batch.mapping.items()
        if row.cells[int(at)] and name not in row.problems
    )


def _faults(
    kind: Kind, batch: Batch, row: BatchRow, same: Counter[tuple[str, str]]
) -> tuple[Fault, ...]:
    columns = {name: int(at) for at, name in batch.mapping.items()}
    known = import_mapping.fields(kind)
    found = []
    for name, kept in row.problems.items():
        if name.startswith(SCREENED):
            continue
        text = row.cells[columns[name]] if name in columns else ""
        trouble = Trouble.read(kept)
        found.append(
            Fault(
                name=name,
                heading=known.get(name, ""),
                trouble=trouble,
                editable=name in columns and trouble.group != "hint",
                text=text,
                same=same[name, text] if name in columns and text else 0,
                options=_options(kind, name),
            )
        )
    return tuple(found)


def _options(kind: Kind, name: str) -> tuple[str, ...]:
    """What may stand in a cell, where that is a short list."""
    found = importing.offered(kind, name)
    return tuple(found) if len(found) <= _MOST_OPTIONS else ()
