"""The desk of the fixed cast: the activities of their branch, step by step.

Their branch is the one the screens are first seen with, so it is written as they would write it:
drafted and sent by the organiser, confirmed by the secretary, linked to the cases it was about.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.workdays import add_workdays
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import activity_types
from rongjian.ledgers.attendance import expected_at
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ledgers.meeting import Item, Meeting, Resolved, hold
from rongjian.ops.demo.cast import BRANCH
from rongjian.ops.demo.meetings import fits, kinds_of_month, running
from rongjian.ops.demo.scribe import moment
from rongjian.ops.demo.words import topics
from rongjian.org.access import actor_of
from rongjian.records.actions import move, save

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.kernel.periods import Month
    from rongjian.ops.demo.realm import Branch, Court, Realm
    from rongjian.ops.demo.scribe import Scribe
    from rongjian.ops.demo.words import Topic
    from rongjian.org.access import Actor

PLACE = "307会议室"
"""Where the cast's branch meets."""
SETTLED_AFTER = timedelta(days=15)
"""How long after a meeting what it decided is done."""
QUIET_DAYS = 5
"""The branch has done nothing for so many days: what falls due now is not answered yet."""

FORCE_TOPIC = "case-01"
"""What the branch does together with the task force of today."""

_OF_THE_DAY = {
    "group_meeting": 24,
    "theme_day": 25,
    "committee_meeting": 12,
    "member_meeting": 16,
    "party_lecture": 19,
}


@dataclass(frozen=True)
class Entry:
    """One activity of the cast's branch and the day on which it was written down."""

    activity: Activity
    noted_at: datetime


def write_desk(realm: Realm, scribe: Scribe, months: list[Month]) -> list[Entry]:
    """Plan the branch's activities; the last one waits for the secretary, and one is a draft."""
    court = realm.court(BRANCH.split("-")[0])
    branch = next(each for each in court.branches if each.unit.code == BRANCH)
    organiser = actor_of(realm.cast["lisi"], scribe.until)
    secretary = actor_of(realm.cast["wangwu"], scribe.until)
    last = scribe.until.date() - timedelta(days=QUIET_DAYS)
    entries = [
        entry
        for month in months
        for entry in _month(realm, court, branch, month)
        if entry.activity.happened_on <= last
    ]
    entries.sort(key=lambda entry: entry.activity.happened_on)
    for entry in entries[:-2]:
        _note(scribe, organiser, entry, entry.noted_at)
        confirmed = moment(add_workdays(entry.noted_at.date(), 1), 9, 20)
        scribe.at(confirmed, partial(_move, secretary, entry.activity, "approve"))
        done = confirmed + SETTLED_AFTER
        if done < scribe.until:
            scribe.at(done, partial(_settle, organiser, secretary, entry.activity))
    for entry in entries[-2:-1]:
        scribe.at(scribe.until - timedelta(minutes=40), partial(_save, organiser, entry.activity))
    for entry in entries[-1:]:
        _note(scribe, organiser, entry, scribe.until - timedelta(minutes=30))
    return entries


def _note(scribe: Scribe, organiser: Actor, entry: Entry, at: datetime) -> None:
    scribe.at(at, partial(_save, organiser, entry.activity))
    scribe.at(at + timedelta(minutes=4), partial(_move, organiser, entry.activity, "submit"))


def _save(actor: Actor, activity: Activity, now: datetime) -> None:
    """Written as through the form: absent are people of the day's roster, chosen as often as asked."""
    rule = activity_types()[activity.type]
    expected = expected_at(rule, activity.unit, activity.happened_on)
    random = Random(f"absent/{activity.happened_on}/{activity.type}")
    others = [
        each.pk for each in expected.people if each.pk not in (activity.chair_id, actor.person.pk)
    ]
    absent = random.sample(others, min(activity.absent, len(others)))
    named = Meeting(
        tuple(absent) if expected.people else None, _agenda(activity), _decided(activity)
    )
    hold(replace(actor, now=now), activity, named)


def _agenda(activity: Activity) -> list[Item]:
    """What a members' or committee meeting had on its agenda; a theme day has its topic alone."""
    if activity.type not in ("member_meeting", "committee_meeting"):
        return []
    return [Item("study", "学习近期重要讲话精神"), Item("discussion", activity.topic)]


def _decided(activity: Activity) -> list[Resolved]:
    if not activity.line:
        return []
    until = add_workdays(activity.happened_on, 20)
    return [Resolved("明确分工，下次支委会通报进展", activity.recorder_id, until)]


def _settle(organiser: Actor, secretary: Actor, activity: Activity, now: datetime) -> None:
    """What was decided is done: said by the organiser with proof, checked by the secretary."""
    for decision in MeetingDecision._default_manager.filter(links__target=activity.pk):
        decision.result, decision.proof = "已按分工落实", "支委会通报记录"
        save(replace(organiser, now=now), decision)
        move(replace(organiser, now=now), decision, "claim")
        move(replace(secretary, now=now), decision, "close")


def _move(actor: Actor, activity: Activity, step: str, now: datetime) -> None:
    move(replace(actor, now=now), activity, step)


def _month(realm: Realm, court: Court, branch: Branch, month: Month) -> Iterator[Entry]:
    random = Random(f"{realm.seed}/desk/{month}")
    # Only the cast's branch has groups; they have not met yet this month.
    for kind in (*kinds_of_month(branch, month), "group_meeting"):
        number = _OF_THE_DAY.get(kind, 22)
        day = add_workdays(month.first_day + timedelta(days=number - 1), 0)
        fitting = [topic for topic in topics() if kind in topic.types and fits(topic, branch)]
        topic = random.choices(fitting, [2 if topic.lines else 1 for topic in fitting])[0]
        activity = _activity(court, branch, day, kind, topic)
        activity.absent = random.choice((0, 0, 1, 1, 2))
        activity.chair, activity.recorder = realm.cast["wangwu"], realm.cast["lisi"]
        yield Entry(activity, moment(day, 17, random.randrange(10, 50)))


def _activity(court: Court, branch: Branch, day: date, kind: str, topic: Topic) -> Activity:
    standing = court.standing_force
    ours = (
        standing if standing and topic.code == FORCE_TOPIC and day > standing.founded_on else None
    )
    return Activity(
        unit=branch.unit,
        type=kind,
        happened_on=day,
        topic=topic.text,
        mode=topic.mode,
        campaign=running(topic.campaign, day),
        line=branch.lines[0] if topic.lines else "",
        task_force=ours,
        expected=branch.members,
        place=PLACE,
        starts_at=time(15),
        ends_at=time(16, 20),
    )
