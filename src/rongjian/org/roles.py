"""What `content/roles.yaml` declares: roles, classes of records, and who may do what with them.

Read once at the start. What no post may ever change is refused here, with file and line: an
administrator with business rights (F1), rows about persons above their own house (F10), a right
that leaves its tree (F9), a code nobody knows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from rongjian.kernel.content import CONTENT, NOWHERE, ContentError, Position, load_section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Verb = Literal[
    "view",
    "project",
    "figures",
    "create",
    "edit",
    "submit",
    "approve",
    "void",
    "import",
    "export",
    "unmask",
    "finalise",
    "assign",
    "grant",
    "restore",
]
Within = Literal[
    "own",
    "subject",
    "handler",
    "addressee",
    "node",
    "unit",
    "paired",
    "court",
    "courts",
    "all",
]
Label = Literal["L0", "L1", "L2", "L3", "L4", "parent"]
TreeOf = Literal["business", "party", "both", "none"]
Tie = Literal["own", "subject", "handler", "addressee", "submitter", "requester"]

VERB_NAMES: dict[Verb, str] = {
    "view": "查看",
    "project": "查看去标识记录",
    "figures": "查看数字",
    "create": "新增",
    "edit": "修改",
    "submit": "报送",
    "approve": "审核",
    "void": "作废",
    "import": "导入",
    "export": "导出",
    "unmask": "显示隐去内容",
    "finalise": "定稿",
    "assign": "交办",
    "grant": "授权",
    "restore": "恢复",
}
WITHIN_NAMES: dict[Within, str] = {
    "own": "本人所记",
    "subject": "关于本人",
    "handler": "本人承办",
    "addressee": "送达本人",
    "node": "任职单位",
    "unit": "任职单位及以下",
    "paired": "任职单位及以下、同设置单位",
    "court": "本院",
    "courts": "本院及下级院",
    "all": "全部",
}
STATE_NAMES = {
    "submitted": "已报送",
    "approved": "已确认",
    "published": "已公布",
    "final": "已定稿",
}
PERSONAL: frozenset[Within] = frozenset({"own", "subject", "handler", "addressee"})
"""Reaches that depend on who one is to the row, not on where the row stands."""
ONESELF: frozenset[Within] = frozenset({"own", "subject"})
"""One's own rows, for which no clearance is asked."""
SHARED: frozenset[Verb] = frozenset({"view", "project"})
"""What the people of every unit that hosts a row may do with it; all else is its own unit's."""
JUDGING: frozenset[Verb] = frozenset({"approve", "finalise"})
"""What nobody does with what is their own (F4)."""
_UPWARD: frozenset[Verb] = frozenset({"project", "figures", "export"})
"""What a person-level class may grant above the own house; an export is never more than may be read."""


@dataclass(frozen=True)
class Role:
    """A role that a post can carry.

    `tree` is where it works; an `administrator` (三员) is held alone. `excludes` names the roles
    that nobody may hold beside it (`*`: every other), `sole` says that a unit has one holder at a
    time and a holder one such unit, `approver` whose word it takes.
    """

    code: str
    name: str
    tree: TreeOf = "business"
    administrator: bool = False
    excludes: tuple[str, ...] = ()
    sole: bool = False
    approver: str = "secadmin"
    where: Position = NOWHERE


@dataclass(frozen=True)
class Grant:
    """What a role may do with a class of records, how far that reaches, and on what condition.

    `states` limits it to records in these states, `not_author` to those of others. `two_person`
    and `when` are kept by the mechanism that does it; they are said wherever the right is.
    """

    role: str
    may: tuple[Verb, ...]
    within: Within
    states: tuple[str, ...] = ()
    two_person: bool = False
    not_author: bool = False
    when: str = ""
    where: Position = NOWHERE

    @property
    def conditions(self) -> str:
        """The conditions in words; empty when there are none."""
        names = "、".join(STATE_NAMES.get(state, state) for state in self.states)
        parts = [f"仅限{names}的"] if names else []
        parts += ["须经第二人批准"] if self.two_person else []
        parts += ["不得为本人所记"] if self.not_author else []
        return "；".join([*parts, self.when] if self.when else parts)


@dataclass(frozen=True)
class AccessClass:
    """A class of records that share their rules and their data level."""

    code: str
    name: str
    label: Label
    grants: tuple[Grant, ...]
    tree: TreeOf = "both"
    person: bool = False
    administration: bool = False
    recusal: bool = False
    not_actor: tuple[Tie, ...] = ("own", "subject", "submitter", "requester")
    where: Position = NOWHERE

    def dominated_by(self, clearance: str) -> bool:
        """Whether somebody cleared up to a level may read the class at all."""
        return self.label == "parent" or self.label <= clearance


@cache
def roles() -> Mapping[str, Role]:
    """Every role by its code."""
    found = {role.code: role for role in load_section(CONTENT / "roles.yaml", "roles", Role)}
    for role in found.values():
        for code in (*role.excludes, role.approver):
            if code not in found and code != "*":
                raise ContentError(role.where, f"角色 {role.code} 写了没有登记的角色“{code}”")
    return found


@cache
def classes() -> Mapping[str, AccessClass]:
    """Every access class by its code; a grant that no post may give stops the start."""
    found = load_section(CONTENT / "roles.yaml", "access", AccessClass)
    for entry in found:
        for grant in entry.grants:
            for reason in _refusals(entry, grant):
                raise ContentError(grant.where, reason)
    return {entry.code: entry for entry in found}


def _refusals(entry: AccessClass, grant: Grant) -> Iterator[str]:
    role = roles().get(grant.role)
    if role is None:
        yield f"授权给了没有登记的角色“{grant.role}”"
        return
    if role.administrator and not entry.administration:
        yield f"{role.name}不接触业务数据，不能授予“{entry.name}”的权限"
    if entry.person and grant.within in ("courts", "all") and (more := {*grant.may} - _UPWARD):
        words = "、".join(VERB_NAMES[verb] for verb in grant.may if verb in more)
        yield f"“{entry.name}”是个人层面的数据，“{words}”不能超出本院"
    if grant.within in ("node", "unit") and not _same_tree(role.tree, entry.tree):
        yield f"{role.name}与“{entry.name}”不在同一体系，应写 paired"


def _same_tree(one: TreeOf, other: TreeOf) -> bool:
    return one == other or not {one, other}.isdisjoint({"both", "none"})


def conflicts(held: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of roles among those held that one person may not hold together (F7)."""
    codes = sorted({*held} - {"staff", "party_member"})
    return [
        (one, other)
        for at, one in enumerate(codes)
        for other in codes[at + 1 :]
        if _excluded(one, other) or _excluded(other, one)
    ]


def _excluded(one: str, other: str) -> bool:
    return not {"*", other}.isdisjoint(roles()[one].excludes)
