"""Slow and plain: what `permissions.txt` allows, worked out by walking trees, without the product.

Nothing here asks a database or knows `org.access`. A world is units with parents, pairings, people
with grants; a thing is where it stands and who is what to it. If this and the product disagree, a
person reads the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("permissions.txt")
VERBS = {
    "v": "view", "j": "project", "A": "figures", "c": "create", "u": "edit", "s": "submit",
    "a": "approve", "d": "void", "i": "import", "x": "export", "p": "unmask", "f": "finalise",
    "m": "assign", "g": "grant", "r": "restore",
}  # fmt: skip
ADMINISTRATORS = {"sysadmin", "secadmin", "auditor"}
COURTS = {"region", "city", "county"}
TIES = {"S(author)": "author", "S(subject)": "subject", "C": "handler", "R": "addressee"}
_GRANT = re.compile(r"([A-Z]{2}(?:,[A-Z]{2})*):([a-zA-Z]+)@(S\(\w+\)|[A-Z*])((?:\[[^]]*\])*)")


@dataclass(frozen=True)
class Row:
    """One role's verbs at one scope, with its conditions."""

    role: str
    verbs: frozenset[str]
    scope: str
    states: tuple[str, ...]
    two_person: bool
    not_author: bool
    words: bool


@dataclass(frozen=True)
class Kind:
    """One line of the table."""

    code: str
    label: str
    tree: str
    person: bool
    admin: bool
    recusal: bool
    judges: frozenset[str]
    rows: tuple[Row, ...]


@cache
def roles() -> dict[str, str]:
    """The codes of the roles by their two letters."""
    text = TABLE.read_text(encoding="utf-8")
    return dict(re.findall(r"= ([A-Z]{2}) (\w+)", text))


@cache
def table() -> dict[str, Kind]:
    """Every line of the table by its class."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    kinds = [_kind(line) for line in lines if "|" in line and not line.startswith("#")]
    return {kind.code: kind for kind in kinds}


def _kind(line: str) -> Kind:
    head, _, tail = line.partition("|")
    code, label, tree, *flags = head.split()
    judges = {"author", "subject", "submitter", "requester"}
    for flag in flags:
        if flag.startswith("judge:"):
            judges = {TIES.get(name, name) for name in flag.removeprefix("judge:").split("+")}
    assert not _GRANT.sub("", tail).strip(), line
    rows = [row for found in _GRANT.findall(tail) for row in _rows(*found)]
    return Kind(
        code, label, tree, "person" in flags, "admin" in flags, "recusal" in flags,
        frozenset(judges), tuple(rows),
    )  # fmt: skip


def _rows(letters: str, verbs: str, scope: str, brackets: str) -> list[Row]:
    said = re.findall(r"\[([^]]*)\]", brackets)
    states = tuple(word.removeprefix("state:") for word in said if word.startswith("state:"))
    plain = {word for word in said if not word.startswith("state:")} - {"2p", "not author"}
    may = frozenset(VERBS[letter] for letter in verbs)
    return [
        Row(roles()[two], may, scope, states, "2p" in said, "not author" in said, bool(plain))
        for two in letters.split(",")
    ]


# --- a world -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """A unit with its parent in its own tree and the house that it belongs to."""

    code: str
    tree: str
    type: str
    parent: str
    court: str
    dissolved: date | None = None


@dataclass(frozen=True)
class Held:
    """A role at a unit between two days, in a state."""

    role: str
    unit: str
    first: date
    last: date | None = None
    state: str = "approved"


@dataclass
class User:
    """Somebody with an account."""

    name: str
    court: str
    branch: str = ""
    clearance: str = "L3"
    left: date | None = None
    grants: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class Thing:
    """A row: where it stands, in which state, who is what to it, and which units host it too."""

    unit: str
    state: str = ""
    people: tuple[tuple[str, str], ...] = ()
    hosts: tuple[str, ...] = ()

    def is_tied(self, user: User, tie: str) -> bool:
        """Whether the user is that to the row."""
        return (tie, user.name) in self.people


@dataclass
class World:
    """Units, pairings (party, business) in force, and the day."""

    units: dict[str, Unit]
    pairs: list[tuple[str, str]]
    day: date
    memo: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def above(self, code: str) -> list[str]:
        """The unit and its parents, each in its own tree."""
        found = []
        while code:
            found.append(code)
            code = self.units[code].parent
        return found

    def below(self, unit: str, top: str) -> bool:
        """Whether the unit is the top one or stands below it, in the same tree and house."""
        same = self.units[unit].court == self.units[top].court
        return same and top in self.above(unit)

    def holdings(self, user: User) -> list[tuple[str, str]]:
        """The (role, unit) that count today; an administrator's is alone."""
        if user.left and user.left <= self.day:
            return []
        real = [each for each in user.grants if self._in_force(each)]
        three = {each.role for each in real} & ADMINISTRATORS
        if three:
            return [(each.role, each.unit) for each in real if three == {each.role}]
        member = [("party_member", user.branch)] if user.branch else []
        return [("staff", user.court), *member, *((each.role, each.unit) for each in real)]

    def _in_force(self, each: Held) -> bool:
        dissolved = self.units[each.unit].dissolved
        begun = each.first <= self.day and (each.last is None or self.day <= each.last)
        return each.state == "approved" and begun and not (dissolved and dissolved <= self.day)

    def within(self, scope: str, post: str, unit: str) -> bool:
        """Whether a unit is in the scope of a post by its place."""
        key = (scope, post, unit)
        if key not in self.memo:
            self.memo[key] = self._within(scope, post, unit)
        return self.memo[key]

    def _within(self, scope: str, post: str, unit: str) -> bool:
        mine, theirs = self.units[post].court, self.units[unit].court
        if scope in ("*", "R", "S(subject)"):
            return True
        if scope in ("O", "C", "S(author)"):
            return mine == theirs
        if scope == "T":
            return mine in self.above(theirs)
        if scope == "N":
            return unit == post
        if self.below(unit, post):
            return True
        mates = [other for pair in self.pairs for other in (pair, pair[::-1])]
        return scope == "P" and any(
            self.below(near, post) and self.below(unit, far) for near, far in mates
        )

    def stands_for(self, scope: str, post: str, unit: str) -> bool:
        """Whether the scope holds all that is below a unit: a figure is of the whole."""
        whole = self.units[unit]
        if whole.type in COURTS and scope in ("N", "B", "P"):
            return False
        inside = [
            each.code
            for each in self.units.values()
            if unit in self.above(each.code)
            or (whole.type in COURTS and unit in self.above(each.court))
        ]
        return all(self.within(scope, post, each) for each in inside)


