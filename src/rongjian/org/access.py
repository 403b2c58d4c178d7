"""Who may see and do what: the one screen of access.

A right is a post (role at a unit, between dates) times a row of `content/roles.yaml`. What is
not listed is denied. Lists, counts, search, exports, documents and figures all pass `visible`,
so that they cannot disagree; `explain` says in Chinese why something is allowed or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.db.models import Model, Q, QuerySet

from rongjian.kernel.content import CONTENT, NOWHERE, ContentError, Position, load_section
from rongjian.org.models import Pairing, Post, Unit, effective, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    from rongjian.org.models import Person

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
]
Within = Literal["own", "unit", "court", "courts", "all"]
M = TypeVar("M", bound=Model)


class Denied(Exception):
    """The actor lacks a right; the text says which one and whom to ask."""


@dataclass(frozen=True)
class Role:
    """A role that a post can carry."""

    code: str
    name: str


@dataclass(frozen=True)
class Grant:
    """What a role may do with a class of records, and how far that reaches."""

    role: str
    may: tuple[Verb, ...]
    within: Within
    where: Position = NOWHERE


@dataclass(frozen=True)
class AccessClass:
    """A class of records that share their rules and their data level."""

    code: str
    name: str
    label: Literal["L0", "L1", "L2", "L3", "L4"]
    grants: tuple[Grant, ...]


@cache
def roles() -> Mapping[str, Role]:
    """Every role by its code."""
    return {role.code: role for role in load_section(CONTENT / "roles.yaml", "roles", Role)}


@cache
def classes() -> Mapping[str, AccessClass]:
    """Every access class by its code; a grant to an unknown role stops the start."""
    found = load_section(CONTENT / "roles.yaml", "access", AccessClass)
    for entry in found:
        for grant in entry.grants:
            if grant.role not in roles():
                raise ContentError(grant.where, f"授权给了没有登记的角色“{grant.role}”")
    return {entry.code: entry for entry in found}


@dataclass(frozen=True)
class Actor:
    """A person with the posts held on a day: the `user` of every check."""

    person: Person
    posts: tuple[Post, ...]
    now: datetime
    address: str = ""

    @property
    def today(self) -> date:
        """The day of `now`."""
        return self.now.date()

    @property
    def ref(self) -> str:
        """How the log names who acted."""
        return f"u:{self.person.staff_no}"

    @property
    def roles(self) -> set[str]:
        """Codes of the roles held today."""
        return {post.role for post in self.posts}


def actor_of(person: Person, now: datetime) -> Actor:
    """The person as an actor at a time; rights follow the posts in force that day."""
    today = now.date()
    posts = Post.objects.filter(effective(today), person=person).select_related("unit__court")
    own = Post(person=person, unit=person.court, role="staff", valid_from=today)
    return Actor(person, (own, *posts), now)


def _reaches(actor: Actor, code: str, verb: Verb) -> Iterator[tuple[Post, Grant]]:
    for grant in classes()[code].grants:
        if verb in grant.may:
            yield from ((post, grant) for post in actor.posts if post.role == grant.role)


def _units_with_pairs(unit: Unit, today: date) -> list[str]:
    """Paths of the unit and of what is paired with it or with anything below it."""
    pairs = Pairing.objects.filter(in_force(today)).filter(
        Q(party_unit__path__startswith=unit.path) | Q(business_unit__path__startswith=unit.path)
    )
    paths = pairs.values_list("party_unit__path", "business_unit__path")
    return sorted({unit.path, *(path for pair in paths for path in pair)})


def _condition(model: type[Model], actor: Actor, post: Post, within: Within) -> Q:
    """One grant as a condition on the rows of a model, over today's places."""
    unit, court = getattr(model, "access_paths", ("unit", "court"))
    if within == "all":
        return Q()
    if within == "own":
        return Q(**{getattr(model, "access_own", "author"): actor.person})
    if within == "court":
        return Q(**{court: post.unit.court_id})
    if within == "courts":
        assert post.unit.court is not None  # noqa: S101  # every saved unit has its court
        return Q(**{f"{_joined(court)}path__startswith": post.unit.court.path})
    condition = Q()
    for path in _units_with_pairs(post.unit, actor.today):
        condition |= Q(**{f"{_joined(unit)}path__startswith": path})
    return condition


