"""工作台: what must be done today, what is due soon, and how activities touch the business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from rongjian.kernel.dues import MISSED, days_words
from rongjian.kernel.lights import Course, light
from rongjian.kernel.periods import Month
from rongjian.kernel.workdays import add_workdays
from rongjian.ledgers import force_batch
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.decision import due_by
from rongjian.notices.queries import told_today
from rongjian.org.access import allowed, may_somewhere, visible
from rongjian.org.own_days import own_days
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.link_rules import link_rules
from rongjian.records.models import VOID, Link, NoLink, Record
from rongjian.records.queries import about, told, unit_words
from rongjian.records.waiting import waiting_for
from rongjian.regimes.deadlines import RecordDue, open_record_dues
from rongjian.regimes.waiting import open_regime_dues
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.policy import follow_up
from rongjian.supervision.waiting import given_items, open_items
from rongjian.web.calendar_rows import record_line
from rongjian.web.due_cells import LAMPS, just_declared, name_of, ways_of
from rongjian.web.supervise_desk import begun, to_say
from rongjian.web.supervise_view import shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from rongjian.ledgers.decision import MeetingDecision
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.regimes.dues import Due
    from rongjian.supervision.waiting import OpenItem
    from rongjian.web.due_cells import Declared, Ways
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.supervise_desk import Begun, Waiting

WEEKDAYS = "一二三四五六日"
_AT_FIRST = 7
_RECENT = 6
_FORCES = 3


@dataclass(frozen=True)
class Task:
    """A line of 「今天」 or 「快到期」."""

    lamp: str
    when: str
    what: str
    more: str
    url: str
    button: str
    on: date | None = None
    due: Due | None = None
    ways: Ways | None = None
    why: str = ""
    sign: str = ""


@dataclass(frozen=True)
class Bond:
    """How the activities of one's branch this month are linked to the business."""

    branch: str
    month: str
    total: int
    linked: int
    explained: int
    open: tuple[Record, ...]
    mends: bool
    listing: str


@dataclass(frozen=True)
class HomePage:
    """The workbench of one person on one day."""

    title: str
    today: tuple[Task, ...]
    soon: tuple[Task, ...]
    later: tuple[Task, ...]
    next_due: str
    bond: Bond | None
    begun: tuple[Begun, ...]
    recent: tuple[tuple[Record, str, str], ...]
    starts: tuple[tuple[str, str], ...]
    quick: str
    declared: Declared | None
    here: str
    told: int


def home(request: ActorRequest) -> HttpResponse:
    """The workbench: nothing on it that does not follow from dues and records."""
    actor = request.actor
    if actor.administrator:
        return redirect("sys")
    owed = sorted(
        [
            *(_deployed(each, actor) for each in open_items(actor)),
            *(_given(each) for each in given_items(actor)),
            *(_regime_task(each, actor) for each in open_regime_dues(actor)),
            *(_record_task(each, actor.today) for each in open_record_dues(actor)),
            *(_decided(each, actor) for each in due_by(actor, _ahead(actor))),
        ],
        key=lambda task: task.on or actor.today,
    )
    waiting = list(_waiting(actor))
    today = [task for task in owed if task.on == actor.today]
    today += [*map(_said, to_say(actor)), *(task for task in waiting if task.on is None)]
    today += _over(actor)
    soon = [task for task in owed if task.on != actor.today]
    # What is planned for a later day waits for that day.
    soon = sorted([*soon, *(task for task in waiting if task.on)], key=_by_day)
    page = HomePage(
        title=f"{actor.today.month}月{actor.today.day}日 星期{WEEKDAYS[actor.today.weekday()]}",
        today=tuple(today),
        soon=tuple(soon[:_AT_FIRST]),
        later=tuple(soon[_AT_FIRST:]),
        next_due=_next_due(soon, actor.today),
        bond=_bond(actor),
        begun=begun(actor),
        recent=_recent(actor),
        starts=_starts(actor),
        quick=_quick(actor),
        declared=just_declared(actor, request.GET.get("told", "")),
        here=reverse("home"),
        told=told_today(actor),
    )
    return render(request, "home/page.html", {"page": page})


