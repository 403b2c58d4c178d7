"""Log-ins of an account: one holds at a time, and each can be ended from elsewhere.

A web session carries the number of its log-in; it is worth what this row says at the very next
request. Lines in the log stand in the stream of the person's own procuratorate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction

from rongjian.log import audit
from rongjian.org.account_models import Account, AccountState, Ending, LogIn

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from rongjian.org.access import Actor

Way = Literal["password", "slip", "gateway"]
"""How one came in: by the password, an activation slip, or a gateway that vouched for one."""
KEPT = timedelta(days=180)
"""For how long an account's own list of log-ins goes back; the log itself forgets nothing."""
WAYS: dict[str, str] = {"password": "密码", "slip": "激活单", "gateway": "统一身份认证"}


@dataclass(frozen=True)
class Stranger:
    """Somebody who is not logged in, as the log names them: the address is all that is known."""

    now: datetime
    address: str
    ref: str = "-"


def stream_of(user: User | None) -> str:
    """The stream for lines about an account: its holder's procuratorate, else the system's."""
    person = getattr(user, "person", None)
    return str(person.court.code) if person else audit.SYSTEM


def target_of(user: User | None) -> str:
    """How a line names an account; what was typed for an unknown one is never written down."""
    return f"account:{user.pk}" if user else "account:?"


@transaction.atomic
def note(doer: audit.Doer, verb: str, user: User | None, detail: str = "") -> None:
    """Write a line about an account; never with anything that was typed."""
    audit.append(doer, verb, target_of(user), stream=stream_of(user), detail=detail)


def taken_over(now: datetime) -> dict[str, Any]:
    """The account of a user from before accounts were kept: its password counts from now."""
    return {"state": AccountState.APPROVED, "opened_at": now, "password_at": now}


@transaction.atomic
def begin(actor: Actor, user: User, way: Way) -> LogIn:
    """Write down that somebody logged in; whatever log-in of the account held before is over."""
    account, _ = Account.objects.select_for_update().get_or_create(
        user=user, defaults=taken_over(actor.now)
    )
    LogIn.objects.filter(account=account, ending=Ending.OPEN).update(ending=Ending.REPLACED)
    LogIn.objects.filter(account=account, at__lt=actor.now - KEPT).delete()
    log_in = LogIn.objects.create(account=account, at=actor.now, address=actor.address, way=way)
    note(actor, "log-in", user, WAYS[way])
    return log_in


@transaction.atomic
def end(actor: Actor, log_in: LogIn, ending: Ending) -> None:
    """Let a log-in be over; time-outs are no act of anybody and leave no line."""
    ended = LogIn.objects.filter(pk=log_in.pk, ending=Ending.OPEN).update(ending=ending)
    if ended and ending in (Ending.LEFT, Ending.ENDED):
        note(actor, "log-out", log_in.account.user, ending.label)


def end_all(account: Account) -> int:
    """End whatever log-in of the account holds (closing, a new slip); the caller writes the line."""
    open_ones = LogIn.objects.filter(account=account, ending=Ending.OPEN)
    return open_ones.update(ending=Ending.ENDED)


def latest(account: Account, most: int = 10) -> list[LogIn]:
    """The account's last log-ins, newest first."""
    return list(LogIn.objects.filter(account=account)[:most])
