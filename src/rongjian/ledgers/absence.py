"""缺席: who of the roster was not at an activity; who was there is never kept."""

from __future__ import annotations

from django.db import models

from rongjian.ledgers.activity import Activity
from rongjian.org.models import Person


class Absence(models.Model):
    """Somebody who was expected and did not come: a name of the own house, read by 到会情况 alone."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="absences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")

    access_class = "attendance"
    access_unit = "activity__unit"
    access_own = "activity__author"
    access_state = "activity__state"
    access_subject = "person"

    class Meta:
        verbose_name = "缺席"
        constraints = [models.UniqueConstraint(fields=("activity", "person"), name="absence_once")]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.person_id}"
