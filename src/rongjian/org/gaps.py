"""Gaps in the Party organisation of a day: which rule is not kept, where, why, and the ways out.

The rules are data (`content/party-rules.yaml`); here stands how each of them is decided from the
`Setting` of a day. Nothing is stored and nothing is written: a gap is gone once its cause is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.kernel.party_rules import party_rules
from rongjian.kernel.periods import months_later
from rongjian.org.findings import Gap, Remedy, finding
from rongjian.org.models import COURT_TYPES, Membership, UnitType
from rongjian.org.rosters import membership_on
from rongjian.org.setting import BRANCHES, COMMITTEE, SECRETARY, Setting, setting
from rongjian.org.tenure import term_gaps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from rongjian.org.models import Unit

_OF_SIZE = ("SET-01", "ORG-01", "ORG-02A", "ORG-03")


def gaps(inside: Unit, day: date, *, below: bool = True) -> list[Gap]:
    """The gaps of a procuratorate, with its subordinate ones unless told otherwise, as of a day."""
    return gaps_of(setting(inside, day, below=below))


def gaps_of(found: Setting) -> list[Gap]:
    """The gaps of a setting that has been read, in code order of the units."""
    listed = [
        *_courts(found),
        *_departments(found),
        *_branches(found),
        *term_gaps(found),
        *_temporary(found),
        *_members(found),
    ]
    order = list(party_rules())
    return sorted(listed, key=lambda gap: (gap.unit.path, order.index(gap.rule.code)))


def size_faults(inside: Unit, day: date, about: Collection[Unit]) -> tuple[str, ...]:
    """What the rules on sizes and pairings say of some units of a house on a day, in sentences."""
    return tuple(
        f"{gap.name}：{gap.reason}。{gap.rule.sentence}"
        for gap in gaps(inside, day, below=False)
        if gap.rule.code in _OF_SIZE and gap.unit in about
    )


# ---- procuratorates: 总支 and 机关党委 ----


def _courts(found: Setting) -> Iterator[Gap]:
    members: dict[int | None, set[int]] = {}
    for branch in found.of_type(*BRANCHES):
        ids = {person.pk for person in found.roster(branch).people}
        members.setdefault(branch.court_id, set()).update(ids)
    general = {unit.court_id for unit in found.of_type(UnitType.GENERAL_BRANCH)}
    committees = {unit.court_id: unit for unit in found.of_type(UnitType.ORGAN_COMMITTEE)}
    small, large = party_rules()["ORG-07"], party_rules()["ORG-08"]
    for court in found.of_type(*COURT_TYPES):
        total = len(members.get(court.pk, ()))
        committee = committees.get(court.pk)
        if committee is not None:
            term = found.terms.get(committee.pk)
            if total < large.least and not (term and term.basis):
                reason = f"党员 {total} 名，不满 {large.least} 名，没有登记批准设立或换届的文号"
                way = Remedy("登记任期和批准文号", "term", committee)
                yield finding(found, "ORG-08A", committee, reason, way)
        elif total >= large.least:
            way = Remedy("设机关党委", "found", court, type=UnitType.ORGAN_COMMITTEE)
            yield finding(found, "ORG-08", court, f"党员 {total} 名，还没有机关党委", way)
        elif total >= small.least and court.pk not in general:
            reason = f"党员 {total} 名，还没有党总支或机关党委"
            way = Remedy("设党总支", "found", court, type=UnitType.GENERAL_BRANCH)
            yield finding(found, "ORG-07", court, reason, way)


# ---- departments and task forces: what serves them ----


def _departments(found: Setting) -> Iterator[Gap]:
    enough, few = party_rules()["ORG-01"].least, party_rules()["ORG-02"].most
    for unit in found.of_type(UnitType.DEPARTMENT):
        full = found.roster(unit).full
        served = found.beside(unit)
        shared = [party for party in served if len(found.beside(party)) > 1]
        if not served:
            yield _unserved(found, unit, full, enough)
        elif full <= few:
            names = "、".join(found.name(party) for party in served)
            word = found.relation(unit, served[0])
            told = f"现{'挂靠' if word == '挂靠' else '编入'}{names}"
            if shared:
                reason = f"正式党员 {full} 名，不满 {enough} 名，{told}，符合规定"
                yield finding(found, "ORG-02", unit, reason)
        elif len(shared) == len(served) and _could_leave(found, unit, shared[0], enough):
            reason = f"正式党员 {full} 名，与其他部门合设{found.name(shared[0])}"
            yield finding(found, "ORG-01A", unit, reason, _own_branch(found, unit))
    yield from _long_forces(found, enough)


def _could_leave(found: Setting, unit: Unit, party: Unit, enough: int) -> bool:
    """Whether a department at a branch that is not its own leaves enough members behind."""
    others = (found.roster(other).full for other in found.beside(party) if other != unit)
    return found.relation(unit, party) != "对应" and sum(others) >= enough


def _unserved(found: Setting, unit: Unit, full: int, enough: int) -> Gap:
    near = _neighbour(found, unit)
    ways = [_own_branch(found, unit)] if full >= enough else []
    if near is not None:
        ways.append(Remedy(f"编入{found.name(near)}", "pair", unit, near))
    if full < enough:
        ways.append(Remedy("组成联合支部", "join", unit, _over_branches(found, unit)))
    if full >= enough:
        return finding(found, "ORG-01", unit, f"正式党员 {full} 名，没有党支部", *ways)
    reason = f"正式党员 {full} 名，没有编入任何党支部"
    return finding(found, "SET-01", unit, reason, *ways)


def _own_branch(found: Setting, unit: Unit) -> Remedy:
    above = _over_branches(found, unit)
    return Remedy("成立支部", "found", above, type=UnitType.BRANCH)


def _over_branches(found: Setting, unit: Unit) -> Unit:
    """What the branches of a unit's house stand under: 机关党委 or 总支, else the house itself."""
    types = (UnitType.ORGAN_COMMITTEE, UnitType.GENERAL_BRANCH)
    inside = [each for each in found.of_type(*types) if each.court_id == unit.court_id]
    above = inside[0] if inside else unit.court
    assert above is not None  # noqa: S101  # every saved unit has its court
    return above


