"""Who somebody is on a day, and how far each of their posts carries a grant of `roles.yaml`.

A `Reach` is one grant through one post. It says the same thing twice: of a single unit and row, and
as a condition on all rows of a model. `access` asks nothing else, so that lists and single checks
cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, Model, OuterRef, Q

from rongjian.log.models import Event
from rongjian.org.models import (
    COURT_TYPES,
    Membership,
    Pairing,
    Post,
    Unit,
    effective,
    in_force,
)
from rongjian.org.roles import (
    JUDGING,
    ONESELF,
    PERSONAL,
    SHARED,
    AccessClass,
    Grant,
    Verb,
    classes,
    roles,
)
from rongjian.org.sharing import host_units, hosted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    from rongjian.org.models import Person
    from rongjian.org.roles import Tie, Within


NAMELESS = "anonymous"
"""Who the log says acted where nobody is named."""


@dataclass(frozen=True)
class Actor:
    """A person with the posts held on a day: the `user` of every check.

    It lives as long as a request: what a post is paired with is looked up once. Who speaks `nameless`
    (`without_name`) has the same rights and leaves neither name nor address nor time of day.
    """

    person: Person
    posts: tuple[Post, ...]
    now: datetime
    address: str = ""
    nameless: bool = False
    seen: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def today(self) -> date:
        """The day of `now`."""
        return self.now.date()

    @property
    def ref(self) -> str:
        """How the log names who acted."""
        return NAMELESS if self.nameless else f"u:{self.person.staff_no}"

    @property
    def author(self) -> Person | None:
        """Who is named as the author of what is written."""
        return None if self.nameless else self.person

    @property
    def holder(self) -> int:
        """Whose an idempotency key is; of the nameless no key tells whose it was."""
        return 0 if self.nameless else self.person.pk

    @property
    def roles(self) -> set[str]:
        """Codes of the roles held today."""
        return {post.role for post in self.posts}

    @property
    def administrator(self) -> bool:
        """Whether this is one of the three administrators, who are blind to business data."""
        return any(roles()[post.role].administrator for post in self.posts)


def actor_of(person: Person, now: datetime) -> Actor:
    """The person as an actor at a time; rights follow the posts in force that day.

    A post ends with its unit (F12), every right with leaving. An administrator has that post
    alone; whoever holds two of the three has nothing, until the fault is mended.
    """
    today = now.date()
    if person.left_on is not None and person.left_on <= today:
        return Actor(person, (), now)
    rows = Post.objects.filter(effective(today), person=person, role__in=roles())
    held = list(rows.exclude(unit__dissolved_on__lte=today).select_related("unit__court"))
    three = [post for post in held if roles()[post.role].administrator]
    if three:
        alone = len({post.role for post in three}) == 1
        return Actor(person, tuple(three) if alone else (), now)
    return Actor(person, (*_everybody(person, today), *held), now)


def without_name(actor: Actor) -> Actor:
    """The actor with the same rights, of whom what is written and logged tells only the day.

    The order of the log's lines still tells between which others a line was written; whoever holds
    the database itself can narrow the time by it.
    """
    start = actor.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return replace(actor, now=start, address="", nameless=True)


def _everybody(person: Person, today: date) -> Iterator[Post]:
    """The posts that take no appointment: staff of one's house, member of one's branch."""
    yield Post(person=person, unit=person.court, role="staff", valid_from=today)
    if person.branch is not None and person.membership != Membership.NONE:
        yield Post(person=person, unit=person.branch, role="party_member", valid_from=today)


# --- how far a post carries a grant ------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A stretch of the trees; whatever is given must hold of a unit's place of today."""

    unit: int | None = None
    below: str | None = None
    court: int | None = None
    tree: str | None = None

    def condition(self, prefix: str) -> Q:
        """The same of the unit that a lookup path leads to; empty for everywhere."""
        found = Q()
        if self.unit is not None:
            found &= Q(**{f"{prefix}pk": self.unit})
        if self.below is not None:
            found &= Q(**{f"{prefix}path__startswith": self.below})
        if self.court is not None:
            found &= Q(**{f"{prefix}court": self.court})
        if self.tree is not None:
            found &= Q(**{f"{prefix}tree": self.tree})
        return found

    def holds(self, unit: Unit) -> bool:
        """Whether the unit stands there."""
        return (
            (self.unit is None or self.unit == unit.pk)
            and (self.below is None or unit.path.startswith(self.below))
            and (self.court is None or self.court == unit.court_id)
            and (self.tree is None or self.tree == unit.tree)
        )


