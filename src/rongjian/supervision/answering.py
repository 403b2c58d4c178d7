"""What a unit does about what it was sent: signing for it, giving it on, reporting, asking for more time.

Accepting or sending back is a step of the report's own flow (`feedback.py`); deciding on a reason or an
extension is here. Whoever asked never decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from rongjian.kernel.workdays import add_workdays
from rongjian.log import audit, door, receipts
from rongjian.log.images import image_of
from rongjian.org.access import allowed, require, visible
from rongjian.org.own_days import own_days
from rongjian.records.actions import WrongState, move, save
from rongjian.records.excuses import Excuse
from rongjian.records.kinds import kind_of
from rongjian.records.models import Due
from rongjian.supervision.feedback import Drawn, TaskFeedback, to_answer
from rongjian.supervision.models import Instruction, Plea, PleaKind, Receipt, Reminder
from rongjian.supervision.policy import follow_up, last_limit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.kernel.workdays import Overrides
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.records.models import Record
    from rongjian.supervision.deployment import Deployment, Task


# --- on the way down ---------------------------------------------------------------------------------------


def receive(actor: Actor, receipt: Receipt) -> Receipt:
    """签收; once for all. Denied for anybody but the unit's own."""
    with transaction.atomic():
        held = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        require(actor, "submit", "task_feedback", held.unit, held)
        if held.received_at is None:
            before = image_of(held)
            held.received_at, held.received_by = actor.now, actor.person
            held.save(update_fields=["received_at", "received_by"])
            _log(actor, "receive", held, before)
    return held


def assign(actor: Actor, receipt: Receipt, unit: Unit) -> Receipt:
    """交办: give it to a department of the own procuratorate; receiving it is part of that."""
    with transaction.atomic():
        held = receive(actor, receipt)
        if unit.court_id != held.unit.court_id:
            raise ValidationError({"unit": "只能交给本院的部门；交给下级院请“转部署”"})
        before = image_of(held)
        held.assigned_to, held.assigned_at = unit, actor.now
        held.save(update_fields=["assigned_to", "assigned_at"])
        _log(actor, "assign", held, before, unit.code)
    return held


# --- reporting ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """What a ledger says about a task at a unit now."""

    task: Task
    drawn: int


def counts(actor: Actor, receipt: Receipt) -> list[Count]:
    """For each task that takes its figure from a ledger: how many records since it was deployed.

    A ledger whose figures the actor may not have is left out: not known is not 0.
    """
    tasks = receipt.deployment.tasks.exclude(ledger="").filter(parts=None)
    return [
        Count(task, _counted(receipt, task, actor.today).count())
        for task in tasks
        if any(
            allowed(actor, verb, kind_of(task.ledger).access, receipt.unit)
            for verb in ("figures", "view")
        )
    ]


def ledger_rows(actor: Actor, receipt: Receipt, task: Task) -> QuerySet[Record]:
    """The records behind the figure of a task, as far as the actor may read them one by one."""
    return visible(actor, _counted(receipt, task, actor.today), "view")


def _counted(receipt: Receipt, task: Task, today: date) -> QuerySet[Record]:
    """The unit's own records and those below it, in counted states, since it was deployed."""
    kind = kind_of(task.ledger)
    states = [task.counts_state] if task.counts_state else list(kind.flow.counted)
    return kind.model._default_manager.filter(
        unit__path__startswith=receipt.unit.path,
        state__in=states,
        happened_on__gte=receipt.deployment.happened_on,
        happened_on__lte=today,
    )


@dataclass(frozen=True)
class Told:
    """A figure as the unit reports it; where it differs from the ledger's, a note says why."""

    task: Task
    told: int
    note: str = ""


