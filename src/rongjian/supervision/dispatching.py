"""Turning a document into tasks, and sending them to units: the way down of a deployment.

What is sent creates dues, one for each task and unit; nothing else in the product does that for a
deployment. A unit without a contact gets nothing yet, and is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from rongjian.kernel.workdays import add_workdays
from rongjian.log import audit, door, receipts
from rongjian.org.access import reach_units, require
from rongjian.org.models import Unit
from rongjian.org.own_days import own_days
from rongjian.records.actions import WrongState, link, move, save
from rongjian.records.models import Due, LinkKind, Record
from rongjian.supervision.contacts import contacts_of as contacts_of
from rongjian.supervision.deployment import Deployment, Task
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import PleaKind, Receipt, owed_at
from rongjian.supervision.policy import follow_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.kernel.outline import Heading
    from rongjian.org.access import Actor
    from rongjian.org.models import Person


@dataclass(frozen=True)
class Planned:
    """A task as somebody plans it: `parent` is the place of its parent among the planned ones."""

    words: str
    due_on: date
    mark: str = ""
    text: str = ""
    parent: int | None = None
    ledger: str = ""
    counts_state: str = ""


@dataclass(frozen=True)
class Sent:
    """What became of sending: the receipts made now, and the units that have nobody to sign for it."""

    receipts: tuple[Receipt, ...]
    without_contact: tuple[Unit, ...]


def proposed(headings: Sequence[Heading], due_on: date) -> list[Planned]:
    """The tasks that the outline of a text suggests, each with the limit of the whole."""
    return [
        Planned(each.words, due_on, each.mark, each.text[:2000], each.parent) for each in headings
    ]


def lay_out(
    actor: Actor,
    deployment: Deployment,
    tasks: Sequence[Planned],
    source: Record | None = None,
    *,
    key: str = "",
) -> Deployment:
    """Save a draft with its tasks, in place of those that it had; a decision or finding is its basis.

    Where a department leads and nobody is named, its contact reviews what units report.
    Raises Denied, ValidationError (a task's by its place, as `task-0`), WrongState once it is sent.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.holder, key):
            return Deployment._default_manager.get(pk=done[0])
        if deployment.pk and deployment.state != "draft":
            raise WrongState("已下发的部署不能再改任务，可作废后重新部署")
        if not deployment.key:
            deployment.key = next_key(deployment.unit, actor.today)
        if deployment.leading is not None and deployment.reviewer is None:
            leading = deployment.leading
            deployment.reviewer = contacts_of([leading], actor.today).get(leading.pk)
        save(actor, deployment)
        _refuse_passing_on(deployment)
        _refuse(deployment, tasks)
        deployment.tasks.all().delete()
        made: list[Task] = []
        for number, planned in enumerate(tasks, start=1):
            parent = made[planned.parent] if planned.parent is not None else None
            made.append(_task(deployment, number, planned, parent))
        if source is not None:
            link(actor, deployment, source, LinkKind.BASIS)
        receipts.keep(actor.holder, key, [deployment.pk])
    return deployment


def next_key(unit: Unit, today: date) -> str:
    """The next number of a procuratorate's deployments in a year: 450100-2026-07."""
    court = unit.court or unit
    begins = f"{court.code}-{today.year}-"
    keys = Deployment._default_manager.filter(key__startswith=begins).values_list("key", flat=True)
    tails = (key.removeprefix(begins) for key in keys)
    # As numbers: 99 comes before 100, and what somebody numbered otherwise counts nowhere.
    last = max((int(tail) for tail in tails if tail.isdecimal()), default=0)
    return f"{begins}{last + 1:02}"


def _refuse_passing_on(deployment: Deployment) -> None:
    """Only what the own house received is handed down by it, and not with more time than it has."""
    above = deployment.passes_on
    if above is None:
        return
    if above.unit_id != deployment.unit_id:
        raise ValidationError({"unit": f"只能由收到的{above.unit.short}转部署"})
    # What was extended above leaves as much time below.
    own = above.deployment.owed().filter(unit=above.unit)
    limit = own.aggregate(Max("due_on"))["due_on__max"] or above.deployment.due_on
    if deployment.due_on > limit:
        raise ValidationError({"due_on": f"晚于上级时限 {limit}：请改时限，或先向上级申请延期"})


def _refuse(deployment: Deployment, tasks: Sequence[Planned]) -> None:
    found: dict[str, list[str]] = {}
    if not tasks:
        found["tasks"] = ["没有任务：请从文件拆分，或添加一项"]
    days = own_days(deployment.unit)
    for place, task in enumerate(tasks):
        first = add_workdays(deployment.happened_on, 0, days)
        if not task.words.strip():
            found[f"task-{place}"] = ["请写任务内容，或删去这一项"]
        elif not deployment.happened_on <= task.due_on:
            found[f"task-{place}"] = [
                f"时限 {task.due_on} 早于部署日期 {deployment.happened_on}：请改时限"
            ]
        elif task.due_on < first:
            found[f"task-{place}"] = [
                f"从部署日期到时限 {task.due_on} 没有工作日：请把时限改到 {first} 或以后"
            ]
        elif task.due_on > deployment.due_on:
            found[f"task-{place}"] = [
                f"时限 {task.due_on} 晚于总时限 {deployment.due_on}：请改时限，或延长总时限"
            ]
        door.refuse({"words": task.words, "text": task.text})
    if found:
        raise ValidationError(found)


def _task(deployment: Deployment, number: int, planned: Planned, parent: Task | None) -> Task:
    task = Task(
        deployment=deployment,
        number=number,
        mark=planned.mark,
        words=planned.words.strip(),
        text=planned.text.strip(),
        parent=parent,
        due_on=planned.due_on,
        ledger=planned.ledger,
        counts_state=planned.counts_state,
    )
    task.full_clean(exclude=["deployment", "parent"])
    task.save()
    return task


# --- sending ---------------------------------------------------------------------------------------------


def dispatch(actor: Actor, deployment: Deployment, units: Iterable[Unit], *, key: str = "") -> Sent:
    """Send a deployment to units: a receipt each, and a due for each task; again for units left out.

    Denied for a unit out of reach; WrongState without a task, or where nobody could be sent anything.
    """
    chosen = list(units)
    with transaction.atomic():
        # Who presses at the same moment waits, and then finds it sent.
        now = Record.objects.select_for_update(of=("self",)).get(pk=deployment.pk)
        deployment.state, deployment.version = now.state, now.version
        require(actor, "assign", "task", deployment.unit, deployment)
        within = set(reach_units(actor, "assign", "task").values_list("pk", flat=True))
        for unit in chosen:
            if unit.pk not in within:
                require(actor, "assign", "task", unit)
        if not deployment.tasks.exists():
            raise WrongState("没有任务可以下发：请先从文件拆分，或添加任务")
        if deployment.state not in ("draft", "issued"):
            raise WrongState("已办结或作废的部署不能再下发")
        passed = deployment.tasks.filter(parts=None, due_on__lt=actor.today).first()
        if deployment.state == "draft" and passed is not None:
            raise WrongState(f"“{passed}”的时限 {passed.due_on} 已过：请先改时限，再下发")
        held = set(deployment.receipts.values_list("unit", flat=True))
        new = [unit for unit in chosen if unit.pk not in held]
        known = contacts_of(new, actor.today)
        made = _send(actor, deployment, [unit for unit in new if unit.pk in known], known)
        if deployment.state == "draft" and made:
            move(actor, deployment, "issue", key=key)
    return Sent(tuple(made), tuple(unit for unit in new if unit.pk not in known))


def _send(
    actor: Actor, deployment: Deployment, units: Sequence[Unit], known: Mapping[int, Person]
) -> list[Receipt]:
    made = Receipt.objects.bulk_create(
        [
            Receipt(deployment=deployment, unit=unit, contact=known[unit.pk], issued_at=actor.now)
            for unit in units
        ]
    )
    leaves = list(deployment.tasks.filter(parts=None))
    Due.objects.bulk_create(
        [
            Due(
                origin=deployment.origin(task.number),
                unit=unit,
                kind=TaskFeedback.kind_code,
                opens_on=actor.today,
                due_on=max(task.due_on, actor.today),
                reason=f"{deployment.title}：{task}"[:200],
            )
            for unit in units
            for task in leaves
        ]
    )
    if made:
        audit.append(
            actor,
            "dispatch",
            f"deployment:{deployment.pk}",
            stream=deployment.court.code,
            record_id=deployment.pk,
            detail=f"下发 {len(made)} 个单位、{len(leaves)} 项任务："
            + "、".join(unit.code for unit in units),
        )
    return made


# --- before sending ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """How many deployments a unit has not finished, before another one is added."""

    unit: Unit
    open: int

    @property
    def busy(self) -> bool:
        """Whether it has so many that another should be thought over."""
        return self.open >= follow_up().busy_from


def loads(units: Iterable[Unit]) -> list[Load]:
    """The open deployments of units, in code order."""
    wanted = {unit.pk: unit for unit in units}
    counts: dict[int, int] = dict.fromkeys(wanted, 0)
    owing = owed_at(OuterRef("deployment"), OuterRef("unit"))
    excused = Q(pleas__kind=PleaKind.EXCUSE, pleas__accepted=True)
    left = owing.exclude(pk__in=Due.objects.filter(excused))
    rows = Receipt.objects.filter(Exists(left), unit__in=wanted, deployment__state="issued")
    for unit in rows.values_list("unit", flat=True):
        counts[unit] += 1
    return sorted(
        (Load(unit, counts[pk]) for pk, unit in wanted.items()), key=lambda load: load.unit.path
    )
