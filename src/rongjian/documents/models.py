"""Documents that somebody keeps, and the figures in them once they are frozen."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

# Django looks for tables here only.
from rongjian.documents.bulletin_models import Bulletin as Bulletin
from rongjian.org.models import Person, Unit


class Document(models.Model):
    """A document of a kind for a unit; its figures are live until it is frozen.

    `body` holds the text as it stood at the freezing, so that a later change of the kind's own
    wording leaves the document as it was issued.
    """

    kind = models.CharField("文种", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="documents", verbose_name="单位")
    court = models.ForeignKey(
        Unit, models.PROTECT, related_name="court_documents", verbose_name="检察院"
    )
    title = models.CharField("标题", max_length=200)
    periods = models.JSONField("期间", default=dict)
    author = models.ForeignKey(Person, models.PROTECT, related_name="documents")
    created_at = models.DateTimeField("拟稿时间")
    frozen_at = models.DateTimeField("冻结时间", null=True, blank=True)
    body = models.JSONField("冻结时的正文", default=list, blank=True)

    access_class: ClassVar[str] = "report"
    access_own: ClassVar[str] = "author"

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "文稿"

    def __str__(self) -> str:
        return self.title


class FrozenFigure(models.Model):
    """A figure as it stood when its document was frozen, with the ids of the records behind it."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="figures")
    slot = models.CharField("位置", max_length=8)
    indicator = models.CharField("指标", max_length=60)
    name = models.CharField("指标名称", max_length=60)
    ledger = models.CharField("台账", max_length=32)
    version = models.PositiveIntegerField("口径版本")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=16)
    value = models.DecimalField("值", max_digits=24, decimal_places=6, null=True)
    measure_unit = models.CharField("计量单位", max_length=12)
    text = models.CharField("文中写法", max_length=40)
    snapshot = models.PositiveBigIntegerField("快照")
    ids = models.BinaryField("记录编号")

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=("document", "slot"), name="frozen_figure_once_a_slot")
        ]
        verbose_name = "冻结的数字"

    def __str__(self) -> str:
        return f"{self.name} {self.text}"
