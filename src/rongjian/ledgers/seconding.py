"""抽调: bringing people into a task force and letting them return; their home branch never changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.ledgers.task_force import TaskForce
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.org import bodies, temporary
from rongjian.org.access import require, visible
from rongjian.org.models import Affiliation, AffiliationKind, Person, Unit, UnitType, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor

SERVING = (UnitType.BRANCH, UnitType.JOINT_BRANCH, UnitType.TEMPORARY_BRANCH)
"""Branches that may take a task force on (编入)."""
_BETWEEN = re.compile(r"[\s、,，;；/]+")


def named_people(actor: Actor, text: str) -> tuple[list[Person], list[str]]:
    """The people that a list of names and numbers means, and a sentence for each that is unclear.

    Names are looked for among those whom the actor may see; people of another procuratorate are
    named by their number (工号).
    """
    words = list(dict.fromkeys(word for word in _BETWEEN.split(text.strip()) if word))
    seen = visible(actor, Person.objects.filter(name__in=words, left_on=None))
    by_name: dict[str, list[Person]] = {}
    for person in seen.select_related("court").order_by("staff_no"):
        by_name.setdefault(person.name, []).append(person)
    numbered = Person.objects.filter(staff_no__in=words, left_on=None).select_related("court")
    by_number = {person.staff_no: person for person in numbered}
    found: list[Person] = []
    unclear: list[str] = []
    for word in words:
        same = by_name.get(word, [])
        if word in by_number:
            found.append(by_number[word])
        elif len(same) == 1:
            found.append(same[0])
        elif same:
            numbers = "、".join(person.staff_no for person in same)
            unclear.append(f"“{word}”有 {len(same)} 人，请写工号：{numbers}")
        else:
            unclear.append(f"没有找到“{word}”：本院人员写姓名或工号，外院人员写工号")
    return found, unclear


def second(actor: Actor, force: Unit, people: Sequence[Person], on: date) -> list[Person]:
    """Second people from a day on, those who are there already left out; returns the new ones."""
    with transaction.atomic():
        require(actor, "edit", TaskForce.access_class, force)
        if on < force.founded_on:
            raise ValidationError(f"抽调日期 {on} 早于专班开始日期 {force.founded_on}")
        if force.dissolved_on and force.dissolved_on <= on:
            raise ValidationError(f"{force.short}已于 {force.dissolved_on} 撤销，不能再抽调人员")
        there = set(_belonging(force, on).values_list("person_id", flat=True))
        new = list({each.pk: each for each in people if each.pk not in there}.values())
        bodies.second(actor, [(force, person) for person in new], on, f"抽调 {len(new)} 人")
    return new


def release(actor: Actor, force: Unit, people: Iterable[int], on: date) -> int:
    """Let people return from a day on; the leader stays. Returns how many went."""
    with transaction.atomic():
        require(actor, "edit", TaskForce.access_class, force)
        rows = list(
            _belonging(force, on).filter(person__in=list(people)).select_related("unit__court")
        )
        leaders = TaskForce._default_manager.filter(task_force=force, state="approved")
        leading = set(leaders.values_list("leader_id", flat=True))
        if any(row.person_id in leading for row in rows):
            raise ValidationError("组长不能移出：请先在立项记录中更换组长")
        bodies.release(actor, rows, on, f"移出 {len(rows)} 人")
    return len(rows)


def _belonging(force: Unit, on: date) -> QuerySet[Affiliation]:
    return Affiliation.objects.filter(
        in_force(on), unit=force, kind=AffiliationKind.TASK_FORCE
    ).order_by("pk")


def serve(actor: Actor, force: Unit, branch: Unit) -> None:
    """Let a branch that exists take a task force on (编入), instead of one of its own."""
    with transaction.atomic():
        require(actor, "create", TemporaryBranch.access_class, force)
        if branch.type not in SERVING or branch.court_id != force.court_id:
            raise ValidationError("只能编入本院的党支部")
        if branch.dissolved_on and branch.dissolved_on <= actor.today:
            raise ValidationError(f"{branch.short}已撤销")
        if served := temporary.branches_of([force], actor.today).get(force.pk):
            raise ValidationError(f"{force.short}已由{served.short}负责")
        bodies.pair_bodies(actor, [(branch, force)], actor.today, f"{force.short}编入")
