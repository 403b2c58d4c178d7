"""督查通报 as somebody keeps it: the sentences that the facts gave, the text as people left it, its way."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rongjian.org.models import Person, Unit
from rongjian.supervision.deployment import Deployment


class BulletinState(models.TextChoices):
    """How far a bulletin has come; only the last is read by those whom it is sent to."""

    DRAFT = "draft", "草稿，未印发"
    SUBMITTED = "submitted", "待签发，未印发"
    PUBLISHED = "published", "已印发"


class Bulletin(models.Model):
    """A bulletin on one deployment.

    `facts` are the generated sentences by their code, as of `drawn_on`; `parts` is the text in its order,
    each part with its code, level and words, as people left it. `chosen` are the accepted reports whose
    words it quotes. `remark` is why it was sent back, until it is handed in again.
    """

    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="bulletins")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="bulletins", verbose_name="单位")
    court = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="检察院")
    title = models.CharField("标题", max_length=120)
    addressee = models.CharField("主送", max_length=120)
    author = models.ForeignKey(Person, models.PROTECT, related_name="bulletins")
    created_at = models.DateTimeField("拟稿时间")
    drawn_on = models.DateField("事实截至")
    facts = models.JSONField("生成的文字", default=dict, blank=True)
    parts = models.JSONField("正文", default=list, blank=True)
    chosen = models.JSONField("引用的反馈", default=list, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=BulletinState, default=BulletinState.DRAFT
    )
    remark = models.CharField("退回原因", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)
    submitted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField("印发时间", null=True)
    addressees = models.ManyToManyField(Person, related_name="bulletins_received")

    access_class: ClassVar[str] = "circular"
    access_own: ClassVar[str] = "author"
    access_addressee: ClassVar[str] = "addressees"

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "督查通报"
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by=None)
                | (~Q(signed_by=models.F("author")) & ~Q(signed_by=models.F("submitted_by"))),
                name="bulletin_signed_by_another",
            ),
            # One draft at a time: two people write on the same one.
            models.UniqueConstraint(
                fields=("deployment",),
                condition=~Q(state="published"),
                name="one_open_bulletin",
            ),
        ]

    def __str__(self) -> str:
        return self.title