def _ahead(actor: Actor) -> date:
    """So many working days ahead, as notices look ahead too."""
    return add_workdays(actor.today, follow_up().warns, own_days(actor.person.court))


def _deployed(item: OpenItem, actor: Actor) -> Task:
    """What the actor's unit was sent and has not reported on; days are working days."""
    light, receipt = shown(item.light), item.receipt
    where = [receipt.deployment_id, receipt.unit.code]
    parts = f"{item.tasks} 项任务 · " if item.tasks > 1 else ""
    return Task(
        lamp=light.lamp,
        when=light.words,
        what=f"反馈：{item.deployment.title}",
        more=f"{unit_words(receipt.unit)} · {parts}限 {item.limit:%m-%d}",
        url=reverse("supervise-report", args=where),
        button="反馈",
        on=item.limit,
        sign=reverse("supervise-unit-act", args=where) if item.unsigned else "",
    )


def _given(item: OpenItem) -> Task:
    """What the procuratorate was sent and gave to the actor's department to work on."""
    light = shown(item.light)
    return Task(
        lamp=light.lamp,
        when=light.words,
        what=f"承办：{item.deployment.title}",
        more=f"{item.receipt.unit.short}交办 · 限 {item.limit:%m-%d}",
        url=reverse("supervise-one", args=[item.receipt.deployment_id]),
        button="查看",
        on=item.limit,
    )


def _said(line: Waiting) -> Task:
    """A report, a reason or something overdue that waits for the actor's word."""
    return Task(line.lamp, line.when, line.what, line.more, line.url, "办理")


def _regime_task(due: Due, actor: Actor) -> Task:
    """A due under a regime, by the day on which its window ends."""
    where = {"unit": due.unit.code, "year": due.begins_on.year, "cell": name_of(due)}
    opened = f"{reverse('calendar')}?{urlencode(where)}#cell"
    ways = ways_of(actor, due)
    return Task(
        lamp=LAMPS[due.state],
        when=days_words(due.state, due.window.ends_on, due.window.due_on, actor.today),
        what=f"{due.rule.name}（{due.window.label}）",
        more=f"{unit_words(due.unit)} · {due.window.due_on:%m-%d} 前记录",
        url=ways.record or opened,
        button=ways.button if ways.record else "查看",
        due=due,
        ways=ways,
        why=opened,
        on=due.window.due_on if due.state == MISSED else max(due.window.ends_on, actor.today),
    )


def _by_day(task: Task) -> date:
    return task.on or date.max


def _record_task(due: RecordDue, today: date) -> Task:
    """What a record asks for by its own day."""
    line = record_line(due, today)
    return Task(
        lamp=line.lamp,
        when=due.words(today),
        what=line.what,
        more=f"{unit_words(due.unit)} · 限 {due.due_on:%m-%d}",
        url=line.url,
        button="办理",
        on=due.due_on,
    )


def _decided(decision: MeetingDecision, actor: Actor) -> Task:
    """Something decided that is not done yet."""
    day: Any = decision.due_on
    warns, days = follow_up().warns, own_days(actor.person.court)
    stands = shown(light(Course(decision.happened_on, day), actor.today, warns, days))
    return Task(
        lamp=stands.lamp,
        when=stands.words,
        what=f"议定事项：{decision.what}",
        more=f"{unit_words(decision.unit)} · 限 {day:%m-%d}",
        url=reverse("record", args=[decision.kind, decision.pk]),
        button="办理",
        on=day,
    )


def _waiting(actor: Actor) -> Iterable[Task]:
    """Own drafts to hand in, and what others handed in for the actor to confirm."""
    for record, code in waiting_for(actor):
        if isinstance(record, TaskFeedback):
            continue  # What was sent back stands among what is open at the unit.
        kind = kind_of(record.kind)
        step = kind.flow.move(code)
        planned = step.right == "submit" and record.happened_on > actor.today
        yield Task(
            lamp="off",
            when=f"{record.happened_on:%m-%d}" if planned else f"待{step.name}",
            what=f"{kind.name}：{about(record, full=True)}",
            more=f"{unit_words(record.unit)} · {record.happened_on}",
            url=reverse("record", args=[kind.code, record.pk]),
            button="查看",
            on=record.happened_on if planned else None,
        )


