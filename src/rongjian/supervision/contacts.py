"""Who signs for what is deployed to a unit, and what to do where a unit has nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.org.access import roles
from rongjian.org.models import Person, Post, PostState, Unit, in_force
from rongjian.supervision.policy import contacts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date


def contacts_of(units: Iterable[Unit], today: date) -> dict[int, Person]:
    """By a unit's id: who signs for what is deployed to it; units that have nobody are missing."""
    return _holders(units, contacts(), today)


def _holders(
    units: Iterable[Unit], asked: Mapping[str, tuple[str, ...]], today: date
) -> dict[int, Person]:
    wanted = {unit.pk: asked.get(unit.type, ()) for unit in units}
    every = {role for roles in wanted.values() for role in roles}
    posts = (
        Post.objects.filter(
            in_force(today), unit__in=wanted, role__in=every, state=PostState.APPROVED
        )
        .filter(person__left_on=None)
        .select_related("person")
        .order_by("valid_from", "pk")
    )
    found: dict[int, tuple[int, Person]] = {}
    for post in posts:
        if post.role not in wanted[post.unit_id]:
            continue
        rank = wanted[post.unit_id].index(post.role)
        if post.unit_id not in found or rank < found[post.unit_id][0]:
            found[post.unit_id] = (rank, post.person)
    return {unit: person for unit, (_, person) in found.items()}


def missing(unit: Unit) -> str:
    """What to tell of a unit that has no contact: which post it lacks, who asks for it and who grants it."""
    wanted = contacts().get(unit.type)
    if not wanted:
        return f"{unit.short}不是督办任务的承办单位：请改选其所在的检察院、部门或党支部"
    role = roles()[wanted[0]]
    office = "机关党委" if role.tree == "party" else "干部人事"
    return (
        f"{unit.short}没有{role.name}：请该院{office}在“人员”页提出任职，"
        f"由{roles()[role.approver].name}核准后再下发"
    )
