"""What a temporary branch takes (content/temporary-branch.yaml), checked for task forces of a day.

Reads only, in a fixed number of queries however many task forces. 党支部工作条例: a body set up for
a task, whose members' organisation relations are not transferred, may have a temporary branch with
the approval of the Party organisation above.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from django.db.models import Q

from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_section
from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Membership,
    Pairing,
    Unit,
    UnitType,
    in_force,
)
from rongjian.org.rosters import membership_on, rosters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.org.models import Person

Code = Literal["members", "duration", "home", "superior", "secretary"]
APPROVING = (UnitType.ORGAN_COMMITTEE, UnitType.GENERAL_BRANCH)
"""Party organisations that may approve a temporary branch (机关党委 or 总支)."""


@dataclass(frozen=True)
class Rule:
    """One condition as declared; `least` counts full members or months."""

    code: Code
    name: str
    basis: Basis
    least: int = 0


@dataclass(frozen=True)
class Afterwards:
    """What holds once the work is done, and where taking part counts."""

    code: str
    remind_after_days: int
    counts_at_home: bool
    basis: Basis
    where: Position = field(default=NOWHERE, compare=False)


@cache
def rules() -> Mapping[Code, Rule]:
    """The conditions in the order of the file."""
    found = load_section(CONTENT / "temporary-branch.yaml", "conditions", Rule)
    return {rule.code: rule for rule in found}


@cache
def afterwards() -> Afterwards:
    """The one entry of its section; ContentError when there are more."""
    found = load_section(CONTENT / "temporary-branch.yaml", "afterwards", Afterwards)
    if len(found) != 1:
        raise ContentError(found[-1].where, "“afterwards”只能有一项")
    return found[0]


@dataclass(frozen=True)
class Plan:
    """A temporary branch as wished for: the task force (and one it joins with), days, secretary."""

    force: Unit
    begins: date
    ends: date | None
    secretary: Person | None
    joint: Unit | None = None

    @property
    def forces(self) -> tuple[Unit, ...]:
        """The task forces whose members it would have."""
        return (self.force, self.joint) if self.joint else (self.force,)


@dataclass(frozen=True)
class Condition:
    """One condition and whether it holds, in words; where it does not, what can be done."""

    code: Code
    ok: bool
    words: str
    basis: Basis
    ways_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        ways = f"。可：{'；'.join(self.ways_out)}" if self.ways_out else ""
        return f"{self.words}{ways}"


def conditions(plan: Plan, day: date) -> tuple[Condition, ...]:
    """The conditions of one task force."""
    return conditions_of([plan], day)[0]


def conditions_of(plans: Sequence[Plan], day: date) -> list[tuple[Condition, ...]]:
    """The conditions of many task forces, in the order of the plans."""
    forces = {force.pk: force for plan in plans for force in plan.forces}
    lists = rosters(forces.values(), day)
    members = {pk: found.people for pk, found in lists.items()}
    housed = _housed(person.pk for people in members.values() for person in people)
    above = superiors({force.court_id for force in forces.values() if force.court_id})
    return [_judge(plan, day, members, housed, above) for plan in plans]


def members_of(plans: Sequence[Plan], day: date) -> list[int]:
    """How many Party members each planned branch would have, in the order of the plans."""
    forces = {force.pk: force for plan in plans for force in plan.forces}
    lists = rosters(forces.values(), day)
    return [
        len(_standing(plan, {pk: each.people for pk, each in lists.items()}, day)) for plan in plans
    ]


def _standing(
    plan: Plan, members: Mapping[int, Sequence[Person]], day: date
) -> dict[int, Membership]:
    """The Party members among the people of a plan, with what they are on the day."""
    people = {each.pk: each for force in plan.forces for each in members.get(force.pk, ())}
    found = {pk: membership_on(person, day) for pk, person in people.items()}
    return {pk: membership for pk, membership in found.items() if membership != Membership.NONE}


def superiors(courts: Iterable[int]) -> dict[int, Unit]:
    """The Party organisation of each procuratorate that approves branches, by the court's id."""
    units = Unit.objects.filter(court__in=set(courts), type__in=APPROVING, dissolved_on=None)
    found: dict[int, Unit] = {}
    for unit in units.order_by("path"):
        if unit.court_id is not None:
            found.setdefault(unit.court_id, unit)
    return found


