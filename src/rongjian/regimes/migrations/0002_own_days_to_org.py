"""本院工作日 belong to the organisation: the table stays as it is, only its owner changes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("regimes", "0001_calendar")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="OwnDay")], database_operations=[]
        )
    ]