def report(
    actor: Actor,
    receipt: Receipt,
    feedback: TaskFeedback,
    told: Sequence[Told] = (),
    *,
    key: str = "",
) -> TaskFeedback:
    """Hand in a report with its figures; what it answers is answered at once.

    Raises Denied, WrongState, ValidationError: by field, a figure's by its task as `told-3`.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.holder, key):
            return TaskFeedback._default_manager.get(pk=done[0])
        receive(actor, receipt)
        feedback.deployment_key, feedback.unit = receipt.deployment.key, receipt.unit
        save(actor, feedback)
        _refuse_tasks(feedback, receipt.deployment)
        drawn = {count.task.pk: count.drawn for count in counts(actor, receipt)}
        feedback.figures.all().delete()
        for each in told:
            _figure(feedback, each, drawn.get(each.task.pk))
        move(actor, feedback, "submit")
        receipts.keep(actor.holder, key, [feedback.pk])
    return feedback


def _figure(feedback: TaskFeedback, told: Told, drawn: int | None) -> None:
    if drawn is None:
        raise ValidationError(
            {f"told-{told.task.number}": "这项任务不从您可以看到的台账带出数字：请写在进展情况里"}
        )
    if told.told != drawn and not told.note.strip():
        raise ValidationError(
            {
                f"told-{told.task.number}": f"台账为 {drawn}，填报为 {told.told}："
                "请说明差异，或先补记台账"
            }
        )
    figure = Drawn(
        feedback=feedback, task=told.task, drawn=drawn, told=told.told, note=told.note.strip()
    )
    try:
        door.refuse({"note": figure.note})
        figure.full_clean(exclude=["feedback", "task"])
    except ValidationError as error:
        # A report has as many notes as figures: what is wrong is told at the figure.
        names = {field.name: field.verbose_name for field in Drawn._meta.concrete_fields}
        words = [
            f"{names[name]}：{each}" for name, said in error.message_dict.items() for each in said
        ]
        raise type(error)({f"told-{told.task.number}": words}) from error
    figure.save()


def _refuse_tasks(feedback: TaskFeedback, deployment: Deployment) -> None:
    try:
        to_answer(feedback, deployment)
    except WrongState as error:
        raise ValidationError({"tasks": str(error)}) from error


# --- a reason, or more time ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plead:
    """What a unit says: the kind, one of five reasons, a sentence, and until when it wants to finish."""

    kind: PleaKind
    reason: str
    words: str = ""
    until: date | None = None
    tasks: tuple[int, ...] = ()


def plead(actor: Actor, receipt: Receipt, said: Plead, *, key: str = "") -> Plea:
    """Ask for more time, or say why it was not done; nothing changes until somebody else decides."""
    with transaction.atomic():
        if done := receipts.produced(actor.holder, key):
            return Plea.objects.get(pk=done[0])
        require(actor, "submit", "task_feedback", receipt.unit, receipt)
        if receipt.deployment.state != "issued":
            raise WrongState("这项督办不在办理中")
        dues = open_dues(receipt, said.tasks)
        _refuse_plea(said, dues, actor.today)
        made = Plea.objects.create(
            receipt=receipt,
            kind=said.kind,
            reason=said.reason,
            words=said.words.strip(),
            until=said.until,
            author=actor.person,
            made_at=actor.now,
        )
        made.dues.set(dues)
        _log(actor, "plead", made, None, "、".join(due.origin for due in dues))
        receipts.keep(actor.holder, key, [made.pk])
    return made


def open_dues(receipt: Receipt, tasks: Sequence[int] = ()) -> list[Due]:
    """What a unit still owes of a deployment: what no report answers and no accepted reason excuses."""
    rows = Due.objects.filter(unit=receipt.unit)
    if tasks:
        rows = rows.filter(origin__in=[receipt.deployment.origin(each) for each in tasks])
    else:
        rows = rows.filter(origin__startswith=receipt.deployment.origins)
    answered = TaskFeedback._default_manager.filter(state__in=("submitted", "accepted"))
    excused = Plea.objects.filter(kind=PleaKind.EXCUSE, accepted=True)
    return list(
        rows.exclude(answers__in=answered).exclude(pleas__in=excused).order_by("due_on", "pk")
    )


def _refuse_plea(said: Plead, dues: Sequence[Due], today: date) -> None:
    found: dict[str, list[str]] = {}
    if said.reason not in Excuse.values:
        found["reason"] = ["请选择一项原因"]
    elif said.reason == Excuse.OTHER and not said.words.strip():
        found["words"] = ["选择“其他”时请写一句说明"]
    if not dues:
        found["tasks"] = ["没有未办结的任务，不需要说明"]
    if words := _until_fault(said, dues, today):
        found["until"] = [words]
    door.refuse({"words": said.words})
    if found:
        raise ValidationError(found)


def _until_fault(said: Plead, dues: Sequence[Due], today: date) -> str:
    if said.kind != PleaKind.EXTENSION:
        return "" if said.until is None else "说明原因不改变时限；需要延期的请选“申请延期”"
    if said.until is None:
        return "请写延期到哪一天"
    if said.until < today:
        return f"延期到的日期 {said.until} 已过：请写今天或以后的日期"
    if said.until > last_limit(today):
        return f"最晚延到 {last_limit(today)}：需要更久的，请部署单位重新部署"
    late = [due.due_on for due in dues if said.until <= due.due_on]
    return f"延期日期应晚于原时限 {max(late)}" if late else ""


def decide(actor: Actor, plea: Plea, *, accepted: bool, answer: str = "") -> Plea:
    """Accept or refuse a reason or an extension; never one's own. An extension moves the limit."""
    with transaction.atomic():
        held = Plea.objects.select_for_update(of=("self",)).get(pk=plea.pk)
        receipt = held.receipt
        if held.author_id == actor.person.pk:
            raise WrongState("自己提出的，应由他人审定")
        if not may_decide(actor, receipt):
            require(actor, "finalise", "task", receipt.deployment.unit, receipt.deployment)
        if held.accepted is not None:
            raise WrongState("已经审定过")
        if receipt.deployment.state != "issued":
            raise WrongState("这项督办不在办理中")
        door.refuse({"answer": answer})
        before = image_of(held)
        held.accepted, held.answer = accepted, answer.strip()
        held.decided_by, held.decided_at = actor.person, actor.now
        held.save(update_fields=["accepted", "answer", "decided_by", "decided_at"])
        if accepted and held.until is not None:
            # Another extension may have been granted meanwhile: none takes time away.
            held.dues.filter(due_on__lt=held.until).update(due_on=held.until)
        _log(actor, "decide", held, before, "同意" if accepted else "不同意")
    return held


