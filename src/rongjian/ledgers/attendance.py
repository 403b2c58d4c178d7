"""Who is expected at an activity on a day, by its type, and what the numbers of those present allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity_types import Attendance, activity_types
from rongjian.org.models import Membership, Person, Post, effective
from rongjian.org.rosters import membership_on, roster

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from rongjian.ledgers.activity import Activity
    from rongjian.ledgers.activity_types import TypeRule
    from rongjian.org.models import Unit

COMMITTEE = (
    "branch_secretary",
    "branch_deputy",
    "branch_organiser",
    "branch_publicity",
    "branch_discipline",
)
"""The offices of a branch committee."""


@dataclass(frozen=True)
class Expected:
    """The people expected, in the order of their numbers; nobody where only a number is known."""

    people: tuple[Person, ...] = ()
    voters: frozenset[int] = frozenset()

    def attendance(self, absent: Iterable[int]) -> Attendance:
        """The numbers once these were absent."""
        gone = {*absent}
        return Attendance(len(self.people), len(gone), len(self.voters), len(gone & self.voters))


def expected_at(rule: TypeRule, unit: Unit, day: date) -> Expected:
    """Who is expected: the members on the roster of the day, or the committee."""
    if rule.expected == "counted":
        return Expected()
    people = _committee(unit, day) if rule.expected == "committee" else roster(unit, day).people
    voters = (
        each.pk for each in people if each.may_vote and membership_on(each, day) == Membership.FULL
    )
    return Expected(tuple(people), frozenset(voters))


def _committee(unit: Unit, day: date) -> list[Person]:
    posts = Post.objects.filter(effective(day), unit=unit, role__in=COMMITTEE)
    return list(
        Person.objects.filter(pk__in=posts.values("person"), left_on=None).order_by("staff_no")
    )


def attendance_of(activity: Activity) -> Attendance:
    """The numbers of a stored activity: by name where names were kept, else as entered."""
    gone = list(Absence.objects.filter(activity=activity).values_list("person_id", flat=True))
    if activity.voting is None:
        return Attendance(activity.expected, activity.absent)
    if len(gone) == activity.absent:
        rule = activity_types()[activity.type]
        voters = expected_at(rule, activity.unit, activity.happened_on).voters
        missing = len(voters.intersection(gone))
        return Attendance(activity.expected, activity.absent, activity.voting, missing)
    return Attendance(activity.expected, activity.absent, activity.voting, activity.absent)
