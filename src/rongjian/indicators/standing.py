"""Records of several hosts in the cube: one at each host, and once above where hosts come together.

A record of k hosts adds 1 at each of them. In the order of paths, everything below a unit is one
run, so its hosts below any unit are neighbours; where two neighbours come together (their lowest
common unit) 1 is taken away again. A unit with j hosts below it then has j − (j − 1) = 1, whatever
the tree, and every plane of the cube stays a plain sum. What is added up follows its record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from rongjian.indicators.cube import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

Share = tuple[int, int]
"""A unit, and how often a record counts there beside its own unit."""


@dataclass(frozen=True)
class Standing:
    """Where every unit stands today; `between` is what a text of hosts sets between two codes."""

    units: Sequence[tuple[str, int]]
    between: str
    _paths: dict[int, str] = field(default_factory=dict)
    _by_path: dict[str, int] = field(default_factory=dict)
    _by_code: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[int, str], tuple[Share, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path, pk in self.units:
            self._paths[pk] = path
            self._by_path[path] = pk
            self._by_code[path.rstrip("/").rpartition("/")[2]] = path

    def spread(self, rows: Rows, hosts: Sequence[str]) -> Rows:
        """The rows with what their further hosts add and take away behind them."""
        at: list[int] = []
        found: list[Share] = []
        for place, stated in enumerate(hosts):
            if stated:
                shares = self.shares(int(rows.unit_ids[place]), stated)
                at += [place] * len(shares)
                found += shares
        if not found:
            return rows
        units, times = np.array(found, np.int64).T
        amounts = {
            part: np.concatenate([column, column[at] * times])
            for part, column in rows.amounts.items()
        }
        months = np.concatenate([rows.months, rows.months[at]])
        return Rows(np.concatenate([rows.unit_ids, units]), months, amounts)

    def shares(self, unit: int, stated: str) -> tuple[Share, ...]:
        """What a record of a unit and further hosts counts beside the 1 at its unit."""
        key = (unit, stated)
        if key not in self._known:
            self._known[key] = tuple(self._shares(*key))
        return self._known[key]

    def _shares(self, unit: int, stated: str) -> list[Share]:
        own = self._paths.get(unit, "")
        named = {self._by_code.get(code, "") for code in stated.split(self.between)}
        hosts = sorted({own, *named} - {""})
        shares = [(self._by_path[path], 1) for path in hosts if path != own]
        meetings = (meeting(*neighbours) for neighbours in pairwise(hosts))
        # Units of separate trees come together nowhere: there both count.
        return shares + [(self._by_path[path], -1) for path in meetings if path in self._by_path]


def meeting(one: str, other: str) -> str:
    """The path of the lowest unit that holds both; empty where none does."""
    shared = []
    for code, same in zip(one.split("/"), other.split("/"), strict=False):
        if code != same or not code:
            break
        shared.append(code)
    return "".join(f"{code}/" for code in shared)
