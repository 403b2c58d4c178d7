"""Who is asking, and when: no page runs without an actor, and a refusal says whom to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from rongjian.indicators.snapshots import NoSnapshot
from rongjian.indicators.spec import UnknownIndicator
from rongjian.kernel.periods import PeriodError
from rongjian.kernel.screening import screen
from rongjian.log import audit, door
from rongjian.org.access import Actor, Denied, actor_of, may_somewhere
from rongjian.org.log_ins import Stranger
from rongjian.org.models import Person
from rongjian.org.queries import UnknownUnit
from rongjian.records.kinds import UnknownKind
from rongjian.web import addresses, clock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django_htmx.middleware import HtmxDetails

    from rongjian.log.door import Hit

NO_BUSINESS = "管理员账号只办理系统管理事务，不能查看业务内容。"
# The workbench sends them on to their own first page; whatever else is business.
_OF_ADMINISTRATORS = ("/sys/", "/account/", "/logout/", "/org/explain")
_BY_CODE = ("/taskforce/", "/org/branch/")
"""Pages of one unit, named by its code."""
_OF_STRUCTURE = "/org/"
_NOT_TYPED = {"csrfmiddlewaretoken", "idempotency", "version"}
NO_PERSON = "这个账号还没有对应的工作人员，因此没有任何权限。"


class ActorRequest(HttpRequest):
    """A request as every page gets it: with the person who asks, and their posts of today."""

    actor: Actor
    htmx: HtmxDetails
    step: str
    """What this person has to do before anything else (web/gate.py); mostly nothing."""
    nameless: bool
    """Set by a page on which one may speak without a name: the log then names nobody."""


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> ActorMiddleware:
    """The middleware that `settings.MIDDLEWARE` names."""
    return ActorMiddleware(get_response)


class ActorMiddleware:
    """Sets `request.actor`, keeps strangers out, watches the door and turns refusals into pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the actor, answer, and forbid keeping what was answered."""
        request.actor = _actor(request)  # type: ignore[attr-defined]
        known = request.user.is_authenticated
        with door.watched() as hits:
            response = self.get_response(request)
        if hits:
            _report(request, hits)
        if known or request.user.is_authenticated:
            # Shared computers: nothing that was shown stays in the browser's own store.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Deny by default: a view is open to strangers only where `login_not_required` says so.

        Addresses are logged by what stands before us and by exports, so nothing may come in them.
        """
        for value in (each for values in request.GET.lists() for each in values[1]):
            if told := door.faults(value):
                context = {"heading": "没有查询", "reason": f"查询条件里{told[0]}"}
                return render(request, "400.html", context, status=400)
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
        if isinstance(error, door.NotStorable):
            return _not_stored(request, error)
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


def _not_stored(request: HttpRequest, error: door.NotStorable) -> HttpResponse:
    """Why nothing was stored, with whatever else had been typed, so that it is not lost."""
    typed = [
        value
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED
        for value in values
        if not screen(value)
    ]
    context = {"reasons": error.messages, "typed": "\n".join(typed), "back": request.path}
    return render(request, "422.html", context, status=422)


@transaction.atomic
def _report(request: HttpRequest, hits: Sequence[Hit]) -> None:
    """Log what was refused on a page: who, where, by which rule."""
    who: Actor | None = getattr(request, "actor", None)
    nameless = getattr(request, "nameless", False)
    now, address = clock.now(), addresses.client(request)
    by = Stranger(now, "" if nameless else address) if nameless or who is None else who
    stream = audit.SYSTEM if who is None else who.person.court.code
    match = request.resolver_match
    audit.report(by, hits, f"door:{match.view_name if match else ''}", stream=stream)


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """The page that says a right is missing, which one, and whom to ask."""
    return render(request, "403.html", {"reason": reason}, status=403)
