"""读稿核数, first half: every quantity in a Chinese official text, with what is needed to check it.

`find` gives the quantities; `read` also the dates, ordinals and references that look like quantities
and are none. Offsets are offsets into the text as it was given.

Decisions that are not obvious: a range (3-5人) is one quantity, told by its lower end, with `upper`;
509/1497件/人 is two; of 12、15和20件 each is one; a change (同比下降15.1%) keeps its printed, positive
value and has a `direction`; 第1名 that only says which things were counted (7项数据排名第一) is none.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rongjian.kernel.chinese_numbers import fold
from rongjian.kernel.quantity_dates import DateMark
from rongjian.kernel.quantity_kinds import (
    Judged,
    Rank,
    first_places,
    judge,
    qualifies_a_count,
    rank_of,
)
from rongjian.kernel.quantity_layout import Clause, Level, clauses
from rongjian.kernel.quantity_lexicon import Bound, Lexicon, Measure, MeasureGroup, QuantityKind
from rongjian.kernel.quantity_marks import Mark, Masked, marks, mask
from rongjian.kernel.quantity_periods import Attached, PeriodReader
from rongjian.kernel.quantity_scopes import Name, ScopeReader, parts
from rongjian.kernel.quantity_tokens import Token, tokens

_RANKS = MeasureGroup((), "rank", "rank", "名次")
_CONTEXT = 40
_CONTEXT_STOP = re.compile(r"[,，;；。:：\n]")
_JOINERS = " ,，、和及与/"
_EDGE = " ,，、;；。:：()（）\n"


@dataclass(frozen=True)
class Quantity:
    """One figure of a text."""

    start: int
    end: int
    text: str
    """Exactly text[start:end]; 近 and 以上 around it are not part of it."""
    kind: QuantityKind
    value: Decimal
    """In base units: 2.17亿元 is 217000000."""
    unit: str
    """The base unit: 元, 人 for 名 and 位, 名次 for ranks."""
    printed_value: Decimal
    printed_unit: str
    dimension: str
    bound: Bound
    """'' for an exact figure; '>=' for 余 and 以上, '<=' for 近 and 不足, '~' for 约 and ranges."""
    upper: Decimal | None
    """The higher end of a range, in base units."""
    direction: int
    """Of a change: 1 up, -1 down, 0 where the text does not say."""
    period: str | None
    """`YYYY-MM..YYYY-MM`; None where the text does not settle it."""
    period_words: str
    """The date as printed that the period was read from; empty without one."""
    period_from: Level
    """The part of the text whose date this is: a figure dated by the title is less certain."""
    scope: str
    """The organisation that governs the figure, as printed; empty without one."""
    part_of: int | None
    """Where the figure begins of which this is a part."""
    before: str
    """The words that lead up to the figure, from the figure or stop before it."""
    after: str
    """The words behind it, to the next figure or stop."""
    clause: tuple[int, int]
    sentence: tuple[int, int]

    @property
    def approx(self) -> bool:
        """Whether the printed number is not meant exactly."""
        return self.bound != ""

    @property
    def context(self) -> str:
        """The words around the figure, for matching it with what it counts."""
        return f"{self.before} {self.after}".strip()


@dataclass(frozen=True)
class Reading:
    """What was found in a text, both lists in its order and nowhere overlapping."""

    quantities: tuple[Quantity, ...]
    marks: tuple[Mark, ...]


def find(text: str, lexicon: Lexicon, as_of: date | None = None) -> list[Quantity]:
    """The quantities of a text in order; `as_of` is the day that 今年 and 以来 are counted from."""
    return list(read(text, lexicon, as_of).quantities)


def read(text: str, lexicon: Lexicon, as_of: date | None = None) -> Reading:
    """The quantities of a text, and the dates and references that look like them."""
    plain = fold(text)
    masked = mask(plain, lexicon)
    layout = clauses(plain, lexicon.items)
    figures = judge(masked.plain, tokens(masked.plain, lexicon), lexicon)
    placed = _placed(_with_ranks(plain, masked, figures, layout, lexicon), layout)
    governing = _governing(text, plain, masked, placed, layout, lexicon, as_of)
    wholes = parts(plain, placed, lexicon)
    words = _surroundings(text, plain, placed)
    sentences = _sentences(layout)
    quantities = tuple(
        _quantity(text, placed[n], governing[n], words[n], wholes, sentences)
        for n in range(len(placed))
    )
    return Reading(quantities, marks(text, masked))


def _with_ranks(
    plain: str, masked: Masked, figures: list[Judged], layout: list[Clause], lexicon: Lexicon
) -> list[Judged]:
    """The figures and the ranks that stand for themselves; those ranks are no longer marks."""
    ordinals = [(start, end) for start, end, kind in masked.found if kind == "ordinal"]
    ranks = [rank_of(plain, start, end, lexicon) for start, end in ordinals]
    starts = [clause.start for clause in layout]
    result = list(figures)
    for rank in (*ranks, *first_places(masked.plain, lexicon)):
        if rank is None:
            continue
        begin = starts[bisect_right(starts, rank.start) - 1]
        if not qualifies_a_count(plain, rank, begin, figures, lexicon):
            result.append(_ranked(rank))
    kept = {figure.token.start for figure in result}
    masked.found = [mark for mark in masked.found if mark[0] not in kept]
    return sorted(result, key=lambda figure: figure.token.start)


def _ranked(rank: Rank) -> Judged:
    measure = Measure(rank.word, "名次", _RANKS, ())
    return Judged(Token(rank.start, rank.end, Decimal(rank.place), measure=measure), "rank", "")


def _placed(figures: list[Judged], layout: list[Clause]) -> list[tuple[Judged, Clause]]:
    """Each figure with its clause."""
    starts = [clause.start for clause in layout]
    return [(figure, layout[bisect_right(starts, figure.token.start) - 1]) for figure in figures]


def _governing(
    text: str,
    plain: str,
    masked: Masked,
    placed: list[tuple[Judged, Clause]],
    layout: list[Clause],
    lexicon: Lexicon,
    as_of: date | None,
) -> list[tuple[Attached | None, str]]:
    """For each figure the span and the organisation that govern it: one walk through the text."""
    periods = PeriodReader(text, plain, masked.dates, lexicon, as_of)
    scopes = ScopeReader(text, masked.undated, lexicon)
    waiting = deque(figure.token.start for figure, _ in placed)
    result: list[tuple[Attached | None, str]] = []
    for clause in layout:
        periods.enter(clause)
        scopes.enter(clause)
        opening = clause.start
        events: list[DateMark | Name] = [*periods.dates_in(clause), *scopes.names_in(clause)]
        events.sort(key=lambda event: event.start)
        for event in (*events, None):
            limit = event.start if event else clause.end
            reached = []
            while waiting and waiting[0] < limit:
                reached.append(waiting.popleft())
            result += [(span, scopes.attached()) for span in periods.attached(clause, reached)]
            if event is None:
                break
            leading = lexicon.opens(masked.plain, opening, event.start)
            opening = event.end if leading else opening
            if isinstance(event, Name):
                scopes.name(event, clause, leading)
            else:
                periods.name(event, clause, leading)
    return result


def _surroundings(
    text: str, plain: str, placed: list[tuple[Judged, Clause]]
) -> list[tuple[str, str]]:
    """The words before and behind each figure, up to its neighbours and the next stop."""
    result: list[tuple[str, str]] = []
    for n, (figure, _) in enumerate(placed):
        token = figure.token
        last = placed[n - 1][0].token.end if n else 0
        floor = max(last, token.start - _CONTEXT)
        stops = _CONTEXT_STOP.finditer(plain, floor, token.start)
        floor = max((stop.end() for stop in stops), default=floor)
        before = text[floor : token.start].strip(_EDGE)
        if n and not plain[last : token.start].strip(_JOINERS):
            before = result[-1][0]  # 50件63人: the words before 50件 lead up to both
        ceiling = placed[n + 1][0].token.start if n + 1 < len(placed) else len(plain)
        ceiling = min(ceiling, token.end + _CONTEXT)
        stop = _CONTEXT_STOP.search(plain, token.end, ceiling)
        after = text[token.end : stop.start() if stop else ceiling].strip(_EDGE)
        result.append((before, after))
    return result


def _sentences(layout: list[Clause]) -> dict[int, tuple[int, int]]:
    """Where each sentence begins and ends."""
    result: dict[int, tuple[int, int]] = {}
    for clause in layout:
        start = result.get(clause.sentence, (clause.start, 0))[0]
        result[clause.sentence] = (start, clause.end)
    return result


def _quantity(
    text: str,
    placed: tuple[Judged, Clause],
    governing: tuple[Attached | None, str],
    words: tuple[str, str],
    wholes: dict[int, int],
    sentences: dict[int, tuple[int, int]],
) -> Quantity:
    figure, clause = placed
    token = figure.token
    attached, scope = governing
    measure = token.measure or Measure("", "", _RANKS, ())
    return Quantity(
        start=token.start,
        end=token.end,
        text=text[token.start : token.end],
        kind=figure.kind,
        value=token.value,
        unit=measure.unit,
        printed_value=token.printed,
        printed_unit=token.printed_unit,
        dimension=measure.group.dimension,
        bound=figure.bound,
        upper=token.upper,
        direction=figure.direction,
        period=attached.span.text() if attached else None,
        period_words=attached.span.words if attached else "",
        period_from=attached.level if attached else "",
        scope=scope,
        part_of=wholes.get(token.start),
        before=words[0],
        after=words[1],
        clause=(clause.start, clause.end),
        sentence=sentences[clause.sentence],
    )