def _joined(field: str) -> str:
    return f"{field}__" if field else ""


def _class_condition(model: type[Model], actor: Actor, code: str, verb: Verb) -> Q | None:
    condition: Q | None = None
    for post, grant in _reaches(actor, code, verb):
        part = _condition(model, actor, post, grant.within)
        if not part:
            return Q()
        condition = part if condition is None else condition | part
    return condition


def visible(actor: Actor, queryset: QuerySet[M], verb: Verb = "view") -> QuerySet[M]:
    """The rows of the queryset that the actor may treat with the verb; none when not granted."""
    model = queryset.model
    code = getattr(model, "access_class", None)
    parts: Iterable[tuple[Q, str]] = (
        [(Q(), code)] if code else model.access_parts()  # type: ignore[attr-defined]
    )
    total: Q | None = None
    for only, code_of_part in parts:
        condition = _class_condition(model, actor, code_of_part, verb)
        if condition is not None:
            joined = only & condition
            if not joined:
                return queryset
            total = joined if total is None else total | joined
    return queryset.none() if total is None else queryset.filter(total)


def _covers(actor: Actor, post: Post, within: Within, unit: Unit) -> bool:
    if within == "all":
        return True
    if within == "court":
        return post.unit.court_id == unit.court_id
    if within == "courts":
        assert post.unit.court is not None  # noqa: S101  # every saved unit has its court
        return unit.path.startswith(post.unit.court.path)
    if within == "own":
        return False
    return any(unit.path.startswith(path) for path in _units_with_pairs(post.unit, actor.today))


def allowed(actor: Actor, verb: Verb, code: str, unit: Unit) -> bool:
    """Whether the actor may do the verb with records of an access class at a unit."""
    return any(
        _covers(actor, post, grant.within, unit) for post, grant in _reaches(actor, code, verb)
    )


def may_somewhere(actor: Actor, verb: Verb, code: str) -> bool:
    """Whether the actor may do the verb at any unit at all (menus and empty pages ask this)."""
    return any(True for _ in _reaches(actor, code, verb))


def require(actor: Actor, verb: Verb, code: str, unit: Unit) -> None:
    """Raise Denied, with the reason, unless the actor may."""
    if not allowed(actor, verb, code, unit):
        raise Denied(explain(actor, verb, code, unit))


def explain(actor: Actor, verb: Verb, code: str, unit: Unit) -> str:
    """Why the actor may or may not: the post that grants it, or the roles that would."""
    entry = classes()[code]
    for post, grant in _reaches(actor, verb=verb, code=code):
        if _covers(actor, post, grant.within, unit):
            return f"可以：{post.unit.short}{roles()[post.role].name}（{entry.name}）"
    holders = [roles()[grant.role].name for grant in entry.grants if verb in grant.may]
    wanted = "、".join(dict.fromkeys(holders)) or "无"
    return f"没有权限：{entry.name}在{unit.short}的“{VERB_NAMES[verb]}”只授予 {wanted}"


def reach_units(actor: Actor, verb: Verb, code: str) -> QuerySet[Unit]:
    """The units at which the actor may do the verb (choices of forms and context bars)."""
    condition = Q(pk__in=[])
    for post, grant in _reaches(actor, code, verb):
        if grant.within == "own":
            continue  # What one wrote oneself is no unit.
        part = _condition(Unit, actor, post, grant.within)
        if not part:
            return Unit.objects.all()
        condition |= part
    return Unit.objects.filter(condition)


VERB_NAMES: dict[str, str] = {
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
}


def describe(model: type[Any]) -> AccessClass:
    """The access class of a model, with its data level."""
    return classes()[model.access_class]
