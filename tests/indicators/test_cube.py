"""The cube against plain adding up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.indicators.cube import Axes, Cube, Rows
from rongjian.kernel.periods import Month, Period

FIRST = Month.at(2020, 1).index
MONTHS = 6
# Codes in which a dash, a digit and a letter follow, so that the order of paths is put to the test.
PATHS = (
    "45/",
    "45/4501-P/",
    "45/4501/",
    "45/4501/4501-01/",
    "45/4501/450102/",
    "45/4501/450102/450102-01/",
    "45/45010/",
    "45/4502/",
)
AXES = Axes(tuple(range(100, 100 + len(PATHS))), PATHS, FIRST, MONTHS, ("p", "q"), True, True)
ROWS = st.lists(
    st.tuples(
        st.sampled_from([*AXES.unit_ids, 7]),
        st.integers(FIRST - 2, FIRST + MONTHS + 1),
        st.integers(-(10**14), 10**14),
        st.integers(-1, 1),
    ),
    max_size=30,
)


def rows(written: Any) -> Rows:
    columns = np.array(written, np.int64).reshape(-1, 4).T
    return Rows(columns[0], columns[1], {"p": columns[2], "q": columns[3]})


def plainly(written: Any, unit: int, span: tuple[int, int], place: int) -> int:
    inside = {
        u for u, path in zip(AXES.unit_ids, PATHS, strict=True) if path.startswith(PATHS[unit])
    }
    return sum(
        row[place]
        for row in written
        if row[0] in inside and FIRST + span[0] <= row[1] < FIRST + span[1]
    )


def test_paths_stand_in_order() -> None:
    assert list(PATHS) == sorted(PATHS)


@given(ROWS, st.integers(0, len(PATHS) - 1), st.integers(0, MONTHS), st.integers(0, MONTHS))
def test_a_total_is_what_adding_up_gives(written: Any, unit: int, one: int, two: int) -> None:
    cube, span = Cube.of(AXES, [rows(written)]), (min(one, two), max(one, two))
    for place, part in ((2, "p"), (3, "q")):
        assert cube.total(part, AXES.unit_ids[unit], span) == plainly(written, unit, span, place)


@given(ROWS)
def test_a_grid_holds_the_single_totals(written: Any) -> None:
    cube = Cube.of(AXES, [rows(written)])
    period = Period(Month(FIRST - 1), Month(FIRST + MONTHS))
    grid = cube.by_month("p", [AXES.subtree(unit) for unit in AXES.unit_ids], period)
    assert grid.shape == (len(PATHS), MONTHS + 2)
    assert not grid[:, [0, -1]].any()
    for place, unit in enumerate(AXES.unit_ids):
        for month in range(MONTHS):
            assert grid[place, month + 1] == cube.total("p", unit, (month, month + 1))


@given(ROWS, ROWS)
def test_adding_later_is_adding_at_once(first: Any, second: Any) -> None:
    before = Cube.of(AXES, [rows(first)])
    after = before.plus(before.deltas([rows(second)]))
    at_once = Cube.of(AXES, [rows(first), rows(second)])
    for one, other in zip(after.planes, at_once.planes, strict=True):
        np.testing.assert_array_equal(one, other)


@given(ROWS)
def test_what_cancels_out_touches_nothing(written: Any) -> None:
    cube = Cube.of(AXES, [rows(written)])
    away = rows([(unit, month, -p, -q) for unit, month, p, q in written])
    assert cube.deltas([rows(written), away]) == {}
    assert cube.plus({}).planes == cube.planes


def test_a_unit_founded_later_has_nothing_yet() -> None:
    cube = Cube.of(AXES, [rows([(100, FIRST, 5, 1)])])
    assert cube.total("p", 999, (0, MONTHS)) == 0


SPANS = [
    # first, last, slice where rows lie beyond either end, slice where none do
    ("2020-01", "2020-06", (0, 6), (0, 6)),
    ("2020-02", "2020-02", (1, 2), (1, 2)),
    ("2019-12", "2020-02", None, (0, 2)),
    ("2020-06", "2020-09", None, (5, 6)),
    ("2018-01", "2018-12", None, (0, 0)),
    ("2021-01", "2021-12", None, (6, 6)),
]


@pytest.mark.parametrize(("first", "last", "beyond", "clean"), SPANS)
def test_a_period_may_reach_as_far_as_there_are_no_rows(
    first: str, last: str, beyond: Any, clean: Any
) -> None:
    period = Period.parse(f"{first}..{last}")
    assert AXES.span(period) == beyond
    assert replace(AXES, earlier=False, later=False).span(period) == clean
