"""Links with a mode, the word that there is none, and what was typed into forms."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0007_two_words_for_clearance"),
        ("records", "0004_joint_hosts"),
    ]

    operations = [
        migrations.CreateModel(
            name="NoLink",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="no_link",
                        serialize=False,
                        to="records.record",
                    ),
                ),
                ("reason", models.CharField(max_length=16, verbose_name="原因")),
                ("words", models.CharField(blank=True, max_length=120, verbose_name="说明")),
            ],
            options={
                "verbose_name": "确无业务关联",
            },
        ),
        migrations.AddField(
            model_name="link",
            name="mode",
            field=models.CharField(
                blank=True,
                choices=[
                    ("service", "党建+服务"),
                    ("supervision", "党建+监督"),
                    ("team", "党建+队伍"),
                    ("internet", "党建+互联网"),
                ],
                max_length=12,
                verbose_name="模式",
            ),
        ),
        migrations.CreateModel(
            name="FormDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=200, verbose_name="表单")),
                ("values", models.JSONField(default=dict, verbose_name="内容")),
                ("saved_at", models.DateTimeField(verbose_name="保存时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="form_drafts",
                        to="org.person",
                    ),
                ),
            ],
            options={
                "verbose_name": "未报送的内容",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "address"), name="draft_once_a_form")
                ],
            },
        ),
    ]
