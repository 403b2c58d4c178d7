"""A deployment as pages show it: whose eyes see which part, lights in words, tasks, units, figures.

Who deployed it, and whoever stands above, sees every unit; a unit sees what it was itself sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Prefetch
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from rongjian.kernel.lights import Lamp, Light
from rongjian.org.access import allowed, visible
from rongjian.org.models import Unit
from rongjian.org.own_days import own_days
from rongjian.org.roles import Verb
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID
from rongjian.records.queries import unit_words
from rongjian.supervision.answering import reminded_until
from rongjian.supervision.courses import ANSWERED, Standing, gone, standing
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.feedback import Drawn, Progress, TaskFeedback
from rongjian.supervision.models import Receipt, Reminder
from rongjian.supervision.policy import follow_up
from rongjian.supervision.waiting import asks

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.kernel.workdays import Overrides
    from rongjian.org.access import Actor
    from rongjian.supervision.courses import Cell
    from rongjian.supervision.deployment import Task

LAMPS = {
    Lamp.DONE: "done",
    Lamp.EXCUSED: "why",
    Lamp.FUTURE: "off",
    Lamp.OK: "ok",
    Lamp.WAITING: "ok",
    Lamp.DUE: "warn",
    Lamp.OVERDUE: "bad",
}
READING: tuple[Verb, ...] = ("view", "project")


@dataclass(frozen=True)
class Shown:
    """A light on a page: the class of its lamp, which draws shape and colour, and its words."""

    lamp: str
    words: str


def shown(light: Light | None) -> Shown:
    """A light; where nothing was sent yet there is none."""
    return Shown("off", "未下发") if light is None else Shown(LAMPS[light.lamp], light.words)


# --- whose eyes -------------------------------------------------------------------------------------------


def deployment_of(actor: Actor, pk: int) -> Deployment:
    """The deployment, for whoever may read it; 404 for anybody else."""
    found = _readable(actor).filter(pk=pk).exclude(state=VOID).first()
    if found is None:
        raise Http404("没有这项督办，或您没有查看权限。")
    return found


def deployment_behind(actor: Actor, report: TaskFeedback) -> Deployment | None:
    """What a report is about, by its number alone: its unit may have an heir, or it was voided since."""
    rows = _readable(actor).filter(key=report.deployment_key)
    # A voided one frees its number for another, which then is the one that is meant.
    return min(rows, key=lambda each: each.state == VOID, default=None)


def _readable(actor: Actor) -> QuerySet[Deployment]:
    rows = Deployment._default_manager.select_related(
        "unit__court", "court", "leading", "reviewer", "passes_on"
    )
    return visible(actor, rows, "view")


def sees_all(actor: Actor, deployment: Deployment) -> bool:
    """Whether every unit is shown: to the house that deployed it, those above it, and its reviewer."""
    leads = deployment.reviewer_id == actor.person.pk
    return leads or allowed(actor, "view", "task", deployment.unit)


def judges(actor: Actor, deployment: Deployment) -> bool:
    """Whether the actor may accept now what the units report, or send it back."""
    return deployment.state == "issued" and deployment.judged_by(actor)


def receipts_of(actor: Actor, deployment: Deployment) -> list[Receipt]:
    """What the actor may see of the units it was sent to, in code order."""
    rows = deployment.receipts.select_related("unit__court", "contact", "assigned_to__court")
    reminders = Reminder.objects.order_by("-made_at")
    rows = rows.prefetch_related(Prefetch("reminders", reminders), "pleas")
    if not sees_all(actor, deployment):
        rows = visible(actor, rows, "view")
    found = list(rows)
    for receipt in found:
        receipt.deployment = deployment
    return found


def receipt_of(actor: Actor, pk: int, code: str) -> Receipt:
    """The receipt of a unit for one of the deployments that the actor may read; 404 otherwise."""
    deployment = deployment_of(actor, pk)
    found = next((each for each in receipts_of(actor, deployment) if each.unit.code == code), None)
    if found is None:
        raise Http404("这项督办没有下发给该单位，或您没有查看权限。")
    return found


def reports_of(actor: Actor, deployment: Deployment) -> dict[int, list[TaskFeedback]]:
    """By unit: the reports that the actor may read, the latest first; of units with an heir too."""
    rows = TaskFeedback._default_manager.filter(deployment_key=deployment.key)
    near = visible(actor, rows.exclude(state__in=("draft", VOID)), "view")
    found: dict[int, list[TaskFeedback]] = {}
    for report in near.select_related("unit__court", "author").order_by("-pk"):
        found.setdefault(report.unit_id, []).append(report)
    return found


def reports_at(
    stands: Standing, receipt: Receipt, reports: dict[int, list[TaskFeedback]]
) -> list[TaskFeedback]:
    """What a unit reported, and what answers its tasks since it took them over, the latest first."""
    answers = {cell.feedback.pk for cell in stands.at(receipt) if cell.feedback}
    rows = [each for of_unit in reports.values() for each in of_unit]
    mine = [each for each in rows if each.unit_id == receipt.unit_id or each.pk in answers]
    return sorted(mine, key=lambda each: -each.pk)


def departments_of(receipt: Receipt) -> QuerySet[Unit]:
    """The departments to which a procuratorate may give what it was sent, in code order."""
    rows = Unit.objects.filter(court=receipt.unit.court_id, type="department", dissolved_on=None)
    return rows.order_by("path")


# --- tasks and units ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskRow:
    """A task in the tree: its light over all units, and how many of them have reported on it."""

    task: Task
    level: int
    light: Shown
    answered: int
    units: int
    ledger: str


def tasks_of(stands: Standing) -> tuple[TaskRow, ...]:
    """The tree in its order; the parts of a task follow it."""
    levels: dict[int | None, int] = {None: 0}
    rows = []
    for task in stands.tasks:
        levels[task.pk] = level = levels[task.parent_id] + 1
        by_unit: dict[int, bool] = {}
        for cell in stands.of(task):
            done = cell.light.lamp in ANSWERED
            by_unit[cell.receipt.pk] = by_unit.get(cell.receipt.pk, True) and done
        rows.append(
            TaskRow(
                task,
                level,
                shown(stands.light_of(task)),
                sum(by_unit.values()),
                len(by_unit),
                kind_of(task.ledger).name if task.ledger else "",
            )
        )
    return tuple(rows)


@dataclass(frozen=True)
class UnitRow:
    """A unit: whether it signed, what it reported last, its worst light, what can be done about it."""

    receipt: Receipt
    name: str
    light: Shown
    signed: str
    report: TaskFeedback | None
    said: str
    open: bool
    own: bool
    pleads: bool
    reminds: bool
    reminded: str


def units_of(
    actor: Actor, stands: Standing, reports: dict[int, list[TaskFeedback]]
) -> tuple[UnitRow, ...]:
    """The units in code order."""
    deployment = stands.deployment
    under_way = deployment.state == "issued"
    may = under_way and allowed(actor, "assign", "task", deployment.unit, deployment)
    days = own_days(deployment.unit) if may else {}
    rows = []
    for receipt in stands.receipts:
        is_open = any(asks(cell.light) for cell in stands.at(receipt))
        last = next(iter(reports_at(stands, receipt, reports)), None)
        rows.append(
            UnitRow(
                receipt=receipt,
                name=unit_words(receipt.unit),
                light=_light(stands, receipt),
                signed=_signed(receipt),
                report=last,
                said=report_words(last) if last else "",
                open=is_open and under_way,
                own=allowed(actor, "submit", "task_feedback", receipt.unit, receipt),
                pleads=all(plea.accepted is not None for plea in receipt.pleas.all()),
                reminds=may and is_open,
                reminded=_reminded(receipt, actor.today, days) if may and is_open else "",
            )
        )
    return tuple(rows)


def _light(stands: Standing, receipt: Receipt) -> Shown:
    """The light of a unit; one that is no more and left nothing to judge has none."""
    if gone(receipt.unit, stands.today) and not stands.at(receipt):
        return Shown("off", "单位已撤销")
    return shown(stands.light_at(receipt))


def _signed(receipt: Receipt) -> str:
    if receipt.received_at is None:
        return ""
    given = f"，交{unit_words(receipt.assigned_to)}" if receipt.assigned_to else ""
    return f"{timezone.localtime(receipt.received_at):%m-%d}{given}"


def _reminded(receipt: Receipt, today: date, days: Overrides) -> str:
    """Why no reminder may go out now; empty where one may."""
    until = reminded_until(receipt, days)
    if until is None or today >= until:
        return ""
    return f"{follow_up().reminds_every} 个工作日内已提醒过，{until:%m-%d} 起可再提醒"


def report_words(report: TaskFeedback) -> str:
    """A report in a line: 06-16 待审核; what says that it is not finished says so."""
    state = kind_of(report.kind).flow.state(report.state).name
    day = report.returned_on if report.state == "returned" else report.handed_in_on
    told = f"{day or report.happened_on:%m-%d} {state}"
    if report.progress != Progress.DONE:
        told += f"（{report.get_progress_display()}）"
    return told


@dataclass(frozen=True)
class Owed:
    """A task at one unit, opened: its limit, its light, what it is a part of."""

    cell: Cell
    light: Shown
    above: str

    @property
    def limit(self) -> date:
        """Until when it may be handed in."""
        return self.cell.limit


def owed_at(stands: Standing, receipt: Receipt) -> tuple[Owed, ...]:
    """The tasks of one unit in their order."""
    tasks = {task.pk: task for task in stands.tasks}

    def above(task: Task) -> str:
        return str(tasks[task.parent_id]) if task.parent_id in tasks else ""

    return tuple(Owed(cell, shown(cell.light), above(cell.task)) for cell in stands.at(receipt))


def stands_for(actor: Actor, deployment: Deployment) -> Standing:
    """The deployment as the actor sees it today."""
    chosen = receipts_of(actor, deployment)
    if chosen:
        return standing(deployment, actor.today, chosen)
    return Standing(deployment, actor.today, tuple(deployment.tasks.order_by("number")), (), {})


def ledger_url(actor: Actor, task: Task, unit: Unit, until: date) -> str:
    """The rows of a ledger behind a figure, as its list shows them; empty where they may not be read."""
    access = kind_of(task.ledger).access
    if not any(allowed(actor, verb, access, unit, whole=True) for verb in READING):
        return ""
    since = task.deployment.happened_on
    query = {"unit": unit.code, "below": "1", "from": since, "to": until}
    if task.counts_state:
        query["state"] = task.counts_state
    return f"{reverse('ledger', args=[task.ledger])}?{urlencode(query)}"


@dataclass(frozen=True)
class Figure:
    """A figure of a report: what the unit says, what the ledger said, and where its rows stand."""

    told: Drawn
    rows: str

    @property
    def agrees(self) -> bool:
        """Whether the unit reports what the ledger holds."""
        return self.told.told == self.told.drawn


def figures_of(actor: Actor, reports: Iterable[TaskFeedback]) -> dict[int, tuple[Figure, ...]]:
    """By report: its figures, each with the address of the ledger's rows behind it."""
    held = {report.pk: report for report in reports}
    found: dict[int, list[Figure]] = {pk: [] for pk in held}
    for told in Drawn.objects.filter(feedback__in=held).select_related("task__deployment"):
        report = held[told.feedback_id]
        day = report.handed_in_on or report.happened_on
        found[report.pk].append(Figure(told, ledger_url(actor, told.task, report.unit, day)))
    return {pk: tuple(figures) for pk, figures in found.items()}


def shortened(text: str, most: int = 40) -> str:
    """The beginning of a text."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
