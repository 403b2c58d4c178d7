"""Founding the demo's bodies: procuratorates, departments, branches, task forces, pairings."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from rongjian.ops.demo.cast import BRANCH, GROUPS
from rongjian.ops.demo.realm import FOUNDED, Branch, Court, Force
from rongjian.ops.demo.shares import apportion
from rongjian.ops.demo.words import ordinal
from rongjian.org import actions
from rongjian.org.actions import NewUnit
from rongjian.org.models import Membership, Tree, Unit, UnitType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rongjian.ops.demo.bodies import Cell, Plan

FORCES = 206
_STANDING_FOR = 170
FIRST_DAY = date.fromisoformat(FOUNDED)
_COURT_TYPE = {"region": UnitType.REGION, "city": UnitType.CITY, "county": UnitType.COUNTY}
_FORCE_WEIGHT = {"region": 1.0, "city": 3.0, "county": 1.0}


def found_all(plans: Sequence[Plan], seed: int, today: date) -> list[Court]:
    """Found every body of the plans; returns the procuratorates in code order."""
    ordinary = [new for plan in plans for new in _bodies(plan)]
    forces = list(_forces(plans, seed))
    standing = [new for plan in plans for new in _standing(plan, today)]
    units = actions.found([*ordinary, *(new for pair in forces for new in pair), *standing])
    courts = [_court(plan, units) for plan in plans]
    by_code = {court.unit.code: court for court in courts}
    for force, branch in forces:
        by_code[force.court].forces.append(_force(units[force.code], units[branch.code], seed))
    for new in standing:
        by_code[new.court].standing_force = units[new.code]
    _pair_all(plans, courts, units)
    return courts


def _bodies(plan: Plan) -> Iterator[NewUnit]:
    place, code = plan.place, plan.place.code
    yield NewUnit(
        code=code,
        name=place.court_name,
        short=place.court_short,
        tree=Tree.BUSINESS,
        type=_COURT_TYPE[place.level],
        parent=place.parent_code or "",
        court=code,
        founded_on=FIRST_DAY,
    )
    for team in plan.teams:
        yield _inside(
            plan,
            team.code,
            team.department.name,
            UnitType.DEPARTMENT,
            lines=",".join(team.department.lines),
        )
    yield _inside(plan, f"{code}-PL", "党组", UnitType.LEADING_GROUP)
    yield _inside(plan, f"{code}-P", "机关党委", UnitType.ORGAN_COMMITTEE)
    for cell in plan.cells:
        kind = UnitType.JOINT_BRANCH if cell.joint else UnitType.BRANCH
        branch = branch_code(plan, cell)
        yield _inside(plan, branch, cell.name, kind, parent=f"{code}-P")
        for number in range(1, GROUPS + 1 if branch == BRANCH else 1):
            name = f"{cell.name}第{ordinal(number)}党小组"
            yield _inside(plan, f"{branch}G{number}", name, UnitType.GROUP, parent=branch)


def branch_code(plan: Plan, cell: Cell) -> str:
    """The code of a branch: the procuratorate's, and its number."""
    return f"{plan.place.code}-P{cell.number:02d}"


def _inside(
    plan: Plan,
    code: str,
    name: str,
    kind: UnitType,
    *,
    parent: str = "",
    lines: str = "",
    days: tuple[date, date | None] = (FIRST_DAY, None),
) -> NewUnit:
    """A body inside a procuratorate; a Party unit without parent stands directly in it."""
    business = kind in {UnitType.DEPARTMENT, UnitType.TASK_FORCE}
    return NewUnit(
        code=code,
        name=plan.place.court_name + name,
        short=plan.place.court_short + name,
        tree=Tree.BUSINESS if business else Tree.PARTY,
        type=kind,
        parent=parent or (plan.place.code if business else ""),
        court=plan.place.code,
        founded_on=days[0],
        dissolved_on=days[1],
        lines=lines,
    )


def _forces(plans: Sequence[Plan], seed: int) -> Iterator[tuple[NewUnit, NewUnit]]:
    """The task forces of 2018–2020, each with its temporary branch; every procuratorate has one."""
    random = Random(f"{seed}/forces")
    weights = [_FORCE_WEIGHT[plan.place.level] * random.uniform(0.5, 1.5) for plan in plans]
    for plan, number in zip(plans, apportion(FORCES, weights, least=1), strict=True):
        for index in range(1, number + 1):
            yield _force_plan(plan, index, random)


def _force_plan(plan: Plan, index: int, random: Random) -> tuple[NewUnit, NewUnit]:
    # The first is there early, so that a procuratorate's cases always have one to belong to.
    latest = 150 if index == 1 else 880
    begun = date(2018, 1, 15) + timedelta(days=random.randrange(latest))
    ended = date(2020, 12, 15) + timedelta(days=random.randrange(365))
    name = f"扫黑除恶第{ordinal(index)}办案专班"
    code = plan.place.code
    approved = begun + timedelta(days=random.randint(2, 12))
    return (
        _inside(plan, f"{code}-T{index:03d}", name, UnitType.TASK_FORCE, days=(begun, ended)),
        _inside(
            plan,
            f"{code}-PT{index:03d}",
            f"{name}临时党支部",
            UnitType.TEMPORARY_BRANCH,
            parent=f"{code}-P",
            days=(approved, ended),
        ),
    )


def _standing(plan: Plan, today: date) -> Iterator[NewUnit]:
    """A city's task force of today; it has no branch of its own, and need not before six months."""
    if plan.place.level == "city":
        days = (today - timedelta(days=_STANDING_FOR), None)
        code = f"{plan.place.code}-T901"
        yield _inside(plan, code, "常态化扫黑除恶专班", UnitType.TASK_FORCE, days=days)


def _force(unit: Unit, branch: Unit, seed: int) -> Force:
    assert branch.dissolved_on is not None  # noqa: S101  # as `_force_plan` made it
    members = Random(f"{seed}/force/{unit.code}").randint(3, 9)
    return Force(unit, branch, branch.founded_on, branch.dissolved_on, members)


def _court(plan: Plan, units: dict[str, Unit]) -> Court:
    code = plan.place.code
    return Court(
        place=plan.place,
        unit=units[code],
        departments={team.department.suffix: units[team.code] for team in plan.teams},
        committee=units[f"{code}-P"],
        leading_group=units[f"{code}-PL"],
        branches=[_branch(cell, units[branch_code(plan, cell)]) for cell in plan.cells],
    )


def _branch(cell: Cell, unit: Unit) -> Branch:
    count: dict[Membership, int] = defaultdict(int)
    for team in cell.served:
        for worker in team.workers:
            count[worker.membership] += 1
    lines = tuple(line for team in cell.served for line in team.department.lines)
    full = count[Membership.FULL]
    return Branch(unit, full + count[Membership.PROBATIONARY], full, lines)


def _pair_all(plans: Sequence[Plan], courts: Sequence[Court], units: dict[str, Unit]) -> None:
    for plan, court in zip(plans, courts, strict=True):
        for cell in plan.cells:
            for team in cell.served:
                actions.pair(units[branch_code(plan, cell)], units[team.code], FIRST_DAY)
        for force in court.forces:
            actions.pair(force.branch, force.unit, force.founded_on, force.dissolved_on)
