"""A composed document: blocks of runs, every figure with what it takes to open its records.

Nothing here knows a template engine or a file format: pages, docx, HTML and JSON are all made
from these classes. A template tells the runs apart by their `kind`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from rongjian.documents.templates import Level
from rongjian.indicators.compiler import Organised
from rongjian.kernel.periods import Period


@dataclass(frozen=True)
class Status:
    """How a number stands to its records; `lamp` is the class of its chip on a page."""

    code: Literal["same", "changed", "quoted", "withheld"]
    label: str
    lamp: Literal["ok", "warn", ""]


SAME = Status("same", "一致", "ok")
QUOTED = Status("quoted", "引文", "")
WITHHELD = Status("withheld", "无权限", "")


def changed(old: str, new: str) -> Status:
    """The status of a number whose records say something else by now."""
    return Status("changed", f"有变化 {old}→{new}" if old != new else "有变化", "warn")


@dataclass(frozen=True)
class Text:
    """Words, as they are."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True)
class LiveFigure:
    """A number that opens to its records.

    `note` says in a sentence what has changed, or how a rounded number came about. Where its
    records are not for the reader it does not open, and is plain text.
    """

    kind: ClassVar[str] = "figure"
    slot: str
    indicator: str
    name: str
    version: int
    unit: str
    period: Period
    value: Decimal | None
    measure_unit: str
    text: str
    records: int
    snapshot: int
    frozen: bool
    status: Status
    note: str = ""
    document: int | None = None
    opens: bool = True
    organised: Organised = "now"

    @property
    def trace_id(self) -> str:
        """Names this number in files: the same for the same place, indicator, unit and period."""
        first, last = self.period.first, self.period.last
        months = f"{first.year}{first.month:02d}-{last.year}{last.month:02d}"
        return f"{self.slot}:{self.indicator}:{self.unit}:{months}"

    @property
    def spoken(self) -> str:
        """The number with its unit: 1591 人, 2.17亿元."""
        inside = not self.measure_unit or self.text.endswith(self.measure_unit)
        return self.text if inside else f"{self.text} {self.measure_unit}"

    @property
    def label(self) -> str:
        """What a screen reader says of the link."""
        return f"{self.name} {self.spoken}" + ("，可查看记录" if self.opens else "")

    @property
    def tooltip(self) -> str:
        """What stands over the number: definition, last day, frozen or of which snapshot."""
        state = " 已冻结" if self.frozen else f" · 快照 {self.snapshot}"
        state += " · 按当时的组织" if self.organised == "then" else ""
        return f"口径 v{self.version} · 截至 {self.period.end}{state}"

    @property
    def parameters(self) -> dict[str, str]:
        """The query of the records page that this number opens."""
        found = {"unit": self.unit, "period": str(self.period)}
        if self.organised == "then":
            found |= {"organised": "then"}
        if self.document is not None:
            found |= {"doc": str(self.document), "slot": self.slot}
        return found


@dataclass(frozen=True)
class Quotation:
    """A published number: printed as its source prints it, never computed."""

    kind: ClassVar[str] = "quotation"
    slot: str
    key: str
    statement: str
    text: str
    source: str
    status: ClassVar[Status] = QUOTED

    @property
    def trace_id(self) -> str:
        """Names this number in files."""
        return f"{self.slot}:{self.key}"

    @property
    def tooltip(self) -> str:
        """Where the number comes from."""
        return f"引文 · {self.source}，不由系统计算"


@dataclass(frozen=True)
class Withheld:
    """A number that the reader may not open: plain text; `reason` says who may."""

    kind: ClassVar[str] = "withheld"
    slot: str
    name: str
    text: str
    reason: str
    status: ClassVar[Status] = WITHHELD


Run = Text | LiveFigure | Quotation | Withheld