def _neighbour(found: Setting, unit: Unit) -> Unit | None:
    """The branch of the department before it in the same house, else of the one after it."""
    house = [each for each in found.of_type(UnitType.DEPARTMENT) if each.court_id == unit.court_id]
    at = house.index(unit)
    for other in (*reversed(house[:at]), *house[at + 1 :]):
        for party in found.beside(other):
            if party.type in BRANCHES:
                return party
    return None


def _long_forces(found: Setting, enough: int) -> Iterator[Gap]:
    """Task forces that have lasted as long as a project that must have its Party unit."""
    months = party_rules()["ORG-06"].months
    for force in found.of_type(UnitType.TASK_FORCE):
        full = found.roster(force).full
        lasted = months_later(force.founded_on, months) <= found.day
        if lasted and full >= enough and not found.beside(force):
            reason = f"自 {force.founded_on} 起已满 {months} 个月，正式党员 {full} 名，没有党组织"
            way = Remedy("成立临时党支部", "force", force)
            yield finding(found, "ORG-06", force, reason, way)


# ---- branches: size and committee ----


def _branches(found: Setting) -> Iterator[Gap]:
    for branch in found.of_type(*BRANCHES):
        yield from _size(found, branch)
        yield from _committee(found, branch)


def _size(found: Setting, branch: Unit) -> Iterator[Gap]:
    rules, roster = party_rules(), found.roster(branch)
    least, most = rules["ORG-01"].least, rules["ORG-03"].most
    covered = len(found.beside(branch))
    dissolve = Remedy("撤销", "dissolve", branch)
    if roster.full < least:
        reason = f"正式党员 {roster.full} 名，不满 {least} 名"
        yield finding(
            found, "ORG-01", branch, reason, Remedy("并入其他支部", "merge", branch), dissolve
        )
    if roster.members > most:
        reason = f"党员 {roster.members} 名，超过 {most} 名"
        yield finding(found, "ORG-03", branch, reason, Remedy("分设支部", "split", branch))
    limit = rules["ORG-02A"].most
    if branch.type == UnitType.JOINT_BRANCH and covered > limit:
        reason = f"覆盖 {covered} 个单位，超过 {limit} 个"
        yield finding(found, "ORG-02A", branch, reason, Remedy("调整覆盖单位", "split", branch))


