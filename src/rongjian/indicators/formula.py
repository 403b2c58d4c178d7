"""What a definition comes down to: sums of parts, each one number over the rows of a kind.

A part is the least that is ever counted. Definitions share them: the count of arrests is a figure
of its own and the top of a rate, and is kept once. Counts and sums can be added over units and
months, so a ratio is made of its parts at every level and never of other ratios.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from rongjian.indicators.spec import Catalogue, Condition, Definition, Schema

Where = tuple[tuple[Condition, ...], ...]
"""Alternatives, each a list of conditions that hold together."""
Total = Callable[["Part"], Decimal]
Terms = tuple[tuple[int, "Part"], ...]


@dataclass(frozen=True)
class Part:
    """One number over the rows of a kind, dated by `on`, for which one alternative holds.

    It is taken in units of 10 to the power of minus `places`, so that money is counted in fen.
    """

    kind: str
    measure: Literal["count", "sum", "distinct", "median"]
    on: str
    field: str
    places: int
    where: Where

    @cached_property
    def key(self) -> str:
        """The part as a text that stays the same: by it a stored number is found again."""
        where = [[[c.field, c.op, *map(repr, c.values)] for c in group] for group in self.where]
        shape = [self.kind, self.measure, self.on, self.field, self.places, where]
        return json.dumps(shape, ensure_ascii=False, separators=(",", ":"))

    @property
    def additive(self) -> bool:
        """Whether the numbers of two units or months can be added."""
        return self.measure in ("count", "sum")


@dataclass(frozen=True)
class Formula:
    """A figure as parts: the signed sum of `top`, over that of `bottom` where there is one.

    `rows` counts the rows behind the figure, those of top and bottom together.
    """

    top: Terms
    bottom: Terms
    scale: Decimal
    rows: Part

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part that the value is made of, and the count of its rows."""
        return tuple(dict.fromkeys((*(part for _, part in self.top + self.bottom), self.rows)))

    @property
    def additive(self) -> bool:
        """Whether the figure can be made of numbers of single units and months."""
        return all(part.additive for part in self.parts)

    @property
    def counts(self) -> bool:
        """Whether the value counts something, so that there being nothing makes it 0."""
        return all(part.measure in ("count", "distinct") for _, part in self.top)

    def value(self, total: Total) -> Decimal | None:
        """The figure, given the total of each part; None where there is nothing to speak of.

        Counting nothing gives 0. Adding up nothing, or a share of nothing, gives no value.
        """
        top = sum((sign * total(part) for sign, part in self.top), Decimal(0))
        if self.bottom:
            bottom = sum((sign * total(part) for sign, part in self.bottom), Decimal(0))
            return top * self.scale / bottom if bottom else None
        return top if self.counts or total(self.rows) else None


def formula_of(
    catalogue: Catalogue, definition: Definition, day: date, schemas: Mapping[str, Schema]
) -> Formula:
    """The formula of a definition, with the versions in force on a day of what it refers to."""

    def terms(codes: Iterable[str], sign: int) -> Iterator[tuple[int, Part]]:
        for code in codes:
            yield from expanded(catalogue.in_force(code, day), sign)

    def expanded(part: Definition, sign: int) -> Iterator[tuple[int, Part]]:
        if part.measure == "derived":
            yield from terms(part.plus, sign)
            yield from terms(part.minus, -sign)
        else:
            yield sign, _part(part, schemas[part.of])

    if definition.measure == "ratio":
        top, bottom = tuple(terms([definition.top], 1)), tuple(terms([definition.bottom], 1))
    else:
        top, bottom = tuple(expanded(definition, 1)), ()
    behind = {group for _, part in top + bottom for group in part.where}
    rows = replace(top[0][1], measure="count", field="", places=0, where=_shortest(behind))
    return Formula(top, bottom, definition.scale, rows)


def _part(definition: Definition, schema: Schema) -> Part:
    if definition.measure not in ("count", "sum", "distinct", "median"):
        raise ValueError(f"{definition.code} is made of parts and is none")
    asked = set(definition.where)
    if definition.field:
        # A row that does not say what is added up is not behind the sum.
        asked.add(Condition(definition.field, "not-empty"))
    field = definition.field
    return Part(
        kind=definition.of,
        measure=definition.measure,
        on=definition.on,
        field=field,
        places=schema[field].places if definition.measure in ("sum", "median") else 0,
        where=_shortest([_sorted(asked)]),
    )


def _sorted(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    return tuple(sorted(conditions, key=lambda each: (each.field, each.op, repr(each.value))))


def _shortest(groups: Iterable[tuple[Condition, ...]]) -> Where:
    """The alternatives in a fixed order, without those that another one covers."""
    known = {frozenset(group): group for group in groups}
    kept = (group for own, group in known.items() if not any(other < own for other in known))
    return tuple(sorted(kept, key=repr))
