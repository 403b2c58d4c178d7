"""Many task forces at once: checking the conditions, asking for branches, approving, dissolving.

Each is one transaction with one line in the log for each sort of thing, however many there are; a
repeated request with the same key does nothing more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from rongjian.ledgers.task_force import TaskForce
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.log import receipts
from rongjian.org import temporary
from rongjian.org.access import require, visible
from rongjian.org.temporary import Condition, Plan
from rongjian.records.bulk import create_many
from rongjian.records.bulk_moves import move_many
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit


@dataclass(frozen=True)
class Verdict:
    """What checking found for one task force."""

    force: Unit
    setup: TaskForce | None
    conditions: tuple[Condition, ...]
    obstacle: str = ""

    @property
    def ok(self) -> bool:
        """Whether a branch can be asked for."""
        return not self.obstacle and all(each.ok for each in self.conditions)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not, each with its ways out."""
        if self.obstacle:
            return (self.obstacle,)
        return tuple(str(each) for each in self.conditions if not each.ok)


def setups_of(forces: Sequence[Unit]) -> dict[int, TaskForce]:
    """The record that set each task force up, by the task force's id."""
    rows = TaskForce._default_manager.filter(task_force__in=forces).exclude(state="void")
    found = rows.select_related("leader", "unit__court", "court").order_by("pk")
    return {row.task_force_id: row for row in found if row.task_force_id}


def requests_of(forces: Sequence[Unit]) -> dict[int, TemporaryBranch]:
    """The latest request for a branch of each task force, by the task force's id."""
    rows = TemporaryBranch._default_manager.filter(unit__in=forces).exclude(state="void")
    found = rows.select_related(*_NEEDED).order_by("pk")
    return {row.unit_id: row for row in found}


_NEEDED = (
    *("unit__court", "court", "joint", "secretary", "organiser", "author"),
    *("approved_by__court", "branch__court"),
)


def pending(ids: Sequence[int]) -> list[TemporaryBranch]:
    """Requests by their ids with all that a step needs, in code order of the task forces."""
    rows = TemporaryBranch._default_manager.filter(pk__in=ids).select_related(*_NEEDED)
    return list(rows.order_by("unit__path", "pk"))


def check(forces: Sequence[Unit], today: date) -> list[Verdict]:
    """The conditions of task forces whose leader is to be secretary, in the order given."""
    setups, asked = setups_of(forces), requests_of(forces)
    served = temporary.branches_of(forces, today)
    plans = [_plan(force, setups.get(force.pk), today) for force in forces]
    found = temporary.conditions_of(plans, today)
    return [
        Verdict(force, setups.get(force.pk), judged, _obstacle(force, asked, served, today))
        for force, judged in zip(forces, found, strict=True)
    ]


def _plan(force: Unit, setup: TaskForce | None, today: date) -> Plan:
    if setup is None:
        return Plan(force, today, None, None)
    return Plan(force, max(setup.happened_on, today), setup.ends_on, setup.leader)


def _obstacle(
    force: Unit, asked: dict[int, TemporaryBranch], served: dict[int, Unit], today: date
) -> str:
    if force.dissolved_on and force.dissolved_on <= today:
        return "专班已撤销"
    if force.pk in served:
        return f"已由{served[force.pk].short}负责"
    request = asked.get(force.pk)
    if request and request.state in {"draft", "submitted"}:
        return "临时党支部已在报批" if request.state == "submitted" else "已有报批的草稿"
    return ""


def request(actor: Actor, forces: Sequence[Unit], key: str) -> list[int]:
    """Ask for a branch of every task force that fits; returns the requests' ids.

    The others are left as they are: `check` says why.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return done
        fitting = [each for each in check(forces, actor.today) if each.ok]
        for each in fitting:
            require(actor, "submit", TemporaryBranch.access_class, each.force)
        above = temporary.superiors({each.force.court_id or 0 for each in fitting})
        counted = temporary.members_of(
            [_plan(each.force, each.setup, actor.today) for each in fitting], actor.today
        )
        rows = [
            {
                "unit_id": each.force.pk,
                "task_force_id": each.force.pk,
                "happened_on": actor.today,
                "secretary_id": each.setup.leader_id,
                "approved_by_id": above[each.force.court_id or 0].pk,
                "campaign": each.setup.campaign,
                "members": members,
            }
            for each, members in zip(fitting, counted, strict=True)
            if each.setup is not None
        ]
        kind = kind_of(TemporaryBranch.kind_code)
        return create_many(actor, kind, rows, key=key, state="submitted")


def approve(actor: Actor, requests: Sequence[TemporaryBranch], key: str, words: str) -> list[int]:
    """Approve requests: their branches, pairings and officers come into being."""
    kind = kind_of(TemporaryBranch.kind_code)
    return move_many(actor, kind, requests, "approve", key=key, detail=words)


def end(actor: Actor, setups: Sequence[TaskForce], key: str, words: str) -> list[int]:
    """End task forces, and with them their branches."""
    kind = kind_of(TaskForce.kind_code)
    return move_many(actor, kind, setups, "end", key=key, detail=words)


def late(actor: Actor) -> list[TaskForce]:
    """Settings up that the actor may end and whose planned end is long enough ago."""
    days = timedelta(days=temporary.afterwards().remind_after_days)
    rows = TaskForce._default_manager.filter(state="approved", ends_on__lte=actor.today - days)
    seen = visible(actor, rows, "void").select_related("task_force__court")
    return list(seen.order_by("unit__path", "pk"))


def overdue(setup: TaskForce, today: date) -> int:
    """For how many days a task force should have ended, once it is time to ask about it; else 0."""
    days = (today - setup.ends_on).days
    return days if days >= temporary.afterwards().remind_after_days else 0
