"""The gate that every request of somebody logged in passes: does this log-in hold, is all proven?

A session ends by itself (idle, too long), when the account logs in elsewhere, and when an
administrator ends it. Whoever owes a second factor or a new password reaches nothing else first.
However a session came about, this is where it is let through: no way in can forget it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import auth
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime

from rongjian.org import log_ins, second_factor
from rongjian.org.access import actor_of
from rongjian.org.account_models import Account, Ending, LogIn
from rongjian.org.log_in_policy import policy, session_end
from rongjian.web import addresses, clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from rongjian.org.access import Actor
    from rongjian.org.log_in_policy import Limits
    from rongjian.web.middleware import ActorRequest

LOG_IN, BEGAN, SEEN, FACTOR = "log_in", "began", "seen", "factor"
"""What a session keeps: its log-in, when it began, when last used, by what it was proven."""
NO_FACTOR = "none"
STEPS = {"second-factor": "second-factor", "password": "password"}
"""What may have to be done first, and the route where it is done."""
ALWAYS = {"logout"}
_RESOLUTION = timedelta(minutes=1)
"""How exactly the last use is kept: a session is not written at every click."""
_NOT_SHOWN = {"csrfmiddlewaretoken", "idempotency", "password", "old", "new", "again", "code"}
_CODE = re.compile(r"\s*[A-Za-z0-9_.:-]*\s*")
"""What a form sends for a choice, a day or a number: quickly chosen again."""
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def enter(request: HttpRequest, user: User, way: log_ins.Way, factor: str = "") -> None:
    """Log somebody in; the only place of the product where that is done.

    The session gets a new key. `factor` says what has been proven beyond the password already.
    """
    auth.login(request, user, backend=_BACKEND)
    request.session.clear_expired()  # Strangers leave sessions behind at the log-in page.
    person = getattr(user, "person", None)
    if person is not None:
        actor = replace(actor_of(person, clock.now()), address=addresses.client(request))
        _begin(request, actor, user, way, factor)


def _begin(request: HttpRequest, actor: Actor, user: User, way: log_ins.Way, factor: str) -> None:
    log_in = log_ins.begin(actor, user, way)
    request.session[LOG_IN] = log_in.pk
    request.session[BEGAN] = request.session[SEEN] = actor.now.isoformat()
    # What an earlier log-in in this browser had proven is not inherited.
    request.session[FACTOR] = factor or ("" if second_factor.device_of(user) else NO_FACTOR)


def current(request: ActorRequest) -> LogIn | None:
    """The log-in that the session belongs to."""
    found = LogIn.objects.select_related("account__user__person__court")
    return found.filter(pk=request.session.get(LOG_IN, 0)).first()


def limits_of(actor: Actor) -> Limits:
    """What is asked of somebody: by their roles and the settings; a demo asks for no phone."""
    found = policy().limits(actor.roles)
    asked = settings.SECOND_FACTOR_FOR_ALL or (found.second_factor and not settings.DEMO)
    return replace(found, second_factor=asked)


def gate(get_response: Callable[[HttpRequest], HttpResponse]) -> Gate:
    """The middleware that `settings.MIDDLEWARE` names, after the one that sets the actor."""
    return Gate(get_response)


class Gate:
    """Lets a request through, sends it to what has to be done first, or to the log-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do before the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: ActorRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Whatever stands between this person and the page."""
        if getattr(request, "actor", None) is None or not getattr(view, "login_required", True):
            return None
        account = _held(request)
        if isinstance(account, str):
            return turned_away(request, account)
        here = request.resolver_match.url_name if request.resolver_match else None
        request.step = step = _step(request, account)
        if step and here != STEPS[step] and here not in ALWAYS:
            return _sent(request, reverse(STEPS[step]))
        return None


def _held(request: ActorRequest) -> Account | str:
    """The account whose log-in holds; otherwise why it does not, and it is ended."""
    if LOG_IN not in request.session:
        # Django let somebody in without us: it becomes a log-in like any other.
        factor = str(request.session.get(FACTOR, ""))
        _begin(request, request.actor, request.user, "password", factor)  # type: ignore[arg-type]
    log_in = current(request)
    if log_in is None or log_in.ending:
        return log_in.ending if log_in else Ending.ENDED
    now = request.actor.now
    began, seen = (datetime.fromisoformat(request.session[key]) for key in (BEGAN, SEEN))
    if ended := session_end(limits_of(request.actor), began, seen, now):
        log_ins.end(request.actor, log_in, Ending(ended))
        return ended
    if now - seen >= _RESOLUTION:
        request.session[SEEN] = now.isoformat()
    return log_in.account


def _step(request: ActorRequest, account: Account) -> str:
    """What has to be done before anything else."""
    factor = request.session.get(FACTOR, "")
    if not factor or (factor == NO_FACTOR and limits_of(request.actor).second_factor):
        return "second-factor"
    return "password" if _expired(account, request.actor) else ""


def _expired(account: Account, actor: Actor) -> bool:
    if settings.DEMO:
        return False
    if account.password_at is None:
        return True
    return policy().days_left(localtime(account.password_at), actor.now) <= 0


def turned_away(request: ActorRequest, why: str) -> HttpResponse:
    """To the log-in, and why; what somebody had typed is shown, so that it is not lost."""
    typed = [
        value
        for name, values in request.POST.lists()
        if name not in _NOT_SHOWN
        for value in values
        if not _CODE.fullmatch(value)
    ]
    auth.logout(request)
    request.actor = None  # type: ignore[assignment]
    back = request.htmx.current_url_abs_path if request.htmx else request.get_full_path()
    address = f"{reverse('login')}?{urlencode({'next': back or '', 'why': why})}"
    if typed and not request.htmx:
        context = {"typed": "\n".join(typed), "address": address}
        return render(request, "account/timed_out.html", context, status=401)
    return _sent(request, address)


def _sent(request: ActorRequest, address: str) -> HttpResponse:
    """Send the whole page elsewhere, also when only a part of it was asked for."""
    if not request.htmx:
        return redirect(address)
    told = HttpResponse()
    told["HX-Redirect"] = address
    return told
