"""Dividing totals: the parts add up, whatever the weights."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.ops.demo.shares import apportion, scattered

WEIGHTS = st.lists(st.floats(0.001, 1000), min_size=1, max_size=60)


@given(total=st.integers(0, 10**10), weights=WEIGHTS)
def test_parts_add_up_and_are_within_one_of_their_share(total: int, weights: list[float]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1 + total * 1e-9


@given(least=st.integers(0, 50), weights=WEIGHTS, more=st.integers(0, 1000))
def test_no_part_is_below_the_least(least: int, weights: list[float], more: int) -> None:
    parts = apportion(least * len(weights) + more, weights, least)
    assert min(parts) >= least
    assert sum(parts) == least * len(weights) + more


def test_equal_weights_favour_the_earlier_part() -> None:
    assert apportion(5, [1.0, 1.0, 1.0]) == [2, 2, 1]


@pytest.mark.parametrize(
    ("total", "weights", "least"), [(3, [1.0, 1.0], 2), (1, [0.0], 0), (1, [2.0, -1.0], 0)]
)
def test_what_cannot_be_divided_is_refused(total: int, weights: list[float], least: int) -> None:
    with pytest.raises(ValueError, match="cannot divide"):
        apportion(total, weights, least)


def test_the_same_seed_scatters_the_same_way() -> None:
    assert scattered(Random(7), 1278, 40) == scattered(Random(7), 1278, 40)
    assert scattered(Random(7), 1278, 40) != scattered(Random(8), 1278, 40)
