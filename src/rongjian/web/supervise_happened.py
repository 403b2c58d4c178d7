"""What happened to a deployment: steps out of the log, signing, reminders, requests, a leader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rongjian.log.models import Event
from rongjian.org.models import Person
from rongjian.records.kinds import kind_of
from rongjian.records.queries import unit_words
from rongjian.supervision.feedback import Drawn
from rongjian.web.supervise_view import sees_all, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rongjian.org.access import Actor
    from rongjian.records.models import Record
    from rongjian.supervision.courses import Standing
    from rongjian.supervision.deployment import Deployment
    from rongjian.supervision.feedback import TaskFeedback
    from rongjian.supervision.models import Instruction, Receipt


def instructions_of(actor: Actor, stands: Standing) -> tuple[Instruction, ...]:
    """批示: all of them for whoever sees every unit; a unit reads those that call it by its name."""
    every = tuple(stands.deployment.instructions.select_related("author"))
    if sees_all(actor, stands.deployment):
        return every
    names = [unit.short for unit in stands.units]
    return tuple(each for each in every if any(name in each.words for name in names))


@dataclass(frozen=True)
class Happening:
    """A line of 动态."""

    at: datetime
    who: str
    did: str


_NEWEST = 30
_STEPS = ("issue", "close", "reopen", "submit", "accept", "return")


def happenings(
    actor: Actor,
    stands: Standing,
    reports: dict[int, list[TaskFeedback]],
    instructions: Sequence[Instruction],
) -> tuple[Happening, ...]:
    """What was done about it, the newest first: steps out of the log, signing, reminders, requests."""
    deployment = stands.deployment
    lines = [*_steps(actor, deployment, reports), *_on_the_way(stands.receipts)]
    lines += [
        Happening(each.made_at, _named(each.author, actor), f"批示：{each.words}")
        for each in instructions
    ]
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True)[:_NEWEST])


def _named(person: Person, reader: Actor) -> str:
    return person.name if person.court_id == reader.person.court_id else person.masked


def _steps(
    actor: Actor, deployment: Deployment, reports: dict[int, list[TaskFeedback]]
) -> Iterable[Happening]:
    """The steps of the deployment and of the reports on it, as the log holds them."""
    told = {each.pk: each for rows in reports.values() for each in rows}
    rows = Event.objects.filter(record_id__in=[deployment.pk, *told], verb__in=_STEPS)
    events = list(rows.order_by("-pk")[: 2 * _NEWEST])
    numbers = {event.actor.removeprefix("u:") for event in events}
    people = {each.staff_no: each for each in Person.objects.filter(staff_no__in=numbers)}
    figures = _figures(told)
    for event in events:
        person = people.get(event.actor.removeprefix("u:"))
        who = _named(person, actor) if person else event.actor
        report = told.get(event.record_id or 0)
        about: Record = report or deployment
        did = kind_of(about.kind).flow.move(event.verb).name
        if report and event.verb == "submit":
            did = f"反馈“{shortened(report.text)}”{figures.get(report.pk, '')}"
        elif report:
            did += f"：{unit_words(report.unit)}的反馈"
        if report and event.detail:
            did += f"（{event.detail}）"
        place = f"{unit_words(report.unit)} " if report and event.verb == "submit" else ""
        yield Happening(datetime.fromisoformat(event.at), f"{place}{who}", did)


def _figures(reports: Iterable[int]) -> dict[int, str]:
    """By report: what it says in numbers, and whether the ledger agreed."""
    found: dict[int, str] = {}
    for each in Drawn.objects.filter(feedback__in=reports):
        agrees = "与台账一致" if each.told == each.drawn else f"台账 {each.drawn}"
        found[each.feedback_id] = (
            found.get(each.feedback_id, "") + f"，填报 {each.told}（{agrees}）"
        )
    return found


def _on_the_way(receipts: Sequence[Receipt]) -> Iterable[Happening]:
    for receipt in receipts:
        who = unit_words(receipt.unit)
        if receipt.received_at:
            yield Happening(receipt.received_at, who, "签收")
        if receipt.assigned_at and receipt.assigned_to:
            yield Happening(receipt.assigned_at, who, f"交办：{unit_words(receipt.assigned_to)}")
        for reminder in receipt.reminders.all():
            yield Happening(reminder.made_at, who, "已提醒联系人")
        for plea in receipt.pleas.all():
            what = plea.get_kind_display()
            yield Happening(plea.made_at, who, f"{what}：{plea.get_reason_display()}")
            if plea.decided_at:
                yield Happening(
                    plea.decided_at, who, f"{what}{'已同意' if plea.accepted else '未同意'}"
                )
