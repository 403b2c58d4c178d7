"""Hints at rows of an import that another unit seems to have recorded already.

They keep no row back: two units may well have done much the same. Only records that the importer may
read are named; whoever reads more finds the rest by `same_deeds.twins`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rongjian.kernel.same_deeds import Deeds
from rongjian.records.import_reading import Trouble, quoted
from rongjian.records.same_deeds import claim, stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rongjian.kernel.same_deeds import Claim
    from rongjian.org.access import Actor
    from rongjian.records.import_checking import Line
    from rongjian.records.kinds import Kind

_AROUND = timedelta(days=60)
"""So far around the rows' days records are read, so that common words are known as common."""


def hints(
    actor: Actor, kind: Kind, lines: Sequence[Line], unit_words: Callable[[int], str]
) -> Iterator[tuple[Line, str, Trouble]]:
    """(line, field, hint) of new rows that look like a record or row of another unit."""
    deed = kind.deed
    days = [line.values["happened_on"] for line in lines]
    if deed is None or not days:
        return
    margin = max(_AROUND, timedelta(days=deed.days))
    known = list(stored(actor, kind, (min(days) - margin, max(days) + margin)))
    # Rows of the file have negative places: they are no records yet.
    rows = [claim(kind, -line.row.number, line.values) for line in lines]
    deeds = Deeds([*known, *rows], deed.days)
    for line, row in zip(lines, rows, strict=True):
        others = [found.second for found in deeds.of(row)]
        if others:
            # What is in the database counts before what the same file says.
            other = max(others, key=lambda each: each.place)
            yield line, (*deed.name, "key")[0], _hint(other, unit_words)


def _hint(other: Claim, unit_words: Callable[[int], str]) -> Trouble:
    about = quoted(other.names[0] if other.names else other.key)
    unit = unit_words(other.unit)
    if other.place < 0:
        words = f"可能与第 {-other.place} 行（{unit}）是同一件事，请核实是否重复申报"
        return Trouble("hint", words, other=-other.place)
    words = f"可能与{unit}已登记的{about}是同一件事，请核实是否重复申报"
    return Trouble("hint", words, record=other.place)
