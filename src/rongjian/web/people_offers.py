"""What may be done about a person, by whom: the buttons of the card and the pages behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from rongjian.org.access import allowed, may_somewhere
from rongjian.org.models import Membership
from rongjian.web.people_forms import (
    BranchForm,
    CorrectForm,
    EnterForm,
    LeaveForm,
    MembershipForm,
    MoveForm,
    PostForm,
    TransferForm,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rongjian.org.access import Actor
    from rongjian.org.models import Person
    from rongjian.web.people_forms import DeedForm


@dataclass(frozen=True)
class Deed:
    """Something that can be done about a person: its words, its form, and to whom it is offered."""

    code: str
    name: str
    form: type[DeedForm]
    offered: Callable[[Actor, Person], bool]


def _edits(actor: Actor, person: Person) -> bool:
    return allowed(actor, "edit", "staff", person.department)


def _is_member(actor: Actor, person: Person) -> bool:
    branch = person.branch
    return branch is not None and allowed(actor, "edit", "party_member", branch)


def _notes_membership(actor: Actor, person: Person) -> bool:
    if person.branch is not None:
        return _is_member(actor, person)
    return person.membership == Membership.NONE and may_somewhere(actor, "create", "party_member")


def _voids(actor: Actor, person: Person) -> bool:
    return allowed(actor, "void", "staff", person.department)


def _asks_for_posts(actor: Actor, person: Person) -> bool:
    return may_somewhere(actor, "create", "role_grant")


DEEDS: Mapping[str, Deed] = {
    deed.code: deed
    for deed in (
        Deed("correct", "更正姓名职务", CorrectForm, _edits),
        Deed("membership", "登记党员身份", MembershipForm, _notes_membership),
        Deed("branch", "转组织关系", BranchForm, _is_member),
        Deed("transfer", "调整部门", TransferForm, _edits),
        Deed("move", "调往他院", MoveForm, _edits),
        Deed("post", "申请任职", PostForm, _asks_for_posts),
        Deed("leave", "登记离院", LeaveForm, _voids),
    )
}
ENTER = Deed("enter", "登记人员", EnterForm, lambda actor, _: True)


@dataclass(frozen=True)
class Offer:
    """A button on the card."""

    name: str
    url: str


def offers(actor: Actor, person: Person) -> tuple[Offer, ...]:
    """What the actor may do about the person; nothing about somebody who has left."""
    if person.left_on is not None:
        return ()
    return tuple(
        Offer(deed.name, reverse("person-do", args=[person.pk, deed.code]))
        for deed in DEEDS.values()
        if deed.offered(actor, person)
    )
