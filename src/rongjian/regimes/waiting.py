"""What units still owe under regimes: on the workbench, in the menu's number, and as a form is filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.kernel.dues import NA
from rongjian.org.access import allowed
from rongjian.org.models import COURT_TYPES, Unit, UnitType
from rongjian.org.reaching import reaches
from rongjian.org.roles import PERSONAL
from rongjian.regimes.bodies import Scope
from rongjian.regimes.dues import blocks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.regimes.dues import Due

KEPT = timedelta(days=92)
"""For so long after its limit something missed stays on the workbench; then the calendar has it."""
_YEAR = timedelta(days=366)
_OF_THE_HOUSE = (*COURT_TYPES, UnitType.LEADING_GROUP, UnitType.ORGAN_COMMITTEE)


def answering(due: Due, today: date) -> dict[str, str]:
    """The unit, and what makes a record one that answers; in a window that is over also a day of it."""
    answer = due.rule.answers[0]
    chosen = {answer.field: answer.values[0]} if answer.field else {}
    over = {"happened_on": str(due.window.ends_on)} if today > due.window.ends_on else {}
    return {"unit": due.unit.code, **chosen, **over}


def sees_calendars(actor: Actor) -> bool:
    """Whether the actor may see what some unit owes, and not only what is the actor's own."""
    found = reaches(actor, "obligation", "view")
    return any(reach.grant.within not in PERSONAL for reach in found)


def own_units(actor: Actor) -> list[Unit]:
    """The units that somebody works for: of their posts, their department and branch; whoever keeps
    the Party office of a house also answers for its 党组, its 机关党委 and the house itself.
    """
    ids = {post.unit_id for post in actor.posts} | {actor.person.department_id}
    if actor.person.branch_id is not None:
        ids.add(actor.person.branch_id)
    offices = [post.unit_id for post in actor.posts if post.role == "organ_committee"]
    of_house = Q(court__in=offices, type__in=_OF_THE_HOUSE)
    return list(Unit.objects.filter(Q(pk__in=ids) | of_house).order_by("path"))


def open_regime_dues(actor: Actor) -> list[Due]:
    """What is about to end or lately missed of the actor's own units, earliest limit first."""
    if "regimes" not in actor.seen:
        actor.seen["regimes"] = _open(actor)
    found: list[Due] = actor.seen["regimes"]
    return found


def _open(actor: Actor) -> list[Due]:
    units = [unit for unit in own_units(actor) if allowed(actor, "submit", "obligation", unit)]
    if not units:
        return []
    today = actor.today
    found = [
        each
        for block in blocks(Scope.each(units), today - KEPT - _YEAR, today, today)
        for each in block.open(since=today - KEPT)
    ]
    return sorted(found, key=lambda due: (due.window.due_on, due.unit.path))


def met_by(unit: Unit, kind: str, said: Mapping[str, str], day: date, today: date) -> list[Due]:
    """What the unit's calendar asks for that a record of a day would answer, whether others do or not.

    `said` is what stands in the fields of the record, by name.
    """
    return [
        due
        for block in blocks(Scope.each([unit]), day - _YEAR, day, today)
        if any(each.means(kind, said) for each in (*block.rule.answers, *block.rule.accepts))
        for due in block.cells_of(lambda window: window.opens_on <= day <= window.ends_on)
        if due.state != NA
    ]
