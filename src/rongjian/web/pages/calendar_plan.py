"""安排本月: the days on which a unit will hold what it still owes; saved as drafts of activities."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date

from rongjian.kernel.dues import DUE, FUTURE
from rongjian.kernel.periods import Month
from rongjian.kernel.workdays import NO_OVERRIDES
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import ActivityType, activity_types
from rongjian.ledgers.planning import Planned, last_held, plan, proposed
from rongjian.org.access import reach_units, require, visible
from rongjian.records.queries import unit_words
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import blocks
from rongjian.regimes.orders import Orders
from rongjian.web.calendar_rows import YEAR
from rongjian.web.due_cells import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import QueryDict

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.regimes.dues import Due
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class PlanRow:
    """A duty that an activity answers: between which days, the day proposed or typed, what is planned.

    `due` names its input: two rules may ask for the same type.
    """

    due: str
    type: str
    name: str
    window: str
    first: date
    last: date
    day: str
    soon: bool
    planned: tuple[tuple[date, str], ...]
    fault: str = ""


@dataclass(frozen=True)
class PlanPage:
    """What a unit plans for a month."""

    title: str
    unit: Unit
    whose: str
    month: Month
    months: tuple[tuple[str, str, bool], ...]
    rows: tuple[PlanRow, ...]
    later: tuple[PlanRow, ...]
    place: str
    key: str
    refusal: str
    back: str

    @property
    def faults(self) -> list[PlanRow]:
        """The rows with something wrong."""
        return [row for row in (*self.rows, *self.later) if row.fault]


def plan_month(request: ActorRequest) -> HttpResponse:
    """The duties of a unit that end in the month, each with a day; a POST enters the drafts."""
    actor, given = request.actor, request.POST or request.GET
    unit = _unit(actor, given.get("unit", ""))
    require(actor, "create", Activity.access_class, unit)
    month = _month(given, actor.today)
    rows = list(_rows(actor, unit, month))
    if request.method != "POST":
        return _page(request, unit, month, rows, {}, "")
    chosen, faults = _typed(rows, request.POST)
    if not faults and chosen:
        try:
            made = plan(
                actor, unit, chosen, request.POST.get("place", "").strip(),
                key=request.POST.get("key", "")[:60],
            )  # fmt: skip
        except ValidationError as error:
            faults = _faults_of(error)
        else:
            messages.success(request, f"已安排 {len(made)} 项，到时打开草稿，补齐后报送。")
            return redirect(f"{_calendar(unit, month)}")
    refusal = "" if faults else "没有选日期：请至少给一项填上日期"
    return _page(request, unit, month, rows, faults, refusal)


def _unit(actor: Actor, code: str) -> Unit:
    rows = reach_units(actor, "view", "obligation").filter(code=code, dissolved_on=None)
    unit = rows.select_related("court").first()
    if unit is None:
        raise Http404("没有这个单位。")
    return unit


def _month(given: QueryDict, today: date) -> Month:
    """This month or the next one."""
    this = Month.of(today)
    return this + 1 if given.get("month") == str(this + 1) else this


def _rows(actor: Actor, unit: Unit, month: Month) -> Iterator[PlanRow]:
    first, last = max(month.first_day, actor.today), month.last_day
    types = {code for code, rule in activity_types().items() if unit.type in rule.held_by}
    dues = [
        due
        for block in blocks(Scope.of(unit), last - YEAR, last, actor.today)
        for due in block.cells_of(lambda each: each.opens_on <= last and each.ends_on >= first)
        if due.state in (DUE, FUTURE) and _type_of(due) in types
    ]
    held = last_held(unit, [_type_of(due) for due in dues], first)
    waiting = _waiting(actor, unit, first)
    order = Orders().of(unit.path)
    calendar = order.calendar if order else NO_OVERRIDES
    for due in sorted(dues, key=lambda each: each.window.ends_on):
        type_ = _type_of(due)
        opens, ends = max(due.window.opens_on, first), due.window.ends_on
        soon = ends <= last
        day = proposed(held.get(type_), opens, min(ends, last), calendar)
        planned = tuple(
            (when, url) for kind, when, url in waiting if kind == type_ and opens <= when <= ends
        )
        yield PlanRow(
            due=name_of(due),
            type=type_,
            name=str(ActivityType(type_).label),
            window=f"{due.rule.name}（{due.window.label}）",
            first=opens,
            last=ends,
            day=str(day) if soon and not planned else "",
            soon=soon,
            planned=planned,
        )


def _type_of(due: Due) -> str:
    """The type of activity that answers a due; empty where something else does."""
    answer = due.rule.answers[0]
    of_activity = answer.kind == Activity.kind_code and answer.field == "type"
    return answer.values[0] if of_activity else ""


def _waiting(actor: Actor, unit: Unit, first: date) -> list[tuple[str, date, str]]:
    """(type, day, address) of what is planned already, as far as the actor may view it."""
    rows = Activity._default_manager.filter(unit=unit, state="draft", happened_on__gte=first)
    listed = visible(actor, rows).order_by("happened_on", "pk")
    return [
        (row.type, row.happened_on, reverse("record", args=[row.kind, row.pk])) for row in listed
    ]


def _typed(rows: list[PlanRow], sent: QueryDict) -> tuple[list[Planned], dict[str, str]]:
    """What was chosen, and what is no day."""
    chosen, faults = [], {}
    for row in rows:
        text = sent.get(f"day-{row.due}", "").strip()
        day = _day(text)
        if day:
            chosen.append(Planned(row.due, row.type, row.name, day, row.first, row.last))
        elif text:
            faults[row.due] = f"“{row.name}”的日期不认识：请写成 2026-06-25 的样子，或留空"
    return chosen, faults


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _faults_of(error: ValidationError) -> dict[str, str]:
    """The sentences by due; what is about all of them stands under none."""
    if hasattr(error, "error_dict"):
        return {name: "；".join(map(str, said)) for name, said in error.message_dict.items()}
    return {"": "；".join(error.messages)}


def _calendar(unit: Unit, month: Month) -> str:
    where = {"unit": unit.code, "year": month.year, "month": month.month, "view": "month"}
    return f"{reverse('calendar')}?{urlencode(where)}"


def _page(
    request: ActorRequest,
    unit: Unit,
    month: Month,
    rows: list[PlanRow],
    faults: Mapping[str, str],
    refusal: str,
) -> HttpResponse:
    sent, this = request.POST, Month.of(request.actor.today)
    if sent:
        rows = [
            replace(row, day=sent.get(f"day-{row.due}", ""), fault=faults.get(row.due, ""))
            for row in rows
        ]
    known = {row.due for row in rows}
    strange = "；".join(words for name, words in faults.items() if name not in known)
    page = PlanPage(
        title=f"安排{month.month}月",
        unit=unit,
        whose=unit_words(unit),
        month=month,
        months=tuple((str(each), f"{each.month}月", each == month) for each in (this, this + 1)),
        rows=tuple(row for row in rows if row.soon),
        later=tuple(row for row in rows if not row.soon),
        place=sent.get("place", ""),
        key=sent.get("key", "") or uuid.uuid4().hex,
        refusal=strange or refusal,
        back=_calendar(unit, month),
    )
    status = 422 if sent else 200
    return render(request, "calendar/plan.html", {"page": page}, status=status)
