"""The demo's task forces: who was seconded to them, and the records of their setting up."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from rongjian.ops.demo.cast import DEPARTMENT
from rongjian.ops.demo.history import by_close
from rongjian.ops.demo.scribe import closing, moment
from rongjian.org.models import Affiliation, AffiliationKind, Membership, Post, PostState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Row, Scribe
    from rongjian.org.models import Person, Unit

_FULL = 3
"""So many of a task force's members are full ones at least, as a branch takes them."""
_STANDING = 7


def second_all(court: Court, seed: int) -> None:
    """Second Party members to the task forces of a procuratorate; the first of them leads."""
    free = [person for staff in court.staff.values() for person in staff if person.account is None]
    rows: list[Affiliation] = []
    posts: list[Post] = []
    for force in court.forces:
        days = (force.unit.founded_on, force.dissolved_on)
        force.people.extend(_chosen(free, force.members, f"{seed}/{force.unit.code}"))
        rows += _seconded(force.unit, force.people, days)
        posts.append(
            Post(
                person=force.people[0],
                unit=force.branch,
                role="branch_secretary",
                valid_from=force.founded_on,
                valid_to=force.dissolved_on,
                state=PostState.APPROVED,
            )
        )
    if court.standing_force:
        unit = court.standing_force
        # Of the cast's house, those whose branch records its activities together with it.
        own = [
            person
            for staff in court.staff.values()
            for person in staff
            if person.account is not None and person.department.code == DEPARTMENT
        ]
        people = [*_chosen(free, _STANDING - len(own), f"{seed}/{unit.code}"), *own]
        rows += _seconded(unit, people, (unit.founded_on, None))
    Affiliation.objects.bulk_create(rows)
    Post.objects.bulk_create(posts)


def _chosen(free: Sequence[Person], number: int, seed: str) -> list[Person]:
    """So many Party members, full ones first."""
    random = Random(f"forces/{seed}")
    full = [person for person in free if person.membership == Membership.FULL]
    first = random.sample(full, _FULL)
    rest = [
        person for person in free if person.membership != Membership.NONE and person not in first
    ]
    return [*first, *random.sample(rest, number - _FULL)]


def _seconded(
    unit: Unit, people: Sequence[Person], days: tuple[date, date | None]
) -> Iterator[Affiliation]:
    for person in people:
        yield Affiliation(
            person=person,
            unit=unit,
            kind=AffiliationKind.TASK_FORCE,
            valid_from=days[0],
            valid_to=days[1],
        )


def write_forces(realm: Realm, scribe: Scribe, months: int) -> None:
    """The settings up and the foundings, as the Party office at the top recorded them afterwards.

    An approval names the day on which the branch ends with its task force, so it is known then.
    """
    forces = [(court, force) for court in realm.courts for force in court.forces]
    setups = [
        _setup(court, force.unit, force.people[0], force.dissolved_on) for court, force in forces
    ]
    foundings: list[Row] = [
        {
            "unit_id": force.unit.pk,
            "task_force_id": force.unit.pk,
            "happened_on": force.founded_on,
            "dissolved_on": force.dissolved_on,
            "reason": "专班任务结束",
            "approved_by_id": court.committee.pk,
            "secretary_id": force.people[0].pk,
            "branch_id": force.branch.pk,
            "members": force.members,
            "campaign": "gang",
        }
        for court, force in forces
    ]
    for kind, rows, state in (
        ("task-force", setups, "ended"),
        ("temporary-branch", foundings, "dissolved"),
    ):
        for last, together in by_close(rows, months):
            office = realm.region.acting("organ_committee", closing(last))
            scribe.rows(closing(last), office, kind, together, state=state)


def write_standing(realm: Realm, scribe: Scribe) -> None:
    """Plan the setting up of the task forces of today."""
    for court in realm.courts:
        if unit := court.standing_force:
            _write_standing(court, unit, scribe)


def _setup(court: Court, unit: Unit, leader: Person, ends: date, campaign: str = "gang") -> Row:
    return {
        "unit_id": court.unit.pk,
        "task_force_id": unit.pk,
        "happened_on": unit.founded_on,
        "ends_on": ends,
        "name": unit.short.removeprefix(court.unit.short),
        "basis": f"{court.unit.short}党组会议决定",
        "leader_id": leader.pk,
        "campaign": campaign,
        "line": "B02" if campaign else "",
    }


def _write_standing(court: Court, unit: Unit, scribe: Scribe) -> None:
    """A city's task force of today, which runs for two years and has no branch yet."""
    leader = unit.affiliations.select_related("person").order_by("pk")[0].person
    row = _setup(court, unit, leader, unit.founded_on + timedelta(days=730), campaign="")
    at = moment(unit.founded_on + timedelta(days=1), 10)
    scribe.rows(at, court.acting("organ_committee", at), "task-force", [row], state="approved")
