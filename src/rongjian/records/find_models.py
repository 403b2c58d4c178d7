"""What the search keeps of each record: its texts, folded, and marks of what else it is found by."""

from __future__ import annotations

from django.db import models


class Findable(models.Model):
    """A living record as the search reads it; a voided record has none.

    It never holds more than the record does and goes with it. `title` is what a list calls the
    record, `open` the other texts that a projection shows, `private` those that it withholds. `marks`
    stand for kind, units, people and the day. `form` says by which rules all that was made.

    The pieces that lead to it stand in the table of `postings.py`, under the record's number.
    """

    record = models.OneToOneField(
        "records.Record", models.CASCADE, primary_key=True, related_name="findable"
    )
    title = models.TextField(blank=True)
    open = models.TextField(blank=True)
    private = models.TextField(blank=True)
    marks = models.TextField(blank=True)
    form = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "查找条目"

    def __str__(self) -> str:
        return f"查找 {self.record_id}"
