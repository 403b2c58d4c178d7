"""Walking the whole matrix of rights: every role, class, verb and relation, yes and no.

The answers of `org.access`, given over this installation's own trees, are held against a second
reading of `roles.yaml` that knows nothing of posts, places and queries: only which relation lies
inside which reach, and the rules that stand above every grant.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rongjian.org.access import Actor, allowed
from rongjian.org.models import (
    COURT_TYPES,
    Pairing,
    Person,
    Placement,
    Post,
    Tree,
    Unit,
    UnitType,
    effective,
    in_force,
)
from rongjian.org.roles import VERB_NAMES, WITHIN_NAMES, classes, conflicts, roles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from django.db.models import QuerySet

    from rongjian.org.roles import AccessClass, Verb

RELATIONS = {
    "self": "本人所记",
    "subject": "关于本人",
    "handler": "本人承办",
    "addressee": "送达本人",
    "node": "本单位",
    "below": "下级单位",
    "court": "同院其他单位",
    "child": "下级院",
    "parent": "上级院",
    "sibling": "平级院",
    "paired": "同设置单位",
    "unrelated": "其他院",
}
"""What a record can be to somebody: theirs by name, or by where it stands."""
PERSONAL = ("self", "subject", "handler", "addressee")
INSIDE: Mapping[str, frozenset[str]] = {
    "own": frozenset({"self"}),
    "subject": frozenset({"subject"}),
    "handler": frozenset({"handler"}),
    "addressee": frozenset({"addressee"}),
    "node": frozenset({"node"}),
    "unit": frozenset({"node", "below"}),
    "paired": frozenset({"node", "below", "paired"}),
    "court": frozenset({*PERSONAL, "node", "below", "court", "paired"}),
    "courts": frozenset({*PERSONAL, "node", "below", "court", "paired", "child"}),
    "all": frozenset(RELATIONS),
}
"""Which relations lie inside a reach; what is somebody's by name stands elsewhere in their house."""


@dataclass(frozen=True)
class Specimen:
    """A record that is one thing to one person and nothing else to anybody."""

    state: str
    author: int = 0
    subject: int = 0
    handler: int = 0
    addressee: int = 0
    access_own = "author"
    access_subject = "subject"
    access_handler = "handler"
    access_addressee = "addressee"


@dataclass(frozen=True)
class Deviation:
    """A cell in which the product answers otherwise than the second reading."""

    role: str
    code: str
    verb: Verb
    relation: str
    expected: bool

    def __str__(self) -> str:
        words = "应当允许而被拒绝" if self.expected else "应当拒绝而被允许"
        name = f"{roles()[self.role].name} · {classes()[self.code].name}"
        return f"{name} · {VERB_NAMES[self.verb]} · {RELATIONS[self.relation]}：{words}"


@dataclass
class Walk:
    """What the walk saw."""

    cells: int = 0
    granted: int = 0
    deviations: list[Deviation] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


def walk(now: datetime) -> Walk:
    """Ask about every cell for which this installation has a unit to stand in."""
    seen = Walk()
    party, business = (_places(tree, now.date()) for tree in (Tree.PARTY, Tree.BUSINESS))
    seen.missing = set(RELATIONS) - set(party) - set(business)
    for role in roles():
        places = party if roles()[role].tree == "party" else business
        if "node" in places:
            _ask_all(seen, _actor(role, places["node"], now), role, places)
    return seen


def _actor(role: str, unit: Unit, now: datetime) -> Actor:
    """Somebody who holds this one role, is staff if the role allows it, and may read everything."""
    assert unit.court is not None  # noqa: S101  # every saved unit has its court
    person = Person(pk=-1, staff_no="核对", name="核对", court=unit.court, clearance="L4")
    posts = [Post(person=person, unit=unit, role=role, valid_from=now.date())]
    if not roles()[role].administrator and role != "staff":
        posts.append(Post(person=person, unit=unit.court, role="staff", valid_from=now.date()))
    return Actor(person, tuple(posts), now)


def _ask_all(seen: Walk, actor: Actor, role: str, places: Mapping[str, Unit]) -> None:
    for code, entry in classes().items():
        states = {state for grant in entry.grants for state in grant.states} | {""}
        for verb in VERB_NAMES:
            for relation, unit in places.items():
                for state in sorted(states):
                    expected = _expected(actor, entry, verb, relation, state)
                    specimen = _specimen(relation, state)
                    answered = allowed(actor, verb, code, unit, specimen)
                    seen.cells += 1
                    seen.granted += answered
                    if answered != expected:
                        seen.deviations.append(Deviation(role, code, verb, relation, expected))


