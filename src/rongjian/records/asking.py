"""What somebody typed, word by word: the texts, sounds, days, ledgers, units and people it can mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rongjian.kernel.find_words import (
    INITIALS,
    MARK,
    PRIVATE,
    SHORTEST_SOUND,
    SOUNDS,
    fold,
    heard,
    needed,
    readings,
)
from rongjian.org.finding import people_called
from rongjian.records.indexing import kind_mark, person_mark, place_marks
from rongjian.records.kinds import kinds
from rongjian.records.postings import any_of, every
from rongjian.records.unmasking import named_at_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rongjian.org.access import Actor
    from rongjian.org.finding import Directory
    from rongjian.records.postings import Expression

LONGEST = 60
"""Characters of a question that are read."""
_MOST_WORDS = 6
_MOST_UNITS = 100
"""A word that names more units than this names none: 部, 检察."""
_MOST_PEOPLE = 50
_DAY = re.compile(
    r"(?P<y>(?:19|20)\d\d)(?:[年./-]?(?P<m>0?[1-9]|1[0-2])"
    r"(?:[月./-]?(?P<d>0?[1-9]|[12]\d|3[01])日?|月)?|年)?"
)


@dataclass(frozen=True)
class Word:
    """One word, folded, and what else than text it can stand for.

    `heard`: letters that can be the sounds of a title. `marks` are the days, ledgers and units it
    names, `people` those of the own procuratorate.
    """

    text: str
    heard: bool = False
    marks: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


def words_of(actor: Actor, typed: str, directory: Directory) -> tuple[Word, ...]:
    """The words of a question, each once; what has neither character nor digit is no word."""
    folded = fold(typed[:LONGEST])
    texts = [text for text in dict.fromkeys(folded.split()) if needed(text)]
    return tuple(_word(actor, text, directory) for text in texts[:_MOST_WORDS])


def _word(actor: Actor, text: str, directory: Directory) -> Word:
    letters = text.isascii() and text.isalpha()
    people = people_called(actor, text, at_home=True)[:_MOST_PEOPLE]
    return Word(
        text,
        heard=letters and len(text) >= SHORTEST_SOUND,
        marks=frozenset((*_days(text), *_ledgers(text), *_units(text, directory))),
        people=frozenset(person_mark(person.pk) for person in people),
    )


def _days(text: str) -> Iterator[str]:
    """2026年, 2026-06, 2026年6月25日, 20260625: the mark of that year, month or day."""
    if (match := _DAY.fullmatch(text)) is None:
        return
    year, month, day = match["y"], match["m"], match["d"]
    if day:
        yield f"{MARK}d{year}{int(month):02}{int(day):02}"
    elif month:
        yield f"{MARK}m{year}{int(month):02}"
    else:
        yield f"{MARK}y{year}"


def _ledgers(text: str) -> Iterator[str]:
    """Ledgers whose name the word is, or begins, or sounds like."""
    for kind in kinds():
        name = fold(kind.name)
        if len(text) > 1 and (name.startswith(text) or (text.isalpha() and _sounds(text, name))):
            yield kind_mark(kind.code)


def _sounds(text: str, name: str) -> bool:
    return text.isascii() and heard(text, name) is not None


def _units(text: str, directory: Directory) -> Iterator[str]:
    if len(text) > 1:
        marks = place_marks(directory, directory.meant(text))
        if len(marks) <= _MOST_UNITS:
            yield from marks


# --- as the index is asked ---------------------------------------------------------------------------


def expression(word: Word, *, full: bool) -> Expression:
    """What the index must have of a record that can have the word, read in full or projected."""
    ways = [_text(word.text, full=full)]
    if word.heard:
        ways += _by_sound(word.text)
    ways += sorted(word.marks)
    if full and word.people:
        named = [kind_mark(kind.code) for kind in kinds() if named_at_home(kind.code)]
        ways.append(every(any_of(sorted(word.people)), any_of(named)))
    return any_of(ways)


def _text(text: str, *, full: bool) -> Expression:
    parts: list[Expression] = list(needed(text))
    if full:
        parts = [any_of((part, f"{PRIVATE}{part}")) for part in parts]
    return every(*parts)


def _by_sound(letters: str) -> Iterator[Expression]:
    """A title by its initials, by threes; by whole syllables, by pairs."""
    thirds = range(len(letters) - 2)
    yield every(*dict.fromkeys(INITIALS + letters[at : at + 3] for at in thirds))
    for read in readings(letters):
        if len(read) > 1:
            pairs = (SOUNDS + one + other for one, other in pairwise(read))
            yield every(*dict.fromkeys(pairs))
