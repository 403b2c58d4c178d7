"""Log-in, and the pages that say what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.http import HttpResponseServerError
from django.template.loader import render_to_string

from rongjian.org.access import roles
from rongjian.org.models import Post
from rongjian.web.frame import DEMO

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PASSWORD_OF_DEMO = "rongjian-demo"  # noqa: S105  # printed on the demo's own log-in page


@dataclass(frozen=True)
class DemoAccount:
    """An account of the demo world that a visitor may try."""

    name: str
    person: str
    posts: str


class LogIn(LoginView):
    """The log-in page; in a demo world it says which accounts there are."""

    template_name = "account/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's accounts."""
        accounts = _demo_accounts() if settings.DEMO else ()
        return super().get_context_data(accounts=accounts, password=PASSWORD_OF_DEMO, **kwargs)


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