def _specimen(relation: str, state: str) -> Specimen:
    named = {"self": "author"}.get(relation, relation)
    return Specimen(state, **{named: -1}) if relation in PERSONAL else Specimen(state)


def _expected(actor: Actor, entry: AccessClass, verb: Verb, relation: str, state: str) -> bool:
    """The second reading: forbidden first, then any grant whose reach holds the relation."""
    own = {"self": "own"}.get(relation, relation)
    if verb in ("approve", "finalise") and own in entry.not_actor:
        return False
    return any(
        grant.role in actor.roles
        and verb in grant.may
        and relation in INSIDE[grant.within]
        and (not grant.states or state in grant.states)
        and not (grant.not_author and relation == "self")
        and not (entry.recusal and relation == "subject" and grant.within != "subject")
        and not (roles()[grant.role].administrator and not entry.administration)
        for grant in entry.grants
    )


# --- units that stand so to one another ----------------------------------------------------------


def _places(tree: Tree, today: date) -> dict[str, Unit]:
    """A body of a procuratorate in the middle of the region, and a unit for each relation to it."""
    node = _body(tree, today)
    if node is None or node.court is None:
        return {}
    court, today_pairs = node.court, Pairing.objects.filter(in_force(today))
    parent = court.path.rsplit("/", 2)[0] + "/"
    courts = Unit.objects.filter(type__in=COURT_TYPES).select_related("court").exclude(pk=court.pk)
    inside = Unit.objects.filter(court=court).select_related("court")
    mates = _mates(node, Pairing.objects.all())
    apart = inside.exclude(path__startswith=node.path).exclude(pk__in=mates)
    around = {
        "node": node,
        "below": inside.filter(path__startswith=node.path, tree=tree).exclude(pk=node.pk).first(),
        "court": apart.exclude(type__in=COURT_TYPES).first(),
        "child": courts.filter(path__startswith=court.path).first(),
        "parent": courts.filter(path=parent).first(),
        "sibling": courts.filter(path__startswith=parent)
        .exclude(path__startswith=court.path)
        .exclude(path=parent)
        .first(),
        "paired": inside.filter(pk__in=_mates(node, today_pairs)).first(),
        "unrelated": courts.exclude(path__startswith=court.path).exclude(path=parent).last(),
    }
    around |= dict.fromkeys(PERSONAL, around["court"])
    found = {name: around[name] for name in RELATIONS}
    return {name: unit for name, unit in found.items() if unit is not None}


def _mates(node: Unit, pairs: QuerySet[Pairing]) -> list[int]:
    """What some of the pairings join with the unit or with what is below it."""
    found: set[int] = set()
    for one, other in (("party_unit", "business_unit"), ("business_unit", "party_unit")):
        near = pairs.filter(**{f"{one}__path__startswith": node.path, f"{one}__tree": node.tree})
        found |= set(near.values_list(other, flat=True))
    return sorted(found)


def _body(tree: Tree, today: date) -> Unit | None:
    """A body to hold the post: best one with something below it, and pairings, in a city's house."""
    side = "party_unit" if tree == Tree.PARTY else "business_unit"
    bodies = Unit.objects.filter(tree=tree).exclude(type__in=COURT_TYPES).select_related("court")
    paired = bodies.filter(pk__in=Pairing.objects.filter(in_force(today)).values(side))
    parents = Placement.objects.filter(in_force(today), unit__tree=tree).values("parent")
    for chosen in (bodies.filter(pk__in=parents), paired, bodies):
        middle = chosen.filter(court__type=UnitType.CITY).order_by("path")
        if first := middle.first() or chosen.order_by("path").first():
            return first
    return None


# --- in words ------------------------------------------------------------------------------------


def matrix() -> list[str]:
    """What was walked: one line a class, each role with its verbs and how far they reach."""
    return [
        f"{entry.code} {entry.label} {entry.name}：{_rights(entry)}" for entry in classes().values()
    ]


def _rights(entry: AccessClass) -> str:
    parts = [
        f"{roles()[grant.role].name}:{'、'.join(VERB_NAMES[verb] for verb in grant.may)}"
        f"@{WITHIN_NAMES[grant.within]}{f'［{grant.conditions}］' if grant.conditions else ''}"
        for grant in entry.grants
    ]
    return "；".join(parts) or "任何人都没有"


def held_against_rules(today: date) -> list[str]:
    """Who holds roles today that one person may not hold together (F7)."""
    found: dict[str, list[str]] = {}
    for number, role in Post.objects.filter(effective(today), role__in=roles()).values_list(
        "person__staff_no", "role"
    ):
        found.setdefault(number, []).append(role)
    return [
        f"{number}：{roles()[one].name}与{roles()[other].name}不能由一人兼任"
        for number, held in sorted(found.items())
        for one, other in conflicts(held)
    ]
