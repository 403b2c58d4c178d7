"""Units and people by what somebody types: names of today and of before, short names, sounds.

Names are few and are compared one by one; nothing is stored for it, so a renamed unit is found by
its new name at once and by its old one still.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q

from rongjian.kernel.find_words import fold, heard, heard_name
from rongjian.kernel.places import aliases, load_places
from rongjian.org.access import visible
from rongjian.org.models import COURT_TYPES, Person, Placement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rongjian.org.access import Actor
    from rongjian.org.models import Unit
    from rongjian.org.reaching import Place

SHORTEST = 2
"""Letters from which a name is found by its sounds, digits from which a number is."""
NAMED = 4
"""The fit of a word that is a unit's name, not a part of it."""
_SHORTER = (("第", ""), ("党支部", "支部"), ("检察部", "部"))
"""What people leave out of a body's name: 二支部 for 第二党支部."""
_FIELDS = ("pk", "code", "path", "court_id", "tree", "type")


@dataclass(frozen=True)
class Body:
    """A unit with all its names, folded; like a unit it has a place that access asks for."""

    pk: int
    code: str
    path: str
    court_id: int
    tree: str
    type: str
    names: tuple[str, ...]
    called: str
    """The names in one text, a line each: one look at it turns most words away."""

    @property
    def is_court(self) -> bool:
        """Whether it is a procuratorate."""
        return self.type in COURT_TYPES

    def fit(self, word: str) -> int:
        """How well a folded word names the unit: a name itself, its sound, a part, a part's sound."""
        if word in self.called:
            return NAMED if word in self.names else 2
        if len(word) < SHORTEST or not (word.isascii() and word.isalpha()):
            return 0
        spans = [(heard(word, name), len(name)) for name in self.names]
        if any(span == (0, length) for span, length in spans):
            return NAMED - 1
        return int(any(span for span, _ in spans))


class Directory:
    """Every unit, by path, with the names of all its days."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        self.bodies = tuple(bodies)
        self._paths = [body.path for body in self.bodies]
        self._courts: dict[int, list[Body]] = {}
        for body in self.bodies:
            self._courts.setdefault(body.court_id, []).append(body)
        self._inside = {
            court: frozenset(body.pk for body in bodies) for court, bodies in self._courts.items()
        }
        self._at: dict[Place, frozenset[int]] = {}

    @classmethod
    def load(cls) -> Directory:
        """As the trees are now; one query."""
        placed = Placement.objects.order_by("unit__path", "unit_id", "valid_from").values_list(
            *(f"unit__{name}" for name in _FIELDS), "unit__court__short", "name", "short"
        )
        found = []
        for _, rows in groupby(placed, key=itemgetter(0)):
            kept = list(rows)
            pk, code, path, court, tree, sort, house = kept[0][:7]
            called = tuple((name, short) for *_, name, short in kept)
            names = _names(code, sort in COURT_TYPES, house or "", called)
            found.append(Body(pk, code, path, court, tree, sort, *names))
        return cls(sorted(found, key=attrgetter("path")))

    def at(self, place: Place) -> frozenset[int]:
        """The units that stand at a place."""
        if place not in self._at:
            self._at[place] = self._found(place)
        return self._at[place]

    def _found(self, place: Place) -> frozenset[int]:
        near: Iterable[Body] = self.bodies
        if place.below is not None:
            first = bisect_left(self._paths, place.below)
            near = self.bodies[first : bisect_left(self._paths, f"{place.below}\U0010ffff")]
        elif place.court is not None:
            near = self._courts.get(place.court, ())
        return frozenset(body.pk for body in near if place.holds(cast("Unit", body)))

    def houses(self, units: Iterable[int]) -> tuple[list[int], set[int]]:
        """(procuratorates that are among some units with all inside them, the units left over)."""
        rest = set(units)
        whole = [court for court, inside in self._inside.items() if inside <= rest]
        return whole, rest.difference(*(self._inside[court] for court in whole))

    def called(self, word: str) -> list[Body]:
        """The units that a folded word names best, in code order."""
        fits = [(body.fit(word), body) for body in self.bodies]
        best = max((fit for fit, _ in fits), default=0)
        return [body for fit, body in fits if fit == best and fit]

    def meant(self, word: str) -> set[int]:
        """The units whose records a word asks for: those it names, a house with all inside it."""
        best = self.called(word)
        courts = (body.pk for body in best if body.is_court)
        return {body.pk for body in best}.union(*(self._inside[court] for court in courts))


@lru_cache(maxsize=20_000)
def _names(
    code: str, is_court: bool, house: str, called: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, ...], str]:
    """All that a unit is called, folded: with its house, and a house as other lists write it."""
    found = {fold(name): None for pair in called for name in pair}
    if is_court:
        found.update((fold(name), None) for name in sorted(_aliases().get(code, ())))
    else:
        for name, _ in called:
            brief = name
            for long, short in _SHORTER:
                brief = brief.replace(long, short)
            found.update({fold(house + name): None, fold(brief): None, fold(house + brief): None})
    return tuple(found), "\n".join(found)


@cache
def _aliases() -> Mapping[str, frozenset[str]]:
    return {place.code: aliases(place) for place in load_places()}


# --- people ----------------------------------------------------------------------------------


def people_called(actor: Actor, word: str, *, at_home: bool = False) -> list[Person]:
    """The people whom a folded word names and whom the actor may see, in the order of their numbers.

    `at_home`: of the own procuratorate alone.
    """
    if len(word) < SHORTEST and word.isascii():
        return []
    people = visible(actor, Person.objects.all(), "view")
    if at_home:
        people = people.filter(court=actor.person.court_id)
    if not word.isascii():
        found = people.filter(name__contains=word)
    elif word.isalpha():
        named = people.values_list("pk", "name")
        ids = [pk for pk, name in named if heard_name(word, fold(name)) or word in fold(name)]
        found = people.filter(Q(pk__in=ids) | Q(staff_no__iexact=word))
    else:
        found = people.filter(Q(staff_no__icontains=word) | Q(name__icontains=word))
    related: Any = found.select_related("department__court", "court")
    return sorted(related, key=attrgetter("staff_no"))
