"""A deployment on paper: the single page for a leader, and the sheet of its units and tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.org.access import require
from rongjian.records.actions import opened
from rongjian.records.queries import unit_words
from rongjian.web.export import XLSX
from rongjian.web.pages.supervise import DeploymentPage, page_of
from rongjian.web.supervise_view import deployment_of, shown, stands_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rongjian.supervision.courses import Standing
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class OnePage:
    """一页纸: what it is, how far it is, who is late."""

    title: str
    page: DeploymentPage
    today: date


def one_page(request: ActorRequest, pk: int) -> HttpResponse:
    """The status of a deployment on one sheet of paper."""
    actor = request.actor
    deployment = deployment_of(actor, pk)
    page = OnePage(deployment.title, page_of(actor, deployment, ""), actor.today)
    return render(request, "supervise/paper.html", {"page": page})


def export(request: ActorRequest, pk: int) -> HttpResponse:
    """Units and tasks as a sheet, units in code order; what left is in the log."""
    actor = request.actor
    deployment = deployment_of(actor, pk)
    require(actor, "export", "task", deployment.unit, deployment)
    stands = stands_for(actor, deployment)
    content = write_xlsx(_COLUMNS, _rows(stands), title="督办情况")
    opened(actor, f"deployment:{deployment.pk}", deployment.unit, f"导出督办 {deployment.key}")
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="supervise-{deployment.key}.xlsx"'
    return answer


_COLUMNS = (
    Column("单位代码", 10),
    Column("单位", 18),
    Column("任务", 40),
    Column("时限", 12, "date"),
    Column("签收", 12, "date"),
    Column("报送", 12, "date"),
    Column("办理情况", 16),
)


def _rows(stands: Standing) -> Iterator[list[object]]:
    for receipt in stands.receipts:
        signed = receipt.received_at
        for cell in stands.at(receipt):
            yield [
                receipt.unit.code,
                unit_words(receipt.unit),
                str(cell.task),
                cell.limit,
                timezone.localtime(signed).date() if signed else None,
                cell.course.handed_in_on,
                shown(cell.light).words,
            ]
