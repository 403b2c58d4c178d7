"""The ledger of reports leads to the pages of deployments, where what is reported is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect

from rongjian.org.access import visible
from rongjian.org.models import Unit
from rongjian.supervision.feedback import TaskFeedback, deployment_named
from rongjian.web.pages import ledger_form

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.web.middleware import ActorRequest

KIND = "task-feedback"


def new(request: ActorRequest) -> HttpResponse:
    """The page that reports on the deployment that is named; the plain form where none is."""
    asked = request.GET
    unit = Unit.objects.filter(code=asked.get("unit", "")).first()
    named = deployment_named(asked.get("deployment_key", ""), unit.pk) if unit else None
    if request.method != "POST" and unit and named:
        return redirect("supervise-report", named.pk, unit.code)
    return ledger_form.new(request, KIND)


def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """What was sent back is mended where it was written; a draft in the plain form."""
    rows = TaskFeedback._default_manager.filter(pk=pk, state="returned").select_related("unit")
    report = visible(request.actor, rows, "view").first()
    named = deployment_named(report.deployment_key, report.unit_id) if report else None
    if request.method != "POST" and report and named:
        return redirect("supervise-report", named.pk, report.unit.code)
    return ledger_form.edit(request, KIND, pk)
