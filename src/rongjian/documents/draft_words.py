"""What 读稿核数 knows about words beside those of the indicators: one content file, checked on loading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from rongjian.kernel.content import CONTENT, load_file


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
    def fillers_first_long(self) -> tuple[str, ...]:
        """The fillers, longer ones first, so that 案 does not spoil 案件."""
        return tuple(sorted(self.fillers, key=len, reverse=True))

    def same_unit(self, one: str, other: str) -> bool:
        """Whether two measure words count the same thing."""
        return one == other or any(one in group and other in group for group in self.same_units)


@cache
def draft_words() -> DraftWords:
    """The words that the product ships; ContentError names the file and line of a mistake."""
    return load_file(CONTENT / "draft-check.yaml", DraftWords)[0]
