"""Activating an account: the slip's code once, and a password that only its owner knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache

from rongjian.org import activation, first_run
from rongjian.org.access import actor_of
from rongjian.org.log_in_policy import policy
from rongjian.web import addresses, clock
from rongjian.web.gate import enter
from rongjian.web.pages.account import refusal

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

WRONG = "账号或激活码不对，或激活单已经用过、已被新的代替。请照激活单重新填写；仍不行请系统管理员重新出具。"


@dataclass(frozen=True)
class ActivationPage:
    """The form with what was typed, but for the passwords, and what is wrong with it."""

    title: str
    rules: tuple[str, ...]
    username: str = ""
    code: str = ""
    faults: tuple[str, ...] = ()


def rules(least: int) -> tuple[str, ...]:
    """What a password must be like, in words for whoever chooses one."""
    return (
        f"至少 {least} 个字符，含大写字母、小写字母、数字、其他字符中的至少 {policy().classes} 种；"
        "可以用一句话，可以粘贴",
        "不含本人工号、姓名和本院名称（含拼音），不含年份、连续字符和常见密码",
        f"不同于最近 {policy().history} 个用过的密码；每 {policy().rotation_days} 天更换一次",
    )


@login_not_required
@never_cache
def activate(request: HttpRequest) -> HttpResponse:
    """The form; with the right code and a good password one is in."""
    page = ActivationPage("激活账号", _rules())
    if request.method != "POST":
        return render(request, "account/activate.html", {"page": page})
    # A database refuses a NUL; no account has one in its name.
    name = request.POST.get("username", "").strip().casefold().replace("\0", "")[:150]
    code = request.POST.get("code", "")[:60]
    page = replace(page, username=name, code=code)
    user = authenticate(request, username=name, code=code)
    if user is None:
        return _again(request, page, [refusal(request, name, WRONG)])
    try:
        _use(request, user)
    except ValidationError as error:
        return _again(request, page, error.messages)
    return redirect("home")


def _rules() -> tuple[str, ...]:
    strictest = policy().limits(policy().administrators).length
    return (f"三类管理员至少 {strictest} 个字符", *rules(policy().limits(()).length))


def _use(request: HttpRequest, user: User) -> None:
    """Check the slip, the approval and the passwords; then the password is set and one is in."""
    now = clock.now()
    slip = activation.slip_of(user)
    if slip is None or not slip.holds(now):
        until = f"{localtime(slip.expires_at):%m 月 %d 日 %H:%M}" if slip else "此前"
        raise ValidationError(f"激活单已于{until}失效，请系统管理员重新出具")
    if not user.is_active:
        raise ValidationError(
            "账号还没有经安全管理员核准生效；核准后再来激活，激活单在有效期内仍可用"
        )
    actor = replace(actor_of(user.person, now), address=addresses.client(request))
    activation.activate(actor, user, repeated(request))
    first_run.set_up_code()  # Removes it once all three have activated their accounts.
    enter(request, user, "slip")


def repeated(request: HttpRequest) -> str:
    """The new password, if it was typed twice alike."""
    new = request.POST.get("new", "")
    if not new:
        raise ValidationError("请填写新密码")
    if new != request.POST.get("again", ""):
        raise ValidationError("两次填写的新密码不一样，请重新填写")
    return new


def _again(request: HttpRequest, page: ActivationPage, faults: list[str]) -> HttpResponse:
    status = 429 if getattr(request, "axes_locked_out", False) else 422
    page = replace(page, faults=tuple(faults))
    return render(request, "account/activate.html", {"page": page}, status=status)
