"""What is stored about notices: which rounds were made, what was told to whom, and what left the house."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from rongjian.org.models import Person, Unit


class Address(models.Model):
    """Where a channel reaches somebody; only they themselves say it and see it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="addresses")
    channel = models.CharField("渠道", max_length=16)
    address = models.CharField("地址", max_length=120)

    access_class: ClassVar[str] = "notice"
    access_unit: ClassVar[str] = "person__department"
    access_subject: ClassVar[str] = "person"

    class Meta:
        constraints = [models.UniqueConstraint(fields=("person", "channel"), name="address_once")]
        verbose_name = "提醒地址"

    def __str__(self) -> str:
        return f"{self.channel}@{self.person_id}"


class Round(models.Model):
    """That the digests of a procuratorate were made on a day, be there any or none: never twice."""

    court = models.ForeignKey(Unit, models.PROTECT, related_name="rounds")
    day = models.DateField("日期")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("court", "day"), name="round_once")]
        verbose_name = "提醒轮次"

    def __str__(self) -> str:
        return f"{self.court_id} {self.day}"


class Digest(models.Model):
    """What somebody was told on a day, all of it at once."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="digests")
    day = models.DateField("日期")
    made_at = models.DateTimeField("时间")

    access_class: ClassVar[str] = "notice"
    access_unit: ClassVar[str] = "person__department"
    access_subject: ClassVar[str] = "person"

    class Meta:
        ordering = ("-day",)
        constraints = [models.UniqueConstraint(fields=("person", "day"), name="digest_once")]
        verbose_name = "提醒"

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class Mention(models.Model):
    """One thing in a digest, as it was told: what, where, until when, and why.

    At most once for a person, a subject, a reason, a limit and a moment (working days from the limit,
    or the rung of a ladder). A limit that was moved is another limit.
    """

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    subject = models.CharField("事项标识", max_length=120)
    reason = models.CharField("原因", max_length=32)
    due_on = models.DateField("时限")
    moment = models.SmallIntegerField("时点")
    words = models.CharField("事项", max_length=480)
    unit = models.CharField("单位", max_length=80)
    limit = models.CharField("期限", max_length=120)
    why = models.CharField("提醒原因", max_length=120)
    url = models.CharField("地址", max_length=200)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("person", "subject", "reason", "due_on", "moment"), name="mention_once"
            )
        ]
        verbose_name = "提醒事项"

    def __str__(self) -> str:
        return f"{self.subject} {self.reason} {self.moment}"


class DeliveryState(models.TextChoices):
    """What became of a digest on a channel."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已发"
    FAILED = "failed", "没有发出"


class Delivery(models.Model):
    """A digest on its way through one channel; whether it was read is nobody's business."""

    digest = models.ForeignKey(Digest, models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=16)
    address = models.CharField("地址", max_length=120)
    state = models.CharField(
        "状态", max_length=8, choices=DeliveryState, default=DeliveryState.WAITING
    )
    tries = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次")
    trouble = models.CharField("问题", max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("digest", "channel"), name="delivery_once")]
        indexes = [models.Index(fields=("state", "next_at"))]
        verbose_name = "提醒发送"

    def __str__(self) -> str:
        return f"{self.digest_id} {self.channel} {self.state}"
