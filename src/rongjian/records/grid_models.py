"""The tables of the grid: what somebody changed in it, to be taken back, and the views they keep."""

from __future__ import annotations

from django.db import models

from rongjian.org.models import Person


class GridStep(models.Model):
    """One thing somebody did in the table of a ledger: a cell, a paste, a batch change.

    `rows` are [record id, version that was written]; what stood there before is in the log. Only
    the last few of a person and ledger are kept. `closed` ones were taken back, or no longer can be.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="grid_steps")
    kind = models.CharField("台账", max_length=32)
    what = models.CharField("做了什么", max_length=40)
    rows = models.JSONField("记录", default=list)
    closed = models.BooleanField("不再撤销", default=False)
    made_at = models.DateTimeField("时间")

    class Meta:
        ordering = ("-pk",)
        indexes = [models.Index(fields=("person", "kind"), name="grid_step_of_person")]
        verbose_name = "表格修改"

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"


class SavedView(models.Model):
    """A list as somebody likes to see it: a name, and the query of its address."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    kind = models.CharField("台账", max_length=32)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=1000, blank=True)
    made_at = models.DateTimeField("时间")

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(fields=("person", "kind", "name"), name="view_name_once")
        ]
        verbose_name = "我的视图"

    def __str__(self) -> str:
        return self.name
