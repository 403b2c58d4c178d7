"""Where open things come from: one function for each room below that keeps some, and their register.

Each asks the same question as the workbench, so that a notice never tells what is not there.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.timezone import localdate

from rongjian.kernel.dues import MISSED
from rongjian.kernel.lights import Lamp
from rongjian.ledgers.decision import due_by
from rongjian.log.models import Event
from rongjian.notices.subjects import Subject, in_words, tellable
from rongjian.org.access import visible
from rongjian.org.models import Post, effective
from rongjian.org.roles import classes
from rongjian.records.kinds import kind_of
from rongjian.records.queries import about
from rongjian.records.waiting import waiting_for
from rongjian.regimes.deadlines import open_record_dues
from rongjian.regimes.waiting import open_regime_dues
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.models import Reminder
from rongjian.supervision.waiting import escalations, open_items, to_decide, to_review

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.records.flows import Move
    from rongjian.records.models import Record
    from rongjian.supervision.models import Receipt

_DEPLOYED = "deployment:"
_AT_HAND = ("node", "unit", "paired")
_FAR = timedelta(days=31)
"""Further ahead than three working days ever reach; the policy says what of it is near."""


def regimes(actor: Actor) -> Iterable[Subject]:
    """What the actor's own units owe under regimes.

    Until a window ends its last day is the limit, afterwards the day until which it could be written
    down; between the two nothing is told. What has to be filed by a day of the next month is told by
    that day alone.
    """
    for due in open_regime_dues(actor):
        window, missed = due.window, due.state == MISSED
        filed = bool(due.rule.schedule.by_day)
        if missed or filed or actor.today <= window.ends_on:
            cell = f"{due.rule.code}.{due.begins_on}"
            where = {"unit": due.unit.code, "year": due.begins_on.year, "cell": cell}
            yield Subject(
                identity=f"regime:{due.rule.code}:{due.unit.code}:{due.begins_on}",
                unit=due.unit,
                words=f"{due.rule.name}（{window.label}）",
                url=f"{reverse('calendar')}?{urlencode(where)}#cell",
                due_on=window.due_on if missed or filed else window.ends_on,
                within=not missed and not filed,
            )


def decisions(actor: Actor) -> Iterable[Subject]:
    """What a meeting decided, for whoever answers for it or keeps it at its body."""
    for decision in due_by(actor, actor.today + _FAR):
        yield Subject(
            identity=f"decision:{decision.pk}",
            unit=decision.unit,
            words=in_words(decision.access_class, "议定事项", decision.what),
            url=reverse("record", args=[decision.kind, decision.pk]),
            due_on=decision.due_on,
            person=decision.owner_id,
        )


def records(actor: Actor) -> Iterable[Subject]:
    """What records that the actor works on ask for by a day of their own."""
    for due in open_record_dues(actor):
        if tellable(due.record.access_class):
            yield Subject(
                identity=f"deadline:{due.rule.code}:{due.record.pk}",
                unit=due.unit,
                words=in_words(due.record.access_class, due.rule.name, _told(due.record)),
                url=reverse("record", args=[due.record.kind, due.record.pk]),
                due_on=due.due_on,
            )


def _told(record: Record) -> str:
    """What a record that its reader may open is about; nothing where it has but a number."""
    words = about(record, full=True)
    return "" if words == str(record) else words


def approvals(actor: Actor) -> Iterable[Subject]:
    """What others handed in for the actor to confirm, since it was handed in."""
    waiting = [(record, _step(record, code)) for record, code in waiting_for(actor)]
    asked = [
        (record, step)
        for record, step in waiting
        if step.right == "approve" and tellable(kind_of(record.kind).access)
    ]
    asked = [(record, step) for record, step in asked if _is_nearest(actor, record)]
    since = _handed_in([record for record, _ in asked])
    for record, step in asked:
        kind = kind_of(record.kind)
        yield Subject(
            identity=f"record:{record.pk}",
            unit=record.unit,
            words=in_words(kind.access, f"{kind.name}待{step.name}", _told(record)),
            url=reverse("record", args=[record.kind, record.pk]),
            since=since[record.pk],
        )


def _step(record: Record, code: str) -> Move:
    return kind_of(record.kind).flow.move(code)


def _is_nearest(actor: Actor, record: Record) -> bool:
    """Whether the actor works at the record's own unit, or nobody there is to confirm it.

    A superior who may confirm it as well sees it on the workbench and is not told.
    """
    if record.unit_id in {post.unit_id for post in actor.posts}:
        return True
    grants = classes()[kind_of(record.kind).access].grants
    roles = {each.role for each in grants if "approve" in each.may and each.within in _AT_HAND}
    there = Post.objects.filter(effective(actor.today), unit=record.unit_id, role__in=roles)
    return not there.exclude(person=record.author_id).exists()


def _handed_in(records: Sequence[Record]) -> Mapping[int, date]:
    """The day on which each was handed in last; of what came in by a batch, the day of the batch."""
    found = {record.pk: localdate(record.recorded_at) for record in records}
    verbs = {code for record in records for code in kind_of(record.kind).flow.submits}
    lines = Event.objects.filter(record_id__in=found, verb__in=verbs).order_by("pk")
    found |= {line.record_id or 0: localdate(datetime.fromisoformat(line.at)) for line in lines}
    return found


# --- deployments ---------------------------------------------------------------------------------------------


def deployments(actor: Actor) -> Iterable[Subject]:
    """What was deployed to the actor's own units and is not answered yet."""
    items = [item for item in open_items(actor) if item.light.lamp is not Lamp.OVERDUE]
    readable = _readable(actor, [item.receipt for item in items])
    for item in items:
        if item.receipt.deployment_id in readable:
            yield _deployed(item.receipt, item.limit, item.receipt.contact_id)


