"""What deployments put on somebody's workbench: words that are asked for, and how one's own are going."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rongjian.documents.bulletin_models import Bulletin
from rongjian.org.access import allowed, visible
from rongjian.supervision.courses import standings, tally
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import Receipt
from rongjian.supervision.waiting import answering_units, escalations, to_decide, to_review
from rongjian.web.supervise_view import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.access import Actor
    from rongjian.supervision.waiting import Escalation
    from rongjian.web.supervise_view import Shown

_MOST = 5


@dataclass(frozen=True)
class Waiting:
    """Something about a deployment that waits for the actor's word."""

    lamp: str
    when: str
    what: str
    more: str
    url: str


def to_say(actor: Actor) -> list[Waiting]:
    """Reports to review, reasons to decide, and what climbed up to the actor: a line a deployment."""
    return [*_reviews(actor), *_pleas(actor), *_climbed(actor)]


def _reviews(actor: Actor) -> Iterable[Waiting]:
    found: dict[str, list[TaskFeedback]] = defaultdict(list)
    for report in to_review(actor):
        found[report.deployment_key].append(report)
    if not found:
        return
    rows = visible(actor, Deployment._default_manager.filter(key__in=found), "view")
    for deployment in rows.order_by("due_on", "pk"):
        reports = found[deployment.key]
        yield Waiting(
            "off",
            "待审核",
            f"{len(reports)} 份反馈：{deployment.title}",
            _names([report.unit.short for report in reports]),
            f"{_page(deployment.pk)}#reviews",
        )


def _pleas(actor: Actor) -> Iterable[Waiting]:
    found: dict[int, list[Any]] = defaultdict(list)
    for plea in to_decide(actor):
        found[plea.receipt.deployment_id].append(plea)
    for pk, pleas in found.items():
        yield Waiting(
            "why",
            "待审定",
            f"{len(pleas)} 条原因或延期：{pleas[0].receipt.deployment.title}",
            _names([plea.receipt.unit.short for plea in pleas]),
            f"{_page(pk)}#pleas",
        )


def _climbed(actor: Actor) -> Iterable[Waiting]:
    own = {unit.pk for unit in answering_units(actor)}
    found: dict[int, list[Escalation]] = defaultdict(list)
    for each in escalations(actor):
        if each.receipt.unit_id not in own:  # That stands among what is open at the unit.
            found[each.receipt.deployment_id].append(each)
    for pk, late in found.items():
        worst = max(late, key=lambda each: each.light.days)
        yield Waiting(
            "bad",
            worst.light.words,
            f"{len(late)} 个单位逾期：{worst.receipt.deployment.title}",
            f"{worst.rung.name} · {_names([each.receipt.unit.short for each in late])}",
            _page(pk),
        )


def _names(names: list[str]) -> str:
    most = "、".join(names[:_MOST])
    return most if len(names) <= _MOST else f"{most}等 {len(names)} 个单位"


def _page(pk: int) -> str:
    return reverse("supervise-one", args=[pk])


@dataclass(frozen=True)
class Begun:
    """A deployment that the actor sent out, in a line: how many reported, how many are late."""

    deployment: Deployment
    light: Shown
    answered: int
    units: int
    overdue: int
    bulletins: bool


def begun(actor: Actor) -> tuple[Begun, ...]:
    """What the actor sent out and is under way, the nearest limit first."""
    rows = Deployment._default_manager.filter(author=actor.person, state="issued")
    rows = rows.select_related("unit__court")
    deployments = list(visible(actor, rows, "view").order_by("due_on", "pk")[:_MOST])
    if not deployments:
        return ()
    sent: dict[int, list[Receipt]] = defaultdict(list)
    for receipt in Receipt.objects.filter(deployment__in=deployments):
        sent[receipt.deployment_id].append(receipt)
    found = []
    for each in standings(deployments, actor.today, sent):
        count = tally(each)
        found.append(
            Begun(
                each.deployment,
                shown(each.light),
                count.answered,
                count.units,
                count.overdue,
                allowed(actor, "create", Bulletin.access_class, each.deployment.unit),
            )
        )
    return tuple(found)
