"""What a document says to one reader: the unit's name, and which figures are theirs to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.kernel.number_text import number_text
from rongjian.org.access import explain, opens

if TYPE_CHECKING:
    from decimal import Decimal

    from rongjian.indicators.spec import Definition
    from rongjian.org.access import Actor, Opening
    from rongjian.org.models import Unit

# What a reader gets in place of a live number that is not theirs to see. A frozen number was
# released by somebody who may see it, and stays as plain text.
NOT_SHOWN = "（无权限）"


def full_name(unit: Unit) -> str:
    """What a document calls a unit: a body inside a procuratorate carries the latter's name."""
    return unit.name if unit.is_court or unit.court is None else f"{unit.court.name}{unit.name}"


class Reader:
    """What one reader may open at one unit; each class of records is asked about once."""

    def __init__(self, actor: Actor | None, unit: Unit) -> None:
        self.actor = actor
        self.unit = unit
        self._refusals: dict[str, str] = {}
        self._openings: dict[str, Opening] = {}

    def refusal(self, access_class: str) -> str:
        """Why the reader may not open figures of this class; empty when they may."""
        if self.actor is None:
            return ""
        if access_class not in self._refusals:
            reason = explain(self.actor, "figures", access_class, self.unit)
            self._refusals[access_class] = "" if self._opening(access_class) else reason
        return self._refusals[access_class]

    def opens(self, access_class: str) -> bool:
        """Whether the records behind figures of this class are the reader's to see too."""
        return self.actor is None or self._opening(access_class) == "records"

    def _opening(self, access_class: str) -> Opening:
        assert self.actor is not None  # noqa: S101  # the system itself is not asked about
        if access_class not in self._openings:
            self._openings[access_class] = opens(self.actor, access_class, self.unit)
        return self._openings[access_class]


def sum_note(definition: Definition, value: Decimal | None, records: int) -> str:
    """How a sum came about: the exact total behind 35亿余元, and of how many records."""
    if definition.measure != "sum" or value is None:
        return ""
    total = f"{number_text(value, 'thousands')}{definition.measure_unit}"
    return f"合计 {total}，由 {records:,} 条记录相加"
