"""Finding records by what somebody types.

The inverted index gives candidates, more rather than fewer, and only from where the actor reaches at
all; `visible` then decides which of them exist for the actor, and the texts as far as the actor reads
them decide whether each word is really there. So nothing is found, counted or hinted at by a word of
a field that is withheld. Where a row is read as a projection only its open texts count; people are
found in the own procuratorate, where the record's page names them.

The best come first: words in the title before words elsewhere before ledger, unit, day or person;
then the newest. No business value has a say.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from rongjian.kernel.find_words import heard
from rongjian.org.access import visible
from rongjian.org.models import Unit
from rongjian.records import postings
from rongjian.records.asking import Word, expression, words_of
from rongjian.records.models import VOID, Record
from rongjian.records.postings import every
from rongjian.records.reach import Reached, reached
from rongjian.records.unmasking import named_at_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from rongjian.org.access import Actor, Verb
    from rongjian.org.finding import Directory
    from rongjian.records.postings import Expression

MOST = 500
"""So many records are looked at; of more, the newest."""
_OLDEST = 1949


@dataclass(frozen=True)
class Wanted:
    """What is looked for: words as typed, and the limits that the page offers."""

    words: str
    kind: str = ""
    unit: Unit | None = None
    first: date | None = None
    last: date | None = None


class Hit(NamedTuple):
    """A record that was found, with how far the words stand from what it is called."""

    farness: int
    day: date
    pk: int
    kind: str
    projected: bool

    @property
    def place(self) -> tuple[int, int, int]:
        """The best first, the newest of equally good ones."""
        return self.farness, -self.day.toordinal(), -self.pk


@dataclass(frozen=True)
class Found:
    """What was found, the best first; `more` where there are more than were looked at."""

    hits: tuple[Hit, ...]
    more: bool
    words: tuple[str, ...]


def find(actor: Actor, wanted: Wanted, directory: Directory, *, projections: bool = True) -> Found:
    """The records that an actor finds; `directory` holds all units with their names.

    Without `projections` only what the actor may read in full is looked for: showing a projection
    is logged, and a list that changes at every key is nothing to log.
    """
    words = words_of(actor, wanted.words, directory)
    texts = tuple(word.text for word in words)
    if not words:
        return Found((), more=False, words=texts)
    hits: dict[int, Hit] = {}
    more = False
    verbs: tuple[Verb, ...] = ("view", "project") if projections else ("view",)
    for verb in verbs:
        where = reached(actor, verb, directory, wanted)
        if where is None:
            continue
        asked = every(*(expression(word, full=verb == "view") for word in words), where.expression)
        rows = visible(actor, _limited(wanted, where), verb)
        for ids in _portions(asked, actor.today.year + 1):
            for hit in _checked(actor, rows.filter(pk__in=ids), words, full=verb == "view"):
                hits.setdefault(hit.pk, hit)
            if len(hits) > MOST:
                more = True
                break
    ranked = sorted(hits.values(), key=attrgetter("place"))
    return Found(tuple(ranked[:MOST]), more, texts)


# --- candidates, newest first ----------------------------------------------------------------------


def _portions(asked: Expression, year: int) -> Iterator[list[int]]:
    """The candidates in portions, those of the newest days first where there are many."""
    waiting: list[int] = []
    for ids in _walk(asked, [f"@y{each}" for each in range(year, _OLDEST, -1)]):
        waiting += ids
        if len(waiting) > MOST:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _walk(asked: Expression, finer: Sequence[str]) -> Iterator[list[int]]:
    found = postings.match(asked, MOST + 1)
    if len(found) <= MOST:
        yield found
    elif finer:
        for mark in finer:
            yield from _walk(every(asked, mark), _within(mark))
    else:
        while found:  # More on one day than are looked at once.
            yield found
            found = postings.match(asked, MOST + 1, below=found[-1])


def _within(mark: str) -> list[str]:
    """The months of a year, the days of a month, the last first."""
    if mark.startswith("@y"):
        return [f"@m{mark[2:]}{month:02}" for month in range(12, 0, -1)]
    if mark.startswith("@m"):
        return [f"@d{mark[2:]}{day:02}" for day in range(31, 0, -1)]
    return []


# --- which of them it is ----------------------------------------------------------------------------


class _Row(NamedTuple):
    """A candidate as far as the actor may read it."""

    kind: str
    at_home: bool
    title: str
    open: str
    private: str
    marks: str


def _checked(
    actor: Actor, rows: QuerySet[Record], words: Sequence[Word], *, full: bool
) -> Iterator[Hit]:
    names = ("pk", "kind", "happened_on", "court_id")
    texts = ("findable__title", "findable__open", "findable__private", "findable__marks")
    home = actor.person.court_id
    found = rows.filter(findable__isnull=False).order_by().values_list(*names, *texts)
    for pk, kind, day, court, title, open_, private, marks in found:
        row = _Row(kind, full and court == home, title, open_, private if full else "", marks)
        total = 0
        for word in words:
            far = _farness(word, row)
            if far is None:
                break
            total += far
        else:
            yield Hit(total, day, pk, kind, projected=not full)


def _limited(wanted: Wanted, where: Reached) -> QuerySet[Record]:
    """The living records within the limits that the page offers."""
    rows = Record.objects.exclude(state=VOID).filter(kind__in=where.kinds)
    if wanted.unit:
        rows = rows.filter(unit__path__startswith=wanted.unit.path)
    if wanted.first:
        rows = rows.filter(happened_on__gte=wanted.first)
    return rows.filter(happened_on__lte=wanted.last) if wanted.last else rows


def _farness(word: Word, row: _Row) -> int | None:
    """How far a word stands from what the record is called; None where it is not in it at all."""
    if word.text in row.title:
        return 0 if word.text == row.title else 1
    if word.text in row.open or word.text in row.private:
        return 2
    if word.heard and heard(word.text, row.title):
        return 2
    marks = row.marks.split()
    if not word.marks.isdisjoint(marks):
        return 3
    named = row.at_home and not word.people.isdisjoint(marks)
    return 3 if named and named_at_home(row.kind) else None
