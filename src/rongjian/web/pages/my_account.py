"""我的账号: who I am to the product, how I log in, where I last did; and choosing a new password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.timezone import localtime

from rongjian.notices import actions, queries
from rongjian.notices.channels import channels
from rongjian.org import activation, log_ins, second_factor
from rongjian.org.access import may_somewhere, roles
from rongjian.org.account_models import Account, Ending
from rongjian.org.log_in_policy import policy
from rongjian.web.gate import limits_of
from rongjian.web.pages.account import refusal
from rongjian.web.pages.activation import repeated, rules

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from rongjian.notices.channels.channel import Channel
    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class LogInRow:
    """One log-in, in words."""

    at: datetime
    address: str
    way: str
    ending: str
    here: bool


@dataclass(frozen=True)
class AddressBox:
    """Where one channel is to send one's digest, as it is kept or was just typed."""

    code: str
    label: str
    value: str
    fault: str = ""


@dataclass(frozen=True)
class AccountPage:
    """Everything about the own account."""

    title: str
    username: str
    posts: tuple[tuple[str, str], ...]
    password_at: datetime | None
    days_left: int | None
    factor: str
    factor_forced: bool
    codes_left: int
    idle: int
    absolute: int
    log_ins: tuple[LogInRow, ...]
    addresses: tuple[AddressBox, ...]


@dataclass(frozen=True)
class PasswordPage:
    """The form for a new password; `forced` where nothing else can be reached before."""

    title: str
    rules: tuple[str, ...]
    forced: bool
    username: str
    faults: tuple[str, ...] = ()


def my_account(request: ActorRequest) -> HttpResponse:
    """The page about oneself; nobody else's account is ever shown here."""
    return _shown(request, _boxes(request.actor, {}, {}))


def addresses(request: ActorRequest) -> HttpResponse:
    """Say where one's digests are sent to; what is wrong stays in its box, with the reason."""
    if request.method != "POST" or not may_somewhere(request.actor, "edit", actions.ACCESS):
        return redirect("account")
    typed, faults, changed = {}, {}, False
    for channel in _asking():
        typed[channel.code] = request.POST.get(channel.code, "")
        try:
            changed |= actions.keep_address(request.actor, channel, typed[channel.code])
        except ValidationError as error:
            faults[channel.code] = error.messages[0]
    if faults:
        return _shown(request, _boxes(request.actor, typed, faults), 422)
    if changed:
        messages.success(request, "提醒地址已保存，从下一次提醒起使用。")
    return redirect("account")


def _asking() -> list[Channel]:
    return [channel for channel in channels() if channel.asks]


def _boxes(actor: Actor, typed: dict[str, str], faults: dict[str, str]) -> tuple[AddressBox, ...]:
    """One box for each channel that has to ask; none for those who are never reminded."""
    if not may_somewhere(actor, "edit", actions.ACCESS):
        return ()
    kept = queries.addresses(actor) | typed
    return tuple(
        AddressBox(each.code, each.asks, kept.get(each.code, ""), faults.get(each.code, ""))
        for each in _asking()
    )


def _shown(request: ActorRequest, boxes: tuple[AddressBox, ...], status: int = 200) -> HttpResponse:
    actor, user = request.actor, request.user
    account = Account.objects.get(user=user.pk)
    device = second_factor.device_of(user)  # type: ignore[arg-type]
    limits = limits_of(actor)
    set_at = localtime(account.password_at) if account.password_at else None
    page = AccountPage(
        title="我的账号",
        username=user.get_username(),
        posts=tuple(_posts(actor)),
        password_at=set_at,
        days_left=policy().days_left(set_at, actor.now) if set_at and not settings.DEMO else None,
        factor="已启用" if device else "未启用",
        factor_forced=limits.second_factor,
        codes_left=second_factor.codes_left(user) if device else 0,  # type: ignore[arg-type]
        idle=int(limits.idle.total_seconds()) // 60,
        absolute=int(limits.absolute.total_seconds()) // 3600,
        log_ins=_log_ins(account),
        addresses=boxes,
    )
    return render(request, "account/page.html", {"page": page}, status=status)


def _posts(actor: Actor) -> list[tuple[str, str]]:
    """The posts held today; everybody's own rights as staff need no line."""
    return [
        (
            f"{post.unit.short} {roles()[post.role].name}{'（主持或代理）' if post.acting else ''}",
            f"{post.valid_from} 起" + (f"，至 {post.valid_to}" if post.valid_to else ""),
        )
        for post in actor.posts
        if post.pk
    ]


def _log_ins(account: Account) -> tuple[LogInRow, ...]:
    return tuple(
        LogInRow(
            at=localtime(each.at),
            address=each.address or "本机",
            way=log_ins.WAYS.get(each.way, ""),
            ending=Ending(each.ending).label,
            here=each.ending == Ending.OPEN,
        )
        for each in log_ins.latest(account)
    )


def password(request: ActorRequest) -> HttpResponse:
    """Choose a new password, by wish or because the old one has run out."""
    if request.method != "POST":
        return _page(request, ())
    name = request.user.get_username()
    user = authenticate(request, username=name, password=request.POST.get("old", ""))
    if user is None:
        return _page(request, (refusal(request, name, "原密码不对，请重新填写"),))
    try:
        activation.change_password(request.actor, user, repeated(request))
    except ValidationError as error:
        return _page(request, tuple(error.messages))
    update_session_auth_hash(request, user)
    messages.success(request, "密码已修改，用旧密码的登录都已结束。")
    return redirect("home" if request.step else "account")


def _page(request: ActorRequest, faults: tuple[str, ...]) -> HttpResponse:
    page = PasswordPage(
        title="修改密码",
        rules=rules(policy().limits(request.actor.roles).length),
        forced=request.step == "password",
        username=request.user.get_username(),
        faults=faults,
    )
    locked = getattr(request, "axes_locked_out", False)
    status = (429 if locked else 422) if faults else 200
    return render(request, "account/password.html", {"page": page}, status=status)
