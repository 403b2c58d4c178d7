"""What waits for somebody: dues of their units, own drafts, and what others handed in.

The status of a due is never stored: it follows from its answers, the calendar and today.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from rongjian.org.access import allowed, may_somewhere, visible
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import Due, Record

if TYPE_CHECKING:
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
    from rongjian.records.kinds import Kind

SOON = 3
"""Days before the day something is due from which its lamp warns."""
_WAITING = 8


@dataclass(frozen=True)
class DueLine:
    """A due with its status, which follows from the answers, the calendar and today."""

    due: Due
    kind: Kind
    lamp: str
    words: str
    days: int


def due_status(due_on: date, opens_on: date, missing: int, today: date) -> tuple[str, str]:
    """(lamp, words) of something due."""
    if missing <= 0:
        return "done", "已办"
    days = (due_on - today).days
    if days < 0:
        return "bad", f"逾期 {-days} 天"
    if days == 0:
        return "warn", "今天"
    if today < opens_on:
        return "off", "未开始"
    return ("warn" if days <= SOON else "ok"), f"剩 {days} 天"


def open_dues(actor: Actor) -> list[DueLine]:
    """What the actor's own units still owe and the actor may record, earliest first."""
    units = {post.unit_id for post in actor.posts}
    units.add(actor.person.department_id)
    if actor.person.branch_id is not None:
        units.add(actor.person.branch_id)
    counted = {state for kind in kinds() for state in kind.flow.counted}
    dues = (
        Due.objects.filter(unit__in=units, opens_on__lte=actor.today)
        .annotate(answered=Count("answers", filter=Q(answers__state__in=counted)))
        .filter(answered__lt=F("needed"))
        .select_related("unit__court")
        .order_by("due_on", "unit__path", "pk")
    )
    may: dict[tuple[int, str], bool] = {}
    found = []
    for due in dues:
        kind = kind_of(due.kind)
        place = (due.unit_id, kind.access)
        if place not in may:
            may[place] = allowed(actor, "create", kind.access, due.unit)
        if may[place]:
            lamp, words = due_status(due.due_on, due.opens_on, due.needed, actor.today)
            found.append(DueLine(due, kind, lamp, words, (due.due_on - actor.today).days))
    return found


def waiting_for(actor: Actor) -> list[tuple[Record, str]]:
    """Records that wait for the actor: own drafts, and what the actor may confirm of others'.

    Each with the code of the move that it waits for, newest first.
    """
    found: list[tuple[Record, str]] = []
    for kind in kinds():
        for state in kind.flow.states:
            step = _next_step(kind, state.code)
            if step is None or not may_somewhere(actor, step.right, kind.access):
                continue
            rows = kind.model._default_manager.filter(state=state.code)
            for name in step.needs:  # What is not filled in yet does not wait for this step.
                rows = rows.exclude(**{name: ""})
            if step.right == "submit":
                rows = rows.filter(author=actor.person)
            near = visible(actor, rows, step.right).select_related("unit__court")
            found += [(record, step.code) for record in near.order_by("-pk")[:_WAITING]]
    return sorted(found, key=lambda pair: pair[0].happened_on, reverse=True)


def _next_step(kind: Kind, state: str) -> Move | None:
    """The step that carries a record on from a state: handing it in, or confirming it."""
    onward = (move for move in kind.flow.moves_from(state) if move.right in {"submit", "approve"})
    return next(onward, None)
