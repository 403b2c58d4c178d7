"""Open the last place of dissolved units again: they keep it, so that no total loses their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations
from django.db.models import F

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps


def reopen(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A placement that ends with its unit is the unit's last."""
    placements = apps.get_model("org", "Placement").objects
    placements.filter(valid_to=F("unit__dissolved_on")).update(valid_to=None)


class Migration(migrations.Migration):
    """Only data."""

    dependencies = [("org", "0004_accounts")]
    operations = [migrations.RunPython(reopen, migrations.RunPython.noop)]
