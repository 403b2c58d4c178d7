"""What 读稿核数 knows about words beside those of the indicators: one content file, checked on loading."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from rongjian.kernel.content import CONTENT, load_file
from rongjian.kernel.quantity_lexicon import any_of


@dataclass(frozen=True, eq=False)
class DraftWords:
    """The groups of content/draft-check.yaml, which says of each what it is for."""

    same_units: tuple[tuple[str, ...], ...]
    not_after: Mapping[str, tuple[str, ...]]
    not_before: Mapping[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    totals: tuple[str, ...]
    approaching: tuple[str, ...]
    remainders: tuple[str, ...]
    ranks: tuple[str, ...]
    elsewhere: tuple[str, ...]

    def __post_init__(self) -> None:
        words = [word for group in self.same_units for word in group]
        if twice := sorted({word for word in words if words.count(word) > 1}):
            raise ValueError(f"same_units 中重复：{'、'.join(twice)}")

    @cached_property
    def filler(self) -> re.Pattern[str]:
        """Any filler, the longer ones first, so that 案 does not spoil 案件."""
        return re.compile(any_of(self.fillers))

    @cached_property
    def _first_of_group(self) -> Mapping[str, str]:
        return {word: group[0] for group in self.same_units for word in group}

    def counted(self, unit: str) -> str:
        """One measure word for all that count the same thing."""
        return self._first_of_group.get(unit, unit)

    def same_unit(self, one: str, other: str) -> bool:
        """Whether two measure words count the same thing."""
        return self.counted(one) == self.counted(other)


@cache
def draft_words() -> DraftWords:
    """The words that the product ships; ContentError names the file and line of a mistake."""
    return load_file(CONTENT / "draft-check.yaml", DraftWords)[0]
