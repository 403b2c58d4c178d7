"""Posts: asked for, approved or refused by somebody else, ended, handed over.

Only an approved post gives rights. Which roles exclude each other, which have one holder and whose
word a post takes is data (`content/roles.yaml`); that an administrator is nothing else is held by
the database as well (`guards.py`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from rongjian.log import audit, door, receipts
from rongjian.log.images import image_of
from rongjian.org.access import Denied, require, roles
from rongjian.org.belonging import stream_of
from rongjian.org.models import Person, Post, PostState, effective
from rongjian.org.people import refusal
from rongjian.org.roles import conflicts

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def request(
    actor: Actor,
    person: Person,
    unit: Unit,
    role: str,
    day: date,
    *,
    until: date | None = None,
    acting: bool = False,
    basis: str = "",
    key: str = "",
) -> Post:
    """Ask for a post; it gives no rights before somebody else approves it."""
    if done := receipts.produced(actor.person.pk, key):
        return Post.objects.get(pk=done[0])
    require(actor, "create", "role_grant", unit)
    post = Post(
        person=Person.objects.select_for_update().get(pk=person.pk),
        unit=unit,
        role=role,
        valid_from=day,
        valid_to=until,
        acting=acting,
        basis=basis.strip(),
        requested_by=actor.person,
    )
    _check(post)
    post.save()
    _log(actor, "request", post, None)
    receipts.keep(actor.person.pk, key, [post.pk])
    return post


@transaction.atomic
def approve(actor: Actor, post: Post) -> Post:
    """Let a post take effect; once more everything is checked, since the world has moved on."""
    post = _decidable(actor, post)
    _check(post)
    return _decided(actor, post, PostState.APPROVED, "approve", "")


@transaction.atomic
def refuse(actor: Actor, post: Post, reason: str) -> Post:
    """Send a request back with the reason."""
    post = _decidable(actor, post)
    if not reason.strip():
        raise refusal("reason", "required", "请写明退回理由")
    return _decided(actor, post, PostState.REFUSED, "refuse", reason)


@transaction.atomic
def end(actor: Actor, post: Post, day: date, *, basis: str = "") -> Post:
    """Let a post end: `day` is the last one in office."""
    post = _locked(post)
    require(actor, "void", "role_grant", post.unit)
    if day < post.valid_from:
        raise refusal("day", "order", f"任职截止日期 {day} 早于任职日期 {post.valid_from}")
    if post.state == PostState.REFUSED:
        raise refusal("day", "refused", "这项任职已退回，没有生效，不必免职")
    if post.valid_to is not None and post.valid_to <= day:
        return post
    before = image_of(post)
    post.valid_to = day
    post.save(update_fields=["valid_to"])
    _log(actor, "end", post, before, basis)
    return post


@transaction.atomic
def hand_over(
    actor: Actor, post: Post, successor: Person, day: date, *, basis: str = "", key: str = ""
) -> Post:
    """Let a post end the day before and ask for the same one for a successor from the day on."""
    if done := receipts.produced(actor.person.pk, key):
        return Post.objects.get(pk=done[0])
    end(actor, post, day - _ONE_DAY, basis=basis)
    return request(actor, successor, post.unit, post.role, day, basis=basis, key=key)


def held_at(unit: Unit, day: date) -> list[Post]:
    """The posts at a unit on a day, in the order of the roles and of the people's numbers."""
    order = {code: place for place, code in enumerate(roles())}
    posts = Post.objects.filter(effective(day), unit=unit).select_related("person__court")
    return sorted(posts, key=lambda post: (order.get(post.role, len(order)), post.person.staff_no))


def waiting() -> QuerySet[Post]:
    """Posts that wait for a decision, first asked first."""
    asked = Post.objects.filter(state=PostState.REQUESTED)
    return asked.select_related("person", "unit__court", "requested_by").order_by("pk")


# --- the rules -------------------------------------------------------------------------------


EVERYBODY = ("staff", "party_member")
"""What people are without a post."""


