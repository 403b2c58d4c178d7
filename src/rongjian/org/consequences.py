"""What follows when somebody leaves a branch: told beforehand, with the rule, and no reason against.

The size of a branch is a rule of `content/party-rules.yaml`; whoever moves people is warned of it
and decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.party_rules import party_rules
from rongjian.org.belonging import belonging
from rongjian.org.models import AffiliationKind, Membership, Post, PostState
from rongjian.org.rosters import membership_on, roster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from rongjian.org.models import Person, Unit


@dataclass(frozen=True)
class Consequence:
    """One thing that follows; its code says which ways out there are."""

    code: str
    words: str


def of_leaving_branch(
    person: Person, day: date, into: Unit | None = None
) -> tuple[Consequence, ...]:
    """What follows if somebody is not in their branch any more from a day on; `into` is the next."""
    home = belonging(person, AffiliationKind.HOME, day)
    if home is None or (into is not None and home.unit_id == into.pk):
        return ()
    return (*_size(person, home.unit, day), *_posts(person, home.unit, day))


def _size(person: Person, branch: Unit, day: date) -> Iterator[Consequence]:
    if membership_on(person, day) != Membership.FULL:
        return
    left, rule = roster(branch, day).full - 1, party_rules()["ORG-01"]
    if left < rule.least:
        yield Consequence(
            "too-small",
            f"{branch.short}自 {day} 起剩 {max(left, 0)} 名正式党员，少于 {rule.least} 名，"
            f"应并入联合党支部或转入党员（{rule.source}）",
        )


def _posts(person: Person, branch: Unit, day: date) -> Iterator[Consequence]:
    held = Post.objects.filter(person=person, unit=branch).exclude(valid_to__lt=day)
    if held.exclude(state=PostState.REFUSED).exists():
        yield Consequence("post", f"{person.name}在{branch.short}还有任职，请同时办理免职")
