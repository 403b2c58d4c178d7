"""What is done with several chosen rows of a ledger: one value into one field, a step, an export.

Every button is a plain form. What would happen is shown first, row by row; what cannot is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.org.access import Denied, may_somewhere, visible
from rongjian.records import actions, grid
from rongjian.records.actions import Stale, WrongState, check_step
from rongjian.records.bulk_moves import move_many
from rongjian.records.grid import Entry
from rongjian.records.grid_reading import in_grid
from rongjian.records.kinds import Kind, kind_of
from rongjian.records.queries import Reading, about, shown, with_names
from rongjian.web.export import XLSX, workbook
from rongjian.web.grid_layout import labels
from rongjian.web.pages.ledger_list import attachment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rongjian.records.flows import Move
    from rongjian.records.models import Record
    from rongjian.web.middleware import ActorRequest

_NO_BATCH = {"key"}
"""What no two rows may share."""


@dataclass(frozen=True)
class Chosen:
    """The rows that were ticked, as they were read, in the order of the list."""

    records: tuple[Record, ...]
    versions: dict[int, int]
    query: str

    @property
    def marks(self) -> list[str]:
        """The rows as the form sends them on."""
        return [f"{record.pk}:{self.versions[record.pk]}" for record in self.records]


@dataclass(frozen=True)
class Line:
    """What would become of one row."""

    record: Record
    about: str
    before: str
    after: str
    refusal: str


@dataclass(frozen=True)
class SelectedPage:
    """One thing to be done with the chosen rows, before and after its preview."""

    title: str
    kind: Kind
    chosen: Chosen
    back: str
    fields: tuple[tuple[str, str, bool], ...] = ()
    offered: tuple[tuple[str, tuple[str, ...]], ...] = ()
    value: str = ""
    move: Move | None = None
    lines: tuple[Line, ...] = ()
    ready: int = 0
    same: int = 0
    key: str = ""

    @property
    def refused(self) -> int:
        """How many rows it cannot be done with."""
        return sum(bool(line.refusal) for line in self.lines)


def selected(request: ActorRequest, code: str) -> HttpResponse:
    """Carry out the button that was pressed over the chosen rows."""
    kind, actor = kind_of(code), request.actor
    if not may_somewhere(actor, "view", kind.access):
        raise Denied(f"没有权限：您的岗位不能查看“{kind.name}”的记录")
    if request.method != "POST":
        return redirect("ledger", code)
    chosen = _chosen(request, kind)
    if not chosen.records:
        messages.warning(request, "请先勾选要办理的记录。")
        return redirect(_back(kind, chosen))
    do, _, step = request.POST.get("do", "").partition(":")
    action = _ACTIONS.get(do)
    if action is None:
        raise Http404("没有这个操作。")
    return action(request, kind, chosen, step)


def _chosen(request: ActorRequest, kind: Kind) -> Chosen:
    """The ticked rows that the actor may view; the others do not exist."""
    versions: dict[int, int] = {}
    for mark in request.POST.getlist("row")[: grid.MOST]:
        pk, _, version = mark.partition(":")
        if pk.isdecimal() and version.isdecimal() and len(pk) < 19 and len(version) < 10:
            versions[int(pk)] = int(version)
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    query.pop("form", None)
    rows = with_names(kind, kind.model._default_manager.filter(pk__in=versions), kind.columns)
    found = {each.pk: each for each in visible(request.actor, rows.select_related("court"))}
    return Chosen(tuple(found[pk] for pk in versions if pk in found), versions, query.urlencode())


def _back(kind: Kind, chosen: Chosen) -> str:
    return f"{reverse('ledger', args=[kind.code])}?{chosen.query}"


# --- one value into one field ----------------------------------------------------------------


def _change(request: ActorRequest, kind: Kind, chosen: Chosen, _: str) -> HttpResponse:
    """Ask which field gets which value; with both, show what would change."""
    actor = request.actor
    if not may_somewhere(actor, "edit", kind.access):
        raise Denied(f"没有权限：您的岗位不能修改“{kind.name}”")
    names = [name for name in kind.fields if name in in_grid(kind, kind.fields) - _NO_BATCH]
    name, value = request.POST.get("field", ""), request.POST.get("value", "")
    lines: tuple[Line, ...] = ()
    ready = same = 0
    if name in names:
        outcomes = grid.check(actor, kind, _entries(chosen, name, value))
        before = {record.pk: shown(kind, name, record, masked=False) for record in chosen.records}
        lines = tuple(
            Line(
                record,
                about(record),
                before[record.pk],
                done.texts.get(name, ""),
                "".join(fault.message for fault in done.faults.values()),
            )
            for record, done in zip(chosen.records, outcomes, strict=True)
        )
        ready = sum(bool(each.written) for each in outcomes)
        same = sum(not each.written and not each.faults for each in outcomes)
    page = SelectedPage(
        title=f"批量修改 {len(chosen.records)} 条{kind.name}",
        kind=kind,
        chosen=chosen,
        back=_back(kind, chosen),
        fields=tuple((each, kind.heading(each), each == name) for each in names),
        offered=tuple((kind.heading(each), labels(kind, each)) for each in names),
        value=value,
        lines=lines,
        ready=ready,
        same=same,
    )
    return render(request, "ledger/selected.html", {"page": page})


def _entries(chosen: Chosen, name: str, value: str) -> list[Entry]:
    return [
        Entry(record.pk, {name: value}, version=chosen.versions[record.pk])
        for record in chosen.records
    ]


def _write(request: ActorRequest, kind: Kind, chosen: Chosen, _: str) -> HttpResponse:
    """Write the value into all rows that take it, as the preview had said."""
    name, value = request.POST.get("field", ""), request.POST.get("value", "")
    if name not in in_grid(kind, kind.fields) - _NO_BATCH:
        raise Http404("没有这个字段。")
    what = f"批量修改“{kind.heading(name)}” {len(chosen.records)} 条"
    outcomes = grid.write(request.actor, kind, _entries(chosen, name, value), what)
    done = sum(bool(each.written) for each in outcomes)
    refused = [fault.message for each in outcomes for fault in each.faults.values()]
    words = f"“{kind.heading(name)}”已改 {done} 条，{len(outcomes) - done} 条未改。"
    messages.success(request, words)
    for message in list(dict.fromkeys(refused))[:3]:
        messages.warning(request, f"没有修改：{message}")
    return redirect(_back(kind, chosen))


# --- a step of the flow ----------------------------------------------------------------------


def _move(request: ActorRequest, kind: Kind, chosen: Chosen, step_code: str) -> HttpResponse:
    """Show which of the rows can take the step, and why others cannot."""
    step = _step(kind, step_code)
    refusals = _refusals(request, chosen.records, step)
    lines = tuple(
        Line(record, about(record), kind.flow.state(record.state).name, "", refusal)
        for record, refusal in zip(chosen.records, refusals, strict=True)
    )
    page = SelectedPage(
        title=f"{step.name} {len(chosen.records)} 条{kind.name}",
        kind=kind,
        chosen=chosen,
        back=_back(kind, chosen),
        move=step,
        lines=lines,
        ready=sum(not refusal for refusal in refusals),
    )
    return render(request, "ledger/selected.html", {"page": page})


def _step(kind: Kind, code: str) -> Move:
    step = {each.code: each for each in kind.flow.moves}.get(code)
    if step is None:
        raise Http404("没有这个办理步骤。")
    return step


def _refusals(request: ActorRequest, records: Sequence[Record], step: Move) -> list[str]:
    """Why each of the rows cannot take a step; empty where it can."""
    found = []
    for record in records:
        try:
            check_step(request.actor, record, step)
        except (WrongState, Denied) as error:
            found.append(str(error))
        else:
            found.append("")
    return found


def _take(request: ActorRequest, kind: Kind, chosen: Chosen, step_code: str) -> HttpResponse:
    """Take the step with all rows that can; all of those or none."""
    step, detail = _step(kind, step_code), request.POST.get("detail", "").strip()[:200]
    refusals = _refusals(request, chosen.records, step)
    records = [each for each, no in zip(chosen.records, refusals, strict=True) if not no]
    for record in records:
        record.version = chosen.versions[record.pk]
    if step.asks and not detail:
        messages.error(request, f"没有{step.name}：请填写{step.asks}。")
        return _move(request, kind, chosen, step_code)
    try:
        done = move_many(request.actor, kind, records, step.code, detail=detail)
    except WrongState as error:
        messages.error(request, f"没有办理：{error}。")
    except ValidationError as error:
        messages.error(request, f"没有办理：{'；'.join(error.messages)}")
    except Stale as error:
        messages.warning(
            request, f"没有{step.name}：“{error.current}”刚被别人改过，请看过现在的内容再办。"
        )
    else:
        left = len(chosen.records) - len(done)
        messages.success(
            request, f"已{step.name} {len(done)} 条" + (f"，{left} 条未办。" if left else "。")
        )
    return redirect(_back(kind, chosen))


# --- a file ----------------------------------------------------------------------------------


def _export(request: ActorRequest, kind: Kind, chosen: Chosen, _: str) -> HttpResponse:
    """The chosen rows as .xlsx, as far as the actor may export them."""
    actor = request.actor
    if not may_somewhere(actor, "export", kind.access):
        raise Denied(f"没有权限：您的岗位不能导出“{kind.name}”")
    ids = [record.pk for record in chosen.records]
    rows = visible(actor, kind.model._default_manager.filter(pk__in=ids), "export")
    number = rows.count()
    if not number:
        raise Denied(f"没有权限：您的岗位不能导出这些“{kind.name}”记录")
    actions.opened(actor, kind.code, actor.person.court, f"导出所选 {number} 条")
    read = Reading(rows, projected=False, reader=actor)
    return attachment(workbook(kind, read, rows), XLSX, kind, actor, "xlsx")


_ACTIONS: dict[str, Callable[[ActorRequest, Kind, Chosen, str], HttpResponse]] = {
    "change": _change,
    "write": _write,
    "move": _move,
    "take": _take,
    "export": _export,
}
