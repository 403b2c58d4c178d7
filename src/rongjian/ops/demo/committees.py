"""Committees and terms of the demo's branches, and the gaps planted at the cast's procuratorate.

Everything keeps the rules of `content/party-rules.yaml` but for what `cast.py` names: a department
too small for a branch, a term that ends soon, a temporary branch that outlived its task force.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.party_rules import party_rules
from rongjian.kernel.periods import months_later
from rongjian.ops.demo.cast import ENDED_FORCE, EXPIRING, held
from rongjian.ops.demo.founding import FIRST_DAY
from rongjian.ops.demo.scribe import closing
from rongjian.org.actions import NewUnit, appoint, found, pair
from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Membership,
    Post,
    PostState,
    Term,
    Tree,
    UnitType,
)
from rongjian.org.tenure import term_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.ops.demo.realm import Branch, Court, Realm
    from rongjian.ops.demo.scribe import Scribe
    from rongjian.org.models import Person, Unit

EXPIRES_IN, ENDED_AGO, LASTED = 50, 40, 320
"""Days: until the term ends, since the task force ended, and how long it had worked."""

_SEATS = ("branch_organiser", "branch_publicity", "branch_discipline")
_FORCE_MEMBERS = 5


def fill_committees(realm: Realm, today: date) -> None:
    """Fill the committees, register every term, and plant what is to be found."""
    branches = [(court, branch) for court in realm.courts for branch in court.branches]
    posts = [post for court, branch in branches for post in _seats(court, branch)]
    Post.objects.bulk_create(posts, batch_size=500)
    units = [court.committee for court in realm.courts] + [branch.unit for _, branch in branches]
    terms = [term for unit in units for term in _terms(unit, today, realm.seed)]
    Term.objects.bulk_create(terms, batch_size=500)
    _outlived(realm.court(ENDED_FORCE.split("-")[0]), today)


def _seats(court: Court, branch: Branch) -> Iterator[Post]:
    """The seats beside the secretary's, where the branch is large enough for a committee."""
    if branch.full < party_rules()["ORG-05"].least:
        return
    taken = set(Post.objects.filter(unit=branch.unit).values_list("person_id", flat=True))
    people = (person for person in _full_members(court, branch) if person.pk not in taken)
    for role in _SEATS:
        if not held(role, branch.unit.code):
            yield Post(
                person=next(people),
                unit=branch.unit,
                role=role,
                valid_from=FIRST_DAY,
                state=PostState.APPROVED,
            )


def _full_members(court: Court, branch: Branch) -> Iterator[Person]:
    """Full members who are not of the cast, whose posts are fixed."""
    for staff in court.staff.values():
        for person in staff:
            ours = person.branch == branch.unit and person.account is None
            if ours and person.membership == Membership.FULL:
                yield person


def _terms(unit: Unit, today: date, seed: int) -> list[Term]:
    """The present term, long before its end, and those before it since the founding."""
    years, random = term_rule(unit).years, Random(f"{seed}/terms/{unit.code}")
    # Half a year before the end a reminder is due: nobody but one is as near as that.
    begun = today - timedelta(days=random.randint(30, 365 * years - 220))
    if unit.code == EXPIRING:
        begun = months_later(today + timedelta(days=EXPIRES_IN + 1), -12 * years)
    starts = [begun]
    while (earlier := months_later(starts[-1], -12 * years)) > FIRST_DAY:
        starts.append(earlier)
    if starts[-1] > FIRST_DAY + timedelta(days=90):
        starts.append(FIRST_DAY)
    return [
        Term(
            unit=unit,
            number=number,
            began_on=start,
            expires_on=min(following, months_later(start, 12 * years)) - timedelta(days=1),
            basis=f"机党批〔{start.year}〕{random.randint(1, 60)}号",
        )
        for number, (start, following) in enumerate(
            zip(starts[::-1], [*starts[::-1][1:], date.max], strict=True), 1
        )
    ]


def _outlived(court: Court, today: date) -> None:
    """A task force that has ended, and its temporary branch that nobody has dissolved."""
    ended = today - timedelta(days=ENDED_AGO)
    begun = ended - timedelta(days=LASTED)
    approved = begun + timedelta(days=7)
    force, branch = found(
        [
            _plan(court, ENDED_FORCE, "未检专项办案专班", UnitType.TASK_FORCE, begun, ended),
            _plan(court, _branch_code(), "未检专项临时党支部", UnitType.TEMPORARY_BRANCH, approved),
        ]
    ).values()
    pair(branch, force, approved)
    line = [person for staff in court.staff.values() for person in staff if person.account is None]
    members = [person for person in line if person.membership == Membership.FULL]
    members = members[:: len(members) // _FORCE_MEMBERS][:_FORCE_MEMBERS]
    Affiliation.objects.bulk_create(
        Affiliation(
            person=person,
            unit=force,
            kind=AffiliationKind.TASK_FORCE,
            valid_from=begun,
            valid_to=ended,
        )
        for person in members
    )
    appoint(members[0], branch, "branch_secretary", approved)


def _branch_code() -> str:
    return ENDED_FORCE.replace("-T", "-PT")


def _plan(
    court: Court, code: str, name: str, kind: UnitType, begun: date, ended: date | None = None
) -> NewUnit:
    force = kind == UnitType.TASK_FORCE
    return NewUnit(
        code=code,
        name=court.place.court_name + name,
        short=court.place.court_short + name,
        tree=Tree.BUSINESS if force else Tree.PARTY,
        type=kind,
        parent=court.unit.code if force else court.committee.code,
        court=court.unit.code,
        founded_on=begun,
        dissolved_on=ended,
    )


def approve_ended(realm: Realm, scribe: Scribe) -> None:
    """The approval by which the branch of the ended task force was founded."""
    court = realm.court(ENDED_FORCE.split("-")[0])
    force, branch = (
        type(court.unit).objects.get(code=code) for code in (ENDED_FORCE, _branch_code())
    )
    secretary = Post.objects.get(unit=branch, role="branch_secretary")
    row = {
        "unit_id": force.pk,
        "task_force_id": force.pk,
        "branch_id": branch.pk,
        "happened_on": branch.founded_on,
        "approved_by_id": court.committee.pk,
        "secretary_id": secretary.person_id,
        "members": _FORCE_MEMBERS,
    }
    at = closing(branch.founded_on)
    office = court.acting("organ_committee", at)
    scribe.rows(at, office, "temporary-branch", [row], state="approved")
