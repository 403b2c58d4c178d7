"""督办部署: a document turned into tasks, sent to units with a limit, and followed until it is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from rongjian.kernel.text_length import characters
from rongjian.org.access import allowed
from rongjian.org.models import COURT_TYPES, Person, Unit
from rongjian.records.actions import WrongState
from rongjian.records.flows import Flow, Move, State
from rongjian.records.kinds import kind
from rongjian.records.models import VOID, Due, Record
from rongjian.supervision.policy import follow_up, last_limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor

DEPLOYED = Flow(
    "deployed",
    (
        State("draft", "拟稿", "off", counted=False),
        State("issued", "已下发", "ok", counted=True, sealed=True),
        State("closed", "已办结", "done", counted=True, sealed=True),
        State(VOID, "已作废", "off", counted=False),
    ),
    (
        Move("issue", "下发", ("draft",), "issued", "assign"),
        Move("close", "办结", ("issued",), "closed", "finalise"),
        Move("reopen", "重新办理", ("closed",), "issued", "finalise", asks="原因"),
        Move("void", "作废", ("draft", "issued"), VOID, "void", asks="原因"),
    ),
)


@kind(
    "deployment",
    flow=DEPLOYED,
    access="task",
    group="督办",
    form=("title", "basis", "text", "due_on", "leading"),
    more=("reviewer", "unit", "happened_on", "campaign", "key"),
    columns=("happened_on", "title", "unit", "due_on", "key"),
    filters=("campaign",),
    facts=("due_on",),
    headings={"unit": "部署单位", "happened_on": "部署日期", "key": "督办编号"},
    unit_types=COURT_TYPES,
    fixed=("unit", "happened_on", "due_on", "text", "key"),
    admits={"basis": ("case_number",), "key": ("case_number",)},
)
class Deployment(Record):
    """One deployment; `leading` leads it (牵头), `reviewer` there looks at what the units report.

    `passes_on` is what the own procuratorate had received from above, where this hands it down.
    """

    title = models.CharField("督办事项", max_length=120)
    basis = models.CharField("依据文件", max_length=80, blank=True)
    text = models.TextField("部署内容", max_length=20000, blank=True)
    due_on = models.DateField("办结时限")
    leading = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name="牵头部门",
        limit_choices_to={"type": "department"},
    )
    reviewer = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name="牵头部门审核人",
    )
    passes_on = models.ForeignKey(
        "supervision.Receipt",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="handed_down",
        verbose_name="转部署自",
    )

    # Whoever it was sent to may read it, and whoever reviews what is reported on it.
    access_shared = "receipts"
    access_addressee = "reviewer"

    class Meta:
        verbose_name = "督办部署"

    @classmethod
    def problems(cls, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """It does not end before it begins, and its text keeps to the length that is allowed."""
        if row["due_on"] and row["happened_on"] and row["due_on"] < row["happened_on"]:
            yield "due_on", f"办结时限早于部署日期 {row['happened_on']}：请改时限，或改部署日期"
        if row["due_on"] and row["happened_on"] and row["due_on"] > last_limit(row["happened_on"]):
            last = last_limit(row["happened_on"])
            yield "due_on", f"办结时限最晚到 {last}：长期的工作请分年部署，或列入制度日历"
        length, longest = characters(row["text"] or ""), follow_up().longest
        if length > longest:
            yield (
                "text",
                f"部署内容 {length} 字，超过 {longest} 字：请删去与落实无关的部分，"
                "或只粘贴任务部分，全文写在“依据文件”里",
            )

    @classmethod
    def prepare(cls, row: Mapping[str, Any], today: date) -> dict[str, Any]:
        """It is deployed today unless said otherwise."""
        return {"happened_on": today}

    @classmethod
    def follow(cls, actor: Actor, step: Move, records: Sequence[Any], words: str) -> None:
        """It is sent out to somebody, and closed only when nothing of it is open at any unit.

        Voided, it asks for nothing any more; what was reported stays.
        """
        for record in records:
            if step.code == "issue" and not (record.tasks.exists() and record.receipts.exists()):
                raise WrongState("请先列出任务、选择单位，在督办页面上下发")
            if step.code == "close" and (left := record.open_dues(actor.today).count()):
                raise WrongState(
                    f"还有 {left} 项没有办结（未反馈、待审核或退回补充），不能整体办结"
                )
            if step.code == "void":
                record.owed().filter(answers=None).delete()

    def judged_by(self, actor: Actor) -> bool:
        """Whether the actor may say that a unit has done it: the lead's reviewer, or the house that deployed.

        The units that it was sent to never judge themselves, their leaders included.
        """
        if self.reviewer_id == actor.person.pk:
            return True
        return allowed(actor, "finalise", self.access_class, self.unit, self)

    @property
    def origins(self) -> str:
        """How the origins of all dues that it asks for begin."""
        return f"{self.kind_code}:{self.pk}:"

    def origin(self, number: int) -> str:
        """The origin under which the dues of a task are kept, by the task's number."""
        return f"{self.origins}{number}"

    def owed(self) -> QuerySet[Due]:
        """All that it asks of its units, done or not."""
        return Due.objects.filter(origin__startswith=self.origins)

    def unfinished(self) -> QuerySet[Due]:
        """What nobody has accepted yet and no accepted reason excuses, at any unit that ever was one."""
        accepted = Record.objects.filter(state="accepted")
        owed = self.owed()
        excused = owed.filter(pleas__kind="excuse", pleas__accepted=True)
        return owed.exclude(answers__in=accepted).exclude(pk__in=excused)

    def open_dues(self, today: date) -> QuerySet[Due]:
        """What still has to be done on a day: of a unit that is no more, only judging what it reported."""
        waiting = Record.objects.filter(state="submitted")
        gone = Q(unit__dissolved_on__lte=today)
        left = self.unfinished()
        return left.exclude(pk__in=left.filter(gone).exclude(answers__in=waiting))


class Task(models.Model):
    """One task of a deployment; those without parts of their own are what units answer.

    `ledger` is the ledger from which a unit's report takes its figure, `counts_state` the state of the
    records that it counts (all counted ones where empty).
    """

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="tasks")
    number = models.PositiveSmallIntegerField("序号")
    mark = models.CharField("层次序号", max_length=8, blank=True)
    words = models.CharField("任务", max_length=200)
    text = models.TextField("要求", max_length=2000, blank=True)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="parts", verbose_name="上级任务"
    )
    due_on = models.DateField("时限")
    ledger = models.CharField("从台账带出", max_length=32, blank=True)
    counts_state = models.CharField("统计状态", max_length=12, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=("deployment", "number"), name="task_once"),
        ]
        verbose_name = "督办任务"

    def __str__(self) -> str:
        return f"{self.mark}{self.words}"
