"""What a check of the Party organisation finds: the gap, its reason, and the ways out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.party_rules import PartyRule, party_rules

if TYPE_CHECKING:
    from rongjian.org.models import Person, Unit
    from rongjian.org.setting import Setting

Target = Literal[
    "found", "join", "pair", "merge", "split", "dissolve", "term", "officers", "people", "force"
]


@dataclass(frozen=True)
class Remedy:
    """A way out: what the button says, what it leads to, and for which units.

    To found something, `unit` is what it goes under and `type` what it is; to pair or to join,
    `unit` is the business unit and `other` the Party unit that takes it in or stands above.
    """

    label: str
    target: Target
    unit: Unit
    other: Unit | None = None
    type: str = ""


@dataclass(frozen=True)
class Gap:
    """One rule that a unit does not keep, or a state it has to know about, on a day.

    `people` are those whom the finding is about, for readers who may see the staff of the house.
    """

    rule: PartyRule
    unit: Unit
    name: str
    reason: str
    remedies: tuple[Remedy, ...] = ()
    people: tuple[Person, ...] = ()

    @property
    def is_notice(self) -> bool:
        """Whether it is only to be known."""
        return self.rule.severity == "notice"


def finding(
    found: Setting,
    code: str,
    unit: Unit,
    reason: str,
    *remedies: Remedy,
    people: tuple[Person, ...] = (),
) -> Gap:
    """A gap of the rule with that code; KeyError when no rule has it."""
    return Gap(party_rules()[code], unit, found.name(unit), reason, remedies, people)
