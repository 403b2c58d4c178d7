"""What waits for somebody: own drafts, and what others handed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.org.access import may_somewhere, visible
from rongjian.records.kinds import kinds

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

_WAITING = 8


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
