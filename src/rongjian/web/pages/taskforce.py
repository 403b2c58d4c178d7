"""专班: the list of task forces, and the page of one: people, conditions, results, activities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from rongjian.ledgers import force_batch, force_results
from rongjian.ledgers.seconding import SERVING
from rongjian.ledgers.task_force import TaskForce
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.org import temporary
from rongjian.org.access import allowed, may_somewhere, reach_units, visible
from rongjian.org.models import Affiliation, Unit, UnitType, in_force
from rongjian.org.rosters import rosters
from rongjian.records.kinds import kind_of
from rongjian.records.queries import in_words, unit_words
from rongjian.web import force_view

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.ledgers.activity import Activity
    from rongjian.ledgers.force_results import ResultOf
    from rongjian.org.access import Actor
    from rongjian.org.temporary import Afterwards, Condition
    from rongjian.web.force_view import Case, Member, Moment, Step
    from rongjian.web.middleware import ActorRequest

PAGE = 50
TABS = (("running", "在办"), ("ended", "已办结"), ("waiting", "待立项"))
_NEIGHBOURS = 2


# --- the list --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One task force in the list."""

    code: str
    name: str
    lamp: str
    state: str
    since: date
    ends: date | None
    people: int
    branch: str
    asked_to_end: int


@dataclass(frozen=True)
class ListPage:
    """The list in code order, or the settings up that wait for approval."""

    title: str
    tab: str
    tabs: tuple[tuple[str, str, int], ...]
    rows: tuple[Row, ...]
    waiting: tuple[TaskForce, ...]
    pages: int
    number: int
    set_up: str
    batch: bool


def listed(request: ActorRequest) -> HttpResponse:
    """The task forces within reach, those at work first asked for."""
    actor = request.actor
    tab = request.GET.get("state", "")
    tab = tab if tab in dict(TABS) else "running"
    forces = _within(actor)
    gone = Q(dissolved_on__lte=actor.today)
    by_tab = {"running": forces.exclude(gone), "ended": forces.filter(gone)}
    drafts = TaskForce._default_manager.filter(state__in=("draft", "submitted"))
    waiting = (
        visible(actor, drafts, "view").select_related("unit__court").order_by("unit__path", "pk")
    )
    counts = {name: rows.count() for name, rows in by_tab.items()} | {"waiting": waiting.count()}
    paginator = Paginator(by_tab.get(tab, Unit.objects.none()).order_by("path"), PAGE)
    chosen = paginator.get_page(request.GET.get("page"))
    page = ListPage(
        title="专班",
        tab=tab,
        tabs=tuple((name, words, counts[name]) for name, words in TABS),
        rows=tuple(_rows(list(chosen.object_list), actor.today)),
        waiting=tuple(waiting[:PAGE]) if tab == "waiting" else (),
        pages=paginator.num_pages,
        number=chosen.number,
        set_up=_set_up(actor),
        batch=force_view.may_batch(actor),
    )
    return render(request, "taskforce/list.html", {"page": page})


def _within(actor: Actor) -> QuerySet[Unit]:
    """The task forces whose work the actor may view, and those that the actor belongs to."""
    own = Affiliation.objects.filter(in_force(actor.today), person=actor.person, kind="task_force")
    reach = reach_units(actor, "view", TaskForce.access_class)
    condition = Q(pk__in=reach.values("pk")) | Q(pk__in=own.values("unit"))
    return Unit.objects.filter(condition, type=UnitType.TASK_FORCE).select_related("court")


def _rows(forces: list[Unit], today: date) -> list[Row]:
    setups, asked = force_batch.setups_of(forces), force_batch.requests_of(forces)
    served = temporary.branches_of(forces, today)
    lists = rosters(forces, today)
    found = []
    for force in forces:
        setup, request = setups.get(force.pk), asked.get(force.pk)
        ended = force.dissolved_on is not None and force.dissolved_on <= today
        branch = served.get(force.pk)
        words = "已成立" if branch and branch.type == UnitType.TEMPORARY_BRANCH else ""
        if branch and not words:
            words = f"编入{branch.short}"
        if request and not words:
            words = _state_words(request)
        found.append(
            Row(
                code=force.code,
                name=unit_words(force),
                lamp="done" if ended else "ok",
                state="已办结" if ended else "在办",
                since=force.founded_on,
                ends=force.dissolved_on if ended else setup.ends_on if setup else None,
                people=len(lists[force.pk].people) if force.pk in lists else 0,
                branch=words,
                asked_to_end=0 if ended or setup is None else force_batch.overdue(setup, today),
            )
        )
    return found


def _state_words(request: TemporaryBranch) -> str:
    return kind_of(request.kind).flow.state(request.state).name


def _set_up(actor: Actor) -> str:
    """Where a task force is set up, where the actor may."""
    if not may_somewhere(actor, "create", TaskForce.access_class):
        return ""
    given = {"unit": actor.person.department.code, "leader": actor.person.pk}
    return f"{reverse('ledger-new', args=[TaskForce.kind_code])}?{urlencode(given)}"


# --- one task force --------------------------------------------------------------------------


@dataclass(frozen=True)
class WayOut:
    """A button under a condition that does not hold."""

    words: str
    branch: str = ""
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """A result of the task force in words, with the address of its records where they open."""

    name: str
    text: str
    unit: str
    url: str


