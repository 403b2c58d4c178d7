"""The guards of the log were made here; now `log.0002_append_only` makes them, on its own tables."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    """Nothing is left to do."""

    dependencies = [("records", "0001_spine")]
    operations = []
