"""Where an actor can find records at all, as an expression for the index.

It only narrows the candidates, so that somebody of one house does not walk through the others'; what
it lets through is decided by `visible`. It rests on the grants themselves and on today's places, so
that a reorganisation needs nothing to be entered anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.find_words import MARK
from rongjian.org.reaching import Place, reaches
from rongjian.org.roles import SHARED
from rongjian.records.indexing import kind_mark, person_mark, place_marks
from rongjian.records.kinds import kinds
from rongjian.records.models import Record
from rongjian.records.postings import any_of, every

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from rongjian.org.access import Actor, Verb
    from rongjian.org.finding import Directory
    from rongjian.org.models import Unit
    from rongjian.records.finding import Wanted
    from rongjian.records.kinds import Kind
    from rongjian.records.postings import Expression

_MOST = 200
"""Beyond so many houses and units a list of them is longer to read than what it spares."""
_MOST_MONTHS = 24
_BY_NAME = ("subject", "handler", "addressee")
"""Grants that reach rows which name the actor, wherever they are; those say so by a mark."""
EVERYWHERE = ""


@dataclass(frozen=True)
class Reached:
    """The ledgers of which the actor can find something, and how the index is told where."""

    kinds: tuple[str, ...]
    expression: Expression


def reached(actor: Actor, verb: Verb, directory: Directory, wanted: Wanted) -> Reached | None:
    """Where the actor may read by the verb, within the limits asked for; None: nowhere."""
    codes: list[str] = []
    ways: dict[Expression, list[Expression]] = {}
    for access, group in _by_class(wanted.kind).items():
        for where in _places(actor, verb, access, directory, wanted.unit):
            codes += [kind.code for kind in group]
            ways.setdefault(where, []).extend(kind_mark(kind.code) for kind in group)
        for kind in group:
            if _names(actor, verb, kind):
                codes.append(kind.code)
                marks = every(person_mark(actor.person.pk), kind_mark(kind.code))
                ways.setdefault(EVERYWHERE, []).append(marks)
            if _is_sent(kind) and verb in SHARED:
                codes.append(kind.code)
                ways.setdefault(EVERYWHERE, []).append(kind_mark(kind.code))
    if not codes:
        return None
    parts: list[Expression] = [any_of(_way(*way) for way in ways.items())]
    if wanted.first and wanted.last:
        parts += _span(wanted.first, wanted.last)
    return Reached(tuple(dict.fromkeys(codes)), every(*parts))


def _by_class(code: str) -> dict[str, list[Kind]]:
    found: dict[str, list[Kind]] = {}
    for kind in kinds():
        if code in ("", kind.code):
            found.setdefault(kind.access, []).append(kind)
    return found


def _way(where: Expression, marks: Sequence[Expression]) -> Expression:
    return any_of(marks) if where == EVERYWHERE else every(any_of(marks), where)


def _places(
    actor: Actor, verb: Verb, access: str, directory: Directory, unit: Unit | None
) -> Iterator[Expression]:
    """The units whose rows of a class are reached; nothing where none are."""
    places = {
        place
        for reach in reaches(actor, access, verb)
        if reach.grant.within not in _BY_NAME
        for place in reach.places
    }
    if Place() in places:
        whole = directory.at(Place(below="" if unit is None else unit.path))
    else:
        whole = frozenset().union(*map(directory.at, places))
        whole = whole if unit is None else whole & directory.at(Place(below=unit.path))
    if whole:
        yield EVERYWHERE if len(whole) == len(directory.bodies) else _among(directory, whole)


def _among(directory: Directory, units: frozenset[int]) -> Expression:
    marks = place_marks(directory, units)
    return EVERYWHERE if len(marks) > _MOST else any_of(marks)


def _names(actor: Actor, verb: Verb, kind: Kind) -> bool:
    """Whether rows of a ledger are reached that name the actor, as handler or as whom they are about."""
    return any(
        reach.grant.within in _BY_NAME and getattr(kind.model, f"access_{reach.grant.within}", "")
        for reach in reaches(actor, kind.access, verb)
    )


def _is_sent(kind: Kind) -> bool:
    """Whether its rows are read where they were sent to: the index does not know where that was."""
    return kind.model.access_shared not in ("", Record.access_shared)


def _span(first: date, last: date) -> Iterator[Expression]:
    """The months between two days, or the years where they are many."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    if 0 < len(months) <= _MOST_MONTHS:
        yield any_of(f"{MARK}m{month // 12:04}{month % 12 + 1:02}" for month in months)
    elif 0 < len(months) <= _MOST_MONTHS * 12:
        yield any_of(f"{MARK}y{year}" for year in range(first.year, last.year + 1))
