"""Records that a search has found, as its page and its short list print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.find_words import spots
from rongjian.org.models import Person
from rongjian.records.kinds import kind_of
from rongjian.records.queries import about, shown, unit_words, with_names
from rongjian.records.unmasking import named_at_home

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.records.finding import Hit
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

_BEFORE, _LONGEST = 16, 64
"""Characters of a text before the first word found, and in all."""

Pieces = tuple[tuple[str, bool], ...]
"""A text in stretches, with whether each is a word that was found."""


@dataclass(frozen=True)
class FoundRow:
    """One record: its ledger, what it is called, where the words stand, whose it is and of when."""

    kind: Kind
    pk: int
    title: Pieces
    field: str
    text: Pieces
    unit: Pieces
    day: date
    lamp: str
    state: str
    projected: bool


def found_rows(actor: Actor, hits: Sequence[Hit], words: tuple[str, ...]) -> tuple[FoundRow, ...]:
    """The records in the order of the hits; one query for each ledger among them."""
    by_kind: dict[str, list[int]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit.pk)
    stored: dict[int, Record] = {}
    for code, ids in by_kind.items():
        kind = kind_of(code)
        rows = kind.model._default_manager.filter(pk__in=ids)
        stored |= {record.pk: record for record in with_names(kind, rows, kind.fields)}
    return tuple(_row(actor, stored[hit.pk], hit, words) for hit in hits if hit.pk in stored)


def _row(actor: Actor, record: Record, hit: Hit, words: tuple[str, ...]) -> FoundRow:
    kind = kind_of(record.kind)
    title = about(record)
    at_home = record.court_id == actor.person.court_id and not hit.projected
    heading, text = next(_places(kind, record, hit, words, title, at_home=at_home), ("", ""))
    state = kind.flow.state(record.state)
    return FoundRow(
        kind=kind,
        pk=record.pk,
        title=marked(title, words),
        field=heading,
        text=marked(_clipped(text, words), words),
        unit=marked(unit_words(record.unit), words),
        day=record.happened_on,
        lamp=state.lamp,
        state=state.name,
        projected=hit.projected,
    )


def _places(
    kind: Kind, record: Record, hit: Hit, words: tuple[str, ...], title: str, *, at_home: bool
) -> Iterator[tuple[str, str]]:
    """(heading, text) of the fields besides the title in which a word stands, as far as read."""
    missing = tuple(word for word in words if not spots(title, (word,)))
    for name in ("key", *kind.fields):
        if name in ("unit", "happened_on") or (hit.projected and name in kind.private):
            continue
        if isinstance(getattr(record, name), Person) and not (at_home and named_at_home(kind.code)):
            continue
        text = shown(kind, name, record, masked=False)
        if text and text != title and spots(text, missing):
            yield kind.heading(name), text


def _clipped(text: str, words: tuple[str, ...]) -> str:
    """The part of a long text around the first word found."""
    if len(text) <= _LONGEST:
        return text
    found = spots(text, words)
    start = max(0, found[0][0] - _BEFORE) if found else 0
    part = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{part}{'…' if start + _LONGEST < len(text) else ''}"


def marked(text: str, words: tuple[str, ...]) -> Pieces:
    """A text with the words that were looked for apart."""
    pieces: list[tuple[str, bool]] = []
    last = 0
    for start, end in spots(text, words):
        pieces += [(text[last:start], False), (text[start:end], True)]
        last = end
    pieces.append((text[last:], False))
    return tuple(piece for piece in pieces if piece[0])
