"""Accounts as administrators treat them: open, approve, reset, unlock, close.

One administrator opens an account and hands its holder a slip; it works once another, the 安全管理员,
has approved it. Nobody but the holder ever knows a password. Faults are ValidationErrors.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import audit
from rongjian.log.images import image_of
from rongjian.org import lockout, log_ins, second_factor
from rongjian.org.access import require
from rongjian.org.account_models import Account, AccountState, Slip
from rongjian.org.log_in_policy import policy
from rongjian.org.models import Post, effective

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.log.audit import Doer
    from rongjian.org.access import Actor
    from rongjian.org.models import Person

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}")
# Without what is mistaken for something else when read from paper (0 O, 1 I L).
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_GROUPS, _LETTERS = 4, 4


@dataclass(frozen=True)
class IssuedSlip:
    """What is printed on an activation slip; the code is told once and stored nowhere."""

    name: str
    username: str
    code: str
    expires_at: datetime


def digest_of(code: str) -> str:
    """What is kept of a slip's code (it is long enough to need no slow hash)."""
    bare = re.sub(r"[\s-]", "", code).upper()
    return hashlib.sha256(f"slip:{bare}".encode()).hexdigest()


def issue(account: Account, name: str, now: datetime) -> IssuedSlip:
    """A new slip for the account; an earlier one that was not used is void."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(_GROUPS)]
    code = "-".join(groups)
    Slip.objects.filter(account=account, used_at=None).update(used_at=now)
    expires = now + policy().slip_life
    Slip.objects.create(account=account, digest=digest_of(code), made_at=now, expires_at=expires)
    return IssuedSlip(name, account.user.get_username(), code, expires)


@transaction.atomic
def open_account(actor: Actor, person: Person, username: str = "") -> IssuedSlip:
    """Open an account (named by the staff number unless told otherwise), or a closed one again.

    It waits for `approve_account`; the slip goes to the person, on paper.
    """
    require(actor, "create", "account", person.court)
    if person.left_on is not None and person.left_on <= actor.today:
        raise ValidationError(f"{person.name}已于 {person.left_on} 离院，不能开立账号")
    user, account, before = _new(person, username or person.staff_no)
    account.state, account.opened_by, account.opened_at = (
        AccountState.REQUESTED,
        actor.person,
        actor.now,
    )
    account.decided_by = account.decided_at = account.password_at = None
    account.save()
    person.account = user
    person.save(update_fields=["account"])
    _line(actor, "open-account", account, person, before)
    return issue(account, person.name, actor.now)


def _new(person: Person, username: str) -> tuple[User, Account, dict[str, Any] | None]:
    """The user and account of a person, new or closed before, and its image if it was closed."""
    if person.account is not None:
        account = Account.objects.select_for_update().get(user=person.account)
        if account.state != AccountState.CLOSED:
            raise ValidationError(f"{person.name}已有账号“{account}”；忘了密码请用“重置”")
        _disable(person.account)
        return person.account, account, image_of(account)
    name = username.strip().casefold()
    if not USERNAME.fullmatch(name):
        raise ValidationError(
            "账号名应为 2–30 位小写字母、数字、点、横线，以字母或数字开头，如工号"
        )
    if User.objects.filter(username=name).exists():
        raise ValidationError(f"账号名“{name}”已被使用（停用的账号名不再给别人），请换一个，如工号")
    user = User(username=name, is_active=False)
    user.set_unusable_password()
    user.save()
    return user, Account(user=user), None


@transaction.atomic
def approve_account(actor: Actor, person: Person) -> None:
    """Let an account take effect; whoever opened it, or whose it is, cannot do that."""
    require(actor, "grant", "role_grant", person.court)
    account = _locked(person, AccountState.REQUESTED)
    if actor.person.pk in (person.pk, account.opened_by_id):
        raise ValidationError("申请人和账号本人不能核准，请另一名安全管理员核准")
    _decide(actor, account, person, AccountState.APPROVED)


@transaction.atomic
def refuse_account(actor: Actor, person: Person) -> None:
    """Send an account back; it stays closed until somebody opens it again."""
    require(actor, "grant", "role_grant", person.court)
    _decide(actor, _locked(person, AccountState.REQUESTED), person, AccountState.CLOSED)


def _decide(actor: Actor, account: Account, person: Person, state: AccountState) -> None:
    before = image_of(account)
    account.state, account.decided_by, account.decided_at = state, actor.person, actor.now
    account.save()
    User.objects.filter(pk=account.pk).update(is_active=state == AccountState.APPROVED)
    verb = "approve-account" if state == AccountState.APPROVED else "refuse-account"
    _line(actor, verb, account, person, before)


@transaction.atomic
def reset(actor: Actor, person: Person) -> IssuedSlip:
    """Void the password and end the log-in; the slip lets the person choose a new one.

    An administrator's account must be approved again, so that nobody takes one over alone. The
    second factor stays what it is.
    """
    require(actor, "edit", "account", person.court)
    if actor.person.pk == person.pk:
        raise ValidationError("不能重置自己的账号，请另一名系统管理员重置；改密码请到“我的账号”")
    account = _locked(person, AccountState.APPROVED)
    before = image_of(account)
    _disable(account.user)
    if is_administrator(person, actor.now):
        account.state, account.opened_by = AccountState.REQUESTED, actor.person
        account.decided_by = account.decided_at = None
    else:
        User.objects.filter(pk=account.pk).update(is_active=True)
    account.password_at = None
    account.save()
    log_ins.end_all(account)
    _line(actor, "reset-account", account, person, before)
    return issue(account, person.name, actor.now)


def _disable(user: User) -> None:
    """Nobody gets in with what was known before."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])


