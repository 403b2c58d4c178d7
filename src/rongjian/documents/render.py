"""Composing: a kind's text with its tokens filled in for a unit, and for a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.documents.composition import (
    SAME,
    Block,
    Composition,
    LiveFigure,
    Quotation,
    Run,
    Text,
    Withheld,
    changed,
)
from rongjian.documents.frozen import as_frozen, kept
from rongjian.documents.reading import NOT_SHOWN, Reader, full_name, sum_note
from rongjian.documents.templates import (
    DocumentKind,
    FigureToken,
    PeriodToken,
    QuoteToken,
    Sentence,
    UnitToken,
    document_kind,
)
from rongjian.indicators import catalogue, figures, snapshots, trace
from rongjian.kernel.number_text import number_text
from rongjian.kernel.periods import Period
from rongjian.ledgers.quotation import Quotation as QuotationRecord
from rongjian.org.access import visible
from rongjian.org.models import UnitType
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rongjian.documents.models import Document
    from rongjian.indicators.compiler import Organised
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

_SCOPES = {UnitType.REGION: "全区检察机关", UnitType.CITY: "全市检察机关", UnitType.COUNTY: "本院"}


def compose(
    kind: DocumentKind | str,
    unit: Unit,
    periods: Mapping[str, Period],
    actor: Actor | None,
) -> Composition:
    """The document of a kind for a unit, with today's figures.

    `periods` replaces periods of the kind. Without an actor the system itself reads, with every
    right; only `ops` may compose so.
    """
    found = kind if isinstance(kind, DocumentKind) else document_kind(kind)
    return _Filling(found, unit, periods_of(found, periods), actor).composition()


def compose_document(
    document: Document, actor: Actor | None, organised: Organised = "now"
) -> Composition:
    """A kept document as it stands for a reader: live, organised now or then; or as frozen."""
    if document.frozen_at is not None:
        return as_frozen(document, actor)
    kind = document_kind(document.kind)
    given = {name: Period.parse(text) for name, text in document.periods.items()}
    periods = periods_of(kind, given)
    filling = _Filling(kind, document.unit, periods, actor, document.pk, organised)
    return filling.composition()


def periods_of(kind: DocumentKind, given: Mapping[str, Period]) -> dict[str, Period]:
    """The kind's periods with those given in place of its own; LookupError for an unknown name."""
    for name in given:
        if name not in kind.periods:
            known = "、".join(f"{code}（{each.name}）" for code, each in kind.periods.items())
            raise LookupError(f"{kind.name}没有期间“{name}”，可以设置：{known}")
    return {name: given.get(name, each.period) for name, each in kind.periods.items()}


def title_of(kind: DocumentKind, unit: Unit, periods: Mapping[str, Period]) -> str:
    """The title of a document of a kind for a unit."""
    return "".join(_words(piece, unit, periods) for piece in kind.title.pieces)


def _words(piece: object, unit: Unit, periods: Mapping[str, Period]) -> str:
    if isinstance(piece, UnitToken):
        name = full_name(unit)
        return name if piece.form == "name" else _SCOPES.get(UnitType(unit.type), name)
    return periods[piece.period].label if isinstance(piece, PeriodToken) else str(piece)


class _Filling:
    """One composing: numbers the slots in the order of the template, whatever is left out."""

    def __init__(
        self,
        kind: DocumentKind,
        unit: Unit,
        periods: Mapping[str, Period],
        actor: Actor | None,
        document: int | None = None,
        organised: Organised = "now",
    ) -> None:
        self.kind, self.unit, self.periods = kind, unit, periods
        self.document, self.organised = document, organised
        self.reader = Reader(actor, unit)
        self.snapshot = snapshots.current()
        self._figures = 0
        self._quotations = 0

    def composition(self) -> Composition:
        """The whole document."""
        blocks = [Block(each.level, self._runs(each.sentences)) for each in self.kind.blocks]
        if self.organised == "then":
            blocks.insert(0, Block("p", (Text("（文中数字按当时的组织统计）"),)))
        return Composition(
            kind=self.kind.code,
            title=title_of(self.kind, self.unit, self.periods),
            unit=self.unit.code,
            unit_name=full_name(self.unit),
            blocks=tuple(block for block in blocks if block.runs),
            snapshot=self.snapshot.number,
            document=self.document,
        )

    def _runs(self, sentences: tuple[Sentence, ...]) -> tuple[Run, ...]:
        found: list[Run] = []
        for sentence in sentences:
            runs = [self._run(piece) for piece in sentence.pieces]
            present = [run for run in runs if run is not None]
            if len(present) == len(runs) and _says_something(present):
                found += present
        return _joined(found)

    def _run(self, piece: object) -> Run | None:
        if isinstance(piece, FigureToken):
            self._figures += 1
            return self._figure(piece, f"F{self._figures:02d}")
        if isinstance(piece, QuoteToken):
            self._quotations += 1
            return self._quotation(piece, f"Q{self._quotations:02d}")
        return Text(_words(piece, self.unit, self.periods))

    def _figure(self, token: FigureToken, slot: str) -> Run:
        period = self.periods[token.period]
        definition = catalogue.in_force(token.indicator, period.end)
        access = kind_of(definition.of).access
        if reason := self.reader.refusal(access):
            return Withheld(slot, definition.name, NOT_SHOWN, reason)
        found = figures.figure(
            token.indicator,
            self.unit,
            period,
            organised=self.organised,
            snapshot=self.snapshot,
        )
        recounted = trace.recount(token.indicator, self.unit, period, self.organised)
        same = kept(recounted) == kept(found.value)
        new = number_text(recounted, definition.display)
        return LiveFigure(
            slot=slot,
            indicator=found.code,
            name=found.name,
            version=found.version,
            unit=self.unit.code,
            period=period,
            value=found.value,
            measure_unit=found.measure_unit,
            text=found.text,
            records=found.records,
            snapshot=found.snapshot,
            frozen=False,
            status=SAME if same else changed(found.text, new),
            note=sum_note(definition, found.value, found.records)
            if same
            else "快照之后记录有变动，刷新后更新",
            document=self.document,
            opens=self.reader.opens(access),
            organised=self.organised,
        )

    def _quotation(self, token: QuoteToken, slot: str) -> Run | None:
        rows = QuotationRecord._default_manager.filter(
            key=token.key,
            unit=self.unit,
            state__in=kind_of(QuotationRecord.kind_code).flow.counted,
        )
        actor = self.reader.actor
        found = (rows if actor is None else visible(actor, rows)).first()
        if found is None:
            return None
        return Quotation(slot, token.key, found.statement, found.printed, found.source)


def _says_something(runs: list[Run]) -> bool:
    """Whether a sentence has no figure, or one with a record behind it."""
    counts = [run.records for run in runs if isinstance(run, LiveFigure)]
    return not counts or any(counts)


def _joined(runs: list[Run]) -> tuple[Run, ...]:
    """The runs with neighbouring words made one."""
    found: list[Run] = []
    for run in runs:
        if isinstance(run, Text) and found and isinstance(found[-1], Text):
            found[-1] = Text(found[-1].text + run.text)
        else:
            found.append(run)
    return tuple(found)