def branches_of(forces: Iterable[Unit], day: date) -> dict[int, Unit]:
    """The Party unit that serves each task force on a day, by the task force's id."""
    pairs = Pairing.objects.filter(in_force(day), business_unit__in=[unit.pk for unit in forces])
    rows = pairs.select_related("party_unit__court").order_by("valid_from", "pk")
    return {pair.business_unit_id: pair.party_unit for pair in rows}


def _housed(people: Iterable[int]) -> set[int]:
    """Those whose membership stands at a branch that is not temporary."""
    rows = Affiliation.objects.filter(person__in=set(people), kind=AffiliationKind.HOME)
    standing = rows.filter(Q(valid_to=None)).exclude(unit__type=UnitType.TEMPORARY_BRANCH)
    return set(standing.values_list("person_id", flat=True))


def _judge(
    plan: Plan,
    day: date,
    members: Mapping[int, Sequence[Person]],
    housed: set[int],
    above: Mapping[int, Unit],
) -> tuple[Condition, ...]:
    party = _standing(plan, members, day)
    full = [pk for pk, membership in party.items() if membership == Membership.FULL]
    judged = {
        "members": _members(len(full)),
        "duration": _duration(plan),
        "home": _home(len(party), sum(pk not in housed for pk in party)),
        "superior": _superior(above.get(plan.force.court_id or 0)),
        "secretary": _secretary(plan.secretary, full),
    }
    return tuple(
        Condition(rule.code, not ways, words, rule.basis, ways)
        for rule in rules().values()
        for words, ways in (judged[rule.code],)
    )


Judged = tuple[str, tuple[str, ...]]
"""What was found, and the ways out where the condition does not hold."""


def _members(full: int) -> Judged:
    least = rules()["members"].least
    if full >= least:
        return f"正式党员 {full} 名（应有 {least} 名以上）", ()
    ways = ("编入组长所在的党支部", "与其他专班联合", "再抽调正式党员")
    return f"正式党员 {full} 名，不满 {least} 名", ways


def _duration(plan: Plan) -> Judged:
    least = rules()["duration"].least
    if plan.ends is None:
        return "没有立项记录，不知道预计结束日期", ("先补记专班立项",)
    if plan.ends >= months_after(plan.begins, least):
        return f"预计 {plan.begins} 至 {plan.ends}（应满 {least} 个月）", ()
    ways = ("编入组长所在的党支部", "任务延长的，先修改立项的预计结束日期")
    return f"预计到 {plan.ends} 结束，不满 {least} 个月", ways


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the first day of the month after where it has none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        return (day.replace(day=1, year=year, month=month + 1) + timedelta(days=31)).replace(day=1)


def _home(party: int, homeless: int) -> Judged:
    if homeless:
        ways = ("先在党员所在院登记其党支部",)
        return f"组织关系不转接：{homeless} 名党员没有登记原支部", ways
    return f"组织关系不转接：{party} 名党员都在原支部", ()


def _superior(unit: Unit | None) -> Judged:
    if unit is None:
        return "本院没有可审批的机关党委或党总支", ("先成立机关党委", "由上一级院机关党委办理")
    return f"有上级党组织：{unit.short}", ()


def _secretary(person: Person | None, full: Sequence[int]) -> Judged:
    if person is None:
        return "没有书记人选", ("在呈批时指定一名正式党员",)
    if person.pk not in full:
        return "书记人选不是专班的正式党员", ("在呈批时另行指定一名正式党员",)
    return "书记人选是专班的正式党员", ()
