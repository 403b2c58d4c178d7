"""Dividing a fixed total into whole parts, so that the parts always add up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def apportion(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """Whole parts of a total in proportion to the weights, by largest remainder.

    Every part is at least `least`; equal remainders go to the earlier part. ValueError when the
    total is too small for that or no weight is positive.
    """
    rest = total - least * len(weights)
    whole = sum(weights)
    if rest < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot divide {total} into {len(weights)} parts of at least {least}")
    exact = [rest * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: (parts[place] - exact[place], place)
    )
    for place in by_remainder[: rest - sum(parts)]:
        parts[place] += 1
    return [least + part for part in parts]


def scattered(random: Random, total: int, places: int, least: int = 0) -> list[int]:
    """A total divided unevenly, as chance would have it."""
    return apportion(total, [random.uniform(0.25, 1.75) for _ in range(places)], least)
