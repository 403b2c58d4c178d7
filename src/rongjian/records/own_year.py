"""我的一年: what one has done oneself in a year, derived from finished work, for oneself alone.

There is no way to ask for anybody else's: the only person here is the actor. Nothing is added up
across ledgers, compared or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from rongjian.org.access import visible
from rongjian.org.models import Affiliation, Person, Post, PostState
from rongjian.records.kinds import kinds
from rongjian.records.queries import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

_NO_TEXTS = {"key", "campaign", "line"}
MOST = 30
"""How many records of one sort are listed; how many more there are is said."""


@dataclass(frozen=True)
class Deed:
    """One record: its day, what it was about, where it stands if one may open it."""

    day: date
    about: str
    where: str
    record: Record | None


@dataclass(frozen=True)
class Chapter:
    """What one did in one ledger in one way: 带教人, 承办人, 本人记录 …"""

    kind: Kind
    way: str
    deeds: tuple[Deed, ...]
    total: int

    @property
    def rest(self) -> int:
        """How many are not listed."""
        return self.total - len(self.deeds)


@dataclass(frozen=True)
class OwnYear:
    """The year of one person."""

    year: int
    chapters: tuple[Chapter, ...]
    posts: tuple[Post, ...]
    places: tuple[Affiliation, ...]


def own_year(actor: Actor, year: int) -> OwnYear:
    """The actor's own year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    during = Q(valid_from__lte=last) & (Q(valid_to=None) | Q(valid_to__gte=first))
    posts = Post.objects.filter(during, person=actor.person, state=PostState.APPROVED)
    places = Affiliation.objects.filter(during, person=actor.person)
    return OwnYear(
        year,
        tuple(chapter for kind in kinds() for chapter in _chapters(actor, kind, (first, last))),
        tuple(posts.select_related("unit__court").order_by("valid_from")),
        tuple(places.select_related("unit__court").order_by("kind", "valid_from")),
    )


def years(actor: Actor) -> list[int]:
    """The years one can look back on: this one and those before, since one came."""
    first = actor.person.affiliations.order_by("valid_from").first()
    began = first.valid_from.year if first else actor.today.year
    return list(range(actor.today.year, max(began, actor.today.year - 10) - 1, -1))


def _chapters(actor: Actor, kind: Kind, days: tuple[date, date]) -> Iterator[Chapter]:
    """Finished records of a kind in which one stands, by the way in which one does."""
    rows = kind.model._default_manager.filter(
        state__in=kind.flow.counted, happened_on__range=days
    ).select_related("unit__court")
    ways = [
        (name, kind.heading(name))
        for name in kind.fields
        if isinstance(column := kind.field(name), models.ForeignKey)
        and column.related_model is Person
    ]
    for name, way in (*ways, ("author", "本人记录")):
        own = rows.filter(**{name: actor.person}).order_by("happened_on", "pk")
        total = own.count()
        if not total:
            continue
        shown = list(own[:MOST])
        open_ = set(
            visible(actor, kind.model._default_manager.filter(pk__in=[row.pk for row in shown]))
            .order_by()
            .values_list("pk", flat=True)
        )
        deeds = (
            Deed(row.happened_on, _said(kind, row), str(row.unit), row if row.pk in open_ else None)
            for row in shown
        )
        yield Chapter(kind, way, tuple(deeds), total)


def _said(kind: Kind, record: Record) -> str:
    """What a record says, to whom it is about: its texts, else its choices."""
    texts = [str(getattr(record, name)) for name in kind.fields if _is_text(kind, name)]
    chosen = [shown(kind, name, record, masked=False) for name in kind.filters]
    said = [each for each in texts if each] or [each for each in chosen if each]
    return " · ".join(said) or kind.name


def _is_text(kind: Kind, name: str) -> bool:
    column = kind.field(name)
    free = isinstance(column, models.CharField | models.TextField) and not column.choices
    return free and name not in _NO_TEXTS