def _check(post: Post) -> None:
    if post.role not in roles() or post.role in EVERYBODY:
        raise refusal("role", "type", f"没有登记角色“{post.role}”")
    door.refuse({"basis": post.basis})
    _check_days(post)
    beside = _overlapping(Post.objects.filter(person=post.person), post)
    for other in beside:
        _check_beside(post, other)
    if roles()[post.role].sole and not post.acting:
        holders = Post.objects.filter(unit=post.unit, role=post.role, acting=False)
        for other in _overlapping(holders.exclude(person=post.person), post):
            words = f"{_of(other)}由{other.person.name}担任（{_span(other)}），请先办理免职"
            raise refusal("role", "held", f"{words}，或改为主持工作")


def _check_beside(post: Post, other: Post) -> None:
    """One person's two posts in overlapping days."""
    name = post.person.name
    if conflicts((post.role, other.role)):
        words = f"{name}已任{_of(other)}（{_span(other)}），不能兼任{roles()[post.role].name}"
        raise refusal("role", "excluded", f"{words}：两个角色相互制约，请另选人员或先办理免职")
    if post.role != other.role:
        return
    if post.unit_id == other.unit_id:
        words = f"{name}已任{_of(other)}（{_span(other)}），任职时间重叠"
        raise refusal("day", "overlap", f"{words}，请改日期或先办理免职")
    if roles()[post.role].sole and not (post.acting or other.acting):
        words = f"{name}已任{_of(other)}（{_span(other)}），不能同时任{_of(post)}"
        raise refusal("role", "twice", f"{words}：请先办理免职，或改为主持工作")


def _check_days(post: Post) -> None:
    unit, first, last = post.unit, post.valid_from, post.valid_to
    if first < unit.founded_on:
        words = f"{unit.short} {unit.founded_on} 才成立，请改为这天以后"
        raise refusal("day", "not-yet", words)
    if unit.dissolved_on is not None and first >= unit.dissolved_on:
        raise refusal("day", "dissolved", f"{unit.short} {unit.dissolved_on} 已撤销，请另选单位")
    if last is not None and last < first:
        raise refusal("until", "order", f"任职截止日期 {last} 早于任职日期 {first}")
    left = post.person.left_on
    if left is not None and (last is None or last >= left):
        raise refusal("day", "left", f"{post.person.name}已登记为 {left} 离院")


def _overlapping(posts: QuerySet[Post], post: Post) -> QuerySet[Post]:
    """Those that stand (or are asked for) on some day of the post, itself left out."""
    days = Q(valid_to=None) | Q(valid_to__gte=post.valid_from)
    if post.valid_to is not None:
        days &= Q(valid_from__lte=post.valid_to)
    living = posts.exclude(state=PostState.REFUSED).exclude(pk=post.pk)
    return living.filter(days).select_related("unit", "person").order_by("valid_from", "pk")


def _of(post: Post) -> str:
    role = roles().get(post.role)
    return f"{post.unit.short}{role.name if role else post.role}"


def _span(post: Post) -> str:
    return f"{post.valid_from} 至 {post.valid_to or '今'}"


# --- parts -----------------------------------------------------------------------------------


def _locked(post: Post) -> Post:
    locked = Post.objects.select_for_update(of=("self",))
    return locked.select_related("person", "unit__court").get(pk=post.pk)


def _decidable(actor: Actor, post: Post) -> Post:
    """The post, if it waits and the actor is the one who may decide: another, in the right role."""
    post = _locked(post)
    require(actor, "approve", "role_grant", post.unit)
    wanted = roles()[post.role].approver if post.role in roles() else "secadmin"
    if wanted not in actor.roles:
        raise Denied(f"没有权限：{_of(post)}由{roles()[wanted].name}核准")
    if actor.person.pk in (post.person_id, post.requested_by_id):
        raise Denied("没有权限：本人申请的或给本人的任职，应由另一人核准")
    if post.state != PostState.REQUESTED:
        raise refusal("state", "decided", f"这项任职{post.get_state_display()}，不能再办理")
    return post


def _decided(actor: Actor, post: Post, state: PostState, verb: str, reason: str) -> Post:
    door.refuse({"reason": reason})
    before = image_of(post)
    post.state, post.decided_by, post.decided_at = state, actor.person, actor.now
    post.save(update_fields=["state", "decided_by", "decided_at"])
    _log(actor, verb, post, before, reason)
    return post


def _log(
    actor: Actor, verb: str, post: Post, before: dict[str, Any] | None, detail: str = ""
) -> None:
    stream = stream_of(post.unit)
    audit.append_change(
        actor, verb, post, stream=stream, before=before, detail=detail.strip()[:400]
    )
