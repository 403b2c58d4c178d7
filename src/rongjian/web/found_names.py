"""What else than records a search finds: units, people, documents and pages, by their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from rongjian.documents.queries import documents
from rongjian.kernel.find_words import SHORTEST_SOUND, fold, heard
from rongjian.org.access import may_somewhere, visible
from rongjian.org.finding import people_called
from rongjian.org.models import Unit, UnitType
from rongjian.org.rosters import HOME_TYPES
from rongjian.records.kinds import kinds
from rongjian.records.queries import unit_words
from rongjian.web import force_view
from rongjian.web.found_rows import Pieces, marked
from rongjian.web.frame import MENU

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.org.access import Actor
    from rongjian.org.finding import Directory

_LOOKED_AT = 40
"""So many units that a word names are looked at for some that may be shown."""
_NEWEST = 500
"""Documents whose titles are compared; older ones are found in their own list."""


@dataclass(frozen=True)
class Named:
    """Something with a page of its own: its name, a word about it, where it is."""

    name: Pieces
    about: str
    url: str


@dataclass(frozen=True)
class Group:
    """Things of one sort."""

    heading: str
    entries: tuple[Named, ...]


def found_names(
    actor: Actor, words: tuple[str, ...], directory: Directory, most: int
) -> tuple[Group, ...]:
    """What the words name, sort by sort; several words must all be in one name."""
    if not words:
        return ()
    sorts = (
        ("单位", _units(actor, words, directory)),
        ("人员", _people(actor, words)),
        ("文稿", _documents(actor, words)),
        ("页面", _pages(actor, words)),
    )
    groups = (Group(heading, tuple(_first(entries, most))) for heading, entries in sorts)
    return tuple(group for group in groups if group.entries)


def _first(entries: Iterator[Named], most: int) -> Iterator[Named]:
    for _, entry in zip(range(most), entries, strict=False):
        yield entry


def _units(actor: Actor, words: tuple[str, ...], directory: Directory) -> Iterator[Named]:
    """The units best named, those of the own house first, else in code order."""
    fits = [body for body in directory.called(words[0]) if all(map(body.fit, words[1:]))]
    fits.sort(key=lambda body: body.court_id != actor.person.court_id)
    ids = [body.pk for body in fits[:_LOOKED_AT]]
    seen = visible(actor, Unit.objects.filter(pk__in=ids), "view").select_related("court")
    units = {unit.pk: unit for unit in seen}
    for unit in (units[pk] for pk in ids if pk in units):
        if where := _where(actor, unit):
            about = unit.get_type_display() + ("，已撤销" if _over(actor, unit) else "")
            yield Named(marked(unit_words(unit), words), about, where)


def _over(actor: Actor, unit: Unit) -> bool:
    return unit.dissolved_on is not None and unit.dissolved_on <= actor.today


def _where(actor: Actor, unit: Unit) -> str:
    """The page of a unit; nothing for a task force that is not the actor's to see."""
    if unit.type == UnitType.TASK_FORCE:
        opened = force_view.may_open(actor, unit)
        return reverse("taskforce", args=[unit.code]) if opened else ""
    if unit.type in (*HOME_TYPES, UnitType.TEMPORARY_BRANCH):
        return reverse("branch", args=[unit.code])
    court = unit.court.code if unit.court else unit.code
    return f"{reverse('twin')}?{urlencode({'court': court})}#u-{unit.code}"


def _people(actor: Actor, words: tuple[str, ...]) -> Iterator[Named]:
    found = people_called(actor, words[0])
    for person in found:
        house = unit_words(person.department)
        rest = (person.name, house)
        if all(any(word in fold(text) for text in rest) for word in words[1:]):
            about = f"{house} {person.title}".strip()
            left = person.left_on is not None and person.left_on <= actor.today
            about += "，已离院" if left else ""
            yield Named(marked(person.name, words), about, reverse("person", args=[person.pk]))


def _documents(actor: Actor, words: tuple[str, ...]) -> Iterator[Named]:
    for document in documents(actor)[:_NEWEST]:
        if _says(document.title, words):
            about = unit_words(document.unit)
            where = reverse("document", args=[document.pk])
            yield Named(marked(document.title, words), about, where)


def _pages(actor: Actor, words: tuple[str, ...]) -> Iterator[Named]:
    for entry in MENU:
        if _says(entry.name, words) and entry.offered(actor):
            yield Named(marked(entry.name, words), "", reverse(entry.route))
    for kind in kinds():
        reads = (may_somewhere(actor, verb, kind.access) for verb in ("view", "project"))
        if _says(kind.name, words) and any(reads):
            yield Named(marked(kind.name, words), "台账", reverse("ledger", args=[kind.code]))


def _says(name: str, words: tuple[str, ...]) -> bool:
    """Whether a name has all the words, or sounds like them."""
    folded = fold(name)
    return all(
        word in folded
        or (len(word) >= SHORTEST_SOUND and word.isascii() and heard(word, folded) is not None)
        for word in words
    )