# --- decisions -----------------------------------------------------------------------------------


def candidates(world: World, user: User, verb: str, code: str) -> list[tuple[Row, str]]:
    """The rows of the table that speak for the user at all, with the post's unit."""
    kind = table()[code]
    cleared = kind.label == "parent" or kind.label <= user.clearance
    return [
        (row, unit)
        for role, unit in world.holdings(user)
        for row in kind.rows
        if row.role == role
        and verb in row.verbs
        and (cleared or row.scope in ("S(author)", "S(subject)"))
        and (role not in ADMINISTRATORS or kind.admin)
    ]


def may(world: World, user: User, verb: str, code: str, thing: Thing) -> bool:
    """Whether the user may do the verb to a row of the class."""
    return any(
        grants(world, user, verb, code, thing, row, unit)
        for row, unit in candidates(world, user, verb, code)
    )


def grants(
    world: World, user: User, verb: str, code: str, thing: Thing, row: Row, post: str
) -> bool:
    """Whether one row of the table, held at a post, allows it."""
    kind = table()[code]
    tie = TIES.get(row.scope)
    # Whoever hosts a row may read it; everything else is its own unit's.
    at = (thing.unit, *(thing.hosts if verb in ("view", "project") else ()))
    if not any(world.within(row.scope, post, unit) for unit in at):
        return False
    if tie and not thing.is_tied(user, tie):
        return False
    if row.states and thing.state not in row.states:
        return False
    if row.not_author and thing.is_tied(user, "author"):
        return False
    if verb in ("approve", "finalise") and any(thing.is_tied(user, each) for each in kind.judges):
        return False
    about = thing.is_tied(user, "subject") and row.scope not in ("S(author)", "S(subject)")
    return not (kind.recusal and about)


def may_at(world: World, user: User, verb: str, code: str, unit: str) -> bool:
    """Whether the user may do the verb at a unit, whatever row it is: to begin one, to count all."""
    for row, post in candidates(world, user, verb, code):
        begins = verb == "create" and row.scope == "S(author)"
        if (row.scope in TIES or row.states or row.not_author) and not begins:
            continue
        if verb == "figures":
            if world.stands_for(row.scope, post, unit):
                return True
        elif world.within(row.scope, post, unit):
            return True
    return False
