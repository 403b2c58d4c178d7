"""Which indicator a quantity of a draft means, told by the words around it.

An indicator is declared with groups of synonyms. One word of every group must be there: its verb and
noun among the quantity's own words, a campaign (涉黑涉恶, 涉疫) there or named before it. Words of the
quantity that nothing explains make it a narrower figure (起诉毒品犯罪300人), which is then none of ours.
Of several candidates that one wins whose campaign is named nearest, then the one with more groups,
then the one whose word stands nearest to the number; 批捕、起诉分别为369人、1591人 are told apart by order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from rongjian.documents.draft_layout import (
    Governing,
    Hit,
    Own,
    WordPlaces,
    governing_topics,
    own_words,
    topic_words,
    unexplained,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rongjian.documents.draft_words import DraftWords
    from rongjian.indicators.spec import Definition
    from rongjian.kernel.catalogue import Campaign
    from rongjian.kernel.quantities import Quantity
    from rongjian.kernel.quantity_lexicon import Lexicon

_NEVER = ("change", "rank")
"""Kinds of quantities that no indicator is printed as: it gives a level, and never a place."""
_COORDINATED = re.compile(r"[ 、和及与并]{1,3}")
_MOST = (1, 1)
"""How many unexplained characters may stand between an indicator's word and the number, and ahead …"""
_MOST_WITH_TOPIC = (2, 6)
"""… and how many where a campaign tells what is meant."""
_OWN, _NEAR, _FAR, _NONE = 3, 2, 1, 0


@dataclass(frozen=True)
class Match:
    """The indicator that a quantity means, and the words that say so."""

    definition: Definition
    words: tuple[str, ...]


@dataclass(frozen=True)
class _Wanted:
    """An indicator as matching sees it: the groups that must be its own words, and its topic."""

    definition: Definition
    heads: tuple[tuple[str, ...], ...]
    topic: tuple[str, ...]
    """Words of the group that names the campaign; empty where no group does."""
    campaigns: frozenset[str]


@dataclass(frozen=True)
class _Candidate:
    """An indicator that a quantity may mean, and what speaks for it."""

    wanted: _Wanted
    heads: tuple[Hit, ...]
    topic: str
    tier: int
    exact_unit: bool
    distance: int

    @property
    def rank(self) -> tuple[int, int, bool]:
        """What decides first; of equals the distance, then the longer words."""
        return self.tier, len(self.wanted.definition.words), self.exact_unit

    @property
    def match(self) -> Match:
        """The candidate as the result."""
        said = (*(hit.word for hit in self.heads), self.topic)
        return Match(self.wanted.definition, tuple(dict.fromkeys(filter(None, said))))


