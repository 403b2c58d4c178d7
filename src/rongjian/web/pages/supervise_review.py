"""Reading what a unit reports and saying 通过, 退回补充, 重新办理; deciding on reasons and extensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.org.access import allowed, visible
from rongjian.records import actions
from rongjian.records.changes import changes
from rongjian.records.kinds import kind_of
from rongjian.supervision.answering import decide, may_decide
from rongjian.supervision.deployment import Task
from rongjian.supervision.feedback import TaskFeedback, numbers_in
from rongjian.supervision.models import Plea
from rongjian.web import supervise_deeds
from rongjian.web.supervise_view import (
    deployment_behind,
    deployment_of,
    figures_of,
    judges,
    report_words,
    sees_all,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.records.changes import ChangeLine
    from rongjian.records.flows import Move
    from rongjian.supervision.deployment import Deployment
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.supervise_view import Figure


@dataclass(frozen=True)
class FeedbackPage:
    """A report in full."""

    title: str
    report: TaskFeedback
    deployment: Deployment
    tasks: tuple[Task, ...]
    said: str
    figures: tuple[Figure, ...]
    moves: tuple[Move, ...]
    changes: tuple[ChangeLine, ...]


def feedback(request: ActorRequest, pk: int) -> HttpResponse:
    """The report; posted: one of the steps that are offered, then back to the deployment."""
    actor = request.actor
    report, deployment = _found(actor, pk)
    if request.method == "POST":
        return _step(request, report, deployment)
    numbers = numbers_in(report.tasks)
    tasks = deployment.tasks.filter(parts=None)
    kind = kind_of(report.kind)
    own = report.court_id == actor.person.court_id
    page = FeedbackPage(
        title=f"{report.unit.short}的反馈",
        report=report,
        deployment=deployment,
        tasks=tuple(tasks.filter(number__in=numbers) if numbers else tasks),
        said=report_words(report),
        figures=figures_of(actor, [report])[report.pk],
        moves=_moves(actor, report, deployment),
        changes=tuple(changes(kind, report, actor, masked=not own)),
    )
    return render(request, "supervise/feedback.html", {"page": page})


def _found(actor: Actor, pk: int) -> tuple[TaskFeedback, Deployment]:
    rows = TaskFeedback._default_manager.filter(pk=pk).exclude(state__in=("draft", "void"))
    report = visible(actor, rows, "view").select_related("unit__court", "court", "author").first()
    deployment = deployment_behind(actor, report) if report else None
    if report is None or deployment is None:
        raise Http404("没有这份反馈，或您没有查看权限。")
    return report, deployment


def _moves(actor: Actor, report: TaskFeedback, deployment: Deployment) -> tuple[Move, ...]:
    """The steps of a reviewer that the actor could take now: while it is under way, for who judges it."""
    if report.author_id == actor.person.pk or not judges(actor, deployment):
        return ()
    return tuple(
        move
        for move in kind_of(report.kind).flow.moves_from(report.state)
        if move.by_another and allowed(actor, move.right, "task_feedback", report.unit, report)
    )


def _step(request: ActorRequest, report: TaskFeedback, deployment: Deployment) -> HttpResponse:
    actor, sent = request.actor, request.POST
    steps = {move.code: move for move in _moves(actor, report, deployment)}
    step = steps.get(sent.get("do", ""))
    words = sent.get("words", "").strip()[:200]
    if step is None:
        raise Http404("没有这个办理步骤，或应由报送人以外的人办理。")

    def take() -> str:
        if step.asks and not words:
            raise ValidationError(f"请写明{step.asks}")
        actions.move(actor, report, step.code, detail=words)
        return f"{report.unit.short}的反馈：已{step.name}。"

    supervise_deeds.tried(request, take)
    return redirect("supervise-one", deployment.pk)


@require_POST
def decide_plea(request: ActorRequest, pk: int) -> HttpResponse:
    """Accept or refuse a reason or an extension."""
    actor, sent = request.actor, request.POST
    rows = Plea.objects.select_related("receipt__unit__court", "receipt__deployment__unit__court")
    plea = rows.filter(pk=pk).first()
    if plea is None:
        raise Http404("没有这条说明。")
    deployment = deployment_of(actor, plea.receipt.deployment_id)
    if not (sees_all(actor, deployment) and may_decide(actor, plea.receipt)):
        raise Http404("没有这条说明，或不由您审定。")
    accepted, words = sent.get("do") == "accept", sent.get("words", "")[:120]

    def take() -> str:
        if not accepted and not words.strip():
            raise ValidationError("不同意的，请写明理由")
        decide(actor, plea, accepted=accepted, answer=words)
        return f"{plea.receipt.unit.short}：{'已同意' if accepted else '未同意'}{plea.get_kind_display()}。"

    supervise_deeds.tried(request, take)
    return redirect("supervise-one", deployment.pk)
