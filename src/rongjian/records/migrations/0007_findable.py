"""What search keeps of each record, and the inverted index that leads there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django.db.models.deletion
from django.db import migrations, models

from rongjian.records import postings

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index's table; records of before are entered by the next `tick`."""
    postings.create(schema_editor.connection)


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the index's table."""
    postings.drop(schema_editor.connection)


class Migration(migrations.Migration):
    """One row a record, and pieces that lead to it."""

    dependencies = [("records", "0006_grid")]
    operations = [
        migrations.CreateModel(
            "Findable",
            [
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="findable",
                        serialize=False,
                        to="records.record",
                    ),
                ),
                ("title", models.TextField(blank=True)),
                ("open", models.TextField(blank=True)),
                ("private", models.TextField(blank=True)),
                ("marks", models.TextField(blank=True)),
                ("form", models.PositiveSmallIntegerField()),
            ],
            options={"verbose_name": "查找条目"},
        ),
        migrations.RunPython(create, drop),
    ]
