"""The history of where somebody belongs, kept without gap or overlap within one kind.

Only what these functions write is dated; `people.py` asks who may and whether it makes sense.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rongjian.log import audit
from rongjian.log.images import image_of
from rongjian.org.models import Affiliation, in_force

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import Model, QuerySet

    from rongjian.log.audit import Doer
    from rongjian.org.models import AffiliationKind, Person, Unit

_ONE_DAY = timedelta(days=1)


def belonging(person: Person, kind: AffiliationKind, day: date) -> Affiliation | None:
    """Where somebody belonged on a day, in one way."""
    rows = Affiliation.objects.filter(in_force(day), person=person, kind=kind)
    return rows.select_related("unit__court").first()


def arrived_on(person: Person) -> date | None:
    """The first day on which somebody belonged anywhere here."""
    first = person.affiliations.order_by("valid_from").first()
    return first.valid_from if first else None


def move_to(by: Doer, person: Person, kind: AffiliationKind, unit: Unit, day: date) -> None:
    """Let somebody belong to a unit from a day on, until what was already planned for later.

    The row in force that day ends the day before, or is put right where it began that very day.
    """
    now = belonging(person, kind, day)
    if now is not None and now.unit_id == unit.pk:
        return
    if now is not None and now.valid_from == day:
        before = image_of(now)
        now.unit = unit
        now.save(update_fields=["unit"])
        _log(by, "edit", now, before)
        return
    until = now.valid_to if now is not None else _day_before_next(person, kind, day)
    if now is not None:
        _shorten(by, now, day - _ONE_DAY)
    made = Affiliation.objects.create(
        person=person, unit=unit, kind=kind, valid_from=day, valid_to=until
    )
    _log(by, "create", made, None)


def begin_by(by: Doer, rows: QuerySet[Affiliation], day: date) -> None:
    """Let the first of these begin by a day: it is known now that it had begun earlier."""
    first = rows.order_by("valid_from").select_related("unit__court").first()
    if first is not None and first.valid_from > day:
        before = image_of(first)
        first.valid_from = day
        first.save(update_fields=["valid_from"])
        _log(by, "edit", first, before)


def end_from(by: Doer, rows: QuerySet[Affiliation], day: date) -> None:
    """Let nothing of this hold from a day on: what runs ends the day before, plans are dropped."""
    for row in rows.filter(valid_from__gte=day).select_related("unit__court"):
        _log_dropped(by, row)
        row.delete()
    for row in rows.filter(in_force(day)).select_related("unit__court"):
        _shorten(by, row, day - _ONE_DAY)


def _day_before_next(person: Person, kind: AffiliationKind, day: date) -> date | None:
    later = person.affiliations.filter(kind=kind, valid_from__gt=day).order_by("valid_from").first()
    return later.valid_from - _ONE_DAY if later else None


def _shorten(by: Doer, row: Affiliation, last: date) -> None:
    before = image_of(row)
    row.valid_to = last
    row.save(update_fields=["valid_to"])
    _log(by, "edit", row, before)


def stream_of(unit: Unit) -> str:
    """The stream of the log that changes at a unit are written to."""
    return unit.court.code if unit.court is not None else audit.SYSTEM


def _log(by: Doer, verb: str, row: Affiliation, before: dict[str, Any] | None) -> None:
    audit.append_change(by, verb, row, stream=stream_of(row.unit), before=before)


def _log_dropped(by: Doer, row: Model) -> None:
    """A line about something that is taken away, with its image before."""
    image = image_of(row)
    change = audit.Change(
        row._meta.label_lower, list(image), [[row.pk, list(image.values()), None]]
    )
    target = f"{row._meta.model_name}:{row.pk}"
    stream = stream_of(row.unit)  # type: ignore[attr-defined]
    audit.append(by, "drop", target, stream=stream, change=change)