def reminders(actor: Actor) -> Iterable[Subject]:
    """The same where somebody pressed for it: once for each time."""
    rows = Reminder.objects.filter(receipt__in=[item.receipt.pk for item in open_items(actor)])
    pressed = Counter(rows.values_list("receipt", flat=True))
    items = [item for item in open_items(actor) if pressed[item.receipt.pk]]
    readable = _readable(actor, [item.receipt for item in items])
    for item in items:
        receipt = item.receipt
        if receipt.deployment_id in readable:
            yield _deployed(receipt, item.limit, receipt.contact_id, pressed[receipt.pk])


def overdue(actor: Actor) -> Iterable[Subject]:
    """What is overdue and has climbed to a rung of the ladder at which the actor hears of it."""
    found = escalations(actor)
    readable = _readable(actor, [each.receipt for each in found])
    for each in found:
        if each.receipt.deployment_id in readable:
            yield _deployed(each.receipt, each.limit, None, each.rung.after)


def _deployed(
    receipt: Receipt, limit: date, person: int | None, rung: int | None = None
) -> Subject:
    return Subject(
        identity=f"{_DEPLOYED}{receipt.deployment_id}:{receipt.unit.code}",
        unit=receipt.unit,
        words=receipt.deployment.title,
        url=_page(receipt.deployment_id),
        due_on=limit,
        person=person,
        rung=rung,
    )


def _page(deployment: int) -> str:
    return reverse("supervise-one", args=[deployment])


def _readable(actor: Actor, receipts: Iterable[Receipt]) -> set[int]:
    """Of the deployments of some receipts, those that the actor may open."""
    asked = {receipt.deployment_id for receipt in receipts}
    rows = Deployment._default_manager.filter(pk__in=asked)
    return set(visible(actor, rows, "view").values_list("pk", flat=True)) if asked else set()


def reports(actor: Actor) -> Iterable[Subject]:
    """Reports of units that wait for the actor's word."""
    rows = to_review(actor)
    named = Deployment._default_manager.filter(key__in={row.deployment_key for row in rows})
    readable = {each.key: each for each in visible(actor, named, "view")} if rows else {}
    for feedback in rows:
        if deployment := readable.get(feedback.deployment_key):
            yield Subject(
                identity=f"record:{feedback.pk}",
                unit=feedback.unit,
                words=f"情况反馈待审核：{deployment.title}",
                url=f"{_page(deployment.pk)}#reviews",
                since=feedback.handed_in_on or actor.today,
                person=feedback.reviewer_id,
            )


def pleas(actor: Actor) -> Iterable[Subject]:
    """Reasons and wishes for more time that wait for the actor's word."""
    rows = to_decide(actor)
    readable = _readable(actor, [plea.receipt for plea in rows])
    for plea in rows:
        receipt = plea.receipt
        if receipt.deployment_id in readable:
            yield Subject(
                identity=f"plea:{plea.pk}",
                unit=receipt.unit,
                words=f"{plea.get_kind_display()}待审定：{receipt.deployment.title}",
                url=f"{_page(receipt.deployment_id)}#pleas",
                since=localdate(plea.made_at),
                person=receipt.deployment.reviewer_id,
            )


SOURCES: Mapping[str, Callable[[Actor], Iterable[Subject]]] = {
    "regimes": regimes,
    "records": records,
    "decisions": decisions,
    "approvals": approvals,
    "deployments": deployments,
    "reminders": reminders,
    "escalations": overdue,
    "reports": reports,
    "pleas": pleas,
}
"""Every source by the name that the policy gives it; a further one is a function and a line here."""
