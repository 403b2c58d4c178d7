"""Party members as a reading of people, and the guard that keeps the three administrators apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

from rongjian.org import guards

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps


def install(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Create the guards."""
    guards.install(schema_editor.connection)


def remove(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the guards."""
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    """No column changes; the constraint goes first, since SQLite rebuilds the table for it."""

    dependencies = [("org", "0005_dissolved_keep_a_place")]
    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[],
            options={
                "verbose_name": "党员",
                "ordering": ("staff_no",),
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("org.person",),
        ),
        migrations.RemoveConstraint("post", "post_once"),
        migrations.AddConstraint(
            "post",
            models.UniqueConstraint(
                fields=("person", "unit", "role", "valid_from"),
                condition=~models.Q(state="refused"),
                name="post_once",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