@dataclass(frozen=True)
class Reach:
    """One grant through one post: where it holds, and on which rows."""

    actor: Actor
    post: Post
    grant: Grant
    entry: AccessClass
    verb: Verb
    places: tuple[Place, ...]

    @property
    def ties(self) -> frozenset[Tie]:
        """What the actor may not be to the row: judge of the own, or concerned."""
        found: set[Tie] = set(self.entry.not_actor) if self.verb in JUDGING else set()
        if self.entry.recusal and self.grant.within not in ONESELF:
            found.add("subject")
        if self.grant.not_author:
            found.add("own")
        return frozenset(found)

    def covers(self, unit: Unit, *, whole: bool = False) -> bool:
        """Whether the unit stands within reach; `whole`: with everything that is below it."""
        return any(
            place.holds(unit)
            for place in self.places
            if not (whole and unit.is_court and falls_short(self.actor, place))
        )

    def hosts(self, record: Any) -> bool:
        """Whether a further host of a row stands within reach, which lets its people read it."""
        shared = _named(type(record), "shared")
        if self.verb not in SHARED or not shared or record.pk is None:
            return False
        units = host_units(getattr(record, shared))
        return any(place.holds(unit) for unit in units for place in self.places)

    def rows(self, model: type[Model], owner: type[Model]) -> Q | None:
        """What the grant asks of a row itself; `owner` declares the fields. None: no row has it."""
        found = Q()
        if self.grant.within in PERSONAL:
            tied = _tied(self.actor, model, owner, self.grant.within)
            if tied is None:
                return None
            found &= tied
        if self.grant.states:
            found &= Q(**{f"{_named(model, 'state')}__in": self.grant.states})
        for tie in sorted(self.ties):
            against = _tied(self.actor, model, owner, tie)
            if against is not None:
                found &= ~against
        return found

    def fits(self, record: Any) -> bool:
        """Whether a row, as it is in hand, is one that the grant means; None asks for the place."""
        grant = self.grant
        if record is None:
            of_rows = grant.within in PERSONAL or grant.states or grant.not_author
            return not of_rows or (grant.within == "own" and self.verb == "create")
        if grant.within in PERSONAL and not _is_tied(self.actor, record, grant.within):
            return False
        if grant.states and getattr(record, _named(type(record), "state")) not in grant.states:
            return False
        return not any(_is_tied(self.actor, record, tie) for tie in self.ties)

    def condition(self, model: type[Model], owner: type[Model]) -> Q | None:
        """The reach on the rows of a model: the place and what is asked of the row."""
        asked = self.rows(model, owner)
        if asked is None:
            return None
        place = _anywhere(model, self.places)
        if place and self.verb in SHARED:
            place |= _hosted(owner, self.places)
        return place & asked


def reaches(actor: Actor, code: str, verb: Verb) -> Iterator[Reach]:
    """What the actor's posts make of a class's grants; nothing above the clearance but one's own."""
    entry = classes()[code]
    cleared = entry.dominated_by(actor.person.clearance)
    for grant in entry.grants:
        if verb in grant.may and (cleared or grant.within in ONESELF):
            for post in actor.posts:
                if post.role == grant.role:
                    places = _places(actor, post, grant.within)
                    yield Reach(actor, post, grant, entry, verb, places)


def _places(actor: Actor, post: Post, within: Within) -> tuple[Place, ...]:
    key = (within, post.unit_id)
    if key not in actor.seen:
        actor.seen[key] = tuple(_stretches(post.unit, actor.today, within))
    found: tuple[Place, ...] = actor.seen[key]
    return found


def _stretches(unit: Unit, today: date, within: Within) -> Iterator[Place]:
    if within in ("all", "subject", "addressee"):
        yield Place()
    elif within in ("court", "own", "handler"):
        yield Place(court=unit.court_id)
    elif within == "courts":
        assert unit.court is not None  # noqa: S101  # every saved unit has its court
        yield Place(below=unit.court.path)
    elif within == "node":
        yield Place(unit=unit.pk)
    else:
        yield _subtree(unit)
        if within == "paired":
            yield from (_subtree(mate) for mate in _mates(unit, today))


def _subtree(unit: Unit) -> Place:
    """The unit and what is below it, in its own tree and inside its own procuratorate."""
    return Place(below=unit.path, court=unit.court_id, tree=unit.tree)


def _mates(unit: Unit, today: date) -> list[Unit]:
    """What is paired with the unit or with anything below it in its tree, in code order."""
    below = {"path__startswith": unit.path, "court": unit.court_id, "tree": unit.tree}
    near = Unit.objects.filter(**below)
    pairs = Pairing.objects.filter(in_force(today)).filter(
        Q(party_unit__in=near) | Q(business_unit__in=near)
    )
    both = pairs.values_list("party_unit", "business_unit")
    others = {pk for pair in both for pk in pair}
    return list(Unit.objects.filter(pk__in=others).exclude(pk__in=near).order_by("path"))


