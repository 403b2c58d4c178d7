"""Log-in and log-out, and the page after a fault of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect, HttpResponseServerError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rongjian.org import first_run, lockout, log_ins
from rongjian.org.access import roles
from rongjian.org.account_models import Account, Ending
from rongjian.org.log_in_policy import policy
from rongjian.org.models import Post
from rongjian.web import addresses, clock
from rongjian.web.frame import DEMO
from rongjian.web.gate import current, enter

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest, HttpResponse

    from rongjian.web.middleware import ActorRequest

PASSWORD_OF_DEMO = "rongjian-demo"  # noqa: S105  # printed on the demo's own log-in page
WRONG = "账号或密码不对，或账号还没有生效、已经停用。密码区分大小写。"
WHY = {
    "idle": "您有一段时间没有操作，已自动退出。请重新登录，登录后回到原来的页面。",
    "limit": "一次登录的最长时间已到，请重新登录，登录后回到原来的页面。",
    "replaced": "您的账号刚刚在另一处登录，这里已退出。如果不是您本人，请登录后立即修改密码并告诉系统管理员。",
    "ended": "这次登录已被系统管理员结束，或密码已重置。有疑问请联系系统管理员。",
    "left": "您已退出。",
}
"""Why somebody stands before the log-in, for the reasons that an address may name."""


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo world that a visitor may try."""

    name: str
    person: str
    posts: str


class LogInForm(AuthenticationForm):
    """Account and password; one sentence for everything that can be wrong with them."""

    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def clean(self) -> dict[str, Any]:
        """Ask the back ends, which count failures; say for how long somebody is locked out."""
        name = str(self.cleaned_data.get("username") or "").strip().casefold()
        word = str(self.cleaned_data.get("password") or "")
        self.user_cache = authenticate(self.request, username=name, password=word)
        if self.user_cache is None:
            raise ValidationError(refusal(self.request, name, WRONG), code="invalid_login")
        return self.cleaned_data


def refusal(request: HttpRequest | None, username: str, wrong: str) -> str:
    """What to tell somebody who was not let in: that it was wrong, or for how long it is locked."""
    if request is None or not getattr(request, "axes_locked_out", False):
        return wrong
    minutes = lockout.minutes_left(username, addresses.client(request), timezone.now())
    return f"账号已锁定，请 {minutes} 分钟后再试或联系系统管理员"


class LogIn(LoginView):
    """The log-in page; in a demo world it says which accounts there are."""

    template_name = "account/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Let somebody in by the one door, and remind of a password that runs out."""
        user = form.get_user()
        enter(self.request, user, "password")
        _remind(self.request, user)
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """The page again; locked out is 429."""
        answer = super().form_invalid(form)
        if getattr(self.request, "axes_locked_out", False):
            answer.status_code = 429
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add why one stands here, the demo's accounts, and the way to the first run."""
        accounts = _demo_accounts() if settings.DEMO else ()
        why = WHY.get(self.request.GET.get("why", ""), "")
        return super().get_context_data(
            accounts=accounts,
            password=PASSWORD_OF_DEMO,
            why=why,
            set_up=first_run.stage() != "closed",
            **kwargs,
        )


def _remind(request: HttpRequest, user: User) -> None:
    """Say in time that a password must be changed."""
    account = Account.objects.filter(user=user).first()
    if settings.DEMO or account is None or account.password_at is None:
        return
    days = policy().days_left(timezone.localtime(account.password_at), clock.now())
    if 0 < days <= policy().warn_days:
        messages.warning(request, f"您的密码还有 {days} 天到期，请在“我的账号”里修改。")


@require_POST
@never_cache
def log_out(request: ActorRequest) -> HttpResponse:
    """End the log-in, here and in the log, and tell the browser to keep nothing."""
    log_in = current(request)
    if log_in is not None:
        log_ins.end(request.actor, log_in, Ending.LEFT)
    logout(request)
    answer = HttpResponseRedirect(f"{reverse('login')}?why=left")
    # Not the cookies: that would log one out of every system of the same domain.
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _demo_accounts() -> tuple[DemoAccount, ...]:
    posts = Post.objects.filter(person__account__isnull=False).select_related(
        "person__account", "unit__court"
    )
    found: dict[str, tuple[str, list[str]]] = {}
    for post in posts.order_by("-unit__court__type", "person__staff_no", "pk"):
        account = post.person.account
        if account is not None:
            words = f"{post.unit.short} {roles()[post.role].name}"
            found.setdefault(account.get_username(), (post.person.name, []))[1].append(words)
    return tuple(
        DemoAccount(name, person, "、".join(held)) for name, (person, held) in found.items()
    )


def broken(request: HttpRequest) -> HttpResponse:
    """The page after a fault of ours: it leans on nothing that may be broken too."""
    values = {"contact": settings.CONTACT, "demo": DEMO if settings.DEMO else ""}
    return HttpResponseServerError(render_to_string("500.html", values))
