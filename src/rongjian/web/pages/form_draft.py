"""What a form sends by itself while somebody types: its values to keep, or a word to look up for a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rongjian.ledgers import link_offers
from rongjian.org.access import Denied, may_somewhere
from rongjian.records import form_drafts
from rongjian.records.kinds import Kind, kind_of

if TYPE_CHECKING:
    from rongjian.web.middleware import ActorRequest


def _writable(request: ActorRequest, code: str) -> Kind:
    """The kind, for whoever may write records of it somewhere; Denied otherwise."""
    kind = kind_of(code)
    if not any(may_somewhere(request.actor, verb, kind.access) for verb in ("create", "edit")):
        raise Denied(f"没有权限：您的岗位不能填写“{kind.name}”")
    return kind


@require_POST
def draft(request: ActorRequest, code: str) -> HttpResponse:
    """Keep what stands in a form, or forget it; the answer is the sentence that the page shows."""
    _writable(request, code)
    address = request.POST.get("address", "")
    if not address.startswith(("/ledger/", "/supervise/")):
        return HttpResponse("没有这个表单。", status=400)
    if "drop" in request.POST:
        form_drafts.drop(request.actor, address)
        safe = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
        return redirect(address if safe else "home")
    typed = {name: request.POST.getlist(name) for name in request.POST}
    kept, refused = form_drafts.keep(request.actor, address, typed)
    said = f"已自动保存 {kept.saved_at:%H:%M}"
    if refused:
        said += "，其中一处没有保存：" + "；".join(refused)
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def find(request: ActorRequest, code: str) -> HttpResponse:
    """The records that a word or number finds, to be ticked in the form that asked."""
    kind = _writable(request, code)
    wanted = request.GET.get("link_find", "")[:60]
    if not wanted.strip():
        return HttpResponse("")
    found = link_offers.found(request.actor, kind, wanted)
    return render(request, "parts/offers.html", {"offers": found})
