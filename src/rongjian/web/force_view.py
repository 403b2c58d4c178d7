"""Reading one task force for its page: who is in it, how far it has come, what it has done.

Names are read by people of the same procuratorate; others see them masked. Who is a full or a
probationary member is shown to those who compose the task force or approve its branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from rongjian.ledgers import force_batch
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.temporary_branch import plans_of
from rongjian.org import temporary
from rongjian.org.access import allowed, may_somewhere, visible
from rongjian.org.models import Affiliation, Membership, Unit, UnitType, in_force
from rongjian.org.rosters import membership_on
from rongjian.org.temporary import Plan
from rongjian.records.link_rules import link_rules
from rongjian.records.models import VOID, Link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from rongjian.ledgers.task_force import TaskForce
    from rongjian.ledgers.temporary_branch import TemporaryBranch
    from rongjian.org.access import Actor
    from rongjian.org.models import Person
    from rongjian.org.temporary import Condition


@dataclass(frozen=True)
class Case:
    """A task force with the records and the branch that belong to it, as somebody may treat it."""

    force: Unit
    setup: TaskForce | None
    request: TemporaryBranch | None
    branch: Unit | None
    day: date
    edits: bool
    asks: bool
    decides: bool

    @property
    def ended(self) -> bool:
        """Whether the task force is dissolved: everything is archive then."""
        return self.force.dissolved_on is not None and self.force.dissolved_on <= self.day

    @property
    def last_day(self) -> date:
        """The day whose people are shown: today, or the last one."""
        if self.force.dissolved_on is not None and self.ended:
            return self.force.dissolved_on - timedelta(days=1)
        return max(self.day, self.force.founded_on)

    @property
    def waiting(self) -> bool:
        """Whether a request waits for the organisation above."""
        return self.request is not None and self.request.state == "submitted"

    @property
    def own_branch(self) -> bool:
        """Whether the branch is the task force's own temporary one."""
        return self.branch is not None and self.branch.type == UnitType.TEMPORARY_BRANCH


def may_open(actor: Actor, force: Unit) -> bool:
    """Whether somebody sees a task force's page: by right over its work, or as one of its people."""
    if allowed(actor, "view", "work", force):
        return True
    return Affiliation.objects.filter(
        in_force(actor.today), unit=force, person=actor.person
    ).exists()


def case_of(actor: Actor, force: Unit) -> Case:
    """Everything that a task force's page and its steps begin from."""
    request = force_batch.requests_of([force]).get(force.pk)
    served = temporary.branches_of([force], actor.today).get(force.pk)
    return Case(
        force=force,
        setup=force_batch.setups_of([force]).get(force.pk),
        request=request,
        branch=served or (request.branch if request else None),
        day=actor.today,
        edits=allowed(actor, "edit", "work", force),
        asks=allowed(actor, "submit", "temporary_branch", force),
        decides=allowed(actor, "approve", "temporary_branch", force),
    )


# --- people ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """One of the people of a task force, as the reader may see them."""

    pk: int
    name: str
    court: str
    house: str
    office: str
    membership: str
    home: str
    since: date
    leads: bool


def members_of(actor: Actor, case: Case) -> list[Member]:
    """The people of a task force: the leader first, then by procuratorate and number."""
    rows = (
        Affiliation.objects.filter(in_force(case.last_day), unit=case.force, kind="task_force")
        .select_related("person__court", "person__department__court", "person__branch__court")
        .order_by("person__court__path", "person__staff_no")
    )
    leader = case.setup.leader_id if case.setup else None
    found = [_member(actor, case, row, leader) for row in rows]
    return sorted(found, key=lambda member: not member.leads)


def _member(actor: Actor, case: Case, row: Affiliation, leader: int | None) -> Member:
    person = row.person
    own = person.court_id == actor.person.court_id
    membership = membership_on(person, case.last_day)
    closely = own or case.edits or case.decides
    return Member(
        pk=person.pk,
        name=person.name if own else person.masked,
        court=person.court.short,
        house=inside(person.department) if own else person.court.short,
        office="、".join(_offices(case, person, leader)),
        membership=Membership(membership).label if closely else "",
        home=inside(person.branch) if person.branch and own else "",
        since=row.valid_from,
        leads=person.pk == leader,
    )


def officers(actor: Actor, case: Case) -> Iterator[tuple[str, str]]:
    """(office, name) of those whom the request wants appointed, as the reader may see them."""
    request = case.request
    if request is not None:
        named = (("书记", request.secretary), ("组织委员", request.organiser))
        for office, person in named:
            if person is not None:
                own = person.court_id == actor.person.court_id
                yield office, person.name if own else person.masked


