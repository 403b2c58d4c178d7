"""Whatever people do in whatever order: the laws of deployments hold after every single step.

Random histories against the real actions; `--histories 10000` runs more than the suite does. The lights
alone are held to their laws over ten thousand histories each time.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.lights import Course, Lamp, climbed, light, limit_of, worst
from rongjian.kernel.workdays import add_workdays, workdays_between
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.records.actions import WrongState, move
from rongjian.records.models import Due
from rongjian.supervision.answering import Plead, decide, plead, remind, report
from rongjian.supervision.courses import OnTime, on_time, standing
from rongjian.supervision.dispatching import Planned
from rongjian.supervision.feedback import Progress, TaskFeedback
from rongjian.supervision.models import Plea, PleaKind, Receipt, Reminder
from tests.supervision.sent_house import CONTACTS, LIMIT, START, ZONE

if TYPE_CHECKING:
    from rongjian.kernel.lights import Light
    from rongjian.supervision.courses import Cell, Standing
    from rongjian.supervision.deployment import Deployment
    from tests.supervision.sent_house import SentHouse

DAY = timedelta(days=1)
REFUSALS = (Denied, WrongState, ValidationError)
SEED = 20260625
STEPS = 16
EVERYBODY = ("inspector", "chief", "second_head", "liaison", "chief_below", "head", "lisi")
TASKS = (
    Planned("分类清理", LIMIT),
    Planned("应撤尽撤", date(2026, 6, 18), parent=0),
    Planned("加快办理", LIMIT, parent=0),
    Planned("建章立制", date(2026, 6, 20)),
)


# --- the lights alone ------------------------------------------------------------------------------


def test_ten_thousand_histories_of_lights() -> None:
    chance = random.Random(SEED)
    seen = set()
    for _ in range(10_000):
        seen |= _history_of_lights(chance)
    assert seen == set(Lamp)


def _history_of_lights(chance: random.Random) -> set[Lamp]:
    """A parent with two parts, each on its way; what holds is asserted after each step."""
    start = date(2026, 1, 5) + chance.randrange(330) * DAY
    today = start
    parts = [Course(start + chance.randrange(3) * DAY, start + 9 * DAY) for _ in range(2)]
    before = [light(part, today) for part in parts]
    seen = {each.lamp for each in before}
    for _ in range(6):
        today += chance.choice((0, 1, 4)) * DAY
        place = chance.randrange(2)
        passed = [light(part, today) for part in parts]
        for old, new in zip(before, passed, strict=True):
            assert old.lamp <= new.lamp  # By time alone nothing gets better,
            if old.lamp in (Lamp.DONE, Lamp.EXCUSED, Lamp.WAITING):
                assert new == old  # and what is finished or waits stays as it is.
        extended = limit_of(parts[place])
        parts[place] = _stepped(chance, parts[place], today)
        assert limit_of(parts[place]) >= extended
        before = [light(part, today) for part in parts]
        whole = worst(before)
        assert whole.lamp == max(each.lamp for each in before)
        assert whole.lamp.open == any(each.lamp.open for each in before)
        for each in before:
            height = climbed(each, (1, 3, 5, 7))
            assert (each.lamp is Lamp.OVERDUE) or height == 0
        seen |= {each.lamp for each in before}
    return seen


def _stepped(chance: random.Random, course: Course, today: date) -> Course:
    """What can happen next to a matter on a day."""
    if course.accepted_on:
        return course
    if course.handed_in_on:
        return chance.choice(
            (
                replace(course, accepted_on=today),
                replace(course, handed_in_on=None, returned_on=today),
            )
        )
    if today < course.opens_on:
        return course
    return chance.choice(
        (
            course,
            replace(course, handed_in_on=today, first_in_on=course.first_in_on or today),
            replace(course, due_on=course.due_on + chance.randint(1, 9) * DAY),
            replace(course, excused=True),
        )
    )


# --- the real actions ------------------------------------------------------------------------------


@dataclass
class History:
    """One deployment and what is remembered of it to compare with."""

    staffed: SentHouse
    chance: random.Random
    deployment: Deployment
    today: date = START
    hour: int = 6
    limits: dict[int, date] = field(default_factory=dict)
    finished: set[tuple[int, int]] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def step(self) -> None:
        """Somebody does something, whether they may or not; a refusal is no fault."""
        if self.chance.random() < 0.5:
            self.today, self.hour = self.today + self.chance.choice((1, 1, 2, 5)) * DAY, 6
        self.hour = min(self.hour + 1, 23)
        act = self.chance.choice(
            (self._report, self._report, self._report, self._judge, self._judge, self._judge,
             self._plead, self._plead, self._decide, self._decide, self._decide,
             self._remind, self._void, self._close)
        )  # fmt: skip
        try:
            with transaction.atomic():
                act()
        except REFUSALS:
            return
        self.done.append(f"{self.today} {act.__name__}")

    def _somebody(self) -> str:
        return self.chance.choice(EVERYBODY)

    def _receipt(self) -> Receipt:
        return self.chance.choice(list(Receipt.objects.filter(deployment=self.deployment)))

    def _reports(self) -> list[TaskFeedback]:
        return list(TaskFeedback._default_manager.order_by("pk"))

    def _report(self) -> None:
        receipt = self._receipt()
        usual = CONTACTS[receipt.unit.code]
        who = usual if self.chance.random() < 0.9 else self._somebody()
        returned = [
            each for each in self._reports()
            if each.unit_id == receipt.unit_id and each.state == "returned"
        ]  # fmt: skip
        feedback = self.chance.choice(returned) if returned else TaskFeedback()
        feedback.text = "已经办理。"
        feedback.tasks = feedback.tasks or self.chance.choice(("", "2", "3", "2、4", "9"))
        feedback.progress = self.chance.choice((Progress.DONE, Progress.DONE, Progress.ONGOING))
        report(self.staffed.actor(who, self.today, self.hour), receipt, feedback)

    def _judge(self) -> None:
        step = self.chance.choice(("accept", "accept", "accept", "return", "reopen"))
        now = "accepted" if step == "reopen" else "submitted"
        waiting = [each for each in self._reports() if each.state == now]
        # Whoever may, and those who would like to.
        liked = self.chance.choice(("inspector", "second_head", "chief_below", self._somebody()))
        actor = self.staffed.actor(liked, self.today, self.hour)
        if waiting:
            feedback = self.chance.choice(waiting)
            cells = self._about(feedback) if step == "reopen" else set()
            move(actor, feedback, step, detail="请补充")
            self.finished -= cells

    def _void(self) -> None:
        """The deployment itself stays; a report that is back may be given up."""
        for feedback in self._reports():
            if feedback.state == "returned":
                name = CONTACTS[feedback.unit.code]
                move(self.staffed.actor(name, self.today, self.hour), feedback, "void")
                return

    def _plead(self) -> None:
        receipt = self._receipt()
        kind = self.chance.choice((PleaKind.EXTENSION, PleaKind.EXTENSION, PleaKind.EXCUSE))
        tasks = self.chance.choice(((), (), (2,), (3, 4)))
        actor = self.staffed.actor(CONTACTS[receipt.unit.code], self.today, self.hour)
        until = LIMIT + self.chance.randint(-2, 40) * DAY if kind == PleaKind.EXTENSION else None
        made = plead(actor, receipt, Plead(kind, "casework", until=until, tasks=tasks))
        if until and self.chance.random() < 0.5:
            # Somebody else of the unit asks at the same moment: neither sees the other's.
            again = LIMIT + self.chance.randint(1, 40) * DAY
            dues = list(made.dues.all())
            made.pk, made.until = None, again
            made.save()
            made.dues.set(dues)

    def _decide(self) -> None:
        pleas = list(Plea.objects.filter(receipt__deployment=self.deployment, accepted=None))
        if pleas:
            actor = self.staffed.actor(self._somebody(), self.today, self.hour)
            decide(actor, self.chance.choice(pleas), accepted=self.chance.random() < 0.9)

    def _remind(self) -> None:
        remind(self.staffed.actor("inspector", self.today, self.hour), self._receipt())

    def _close(self) -> None:
        self.deployment.refresh_from_db()
        open_before = self.deployment.open_dues(self.today).count()
        move(self.staffed.actor("inspector", self.today, self.hour), self.deployment, "close")
        assert open_before == 0

    def _about(self, feedback: TaskFeedback) -> set[tuple[int, int]]:
        dues = set(feedback.answered_dues.values_list("pk", flat=True))
        on = standing(self.deployment, self.today)
        return {key for key, cell in on.cells.items() if cell.due.pk in dues}

    # --- what always holds ---

    def check(self) -> None:
        on = standing(self.deployment, self.today)
        self._nothing_is_verified_by_its_reporter()
        self._no_limit_is_shortened()
        self._what_is_finished_stays(on)
        self._the_whole_is_its_worst_part(on)
        self._parts_add_up(on)
        self._reminders_keep_their_distance()

    def _nothing_is_verified_by_its_reporter(self) -> None:
        for feedback in TaskFeedback._default_manager.filter(state="accepted"):
            lines = Event.objects.filter(record_id=feedback.pk)
            [*_, verifier] = (
                lines.filter(verb="accept").order_by("pk").values_list("actor", flat=True)
            )
            handed_in = set(lines.filter(verb="submit").values_list("actor", flat=True))
            assert feedback.author is not None
            assert verifier not in handed_in | {f"u:{feedback.author.staff_no}"}
            # Nobody of the unit that reported judges it, its leaders included.
            assert verifier.removeprefix("u:") in self._judges()
        for plea in Plea.objects.exclude(accepted=None):
            assert plea.decided_by_id not in (None, plea.author_id)

    def _judges(self) -> set[str]:
        return {
            self.staffed.people[name].staff_no for name in ("inspector", "chief", "second_head")
        }

    def _no_limit_is_shortened(self) -> None:
        for due in Due.objects.filter(origin__startswith=f"deployment:{self.deployment.pk}:"):
            assert due.due_on >= self.limits.get(due.pk, due.due_on)
            self.limits[due.pk] = due.due_on

    def _what_is_finished_stays(self, on: Standing) -> None:
        later = standing(self.deployment, self.today + 60 * DAY)
        for key in self.finished:
            assert on.cells[key].light.lamp is Lamp.DONE
        for key, cell in on.cells.items():
            if cell.light.lamp is Lamp.DONE:
                self.finished.add(key)
                assert later.cells[key].light == cell.light
            elif cell.light.lamp in (Lamp.EXCUSED, Lamp.WAITING):
                assert later.cells[key].light == cell.light

    def _the_whole_is_its_worst_part(self, on: Standing) -> None:
        children: dict[int | None, list[int]] = defaultdict(list)
        for task in on.tasks:
            children[task.parent_id].append(task.pk)

        def lamps(task: int) -> list[Lamp]:
            own = [cell.light.lamp for (each, _), cell in on.cells.items() if each == task]
            return own + [lamp for part in children[task] for lamp in lamps(part)]

        for task in on.tasks:
            assert _lamp(on.light_of(task)) == max(lamps(task.pk))
        for receipt in on.receipts:
            assert _lamp(on.light_at(receipt)) == max(cell.light.lamp for cell in on.at(receipt))
        assert _lamp(on.light) == max(cell.light.lamp for cell in on.cells.values())

    def _parts_add_up(self, on: Standing) -> None:
        whole = on_time(on.cells.values())
        months: dict[str, list[Cell]] = defaultdict(list)
        for cell in on.cells.values():
            months[f"{cell.limit:%Y-%m}"].append(cell)
        for parts in (
            [on.at(receipt) for receipt in on.receipts],
            [on.of(task) for task in on.tasks if task.parent_id is None],
            [on.of(task) for task in on.leaves],
            list(months.values()),
        ):
            added = sum((on_time(part) for part in parts), OnTime())
            assert (added, added.rate) == (whole, whole.rate)
        assert (whole.rate is None) == (whole.told == 0)

    def _reminders_keep_their_distance(self) -> None:
        for receipt in on_receipts(self.deployment):
            made = Reminder.objects.filter(receipt=receipt).order_by("made_at")
            days = [each.made_at.astimezone(ZONE).date() for each in made]
            for first, second in pairwise(days):
                assert workdays_between(first, second) >= 2


def on_receipts(deployment: Deployment) -> list[Receipt]:
    return list(Receipt.objects.filter(deployment=deployment))


def _lamp(found: Light | None) -> Lamp:
    assert found is not None
    return found.lamp


class Undone(Exception):
    """Takes back what a history has written."""


def test_the_laws_hold_after_every_step(staffed: SentHouse, request: pytest.FixtureRequest) -> None:
    tried: dict[str, int] = defaultdict(int)
    for number in range(request.config.getoption("--histories")):
        chance = random.Random(SEED + number)
        try:
            with transaction.atomic():
                deployment = staffed.sent(TASKS)
                history = History(staffed, chance, deployment)
                history.check()
                for _ in range(STEPS):
                    history.step()
                    history.check()
                raise Undone
        except Undone:
            for each in history.done:
                tried[each.split("_")[-1]] += 1
        except AssertionError as fault:
            raise AssertionError(f"history {number}: {history.done}") from fault
    # A machine in which nothing succeeds proves nothing.
    assert {"report", "judge", "plead", "decide", "remind"} <= set(tried)


def test_a_reminder_waits_for_its_second_working_day(staffed: SentHouse) -> None:
    receipt = staffed.receipt(staffed.sent(), "450103")
    day = date(2026, 6, 17)
    for _ in range(4):
        # Before eight it is still the day before at Greenwich.
        remind(staffed.actor("inspector", day, 7), receipt)
        following = add_workdays(day, 1)
        with pytest.raises(WrongState, match="工作日内已提醒过"):
            remind(staffed.actor("inspector", following), receipt)
        day = add_workdays(day, 2)
