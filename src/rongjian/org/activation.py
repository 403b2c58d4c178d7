"""Activating an account by its slip, and choosing passwords afterwards.

The slip's code is tried like a password, through Django's `authenticate`: so a wrong one counts
towards the lock, and takes as long as a wrong password does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare

from rongjian.org.account_models import Account, AccountState, OldPassword, Slip
from rongjian.org.accounts import digest_of
from rongjian.org.log_in_policy import policy
from rongjian.org.log_ins import note, taken_over

if TYPE_CHECKING:
    from django.http import HttpRequest

    from rongjian.org.access import Actor


class SlipBackend:
    """`AUTHENTICATION_BACKENDS`: an account name and the code of a slip that still holds."""

    def authenticate(
        self, request: HttpRequest | None, username: str = "", code: str = "", **others: Any
    ) -> User | None:
        """The user whose slip it is; whether it still `holds` and is approved the caller asks."""
        if not code:
            return None
        make_password(code)  # As slow as a password: nobody can tell whether the account exists.
        open_slips = Slip.objects.filter(account__user__username=username, used_at=None)
        slip = open_slips.exclude(account__state=AccountState.CLOSED).first()
        right = constant_time_compare(slip.digest if slip else "", digest_of(code))
        if slip is None or not right:
            return None
        return User.objects.get(pk=slip.account_id)

    def get_user(self, pk: int) -> User | None:
        """Nobody: a session begins with the password chosen then (Django asks every backend)."""
        return None


def slip_of(user: User) -> Slip | None:
    """The slip of an account that has not been used, whether it still holds or not."""
    return Slip.objects.filter(account=user.pk, used_at=None).first()


@transaction.atomic
def activate(actor: Actor, user: User, password: str) -> None:
    """Use up the slip and set the first password; ValidationError says what is wrong with it."""
    if not Slip.objects.filter(account=user.pk, used_at=None).update(used_at=actor.now):
        raise ValidationError("激活单刚刚已经用过")
    _choose(actor, user, password, "activate")


@transaction.atomic
def change_password(actor: Actor, user: User, password: str) -> None:
    """Set another password; Django then ends every session that knew the old one."""
    _choose(actor, user, password, "change-password")


def _choose(actor: Actor, user: User, password: str, verb: str) -> None:
    account, _ = Account.objects.select_for_update().get_or_create(
        user=user, defaults=taken_over(actor.now)
    )
    validate_password(password, user)
    if user.has_usable_password():
        OldPassword.objects.create(account=account, encoded=user.password, at=actor.now)
    kept = OldPassword.objects.filter(account=account).values_list("pk", flat=True)
    OldPassword.objects.filter(pk__in=list(kept[policy().history :])).delete()
    user.set_password(password)
    user.save(update_fields=["password"])
    account.password_at = actor.now
    account.save(update_fields=["password_at"])
    note(actor, verb, user)