def may_decide(actor: Actor, receipt: Receipt) -> bool:
    """Whether the actor may accept what the unit says: who judges the deployment."""
    return receipt.deployment.judged_by(actor)


# --- pressing ------------------------------------------------------------------------------------------------


def reminded_until(receipt: Receipt, days: Overrides) -> date | None:
    """Until which working day no further reminder may go out; None where one may.

    `days` are the own days of the house that deployed it, read once for all of its units.
    """
    last = receipt.reminders.first()
    if last is None:
        return None
    return add_workdays(timezone.localdate(last.made_at), follow_up().reminds_every, days)


def remind(actor: Actor, receipt: Receipt) -> Reminder:
    """催办: tell the unit's contact; one in so many working days, and only about what is open."""
    with transaction.atomic():
        held = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        require(actor, "assign", "task", held.deployment.unit, held.deployment)
        until = reminded_until(held, own_days(held.deployment.unit))
        if until is not None and actor.today < until:
            raise WrongState(f"{follow_up().reminds_every} 个工作日内已提醒过，{until} 起可再提醒")
        if not open_dues(held):
            raise WrongState("该单位没有未办结的任务")
        made = Reminder.objects.create(receipt=held, author=actor.person, made_at=actor.now)
        _log(actor, "remind", made, None, held.unit.code)
    return made


def instruct(actor: Actor, deployment: Deployment, words: str) -> Instruction:
    """批示: a leader's word on a deployment; who may finalise it may say it."""
    with transaction.atomic():
        require(actor, "finalise", "task", deployment.unit, deployment)
        if not words.strip():
            raise ValidationError({"words": "请写批示内容"})
        made = Instruction(
            deployment=deployment, author=actor.person, made_at=actor.now, words=words.strip()
        )
        made.full_clean(exclude=["deployment", "author"])
        made.save()
        _log(actor, "instruct", made, None)
    return made


def _log(
    actor: Actor,
    verb: str,
    thing: Receipt | Plea | Reminder | Instruction,
    before: dict[str, object] | None,
    detail: str = "",
) -> None:
    if isinstance(thing, Instruction):
        unit = thing.deployment.unit
    else:
        unit = (thing if isinstance(thing, Receipt) else thing.receipt).unit
    court = unit.court or unit
    audit.append_change(actor, verb, thing, stream=court.code, before=before, detail=detail)
