"""What the address of a figure's records asks for: the figure, how organised, which of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rongjian.documents.frozen import difference
from rongjian.documents.models import FrozenFigure
from rongjian.documents.queries import frozen_figure
from rongjian.indicators import catalogue, trace
from rongjian.indicators.compiler import Place
from rongjian.kernel.periods import Period
from rongjian.org import queries
from rongjian.org.models import Unit
from rongjian.records.kinds import kind_of
from rongjian.web.organised import organised_asked, parameter
from rongjian.web.pages.figures import period_asked, records_url, unit_asked

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from rongjian.indicators.compiler import Organised
    from rongjian.indicators.spec import Definition
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the figure, and the place in a text that it was opened from."""

    code: str
    definition: Definition
    kind: Kind
    unit: Unit
    period: Period
    frozen: FrozenFigure | None
    own: bool
    added: bool
    organised: Organised
    under: str

    @property
    def place(self) -> dict[str, str]:
        """The part of the address that keeps the place in the text, and which organisation."""
        kept = parameter(self.organised)
        if self.frozen is None:
            return kept
        return {"doc": str(self.frozen.document_id), "slot": self.frozen.slot, **kept}

    def url(self, unit: Unit | None = None, /, **more: str) -> str:
        """This page for another unit or with further wishes."""
        chosen = unit or self.unit
        return records_url(self.code, chosen.code, self.period, **self.place, **more)

    def again(self, **more: str) -> str:
        """This page for the same rows with further wishes."""
        under = {"under": self.under} if self.under else {}
        return self.url(**under, **more)

    def rows(self) -> QuerySet[Record]:
        """All rows behind the figure."""
        return trace.records(self.code, self.unit, self.period, self.organised, self.under)

    def chosen(self) -> QuerySet[Record]:
        """Those of them that are asked for: all, the unit's own, those added after the freezing."""
        rows = self.rows()
        if self.own:
            rows = rows.filter(trace.own(self.unit, self.below(), self.organised, self.under))
        if self.added and self.frozen:
            rows = rows.filter(pk__in=difference(self.frozen).added)
        return rows

    @property
    def at(self) -> Place:
        """The place that the rows are of."""
        return Place(self.unit.code, self.unit.path, self.organised, self.under)

    def below(self) -> list[Unit]:
        """The units right below, as organised; in code order."""
        ever = self.organised == "then"
        return sorted(queries.children(self.unit, ever=ever), key=lambda unit: unit.code)


def asked_of(request: ActorRequest, code: str) -> Asked:
    """Read the address."""
    period = period_asked(request, code)
    definition = catalogue.in_force(code, period.end)
    unit = unit_asked(request)
    return Asked(
        code=code,
        definition=definition,
        kind=kind_of(definition.of),
        unit=unit,
        period=period,
        frozen=_frozen(request, code, period),
        own=request.GET.get("own") == "1",
        added=request.GET.get("added") == "1",
        organised=organised_asked(request.GET),
        under=_under(request),
    )


def _under(request: ActorRequest) -> str:
    """The unit under which the rows' unit stood, where the address limits them to those days."""
    code = request.GET.get("under", "")
    then = organised_asked(request.GET) == "then"
    return code if then and Unit.objects.filter(code=code).exists() else ""


def _frozen(request: ActorRequest, code: str, period: Period) -> FrozenFigure | None:
    """The frozen figure that the address names, if it is this one and its document is visible."""
    document, slot = request.GET.get("doc", ""), request.GET.get("slot", "")
    if not (document.isdecimal() and slot):
        return None
    try:
        found = frozen_figure(request.actor, int(document), slot)
    except FrozenFigure.DoesNotExist:
        return None
    same = found.indicator == code and Period.parse(found.period) == period
    return found if same else None
