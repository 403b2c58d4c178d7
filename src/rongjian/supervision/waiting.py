"""What deployments ask of somebody: own units' open tasks, reports and requests to decide, escalations.

The workbench, the menu's number and the notices all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from rongjian.kernel.lights import Lamp, climbed
from rongjian.org.access import allowed, may_somewhere, visible
from rongjian.org.models import Unit, UnitType
from rongjian.supervision.courses import standings
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import Plea, Receipt, owed_at
from rongjian.supervision.policy import contacts, heads, ladder

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.kernel.lights import Light
    from rongjian.org.access import Actor
    from rongjian.supervision.courses import Cell, Standing
    from rongjian.supervision.policy import Rung


@dataclass(frozen=True)
class OpenItem:
    """A deployment at one of the actor's own units, with its worst light and the limit that makes it."""

    receipt: Receipt
    light: Light
    limit: date
    tasks: int

    @property
    def deployment(self) -> Deployment:
        """What was deployed."""
        return self.receipt.deployment

    @property
    def unsigned(self) -> bool:
        """Whether it has not been signed for yet."""
        return self.receipt.received_at is None


@dataclass(frozen=True)
class Escalation:
    """Something overdue that has climbed to where the actor hears of it."""

    receipt: Receipt
    rung: Rung
    light: Light
    limit: date


def open_items(actor: Actor) -> list[OpenItem]:
    """What the actor's own units still have to do, the earliest limit first."""
    if "deployments" not in actor.seen:
        actor.seen["deployments"] = _open_items(actor)
    found: list[OpenItem] = actor.seen["deployments"]
    return found


def _open_items(actor: Actor) -> list[OpenItem]:
    units = answering_units(actor)
    if not units:
        return []
    return _asked(Receipt.objects.filter(unit__in=units), actor.today)


def _asked(rows: QuerySet[Receipt], today: date) -> list[OpenItem]:
    """What is open at the units of some receipts, the earliest limit first."""
    found = []
    for each in _standings(rows, today):
        for receipt in each.receipts:
            cells = [cell for cell in each.at(receipt) if asks(cell.light)]
            if cells:
                worst = max(cells, key=lambda cell: (cell.light.lamp, -cell.limit.toordinal()))
                found.append(OpenItem(receipt, worst.light, worst.limit, len(cells)))
    return sorted(found, key=lambda item: (item.limit, item.receipt.unit.path, item.receipt.pk))


def answering_units(actor: Actor) -> list[Unit]:
    """The units for which the actor answers by a post there, in code order."""
    units = {
        post.unit_id: post.unit
        for post in actor.posts
        if post.role in contacts().get(post.unit.type, ())
        and allowed(actor, "submit", "task_feedback", post.unit)
    }
    return sorted(units.values(), key=lambda unit: unit.path)


def given_items(actor: Actor) -> list[OpenItem]:
    """What was given to a department of the actor's to work on; its procuratorate's contact reports."""
    departments = [unit for unit in answering_units(actor) if unit.type == UnitType.DEPARTMENT]
    if not departments:
        return []
    given = Receipt.objects.filter(assigned_to__in=departments).exclude(unit__in=departments)
    return _asked(given, actor.today)


def sees(actor: Actor) -> bool:
    """Whether deployments are somebody's business: they deploy, were sent one, or review one."""
    if may_somewhere(actor, "create", "task") or open_items(actor):
        return True
    units = answering_units(actor)
    near = Q(unit__in=units) | Q(assigned_to__in=units) | Q(deployment__reviewer=actor.person)
    return Receipt.objects.filter(near).exists()


def asks(light: Light) -> bool:
    """Whether the unit itself has something to do."""
    return light.lamp in (Lamp.FUTURE, Lamp.OK, Lamp.DUE, Lamp.OVERDUE)


def _own_units(actor: Actor) -> list[Unit]:
    ids = {post.unit_id for post in actor.posts}
    return list(Unit.objects.filter(pk__in=ids).order_by("path"))


