"""Who is asking, and when: no page runs without an actor, and a refusal says whom to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from rongjian.indicators.snapshots import NoSnapshot
from rongjian.indicators.spec import UnknownIndicator
from rongjian.kernel.periods import PeriodError
from rongjian.org.access import Actor, Denied, actor_of, may_somewhere
from rongjian.org.models import Person
from rongjian.org.queries import UnknownUnit
from rongjian.records.kinds import UnknownKind
from rongjian.web import addresses, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django_htmx.middleware import HtmxDetails

NO_BUSINESS = "管理员账号只办理系统管理事务，不能查看业务内容。"
# The workbench sends them on to their own first page; whatever else is business.
_OF_ADMINISTRATORS = ("/sys/", "/account/", "/logout/", "/org/explain")
_BY_CODE = ("/taskforce/", "/org/branch/")
"""Pages of one unit, named by its code."""
_OF_STRUCTURE = "/org/"
NO_PERSON = "这个账号还没有对应的工作人员，因此没有任何权限。"


class ActorRequest(HttpRequest):
    """A request as every page gets it: with the person who asks, and their posts of today."""

    actor: Actor
    htmx: HtmxDetails
    step: str
    """What this person has to do before anything else (web/gate.py); mostly nothing."""


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> ActorMiddleware:
    """The middleware that `settings.MIDDLEWARE` names."""
    return ActorMiddleware(get_response)


class ActorMiddleware:
    """Sets `request.actor`, keeps strangers out and turns refusals into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the actor, answer, and forbid keeping what was answered."""
        request.actor = _actor(request)  # type: ignore[attr-defined]
        known = request.user.is_authenticated
        response = self.get_response(request)
        if known or request.user.is_authenticated:
            # Shared computers: nothing that was shown stays in the browser's own store.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Deny by default: a view is open to strangers only where `login_not_required` says so."""
        if not getattr(view, "login_required", True):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.actor is None:  # type: ignore[attr-defined]
            return refused(request, NO_PERSON)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A missing right is 403 with the reason; a code that means nothing is 404."""
        if isinstance(error, Denied):
            return refused(request, str(error))
        if isinstance(error, UnknownKind | UnknownUnit | UnknownIndicator):
            return page_not_found(request, Http404(str(error)))
        if isinstance(error, PeriodError):
            return render(request, "400.html", {"reason": str(error)}, status=400)
        if isinstance(error, NoSnapshot):
            return render(request, "503.html", {"reason": str(error)}, status=503)
        return None


def administrators(get_response: Callable[[HttpRequest], HttpResponse]) -> ApartMiddleware:
    """The middleware that `settings.MIDDLEWARE` names, behind the gate: who is not in is told so."""
    return ApartMiddleware(get_response)


class ApartMiddleware:
    """Keeps the three administrators off every page of business (F1)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing of its own."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Refuse a page of business; of an object not even its existence is told."""
        who: Actor | None = getattr(request, "actor", None)
        open_to_all = not getattr(view, "login_required", True)
        if who is None or open_to_all or not who.administrator or _open_to(who, request.path):
            return None
        named = "pk" in kwargs or ("code" in kwargs and request.path.startswith(_BY_CODE))
        return page_not_found(request, Http404()) if named else refused(request, NO_BUSINESS)


def _open_to(administrator: Actor, path: str) -> bool:
    """Whether a page is an administrator's; structure belongs to whoever maintains it (F1)."""
    if path == "/" or path.startswith(_OF_ADMINISTRATORS):
        return True
    return path.startswith(_OF_STRUCTURE) and may_somewhere(administrator, "edit", "org_unit")


def _actor(request: HttpRequest) -> Actor | None:
    if not request.user.is_authenticated:
        return None
    people = Person.objects.select_related("court", "department", "branch")
    person = people.filter(account=request.user.pk).first()
    if person is None:
        return None
    return replace(actor_of(person, clock.now()), address=addresses.client(request))


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """The page that says a right is missing, which one, and whom to ask."""
    return render(request, "403.html", {"reason": reason}, status=403)