def _committee(found: Setting, branch: Unit) -> Iterator[Gap]:
    rules, full = party_rules(), found.roster(branch).full
    seats = rules["ORG-05"].seats
    assert seats is not None  # noqa: S101  # the rule's own sentence needs them
    seated = len(set(found.holders(branch, *COMMITTEE)))
    appoint = Remedy("登记支委", "officers", branch)
    if not found.holders(branch, SECRETARY):
        yield finding(
            found, "SEC-01", branch, "没有在任的书记", Remedy("登记书记", "officers", branch)
        )
    if full >= rules["ORG-05"].least and seated < seats.least:
        reason = f"正式党员 {full} 名，支委 {seated} 人，不足 {seats.least} 人"
        yield finding(found, "ORG-05", branch, reason, Remedy("设支委会", "officers", branch))
    elif seated > rules["ORG-05A"].most:
        reason = f"支委 {seated} 人，超过 {rules['ORG-05A'].most} 人"
        yield finding(found, "ORG-05A", branch, reason, appoint)
    elif full < rules["ORG-05"].least and seated > rules["ORG-04"].most:
        reason = f"正式党员 {full} 名，不设支委会，登记了 {seated} 个支委职务"
        yield finding(found, "ORG-04", branch, reason, appoint)


# ---- temporary branches ----


def _temporary(found: Setting) -> Iterator[Gap]:
    last = {pair.party_unit_id: pair.business_unit for pair in (*found.ended_pairs, *found.pairs)}
    for branch in found.of_type(UnitType.TEMPORARY_BRANCH):
        force, dissolve = last.get(branch.pk), Remedy("发起撤销", "dissolve", branch)
        if force is None:
            reason = "没有对应的专班"
            yield finding(found, "TMP-04", branch, reason, dissolve)
        elif force.dissolved_on and force.dissolved_on <= found.day:
            days = (found.day - force.dissolved_on).days
            reason = f"{found.name(force)} {force.dissolved_on} 已结束 {days} 天，临时党支部未撤销"
            yield finding(found, "TMP-03", branch, reason, dissolve)
        else:
            yield from _serving(found, branch)
        if branch.pk in found.terms:
            reason = f"登记了第 {found.terms[branch.pk].number} 届任期"
            yield finding(found, "TMP-05", branch, reason)


def _serving(found: Setting, branch: Unit) -> Iterator[Gap]:
    """A temporary branch whose task force is at work."""
    least, roster = party_rules()["TMP-01"].least, found.roster(branch)
    ways = Remedy("与其他专班联合", "merge", branch), Remedy("发起撤销", "dissolve", branch)
    if not roster.people:
        yield finding(found, "TMP-01", branch, "没有登记成员", *ways)
        return
    if roster.full < least:
        reason = f"正式党员 {roster.full} 名，不满 {least} 名"
        yield finding(found, "TMP-01", branch, reason, *ways)
    if not found.holders(branch, SECRETARY):
        way = Remedy("指定书记", "officers", branch)
        yield finding(found, "TMP-02", branch, "没有指定书记", way)


# ---- members ----


def _members(found: Setting) -> Iterator[Gap]:
    ordinary = {unit.pk: unit for unit in found.of_type(*BRANCHES)}
    for branch in ordinary.values():
        twice = [
            person
            for person in found.roster(branch).people
            if (homes := [ordinary[pk] for pk in found.homes[person.pk] if pk in ordinary])[1:]
            and branch == min(homes, key=lambda unit: unit.path)
        ]
        if twice:
            reason = f"{len(twice)} 名党员同时在另一个支部有正式组织关系"
            yield finding(
                found,
                "MEM-01",
                branch,
                reason,
                Remedy("转组织关系", "people", branch),
                people=tuple(twice),
            )
    for branch in found.of_type(UnitType.TEMPORARY_BRANCH):
        moved = [
            person
            for person in found.roster(branch).people
            if branch.pk in found.homes.get(person.pk, ())
        ]
        if moved:
            reason = f"{len(moved)} 名党员的组织关系登记在临时党支部"
            yield finding(
                found,
                "TMP-06",
                branch,
                reason,
                Remedy("转组织关系", "people", branch),
                people=tuple(moved),
            )
    yield from _homeless(found)


def _homeless(found: Setting) -> Iterator[Gap]:
    for department in found.of_type(UnitType.DEPARTMENT):
        people = [
            person
            for person in found.roster(department).people
            if membership_on(person, found.day) != Membership.NONE and person.pk not in found.homes
        ]
        if people:
            reason = f"{len(people)} 名党员没有编入支部"
            yield finding(
                found,
                "MEM-02",
                department,
                reason,
                Remedy("编入支部", "people", department),
                people=tuple(people),
            )