@dataclass(frozen=True)
class ForcePage:
    """Everything that the page of a task force shows."""

    title: str
    case: Case
    days: int
    steps: tuple[Step, ...]
    conditions: tuple[Condition, ...]
    fits: bool
    ways_out: tuple[WayOut, ...]
    members: tuple[Member, ...]
    courts: int
    results: tuple[Figure, ...]
    activities: tuple[Activity, ...]
    hidden: int
    timeline: tuple[Moment, ...]
    asked_to_end: int
    may_decide: bool
    officers: tuple[tuple[str, str], ...]
    may_end: bool
    record_activity: str
    rules: Afterwards


def found(request: ActorRequest, code: str) -> Unit:
    """The task force with this code, if the actor may see its page; 404 otherwise."""
    units = Unit.objects.select_related("court").filter(type=UnitType.TASK_FORCE, code=code)
    force = units.first()
    if force is None or not force_view.may_open(request.actor, force):
        raise Http404("没有这个专班，或您没有查看权限。")
    return force


def one(request: ActorRequest, code: str) -> HttpResponse:
    """The page of one task force; once it is dissolved, its archive."""
    return shown(request, found(request, code))


def shown(request: ActorRequest, force: Unit, status: int = 200) -> HttpResponse:
    """Render the page of a task force."""
    actor = request.actor
    case = force_view.case_of(actor, force)
    members = force_view.members_of(actor, case)
    judged = () if case.ended or case.branch else force_view.conditions(case)
    held, hidden = force_view.activities(actor, case)
    meetings = [each.happened_on for each in held if case.branch and each.unit_id == case.branch.pk]
    enough = not judged or next(each.ok for each in judged if each.code == "members")
    page = ForcePage(
        title=unit_words(force),
        case=case,
        days=(case.last_day - force.founded_on).days + 1,
        steps=force_view.steps(case, len(members), enough, min(meetings, default=None)),
        conditions=judged,
        fits=all(each.ok for each in judged),
        ways_out=_ways_out(case, judged, actor),
        members=tuple(members),
        courts=len({member.court for member in members}),
        results=tuple(_figure(force, each) for each in force_results.results_of(actor, force)),
        activities=tuple(held),
        hidden=hidden,
        timeline=tuple(force_view.timeline(case, held)),
        asked_to_end=force_batch.overdue(case.setup, actor.today) if case.setup else 0,
        may_decide=_may_decide(actor, case),
        officers=tuple(force_view.officers(actor, case)),
        may_end=_may_end(actor, case),
        record_activity=_record_activity(actor, case),
        rules=temporary.afterwards(),
    )
    return render(request, "taskforce/page.html", {"page": page}, status=status)


def _may_decide(actor: Actor, case: Case) -> bool:
    """Whoever wrote the request does not decide on it."""
    if case.request is None or not case.waiting or case.request.author_id == actor.person.pk:
        return False
    return allowed(actor, "approve", TemporaryBranch.access_class, case.force, case.request)


def _may_end(actor: Actor, case: Case) -> bool:
    """Ending takes the right over the task force and, where it has a branch of its own, over that."""
    if case.ended or case.setup is None or case.setup.state != "approved":
        return False
    over_work = allowed(actor, "void", TaskForce.access_class, case.setup.unit)
    over_branch = allowed(actor, "void", TemporaryBranch.access_class, case.force)
    return over_work and (over_branch or not case.own_branch)


def _record_activity(actor: Actor, case: Case) -> str:
    """Where an activity of the temporary branch is recorded, where the actor may."""
    branch = case.branch
    if case.ended or branch is None or not allowed(actor, "create", "activity", branch):
        return ""
    given = urlencode({"unit": branch.code, "task_force": case.force.pk})
    return f"{reverse('ledger-new', args=['activity'])}?{given}"


def _ways_out(case: Case, judged: tuple[Condition, ...], actor: Actor) -> tuple[WayOut, ...]:
    """What can be done where the task force is too small or too short: buttons that work."""
    short = [each for each in judged if not each.ok and each.code in {"members", "duration"}]
    if not short or not (case.asks and case.setup) or case.waiting:
        return ()
    found = []
    home = case.setup.leader.branch
    if home is not None and home.type in SERVING and home.court_id == case.force.court_id:
        found.append(WayOut(f"编入{force_view.inside(home)}", branch=home.code))
    if any(each.code == "members" for each in short):
        found += [_joining(case, other, actor.today) for other in _neighbours(case, actor.today)]
    return tuple(found)


def _neighbours(case: Case, today: date) -> list[Unit]:
    """Other task forces at work in the same procuratorate, in code order."""
    rows = Unit.objects.filter(
        type=UnitType.TASK_FORCE, court=case.force.court_id, founded_on__lte=today
    )
    rows = rows.exclude(dissolved_on__lte=today).exclude(pk=case.force.pk)
    return list(rows.select_related("court").order_by("path")[:_NEIGHBOURS])


def _joining(case: Case, other: Unit, today: date) -> WayOut:
    words = f"与{force_view.inside(other)}联合"
    served = temporary.branches_of([other], today).get(other.pk)
    if served is not None and served.type == UnitType.TEMPORARY_BRANCH:
        return WayOut(words, branch=served.code)
    url = reverse("taskforce-branch", args=[case.force.code])
    return WayOut(words, url=f"{url}?{urlencode({'joint': other.code})}")


def _figure(force: Unit, found: ResultOf) -> Figure:
    """A result with the list that opens it: the same records, under the same conditions."""
    result = found.result
    kind = kind_of(result.kind)
    text = in_words(kind.field(result.sum), found.value) if result.sum else f"{found.value:,}"
    asked = {"force": force.code, **result.only}
    if found.opens == "project":
        asked["below"] = "1"
    url = f"{reverse('ledger', args=[kind.code])}?{urlencode(asked)}" if found.opens else ""
    return Figure(result.name, text, result.unit, url)