@transaction.atomic
def unlock(actor: Actor, username: str) -> int:
    """Forget the failed attempts of an account, from every address; how many lines those were."""
    user = User.objects.filter(username=username).select_related("person__court").first()
    if user is None or not hasattr(user, "person"):
        raise ValidationError(f"没有账号“{username}”")
    require(actor, "edit", "account", user.person.court)
    forgotten = lockout.forget(username)
    second_factor.forgive(user)
    log_ins.note(actor, "unlock-account", user)
    return forgotten


@transaction.atomic
def end_sessions(actor: Actor, person: Person) -> None:
    """End the log-in of an account that holds now; the password stays."""
    require(actor, "edit", "account", person.court)
    account = _locked(person, AccountState.APPROVED)
    log_ins.end_all(account)
    log_ins.note(actor, "end-sessions", account.user)


def close(actor: Actor, person: Person) -> None:
    """Close an account for good reason; it can be opened again, its name goes to nobody else."""
    require(actor, "void", "account", person.court)
    if person.account is None:
        raise ValidationError(f"{person.name}没有账号")
    shut(actor, person)


@transaction.atomic
def shut(actor: Doer, person: Person, why: str = "") -> None:
    """Close an account as part of something that was permitted (leaving); nothing without one."""
    if person.account is None:
        return
    account, _ = Account.objects.select_for_update().get_or_create(
        user=person.account, defaults=log_ins.taken_over(actor.now)
    )
    before = image_of(account)
    _disable(person.account)
    account.state, account.password_at = AccountState.CLOSED, None
    account.save()
    Slip.objects.filter(account=account, used_at=None).update(used_at=actor.now)
    log_ins.end_all(account)
    _line(actor, "close-account", account, person, before, why)


def is_administrator(person: Person, now: datetime) -> bool:
    """Whether somebody holds one of the posts (三员) that must bring a second factor."""
    held = Post.objects.filter(effective(now.date()), person=person)
    return held.filter(role__in=policy().administrators).exists()


def _locked(person: Person, state: AccountState) -> Account:
    """The person's account, held for this transaction, if it is in the state."""
    rows = Account.objects.select_for_update(of=("self",)).select_related("user")
    account = rows.filter(user=person.account_id).first()
    if account is None:
        raise ValidationError(f"{person.name}没有账号")
    if account.state != state:
        raise ValidationError(f"账号“{account}”{account.get_state_display()}，不能这样处理")
    return account


def _line(
    actor: Doer,
    verb: str,
    account: Account,
    person: Person,
    before: dict[str, Any] | None,
    detail: str = "",
) -> None:
    stream = person.court.code
    audit.append_change(actor, verb, account, stream=stream, before=before, detail=detail)
