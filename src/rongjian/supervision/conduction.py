"""责任传导: how long a deployment takes on its way down every level and back up, and where it is held up.

A step lasts from what happened before it to its own end, in working days of the office whose deployment is
looked at; what has not ended yet is counted to today. Steps follow each other without gap or overlap, so
those of a unit add up to the time that passed between issuing and the last thing that happened there.
Units stand in code order and are never set against each other: what is named is a step.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import TYPE_CHECKING

from django.utils.timezone import localtime

from rongjian.kernel.lights import Lamp
from rongjian.kernel.workdays import workdays_between
from rongjian.org.own_days import own_days
from rongjian.supervision.courses import gone, standings
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.models import Receipt
from rongjian.supervision.policy import follow_up

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from rongjian.kernel.workdays import Overrides
    from rongjian.org.models import Unit
    from rongjian.supervision.courses import Cell

Moment = date | datetime
RECEIVE, PASS, WORK, BELOW, GATHER, ACCEPT = "签收", "交办", "办理", "下级办理", "汇总", "审核"
STEPS = (RECEIVE, PASS, BELOW, WORK, GATHER, ACCEPT)
DOWN = (RECEIVE, PASS)
HANDING = (RECEIVE, PASS, GATHER, ACCEPT)
"""The steps that only hand something on; the work itself is judged by its limit, not here."""


@dataclass(frozen=True)
class Step:
    """One step at one unit: its working days, and its hours where it began and ended on one day.

    `days` is None where it has not begun; `open` says that it is still going on, counted to today. A step
    that was left out (reported without giving it to anybody first) took no time.
    """

    name: str
    days: int | None
    hours: float | None = None
    open: bool = False
    skipped: bool = False


@dataclass(frozen=True)
class Link:
    """A deployment at one of its units: the steps there, in their order.

    `above` is the receipt that was handed down to here; None at the first level. `began` and `ended`
    are days; without an end it is still under way.
    """

    level: int
    receipt: Receipt
    above: int | None
    steps: tuple[Step, ...]
    began: date
    ended: date | None
    elapsed: int
    excused: bool = False

    @property
    def unit(self) -> Unit:
        """The unit that was to do it."""
        return self.receipt.unit

    @property
    def deployment(self) -> Deployment:
        """The deployment of this level."""
        return self.receipt.deployment

    @property
    def standing_at(self) -> Step | None:
        """The step at which it stands; None where all have ended."""
        return next((step for step in self.steps if step.open), None)

    @property
    def broken(self) -> bool:
        """Whether the chain breaks off here: nobody has signed, or nobody was given it, for too long."""
        step = self.standing_at
        within = follow_up().passes_on_within
        return step is not None and step.name in DOWN and (step.days or 0) > within


@dataclass(frozen=True)
class Slowest:
    """A step that took the longest, with who had it in hand: the unit, or for a review the office above."""

    link: Link
    step: Step

    @property
    def holder(self) -> Unit:
        """Whose turn it was."""
        return self.link.deployment.unit if self.step.name == ACCEPT else self.link.unit


@dataclass(frozen=True)
class Typical:
    """A step over all units of a level: the median of its days, of how many, how many still going on."""

    level: int
    name: str
    days: float
    units: int
    open: int


@dataclass(frozen=True)
class Conduction:
    """The whole chain: every link, level by level, units in code order."""

    today: date
    links: tuple[Link, ...]

    def only(self, receipts: Collection[int]) -> Conduction:
        """The same, of some receipts alone."""
        held = tuple(link for link in self.links if link.receipt.pk in receipts)
        return Conduction(self.today, held)

    @property
    def slowest(self) -> tuple[Slowest, ...]:
        """The steps of handing on that took the longest; several only where they took as long."""
        steps = [
            Slowest(link, step)
            for link in self.links
            for step in link.steps
            if step.name in HANDING and step.days
        ]
        longest = max((each.step.days or 0 for each in steps), default=0)
        return tuple(each for each in steps if each.step.days == longest)

    @property
    def broken(self) -> tuple[Link, ...]:
        """Where the chain breaks off on its way down."""
        return tuple(link for link in self.links if link.broken)

    @property
    def typical(self) -> tuple[Typical, ...]:
        """The median of every step of every level, from the days of its units."""
        found: dict[tuple[int, str], list[Step]] = defaultdict(list)
        for link in self.links:
            for step in link.steps:
                if step.days is not None and not step.skipped:
                    found[link.level, step.name].append(step)
        return tuple(
            Typical(
                level,
                name,
                median(step.days or 0 for step in steps),
                len(steps),
                sum(step.open for step in steps),
            )
            for (level, name), steps in sorted(found.items(), key=_in_order)
        )


def _in_order(item: tuple[tuple[int, str], list[Step]]) -> tuple[int, int]:
    (level, name), _ = item
    return level, STEPS.index(name)


def conduction(deployment: Deployment, today: date) -> Conduction:
    """Follow a deployment down all its levels: a fixed number of queries for each level."""
    days = own_days(deployment.unit)
    levels = _levels(deployment)
    cells = [_cells(level, today) for level in levels]
    below: dict[int, list[Link]] = {}
    measured: list[list[Link]] = []
    for number in range(len(levels), 0, -1):
        links = [
            _link(number, receipt, cells[number - 1], below.get(receipt.pk, ()), (today, days))
            for receipt in levels[number - 1]
            # A unit that is no more and left nothing to judge holds nobody up.
            if cells[number - 1].get(receipt.pk) or not gone(receipt.unit, today)
        ]
        below = defaultdict(list)
        for link in links:
            if link.above is not None:
                below[link.above].append(link)
        measured.insert(0, links)
    return Conduction(today, tuple(link for links in measured for link in links))


def _levels(deployment: Deployment) -> list[list[Receipt]]:
    """The receipts of each level in code order; the next one is what they were handed down by."""
    rows = Receipt.objects.select_related(
        "unit__court", "assigned_to__court", "deployment__unit__court", "deployment__passes_on"
    )
    level = list(rows.filter(deployment=deployment).order_by("unit__path"))
    found = []
    while level:
        found.append(level)
        under = rows.filter(deployment__passes_on__in=level)
        chosen = under.filter(deployment__state__in=("issued", "closed"))
        level = list(chosen.order_by("unit__path", "pk"))
    return found


def _cells(level: Sequence[Receipt], today: date) -> dict[int, tuple[Cell, ...]]:
    """By receipt: its tasks as they stand."""
    sent: dict[int, list[Receipt]] = defaultdict(list)
    deployments = {}
    for receipt in level:
        sent[receipt.deployment_id].append(receipt)
        deployments[receipt.deployment_id] = receipt.deployment
    stands = standings([*deployments.values()], today, sent)
    return {receipt.pk: each.at(receipt) for each in stands for receipt in each.receipts}


# --- one unit ----------------------------------------------------------------------------------------------


def _link(
    level: int,
    receipt: Receipt,
    cells: Mapping[int, tuple[Cell, ...]],
    below: Sequence[Link],
    on: tuple[date, Overrides],
) -> Link:
    tasks = cells.get(receipt.pk, ())
    owed = [cell for cell in tasks if cell.light.lamp is not Lamp.EXCUSED]
    excused = bool(tasks) and not owed
    marks = list(_milestones(receipt, tasks if excused else owed, below, excused=excused))
    steps, last = measured(receipt.issued_at, marks, *on)
    whole = all(not step.open and step.days is not None for step in steps)
    return Link(
        level=level,
        receipt=receipt,
        above=receipt.deployment.passes_on_id if level > 1 else None,
        steps=steps,
        began=day_of(receipt.issued_at),
        ended=last if whole else None,
        elapsed=sum(step.days or 0 for step in steps),
        excused=excused,
    )


def _milestones(
    receipt: Receipt, cells: Sequence[Cell], below: Sequence[Link], *, excused: bool
) -> Iterable[tuple[str, Moment | None]]:
    """The steps of a unit with their ends; None for one that has not ended."""
    yield RECEIVE, receipt.received_at
    if receipt.unit.is_court:
        given = [link.receipt.issued_at for link in below]
        given += [receipt.assigned_at] if receipt.assigned_at else []
        yield PASS, min(given, default=None)
    if below:
        ended = [link.ended for link in below]
        yield BELOW, _last(ended)
    if excused:
        yield ACCEPT, _last([_decided(cell) for cell in cells])
        return
    handed_in = [cell.course.handed_in_on for cell in cells]
    yield GATHER if below else WORK, _last(handed_in)
    yield ACCEPT, _last([cell.course.accepted_on for cell in cells])


def _decided(cell: Cell) -> date | None:
    """When the reason was accepted that excuses a task."""
    at = cell.plea.decided_at if cell.plea else None
    return day_of(at) if at else None


def _last(days: Sequence[date | None]) -> date | None:
    """The last of several ends; None as long as one is missing."""
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def measured(
    began: Moment, marks: Sequence[tuple[str, Moment | None]], today: date, days: Overrides
) -> tuple[tuple[Step, ...], date]:
    """The steps between milestones, and the day up to which they run.

    What has no end though something later has, was left out. A milestone earlier than the one before it
    took no time. After the last known one the next step is open, counted to today; those behind it have
    not begun.
    """
    reached = max((at for at, (_, end) in enumerate(marks) if end is not None), default=-1)
    steps: list[Step] = []
    since, day = began, day_of(began)
    for at, (name, end) in enumerate(marks):
        if at > reached + 1:
            steps.append(Step(name, None))
        elif at == reached + 1:
            now = max(day, today)
            steps.append(Step(name, workdays_between(day, now, days), open=True))
            day = now
        elif end is None:
            steps.append(Step(name, 0, skipped=True))
        else:
            until = max(day, day_of(end))
            steps.append(Step(name, workdays_between(day, until, days), _hours(since, end)))
            since, day = _later(since, end), until
    return tuple(steps), day


def _later(since: Moment, end: Moment) -> Moment:
    """The later of two moments; of two on one day, the new one."""
    if isinstance(since, datetime) and isinstance(end, datetime):
        return max(since, end)
    return since if day_of(since) > day_of(end) else end


def day_of(moment: Moment) -> date:
    """The day of a moment, as the office's clock has it."""
    return localtime(moment).date() if isinstance(moment, datetime) else moment


def _hours(since: Moment, end: Moment) -> float | None:
    """The hours of a step within one day; None where it took days, or only the day is kept."""
    if not isinstance(since, datetime) or not isinstance(end, datetime):
        return None
    if day_of(since) != day_of(end):
        return None
    return max(0.0, (end - since).total_seconds() / 3600)
