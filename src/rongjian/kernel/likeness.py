"""Which of many names somebody most likely meant: by spelling and, for slips of the keyboard, by sound."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pypinyin import lazy_pinyin

_ALIKE_ENOUGH = 0.5
_BY_SOUND = 0.95
"""Equal sound counts a little less than equal characters."""

_LONGEST = 60
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n"))


@lru_cache(maxsize=50_000)
def _sounds(word: str) -> tuple[str, ...]:
    """Syllables without what many speakers do not tell apart: zh/z, ch/c, sh/s, l/n, -ng/-n."""
    return tuple(_folded(sound) for sound in lazy_pinyin(word))


def _folded(sound: str) -> str:
    for initial, plain in _INITIALS:
        if sound.startswith(initial):
            sound = plain + sound[len(initial) :]
            break
    return sound.removesuffix("g") if sound.endswith("ng") else sound


def nearest(word: str, candidates: Sequence[str], n: int = 1) -> list[str]:
    """At most `n` of `candidates` that `word` may have been meant for, the likeliest first.

    Of equally likely ones the earlier candidate comes first. Nothing is returned for a word that is
    unlike all of them.
    """
    word = word[:_LONGEST]
    sounds = _sounds(word)
    bounds = []
    for at, candidate in enumerate(candidates):
        bound = max(_most(word, candidate), _BY_SOUND * _most(sounds, _sounds(candidate)))
        if bound >= _ALIKE_ENOUGH:
            bounds.append((-bound, at))
    found: list[tuple[float, float, int]] = []
    for negative, at in sorted(bounds):
        if len(found) >= n and -negative < -found[n - 1][0]:
            break
        spelt = _likeness(word, candidates[at])
        heard = _BY_SOUND * _likeness(sounds, _sounds(candidates[at]))
        if max(spelt, heard) >= _ALIKE_ENOUGH:
            found.append((-max(spelt, heard), -spelt - heard, at))
            found.sort()
    return [candidates[at] for _, _, at in found[:n]]


def _most(a: Sequence[str], b: Sequence[str]) -> float:
    """The likeness two sequences can have at most, from their members alone: cheap to reject with."""
    longest = max(len(a), len(b))
    return sum(part in b for part in a) / longest if longest else 0.0


def _likeness(a: Sequence[str], b: Sequence[str]) -> float:
    """1 for equal sequences, 0 for ones with nothing in common: share of parts not to be edited."""
    longest = max(len(a), len(b))
    return 1 - _edits(a, b) / longest if longest else 0.0


def _edits(a: Sequence[str], b: Sequence[str]) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`."""
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        current = [i]
        for j, right in enumerate(b, 1):
            cost = min(above[j] + 1, current[-1] + 1, above[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, above = above, current
    return above[-1]
