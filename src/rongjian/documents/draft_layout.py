"""Which words of a draft belong to which of its quantities, and which campaign governs each place.

`批捕犯罪嫌疑人369人、起诉1591人`: 批捕 belongs to 369 and 起诉 to 1591, though one clause holds both. A
campaign, once named, governs what follows in its sentence and, more weakly, in its item, its
paragraph or under its heading, until another one is named.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.kernel.chinese_numbers import fold
from rongjian.kernel.quantity_layout import CLAUSE, ITEM, PARAGRAPH, SENTENCE, Reach, clauses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rongjian.documents.draft_words import DraftWords
    from rongjian.kernel.quantities import Quantity
    from rongjian.kernel.quantity_layout import Clause
    from rongjian.kernel.quantity_lexicon import Lexicon

_JOINED = re.compile(r"[ ,，、和及与并/]*(?:以及)?")
_JOINER_AHEAD = re.compile(r" ?(?:以及|[、/]|[和及与并])")
_JOINER_BEHIND = re.compile(r"(?:以及|[、/]|[和及与并]) ?$")
_LONGEST_LIST = 12
_HAN = re.compile(r"[一-鿿A-Za-z]")


@dataclass(frozen=True, order=True)
class Hit:
    """A word that matters, where it stands in a draft."""

    start: int
    word: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.word)


class WordPlaces:
    """Where the words that matter stand in a draft, without those that only seem to stand there."""

    def __init__(self, text: str, listed: Iterable[str], words: DraftWords) -> None:
        self.plain = fold(text)
        self.hits = sorted(
            Hit(at, word) for word in set(listed) for at in self._found(fold(word), word, words)
        )
        self._starts = [hit.start for hit in self.hits]

    def within(self, start: int, end: int) -> dict[str, list[Hit]]:
        """The words that lie wholly between two places."""
        found: dict[str, list[Hit]] = {}
        for hit in self.hits[bisect_left(self._starts, start) : bisect_left(self._starts, end)]:
            if hit.end <= end:
                found.setdefault(hit.word, []).append(hit)
        return found

    def _found(self, plain_word: str, word: str, words: DraftWords) -> Iterator[int]:
        after, before = words.not_after.get(word, ()), words.not_before.get(word, ())
        at = self.plain.find(plain_word)
        while at >= 0:
            end = at + len(plain_word)
            other = self.plain[max(0, at - 8) : at].endswith(after) if after else False
            if not other and not self.plain.startswith(before, end):
                yield at
            at = self.plain.find(plain_word, at + 1)


@dataclass(frozen=True)
class Own:
    """The stretch of a draft whose words belong to one quantity, the quantity included."""

    start: int
    end: int
    shared: int
    """How many quantities directly ahead have the same words ahead of them: 1 in 50件63人."""


def own_words(plain: str, quantities: Sequence[Quantity], words: DraftWords) -> list[Own]:
    """The stretch of each quantity, in order."""
    result: list[Own] = []
    for number, quantity in enumerate(quantities):
        last = quantities[number - 1] if number else None
        following = quantities[number + 1] if number + 1 < len(quantities) else None
        end = _end(plain, quantity, following)
        listed = last and _JOINED.fullmatch(plain, last.end, quantity.start)
        if listed and result[-1].shared < _LONGEST_LIST:
            result.append(Own(result[-1].start, end, result[-1].shared + 1))
            continue
        start = _start(plain, quantity, last)
        if _says_nothing(plain, quantity, start, end, words):
            start = _earlier(plain, quantity, start, last)
        result.append(Own(start, end, 0))
    return result


def _start(plain: str, quantity: Quantity, last: Quantity | None) -> int:
    begin = quantity.clause[0]
    if last is None or last.end <= begin:
        return begin
    gap = plain[last.end : quantity.start]
    if "、" in gap:
        return last.end + gap.index("、") + 1
    if _JOINER_BEHIND.search(gap):
        return quantity.start
    return last.end


def _end(plain: str, quantity: Quantity, following: Quantity | None) -> int:
    end = quantity.clause[1]
    if following is None or following.start >= end:
        return end
    gap = plain[quantity.end : following.start]
    if _JOINER_AHEAD.match(gap):
        return quantity.end
    if "、" in gap:
        return quantity.end + gap.index("、")
    if behind := _JOINER_BEHIND.search(gap):
        return quantity.end + behind.start()
    return following.start


def _says_nothing(plain: str, quantity: Quantity, start: int, end: int, words: DraftWords) -> bool:
    """Whether a clause holds little more than its number: …,共2586件."""
    around = plain[start : quantity.start] + plain[quantity.end : end]
    return not unexplained(around, (quantity.scope, quantity.period_words), words)


def _earlier(plain: str, quantity: Quantity, start: int, last: Quantity | None) -> int:
    """Where the clause before begins, in the same sentence and behind the quantity before."""
    floor = max(quantity.sentence[0], last.end if last else 0)
    stops = [found.end() for found in re.finditer(r"[,，;；:：、]", plain[floor : start - 1])]
    return min(start, floor + (stops[-1] if stops else 0))


def unexplained(stretch: str, known: Iterable[str], words: DraftWords) -> str:
    """The characters of a stretch that neither known words nor fillers account for."""
    for word in sorted(filter(None, known), key=len, reverse=True):
        stretch = stretch.replace(fold(word), "\n")
    return "".join(_HAN.findall(words.filler.sub("\n", stretch)))


@dataclass(frozen=True)
class Topic:
    """The campaigns that a word names, and the word."""

    campaigns: frozenset[str]
    word: str


@dataclass(frozen=True)
class Governing:
    """The topic that governs a place, and how near it was named."""

    topic: Topic
    near: bool
    """Named in the same sentence, not only in the item, paragraph or heading above."""


def governing_topics(
    places: WordPlaces,
    quantities: Sequence[Quantity],
    topics: Mapping[str, frozenset[str]],
    lexicon: Lexicon,
) -> list[Governing | None]:
    """For each quantity the topic that was named last before it; one walk through the draft."""
    named = _in_order(places, topics)
    starts = [at for at, _ in named]
    reach: Reach[Topic] = Reach()
    result: list[Governing | None] = []
    position = 0
    for clause in clauses(places.plain, lexicon.items):
        reach.enter(clause)
        place = bisect_left(starts, clause.start)
        while position < len(quantities) and quantities[position].start < clause.end:
            place = _take(reach, clause, named, place, quantities[position].start)
            result.append(_nearest(reach))
            position += 1
        _take(reach, clause, named, place, clause.end)
    return result


def _in_order(places: WordPlaces, topics: Mapping[str, frozenset[str]]) -> list[tuple[int, Topic]]:
    """Every place where a topic is named; of words inside one another the longest."""
    result: list[tuple[int, Topic]] = []
    end = 0
    for hit in sorted(places.hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.word in topics and hit.end > end:
            result.append((hit.start, Topic(topics[hit.word], hit.word)))
            end = hit.end
    return result


def _take(
    reach: Reach[Topic], clause: Clause, named: list[tuple[int, Topic]], place: int, limit: int
) -> int:
    """Let the topics up to a place govern; returns where to go on."""
    while place < len(named) and named[place][0] < limit:
        headline = clause.role in ("title", "heading")
        own = clause.depth if headline else (ITEM if clause.item else PARAGRAPH)
        for level in (own, SENTENCE, CLAUSE):
            reach.put(level, named[place][1])
        place += 1
    return place


def _nearest(reach: Reach[Topic]) -> Governing | None:
    found = reach.nearest()
    return Governing(found[1], near=found[0] >= SENTENCE) if found else None


def topic_words(
    campaigns: Iterable[tuple[str, Iterable[str]]],
) -> dict[str, frozenset[str]]:
    """The campaigns that each of their words names."""
    result: defaultdict[str, set[str]] = defaultdict(set)
    for code, words in campaigns:
        for word in words:
            result[word].add(code)
    return {word: frozenset(codes) for word, codes in result.items()}