@dataclass(frozen=True)
class Block:
    """A heading of level h1–h3, or a paragraph."""

    level: Level
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The block as plain text."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class MarginEntry:
    """One line of 「数字与依据」: a number, how it stands, what it rests on, and the way there."""

    number: int
    slot: str
    label: str
    status: Status
    detail: str
    note: str = ""
    extent: str = ""
    indicator: str = ""
    parameters: dict[str, str] | None = None
    opens: bool = False

    @property
    def link(self) -> str:
        """The words of the link to the records: 看 1,591 条记录; empty where none leads there."""
        return f"看 {self.extent}" if self.opens else ""


@dataclass(frozen=True)
class Composition:
    """A document of a kind for a unit, ready to be shown or exported."""

    kind: str
    title: str
    unit: str
    unit_name: str
    blocks: tuple[Block, ...]
    snapshot: int
    document: int | None = None
    frozen_at: datetime | None = None

    @property
    def figures(self) -> tuple[LiveFigure, ...]:
        """The numbers that open to records, in the order of the text."""
        return tuple(run for run in self._runs if isinstance(run, LiveFigure))

    @property
    def quotations(self) -> tuple[Quotation, ...]:
        """The quoted numbers, in the order of the text."""
        return tuple(run for run in self._runs if isinstance(run, Quotation))

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """The numbers that the reader may not open."""
        return tuple(run for run in self._runs if isinstance(run, Withheld))

    @property
    def changes(self) -> tuple[LiveFigure, ...]:
        """The numbers that their records no longer bear out."""
        return tuple(figure for figure in self.figures if figure.status.code == "changed")

    @property
    def text(self) -> str:
        """The document as plain text, one line a block."""
        return "\n".join([self.title, "", *(block.text for block in self.blocks)])

    @property
    def margin(self) -> tuple[MarginEntry, ...]:
        """「数字与依据」: every number of the text, in its order."""
        numbers = (run for run in self._runs if not isinstance(run, Text))
        return tuple(_entry(number, run) for number, run in enumerate(numbers, start=1))

    @property
    def listing(self) -> list[dict[str, Any]]:
        """Every number as plain values, for JSON and for the part that travels inside a docx."""
        return [_listed(run) for run in self._runs if isinstance(run, LiveFigure | Quotation)]

    @property
    def _runs(self) -> tuple[Run, ...]:
        return tuple(run for block in self.blocks for run in block.runs)


def _entry(number: int, run: LiveFigure | Quotation | Withheld) -> MarginEntry:
    if isinstance(run, Quotation):
        detail = f"来源：{run.source}，不由系统计算"
        return MarginEntry(number, run.slot, f"{run.statement} {run.text}", run.status, detail)
    if isinstance(run, Withheld):
        return MarginEntry(number, run.slot, f"{run.name} {run.text}", run.status, run.reason)
    return MarginEntry(
        number=number,
        slot=run.slot,
        label=f"{run.name} {run.spoken}",
        status=run.status,
        detail=f"口径 v{run.version} · {span(run.period)}",
        note=run.note,
        extent=f"{run.records:,} 条记录",
        indicator=run.indicator,
        parameters=run.parameters,
        opens=run.opens,
    )


def span(period: Period) -> str:
    """The period in short, as tables and margins print it: 2018-01 至 2020-12."""
    if period.first == period.last:
        return str(period.first)
    return f"{period.first} 至 {period.last}"


def _listed(run: LiveFigure | Quotation) -> dict[str, Any]:
    if isinstance(run, Quotation):
        return {
            "trace": run.trace_id,
            "quotation": run.key,
            "text": run.text,
            "statement": run.statement,
            "source": run.source,
            "status": run.status.label,
        }
    return {
        "trace": run.trace_id,
        "indicator": run.indicator,
        "name": run.name,
        "version": run.version,
        "unit": run.unit,
        "period": str(run.period),
        "value": None if run.value is None else f"{run.value.normalize():f}",
        "measure_unit": run.measure_unit,
        "text": run.text,
        "records": run.records,
        "snapshot": run.snapshot,
        "frozen": run.frozen,
        "status": run.status.label,
    }
