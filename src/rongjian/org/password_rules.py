"""The password rules as Django asks for them: of whom the password is, and what it was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from rongjian.org.access import actor_of
from rongjian.org.account_models import OldPassword
from rongjian.org.log_in_policy import policy
from rongjian.org.passwords import Owner, faults

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

    from rongjian.org.models import Person


def owner_of(user: User | None, now: datetime) -> Owner:
    """What is known of the person whose password it is to be; the posts of today count."""
    person: Person | None = getattr(user, "person", None)
    if user is None or person is None:
        return Owner(policy().limits(()).length)
    return Owner(
        least=policy().limits(actor_of(person, now).roles).length,
        staff_no=person.staff_no,
        username=user.get_username(),
        name=person.name,
        house=person.court.short,
    )


class PolicyValidator:
    """Length, kinds of characters, and the words that may not occur."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError with every fault."""
        if found := faults(password, owner_of(user, timezone.localtime()), policy()):
            raise ValidationError(found)

    def get_help_text(self) -> str:
        """What is asked, before somebody types."""
        return f"含大写字母、小写字母、数字、其他字符中的至少 {policy().classes} 种"


class HistoryValidator:
    """The password of now and the last ones may not come back."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if it is one of them."""
        if user is None or user.pk is None:
            return
        before = OldPassword.objects.filter(account=user.pk).values_list("encoded", flat=True)
        earlier = [user.password, *before[: policy().history]]
        if any(check_password(password, encoded) for encoded in earlier):
            raise ValidationError(f"不能再用现在的或最近 {policy().history} 个用过的密码")

    def get_help_text(self) -> str:
        """What is asked, before somebody types."""
        return f"不同于最近 {policy().history} 个用过的密码"
