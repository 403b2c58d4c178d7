"""What a further role would change: the difference of rights in words, for whoever approves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.org.roles import VERB_NAMES, WITHIN_NAMES, classes, roles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.roles import Verb, Within

_EVERYBODY = ("staff", "party_member")
_BLIND = "－其他岗位和一般干警的全部权限（三员不接触业务数据）"
_NOTHING = "权限种类与现有岗位相同，只增加任职单位的范围"


def decided_by(held: Iterable[str]) -> list[str]:
    """The roles whose posts take effect by the word of somebody who holds these."""
    codes = {*held}
    return [role.code for role in roles().values() if role.approver in codes]


def difference(held: Iterable[str], role: str) -> tuple[str, ...]:
    """The rights that `role` adds to those of the roles held, one line for each class and reach.

    An administrator has the own rights alone: that everything else goes is said first.
    """
    alone = roles()[role].administrator
    known = set() if alone else _rights({*held, *_EVERYBODY})
    lines = [
        f"+{name}（{WITHIN_NAMES[within]}）：{'、'.join(VERB_NAMES[verb] for verb in verbs)}"
        for name, within, verbs in _added(role, known)
    ]
    return ((_BLIND,) if alone else ()) + (tuple(lines) or (_NOTHING,))


def _rights(held: set[str]) -> set[tuple[str, Within, Verb]]:
    return {
        (entry.code, grant.within, verb)
        for entry in classes().values()
        for grant in entry.grants
        if grant.role in held
        for verb in grant.may
    }


def _added(
    role: str, known: set[tuple[str, Within, Verb]]
) -> list[tuple[str, Within, tuple[Verb, ...]]]:
    """(class, reach, verbs) that the role grants and that are not known already."""
    found = []
    for entry in classes().values():
        for grant in entry.grants:
            new = tuple(v for v in grant.may if (entry.code, grant.within, v) not in known)
            if grant.role == role and new:
                found.append((entry.name, grant.within, new))
    return found
