"""读稿核数: a pasted or uploaded draft, its quantities marked, each held against the records.

Nothing of a draft is kept: neither its text nor what was found in it, not even that it was checked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from rongjian.documents.draft_check import LABELS, Finding, Status, check
from rongjian.documents.draft_files import (
    LONGEST,
    ClassifiedDraft,
    DraftError,
    admitted,
    read_draft,
)
from rongjian.documents.models import Document
from rongjian.kernel.proofreading import slips
from rongjian.ledgers.burden_rules import lengths
from rongjian.org.access import Denied, may_somewhere
from rongjian.web.figure_words import put, with_unit
from rongjian.web.pages.figures import figure_url, records_url
from rongjian.web.text_length import TextLength, length_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.documents.draft_check import DraftCheck
    from rongjian.kernel.proofreading import Slip
    from rongjian.org.models import Unit
    from rongjian.web.middleware import ActorRequest

LAMPS: dict[Status, str] = {
    "match": "done",
    "differs": "warn",
    "no-records": "off",
    "quotation": "why",
    "unknown": "ask",
}
MOST = 10_000
"""Quantities that a page shows; a draft of the greatest length has fewer."""
_AHEAD, _BEHIND = 16, 10


@dataclass(frozen=True)
class Row:
    """A quantity in the table, and its mark in the text by the same number."""

    number: int
    before: str
    printed: str
    after: str
    value: str
    period: str
    assumed: bool
    """The draft names no period; the indicator's own was taken."""
    name: str
    figure_url: str
    indicator: str
    told: str
    """By which words the indicator was told."""
    computed: str
    records_url: str
    lamp: str
    label: str
    note: str

    @property
    def tooltip(self) -> str:
        """What stands over the mark."""
        parts = (self.name, self.period, self.told, self.computed and f"记录数 {self.computed}")
        return " · ".join(part for part in (*parts, self.note) if part)


@dataclass(frozen=True)
class Piece:
    """A stretch of the draft, with its row where it is a quantity."""

    text: str
    row: Row | None = None


@dataclass(frozen=True)
class SlipRow:
    """A slip with the words around it."""

    before: str
    words: str
    after: str
    message: str


@dataclass(frozen=True)
class Result:
    """What was found in a draft."""

    pieces: tuple[Piece, ...]
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, str, int], ...]
    slips: tuple[SlipRow, ...]
    snapshot: int
    length: TextLength


@dataclass(frozen=True)
class DraftPage:
    """The form with the text as it was given, and the result once there is one."""

    title: str
    unit: Unit
    text: str
    longest: int
    most: int = field(default_factory=lambda: lengths()[0].most)
    fault: str = ""
    result: Result | None = None


def draft_check(request: ActorRequest) -> HttpResponse:
    """The empty form, or the draft that was sent with everything found in it."""
    if not may_somewhere(request.actor, "view", Document.access_class):
        raise Denied("没有权限：您的岗位不能核对文稿")
    unit = request.actor.person.court
    if request.method != "POST":
        return _page(request, DraftPage("读稿核数", unit, "", LONGEST))
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        if upload := request.FILES.get("file"):
            text = read_draft(upload.name or "", upload.read())
        admitted(text)
    except DraftError as error:
        # What may not be here is not sent back either.
        shown = "" if isinstance(error, ClassifiedDraft) else text
        return _page(request, DraftPage("读稿核数", unit, shown, LONGEST, fault=str(error)))
    checked = check(text, unit, request.actor, request.actor.today)
    if len(checked.findings) > MOST:
        fault = f"文稿里的数量超过 {MOST:,} 个，请分成几部分核对。"
        return _page(request, DraftPage("读稿核数", unit, text, LONGEST, fault=fault))
    return _page(request, DraftPage("读稿核数", unit, text, LONGEST, result=_result(checked)))


def _page(request: ActorRequest, page: DraftPage) -> HttpResponse:
    return render(
        request, "draft_check/page.html", {"page": page}, status=422 if page.fault else 200
    )


def _result(checked: DraftCheck) -> Result:
    rows = tuple(
        _row(checked.text, number, finding)
        for number, finding in enumerate(checked.findings, start=1)
    )
    counts = checked.counts
    return Result(
        pieces=tuple(_pieces(checked, rows)),
        rows=rows,
        counts=tuple((LAMPS[status], LABELS[status], counts[status]) for status in LABELS),
        slips=tuple(_slip_row(checked.text, slip) for slip in slips(checked.text)),
        snapshot=checked.snapshot,
        length=length_of(checked.text),
    )


def _row(text: str, number: int, finding: Finding) -> Row:
    quantity, figure = finding.quantity, finding.figure
    first, last = quantity.sentence
    shown = with_unit(f"{quantity.value.normalize():,f}", quantity.unit)
    unit = finding.unit.code if finding.unit else ""
    period = finding.period
    known = period is not None and figure is not None
    return Row(
        number=number,
        before=text[max(first, quantity.start - _AHEAD) : quantity.start],
        printed=quantity.text,
        after=text[quantity.end : min(last, quantity.end + _BEHIND)],
        value=quantity.text if quantity.kind == "rank" else shown,
        period=period.label if period else quantity.period_words,
        assumed=finding.assumed,
        name=finding.name,
        figure_url=figure_url(finding.indicator, unit, period) if known and period else "",
        indicator=finding.indicator,
        told="、".join(f"“{word}”" for word in finding.words),
        computed=with_unit(put(figure), figure.measure_unit) if figure else "",
        records_url=records_url(finding.indicator, unit, period)
        if period and finding.opens
        else "",
        lamp=LAMPS[finding.status],
        label=finding.label,
        note=finding.note,
    )


def _pieces(checked: DraftCheck, rows: tuple[Row, ...]) -> Iterator[Piece]:
    at = 0
    for finding, row in zip(checked.findings, rows, strict=True):
        quantity = finding.quantity
        yield Piece(checked.text[at : quantity.start])
        yield Piece(quantity.text, row)
        at = quantity.end
    yield Piece(checked.text[at:])


def _slip_row(text: str, slip: Slip) -> SlipRow:
    line = text.rfind("\n", 0, slip.start) + 1
    end = text.find("\n", slip.end)
    return SlipRow(
        before=text[max(line, slip.start - _AHEAD) : slip.start],
        words=text[slip.start : slip.end],
        after=text[slip.end : min(end if end >= 0 else len(text), slip.end + _AHEAD)],
        message=slip.message,
    )
