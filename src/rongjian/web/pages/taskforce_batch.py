"""专班 for the Party office: checking, asking, approving and dissolving for many in one go."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.ledgers import force_batch
from rongjian.ledgers.task_force import TaskForce
from rongjian.org import temporary
from rongjian.org.access import Denied, reach_units, visible
from rongjian.org.models import Unit, UnitType
from rongjian.records.actions import Stale, WrongState
from rongjian.records.queries import unit_words
from rongjian.web import force_view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from rongjian.ledgers.force_batch import Verdict
    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

MOST = 800
"""So many rows at most in one form; a browser's form may not have many more fields."""
TABS = (("request", "待成立"), ("approve", "报批中"), ("end", "到期"))


@dataclass(frozen=True)
class Line:
    """One row that can be chosen: a task force, with what was found out about it."""

    value: str
    code: str
    name: str
    told: str
    reasons: tuple[str, ...] = ()
    ok: bool = True


@dataclass(frozen=True)
class BatchPage:
    """The rows of one tab, before or after checking."""

    title: str
    tab: str
    tabs: tuple[tuple[str, str, int], ...]
    lines: tuple[Line, ...]
    checked: bool
    chosen: frozenset[str]
    key: str

    @property
    def fitting(self) -> tuple[Line, ...]:
        """The checked rows that fit."""
        return tuple(line for line in self.lines if line.ok)

    @property
    def others(self) -> tuple[Line, ...]:
        """The checked rows that need something first."""
        return tuple(line for line in self.lines if not line.ok)


def batch(request: ActorRequest) -> HttpResponse:
    """The batch page; a post checks, or carries out what was checked."""
    actor = request.actor
    if not force_view.may_batch(actor):
        raise Denied("没有权限：批量办理临时党支部只授予机关党委")
    tab = request.GET.get("do", "")
    tab = tab if tab in dict(TABS) else "request"
    if request.method == "POST" and request.POST.get("step") == "carry-out":
        return _carry_out(request, tab)
    chosen = request.POST.getlist("force")[:MOST]
    checked = request.method == "POST" and tab == "request"
    rows = _rows(actor)
    lines = _checked(actor, chosen) if checked else _LINES[tab](rows[tab], actor.today)
    page = BatchPage(
        title="批量办理临时党支部",
        tab=tab,
        tabs=tuple((name, words, len(rows[name])) for name, words in TABS),
        lines=tuple(lines[:MOST]),
        checked=checked,
        chosen=frozenset(chosen),
        key=str(uuid.uuid4()),
    )
    return render(request, "taskforce/batch.html", {"page": page})


def _forces(actor: Actor) -> list[Unit]:
    """The task forces at work whose branches the actor may approve, in code order."""
    rows = Unit.objects.filter(type=UnitType.TASK_FORCE, founded_on__lte=actor.today)
    rows = rows.exclude(dissolved_on__lte=actor.today).select_related("court").order_by("path")
    reach = reach_units(actor, "approve", "temporary_branch")
    return list(rows.filter(pk__in=reach.values("pk")))


def _rows(actor: Actor) -> dict[str, list[Unit]]:
    """The task forces of each tab: without a branch, with a request, and past their end."""
    forces = _forces(actor)
    setups, asked = force_batch.setups_of(forces), force_batch.requests_of(forces)
    served = temporary.branches_of(forces, actor.today)
    waiting = [f for f in forces if f.pk in asked and asked[f.pk].state == "submitted"]
    late = [f for f in forces if f.pk in setups and force_batch.overdue(setups[f.pk], actor.today)]
    rest = [f for f in forces if f.pk not in served and f not in waiting and f not in late]
    return {"request": rest, "approve": waiting, "end": late}


def _checked(actor: Actor, chosen: Sequence[str]) -> list[Line]:
    """The chosen task forces with what checking found."""
    forces = [force for force in _forces(actor) if force.code in set(chosen)]
    return [_verdict_line(each) for each in force_batch.check(forces, actor.today)]


def _verdict_line(found: Verdict) -> Line:
    told = "；".join(each.words for each in found.conditions[:2])
    return Line(
        found.force.code, found.force.code, unit_words(found.force), told, found.reasons, found.ok
    )


def _request_lines(forces: Sequence[Unit], _: date) -> list[Line]:
    setups = force_batch.setups_of(forces)
    found = []
    for force in forces:
        setup = setups.get(force.pk)
        told = f"{force.founded_on} 至 {setup.ends_on}" if setup else f"{force.founded_on} 起"
        found.append(Line(force.code, force.code, unit_words(force), told))
    return found


def _approve_lines(forces: Sequence[Unit], _: date) -> list[Line]:
    asked = force_batch.requests_of(forces)
    return [
        Line(
            str(asked[force.pk].pk),
            force.code,
            unit_words(force),
            f"党员 {asked[force.pk].members} 名，报{asked[force.pk].approved_by.short}",
        )
        for force in forces
    ]


def _end_lines(forces: Sequence[Unit], today: date) -> list[Line]:
    setups = force_batch.setups_of(forces)
    found = []
    for force in forces:
        setup = setups[force.pk]
        days = force_batch.overdue(setup, today)
        told = f"预计 {setup.ends_on} 结束，已过 {days} 天"
        found.append(Line(str(setup.pk), force.code, unit_words(force), told))
    return found


_LINES: dict[str, Callable[[Sequence[Unit], date], list[Line]]] = {
    "request": _request_lines,
    "approve": _approve_lines,
    "end": _end_lines,
}


def _carry_out(request: ActorRequest, tab: str) -> HttpResponse:
    """Do what was chosen, in one transaction; sent twice, it is done once."""
    chosen = request.POST.getlist("force")[:MOST]
    key = request.POST.get("idempotency", "")[:64]
    words = request.POST.get("words", "").strip()[:40]
    try:
        done = _ACTS[tab](request.actor, chosen, key, words)
        messages.success(request, f"已{_SAID[tab]} {done} 个。")
        left = len(chosen) - done
        if left > 0:
            messages.warning(request, f"另有 {left} 个已不符合条件，没有办理，仍列在下面。")
    except (WrongState, Denied) as error:
        messages.error(request, f"没有办理，一个也没有改动：{error}")
    except Stale as stale:
        messages.warning(request, f"没有办理，一个也没有改动：{stale.current}刚被别人改过。")
    return redirect(f"{reverse('taskforce-batch')}?do={tab}")


_SAID = {"request": "呈批", "approve": "同意", "end": "撤销"}


def _request(actor: Actor, chosen: Sequence[str], key: str, _: str) -> int:
    forces = [force for force in _forces(actor) if force.code in set(chosen)]
    return len(force_batch.request(actor, forces, key))


def _approve(actor: Actor, chosen: Sequence[str], key: str, words: str) -> int:
    requests = force_batch.pending([int(pk) for pk in chosen if pk.isdecimal()])
    return len(force_batch.approve(actor, requests, key, words))


def _end(actor: Actor, chosen: Sequence[str], key: str, words: str) -> int:
    ids = [int(pk) for pk in chosen if pk.isdecimal()]
    rows = TaskForce._default_manager.filter(pk__in=ids)
    rows = visible(actor, rows, "void").select_related("unit__court", "court", "task_force__court")
    setups = [
        each for each in rows.order_by("unit__path", "pk") if force_batch.overdue(each, actor.today)
    ]
    return len(force_batch.end(actor, setups, key, words or "专班任务结束"))


_ACTS: dict[str, Callable[[Actor, Sequence[str], str, str], int]] = {
    "request": _request,
    "approve": _approve,
    "end": _end,
}
