"""The tables of the log: events with their images, the head of each stream, receipts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Event(models.Model):
    """Append-only line: who did which verb to what. Chained by hash within its stream.

    It commits to the images of the object before and after by a salted hash; the images stand
    in `Image`, so that what must be forgotten can be erased without breaking the chain. Where
    the object is a record, `record_id` is its number: the log lies below the records and knows
    nothing else of them.
    """

    stream = models.CharField("链", max_length=32)
    seq = models.PositiveBigIntegerField("序号")
    at = models.CharField("时间", max_length=32)
    actor = models.CharField("谁", max_length=64)
    source = models.CharField("来自", max_length=64, blank=True, default="")
    verb = models.CharField("动作", max_length=24)
    object = models.CharField("对象", max_length=80)
    record_id = models.BigIntegerField("记录", null=True, db_index=True)
    detail = models.CharField("说明", max_length=400, blank=True)
    commitment = models.CharField("承诺值", max_length=64)
    prev = models.CharField("前值", max_length=64)
    hash = models.CharField("哈希", max_length=64, unique=True)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("stream", "seq"), name="event_seq_once")]
        verbose_name = "变更记录"

    access_class: ClassVar[str] = "audit_log"
    access_unit_code: ClassVar[str] = "stream"
    access_subject: ClassVar[str] = "actor"

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq} {self.verb} {self.object}"


class Image(models.Model):
    """The images behind an event: a compressed list of [kind, id, before, after]."""

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="image")
    salt = models.CharField(max_length=32)
    body = models.BinaryField()

    class Meta:
        verbose_name = "变更内容"

    def __str__(self) -> str:
        return f"{self.event_id}"


class StreamHead(models.Model):
    """The last line of each stream: locked while a line is added, and proof against cut tails."""

    stream = models.CharField(primary_key=True, max_length=32)
    seq = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "链尾"

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq}"


class Receipt(models.Model):
    """An idempotency key that was used, with what it produced: a repeat changes nothing."""

    key = models.CharField(max_length=80, primary_key=True)
    records = models.JSONField(default=list)

    class Meta:
        verbose_name = "回执"

    def __str__(self) -> str:
        return self.key
