"""The second factor: set up a phone, prove it at the log-in, renew recovery codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import segno
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from rongjian.org import second_factor as factor
from rongjian.web.gate import FACTOR, NO_FACTOR, limits_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpResponse

    from rongjian.web.middleware import ActorRequest

KEY = "factor_key"
"""In the session: a key that is offered and not yet confirmed."""


@dataclass(frozen=True)
class FactorPage:
    """One of four: `prove` the phone, `enrol` one, the `codes` once, or how things `stand`."""

    title: str
    state: str
    forced: bool
    secret: str = ""
    picture: str = ""
    codes: tuple[str, ...] = ()
    left: int = 0
    fault: str = ""


def second_factor(request: ActorRequest) -> HttpResponse:
    """Whatever of the four is due; a form names what it wants by `do`."""
    user: User = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return _shown(request, user, "")
    code = request.POST.get("code", "")[:60]
    try:
        if request.session.get(FACTOR, "") == "":
            return _prove(request, user, code)
        return _change(request, user, code)
    except ValidationError as error:
        return _shown(request, user, error.messages[0])


def _prove(request: ActorRequest, user: User, code: str) -> HttpResponse:
    request.session[FACTOR] = factor.prove(request.actor, user, code)
    request.session.cycle_key()
    return redirect(_onward(request))


def _change(request: ActorRequest, user: User, code: str) -> HttpResponse:
    """Set up a phone, or another one, or new recovery codes: each asks for a code first."""
    doing = request.POST.get("do", "")
    if doing == "enrol":
        key = request.session.get(KEY, "")
        if not key:
            raise ValidationError("页面已过期，请扫描新的二维码")
        codes = factor.enrol(request.actor, user, key, code)
        del request.session[KEY]
        request.session[FACTOR] = "totp"
        request.session.cycle_key()
    else:
        factor.prove(request.actor, user, code)
        if doing == "replace":
            return _offer(request, user, "")
        codes = factor.renew_codes(request.actor, user)
    page = FactorPage("恢复码", "codes", bool(request.step), codes=tuple(codes))
    return render(request, "account/second_factor.html", {"page": page})


def _shown(request: ActorRequest, user: User, fault: str) -> HttpResponse:
    if request.session.get(FACTOR, "") == "":
        return _page(request, FactorPage("身份验证", "prove", True, fault=fault))
    if KEY in request.session or factor.device_of(user) is None:
        return _offer(request, user, fault)
    left = factor.codes_left(user)
    return _page(request, FactorPage("手机验证码", "stand", False, left=left, fault=fault))


def _offer(request: ActorRequest, user: User, fault: str) -> HttpResponse:
    """A key as picture and letters; it stays the same until it is confirmed."""
    key = request.session.setdefault(KEY, factor.new_key())
    offer = factor.offered(user, key)
    picture = segno.make(offer.uri, error="m").svg_data_uri(scale=4, border=2)
    forced = request.session.get(FACTOR) == NO_FACTOR and limits_of(request.actor).second_factor
    return _page(
        request,
        FactorPage(
            "启用手机验证码", "enrol", forced, secret=offer.text, picture=picture, fault=fault
        ),
    )


def _onward(request: ActorRequest) -> str:
    """Back to the page that was wanted, or home."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else "home"


def _page(request: ActorRequest, page: FactorPage) -> HttpResponse:
    status = 422 if page.fault else 200
    return render(request, "account/second_factor.html", {"page": page}, status=status)
