"""情况反馈: what a unit reports on tasks that were deployed to it; somebody else accepts it or sends it back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.kernel.text_length import characters
from rongjian.log import door
from rongjian.org.models import Person
from rongjian.records.actions import WrongState
from rongjian.records.flows import Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import VOID, Due, Record
from rongjian.supervision.deployment import Deployment, Task
from rongjian.supervision.policy import follow_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move

# Accepting takes `finalise`, which is never for whoever wrote the report or handed it in.
ANSWERED = Flow(
    "answered",
    (
        State("draft", "草稿", "off", counted=False),
        State("submitted", "待审核", "warn", counted=True, sealed=True),
        State("accepted", "已审核", "done", counted=True, sealed=True),
        State("returned", "退回补充", "warn", counted=False),
        State(VOID, "已作废", "off", counted=False),
    ),
    (
        Move("submit", "报送", ("draft", "returned"), "submitted", "submit"),
        Move("accept", "通过", ("submitted",), "accepted", "finalise", by_another=True),
        Move("return", "退回补充", ("submitted",), "returned", "finalise", by_another=True,
             asks="需补充的内容"),
        Move("reopen", "重新办理", ("accepted",), "returned", "finalise", by_another=True,
             asks="原因"),
        Move("void", "作废", ("draft", "returned"), VOID, "void", asks="原因"),
    ),
)  # fmt: skip


class Progress(models.TextChoices):
    """How far it has come; 本期无进展 says why in the text."""

    DONE = "done", "已完成"
    ONGOING = "ongoing", "推进中"
    NOTHING = "nothing", "本期无进展"


@kind(
    "task-feedback",
    flow=ANSWERED,
    access="task_feedback",
    group="督办",
    form=("deployment_key", "unit", "happened_on", "tasks", "text", "progress"),
    more=("key",),
    columns=("happened_on", "deployment_key", "tasks", "unit", "progress", "text"),
    filters=("progress",),
    facts=("progress",),
    private=("text",),
    headings={"unit": "承办单位", "happened_on": "反馈日期"},
    fixed=("deployment_key", "unit", "tasks", "text", "progress"),
    admits={"deployment_key": ("case_number",)},
)
class TaskFeedback(Record):
    """One report of a unit on a deployment, which it names by its number.

    `tasks` are the numbers of the tasks; empty, it is about all that are open. Only what says that they
    are finished answers what is owed.
    """

    deployment_key = models.CharField("督办编号", max_length=40)
    tasks = models.CharField("任务序号", max_length=120, blank=True)
    text = models.CharField("进展情况", max_length=1000)
    progress = models.CharField("办理情况", max_length=8, choices=Progress, default=Progress.DONE)
    reviewer = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="feedback_to_review"
    )
    first_in_on = models.DateField("首次报送日期", null=True, editable=False)
    handed_in_on = models.DateField("报送日期", null=True, editable=False)
    returned_on = models.DateField("退回日期", null=True, editable=False)
    accepted_on = models.DateField("审核日期", null=True, editable=False)
    remark = models.CharField("审核意见", max_length=200, blank=True, editable=False)

    access_addressee = "reviewer"
    # It names the tasks that it is about; what else is owed in those days it does not answer.
    answers_by_day = False

    class Meta:
        verbose_name = "情况反馈"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It answers tasks that its unit was given, and it is short."""
        yield from _misaddressed(row)
        length, longest = characters(row["text"] or ""), follow_up().feedback
        if length > longest:
            yield "text", f"进展情况 {length} 字，超过 {longest} 字：请只写做了什么、还差什么"

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """It is reported today, on everything that is still open, unless said otherwise."""
        return {"happened_on": today}

    @classmethod
    def follow(cls, actor: Actor, step: Move, records: Sequence[Any], words: str) -> None:
        """The dates of its way, and which dues it answers."""
        for record in records:
            if step.code != "void":
                _take_step(actor, step, record, words)


class Drawn(models.Model):
    """A figure of a report: what the ledger said on that day, and what the unit said where it differs."""

    feedback = models.ForeignKey(TaskFeedback, models.CASCADE, related_name="figures")
    task = models.ForeignKey("supervision.Task", models.PROTECT, related_name="+")
    drawn = models.PositiveIntegerField("台账数")
    told = models.PositiveIntegerField("填报数")
    note = models.CharField("差异说明", max_length=120, blank=True)

    class Meta:
        ordering = ("task__number",)
        constraints = [models.UniqueConstraint(fields=("feedback", "task"), name="drawn_once")]
        verbose_name = "反馈数字"

    def __str__(self) -> str:
        return f"{self.feedback_id}/{self.task_id}: {self.told}"


# --- which tasks a report is about -------------------------------------------------------------------------

_LONGEST_NUMBER = 4
_BETWEEN = re.compile(r"[、，,；;\s]+")


