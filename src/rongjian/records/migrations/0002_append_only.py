"""The log becomes append-only in the database itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

from rongjian.records import guards

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
    """Guards on the tables of the log."""

    dependencies = [("records", "0001_spine")]
    operations = [migrations.RunPython(install, remove)]