@dataclass(frozen=True, eq=False)
class Matcher:
    """Matches the quantities of drafts with the indicators of a catalogue."""

    definitions: tuple[Definition, ...]
    campaigns: tuple[Campaign, ...]
    words: DraftWords
    lexicon: Lexicon

    def matches(self, text: str, quantities: Sequence[Quantity]) -> list[Match | None]:
        """For each quantity of the text, in order, the indicator it means; None without one."""
        listed = {word for wanted in self._wanted for group in wanted.heads for word in group}
        listed |= {word for wanted in self._wanted for word in wanted.topic}
        listed |= set(self.words.totals)
        places = WordPlaces(text, listed | self._topics.keys(), self.words)
        reading = _Reading(
            places=places,
            quantities=quantities,
            owns=own_words(places.plain, quantities, self.words),
            governing=governing_topics(places, quantities, self._topics, self.lexicon),
            topics=self._topics,
            words=self.words,
        )
        found: dict[int, Match | None] = {}
        for number, quantity in enumerate(quantities):
            whole = found.get(quantity.part_of) if quantity.part_of is not None else None
            wanted = self._by_unit.get(self.words.counted(quantity.unit), ())
            candidates = reading.candidates(number, wanted, whole)
            found[quantity.start] = _chosen(candidates, reading, number)
        return list(found.values())

    @cached_property
    def _named(self) -> Mapping[str, frozenset[str]]:
        """The words of the campaigns, as they are declared."""
        return topic_words((campaign.code, campaign.words) for campaign in self.campaigns)

    @cached_property
    def _topics(self) -> Mapping[str, frozenset[str]]:
        """Those that name a campaign wherever they stand: 查扣冻 says what was done and names none."""
        heads = {
            word
            for wanted in self._wanted
            for group in wanted.heads
            if not self._is_topical(group, self._words_of(wanted.definition.campaign))
            for word in group
        }
        return {word: codes for word, codes in self._named.items() if word not in heads}

    @cached_property
    def _wanted(self) -> tuple[_Wanted, ...]:
        return tuple(self._as_wanted(definition) for definition in self.definitions)

    @cached_property
    def _by_unit(self) -> Mapping[str, list[_Wanted]]:
        """The indicators by what they count: only those can be meant."""
        result: defaultdict[str, list[_Wanted]] = defaultdict(list)
        for wanted in self._wanted:
            result[self.words.counted(wanted.definition.unit)].append(wanted)
        return result

    def _words_of(self, code: str) -> tuple[str, ...]:
        return next((each.words for each in self.campaigns if each.code == code), ())

    def _as_wanted(self, definition: Definition) -> _Wanted:
        """Tell the group that names a campaign from the others; alone, it is like any other."""
        own = self._words_of(definition.campaign)
        group = next((g for g in definition.words if self._is_topical(g, own)), ())
        codes = {code for word in group for code in self._named.get(word, ())}
        campaigns = frozenset({definition.campaign} if definition.campaign else codes)
        heads = tuple(each for each in definition.words if each is not group)
        if not heads or not group:
            return _Wanted(definition, definition.words, (), campaigns)
        return _Wanted(definition, heads, group, campaigns)

    def _is_topical(self, group: tuple[str, ...], own: Sequence[str]) -> bool:
        """Whether a group names a campaign: the indicator's, or in most of its words another."""
        if own:
            return any(word in own for word in group)
        return sum(word in self._named for word in group) * 2 > len(group)


@dataclass(frozen=True)
class _Reading:
    """A draft with everything that matching asks about its quantities."""

    places: WordPlaces
    quantities: Sequence[Quantity]
    owns: Sequence[Own]
    governing: Sequence[Governing | None]
    topics: Mapping[str, frozenset[str]]
    words: DraftWords

    def candidates(
        self, number: int, wanted: Iterable[_Wanted], whole: Match | None
    ) -> list[_Candidate]:
        """The indicators that a quantity may mean."""
        quantity, own = self.quantities[number], self.owns[number]
        if quantity.kind in _NEVER:
            return []
        here = self.places.within(own.start, own.end)
        found = (
            self._candidate(number, each, here)
            for each in wanted
            if not (whole and whole.definition.code == each.definition.code)
        )
        return [each for each in found if each is not None]

    def _candidate(
        self, number: int, wanted: _Wanted, here: Mapping[str, list[Hit]]
    ) -> _Candidate | None:
        quantity = self.quantities[number]
        if any(here.keys().isdisjoint(group) for group in wanted.heads):
            return None
        hits = tuple(_nearest(group, here, quantity) for group in wanted.heads)
        topic, tier = self._topic(number, wanted, here)
        if tier is None or not self._is_explained(number, hits, wanted, here):
            return None
        return _Candidate(
            wanted,
            hits,
            topic,
            tier,
            exact_unit=quantity.unit == wanted.definition.unit,
            distance=min((_distance(hit, quantity) for hit in hits), default=0),
        )

    def _topic(
        self, number: int, wanted: _Wanted, here: Mapping[str, list[Hit]]
    ) -> tuple[str, int | None]:
        """The word that names the indicator's campaign and how near it stands; None if another is.

        An indicator without a campaign is none where the sentence has named one.
        """
        spoken = {code for word in here for code in self.topics.get(word, ())}
        if spoken and not spoken & wanted.campaigns:
            return "", None
        named = [word for word in wanted.topic if word in here]
        if named or (spoken and not wanted.topic):
            return max(named, key=len, default=""), _OWN
        return self._carried(number, wanted, here)

    def _carried(
        self, number: int, wanted: _Wanted, here: Mapping[str, list[Hit]]
    ) -> tuple[str, int | None]:
        """The same for a quantity whose own words name no campaign."""
        governing = self.governing[number]
        if governing is None or any(word in here for word in self.words.totals):
            return "", None if wanted.topic else _NONE
        same = governing.topic.campaigns & wanted.campaigns
        if not wanted.topic:
            return "", None if governing.near and not same else _NONE
        if not same or self.quantities[number].part_of is not None:
            return "", None
        return governing.topic.word, _NEAR if governing.near else _FAR

    def _is_explained(
        self,
        number: int,
        hits: tuple[Hit, ...],
        wanted: _Wanted,
        here: Mapping[str, list[Hit]],
    ) -> bool:
        """Whether the words ahead of the number, and those up to the noun behind it, say no more."""
        quantity, own = self.quantities[number], self.owns[number]
        plain = self.places.plain
        known = [*(hit.word for hit in hits), *wanted.topic, quantity.scope, quantity.period_words]
        known += [other.text for other in self.quantities[number - own.shared : number]]
        known += _listed_with(hits, here, plain)
        ahead = [hit.end for hit in hits if hit.end <= quantity.start]
        behind = [hit.start for hit in hits if hit.start >= quantity.end]
        between = plain[max(ahead) : quantity.start] if ahead else ""
        between += "\n" + plain[quantity.end : min(behind)] if behind else ""
        most = _MOST_WITH_TOPIC if wanted.campaigns else _MOST
        parts = (between, plain[own.start : quantity.start])
        return all(
            len(unexplained(part, known, self.words)) <= limit
            for part, limit in zip(parts, most, strict=True)
        )


