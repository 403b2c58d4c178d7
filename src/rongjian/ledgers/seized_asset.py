"""查扣冻财产: assets sealed, seized or frozen, one row a measure."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models

from rongjian.records.flows import FILED
from rongjian.records.kinds import kind
from rongjian.records.models import Record


class Measure(models.TextChoices):
    """The measure taken."""

    SEALED = "sealed", "查封"
    SEIZED = "seized", "扣押"
    FROZEN = "frozen", "冻结"


@kind(
    "seized-asset",
    flow=FILED,
    access="casework",
    group="办案数据",
    form=("key", "unit", "measure", "happened_on", "amount", "campaign"),
    more=("asset", "line", "task_force", "note"),
    columns=("key", "measure", "asset", "amount", "unit", "happened_on", "task_force"),
    filters=("measure",),
    facts=("measure", "amount"),
    private=("note",),
)
class SeizedAsset(Record):
    """One measure on assets, valued in yuan."""

    measure = models.CharField("措施", max_length=8, choices=Measure)
    asset = models.CharField("财产类别", max_length=20, blank=True)
    amount = models.DecimalField(
        "金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    note = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        verbose_name = "查扣冻财产"