def _standings(rows: QuerySet[Receipt], today: date) -> list[Standing]:
    """Deployments under way, each only at the units of some receipts."""
    found: dict[int, list[Receipt]] = {}
    asked = rows.filter(deployment__state="issued").select_related("unit__court", "contact")
    for receipt in asked:
        found.setdefault(receipt.deployment_id, []).append(receipt)
    # Each is read once, not with every one of its receipts.
    deployments = Deployment._default_manager.select_related("unit__court").in_bulk(found)
    for receipt in asked:
        receipt.deployment = deployments[receipt.deployment_id]
    return standings([*deployments.values()], today, found)


def to_review(actor: Actor) -> list[TaskFeedback]:
    """Reports that wait for the actor's word, oldest first; never one's own."""
    rows = TaskFeedback._default_manager.filter(state="submitted").exclude(author=actor.person)
    near = visible(actor, rows, "finalise").select_related("unit__court")
    sent = Deployment._default_manager.filter(key__in=near.values("deployment_key"), state="issued")
    mine = {each.key for each in sent.select_related("unit") if each.judged_by(actor)}
    ordered = near.order_by("handed_in_on", "unit__path", "pk")
    return [each for each in ordered if each.deployment_key in mine]


def to_decide(actor: Actor) -> list[Plea]:
    """Reasons and extensions that wait for the actor's word, oldest first; never one's own."""
    rows = Plea.objects.filter(accepted=None, receipt__deployment__state="issued")
    reach = visible(actor, rows, "finalise").values("pk")
    mine = rows.filter(Q(pk__in=reach) | Q(receipt__deployment__reviewer=actor.person))
    chosen = mine.exclude(author=actor.person).select_related(
        "receipt__unit__court", "receipt__deployment__unit"
    )
    ordered = chosen.order_by("made_at", "pk")
    return [each for each in ordered if each.receipt.deployment.judged_by(actor)]


# --- the ladder ----------------------------------------------------------------------------------------------


def escalations(actor: Actor) -> list[Escalation]:
    """What is overdue and has reached the actor's rung of the ladder, in code order of units.

    The contact, the head of the unit, the lead's reviewer, the leaders of the house that deployed it.
    """
    own = {unit.pk for unit in _own_units(actor)}
    courts = [post.unit_id for post in actor.posts if post.role == "chief"]
    near = Receipt.objects.filter(
        Q(unit__in=own) | Q(deployment__reviewer=actor.person) | Q(deployment__court__in=courts)
    )
    # Whether it is late, with extensions, returns and reasons, is told by its light alone.
    passed = owed_at(OuterRef("deployment"), OuterRef("unit")).filter(due_on__lt=actor.today)
    found = []
    for each in _standings(near.filter(Exists(passed)).distinct(), actor.today):
        for receipt in each.receipts:
            highest = reached(each, receipt)
            if highest is not None and _is_told(actor, highest[1], receipt):
                cell, step = highest
                found.append(Escalation(receipt, step, cell.light, cell.limit))
    return sorted(found, key=lambda each: (each.receipt.unit.path, each.receipt.pk))


def reached(standing: Standing, receipt: Receipt) -> tuple[Cell, Rung] | None:
    """The task of a unit that has climbed highest, with its rung; None while nothing has."""
    steps = tuple(step.after for step in ladder())
    overdue = [cell for cell in standing.at(receipt) if climbed(cell.light, steps)]
    if not overdue:
        return None
    # The most days over has climbed highest.
    cell = max(overdue, key=lambda each: each.light.days)
    return cell, ladder()[climbed(cell.light, steps) - 1]


def _is_told(actor: Actor, step: Rung, receipt: Receipt) -> bool:
    """Whether the actor is who hears of a rung, or of one below it."""
    told = [each.tells for each in ladder() if each.after <= step.after]
    deployment = receipt.deployment
    of_unit = {post.role for post in actor.posts if post.unit_id == receipt.unit_id}
    of_house = {post.role for post in actor.posts if post.unit_id == deployment.court_id}
    is_one = {
        "contact": receipt.contact_id == actor.person.pk,
        "head": bool(of_unit & {*heads().get(receipt.unit.type, ())}),
        "lead": deployment.reviewer_id == actor.person.pk,
        "superior": "chief" in of_house,
    }
    return any(is_one[each] for each in told)