def _listed_with(hits: tuple[Hit, ...], here: Mapping[str, list[Hit]], plain: str) -> Iterator[str]:
    """The words that stand in one list with the hits: 起诉 of 批捕、起诉."""
    others = [hit for found in here.values() for hit in found]
    for hit in hits:
        for other in others:
            if _COORDINATED.fullmatch(plain, hit.end, other.start):
                yield other.word


def _nearest(group: tuple[str, ...], here: Mapping[str, list[Hit]], quantity: Quantity) -> Hit:
    """The word of a group that stands nearest to the number; of those at one place the longest."""
    hits = [hit for word in group for hit in here.get(word, ())]
    return min(hits, key=lambda hit: (_distance(hit, quantity), -len(hit.word)))


def _distance(hit: Hit, quantity: Quantity) -> int:
    return max(hit.start - quantity.end, quantity.start - hit.end, 0)


def _chosen(candidates: list[_Candidate], reading: _Reading, number: int) -> Match | None:
    """The best candidate; None where two are equally good."""
    if not candidates:
        return None
    best = max(candidate.rank for candidate in candidates)
    equals = [candidate for candidate in candidates if candidate.rank == best]
    listed = _coordinated(equals, reading.places.plain)
    if listed:
        return _respective(listed, reading, number)
    equals.sort(key=lambda each: (each.distance, -sum(len(hit.word) for hit in each.heads)))
    if len(equals) > 1 and _strength(equals[0]) == _strength(equals[1]):
        return None
    return equals[0].match


def _strength(candidate: _Candidate) -> tuple[int, int]:
    return candidate.distance, sum(len(hit.word) for hit in candidate.heads)


def _coordinated(equals: list[_Candidate], plain: str) -> list[_Candidate]:
    """Candidates whose words form a list (批捕、起诉), in its order; empty unless all do."""
    ordered = sorted(equals, key=lambda each: each.heads[0].start if each.heads else 0)
    pairs = list(pairwise(ordered))
    joined = all(
        one.heads
        and other.heads
        and _COORDINATED.fullmatch(plain, one.heads[0].end, other.heads[0].start)
        for one, other in pairs
    )
    return ordered if pairs and joined else []


def _respective(listed: list[_Candidate], reading: _Reading, number: int) -> Match | None:
    """The candidate that stands where the quantity stands in its own list, if both are as long."""
    place = reading.owns[number].shared
    last = number - place
    length = 1
    while last + length < len(reading.owns) and reading.owns[last + length].shared == length:
        length += 1
    return listed[place].match if length == len(listed) else None
