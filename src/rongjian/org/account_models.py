"""The tables of accounts: their state, earlier passwords, activation slips, log-ins.

Whether an account can be used at all is Django's own `is_active`, which every way in asks;
`Account.state` says why. None of these tables holds a password or a code that could be read back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime


class AccountState(models.TextChoices):
    """An account is opened by one administrator and takes effect through another."""

    REQUESTED = "requested", "待安全管理员生效"
    APPROVED = "approved", "已生效"
    CLOSED = "closed", "已停用"


class Account(models.Model):
    """What the office knows of an account beside Django's user: who opened it, who approved it.

    An account is closed and never deleted, so that its name never comes to mean somebody else.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="account"
    )
    state = models.CharField(
        "状态", max_length=10, choices=AccountState, default=AccountState.REQUESTED
    )
    opened_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, related_name="opened_accounts"
    )
    opened_at = models.DateTimeField("开立时间")
    decided_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, related_name="decided_accounts"
    )
    decided_at = models.DateTimeField("核准时间", null=True)
    password_at = models.DateTimeField("密码设置时间", null=True)
    """When the holder last chose the password; none before the activation."""

    access_class = "account"
    access_unit = "user__person__department"
    access_subject = "user__person"

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.user.get_username()


class OldPassword(models.Model):
    """An earlier password of an account, as its hash, so that it does not come back."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="old_passwords")
    encoded = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = "用过的密码"

    def __str__(self) -> str:
        return f"{self.account} {self.at}"


class Slip(models.Model):
    """An activation slip: a code that lets its holder choose a password, once and not for long."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="slips")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField("出具时间")
    expires_at = models.DateTimeField("有效至")
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        constraints = [
            # A new slip replaces the one before.
            models.UniqueConstraint(
                fields=("account",), condition=Q(used_at=None), name="slip_one_open"
            )
        ]
        verbose_name = "激活单"

    def __str__(self) -> str:
        return f"{self.account} {self.expires_at}"

    def holds(self, now: datetime) -> bool:
        """Whether the slip can still be used."""
        return self.used_at is None and now < self.expires_at


class Ending(models.TextChoices):
    """How a log-in came to its end; the empty text is one that still holds."""

    OPEN = "", "进行中"
    LEFT = "left", "退出"
    REPLACED = "replaced", "在别处登录"
    IDLE = "idle", "长时间未操作"
    LIMIT = "limit", "超过最长时间"
    ENDED = "ended", "被结束"


class LogIn(models.Model):
    """One log-in: when, from where, how it ended. Only one of an account holds at a time.

    How long somebody was logged in is nobody's business: there is no time of the end.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="log_ins")
    at = models.DateTimeField("登录时间")
    address = models.CharField("来自", max_length=45, blank=True)
    way = models.CharField("方式", max_length=10)
    ending = models.CharField(
        "结束", max_length=10, choices=Ending, default=Ending.OPEN, blank=True
    )

    class Meta:
        ordering = ("-at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("account",), condition=Q(ending=""), name="log_in_one_open"
            )
        ]
        verbose_name = "登录"

    def __str__(self) -> str:
        return f"{self.account} {self.at}"
