"""People of the demo world: staff, accounts of the fixed cast, and who holds which post."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User

from rongjian.ops.demo.cast import CAST, PASSWORD, held
from rongjian.ops.demo.founding import FIRST_DAY
from rongjian.ops.demo.realm import Realm
from rongjian.org.access import actor_of
from rongjian.org.account_models import Account
from rongjian.org.actions import affiliate, appoint
from rongjian.org.log_ins import taken_over
from rongjian.org.models import Membership, Person, Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rongjian.ops.demo.bodies import Plan, Team, Worker
    from rongjian.ops.demo.realm import Branch, Court
    from rongjian.org.access import Actor

ZONE = ZoneInfo("Asia/Shanghai")
LOADED_UNTIL = date(2021, 12, 31)
"""The history came from the case system, loaded for everybody by one office; then that ended."""

# Where the holder of a procuratorate-wide role sits, best place first, and which of those there it is:
# chief, secretary and the contact for deployments sit in the same office and are three people.
_SEATS = {
    "chief": (("D01",), 0),
    "party_secretary": (("D01",), 1),
    "case_manager": (("D31", "D36"), 0),
    "organ_committee": (("D35", "D02"), 1),
    "liaison": (("D01",), 2),
}
_WRITERS = ("case_manager", "organ_committee")


def staff_all(plans: Sequence[Plan], courts: list[Court], seed: int, now: datetime) -> Realm:
    """Take on everybody, open the cast's accounts, fill the posts."""
    accounts = _accounts()
    people = [
        person
        for plan, court in zip(plans, courts, strict=True)
        for person in _court_people(plan, court, accounts, now.date())
    ]
    Person.objects.bulk_create(people, batch_size=500)
    affiliate(people, FIRST_DAY)
    cast = {person.account.username: person for person in people if person.account}
    Account.objects.bulk_create(Account(user=user, **taken_over(now)) for user in accounts.values())
    _cast_posts(cast)
    for court in courts:
        _fill(court, cast, now)
    return Realm(seed, courts, cast, _loader(courts))


def _accounts() -> dict[str, User]:
    """The only accounts of the world; the password is hashed once, which is what takes time."""
    encoded = make_password(PASSWORD)
    users = [User(username=member.account, password=encoded) for member in CAST]
    return {user.username: user for user in User.objects.bulk_create(users)}


def _court_people(
    plan: Plan, court: Court, accounts: dict[str, User], today: date
) -> Iterator[Person]:
    branches = {team.code: branch for team, branch in _served(plan, court)}
    for team in plan.teams:
        unit = court.departments[team.department.suffix]
        staff = court.staff.setdefault(team.department.suffix, [])
        for worker in team.workers:
            member = worker.membership != Membership.NONE
            person = Person(
                staff_no=worker.staff_no,
                name=worker.name,
                court=court.unit,
                department=unit,
                branch=branches[team.code].unit if member else None,
                membership=worker.membership,
                **_membership_days(worker, today),
                account=accounts[worker.member.account] if worker.member else None,
            )
            staff.append(person)
            yield person


def _membership_days(worker: Worker, today: date) -> dict[str, date]:
    """When somebody joined: long ago and full a year later, or within the last year."""
    random = Random(f"joined/{worker.staff_no}")
    if worker.membership == Membership.FULL:
        joined = date(random.randint(1991, 2015), random.choice((5, 6, 7, 11, 12)), 1)
        joined += timedelta(days=random.randrange(28))
        return {"joined_on": joined, "full_on": joined.replace(year=joined.year + 1)}
    if worker.membership == Membership.PROBATIONARY:
        return {"joined_on": today - timedelta(days=random.randrange(40, 320))}
    return {}


def _served(plan: Plan, court: Court) -> Iterator[tuple[Team, Branch]]:
    for cell, branch in zip(plan.cells, court.branches, strict=True):
        for team in cell.served:
            yield team, branch


def _cast_posts(cast: dict[str, Person]) -> None:
    codes = {unit for member in CAST for _, unit in member.posts}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    for member in CAST:
        for role, unit in member.posts:
            appoint(cast[member.account], units[unit], role, FIRST_DAY)


def _fill(court: Court, cast: dict[str, Person], now: datetime) -> None:
    """Leaders, case manager and Party office of a procuratorate, heads of what it consists of."""
    for role, (seats, place) in _SEATS.items():
        person = _cast_at(role, court.unit, cast)
        if person is None:
            seat = next(court.staff[suffix] for suffix in seats if suffix in court.staff)
            person = _free(seat)[min(place, len(_free(seat)) - 1)]
            appoint(person, court.unit, role, FIRST_DAY)
        if role in _WRITERS:
            court.offices[role] = actor_of(person, now)
    for suffix, unit in court.departments.items():
        if not held("department_head", unit.code):
            appoint(_free(court.staff[suffix])[-1], unit, "department_head", FIRST_DAY)
    for branch in court.branches:
        if not held("branch_secretary", branch.unit.code):
            appoint(_secretary(court, branch), branch.unit, "branch_secretary", FIRST_DAY)


def _cast_at(role: str, unit: Unit, cast: dict[str, Person]) -> Person | None:
    for member in CAST:
        if (role, unit.code) in member.posts:
            return cast[member.account]
    return None


def _free(staff: Sequence[Person]) -> list[Person]:
    """Those who are not of the cast: its posts are fixed."""
    return [person for person in staff if person.account is None]


def _secretary(court: Court, branch: Branch) -> Person:
    """The last full member on the roster, who mostly heads the department as well."""
    return next(
        person
        for staff in court.staff.values()
        for person in reversed(_free(staff))
        if person.branch == branch.unit and person.membership == Membership.FULL
    )


def _loader(courts: Sequence[Court]) -> Actor:
    """Who loaded the history from the case system: at every procuratorate, until it was done."""
    person = _free(courts[0].staff["D31"])[1]
    for court in courts:
        appoint(person, court.unit, "case_manager", FIRST_DAY, LOADED_UNTIL)
    return actor_of(person, datetime(2018, 1, 31, tzinfo=ZONE))
