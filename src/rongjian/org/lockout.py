"""Locking out whoever guesses: by account and address, by address, and by account.

Counting is django-axes' work. An unknown account is counted like a known one, so a stranger cannot
tell them apart. Nobody can lock out somebody else at his own computer: a lock holds for one address,
and an account under attack from everywhere stays open where its owner has logged in before. An
account name that was typed is kept as a keyed hash: people type passwords there.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.db.models import Max, Sum
from django.http import QueryDict
from django.utils.crypto import salted_hmac

from rongjian.org.account_models import LogIn
from rongjian.org.log_in_policy import policy
from rongjian.org.log_ins import Stranger, note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest


def fingerprint(username: str) -> str:
    """What is counted by in place of an account's name."""
    return salted_hmac("rongjian.lockout", username.casefold()).hexdigest()


def counted_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """`AXES_USERNAME_CALLABLE`: the fingerprint of the name that was tried."""
    return fingerprint(str((credentials or {}).get("username") or ""))


def cool_off(request: HttpRequest | None) -> timedelta:
    """`AXES_COOLOFF_TIME`: how long failures count and a lock lasts."""
    return policy().lock


def failure_limit(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """`AXES_FAILURE_LIMIT`: from which failure on an account is locked at an address."""
    return policy().failures


class Lockout(AxesDatabaseHandler):  # type: ignore[misc]  # axes is untyped
    """`AXES_HANDLER`: axes' own counting, the limit per address, and the lines in the log."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this account is locked at this address, this address, or this account here."""
        return (
            bool(super().is_locked(request, credentials))
            or _address_locked(request)
            or _account_locked(request, str((credentials or {}).get("username") or ""))
        )

    def user_login_failed(
        self,
        sender: Any,
        credentials: dict[str, Any],
        request: Any = None,
        **kwargs: Any,
    ) -> None:
        """Count the failure and write a line; what is tried while locked does neither.

        So an address adds at most as many lines as it has failures before it is locked.
        """
        if request is None:
            return
        locked_before = request.axes_locked_out
        with _nothing_typed(request):
            super().user_login_failed(sender, credentials, request, **kwargs)
        if not locked_before:
            _line(request, str(credentials.get("username") or ""), _address_locked(request))


@contextmanager
def _nothing_typed(request: Any) -> Iterator[None]:
    """Let axes count without seeing the form: it would keep whatever field it does not know."""
    typed = request.GET, request.POST
    request.GET = request.POST = QueryDict()
    try:
        yield
    finally:
        request.GET, request.POST = typed


def _failures(request: Any, **of: str) -> int:
    """Failures within the time in which they count."""
    since = request.axes_attempt_time - policy().lock
    tried = AccessAttempt.objects.filter(attempt_time__gte=since, **of)
    return int(tried.aggregate(all=Sum("failures_since_start"))["all"] or 0)


def _address_locked(request: Any) -> bool:
    failures = _failures(request, ip_address=request.axes_ip_address)
    return failures >= policy().failures_of_address


def _account_locked(request: Any, username: str) -> bool:
    if _failures(request, username=fingerprint(username)) < policy().failures_of_account:
        return False
    known = LogIn.objects.filter(account__user__username=username)
    return not known.filter(address=request.axes_ip_address or "").exists()


def _line(request: Any, username: str, address_locked: bool) -> None:
    failures = request.axes_failures_since_start or 0
    users = User.objects.filter(username=username).select_related("person__court")
    user = users.first()
    detail = f"第 {failures} 次失败"
    if failures >= policy().failures:
        detail += f"，在该地址锁定 {policy().lock_minutes} 分钟"
    if address_locked:
        detail += f"，该地址锁定 {policy().lock_minutes} 分钟"
    stranger = Stranger(request.axes_attempt_time, request.axes_ip_address or "")
    note(stranger, "log-in-failed", user, detail)


def minutes_left(username: str, address: str, now: datetime) -> int:
    """For how many minutes still a try from the address is refused; at least one."""
    since = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__lte=now)
    of_account = since.filter(username=fingerprint(username)).aggregate(last=Max("attempt_time"))
    last = of_account["last"] or since.aggregate(last=Max("attempt_time"))["last"] or now
    return max(1, -int((now - last - policy().lock).total_seconds() // 60))


def locked(username: str, now: datetime) -> bool:
    """Whether an account is locked at any address (administrators ask this)."""
    tried = AccessAttempt.objects.filter(
        username=fingerprint(username), attempt_time__gte=now - policy().lock
    )
    counts = tried.values("ip_address").annotate(all=Sum("failures_since_start"))
    return any(count["all"] >= policy().failures for count in counts)


def forget(username: str) -> int:
    """Forget the failures of an account at every address."""
    count, _ = AccessAttempt.objects.filter(username=fingerprint(username)).delete()
    return int(count)
