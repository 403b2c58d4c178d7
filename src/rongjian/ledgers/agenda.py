"""议程: the items of a meeting in their order, the document that one was about, and its votes."""

from __future__ import annotations

from django.db import models

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import ItemKind
from rongjian.ledgers.study_document import StudyDocument


class AgendaItem(models.Model):
    """One item; votes only where the type of meeting takes them."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="agenda")
    place = models.PositiveSmallIntegerField("序号")
    kind = models.CharField("类别", max_length=12, choices=ItemKind)
    title = models.CharField("议题", max_length=200)
    document = models.ForeignKey(
        StudyDocument, models.PROTECT, null=True, blank=True, verbose_name="学习文件"
    )
    in_favour = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    against = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstained = models.PositiveSmallIntegerField("弃权", null=True, blank=True)

    class Meta:
        ordering = ("place",)
        verbose_name = "议程"
        constraints = [
            models.UniqueConstraint(fields=("activity", "place"), name="agenda_item_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def votes(self) -> tuple[int, int, int] | None:
        """In favour, against and abstained, where a vote was taken."""
        if self.in_favour is None:
            return None
        return self.in_favour, self.against or 0, self.abstained or 0
