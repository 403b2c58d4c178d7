"""The tables of the log, which `records` has handed over as they are."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

_EVENT = migrations.CreateModel(
    name="Event",
    fields=[
        (
            "id",
            models.BigAutoField(
                primary_key=True, serialize=False, auto_created=True, verbose_name="ID"
            ),
        ),
        ("stream", models.CharField("链", max_length=32)),
        ("seq", models.PositiveBigIntegerField("序号")),
        ("at", models.CharField("时间", max_length=32)),
        ("actor", models.CharField("谁", max_length=64)),
        ("verb", models.CharField("动作", max_length=16)),
        ("object", models.CharField("对象", max_length=80)),
        ("record_id", models.BigIntegerField("记录", null=True, db_index=True)),
        ("detail", models.CharField("说明", max_length=400, blank=True)),
        ("commitment", models.CharField("承诺值", max_length=64)),
        ("prev", models.CharField("前值", max_length=64)),
        ("hash", models.CharField("哈希", max_length=64, unique=True)),
    ],
    options={
        "verbose_name": "变更记录",
        "ordering": ("pk",),
        "constraints": [models.UniqueConstraint(fields=("stream", "seq"), name="event_seq_once")],
    },
)
_IMAGE = migrations.CreateModel(
    name="Image",
    fields=[
        (
            "event",
            models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="image",
                serialize=False,
                to="log.event",
            ),
        ),
        ("salt", models.CharField(max_length=32)),
        ("body", models.BinaryField()),
    ],
    options={"verbose_name": "变更内容"},
)
_HEAD = migrations.CreateModel(
    name="StreamHead",
    fields=[
        ("stream", models.CharField(max_length=32, primary_key=True, serialize=False)),
        ("seq", models.PositiveBigIntegerField()),
        ("hash", models.CharField(max_length=64)),
    ],
    options={"verbose_name": "链尾"},
)
_RECEIPT = migrations.CreateModel(
    name="Receipt",
    fields=[
        ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
        ("records", models.JSONField(default=list)),
    ],
    options={"verbose_name": "回执"},
)


class Migration(migrations.Migration):
    """Take them over: the tables are there, only their owner changes."""

    dependencies = [("records", "0003_hand_over_log")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[_EVENT, _IMAGE, _HEAD, _RECEIPT])
    ]
