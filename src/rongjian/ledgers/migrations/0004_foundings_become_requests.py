"""Foundings of temporary branches that were recorded about the branch become requests of its task force."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def foundings_become_requests(apps: Any, _: Any = None) -> None:
    """Each record is about the task force now; the branch it founded stands in a field of its own."""
    model = apps.get_model("ledgers", "TemporaryBranch")
    for row in model.objects.filter(state="filed", task_force__isnull=False):
        row.branch_id, row.unit_id = row.unit_id, row.task_force_id
        row.path = row.task_force.path
        row.state = "dissolved" if row.dissolved_on else "approved"
        row.save()


class Migration(migrations.Migration):
    """Afterwards facts are to be drawn anew: `rongjian tick` finds that their units differ."""

    dependencies = [("ledgers", "0003_task_forces_and_requests")]
    operations = [migrations.RunPython(foundings_become_requests, migrations.RunPython.noop)]
