"""One deployment: its phases, the tree of tasks with their lights, the units, what waits for a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.documents.bulletin_models import Bulletin
from rongjian.org.access import allowed, visible
from rongjian.records import actions
from rongjian.records.kinds import kind_of
from rongjian.supervision.answering import instruct, may_decide
from rongjian.supervision.courses import tally
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.models import Plea
from rongjian.web import supervise_deeds
from rongjian.web.supervise_happened import happenings, instructions_of
from rongjian.web.supervise_view import (
    departments_of,
    deployment_of,
    figures_of,
    judges,
    owed_at,
    reports_at,
    reports_of,
    sees_all,
    shown,
    stands_for,
    tasks_of,
    units_of,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.supervision.courses import Standing, Tally
    from rongjian.supervision.deployment import Deployment
    from rongjian.supervision.models import Instruction
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.supervise_happened import Happening
    from rongjian.web.supervise_view import Figure, Owed, Shown, TaskRow, UnitRow

Reports = dict[int, list[TaskFeedback]]


@dataclass(frozen=True)
class Phase:
    """A step of the way: ①学习部署 ②情况反馈 ③督查通报."""

    name: str
    state: str


@dataclass(frozen=True)
class Opened:
    """A unit opened: its tasks with their lights, its reports, what its own people can do."""

    row: UnitRow
    owed: tuple[Owed, ...]
    reports: tuple[TaskFeedback, ...]
    departs: bool
    departments: tuple[Unit, ...]


@dataclass(frozen=True)
class ToReview:
    """A report that waits for the reader's word, with its figures against the ledgers."""

    report: TaskFeedback
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Does:
    """What the reader may do with the whole."""

    edits: bool
    sends: bool
    closes: bool
    reopens: bool
    voids: bool
    instructs: bool
    exports: bool
    bulletins: bool


@dataclass(frozen=True)
class Said:
    """What somebody wrote with a step that was refused: the step and the words, to be mended."""

    do: str = ""
    words: str = ""


@dataclass(frozen=True)
class DeploymentPage:
    """Everything about one deployment that the reader may see."""

    title: str
    deployment: Deployment
    whole: bool
    light: Shown
    phases: tuple[Phase, ...]
    numbers: Tally
    tasks: tuple[TaskRow, ...]
    units: tuple[UnitRow, ...]
    opened: tuple[Opened, ...]
    reviews: tuple[ToReview, ...]
    pleas: tuple[Plea, ...]
    instructions: tuple[Instruction, ...]
    happened: tuple[Happening, ...]
    bulletins: tuple[Bulletin, ...]
    does: Does
    said: Said


def one(request: ActorRequest, pk: int) -> HttpResponse:
    """The page; to a unit only its own part of it."""
    actor = request.actor
    deployment = deployment_of(actor, pk)
    page = page_of(actor, deployment, request.GET.get("unit", ""))
    return render(request, "supervise/page.html", {"page": page})


def page_of(
    actor: Actor, deployment: Deployment, unit: str = "", said: Said | None = None
) -> DeploymentPage:
    """What the page shows to an actor, with one unit opened."""
    stands = stands_for(actor, deployment)
    reports = reports_of(actor, deployment)
    whole = sees_all(actor, deployment)
    rows = units_of(actor, stands, reports)
    opened = [row for row in rows if row.own or row.receipt.unit.code == unit or not whole]
    instructions = instructions_of(actor, stands)
    bulletins = tuple(visible(actor, deployment.bulletins.all(), "view"))
    return DeploymentPage(
        title=deployment.title,
        deployment=deployment,
        whole=whole,
        light=shown(stands.light),
        phases=_phases(deployment, stands, told=bool(bulletins)),
        numbers=tally(stands),
        tasks=tasks_of(stands),
        units=rows if whole else (),
        opened=tuple(_opened(actor, stands, row, reports) for row in opened),
        reviews=_reviews(actor, deployment, reports),
        pleas=_pleas(actor, stands),
        instructions=instructions,
        happened=happenings(actor, stands, reports, instructions),
        bulletins=bulletins,
        does=_does(actor, deployment, stands),
        said=said or Said(),
    )


