"""会议记录: an activity as the paper that is signed and filed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render

from rongjian.ledgers import meeting
from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import activity_types, carried, quorate
from rongjian.ledgers.agenda import AgendaItem
from rongjian.ledgers.attendance import attendance_of
from rongjian.org.access import visible
from rongjian.records.flows import CLEARED
from rongjian.records.models import VOID
from rongjian.records.queries import neighbours

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from rongjian.ledgers.activity_types import Attendance, TypeRule
    from rongjian.ledgers.decision import MeetingDecision
    from rongjian.org.access import Actor
    from rongjian.org.models import Person
    from rongjian.records.queries import Neighbour
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class Line:
    """An item of the agenda with the outcome of its vote in words."""

    item: AgendaItem
    outcome: str


@dataclass(frozen=True)
class Held:
    """Everything about a meeting besides its own fields, as somebody may read it."""

    rule: TypeRule
    numbers: Attendance
    quorate: bool | None
    absent: tuple[str, ...]
    hidden: bool
    agenda: tuple[Line, ...]
    decisions: tuple[tuple[MeetingDecision, str, str], ...]


@dataclass(frozen=True)
class MinutesPage:
    """The minutes of one activity."""

    title: str
    activity: Activity
    held: Held
    chair: str
    recorder: str
    links: tuple[Neighbour, ...]


def minutes(request: ActorRequest, pk: int) -> HttpResponse:
    """The minutes, for whoever may view the activity; 404 otherwise."""
    actor = request.actor
    rows = Activity._default_manager.exclude(state=VOID).filter(pk=pk)
    related = ("unit__court", "court", "chair", "recorder", "author")
    activity = visible(actor, rows, "view").select_related(*related).first()
    if activity is None:
        raise Http404("没有这次活动的记录，或您没有查看权限。")
    page = MinutesPage(
        title=f"{activity.get_type_display()}记录",
        activity=activity,
        held=held(actor, activity),
        chair=named(actor, activity.chair),
        recorder=named(actor, activity.recorder),
        links=tuple(neighbours(actor, activity)),
    )
    return render(request, "activity/minutes.html", {"page": page})


def held(actor: Actor, activity: Activity) -> Held:
    """What belongs to a meeting; who was absent only for those who read 到会情况."""
    rule, numbers = activity_types()[activity.type], attendance_of(activity)
    gone = Absence.objects.filter(activity=activity)
    told = list(visible(actor, gone, "view").select_related("person").order_by("person__staff_no"))
    return Held(
        rule=rule,
        numbers=numbers,
        quorate=quorate(rule, numbers),
        absent=tuple(named(actor, each.person) for each in told),
        hidden=bool(numbers.absent) and len(told) < numbers.absent,
        agenda=tuple(_lines(activity, rule, numbers)),
        decisions=tuple(
            (each, named(actor, each.owner), CLEARED.state(each.state).name)
            for each in meeting.decisions_of(actor, activity)
        ),
    )


def _lines(activity: Activity, rule: TypeRule, numbers: Attendance) -> Iterator[Line]:
    for item in AgendaItem.objects.filter(activity=activity).select_related("document"):
        outcome = ""
        if item.votes is not None:
            passed = carried(rule, numbers, item.votes[0])
            ends = {True: "，通过", False: "，未通过", None: ""}[passed]
            outcome = "赞成 {} 票，反对 {} 票，弃权 {} 票".format(*item.votes) + ends
        yield Line(item, outcome)


def named(actor: Actor, person: Person | None) -> str:
    """Somebody's name, masked outside the own procuratorate."""
    if person is None:
        return ""
    return person.name if person.court_id == actor.person.court_id else person.masked
