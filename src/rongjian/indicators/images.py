"""Parts over the images of records that events carry: the same conditions in plain Python.

Images hold plain values: days and amounts as text, everything else as it is. A batch may have
ten thousand of them, so each condition is asked column by column.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rongjian.indicators.formula import Part
from rongjian.indicators.spec import Condition, Family, FieldType, Plain, Schema

Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


class Images:
    """Images of records of one kind, as columns; what was asked of them once is remembered."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], schema: Schema, size: int) -> None:
        self.columns = columns
        self.schema = schema
        self.size = size
        self._known: dict[Condition, Flags] = {}

    def amounts(self, part: Part) -> Whole:
        """What each image adds to an additive part; 0 where its conditions do not hold."""
        holds = self._holding(part)
        if part.measure == "count":
            return holds.astype(np.int64)
        return np.where(holds, self._amounts(part), 0)

    def months(self, on: str) -> Whole:
        """The month of each image by a date (year × 12 + month − 1); −1 where there is none."""
        column = self.columns[self.schema[on].lookup]
        known = {day: _month(day) for day in set(column)}
        return np.fromiter(map(known.__getitem__, column), np.int64, self.size)

    def _holding(self, part: Part) -> Flags:
        holds = np.zeros(self.size, bool)
        for group in part.where:
            every = np.ones(self.size, bool)
            for condition in group:
                if condition not in self._known:
                    self._known[condition] = self._asking(condition)
                every &= self._known[condition]
            holds |= every
        return holds

    def _asking(self, condition: Condition) -> Flags:
        """The condition over a column; each distinct value is looked at once."""
        type_ = self.schema[condition.field]
        column = self.columns[type_.lookup]
        ask = test(condition, type_)
        answers = {value: ask(value) for value in set(column)}
        return np.fromiter(map(answers.__getitem__, column), bool, self.size)

    def _amounts(self, part: Part) -> Whole:
        type_ = self.schema[part.field]
        amounts = (_scaled(value, part.places) for value in self.columns[type_.lookup])
        return np.fromiter(amounts, np.int64, self.size)


def test(condition: Condition, type_: FieldType) -> Callable[[Any], bool]:
    """The condition as a question about one plain value."""
    if condition.op in ("empty", "not-empty"):
        blanks = (None, "") if type_.family == "text" else (None,)
        return lambda value: (value in blanks) is (condition.op == "empty")
    wanted = [_typed(value, type_.family) for value in condition.values]
    if condition.op in _ORDERS:
        order = _ORDERS[condition.op]
        return lambda value: value is not None and order(_typed(value, type_.family), wanted[0])
    named = condition.op in ("=", "in")
    return lambda value: (value is not None and _typed(value, type_.family) in wanted) is named


def _typed(value: Plain, family: Family) -> Plain:
    """A value of an image or a definition in a form in which the two can be compared."""
    if family == "money":
        return Decimal(value)  # type: ignore[arg-type]  # a date is never compared with money
    if family == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    return value


def _scaled(value: Any, places: int) -> int:
    return 0 if value is None else int(Decimal(value).scaleb(places))


def _month(day: str | None) -> int:
    return -1 if day is None else int(day[:4]) * 12 + int(day[5:7]) - 1
