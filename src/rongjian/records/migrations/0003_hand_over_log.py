"""The tables of the log go to the room `log`: below `org`, so that units and people are logged too.

The lines stay as they are; a line then names its record by number, since the log lies below them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

HANDED_OVER = ("image", "event", "streamhead", "receipt")


def drop_guards(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop what version 0002 of this room made, if it did: `log.0002` makes them anew."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS records_append_only() CASCADE")
        return
    for table, guards in (("records_event", 4), ("records_image", 3)):
        for number in range(guards):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_guard_{number}")


class Migration(migrations.Migration):
    """Hand the log over."""

    dependencies = [("records", "0002_append_only")]
    operations = [
        migrations.RunPython(drop_guards, migrations.RunPython.noop),
        migrations.AlterField(
            "event",
            "record",
            models.BigIntegerField("记录", null=True, db_index=True, db_column="record_id"),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable(name, f"log_{name}") for name in HANDED_OVER
            ],
            state_operations=[migrations.DeleteModel(name) for name in HANDED_OVER],
        ),
    ]
