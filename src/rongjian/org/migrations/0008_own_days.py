"""Takes 本院工作日 over from the regimes; the table stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0007_two_words_for_clearance"),
        ("regimes", "0002_own_days_to_org"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.CreateModel(
                    name="OwnDay",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("day", models.DateField(verbose_name="日期")),
                        ("worked", models.BooleanField(verbose_name="上班")),
                        ("reason", models.CharField(max_length=80, verbose_name="说明")),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="own_days",
                                to="org.unit",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "本院工作日",
                        "ordering": ("day",),
                        "db_table": "regimes_ownday",
                        "constraints": [
                            models.UniqueConstraint(fields=("unit", "day"), name="own_day_once")
                        ],
                    },
                )
            ],
        )
    ]