def falls_short(actor: Actor, place: Place) -> bool:
    """Whether a place holds but a part of any procuratorate in it, which then gives no figure.

    Below a procuratorate stand both its trees, and the procuratorates under it.
    """
    if place.court is None or place.tree is not None:
        return place.tree is not None or place.unit is not None
    key = ("below", place.court)
    if key not in actor.seen:
        court = Unit.objects.get(pk=place.court)
        inside = Unit.objects.filter(path__startswith=court.path, type__in=COURT_TYPES)
        actor.seen[key] = inside.exclude(pk=court.pk).exists()
    return bool(actor.seen[key])


# --- where a row stands, and what it is to somebody ----------------------------------------------
#
# A model says by class attributes how its rows are reached: `access_class`, or `access_parts()` for
# a table that mixes classes; `access_unit` the lookup path to its unit ("unit" unless said, "" for
# units themselves) or `access_unit_code` the field with a unit's code; `access_own`,
# `access_subject`, `access_handler`, `access_addressee`, `access_requester` and `access_state` the
# fields that name persons (a tuple for a pair) and the state, where a field of text names a person as the log does;
# `access_submits` the verbs under which the log keeps who handed a row in; `access_shared` the
# relation whose rows name further units (`host_fields` of these rows, `unit` unless said), the people of
# which may read the row.

_FIELDS = {"state": "state"}


def _named(model: type[Model], what: str) -> str:
    found: str = getattr(model, f"access_{what}", _FIELDS.get(what, ""))
    return found


def _names(model: type[Model], tie: str) -> tuple[str, ...]:
    """The fields that tie somebody to a row: one, or several where it is about a pair."""
    found: str | tuple[str, ...] = getattr(model, f"access_{tie}", "")
    return found if isinstance(found, tuple) else tuple(filter(None, [found]))


def _anywhere(model: type[Model], places: Iterable[Place]) -> Q:
    """The places as one condition on the rows of a model; empty for everywhere."""
    code = _named(model, "unit_code")
    path = getattr(model, "access_unit", "unit")
    found = Q()
    for place in places:
        part = place.condition("" if code or not path else f"{path}__")
        if not part:
            return Q()
        found |= Q(**{f"{code}__in": Unit.objects.filter(part).values("code")}) if code else part
    return found


def _hosted(model: type[Model], places: Iterable[Place]) -> Q:
    """The rows that are read at a further host's as well; empty where rows have but one unit."""
    shared = _named(model, "shared")
    return hosted(model, shared, places) if shared else Q()


def _tied(actor: Actor, model: type[Model], owner: type[Model], tie: str) -> Q | None:
    """The rows to which the actor stands so; None where rows of the model know no such thing."""
    if tie == "submitter":
        moves = getattr(owner, "access_submits", ())
        sent = Event.objects.filter(record_id=OuterRef("pk"), verb__in=moves, actor=actor.ref)
        return Q(Exists(sent)) if moves else None
    condition, plain = Q(), owner is model
    for name in _names(owner, tie):
        column = owner._meta.pk if name == "pk" else _column(owner, name)
        condition |= Q(**{name: actor.ref if isinstance(column, CharField) else actor.person.pk})
        plain = plain and not column.many_to_many
    if not condition:
        return None
    # A subquery, so that rows do not repeat and other kinds' rows need no column.
    return condition if plain else Q(pk__in=owner._default_manager.filter(condition).values("pk"))


def _is_tied(actor: Actor, record: Any, tie: str) -> bool:
    """Whether the actor stands so to one row in hand."""
    model = type(record)
    if tie == "submitter":
        moves = getattr(model, "access_submits", ())
        if not moves or record.pk is None:
            return False
        sent = Event.objects.filter(record_id=record.pk, verb__in=moves, actor=actor.ref)
        return sent.exists()
    return any(_names_actor(actor, record, name) for name in _names(model, tie))


def _names_actor(actor: Actor, record: Any, name: str) -> bool:
    value = getattr(record, f"{name}_id", None) or getattr(record, name)
    if hasattr(value, "filter"):
        return bool(value.filter(pk=actor.person.pk).exists())
    return value in (actor.person.pk, actor.ref) and value is not None


def _column(model: type[Model], path: str) -> Any:
    """The field at the end of a lookup path."""
    column: Any = None
    for name in path.split("__"):
        column = (column.related_model if column else model)._meta.get_field(name)
    return column