def numbers_in(text: str) -> list[int]:
    """The numbers of tasks in a text such as 2、3; ValueError where something else stands there."""
    parts = [part for part in _BETWEEN.split(text.strip()) if part]
    if any(len(part) > _LONGEST_NUMBER for part in parts):
        raise ValueError(text)
    return [int(part) for part in parts]


def deployment_named(key: str, unit: int) -> Deployment | None:
    """The deployment of a number that was sent to a unit."""
    sent = Deployment._default_manager.exclude(state=VOID).filter(receipts__unit=unit)
    return sent.filter(key=key).first()


def dues_of(feedback: TaskFeedback, deployment: Deployment) -> QuerySet[Due]:
    """What the report is about: the named tasks of its unit, or all that no other report answers."""
    owed = Due.objects.filter(unit=feedback.unit_id)
    numbers = numbers_in(feedback.tasks)
    if numbers:
        return owed.filter(origin__in=[deployment.origin(number) for number in numbers])
    others = TaskFeedback._default_manager.filter(state__in=("submitted", "accepted"))
    return owed.filter(origin__startswith=deployment.origins).exclude(
        answers__in=others.exclude(pk=feedback.pk)
    )


def to_answer(feedback: TaskFeedback, deployment: Deployment) -> list[Due]:
    """What the report answers if it is handed in now; WrongState where that is nothing, or not its own.

    Sent back, it is completed for the tasks that it had answered: its days are those of these tasks and
    neither excuse nor burden any others.
    """
    dues, named = list(dues_of(feedback, deployment)), bool(numbers_in(feedback.tasks))
    held = set(feedback.answered_dues.all()) if feedback.pk else set()
    if held and not named:
        dues = [due for due in dues if due in held]
    if not dues:
        raise WrongState("没有未办结的任务：已报送的请等待审核，退回的请在原反馈上补充")
    others = TaskFeedback._default_manager.filter(state__in=("submitted", "accepted"))
    taken = Due.objects.filter(pk__in=[due.pk for due in dues], answers__in=others)
    if answered := taken.exclude(answers=feedback.pk).first():
        raise WrongState(f"“{answered.reason}”已经反馈，请等待审核")
    if held and not held.issuperset(dues):
        raise WrongState("退回的反馈只补充原来的任务，其余任务请另写一份反馈")
    return dues


def _misaddressed(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    key, unit = row["deployment_key"], getattr(row["unit_id"], "pk", row["unit_id"])
    tasks = row["tasks"] or ""
    # What the door refuses is not repeated in a sentence of ours.
    if not key or not unit or door.faults(f"{key}\n{tasks}", ("case_number",)):
        return
    deployment = deployment_named(key, unit)
    if deployment is None:
        yield "deployment_key", f"没有下发给该单位、编号为“{key}”的督办部署：请核对编号和承办单位"
        return
    try:
        numbers = numbers_in(tasks)
    except ValueError:
        yield "tasks", "任务序号只写数字，几项之间用顿号隔开，如 2、3；不写即全部未办结任务"
        return
    given = Task.objects.filter(deployment=deployment, parts=None, number__in=numbers)
    known = set(given.values_list("number", flat=True))
    if strange := [str(number) for number in numbers if number not in known]:
        yield "tasks", f"这项部署没有序号为 {'、'.join(strange)} 的任务"


# --- its way -------------------------------------------------------------------------------------------------


def _take_step(actor: Actor, step: Move, feedback: TaskFeedback, words: str) -> None:
    if step.code == "submit":
        deployment = deployment_named(feedback.deployment_key, feedback.unit_id)
    else:  # Its unit may have an heir by now.
        living = Deployment._default_manager.exclude(state=VOID)
        deployment = living.filter(key=feedback.deployment_key).first()
    if deployment is None or deployment.state != "issued":
        raise WrongState("这项督办不在办理中，不能报送或审核")
    if step.right == "finalise" and not deployment.judged_by(actor):
        raise WrongState("由部署单位或其牵头部门审核，承办单位自己不能审核")
    match step.code:
        case "submit":
            _hand_in(actor, feedback, deployment)
        case "accept":
            feedback.accepted_on = actor.today
        case "return" | "reopen":
            feedback.returned_on, feedback.accepted_on = actor.today, None
            feedback.remark = words[:200]


def _hand_in(actor: Actor, feedback: TaskFeedback, deployment: Deployment) -> None:
    dues = to_answer(feedback, deployment)
    finished = feedback.progress == Progress.DONE
    if not feedback.answered_dues.exists():  # What is under way only has not been handed in yet.
        feedback.first_in_on = actor.today if finished else None
        feedback.returned_on = None
    feedback.handed_in_on, feedback.reviewer = actor.today, deployment.reviewer
    feedback.answered_dues.set(dues if finished else [])
