"""One user: account and posts, and what the system administrator may do about the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.org import accounts
from rongjian.org.access import roles
from rongjian.org.models import Post
from rongjian.records.queries import unit_words
from rongjian.web.pages.administration.users import people_in_reach, slip_page, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.org.accounts import IssuedSlip
    from rongjian.org.models import Person
    from rongjian.web.middleware import ActorRequest
    from rongjian.web.pages.administration.users import Standing


@dataclass(frozen=True)
class Step:
    """Something that may be done about the account now: its name, and what follows from it."""

    code: str
    name: str
    words: str


@dataclass(frozen=True)
class PostRow:
    """A post of the person, in words."""

    words: str
    dates: str
    basis: str
    lamp: str
    state: str


@dataclass(frozen=True)
class UserPage:
    """Everything an administrator sees of one person."""

    title: str
    person: Person
    place: str
    standing: Standing
    steps: tuple[Step, ...]
    posts: tuple[PostRow, ...]


_OPEN = Step("open", "开通账号", "开通后待安全管理员生效；出具一张激活单，只显示一次。")
_RESET = Step("reset", "重置密码", "原密码作废，当前登录结束；出具一张新的激活单，由本人另设密码。")
_CLOSE = Step("close", "停用账号", "立即不能登录；账号名不再给别人，以后可以重新开通。")
_UNLOCK = Step("unlock", "解锁", "清除登录失败的次数，密码不变。")
_SESSION = Step("end", "结束当前登录", "当前登录立即失效，密码不变。")
_STEPS = {
    "": (_OPEN,),
    "closed": (_OPEN,),
    "requested": (_CLOSE,),
    "approved": (_RESET, _SESSION, _CLOSE),
    "locked": (_UNLOCK, _RESET, _SESSION, _CLOSE),
}
_LAMPS = {"requested": "warn", "approved": "ok", "refused": "off"}


def user(request: ActorRequest, pk: int) -> HttpResponse:
    """The person's page; 404 for whoever is out of reach."""
    person = _found(request.actor, pk)
    now = standing(request.actor, person)
    own = person.pk == request.actor.person.pk
    page = UserPage(
        title=person.name,
        person=person,
        place=unit_words(person.department),
        standing=now,
        # Nobody treats the own account here.
        steps=() if own else _STEPS[now.code],
        posts=tuple(_posts(request.actor, person)),
    )
    return render(request, "sys/user.html", {"page": page})


def _found(actor: Actor, pk: int) -> Person:
    person = people_in_reach(actor).filter(pk=pk).first()
    if person is None:
        raise Http404("没有这个人，或不在您的管理范围内。")
    return person


def _posts(actor: Actor, person: Person) -> list[PostRow]:
    found = Post.objects.filter(person=person).select_related("unit__court")
    return [
        PostRow(
            words=f"{unit_words(post.unit)} {_role(post.role)}",
            dates=f"{post.valid_from} 至 {post.valid_to or '今'}",
            basis=post.basis,
            lamp="off" if _over(actor, post) else _LAMPS[post.state],
            state="已免" if _over(actor, post) else post.get_state_display(),
        )
        for post in found.order_by("-valid_from", "-pk")
    ]


def _over(actor: Actor, post: Post) -> bool:
    return post.valid_to is not None and post.valid_to < actor.today


def _role(code: str) -> str:
    return roles()[code].name if code in roles() else code


@require_POST
def act(request: ActorRequest, pk: int) -> HttpResponse:
    """Take one of the steps offered; a slip that comes of it is shown at once, and only then."""
    actor, person = request.actor, _found(request.actor, pk)
    code = request.POST.get("step", "")
    if code not in _DEEDS or person.pk == actor.person.pk:
        raise Http404("没有这个办理步骤。")
    try:
        slip = _DEEDS[code](actor, person)
    except ValidationError as error:
        messages.error(request, "没有办理：" + "；".join(error.messages) + "。")
        return redirect("sys-user", pk)
    if slip is not None:
        return slip_page(request, person, slip, _AFTER[code])
    messages.success(request, _AFTER[code])
    return redirect("sys-user", pk)


def _unlock(actor: Actor, person: Person) -> None:
    accounts.unlock(actor, person.account.get_username() if person.account else "")


_DEEDS: dict[str, Callable[[Actor, Person], IssuedSlip | None]] = {
    "open": accounts.open_account,
    "reset": accounts.reset,
    "close": accounts.close,
    "unlock": _unlock,
    "end": accounts.end_sessions,
}
_AFTER = {
    "open": "账号待安全管理员生效；生效前不能登录。",
    "reset": "原密码已作废。管理员的账号重置后须由安全管理员再次生效。",
    "close": "账号已停用。",
    "unlock": "已解锁，本人可以重新登录。",
    "end": "当前登录已结束。",
}
