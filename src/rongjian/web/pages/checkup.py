"""体检: what does not agree. So far the published figures that contradict each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render

from rongjian.checkup.published import findings, rules
from rongjian.ledgers.published_figure import PublishedFigure
from rongjian.org.access import Denied, may_somewhere, visible
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from rongjian.checkup.published import Finding
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class PublishedPage:
    """The contradictions among the published figures that the actor may read."""

    title: str
    kind: str
    figures: int
    rules: int
    findings: tuple[Finding, ...]


def published(request: ActorRequest) -> HttpResponse:
    """Every contradiction, with both numbers and the rows they come from."""
    kind = kind_of(PublishedFigure.kind_code)
    if not may_somewhere(request.actor, "view", kind.access):
        raise Denied(f"没有权限：您的岗位不能查看“{kind.name}”")
    counted = PublishedFigure._default_manager.filter(state__in=kind.flow.counted)
    rows = list(visible(request.actor, counted, "view").order_by("pk"))
    page = PublishedPage("公布数据核对", kind.code, len(rows), len(rules()), tuple(findings(rows)))
    return render(request, "checkup/published.html", {"page": page})
