"""权限: posts and accounts that wait for another's word, with the rights they would bring.

The 安全管理员 decides; posts of the three administrators, of 专管员 and of discipline inspection take a
leader's word instead, who sees here only those of the own procuratorate. Nobody decides what is
about oneself or what one asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rongjian.org import accounts, posts
from rongjian.org.access import Denied, reach_units, require, roles
from rongjian.org.account_models import Account, AccountState
from rongjian.org.models import COURT_TYPES, Person, Post, effective
from rongjian.org.role_difference import decided_by, difference
from rongjian.records.queries import unit_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

ACCESS = Post.access_class


@dataclass(frozen=True)
class Request:
    """One thing that waits: for whom, what, what it would change, and who may decide it."""

    kind: str
    pk: int
    person: str
    place: str
    account: str
    what: str
    dates: str
    basis: str
    asked_by: str
    changes: tuple[str, ...]
    mine: bool
    why_not: str


@dataclass(frozen=True)
class GrantsPage:
    """What waits for a word, and what was decided last."""

    title: str
    waiting: tuple[Request, ...]
    decided: tuple[tuple[Post, str, str], ...]
    administrator: bool


_DECIDED = 20


def grants(request: ActorRequest) -> HttpResponse:
    """Everything in reach that waits, oldest first."""
    actor = request.actor
    _require(actor)
    waiting = [*_posts(actor), *_accounts(actor)]
    page = GrantsPage("权限", tuple(waiting), tuple(_decided(actor)), actor.administrator)
    return render(request, "sys/grants.html", {"page": page})


def _require(actor: Actor) -> None:
    require(actor, "approve", ACCESS, actor.person.court)


def _units(actor: Actor) -> Q:
    return Q(unit__in=reach_units(actor, "approve", ACCESS))


def _waiting(actor: Actor) -> QuerySet[Post]:
    """The posts that wait in reach; a leader sees only those that take a leader's word."""
    found = posts.waiting().filter(_units(actor))
    if not actor.administrator:
        found = found.filter(role__in=decided_by(actor.roles))
    return found


def _posts(actor: Actor) -> Iterable[Request]:
    waiting = list(_waiting(actor).select_related("person__department__court", "person__account"))
    held: dict[int, set[str]] = {}
    people = [post.person_id for post in waiting]
    for post in Post.objects.filter(effective(actor.today), person__in=people):
        held.setdefault(post.person_id, set()).add(post.role)
    for post in waiting:
        why_not = _why_not(actor, post)
        yield Request(
            kind="post",
            pk=post.pk,
            **_whose(post.person),
            what=f"{unit_words(post.unit)} {_name(post.role)}",
            dates=f"{post.valid_from} 至 {post.valid_to or '今'}",
            basis=post.basis,
            asked_by=post.requested_by.name if post.requested_by else "",
            changes=difference(held.get(post.person_id, ()), post.role) if _known(post) else (),
            mine=not why_not,
            why_not=why_not,
        )


def _known(post: Post) -> bool:
    return post.role in roles()


def _name(code: str) -> str:
    return roles()[code].name if code in roles() else code


def _why_not(actor: Actor, post: Post) -> str:
    """Why the actor is not the one to decide a post; empty when he is."""
    approver = roles()[post.role].approver if _known(post) else "secadmin"
    if approver not in actor.roles:
        return f"须由{_name(approver)}同意：在{post.unit.court}{_name(approver)}的“任职核准”页办理"
    if post.person_id == actor.person.pk:
        return "这是给您本人的岗位，应由另一人核准"
    if post.requested_by_id == actor.person.pk:
        return "这是您本人申请的，应由另一人核准"
    return ""


def _whose(person: Person) -> dict[str, str]:
    """Who a request is for, as the page shows it."""
    account = getattr(person.account, "account", None)
    state = str(AccountState(account.state).label) if account else ""
    return {
        "person": f"{person.name}（{person.staff_no}）",
        "place": unit_words(person.department),
        "account": state or ("已生效" if person.account else "没有账号"),
    }


