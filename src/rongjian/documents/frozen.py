"""Frozen documents: what they keep of the records behind a figure, and how these differ today."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from rongjian.documents.composition import (
    SAME,
    Block,
    Composition,
    LiveFigure,
    Quotation,
    Run,
    Status,
    Text,
    Withheld,
    changed,
)
from rongjian.documents.reading import Reader, full_name, sum_note
from rongjian.indicators import catalogue, trace
from rongjian.indicators.spec import UnknownIndicator
from rongjian.kernel.number_text import number_text
from rongjian.kernel.periods import Period
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.documents.models import Document, FrozenFigure
    from rongjian.indicators.spec import Definition
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

_NUMBERS = np.dtype("<i8")
_PLACES = Decimal("0.000001")


def packed(ids: Iterable[int]) -> bytes:
    """Record ids in little room: sorted, as distances, compressed."""
    ordered = np.unique(np.fromiter(ids, dtype=_NUMBERS))
    return zlib.compress(np.diff(ordered, prepend=0).astype(_NUMBERS).tobytes())


def unpacked(body: bytes | memoryview) -> list[int]:
    """The ids that `packed` wrote, in order."""
    distances = np.frombuffer(zlib.decompress(bytes(body)), dtype=_NUMBERS)
    found: list[int] = np.cumsum(distances).tolist()
    return found


def kept(value: Decimal | None) -> Decimal | None:
    """A value as precisely as a frozen figure stores it."""
    return None if value is None else value.quantize(_PLACES)


def ids_behind(code: str, unit: Unit, period: Period) -> list[int]:
    """The ids of the records behind a figure, as they are now."""
    rows = trace.records(code, unit, period).order_by("pk").values_list("pk", flat=True)
    return [int(pk) for pk in rows]


@dataclass(frozen=True)
class Difference:
    """A frozen figure beside its records of today: how many, what they make, and which moved.

    `definition` is the one that counts the period today; None when the indicator is gone.
    """

    frozen: FrozenFigure
    before: int
    count: int
    value: Decimal | None
    added: tuple[int, ...]
    removed: tuple[int, ...]
    definition: Definition | None

    @property
    def same(self) -> bool:
        """Whether the records still bear the figure out."""
        return not (self.added or self.removed) and self.value == kept(self.frozen.value)

    @property
    def status(self) -> Status:
        """How the figure stands to its records."""
        if self.definition is None or self.same:
            return SAME
        return changed(self.frozen.text, number_text(self.value, self.definition.display))

    @property
    def words(self) -> str:
        """The difference in a sentence: 冻结后新增 2 条; of a sum that holds, its parts."""
        if self.definition is None:
            return "指标已停用，数字为冻结时的值"
        if self.same:
            return sum_note(self.definition, self.value, self.count)
        parts = [f"新增 {len(self.added)} 条"] if self.added else []
        if self.removed:
            parts.append(f"减少 {len(self.removed)} 条")
        now, then = self.definition.version, self.frozen.version
        version = f"（口径已由 v{then} 改为 v{now}）" if now != then else ""
        return f"冻结后{'、'.join(parts) or '记录未增减，内容有更正'}{version}"


def difference(frozen: FrozenFigure) -> Difference:
    """Compare a frozen figure with the records of today."""
    before = unpacked(frozen.ids)
    period = Period.parse(frozen.period)
    try:
        definition = catalogue.in_force(frozen.indicator, period.end)
    except UnknownIndicator:
        return Difference(frozen, len(before), len(before), frozen.value, (), (), None)
    now = ids_behind(frozen.indicator, frozen.unit, period)
    return Difference(
        frozen=frozen,
        before=len(before),
        count=len(now),
        value=kept(trace.recount(frozen.indicator, frozen.unit, period)),
        added=tuple(sorted(set(now) - set(before))),
        removed=tuple(sorted(set(before) - set(now))),
        definition=definition,
    )


def body_of(composition: Composition) -> list[Any]:
    """The blocks as plain values, to be kept with a frozen document; figures by their slot."""
    return [[block.level, [_plain(run) for run in block.runs]] for block in composition.blocks]


def _plain(run: Run) -> list[str]:
    if isinstance(run, Quotation):
        return [run.kind, run.slot, run.key, run.statement, run.text, run.source]
    return [run.kind, run.slot if isinstance(run, LiveFigure) else run.text]


def as_frozen(document: Document, actor: Actor | None) -> Composition:
    """A frozen document in its own words and numbers, each number beside today's records."""
    stored = {each.slot: each for each in document.figures.select_related("unit__court")}
    reader = Reader(actor, document.unit)

    def run(kind: str, *values: str) -> Run:
        if kind == LiveFigure.kind:
            return _figure(stored[values[0]], reader)
        return Quotation(*values) if kind == Quotation.kind else Text(*values)

    return Composition(
        kind=document.kind,
        title=document.title,
        unit=document.unit.code,
        unit_name=full_name(document.unit),
        blocks=tuple(
            Block(level, tuple(run(*values) for values in runs)) for level, runs in document.body
        ),
        snapshot=max((each.snapshot for each in stored.values()), default=0),
        document=document.pk,
        frozen_at=document.frozen_at,
    )


def _figure(frozen: FrozenFigure, reader: Reader) -> LiveFigure | Withheld:
    access = kind_of(frozen.ledger).access
    if reason := reader.refusal(access):
        return Withheld(frozen.slot, frozen.name, frozen.text, reason)
    found = difference(frozen)
    return LiveFigure(
        slot=frozen.slot,
        indicator=frozen.indicator,
        name=frozen.name,
        version=frozen.version,
        unit=frozen.unit.code,
        period=Period.parse(frozen.period),
        value=frozen.value,
        measure_unit=frozen.measure_unit,
        text=frozen.text,
        records=found.before,
        snapshot=frozen.snapshot,
        frozen=True,
        status=found.status,
        note=found.words,
        document=frozen.document_id,
        opens=reader.opens(access),
    )
