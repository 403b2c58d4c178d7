"""Give what was there before names of their day, posts in force, and places of its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

_CHUNK = 500


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The names of today, every post approved, everybody where they stand since it was founded."""
    placements = apps.get_model("org", "Placement").objects
    named = list(placements.select_related("unit"))
    for placed in named:
        placed.name, placed.short = placed.unit.name, placed.unit.short
    placements.bulk_update(named, ["name", "short"], batch_size=_CHUNK)
    apps.get_model("org", "Post").objects.update(state="approved")
    affiliation = apps.get_model("org", "Affiliation")
    rows = []
    for person in apps.get_model("org", "Person").objects.select_related("department", "branch"):
        places = {"department": person.department, "home": person.branch}
        rows += [
            affiliation(person=person, unit=unit, kind=kind, valid_from=unit.founded_on)
            for kind, unit in places.items()
            if unit is not None
        ]
    affiliation.objects.bulk_create(rows, batch_size=_CHUNK)


class Migration(migrations.Migration):
    """Only data."""

    dependencies = [("org", "0002_people_and_time")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
