"""我的视图: keep the list as it is under a name, and forget one again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from rongjian.org.access import Denied, may_somewhere
from rongjian.records.kinds import kind_of
from rongjian.records.saved_views import drop_view, keep_view

if TYPE_CHECKING:
    from rongjian.web.middleware import ActorRequest


@require_POST
def views(request: ActorRequest, code: str) -> HttpResponse:
    """Keep or drop a view, and go back to the list as it was."""
    kind, actor = kind_of(code), request.actor
    if not any(may_somewhere(actor, verb, kind.access) for verb in ("view", "project")):
        raise Denied(f"没有权限：您的岗位不能查看“{kind.name}”的记录")
    # Read and written anew, so that nothing but parameters comes back into the address.
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    query.pop("page", None)
    back = f"{reverse('ledger', args=[code])}?{query.urlencode()}"
    if dropped := request.POST.get("drop", ""):
        if not (dropped.isdecimal() and len(dropped) < 19 and drop_view(actor, kind, int(dropped))):
            raise Http404("没有这个视图。")
        messages.success(request, "已删去这个视图。")
        return redirect(back)
    query.pop("edit", None)
    try:
        view = keep_view(actor, kind, request.POST.get("name", ""), query.urlencode())
    except ValidationError as error:
        messages.error(request, f"没有保存视图：{'；'.join(error.messages)}")
    else:
        messages.success(request, f"已保存为“{view.name}”，在“视图”里打开。")
    return redirect(back)
