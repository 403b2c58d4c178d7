"""The log becomes append-only in the database itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

from rongjian.log import guards

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
    """The address a line came from, longer verbs, and then the guards."""

    dependencies = [("log", "0001_log")]
    operations = [
        migrations.AddField(
            "event", "source", models.CharField("来自", max_length=64, blank=True, default="")
        ),
        migrations.AlterField("event", "verb", models.CharField("动作", max_length=24)),
        migrations.RunPython(install, remove),
    ]
