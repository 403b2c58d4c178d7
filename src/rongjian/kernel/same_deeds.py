"""Which statements of different units are likely about one and the same deed.

Two ways lead there: the number of the thing, written a little otherwise (AJ-2026-001, aj2026001), and
texts that are alike on nearly the same day. What many say in the same words (宪法宣传进社区) tells
nothing, so a text is looked for by its rare pairs of characters only; every pair found that way is
then compared exactly. Nothing is decided here: people are asked to look.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

_SIGNS = re.compile(r"[\W_]+")
_NUMBERS = re.compile(r"\d+|(?<=第)[一二三四五六七八九十百]+")
# What the names of houses, firms and places end in: said or left out as one likes.
_FORMS = re.compile(
    "(?:有限责任|股份有限|有限|集团|责任|股份)*公司|人民政府|村民委员会|居民委员会|广西壮族自治区|广西"
)
_CONFUSED = str.maketrans("oil", "011")
_SHORTEST_KEY = 6
_FEW, _FEW_UNITS, _ONE_IN = 30, 3, 200
"""A pair of characters is a common word beyond one in so many statements, and never within a few."""
_LOOKED_FOR = 16
_RARE_SHARED = 2
_SAME_NAME, _SAME_STORY = 0.72, 0.5
_OTHER_NAME, _OTHER_STORY = 0.35, 0.18
_TELLING_NAME, _TELLING_STORY = 20.0, 40.0
"""So many bits must a text say for it to count against the others."""


@dataclass(frozen=True)
class Claim:
    """One unit's statement: `place` is the caller's own number of it, `day` a running number.

    `key` is the number of the thing where that tells, `names` what it and what belongs to it are
    called, `story` what else is said of it; `same` must be equal in both.
    """

    place: int
    unit: int
    day: int
    key: str = ""
    names: tuple[str, ...] = ()
    story: str = ""
    same: Hashable = ()

    @cached_property
    def folded_key(self) -> str:
        """The number without signs, case and letters that are taken for digits."""
        return _plain(self.key).translate(_CONFUSED)

    @cached_property
    def name_pairs(self) -> tuple[frozenset[str], ...]:
        """The pairs of characters of each name."""
        plain = map(_plain, self.names)
        return tuple(_pairs(_FORMS.sub("", name) or name) for name in plain)

    @cached_property
    def story_pairs(self) -> frozenset[str]:
        """The pairs of characters of the story."""
        return _pairs(_plain(self.story))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """All of them."""
        return self.story_pairs.union(*self.name_pairs)

    @cached_property
    def numbers(self) -> tuple[frozenset[str], ...]:
        """The numbers in each name: 第一分公司 is not 第二分公司."""
        plain = (unicodedata.normalize("NFKC", name) for name in self.names)
        return tuple(frozenset(_NUMBERS.findall(name)) for name in plain)


@dataclass(frozen=True)
class Likeness:
    """Two claims of different units that look like one deed, and whether their number told it."""

    first: Claim
    second: Claim
    by_key: bool


def _plain(text: str) -> str:
    return _SIGNS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _pairs(text: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(text)))


class Deeds:
    """Claims of one ledger among which the same deeds are looked for; days at most `apart`."""

    def __init__(self, claims: Sequence[Claim], apart: int) -> None:
        self.claims = claims
        self.apart = apart
        self._by_key: dict[str, list[Claim]] = defaultdict(list)
        self._by_pair: dict[tuple[Hashable, int, str], list[Claim]] = defaultdict(list)
        self._times = Counter(pair for claim in claims for pair in claim.pairs)
        known = len(claims) + 1
        self._bits = {pair: log2(known / times) for pair, times in self._times.items()}
        share = len(claims) // _ONE_IN
        self._rare = {
            pair
            for pair, units in self._units().items()
            if units <= max(_FEW_UNITS, share) and self._times[pair] <= max(_FEW, share)
        }
        for claim in claims:
            self._enter(claim)

    def _units(self) -> Counter[str]:
        """How many units have used each pair of characters."""
        by_unit: dict[int, set[str]] = defaultdict(set)
        for claim in self.claims:
            by_unit[claim.unit] |= claim.pairs
        return Counter(pair for pairs in by_unit.values() for pair in pairs)

    def likenesses(self) -> Iterator[Likeness]:
        """Every two of the claims that look like one deed, each pair once."""
        for claim in self.claims:
            for found in self.of(claim):
                if claim.place < found.second.place:
                    yield found

    def of(self, claim: Claim) -> Iterator[Likeness]:
        """The claims of other units that look like one of the claims."""
        alike = {other.place: other for other in self._numbered_alike(claim)}
        for other in alike.values():
            yield Likeness(claim, other, by_key=True)
        for other in self._sharing(claim):
            if other.place not in alike and self._is_same(claim, other):
                yield Likeness(claim, other, by_key=False)

    def _numbered_alike(self, claim: Claim) -> Iterator[Claim]:
        if len(claim.folded_key) >= _SHORTEST_KEY:
            for other in self._by_key.get(claim.folded_key, ()):
                if self._may_be(claim, other):
                    yield other

    def _sharing(self, claim: Claim) -> Iterator[Claim]:
        """The claims of about that day which share a rare pair of characters."""
        known: dict[int, Claim] = {}
        bucket = claim.day // (self.apart + 1)
        for pair in self._looked_for(claim):
            for near in (bucket - 1, bucket, bucket + 1):
                for other in self._by_pair.get((claim.same, near, pair), ()):
                    known[other.place] = other
        return (other for other in known.values() if self._may_be(claim, other))

    def _may_be(self, claim: Claim, other: Claim) -> bool:
        near = abs(claim.day - other.day) <= self.apart
        return near and claim.unit != other.unit and claim.same == other.same

    def _enter(self, claim: Claim) -> None:
        if len(claim.folded_key) >= _SHORTEST_KEY:
            self._by_key[claim.folded_key].append(claim)
        bucket = claim.day // (self.apart + 1)
        for pair in self._looked_for(claim):
            self._by_pair[claim.same, bucket, pair].append(claim)

    def _looked_for(self, claim: Claim) -> list[str]:
        """The rarest pairs of characters of a claim; those that nobody else has find nobody."""
        times = self._times
        known = sorted((times[pair], pair) for pair in claim.pairs & self._rare if times[pair] > 1)
        return [pair for _, pair in known[:_LOOKED_FOR]]

    def _is_same(self, claim: Claim, other: Claim) -> bool:
        """Whether names and stories, as far as there are any, agree."""
        if not all(map(_within, claim.numbers, other.numbers)):
            return False
        if len(claim.pairs & other.pairs & self._rare) < _RARE_SHARED:
            return False
        both = list(map(self._agreement, claim.name_pairs, other.name_pairs))
        told = sum(said for _, said in both)
        name = sum(shared for shared, _ in both) / told if told else 0.0
        rare = (claim.story_pairs & self._rare, other.story_pairs & self._rare)
        shared, said = self._agreement(*rare)
        story = shared / said if said else 0.0
        if said >= _TELLING_STORY and story < _OTHER_STORY:
            return False
        if said >= _TELLING_STORY and story >= _SAME_STORY:
            return name >= _OTHER_NAME or not told
        other_name = any(
            said >= _TELLING_NAME and shared < _OTHER_NAME * said for shared, said in both
        )
        return name >= _SAME_NAME and not other_name

    def _agreement(self, one: frozenset[str], other: frozenset[str]) -> tuple[float, float]:
        """How many bits of the text that says less the other one has too, and how many it says.

        A pair of characters says the more the fewer have it, so that words of the trade say little.
        """
        return self._said(one & other), min(self._said(one), self._said(other))

    def _said(self, pairs: frozenset[str]) -> float:
        return sum(self._bits.get(pair, 0.0) for pair in pairs)


def _within(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names differ in no number that both have."""
    return one <= other or other <= one
