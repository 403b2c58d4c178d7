"""人员: the people of the own procuratorate, and the card of one of them with what was when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render

from rongjian.org.access import Denied, allowed, may_somewhere, roles, visible
from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Member,
    Membership,
    Person,
    Post,
    PostState,
    Unit,
    UnitType,
)
from rongjian.org.rosters import HOME_TYPES
from rongjian.web.listing import Option, Step, changed
from rongjian.web.people_offers import Offer, offers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest

_ON_A_PAGE = 50


@dataclass(frozen=True)
class PersonRow:
    """A line of the list; Party words only where the actor may read them."""

    person: Person
    membership: str
    branch: str


@dataclass(frozen=True)
class PeoplePage:
    """The list with its filters."""

    title: str
    rows: tuple[PersonRow, ...]
    total: int
    units: tuple[Option, ...]
    memberships: tuple[Option, ...]
    words: str
    left: bool
    steps: tuple[Step, ...]
    may_enter: bool
    may_import: bool
    party: bool


def listed(request: ActorRequest) -> HttpResponse:
    """The people of the own procuratorate in the order of their numbers."""
    actor, query = request.actor, request.GET
    if not may_somewhere(actor, "view", "staff"):
        raise Denied("没有权限：您的岗位不查看人员")
    people = visible(actor, Person.objects.filter(court=actor.person.court), "view")
    members = visible(actor, Member.objects.all(), "view")
    unit = Unit.objects.filter(code=query.get("unit", ""), court=actor.person.court).first()
    left = query.get("left") == "1"
    people = people.filter(left_on__lte=actor.today) if left else _here(people, actor)
    people = _filtered(people, members, unit, query.get("membership", ""))
    words = query.get("q", "").strip()[:20]
    if words:
        people = people.filter(Q(name__icontains=words) | Q(staff_no__icontains=words))
    ordered = people.select_related("department__court", "branch__court").order_by("staff_no")
    paginator = Paginator(ordered, _ON_A_PAGE)
    shown = paginator.get_page(query.get("page"))
    steps = [
        Step(str(number), changed(query, {"page": str(number)}), number == shown.number)
        for number in paginator.page_range
        if paginator.num_pages > 1
    ]
    page = PeoplePage(
        title="人员",
        rows=_rows(shown.object_list, members),
        total=paginator.count,
        units=_units(actor, unit),
        memberships=_memberships(query.get("membership", "")),
        words=words,
        left=left,
        steps=tuple(steps),
        may_enter=allowed(actor, "create", "staff", actor.person.court),
        may_import=may_somewhere(actor, "import", "staff")
        or may_somewhere(actor, "import", "party_member"),
        party=members.exclude(pk=actor.person.pk).exists(),
    )
    return render(request, "people/list.html", {"page": page})


def _here(people: QuerySet[Person], actor: Actor) -> QuerySet[Person]:
    return people.filter(Q(left_on=None) | Q(left_on__gt=actor.today))


def _filtered(
    people: QuerySet[Person], members: QuerySet[Member], unit: Unit | None, membership: str
) -> QuerySet[Person]:
    """Party membership narrows the list only as far as the actor may read it."""
    readable = Q(pk__in=members.values("pk"))
    if unit is not None:
        in_branch = readable & Q(branch__path__startswith=unit.path)
        people = people.filter(Q(department__path__startswith=unit.path) | in_branch)
    if membership in Membership.values:
        people = people.filter(readable, membership=membership)
    return people


def _rows(people: Iterable[Person], members: QuerySet[Member]) -> tuple[PersonRow, ...]:
    shown = list(people)
    known = members.filter(pk__in=[person.pk for person in shown]).values_list("pk", flat=True)
    readable = set(known)
    return tuple(
        PersonRow(
            person,
            person.get_membership_display() if person.pk in readable else "",
            person.branch.short if person.branch and person.pk in readable else "",
        )
        for person in shown
    )


def _units(actor: Actor, chosen: Unit | None) -> tuple[Option, ...]:
    units = Unit.objects.filter(court=actor.person.court).exclude(dissolved_on__lte=actor.today)
    listed_ = units.filter(type__in=(UnitType.DEPARTMENT, *HOME_TYPES)).order_by("tree", "path")
    return tuple(Option(unit.code, unit.short, unit == chosen) for unit in listed_)


def _memberships(chosen: str) -> tuple[Option, ...]:
    return tuple(
        Option(str(code), str(words), code == chosen) for code, words in Membership.choices
    )


# --- one person ------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostLine:
    """A post on the card, with whether the actor may end it."""

    post: Post
    role: str
    lamp: str
    words: str
    may_end: bool


@dataclass(frozen=True)
class CardPage:
    """One person: who, where and when, which posts; Party data only for those who may read them."""

    title: str
    person: Person
    party: bool
    membership: str
    places: tuple[Affiliation, ...]
    posts: tuple[PostLine, ...]
    offers: tuple[Offer, ...]


def card(request: ActorRequest, pk: int) -> HttpResponse:
    """The card of somebody the actor may see."""
    actor, person = request.actor, found(request.actor, pk)
    party = visible(actor, Member.objects.filter(pk=pk), "view").exists()
    kinds = [AffiliationKind.DEPARTMENT, AffiliationKind.TASK_FORCE]
    kinds += [AffiliationKind.HOME] if party else []
    places = person.affiliations.filter(kind__in=kinds).select_related("unit__court")
    page = CardPage(
        title=person.name,
        person=person,
        party=party,
        membership=person.get_membership_display() if party else "",
        places=tuple(places.order_by("kind", "-valid_from")),
        posts=tuple(_posts(actor, person)),
        offers=offers(actor, person),
    )
    return render(request, "people/card.html", {"page": page})


def found(actor: Actor, pk: int) -> Person:
    """Somebody whom the actor may see; 404 otherwise."""
    people = visible(actor, Person.objects.filter(pk=pk), "view")
    person = people.select_related("court", "department__court", "branch__court").first()
    if person is None:
        raise Http404("没有这个人，或您不能查看。")
    return person


def _posts(actor: Actor, person: Person) -> Iterable[PostLine]:
    """Posts in force are known in the house; what was asked for or is over, to those concerned."""
    own = person.pk == actor.person.pk
    for post in person.posts.select_related("unit__court").order_by("-valid_from", "-pk"):
        over = post.valid_to is not None and post.valid_to < actor.today
        in_force = post.state == PostState.APPROVED and not over
        if not (in_force or own or allowed(actor, "view", "role_grant", post.unit)):
            continue
        may_end = (
            not over
            and post.state != PostState.REFUSED
            and allowed(actor, "void", "role_grant", post.unit)
        )
        lamp, words = _state(post, over=over, begun=post.valid_from <= actor.today)
        yield PostLine(post, role_name(post), lamp, words, may_end)


def role_name(post: Post) -> str:
    """What the role of a post is called."""
    role = roles().get(post.role)
    return role.name if role else post.role


def _state(post: Post, *, over: bool, begun: bool) -> tuple[str, str]:
    if post.state != PostState.APPROVED:
        lamp = "warn" if post.state == PostState.REQUESTED else "off"
        return lamp, post.get_state_display()
    if over:
        return "off", "已免"
    return ("ok", "在任") if begun else ("off", "未到任")