def inside(unit: Unit) -> str:
    """A unit's name inside its own procuratorate, which need not be named again."""
    return unit.short.removeprefix(unit.court.short if unit.court else "") or unit.short


def _offices(case: Case, person: Person, leader: int | None) -> Iterator[str]:
    if person.pk == leader:
        yield "组长"
    request = case.request
    if request and request.state in {"approved", "dissolved"}:
        if person.pk == request.secretary_id:
            yield "临时党支部书记"
        if person.pk == request.organiser_id:
            yield "组织委员"


# --- conditions and steps --------------------------------------------------------------------


def conditions(case: Case) -> tuple[Condition, ...]:
    """The conditions as they stand today: of the request, or with the leader as secretary."""
    if case.request and case.request.state in {"draft", "submitted"}:
        [plan] = plans_of([case.request], case.day)
    else:
        setup = case.setup
        plan = Plan(
            case.force,
            max(setup.happened_on, case.day) if setup else case.day,
            setup.ends_on if setup else None,
            setup.leader if setup else None,
        )
    return temporary.conditions(plan, case.day)


@dataclass(frozen=True)
class Step:
    """One of the five steps of a task force: done, current or still to come."""

    name: str
    note: str
    state: str


def steps(case: Case, people: int, enough: bool, first: date | None) -> tuple[Step, ...]:
    """立项, 抽调人员, 临时党支部, 首次会议, 撤销并归档."""
    request = case.request
    standing = case.branch is not None or (request is not None and request.state == "dissolved")
    branch = "编入" + case.branch.short if case.branch and not case.own_branch else ""
    if request and not branch:
        branch = {"draft": "草稿", "submitted": "报批中", "approved": "已成立"}.get(
            request.state, "已撤销"
        )
    setup = case.setup
    done = (
        ("立项", str(setup.happened_on if setup else case.force.founded_on), True),
        ("抽调人员", f"{people} 人", enough or standing),
        ("临时党支部", branch, standing),
        ("首次会议", str(first or ("没有记录" if case.ended else "")), first is not None),
        ("撤销并归档", str(case.force.dissolved_on or ""), case.ended),
    )
    at = next((place for place, each in enumerate(done) if not each[2]), len(done))
    return tuple(
        Step(name, note, "done" if ok else "now" if place == at and not case.ended else "todo")
        for place, (name, note, ok) in enumerate(done)
    )


# --- what it did -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Moment:
    """A day of a task force's life, with the record that tells it."""

    day: date
    words: str
    url: str
    activity: bool


def activities(actor: Actor, case: Case) -> tuple[list[Activity], int]:
    """The activities of the task force and its branch that the reader may see, and how many more."""
    ours = Q(task_force=case.force)
    if case.branch is not None and case.own_branch:
        ours |= Q(unit=case.branch)
    rows = Activity._default_manager.filter(ours).exclude(state=VOID)
    business = link_rules().of_side("business")
    links = Link.objects.filter(
        Q(source=OuterRef("pk"), target__kind__in=business)
        | Q(target=OuterRef("pk"), source__kind__in=business)
    )
    seen = visible(actor, rows, "view").select_related("unit__court")
    found: list[Any] = list(seen.annotate(has_link=Exists(links)).order_by("-happened_on", "-pk"))
    return found, rows.count() - len(found)


def timeline(case: Case, held: Sequence[Activity]) -> list[Moment]:
    """The days from the setting up to the end, earliest first."""
    found = []
    if case.setup:
        found.append(_moment(case.setup.happened_on, "立项", case.setup))
    request = case.request
    if request and request.state in {"approved", "dissolved"}:
        found.append(_moment(request.happened_on, "临时党支部成立", request))
        if request.dissolved_on:
            found.append(
                _moment(request.dissolved_on, f"临时党支部撤销：{request.reason}", request)
            )
    for each in held:
        words = f"{each.get_type_display()}：{each.topic}"
        found.append(Moment(each.happened_on, words, _address(each), activity=True))
    if case.force.dissolved_on:
        found.append(Moment(case.force.dissolved_on, "专班撤销归档", "", activity=False))
    return sorted(found, key=lambda moment: moment.day)


def _moment(day: date, words: str, record: TaskForce | TemporaryBranch) -> Moment:
    return Moment(day, words, _address(record), activity=False)


def _address(record: TaskForce | TemporaryBranch | Activity) -> str:
    return reverse("record", args=[record.kind, record.pk])


def may_batch(actor: Actor) -> bool:
    """Whether somebody treats the branches of many task forces (机关党委)."""
    return may_somewhere(actor, "approve", "temporary_branch")
