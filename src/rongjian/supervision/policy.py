"""How deployments are followed up: the office's own numbers, its ladder, and who is asked where.

Everything stands in `content/supervision.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_section
from rongjian.org.access import roles
from rongjian.org.models import UnitType

if TYPE_CHECKING:
    from collections.abc import Mapping

Told = Literal["contact", "head", "lead", "superior"]
_YEAR = timedelta(days=366)
_FILE = CONTENT / "supervision.yaml"


@dataclass(frozen=True)
class FollowUp:
    """The numbers: working days of warning, between reminders and for passing on; open matters; 字; years."""

    warns: int
    reminds_every: int
    passes_on_within: int
    busy_from: int
    longest: int
    feedback: int
    years: int
    basis: Basis


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: so many working days after the limit, this one hears of it."""

    after: int
    tells: Told
    name: str


@dataclass(frozen=True)
class Asked:
    """The roles that answer for units of a type, in the order in which they are looked for."""

    type: str
    roles: tuple[str, ...]
    where: Position = NOWHERE

    def __post_init__(self) -> None:
        if self.type not in UnitType.values:
            raise ValueError(f"没有这类单位：{self.type}")
        if strangers := [role for role in self.roles if role not in roles()]:
            raise ValueError(f"没有这个角色：{'、'.join(strangers)}")


@dataclass(frozen=True)
class Source:
    """A ledger whose records become deployments: what a meeting decided, what an inspection found."""

    kind: str
    where: Position = NOWHERE


@cache
def sources() -> tuple[str, ...]:
    """The ledgers whose records can be sent down as a deployment."""
    return tuple(each.kind for each in load_section(_FILE, "sources", Source))


@cache
def follow_up() -> FollowUp:
    """The numbers in force; ContentError where the file does not give them once."""
    found = load_section(_FILE, "follow_up", FollowUp)
    if len(found) != 1:
        raise ContentError(NOWHERE, f"{_FILE.name} 的 follow_up 应只有一项")
    return found[0]


def last_limit(begins: date) -> date:
    """The last day that a limit may have, of what begins on a day."""
    return begins + follow_up().years * _YEAR


@cache
def ladder() -> tuple[Rung, ...]:
    """The steps after a limit, the earliest first."""
    found = load_section(_FILE, "ladder", Rung)
    return tuple(sorted(found, key=lambda rung: rung.after))


@cache
def contacts() -> Mapping[str, tuple[str, ...]]:
    """By the type of a unit: the roles that sign for what is deployed to it."""
    return {asked.type: asked.roles for asked in load_section(_FILE, "contacts", Asked)}


@cache
def heads() -> Mapping[str, tuple[str, ...]]:
    """By the type of a unit: the roles that answer for it above its contact."""
    return {asked.type: asked.roles for asked in load_section(_FILE, "heads", Asked)}


def read_policy() -> None:
    """Read the whole file; ContentError names the first fault."""
    follow_up()
    ladder()
    contacts()
    heads()
    sources()
