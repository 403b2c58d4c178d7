"""The tables of deployments beside the two ledgers: who received one, reminders, reasons, a leader's word.

No light is stored: it follows from what is owed, what was reported and today (`courses.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Concat

from rongjian.org.models import Person, Unit
from rongjian.records.excuses import Excuse
from rongjian.records.models import Due
from rongjian.supervision.contacts import contacts_of
from rongjian.supervision.deployment import Deployment as Deployment
from rongjian.supervision.deployment import Task as Task
from rongjian.supervision.feedback import Drawn as Drawn
from rongjian.supervision.feedback import Progress
from rongjian.supervision.feedback import TaskFeedback as TaskFeedback

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


class Receipt(models.Model):
    """A deployment at one of the units that it was sent to: issued → received → assigned.

    `assigned_to` is the department (or person's unit) that the receiving unit gave it to; a
    procuratorate that hands it down below does so by a deployment of its own (`handed_down`).
    """

    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="receipts")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="receipts")
    contact = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name="联系人"
    )
    issued_at = models.DateTimeField("下发时间")
    received_at = models.DateTimeField("签收时间", null=True)
    received_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField("交办时间", null=True)
    assigned_to = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")

    access_class: ClassVar[str] = "task_feedback"
    # The department that it was given to reads the deployment as the unit itself does.
    host_fields: ClassVar[tuple[str, ...]] = ("unit", "assigned_to")

    class Meta:
        ordering = ("unit__path",)
        constraints = [models.UniqueConstraint(fields=("deployment", "unit"), name="receipt_once")]
        verbose_name = "督办签收"

    def __str__(self) -> str:
        return f"{self.deployment_id}→{self.unit_id}"

    @classmethod
    def pass_to_heir(cls, unit: Unit, heir: Unit | None, on: date) -> None:
        """Give what is open at a unit that ends to its heir, with all that hangs on it, overdue or not.

        What is finished stays where it was done. Where the heir was sent the same itself it answers
        once, and without an heir nobody is asked any more (`courses.py` leaves that out).
        """
        if heir is None:
            return
        held = cls.objects.filter(unit=unit, deployment__state="issued")
        taken = cls.objects.filter(unit=heir).values("deployment")
        contact = contacts_of([heir], on).get(heir.pk)
        for receipt in held.exclude(deployment__in=taken).select_related("deployment"):
            if receipt.deployment.unfinished().filter(unit=unit).exists():
                receipt.deployment.owed().filter(unit=unit).update(unit=heir)
                receipt.unit, receipt.contact = heir, contact
                receipt.save(update_fields=["unit", "contact"])


def owed_at(deployment: OuterRef, unit: OuterRef) -> QuerySet[Due]:
    """What a deployment asks of a unit and no finished report answers, for a question about receipts."""
    begins = Concat(
        Value(f"{Deployment.kind_code}:"), deployment, Value(":"), output_field=models.CharField()
    )
    finished = TaskFeedback._default_manager.filter(
        state__in=("submitted", "accepted"), progress=Progress.DONE
    )
    owed = Due.objects.filter(unit=unit, origin__startswith=begins)
    return owed.exclude(answers__in=finished)


class Reminder(models.Model):
    """催办: one reminder to a unit about one deployment."""

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="reminders")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间")

    access_class: ClassVar[str] = "task_feedback"
    access_unit: ClassVar[str] = "receipt__unit"

    class Meta:
        ordering = ("-made_at",)
        verbose_name = "催办"

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.made_at}"


class PleaKind(models.TextChoices):
    """What a unit can ask for instead of finishing in time."""

    EXCUSE = "excuse", "说明原因"
    EXTENSION = "extension", "申请延期"


class Plea(models.Model):
    """A unit's reason or wish for more time about some of its tasks; somebody else decides.

    `until` is the new limit wished for. Undecided, it changes nothing; accepted, the light follows.
    """

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="pleas")
    dues = models.ManyToManyField(Due, related_name="pleas", verbose_name="任务")
    kind = models.CharField("事项", max_length=10, choices=PleaKind)
    reason = models.CharField("原因", max_length=16, choices=Excuse)
    words = models.CharField("说明", max_length=200, blank=True)
    until = models.DateField("延期至", null=True, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("审定时间", null=True)
    accepted = models.BooleanField("同意", null=True)
    answer = models.CharField("审定意见", max_length=120, blank=True)

    access_class: ClassVar[str] = "task_feedback"
    access_unit: ClassVar[str] = "receipt__unit"
    access_own: ClassVar[str] = "author"

    class Meta:
        ordering = ("-made_at",)
        verbose_name = "原因说明和延期申请"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="excuse", until=None) | Q(kind="extension", until__isnull=False),
                name="extension_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("author")),
                name="plea_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.receipt_id} {self.kind}"


class Instruction(models.Model):
    """批示: a leader's word on a deployment."""

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="instructions")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间")
    words = models.CharField("批示", max_length=200)

    access_class: ClassVar[str] = "task"
    access_unit: ClassVar[str] = "deployment__unit"

    class Meta:
        ordering = ("made_at",)
        verbose_name = "批示"

    def __str__(self) -> str:
        return self.words
