"""联办: several units host one activity; the record names them, and the spine finds it at each.

What was stated is the field `Record.hosts`, so that images, imports and undoing carry it like any
other field. `Host` follows from it: a row for each further unit, with its place of the day.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from rongjian.org.models import Unit

BETWEEN = "、"
_SIGNS = re.compile(r"[、,，;；\s]+")


def codes_in(stated: str) -> tuple[str, ...]:
    """The codes of the further hosts that a record states."""
    return tuple(stated.split(BETWEEN)) if stated else ()


def names_in(text: str) -> list[str]:
    """The words of a text that names several units, whatever stands between them."""
    return [word for word in _SIGNS.split(text) if word]


def stated(codes: set[str]) -> str:
    """The one way in which a set of hosts is written down, so that equal sets are equal texts."""
    return BETWEEN.join(sorted(codes))


class HostsField(models.CharField):  # type: ignore[type-arg]
    """Codes of units between 、; whoever writes something else is told by `hosts.faults`.

    It is no free text: nothing but codes of existing units is ever stored.
    """

    codes = True

    def to_python(self, value: Any) -> Any:
        """The codes in order, each once."""
        return stated(set(names_in(str(value or ""))))


class Host(models.Model):
    """A further unit that a record counts for; `path` is its place on the record's day.

    The record's own unit has no row here. `unit` and `path` are named as the record's own, so that
    whatever is asked of a record's place can be asked of a host's in the same words.
    """

    record = models.ForeignKey("records.Record", models.CASCADE, related_name="hosted_by")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="hosted", verbose_name="联办单位")
    path = models.CharField("当时位置", max_length=200)

    class Meta:
        ordering = ("unit__path",)
        constraints = [models.UniqueConstraint(fields=("record", "unit"), name="host_once")]
        verbose_name = "联办单位"

    def __str__(self) -> str:
        return f"{self.record_id}@{self.unit_id}"
