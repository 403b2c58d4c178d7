"""What is stored about regimes: since when a house keeps the calendar, its own days and rules, and what
its units declared. No due and no state is ever stored: they follow (`regimes/dues.py`).
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rongjian.org.models import Person, Unit
from rongjian.records.excuses import Excuse as Excuse


class Adoption(models.Model):
    """Since when a house and those below it keep the calendar, and which rules it leaves out.

    Nothing is owed for windows that began before. A house below may have one of its own.
    """

    unit = models.OneToOneField(Unit, models.PROTECT, related_name="adoption")
    since = models.DateField("启用日期")
    left_out = models.JSONField("不启用的制度", default=list, blank=True)

    access_class: ClassVar[str] = "regime_rule"

    class Meta:
        verbose_name = "启用制度日历"

    def __str__(self) -> str:
        return f"{self.unit} {self.since}"


class LocalRule(models.Model):
    """A house's own version of a rule from a day on: what it changes, as the content file would say it.

    Under a code of its own it is a further rule, `like` the one that the changes name so. `types` are
    the types of units that owe it, `accepts` (ledger, field, values) what counts as well.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="local_rules")
    code = models.CharField("制度", max_length=24)
    valid_from = models.DateField("自")
    changes = models.JSONField("调整", default=dict)
    basis = models.CharField("依据", max_length=120)

    access_class: ClassVar[str] = "regime_rule"

    class Meta:
        ordering = ("code", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=("unit", "code", "valid_from"), name="local_rule_once")
        ]
        verbose_name = "本院制度"

    def __str__(self) -> str:
        return f"{self.unit} {self.code} {self.valid_from}"


class StatementKind(models.TextChoices):
    """What a unit can declare instead of a record."""

    NIL = "nil", "本期无"
    EXCUSE = "excuse", "有因"


class Statement(models.Model):
    """本期无 or 说明原因 about one window of one duty; a record that comes later takes its place.

    The window is named by where the duty comes from, the unit and the day on which its period begins.
    What is taken back stays, with who did it: at most one holds at a time.
    """

    origin = models.CharField("来源", max_length=64)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="statements")
    begins_on = models.DateField("期间自")
    kind = models.CharField("声明", max_length=8, choices=StatementKind)
    reason = models.CharField("原因", max_length=12, choices=Excuse, blank=True)
    words = models.CharField("说明", max_length=120, blank=True)
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("时间")
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    access_class: ClassVar[str] = "obligation"
    access_own: ClassVar[str] = "author"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("origin", "unit", "begins_on"),
                condition=Q(withdrawn_at=None),
                name="statement_one_holds",
            )
        ]
        indexes = [models.Index(fields=("unit", "begins_on"))]
        verbose_name = "声明"

    def __str__(self) -> str:
        return f"{self.origin}@{self.unit_id} {self.begins_on} {self.get_kind_display()}"

    @property
    def made_on(self) -> date:
        """The office's day on which it was declared."""
        return timezone.localtime(self.made_at).date()

    @property
    def told(self) -> str:
        """The declaration in words: 本期无, 有因：集中办案（……）."""
        if self.kind == StatementKind.NIL:
            return "本期无"
        said = str(self.get_reason_display())
        return f"有因：{said}（{self.words}）" if self.words else f"有因：{said}"
