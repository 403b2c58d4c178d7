"""After saving: what was recorded, and everything else that is now up to date because of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse

from rongjian.indicators import catalogue, trace
from rongjian.kernel.periods import Month, Period
from rongjian.ledgers.decision import MeetingDecision
from rongjian.org.access import allowed, opens
from rongjian.records.kinds import kind_of
from rongjian.records.queries import about, neighbours
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import blocks
from rongjian.web import force_view
from rongjian.web.due_cells import name_of, words_of
from rongjian.web.pages.ledger_record import establishing, viewable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record
    from rongjian.web.middleware import ActorRequest

_SHOWN = 6
_LONGEST = timedelta(days=366)
"""No window of a regime is longer than a year."""


@dataclass(frozen=True)
class Updated:
    """Something that a record brought up to date without anybody entering it again."""

    what: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class SavedPage:
    """The page after saving."""

    title: str
    kind: Kind
    record: Record
    about: str
    summary: str
    updated: tuple[Updated, ...]
    again: str
    minutes: str
    establish: str


def saved(request: ActorRequest, code: str, pk: int) -> HttpResponse:
    """What a record that was just written has changed elsewhere; 404 where it is not visible."""
    kind, actor = kind_of(code), request.actor
    record = viewable(actor, kind, pk)
    updated = (
        *_dues(record),
        *_calendar(actor, record),
        *_force(actor, record),
        *_links(actor, record),
        *_figures(actor, kind, record),
    )
    page = SavedPage(
        title="已记录",
        kind=kind,
        record=record,
        about=about(record, full=True),
        summary=_summary(updated),
        updated=updated,
        again=_again(kind, record),
        minutes=_minutes(kind, record),
        establish=establishing(actor, kind, record),
    )
    return render(request, "ledger/saved.html", {"page": page})


def _summary(updated: tuple[Updated, ...]) -> str:
    """How many of each, as one sentence."""
    counted: dict[str, int] = {}
    for each in updated:
        counted[each.what] = counted.get(each.what, 0) + 1
    return "、".join(
        f"{what} {number} {_MEASURES.get(what, '条')}" for what, number in counted.items()
    )


_MEASURES = dict.fromkeys(("应办事项", "制度日历", "指标", "议定事项"), "项")


def _dues(record: Record) -> Iterator[Updated]:
    """The dues that the record answers."""
    for due in record.answered_dues.order_by("due_on", "pk"):
        words = due.reason or kind_of(due.kind).name
        yield Updated("应办事项", f"{words}（限 {due.due_on:%m-%d}）：已办", reverse("home"))


def _calendar(actor: Actor, record: Record) -> Iterator[Updated]:
    """The cells of its unit's calendar that the record answers."""
    if not allowed(actor, "view", "obligation", record.unit):
        return
    day = record.happened_on
    for block in blocks(Scope.each([record.unit]), day - _LONGEST, day, actor.today):
        for due in block.cells():
            if record.pk in {pk for pk, *_ in due.answers}:
                words = f"{due.rule.name}（{due.window.label}）：{words_of(due, actor.today)}"
                where = {"unit": due.unit.code, "year": due.begins_on.year, "cell": name_of(due)}
                url = f"{reverse('calendar')}?{urlencode(where)}#cell"
                yield Updated("制度日历", words, url)


def _force(actor: Actor, record: Record) -> Iterator[Updated]:
    """The ledger of the task force that the record belongs to."""
    force = record.task_force
    if force and force_view.may_open(actor, force):
        url = reverse("taskforce", args=[force.code]) + "#activities"
        yield Updated("专班台账", force.short, url)


def _links(actor: Actor, record: Record) -> Iterator[Updated]:
    """What was linked, and what was decided."""
    for each in neighbours(actor, record):
        decided = not each.outgoing and each.record.kind == MeetingDecision.kind_code
        what = "议定事项" if decided else "业务链接"
        words = each.about if decided else f"{each.words}：{each.about}（{each.kind.name}）"
        yield Updated(what, words, reverse("record", args=[each.record.kind, each.record.pk]))


def _figures(actor: Actor, kind: Kind, record: Record) -> Iterator[Updated]:
    """The indicators whose figure of the month counts the record, for whoever may open them."""
    month = Month.of(record.happened_on)
    period = Period(month, month)
    shown = 0
    for code, definition in catalogue.indicators().items():
        if definition.of != kind.code or shown == _SHOWN:
            continue
        if not opens(actor, kind.access, record.unit):
            continue
        if trace.records(code, record.unit, period).filter(pk=record.pk).exists():
            shown += 1
            asked = urlencode({"unit": record.unit.code, "from": str(month), "to": str(month)})
            yield Updated("指标", definition.name, f"{reverse('figure', args=[code])}?{asked}")


def _again(kind: Kind, record: Record) -> str:
    given = {"unit": record.unit.code}
    if type_ := getattr(record, "type", ""):
        given["type"] = type_
    return f"{reverse('ledger-new', args=[kind.code])}?{urlencode(given)}"


def _minutes(kind: Kind, record: Record) -> str:
    """The minutes of a meeting, for printing."""
    return reverse(f"{kind.code}-minutes", args=[record.pk]) if hasattr(record, "agenda") else ""
