"""The rules of logging in as `content/log-in.yaml` declares them, and what follows from a time.

Everything here is a pure function of the policy, the roles and the moments it is given. Figures
outside the range that assessors accept stop the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_file
from rongjian.org.access import roles

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

RANGES = {
    "classes": (2, 4),
    "rotation_days": (30, 180),
    "warn_days": (1, 30),
    "history": (3, 24),
    "failures": (3, 10),
    "failures_of_address": (10, 200),
    "failures_of_account": (10, 200),
    "lock_minutes": (5, 60),
    "slip_hours": (1, 72),
    "recovery_codes": (5, 20),
    "length": (8, 64),
    "idle_minutes": (5, 30),
    "absolute_hours": (1, 12),
}
"""Least and greatest value of every figure (security baseline of the product)."""


def _within_range(entry: object, names: Collection[str]) -> None:
    for name in names:
        least, most = RANGES[name]
        if not least <= getattr(entry, name) <= most:
            raise ValueError(f"{name} 应在 {least}–{most} 之间，不能是 {getattr(entry, name)}")


@dataclass(frozen=True)
class Tier:
    """What is asked of whoever holds one of the roles; without roles: of everybody."""

    code: str
    roles: tuple[str, ...]
    length: int
    idle_minutes: int
    absolute_hours: int
    second_factor: bool
    where: Position = NOWHERE

    def __post_init__(self) -> None:
        _within_range(self, ("length", "idle_minutes", "absolute_hours"))


@dataclass(frozen=True)
class Limits:
    """What holds for one person: the strictest of the tiers that apply."""

    length: int
    idle: timedelta
    absolute: timedelta
    second_factor: bool


@dataclass(frozen=True)
class LogInPolicy:
    """The whole of `log-in.yaml`."""

    classes: int
    rotation_days: int
    warn_days: int
    history: int
    failures: int
    failures_of_address: int
    failures_of_account: int
    lock_minutes: int
    slip_hours: int
    recovery_codes: int
    tiers: tuple[Tier, ...]
    house_words: tuple[str, ...]
    common_words: tuple[str, ...]
    basis: Basis

    def __post_init__(self) -> None:
        _within_range(self, [name for name in RANGES if hasattr(self, name)])
        if not any(not tier.roles for tier in self.tiers):
            raise ValueError("tiers 里缺少对所有人适用的一档（roles: []）")

    def limits(self, held: Collection[str]) -> Limits:
        """What is asked of somebody with these roles."""
        tiers = [tier for tier in self.tiers if not tier.roles or set(tier.roles) & set(held)]
        return Limits(
            length=max(tier.length for tier in tiers),
            idle=timedelta(minutes=min(tier.idle_minutes for tier in tiers)),
            absolute=timedelta(hours=min(tier.absolute_hours for tier in tiers)),
            second_factor=any(tier.second_factor for tier in tiers),
        )

    @property
    def administrators(self) -> frozenset[str]:
        """The roles that must bring a second factor (三员)."""
        return frozenset(role for tier in self.tiers if tier.second_factor for role in tier.roles)

    @property
    def lock(self) -> timedelta:
        """How long failures count and a lock lasts."""
        return timedelta(minutes=self.lock_minutes)

    @property
    def slip_life(self) -> timedelta:
        """How long an activation slip holds."""
        return timedelta(hours=self.slip_hours)

    def days_left(self, changed_at: datetime, now: datetime) -> int:
        """Days until the password must be changed; 0 or less: it must be changed now."""
        return (changed_at.date() - now.date()).days + self.rotation_days


@cache
def policy() -> LogInPolicy:
    """The policy of this installation; ContentError names what is wrong with it."""
    path = CONTENT / "log-in.yaml"
    (found,) = load_file(path, LogInPolicy)
    for tier in found.tiers:
        for role in tier.roles:
            if role not in roles():
                raise ContentError(tier.where, f"没有登记的角色“{role}”")
    return found


Ended = Literal["", "idle", "limit"]


def session_end(limits: Limits, began: datetime, seen: datetime, now: datetime) -> Ended:
    """Why a session has ended by itself, if it has: idle too long, or open too long altogether."""
    if now - began >= limits.absolute:
        return "limit"
    return "idle" if now - seen >= limits.idle else ""
