"""Single sign-on through a gateway that names who is logged in by a header. Off by default.

`RONGJIAN_SSO_HEADER` names the header; it counts only from `RONGJIAN_SSO_PROXIES`. With
`RONGJIAN_SSO_SECRET` its value must be `工号|时间|签名`: the time in seconds since 1970, the signature
HMAC-SHA256 in hexadecimal over `工号|时间`, not older than a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache

from rongjian.org.log_ins import Stranger, note
from rongjian.web import addresses, clock
from rongjian.web.gate import enter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

FRESH = 60
"""Seconds for which a signature counts, before and after its time."""
_ONCE = 3600


def single_sign_on(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware: whoever the gateway vouches for is logged in, by the same door as others."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SSO_HEADER and (said := request.headers.get(settings.SSO_HEADER)):
            _let_in(request, said)
        return get_response(request)

    return middleware


def _let_in(request: HttpRequest, said: str) -> None:
    now = clock.now()
    if not addresses.among(addresses.peer(request), settings.SSO_PROXIES):
        return _refused(request, now, "不是来自统一身份认证网关")
    staff_no = vouched_for(said, settings.SSO_SECRET, now)
    if not staff_no:
        return _refused(request, now, "签名不对或已过期")
    users = User.objects.filter(is_active=True, person__staff_no=staff_no)
    user = users.select_related("person__court").first()
    if user is not None and request.user.pk != user.pk:
        enter(request, user, "gateway", "gateway" if settings.SSO_SECOND_FACTOR else "")
    return None


def vouched_for(said: str, secret: str, now: datetime) -> str:
    """Whose staff number a header's value names; empty if it does not prove that."""
    if not secret:
        return said.strip()
    found = re.fullmatch(r"([^|]{1,24})\|([0-9]{1,12})\|([0-9a-f]{64})", said.strip())
    if found is None:
        return ""
    staff_no, at, signature = found.groups()
    right = hmac.new(secret.encode(), f"{staff_no}|{at}".encode(), hashlib.sha256).hexdigest()
    fresh = abs(now.timestamp() - int(at)) <= FRESH
    return staff_no if fresh and hmac.compare_digest(right, signature) else ""


def _refused(request: HttpRequest, now: datetime, why: str) -> None:
    """Ignore the header; one line an hour per address says so."""
    address = addresses.client(request)
    if cache.add(f"sso-refused:{address}", 1, _ONCE):
        note(Stranger(now, address), "sso-refused", None, why)
