"""日志: the auditor's view of who did what; looking at it and taking it along are logged too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.log import verification
from rongjian.org.access import require
from rongjian.records import actions, trail
from rongjian.web import listing
from rongjian.web.export import XLSX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import QuerySet
    from django.http import QueryDict

    from rongjian.log.models import Event
    from rongjian.log.verification import Last
    from rongjian.org.access import Actor
    from rongjian.records.trail import Line, Search
    from rongjian.web.listing import Chip, Select
    from rongjian.web.middleware import ActorRequest

PAGE = 50
MOST = 50_000
"""Lines that one export may hold; more is taken along span by span."""
NDJSON = "application/x-ndjson"


@dataclass(frozen=True)
class LogPage:
    """One page of the log."""

    title: str
    search: Search
    selects: tuple[Select, ...]
    chips: tuple[Chip, ...]
    problems: tuple[str, ...]
    lines: tuple[Line, ...]
    older: str
    newest: str
    last: Last | None
    faults: int
    sheet: str
    text: str


def log(request: ActorRequest) -> HttpResponse:
    """The lines that fit, newest first, from a key on; that they were read is itself a line."""
    actor, query = request.actor, request.GET
    _require(actor, "view")
    search, problems = _search(query)
    _note(actor, f"查看变更记录：{_words(query, search)}")
    rows = trail.lines(actor, search)
    before = query.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = trail.in_words(list(rows[: PAGE + 1]))
    shown = tuple(found[:PAGE])
    page = LogPage(
        title="日志",
        search=search,
        selects=_selects(actor, search),
        chips=_chips(query, search),
        problems=problems,
        lines=shown,
        older=_older(query, shown) if len(found) > PAGE else "",
        newest=listing.changed(query, {"before": None}) if before else "",
        last=verification.last(),
        faults=sum(bool(line.fault) for line in shown),
        sheet=_export_url(query, "xlsx"),
        text=_export_url(query, "ndjson"),
    )
    return render(request, "sys/log.html", {"page": page})


def _require(actor: Actor, verb: Any) -> None:
    require(actor, verb, trail.ACCESS, actor.person.court)


def _note(actor: Actor, words: str) -> None:
    actions.opened(actor, "log", actor.person.court, words[:400])


# --- what is asked ---------------------------------------------------------------------------


def _search(query: QueryDict) -> tuple[Search, tuple[str, ...]]:
    """What an address looks for, and what of it cannot be read."""
    problems: list[str] = []
    search = trail.Search(
        who=query.get("who", "").strip(),
        verb=query.get("verb", ""),
        about=query.get("about", "").strip(),
        first=listing.asked_day("起始日期", query.get("from", ""), problems),
        last=listing.asked_day("截止日期", query.get("to", ""), problems),
        stream=query.get("stream", ""),
    )
    return search, tuple(problems)


def _selects(actor: Actor, search: Search) -> tuple[Select, ...]:
    verbs = sorted(trail.verbs().items(), key=lambda pair: pair[1])
    things = trail.objects().items()
    return (
        listing.select("verb", "动作", [("", "全部"), *verbs], search.verb),
        listing.select("about", "对象", [("", "全部"), *things], search.about),
        listing.select(
            "stream", "单位", [("", "全部"), *trail.streams(actor).items()], search.stream
        ),
    )


def _chips(query: QueryDict, search: Search) -> tuple[Chip, ...]:
    found: list[tuple[str, tuple[str, ...]]] = []
    if search.who:
        found.append((f"谁={search.who}", ("who",)))
    if search.verb:
        found.append((f"动作={trail.verbs().get(search.verb, search.verb)}", ("verb",)))
    if search.about:
        found.append((f"对象={trail.objects().get(search.about, search.about)}", ("about",)))
    if search.first or search.last:
        found.append((f"日期 {listing.span(search.first, search.last)}", ("from", "to")))
    if search.stream:
        found.append((f"单位={search.stream}", ("stream",)))
    return tuple(
        listing.Chip(words, listing.without(query, *names, "before")) for words, names in found
    )


def _words(query: QueryDict, search: Search) -> str:
    return "，".join(chip.words for chip in _chips(query, search)) or "全部"


def _older(query: QueryDict, shown: tuple[Line, ...]) -> str:
    return listing.changed(query, {"before": str(shown[-1].event.pk)})


# --- out -------------------------------------------------------------------------------------


def _export_url(query: QueryDict, form: str) -> str:
    return reverse("sys-log-export") + listing.changed(query, {"form": form, "before": None})


def export(request: ActorRequest) -> HttpResponse:
    """The lines that fit as a sheet, or as NDJSON with their hashes for a copy kept elsewhere."""
    actor = request.actor
    _require(actor, "export")
    search, _ = _search(request.GET)
    rows = trail.lines(actor, search)
    number = rows.count()
    if number > MOST:
        messages.error(
            request, f"没有导出：共 {number:,} 条，一次最多 {MOST:,} 条。请缩小日期范围。"
        )
        return redirect(reverse("sys-log") + listing.changed(request.GET, {"form": None}))
    as_text = request.GET.get("form") == "ndjson"
    body = _ndjson(rows) if as_text else write_xlsx(_COLUMNS, _cells(rows), title="变更记录")
    _note(actor, f"导出变更记录 {number} 条：{_words(request.GET, search)}")
    response = HttpResponse(body, content_type=NDJSON if as_text else XLSX)
    ending = "ndjson" if as_text else "xlsx"
    response["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"变更记录_{actor.today:%Y%m%d}.{ending}"
    )
    return response


_COLUMNS = [
    Column(heading, width)
    for heading, width in (
        ("链", 10),
        ("序号", 10),
        ("时间", 20),
        ("谁", 18),
        ("动作", 12),
        ("对象", 20),
        ("改动的字段", 30),
        ("说明", 50),
        ("来自", 16),
        ("哈希", 66),
    )
]
_CHUNK = 500


def _told(rows: QuerySet[Event]) -> Iterator[Line]:
    """Every line in words, some hundred at a time."""
    chunk: list[Event] = []
    for event in rows.iterator(chunk_size=_CHUNK):
        chunk.append(event)
        if len(chunk) == _CHUNK:
            yield from trail.in_words(chunk)
            chunk = []
    yield from trail.in_words(chunk)


def _cells(rows: QuerySet[Event]) -> Iterator[list[object]]:
    for line in _told(rows):
        event = line.event
        when = f"{line.at:%Y-%m-%d %H:%M:%S}"
        what = [line.who, line.verb, line.about, line.fields, line.detail]
        yield [event.stream, event.seq, when, *what, event.source, event.hash]


def _ndjson(rows: QuerySet[Event]) -> str:
    """One object a line; what is withheld from the auditor stays withheld here."""
    return "".join(
        json.dumps(
            {
                "stream": line.event.stream,
                "seq": line.event.seq,
                "at": line.event.at,
                "actor": line.event.actor,
                "source": line.event.source,
                "verb": line.event.verb,
                "object": line.event.object,
                "fields": line.fields.split("、") if line.fields else [],
                "detail": line.detail,
                "commitment": line.event.commitment,
                "prev": line.event.prev,
                "hash": line.event.hash,
            },
            ensure_ascii=False,
        )
        + "\n"
        for line in _told(rows)
    )


@require_POST
def verify(request: ActorRequest) -> HttpResponse:
    """Verify the whole log now; the page says what was found for as long as it holds."""
    _require(request.actor, "view")
    verdict = verification.verified(request.actor)
    if not verdict.breaks:
        messages.success(request, f"{verification.in_words(verdict)}。")
    return redirect("sys-log")
