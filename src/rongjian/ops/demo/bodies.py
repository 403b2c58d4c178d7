"""The procuratorates of the demo world: who works there, in which departments and branches.

Plans only; nothing here touches the database. Branches follow the size rules of
`content/party-rules.yaml`: a department with enough full members has its own, the others join.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.catalogue import load_court_sizes, load_departments
from rongjian.kernel.party_rules import party_rules
from rongjian.ops.demo.cast import BRANCH_MEMBERS, CAST, GUEST, HOST
from rongjian.ops.demo.cast import DEPARTMENT as CAST_DEPARTMENT
from rongjian.ops.demo.words import ordinal, people_words
from rongjian.org.models import Membership

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rongjian.kernel.catalogue import CourtSize, Department
    from rongjian.kernel.places import Place
    from rongjian.ops.demo.cast import Member

PROBATIONARY_SHARE = 0.03
_GUESTS = 2


@dataclass
class Worker:
    """Somebody at a department, as planned."""

    staff_no: str
    name: str
    membership: Membership
    member: Member | None = None


@dataclass
class Team:
    """A department with its people."""

    code: str
    department: Department
    workers: list[Worker]

    @property
    def full(self) -> int:
        """How many full members of the Party work here."""
        return sum(worker.membership == Membership.FULL for worker in self.workers)


@dataclass
class Cell:
    """A branch as planned: its number within the procuratorate and the departments it serves.

    A guest is too small for a branch and belongs to that of a neighbour (挂靠).
    """

    number: int
    teams: list[Team]
    guests: list[Team] = field(default_factory=list)

    @property
    def served(self) -> list[Team]:
        """Every department whose members are in the branch."""
        return [*self.teams, *self.guests]

    @property
    def joint(self) -> bool:
        """Whether several departments share the branch."""
        return len(self.teams) > 1

    @property
    def name(self) -> str:
        """第二党支部, 第六联合党支部."""
        return f"第{ordinal(self.number)}{'联合' if self.joint else ''}党支部"


@dataclass
class Plan:
    """One procuratorate as planned."""

    place: Place
    teams: list[Team]
    cells: list[Cell] = field(default_factory=list)


def plan_courts(places: Sequence[Place], seed: int) -> list[Plan]:
    """The departments, people and branches of every procuratorate."""
    sizes, departments = load_court_sizes(), load_departments()
    return [
        _plan(
            place,
            [department for department in departments if department.level == place.level],
            sizes[place.level],
            Random(f"{seed}/staff/{place.code}"),
        )
        for place in places
    ]


def _plan(
    place: Place,
    departments: Sequence[Department],
    size: CourtSize,
    random: Random,
) -> Plan:
    numbers = count(1)
    teams = [_team(place, department, size, numbers, random) for department in departments]
    return Plan(place, teams, list(_cells(teams)))


def _team(
    place: Place, department: Department, size: CourtSize, numbers: Iterator[int], random: Random
) -> Team:
    code = f"{place.code}-{department.suffix}"
    total = random.randint(department.staff.least, department.staff.most)
    if department.suffix == "D01":
        # The leaders of the house stand with the office.
        total += size.leaders
    if code == CAST_DEPARTMENT:
        total = BRANCH_MEMBERS + 1
    share = float(size.party_share)
    workers = [_worker(place.code, next(numbers), share, random) for _ in range(total)]
    if code == CAST_DEPARTMENT:
        for number, worker in enumerate(workers):
            worker.membership = Membership.FULL if number < BRANCH_MEMBERS else Membership.NONE
    if code == GUEST:
        for number, worker in enumerate(workers):
            worker.membership = Membership.FULL if number < _GUESTS else Membership.NONE
    members = [member for member in CAST if member.department == code]
    for worker, member in zip(workers, members, strict=False):
        worker.name, worker.member, worker.membership = member.name, member, Membership.FULL
    return Team(code, department, workers)


def _worker(court: str, number: int, party_share: float, random: Random) -> Worker:
    chance = random.random()
    membership = Membership.NONE
    if chance < party_share - PROBATIONARY_SHARE:
        membership = Membership.FULL
    elif chance < party_share:
        membership = Membership.PROBATIONARY
    return Worker(f"{court}{number:03d}", people_words().name(random), membership)


def _cells(teams: Sequence[Team]) -> Iterator[Cell]:
    """Branches in the order of their numbers: business departments first, joint ones last."""
    ordered = sorted(teams, key=lambda team: (team.department.kind != "business", team.code))
    least = party_rules()["ORG-01"].least
    guests = [team for team in ordered if team.code == GUEST]
    small = [team for team in ordered if team.full < least and team not in guests]
    large = [team for team in ordered if team.full >= least]
    joined = _joined(small, large, least)
    if len(joined) > party_rules()["ORG-02A"].most:
        raise ValueError(f"联合党支部单位过多：{[team.code for team in joined]}")
    numbers = count(1)
    for team in large:
        if team not in joined:
            yield Cell(next(numbers), [team], guests if team.code == HOST else [])
    if joined:
        yield Cell(next(numbers), joined)


def _joined(small: list[Team], large: list[Team], least: int) -> list[Team]:
    """The departments of the joint branch; a neighbour comes in where the small are too few."""
    if not small:
        return []
    enough = len(small) > 1 and sum(team.full for team in small) >= least
    offices = [team for team in large if team.department.kind == "support"]
    neighbour = [] if enough else [min(offices, key=lambda team: team.full)]
    return sorted([*small, *neighbour], key=lambda team: team.code)
