"""读稿核数: every quantity of a draft, the indicator it means, and whether the records bear it out.

The reading is `kernel.quantities`, the matching `draft_matching`, the comparing `draft_comparison`;
here they are put together for a court and a reader. Nothing of a draft is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from rongjian.documents.draft_comparison import agrees
from rongjian.documents.draft_matching import Matcher
from rongjian.documents.draft_quotations import Published, quoted
from rongjian.documents.draft_scopes import Speaker
from rongjian.documents.draft_words import draft_words
from rongjian.indicators import catalogue, figures, snapshots
from rongjian.kernel.catalogue import load_campaigns
from rongjian.kernel.periods import Period
from rongjian.kernel.quantities import find
from rongjian.kernel.quantity_lexicon import product_lexicon
from rongjian.ledgers.quotation import Quotation
from rongjian.org.access import explain, opens, visible
from rongjian.org.models import Unit
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from datetime import date

    from rongjian.documents.draft_matching import Match
    from rongjian.indicators.figures import Figure
    from rongjian.indicators.snapshots import Snapshot
    from rongjian.kernel.quantities import Quantity
    from rongjian.org.access import Actor

Status = Literal["match", "differs", "no-records", "quotation", "unknown"]
LABELS: dict[Status, str] = {
    "match": "一致",
    "differs": "不一致",
    "no-records": "没有记录",
    "quotation": "引文",
    "unknown": "未对应",
}


@dataclass(frozen=True)
class Finding:
    """A quantity of a draft and what the records say of it.

    `words` are those by which the indicator was told; `assumed` says that the draft names no period
    and the indicator's own was taken; `note` says in a sentence what the status alone does not.
    Without the right to a figure, `withheld` is set and nothing of it is here; `opens` says that the
    reader may see the records behind it too.
    """

    quantity: Quantity
    status: Status = "unknown"
    indicator: str = ""
    name: str = ""
    unit: Unit | None = None
    period: Period | None = None
    figure: Figure | None = None
    quotation: Quotation | None = None
    words: tuple[str, ...] = ()
    assumed: bool = False
    note: str = ""
    withheld: bool = False
    opens: bool = False

    @property
    def label(self) -> str:
        """The status as a page prints it."""
        return "无权限" if self.withheld else LABELS[self.status]

    @property
    def computed(self) -> Decimal | None:
        """What the records give, where they were asked."""
        return self.figure.value if self.figure and self.status != "no-records" else None

    @property
    def row(self) -> dict[str, Any]:
        """The finding as plain values; `text` is exactly the draft from `start` to `end`."""
        quantity = self.quantity
        return {
            "start": quantity.start,
            "end": quantity.end,
            "text": quantity.text,
            "value": _number(quantity.value),
            "unit": quantity.unit,
            "approx": quantity.approx,
            "kind": quantity.kind,
            "period": f"{self.period.first}..{self.period.last}" if self.period else None,
            "indicator": self.indicator or None,
            "computed": _number(self.computed),
            "status": self.status,
        }


@dataclass(frozen=True)
class DraftCheck:
    """A draft held against the records of a court."""

    text: str
    unit: Unit
    findings: tuple[Finding, ...]
    snapshot: int

    @property
    def counts(self) -> dict[Status, int]:
        """How many quantities have each status."""
        found = [finding.status for finding in self.findings]
        return {status: found.count(status) for status in LABELS}


def check(text: str, unit: Unit, actor: Actor | None, today: date) -> DraftCheck:
    """Hold a draft against the records; `unit` is the court meant where the draft names none.

    Without an actor the system itself reads, with every right; only `ops` may check so.
    """
    lexicon = product_lexicon()
    quantities = find(text, lexicon, today)
    seen = snapshots.current()
    scopes = tuple(quantity.scope for quantity in quantities)
    speaker = Speaker(unit.code, text, scopes, lexicon, draft_words())
    records = _Records(text, actor, today, seen, speaker)
    matches = _matcher().matches(text, quantities)
    findings = tuple(map(records.finding, quantities, matches))
    return DraftCheck(text, unit, findings, seen.number)


@cache
def _matcher() -> Matcher:
    definitions = tuple(catalogue.indicators().values())
    return Matcher(definitions, tuple(load_campaigns()), draft_words(), product_lexicon())


@dataclass
class _Records:
    """What the records say, as far as a reader may know it; each figure is asked for once."""

    text: str
    actor: Actor | None
    today: date
    seen: Snapshot
    speaker: Speaker
    _units: dict[str, Unit | None] = field(default_factory=dict)
    _periods: dict[str, Period] = field(default_factory=dict)
    _figures: dict[tuple[str, str, Period], Figure] = field(default_factory=dict)
    _published: list[Published] | None = None

    def finding(self, quantity: Quantity, match: Match | None) -> Finding:
        """The finding for a quantity that may mean an indicator."""
        period = Period.parse(quantity.period) if quantity.period else None
        unit = self._meant(quantity)
        if unit is None:
            note = f"说的是“{quantity.scope}”" if quantity.scope else "说的是别的单位"
            return Finding(quantity, period=period, note=f"{note}，不在本系统的检察院之内")
        if match is not None:
            return self._held(quantity, match, unit, period)
        published = self._quoted(quantity, unit)
        if published is None:
            return Finding(quantity, period=period, note="没有对应的指标或引文")
        quotation = published.quotation
        status: Status = "quotation"
        note = f"引自{quotation.source}，不由系统计算"
        if published.value != quantity.value:
            status, note = "differs", f"引文为“{quotation.printed}”（{quotation.source}）"
        return Finding(quantity, status, period=period, unit=unit, quotation=quotation, note=note)

    def _held(
        self, quantity: Quantity, match: Match, unit: Unit, printed: Period | None
    ) -> Finding:
        """The finding for a quantity that means an indicator of a court."""
        definition = match.definition
        usual = self._usual(definition.code)
        period = printed or usual
        told = Finding(
            quantity,
            indicator=definition.code,
            name=definition.name,
            unit=unit,
            period=period,
            words=match.words,
            assumed=printed is None,
        )
        access = kind_of(definition.of).access
        opening = opens(self.actor, access, unit) if self.actor else "records"
        if self.actor and not opening:
            return replace(told, note=explain(self.actor, "figures", access, unit), withheld=True)
        figure = self._figure(definition.code, unit, period)
        status = self._status(quantity, figure)
        note = ""
        if status == "differs" and usual != period:
            other = self._figure(definition.code, unit, usual)
            if self._status(quantity, other) == "match":
                note = f"{usual.label}的记录数是 {other.text}，与文中一致；请核对期间"
        found = replace(told, status=status, figure=figure, note=note)
        return replace(found, opens=opening == "records")

    def _usual(self, code: str) -> Period:
        """The period that an indicator is about where a draft names none."""
        if code not in self._periods:
            self._periods[code] = catalogue.default_period(code, self.today)
        return self._periods[code]

    def _status(self, quantity: Quantity, figure: Figure) -> Status:
        if figure.value is None or (not figure.records and quantity.value):
            return "no-records"
        same = agrees(self.text, quantity, figure.value, self.speaker.words)
        return "match" if same else "differs"

    def _figure(self, code: str, unit: Unit, period: Period) -> Figure:
        key = (code, unit.code, period)
        if key not in self._figures:
            self._figures[key] = figures.figure(code, unit, period, snapshot=self.seen)
        return self._figures[key]

    def _meant(self, quantity: Quantity) -> Unit | None:
        code = self.speaker.meant(quantity.scope)
        if code is None:
            return None
        if code not in self._units:
            self._units[code] = Unit.objects.filter(code=code).first()
        return self._units[code]

    def _quoted(self, quantity: Quantity, unit: Unit) -> Published | None:
        speaker = self.speaker
        if self._published is None:
            counted = kind_of(Quotation.kind_code).flow.counted
            rows = Quotation._default_manager.filter(state__in=counted).select_related("unit")
            readable = visible(self.actor, rows) if self.actor else rows
            self._published = [Published.of(each, speaker.lexicon) for each in readable]
        inside = [one for one in self._published if one.quotation.unit.path.startswith(unit.path)]
        return quoted(self.text, quantity, inside, speaker.words)


def _number(value: Decimal | None) -> int | float | None:
    """A value as JSON has numbers: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