def _accounts(actor: Actor) -> Iterable[Request]:
    """Accounts that wait while no post that the actor decides does: of plain staff, or protected."""
    if not actor.administrator:
        return
    courts = reach_units(actor, "approve", ACCESS).filter(type__in=COURT_TYPES)
    asked = Account.objects.filter(state=AccountState.REQUESTED, user__person__court__in=courts)
    together = _waiting(actor).filter(role__in=decided_by(actor.roles)).values("person")
    found = asked.exclude(user__person__in=together).select_related(
        "user__person__department__court", "user__person__account__account", "opened_by"
    )
    for account in found.order_by("opened_at", "pk"):
        person = account.user.person
        own = actor.person.pk in (person.pk, account.opened_by_id)
        yield Request(
            kind="account",
            pk=person.pk,
            **_whose(person),
            what="账号",
            dates="",
            basis="",
            asked_by=account.opened_by.name if account.opened_by else "",
            changes=("账号生效后按已核准的岗位使用；没有岗位的按一般干警",),
            mine=not own,
            why_not="本人申请的或本人的账号，应由另一名安全管理员核准" if own else "",
        )


def _decided(actor: Actor) -> Iterable[tuple[Post, str, str]]:
    """(post, what it is, who decided) of what was decided last."""
    rows = Post.objects.filter(_units(actor)).exclude(decided_by=None)
    if not actor.administrator:
        rows = rows.filter(role__in=decided_by(actor.roles))
    found = rows.select_related("person", "unit__court", "decided_by").order_by("-decided_at")
    for post in found[:_DECIDED]:
        decider = post.decided_by.name if post.decided_by else ""
        yield post, f"{unit_words(post.unit)} {_name(post.role)}", decider


@require_POST
def decide(request: ActorRequest) -> HttpResponse:
    """Approve or send back; with a post goes the account that was asked for together with it."""
    actor = request.actor
    _require(actor)
    approved = request.POST.get("word") == "approve"
    reason = request.POST.get("reason", "").strip()
    try:
        with transaction.atomic():
            words = _decide(actor, request, approved, reason)
    except (ValidationError, Denied) as error:
        said = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(request, "没有办理：" + "；".join(said) + "。")
    else:
        messages.success(request, words)
    return redirect("sys-grants")


def _decide(actor: Actor, request: ActorRequest, approved: bool, reason: str) -> str:
    if not approved and not reason:
        raise ValidationError("请写明退回的理由")
    number = request.POST.get("pk", "")
    pk = int(number) if number.isdecimal() else 0
    if request.POST.get("kind") == "account":
        person = _person(actor, pk)
        _decide_account(actor, person, approved)
        return f"{person.name}的账号{'已生效' if approved else '已退回'}。"
    post = _waiting(actor).filter(pk=pk).first()
    if post is None:
        raise Http404("没有这项申请，或已经办理。")
    if approved:
        posts.approve(actor, post)
    else:
        posts.refuse(actor, post, reason)
    if actor.administrator and _account_waits(post.person):
        _decide_account(actor, post.person, approved)
    return f"{post.person.name}的{_name(post.role)}{'已核准生效' if approved else '已退回'}。"


def _person(actor: Actor, pk: int) -> Person:
    courts = reach_units(actor, "approve", ACCESS).filter(type__in=COURT_TYPES)
    person = Person.objects.filter(pk=pk, court__in=courts).select_related("court").first()
    if person is None:
        raise Http404("没有这项申请，或不在您的管理范围内。")
    return person


def _account_waits(person: Person) -> bool:
    return Account.objects.filter(user=person.account_id, state=AccountState.REQUESTED).exists()


def _decide_account(actor: Actor, person: Person, approved: bool) -> None:
    if approved:
        accounts.approve_account(actor, person)
    else:
        accounts.refuse_account(actor, person)