def _phases(deployment: Deployment, stands: Standing, *, told: bool) -> tuple[Phase, ...]:
    if told or deployment.state == "closed":
        at = 2
    else:
        at = 1 if any(receipt.received_at for receipt in stands.receipts) else 0
    names = ("①学习部署", "②情况反馈", "③督查通报")
    states = ("done", "now", "")
    return tuple(
        Phase(name, states[0] if place < at else states[1] if place == at else states[2])
        for place, name in enumerate(names)
    )


def _opened(actor: Actor, stands: Standing, row: UnitRow, reports: Reports) -> Opened:
    hands_on = row.own and row.open and row.receipt.unit.is_court
    return Opened(
        row,
        owed_at(stands, row.receipt),
        tuple(reports_at(stands, row.receipt, reports)),
        hands_on and allowed(actor, "create", "task", row.receipt.unit),
        tuple(departments_of(row.receipt)) if hands_on else (),
    )


def _reviews(actor: Actor, deployment: Deployment, reports: Reports) -> tuple[ToReview, ...]:
    if not judges(actor, deployment):
        return ()
    waiting = [each.pk for rows in reports.values() for each in rows if each.state == "submitted"]
    rows = TaskFeedback._default_manager.filter(pk__in=waiting).exclude(author=actor.person)
    near = visible(actor, rows, "finalise").select_related("unit__court", "author")
    found = list(near.order_by("unit__path", "pk"))
    figures = figures_of(actor, found)
    return tuple(ToReview(each, figures[each.pk]) for each in found)


def _pleas(actor: Actor, stands: Standing) -> tuple[Plea, ...]:
    held = {receipt.pk: receipt for receipt in stands.receipts}
    rows = Plea.objects.filter(receipt__in=held, accepted=None).exclude(author=actor.person)
    found = list(rows.prefetch_related("dues").order_by("receipt__unit__path", "made_at"))
    for plea in found:
        plea.receipt = held[plea.receipt_id]
    return tuple(plea for plea in found if may_decide(actor, plea.receipt))


def _does(actor: Actor, deployment: Deployment, stands: Standing) -> Does:
    def may(verb: str) -> bool:
        return allowed(actor, verb, "task", deployment.unit, deployment)  # type: ignore[arg-type]

    draft, issued = deployment.state == "draft", deployment.state == "issued"
    return Does(
        edits=draft and may("edit"),
        sends=((draft and bool(stands.tasks)) or issued) and may("assign"),
        closes=issued and may("finalise"),
        reopens=deployment.state == "closed" and may("finalise"),
        voids=(draft or issued) and may("void"),
        instructs=issued and may("finalise"),
        exports=bool(stands.receipts),
        bulletins=bool(stands.receipts)
        and allowed(actor, "create", Bulletin.access_class, deployment.unit),
    )


# --- what is done with the whole ---------------------------------------------------------------------------

_STEPS = {"close": "已办结。", "reopen": "已重新办理。", "void": "已作废。"}


@require_POST
def act(request: ActorRequest, pk: int) -> HttpResponse:
    """批示, 办结, 重新办理, 作废; what was refused comes back as it was written."""
    actor, sent = request.actor, request.POST
    deployment = deployment_of(actor, pk)
    do, words = sent.get("do", ""), sent.get("words", "").strip()[:200]
    if do not in _STEPS and do != "instruct":
        raise Http404("没有这个办理步骤。")

    def take() -> str:
        if do == "instruct":
            return _instruct(actor, deployment, words)
        step = kind_of(deployment.kind).flow.move(do)
        if step.asks and not words:
            raise ValidationError(f"请写明“{step.name}”的{step.asks}")
        actions.move(actor, deployment, do, detail=words)
        return _STEPS[do]

    done = supervise_deeds.tried(request, take)
    if done or not words:
        return redirect("supervise") if done and do == "void" else redirect("supervise-one", pk)
    page = page_of(actor, deployment_of(actor, pk), said=Said(do, words))
    return render(request, "supervise/page.html", {"page": page}, status=422)


def _instruct(actor: Actor, deployment: Deployment, words: str) -> str:
    instruct(actor, deployment, words)
    return (
        "批示已记入。部署院和上级院能看这项督办全部单位的人员可以看到；批示写明名称的单位也能看到。"
    )