def _over(actor: Actor) -> Iterable[Task]:
    """Task forces that ended long enough ago to ask whether their branch is to be dissolved."""
    late = [setup for setup in force_batch.late(actor) if setup.task_force]
    for setup in late[:_FORCES]:
        force = setup.task_force
        assert force is not None  # noqa: S101  # as `late` was filtered
        yield Task(
            lamp="warn",
            when=f"已过 {force_batch.overdue(setup, actor.today)} 天",
            what="专班已结束，是否撤销临时党支部",
            more=f"{unit_words(force)} · 预计 {setup.ends_on} 结束",
            url=reverse("taskforce", args=[force.code]),
            button="查看",
        )
    if len(late) > _FORCES:
        yield Task(
            lamp="warn",
            when=f"共 {len(late)} 个",
            what="过了预计结束日期的专班",
            more="可批量撤销",
            url=f"{reverse('taskforce-batch')}?do=end",
            button="办理",
        )


def _next_due(soon: Iterable[Task], today: date) -> str:
    ahead = next((task for task in soon if task.on and task.on > today), None)
    if ahead is None or ahead.on is None:
        return ""
    return f"{ahead.on.month}月{ahead.on.day}日 {ahead.what}"


def _bond(actor: Actor) -> Bond | None:
    """Linked means: linked to a record of the business, or made by a task force."""
    branch = actor.person.branch
    if branch is None:
        return None
    first = Month.of(actor.today).first_day
    business = link_rules().of_side("business")
    links = Link.objects.filter(
        Q(source=OuterRef("pk"), target__kind__in=business)
        | Q(target=OuterRef("pk"), source__kind__in=business)
    )
    rows = (
        visible(actor, Activity._default_manager.all(), "view")
        .filter(unit=branch, happened_on__gte=first, happened_on__lte=actor.today)
        .exclude(state=VOID)
        .annotate(
            has_link=Exists(links), explained=Exists(NoLink.objects.filter(record=OuterRef("pk")))
        )
        .order_by("happened_on", "pk")
    )
    if not may_somewhere(actor, "view", Activity.access_class):
        return None
    activities: list[Any] = list(rows)
    linked = [each for each in activities if each.has_link or each.task_force_id]
    loose = [each for each in activities if each not in linked]
    return Bond(
        branch=unit_words(branch),
        month=f"{actor.today.month}月",
        total=len(activities),
        linked=len(linked),
        explained=sum(1 for each in loose if each.explained),
        open=tuple(each for each in loose if not each.explained),
        mends=allowed(actor, "edit", Activity.access_class, branch),
        listing=_activities_url(branch, first, actor.today),
    )


def _activities_url(branch: Unit, first: date, last: date) -> str:
    query = urlencode({"unit": branch.code, "from": first, "to": last})
    return f"{reverse('ledger', args=['activity'])}?{query}"


def _recent(actor: Actor) -> tuple[tuple[Record, str, str], ...]:
    """(record, kind, what it is about) of what the actor wrote last."""
    rows = Record.objects.filter(author=actor.person).exclude(state=VOID)
    newest = list(visible(actor, rows, "view").select_related("unit").order_by("-pk")[:_RECENT])
    words = told(newest, full=True)
    return tuple((record, kind_of(record.kind).name, words[record.pk]) for record in newest)


def _starts(actor: Actor) -> tuple[tuple[str, str], ...]:
    """(words, address) of what the actor may begin to record."""
    return tuple(
        (kind.name, reverse("ledger-new", args=[kind.code]))
        for kind in kinds()
        if may_somewhere(actor, "create", kind.access)
    )


def _quick(actor: Actor) -> str:
    """Where an activity is recorded at once, for whoever may."""
    if not may_somewhere(actor, "create", Activity.access_class):
        return ""
    return reverse("ledger-new", args=[Activity.kind_code])
