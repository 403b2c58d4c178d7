"""What a notice can be about: one open thing of somebody, in words that need no log-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rongjian.org.roles import classes

if TYPE_CHECKING:
    from rongjian.org.models import Unit

_TOLD_IN_WORDS = ("L0", "L1", "L2")
_NEVER_TOLD = "L4"


@dataclass(frozen=True)
class Subject:
    """One open thing: who it is, at which unit, what it is in words, until when, where it opens.

    `identity` names it for good (`regime:LIFE-01:450100-P02:2026-06-01`). What has no limit of its own
    says `since` when it waits. `person` is whom it names; `rung` is its own rung of a ladder. What is
    `within` its limit must have happened by then: a day off before it makes the time shorter, not longer.
    """

    identity: str
    unit: Unit
    words: str
    url: str
    due_on: date | None = None
    since: date = date.min
    person: int | None = None
    rung: int | None = None
    within: bool = False


def tellable(access: str) -> bool:
    """Whether something of a class of rights is ever told: what is restricted never is."""
    return classes()[access].label != _NEVER_TOLD


def in_words(access: str, plain: str, more: str) -> str:
    """`plain：more`; of what is sensitive the plain words alone."""
    telling = classes()[access].label in _TOLD_IN_WORDS and more
    return f"{plain}：{more}" if telling else plain
