"""安排: activities for days still to come, entered as drafts that their unit later fills in and hands in.

A draft answers nothing, so a plan never passes for something that was held.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.workdays import NO_OVERRIDES, add_workdays
from rongjian.ledgers.activity import Activity
from rongjian.log import receipts
from rongjian.records import actions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.kernel.workdays import Overrides
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

_BEFORE_THE_END = 3
"""Working days before the end of its window for which an activity is proposed that was never held."""


@dataclass(frozen=True)
class Planned:
    """What is planned for a due: an activity of a type, on a day between two days.

    `due` is how whoever plans calls it.
    """

    due: str
    type: str
    name: str
    day: date
    first: date
    last: date


def proposed(
    held: date | None, first: date, last: date, overrides: Overrides = NO_OVERRIDES
) -> date:
    """A working day between two days: as late in the month as the last one was, else near the end."""
    if held is None:
        day = add_workdays(last, -_BEFORE_THE_END, overrides)
    else:
        day = min(first.replace(day=1).replace(day=min(held.day, 28)), last)
    day = add_workdays(max(day, first), 0, overrides)
    if day > last:
        day = add_workdays(day, -1, overrides)
    return max(day, first)


def last_held(unit: Unit, types: Sequence[str], before: date) -> dict[str, date]:
    """The last day on which a unit held an activity of each type."""
    flow = Activity._default_manager.filter(unit=unit, type__in=types, happened_on__lt=before)
    rows = flow.exclude(state__in=("draft", "void")).order_by("happened_on")
    return dict(rows.values_list("type", "happened_on"))


def plan(
    actor: Actor, unit: Unit, chosen: Sequence[Planned], place: str = "", *, key: str = ""
) -> list[Activity]:
    """Enter drafts of activities to come; Denied, or ValidationError by due, and then nothing is kept.

    One activity answers all dues that ask for its type on its day.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return list(Activity._default_manager.filter(pk__in=done))
        if faults := {each.due: [words] for each in chosen if (words := _fault(actor, each))}:
            raise ValidationError(faults)
        made = [
            actions.save(
                actor,
                Activity(
                    unit=unit,
                    type=each.type,
                    happened_on=each.day,
                    topic=f"{each.day.month}月{each.name}",
                    place=place,
                ),
            )
            for each in {(each.type, each.day): each for each in chosen}.values()
        ]
        receipts.keep(actor.person.pk, key, [activity.pk for activity in made])
    return made


def _fault(actor: Actor, each: Planned) -> str:
    if each.day < actor.today:
        return f"“{each.name}”的日期已过：已经开展的请直接记录，还没有开展的请选今天或以后的日期"
    if not each.first <= each.day <= each.last:
        within = f"{each.first} 至 {each.last}"
        return f"“{each.name}”本期为 {within}：请选这之间的日期，或留空"
    return ""
