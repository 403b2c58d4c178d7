"""How far a deployment has come at every unit: each light from the one function, each sum from its parts.

Read in a fixed number of queries, whatever the number of units and tasks.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import TYPE_CHECKING

from rongjian.kernel.lights import Course, Lamp, Light, light, limit_of, worst
from rongjian.org.own_days import own_days
from rongjian.records.models import Due
from rongjian.supervision.deployment import Task
from rongjian.supervision.feedback import Progress, TaskFeedback
from rongjian.supervision.models import Plea, PleaKind, Receipt
from rongjian.supervision.policy import follow_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.kernel.workdays import Overrides
    from rongjian.org.models import Unit
    from rongjian.supervision.deployment import Deployment


ANSWERED = frozenset({Lamp.DONE, Lamp.WAITING, Lamp.EXCUSED})
"""The lights of a task about which its unit has nothing more to say at present."""


@dataclass(frozen=True)
class Cell:
    """One task at one unit: what is owed, what became of it, and its light."""

    task: Task
    receipt: Receipt
    due: Due
    course: Course
    light: Light
    limit: date
    feedback: TaskFeedback | None = None
    plea: Plea | None = None

    @property
    def in_time(self) -> bool | None:
        """Whether it was finished in time; None while it is open and its limit has not passed.

        What was excused is left out of the count (None).
        """
        if self.light.lamp is Lamp.EXCUSED:
            return None
        if self.course.handed_in_on is not None and self.light.lamp in (Lamp.DONE, Lamp.WAITING):
            return self.light.late == 0
        return False if self.light.lamp is Lamp.OVERDUE else None


@dataclass(frozen=True)
class OnTime:
    """How many matters were finished in time, of how many that could be told: parts add up to the whole."""

    in_time: int = 0
    told: int = 0

    def __add__(self, other: OnTime) -> OnTime:
        return OnTime(self.in_time + other.in_time, self.told + other.told)

    @property
    def rate(self) -> Decimal | None:
        """按时率 in per cent; None where nothing could be told yet, which is not 0."""
        return Decimal(100 * self.in_time) / self.told if self.told else None


def on_time(cells: Iterable[Cell]) -> OnTime:
    """How much of some matters was in time; what is open, or excused, is not in the count."""
    known = [cell.in_time for cell in cells if cell.in_time is not None]
    return OnTime(sum(known), len(known))


@dataclass(frozen=True)
class Standing:
    """A deployment on a day: every cell, in the order of tasks and units."""

    deployment: Deployment
    today: date
    tasks: tuple[Task, ...]
    receipts: tuple[Receipt, ...]
    cells: Mapping[tuple[int, int], Cell]

    @property
    def units(self) -> tuple[Unit, ...]:
        """The units that it was sent to, in code order."""
        return tuple(receipt.unit for receipt in self.receipts)

    @property
    def asked(self) -> tuple[Receipt, ...]:
        """The receipts of the units that are asked something, or left something to judge."""
        return tuple(receipt for receipt in self.receipts if self.at(receipt))

    def at(self, receipt: Receipt) -> tuple[Cell, ...]:
        """The tasks of one unit."""
        found = (self.cells.get((task.pk, receipt.pk)) for task in self.leaves)
        return tuple(cell for cell in found if cell is not None)

    def of(self, task: Task) -> tuple[Cell, ...]:
        """A task, or all parts of one that has parts, at every unit."""
        return tuple(
            cell
            for leaf in self.leaves_under(task)
            for receipt in self.receipts
            if (cell := self.cells.get((leaf.pk, receipt.pk))) is not None
        )

    @cached_property
    def leaves(self) -> tuple[Task, ...]:
        """The tasks that units answer."""
        parents = {task.parent_id for task in self.tasks}
        return tuple(task for task in self.tasks if task.pk not in parents)

    def leaves_under(self, task: Task) -> tuple[Task, ...]:
        """The answered tasks at or below a task."""
        parts = [each for each in self.tasks if each.parent_id == task.pk]
        if not parts:
            return (task,)
        return tuple(leaf for part in parts for leaf in self.leaves_under(part))

    def light_of(self, task: Task) -> Light | None:
        """The light of a task: the worst of what is open under it; None where nothing was sent."""
        return _together(self.of(task))

    def light_at(self, receipt: Receipt) -> Light | None:
        """The light of a unit over all its tasks."""
        return _together(self.at(receipt))

    @property
    def light(self) -> Light | None:
        """The light of the whole."""
        return _together(self.cells.values())


@dataclass(frozen=True)
class Tally:
    """How the units of a deployment stand, each counted once, by the worst of its tasks.

    `longest` is the most working days over, `unsigned` how many have not signed for it.
    """

    units: int
    in_time: int
    late: int
    overdue: int
    excused: int
    open: int
    longest: int
    unsigned: int = 0

    @property
    def answered(self) -> int:
        """The units that have nothing more to say at present."""
        return self.in_time + self.late + self.excused


def tally(standing: Standing) -> Tally:
    """Count the units: overdue with anything, else still open, reported late, excused, or all in time.

    A unit that is no more and left nothing to judge is not counted.
    """
    found = {"in_time": 0, "late": 0, "overdue": 0, "excused": 0, "open": 0}
    asked = standing.asked
    for receipt in asked:
        found[_how(standing.at(receipt))] += 1
    over = (c.light.days for c in standing.cells.values() if c.light.lamp is Lamp.OVERDUE)
    unsigned = sum(receipt.received_at is None for receipt in asked)
    return Tally(len(asked), longest=max(over, default=0), unsigned=unsigned, **found)


def _how(cells: Sequence[Cell]) -> str:
    lamps = {cell.light.lamp for cell in cells}
    if Lamp.OVERDUE in lamps:
        return "overdue"
    if not lamps <= ANSWERED:
        return "open"
    if any(cell.in_time is False for cell in cells):
        return "late"
    return "excused" if Lamp.EXCUSED in lamps else "in_time"


def _together(cells: Iterable[Cell]) -> Light | None:
    lights = [cell.light for cell in cells]
    return worst(lights) if lights else None


def standing(deployment: Deployment, today: date, receipts: Sequence[Receipt] = ()) -> Standing:
    """How a deployment stands on a day, at all units or only at those of some receipts."""
    chosen = list(receipts) or list(
        deployment.receipts.select_related("unit__court", "contact", "assigned_to")
    )
    return standings([deployment], today, {deployment.pk: chosen})[0]


def standings(
    deployments: Sequence[Deployment], today: date, sent: Mapping[int, Sequence[Receipt]]
) -> list[Standing]:
    """The same for several at once, in as many queries as for one."""
    from_task = _tasks(deployments)
    units = {receipt.unit_id for rows in sent.values() for receipt in rows}
    dues = _dues(deployments, from_task, units)
    answers = _answers([due.pk for due in dues.values()])
    pleas = _pleas([due.pk for due in dues.values()])
    days = {unit.pk: own_days(unit) for unit in {each.unit for each in deployments}}
    return [
        _standing(
            (each, today, days[each.unit_id]),
            from_task[each.pk],
            sent.get(each.pk, ()),
            dues,
            (answers, pleas),
        )
        for each in deployments
    ]


def _tasks(deployments: Sequence[Deployment]) -> dict[int, tuple[Task, ...]]:
    found: dict[int, list[Task]] = {each.pk: [] for each in deployments}
    if deployments:
        rows = Task.objects.filter(deployment__in=deployments)
        for task in rows.order_by("deployment", "number"):
            found[task.deployment_id].append(task)
    return {pk: tuple(tasks) for pk, tasks in found.items()}


def _dues(
    deployments: Sequence[Deployment], from_task: Mapping[int, Sequence[Task]], units: set[int]
) -> dict[tuple[str, int], Due]:
    origins = [each.origin(task.number) for each in deployments for task in from_task[each.pk]]
    rows = Due.objects.filter(origin__in=origins, unit__in=units)
    return {(due.origin, due.unit_id): due for due in rows}


def _answers(dues: Sequence[int]) -> dict[int, list[TaskFeedback]]:
    """The reports of each due, the latest first; a voided one is none."""
    through = Due.answers.through.objects.filter(due__in=dues)
    pairs = list(through.values_list("due_id", "record_id"))
    rows = TaskFeedback._default_manager.in_bulk({record for _, record in pairs})
    found: dict[int, list[TaskFeedback]] = defaultdict(list)
    for due, record in sorted(pairs, key=lambda pair: -pair[1]):
        if record in rows and rows[record].state != "void":
            found[due].append(rows[record])
    return found


def _pleas(dues: Sequence[int]) -> dict[int, list[Plea]]:
    rows = Plea.dues.through.objects.filter(due__in=dues).select_related("plea__author")
    found: dict[int, list[Plea]] = defaultdict(list)
    for row in rows.order_by("-plea__made_at", "-plea"):
        found[row.due_id].append(row.plea)
    return found


def _standing(
    asked: tuple[Deployment, date, Overrides],
    tasks: tuple[Task, ...],
    receipts: Sequence[Receipt],
    dues: Mapping[tuple[str, int], Due],
    became: tuple[Mapping[int, list[TaskFeedback]], Mapping[int, list[Plea]]],
) -> Standing:
    deployment, today, days = asked

    @cache  # Most units stand alike.
    def told(course: Course) -> tuple[Light, date]:
        return light(course, today, follow_up().warns, days), limit_of(course, days)

    cells = {}
    for receipt in receipts:
        for task in tasks:
            due = dues.get((deployment.origin(task.number), receipt.unit_id))
            if due is None:
                continue
            reports, pleas = became[0].get(due.pk, []), became[1].get(due.pk, [])
            if gone(receipt.unit, today) and not any(map(_stands, reports)):
                continue  # Its heir was asked the same, or there is none.
            course = course_of(due, reports, pleas)
            cells[task.pk, receipt.pk] = Cell(
                task,
                receipt,
                due,
                course,
                *told(course),
                reports[0] if reports else None,
                pleas[0] if pleas else None,
            )
    return Standing(deployment, today, tasks, tuple(receipts), cells)


def _stands(report: TaskFeedback) -> bool:
    """Whether a report was handed in and not sent back."""
    return report.state in ("submitted", "accepted")


def gone(unit: Unit, today: date) -> bool:
    """Whether a unit is no more on a day."""
    return unit.dissolved_on is not None and unit.dissolved_on <= today


def course_of(due: Due, reports: Sequence[TaskFeedback], pleas: Sequence[Plea]) -> Course:
    """What has become of a due, from the reports that say it is finished and what was asked about it."""
    said = [each for each in reports if each.progress == Progress.DONE]
    last = said[0] if said else None
    excused = any(plea.kind == PleaKind.EXCUSE and plea.accepted for plea in pleas)
    return Course(
        opens_on=due.opens_on,
        due_on=due.due_on,
        handed_in_on=last.handed_in_on if last and last.state != "returned" else None,
        returned_on=last.returned_on if last else None,
        accepted_on=last.accepted_on if last else None,
        excused=excused,
        first_in_on=min((each.first_in_on for each in said if each.first_in_on), default=None),
    )
