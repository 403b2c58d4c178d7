"""Choosing the units of a deployment and sending it: in code order, with what each has open already."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render

from rongjian.org.access import reach_units, require
from rongjian.org.models import COURT_TYPES, Unit, UnitType
from rongjian.records.actions import WrongState, move
from rongjian.records.queries import unit_words
from rongjian.supervision.alike import alike
from rongjian.supervision.dispatching import contacts_of, dispatch, loads
from rongjian.supervision.policy import contacts, follow_up
from rongjian.web.supervise_deeds import tried
from rongjian.web.supervise_view import deployment_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.supervision.deployment import Deployment
    from rongjian.supervision.dispatching import Load, Sent
    from rongjian.web.middleware import ActorRequest

_BRANCHES = (UnitType.BRANCH, UnitType.JOINT_BRANCH, UnitType.TEMPORARY_BRANCH)
_OWN = (UnitType.DEPARTMENT, UnitType.TASK_FORCE)


@dataclass(frozen=True)
class Choice:
    """A unit to tick: what it has open, whether somebody signs there, whether it was sent already."""

    unit: Unit
    name: str
    load: Load
    contact: bool
    sent: bool
    ticked: bool


@dataclass(frozen=True)
class Group:
    """Units of one sort, with the words of the button that ticks them all beside what is ticked."""

    code: str
    name: str
    all_words: str
    choices: tuple[Choice, ...]
    open: bool


@dataclass(frozen=True)
class UnitsPage:
    """The units to choose from, and what sending it to them would add to."""

    title: str
    deployment: Deployment
    groups: tuple[Group, ...]
    tasks: int
    load: str
    busy: bool
    alike: tuple[Deployment, ...]
    fault: str
    key: str


def units(request: ActorRequest, pk: int) -> HttpResponse:
    """Choose units and send; again for units that were left out before."""
    actor = request.actor
    deployment = deployment_of(actor, pk)
    require(actor, "assign", "task", deployment.unit, deployment)
    if deployment.state not in ("draft", "issued"):
        raise Http404("已办结的督办不能再下发。")
    if request.method != "POST":
        return _page(request, deployment, set(request.GET.getlist("of")), set())
    if into := request.POST.get("into", ""):
        return _merged(request, deployment, into)
    wanted = set(request.POST.getlist("unit"))
    if sort := request.POST.get("of", ""):
        return _page(request, deployment, {sort}, wanted)
    offered = _offered(actor, deployment)
    chosen = [unit for unit in offered if unit.code in wanted]
    if not chosen:
        return _page(request, deployment, set(), wanted, "请至少勾选一个单位")
    try:
        sent = dispatch(actor, deployment, chosen, key=request.POST.get("key", "")[:60])
    except WrongState as error:
        return _page(request, deployment, set(), wanted, str(error))
    _tell(request, sent)
    if not sent.receipts and sent.without_contact:
        return redirect("supervise-units", pk)
    return redirect("supervise-one", pk)


def _alike(actor: Actor, deployment: Deployment) -> tuple[Deployment, ...]:
    """What is under way on the same topic; asked only before a draft is sent."""
    if deployment.state != "draft":
        return ()
    return tuple(alike(actor, deployment.title, deployment.text))


def _merged(request: ActorRequest, deployment: Deployment, into: str) -> HttpResponse:
    """合并到已有任务: the draft is voided, and what is under way can be sent to further units."""
    same = {str(each.pk): each for each in _alike(request.actor, deployment)}
    if into not in same:
        raise Http404("没有这项在办的督办。")
    found = same[into]

    def take() -> str:
        move(request.actor, deployment, "void", detail=f"合并到 {found.key}")
        return f"已合并到“{found.title}”，拟稿作废；需要增加单位的，在这里补发。"

    done = tried(request, take)
    return redirect("supervise-units", found.pk if done else deployment.pk)


def _tell(request: ActorRequest, sent: Sent) -> None:
    """What became of it, unit by unit where somebody is missing."""
    if sent.receipts:
        messages.success(request, f"已下发 {len(sent.receipts)} 个单位。")
    elif not sent.without_contact:
        messages.warning(request, "勾选的单位都已下发过。")
    if sent.without_contact:
        names = "、".join(unit_words(unit) for unit in sent.without_contact)
        messages.warning(
            request,
            f"未下发 {len(sent.without_contact)} 个：{names}没有设督办联系人。"
            "请该单位的干部人事（党组织由机关党委）在“人员”中任命，再回到这里补发。",
        )


def _offered(actor: Actor, deployment: Deployment) -> list[Unit]:
    """The procuratorates below, the own departments, task forces and branches, in code order."""
    within = reach_units(actor, "assign", "task").filter(type__in=contacts(), dissolved_on=None)
    within = within.select_related("court").order_by("path")
    home = deployment.unit
    below = within.filter(type__in=COURT_TYPES, path__startswith=home.path).exclude(pk=home.pk)
    own = within.filter(court=home.court_id, type__in=(*_OWN, *_BRANCHES))
    return [*below, *own]


def _groups(offered: Iterable[Unit], home: Unit) -> list[tuple[str, str, str, list[Unit]]]:
    """(code, name, words of the button, units) of each sort that there is any of."""
    every = list(offered)
    sorts = (
        ("city", "市级院", "全部市级院", (UnitType.CITY,)),
        ("county", "基层院", "全部基层院", (UnitType.COUNTY,)),
        ("department", "本院内设机构和专班", "本院全部内设机构", _OWN),
        ("branch", "本院党支部", "本院全部党支部", _BRANCHES),
    )
    found = []
    for code, name, words, types in sorts:
        inside = [unit for unit in every if unit.type in types]
        if inside:
            below = f"本市{words}" if code == "county" and home.type == UnitType.CITY else words
            found.append((code, name, below, inside))
    return found


def _page(
    request: ActorRequest,
    deployment: Deployment,
    sorts: set[str],
    wanted: set[str],
    fault: str = "",
) -> HttpResponse:
    offered = _offered(request.actor, deployment)
    sent = set(deployment.receipts.values_list("unit", flat=True))
    known = contacts_of(offered, request.actor.today)
    load = {each.unit.pk: each for each in loads(offered)}
    groups, ticked = [], []
    for code, name, words, inside in _groups(offered, deployment.unit):
        choices = tuple(
            Choice(
                unit,
                unit_words(unit),
                load[unit.pk],
                unit.pk in known,
                unit.pk in sent,
                (code in sorts or unit.code in wanted) and unit.pk not in sent,
            )
            for unit in inside
        )
        ticked += [choice.load for choice in choices if choice.ticked]
        is_open = code in ("city", "county") or any(choice.ticked for choice in choices)
        groups.append(Group(code, name, words, choices, is_open))
    page = UnitsPage(
        title="选择单位",
        deployment=deployment,
        groups=tuple(groups),
        tasks=deployment.tasks.filter(parts=None).count(),
        load=load_words(ticked),
        busy=any(each.busy for each in ticked),
        alike=_alike(request.actor, deployment),
        fault=fault,
        key=uuid.uuid4().hex,
    )
    return render(request, "supervise/units.html", {"page": page}, status=422 if fault else 200)


def load_words(ticked: Sequence[Load]) -> str:
    """What the chosen units have open: 这 12 个单位平均在办 4 项，其中 3 个在办 7 项以上."""
    if not ticked:
        return ""
    mean = sum(load.open for load in ticked) / len(ticked)
    busy = [load for load in ticked if load.busy]
    words = f"已勾选 {len(ticked)} 个单位，目前平均在办 {mean:.1f} 项".replace(".0 ", " ")
    if not busy:
        return f"{words}。"
    courts = all(load.unit.is_court for load in ticked)
    return (
        f"{words}，其中 {len(busy)} {'院' if courts else '个'}在办 {follow_up().busy_from} 项以上。"
    )
