"""What must not be recorded at a unit because of its type: declared, and asked by every way of writing.

A kind says itself about which types of units it can be (`unit_types`); what is barred at a type
stands in content/temporary-branch.yaml. Form, single write, bulk and import all ask here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from rongjian.kernel.content import CONTENT, NOWHERE, Basis, ContentError, Position, load_section
from rongjian.org.models import Unit, UnitType
from rongjian.records.hosts import faults
from rongjian.records.kinds import UnknownKind, kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from rongjian.records.kinds import Kind


@dataclass(frozen=True)
class Bar:
    """Values of a choice of a kind that units of a type must not record, and what to do instead."""

    unit_type: str
    kind: str
    choice: str
    values: tuple[str, ...]
    instead: str
    basis: Basis
    where: Position = field(default=NOWHERE, compare=False)

    def words(self, value: str) -> str:
        """The refusal of a value."""
        label = dict(kind_of(self.kind).field(self.choice).flatchoices)[value]
        return f"{UnitType(self.unit_type).label}不办理“{label}”，{self.instead}"


@cache
def bars() -> tuple[Bar, ...]:
    """Every bar; ContentError where one names a type, kind, field or value that does not exist."""
    found = load_section(CONTENT / "temporary-branch.yaml", "barred", Bar)
    for bar in found:
        if bar.unit_type not in UnitType.values:
            raise ContentError(bar.where, f"没有单位类型“{bar.unit_type}”")
        try:
            kind = kind_of(bar.kind)
        except UnknownKind as error:
            raise ContentError(bar.where, str(error)) from error
        known = dict(kind.field(bar.choice).flatchoices) if bar.choice in kind.fields else {}
        if unknown := set(bar.values) - known.keys():
            raise ContentError(bar.where, f"{kind.name}没有{'、'.join(sorted(unknown))}")
    return tuple(found)


def placing(kind: Kind) -> tuple[str, ...]:
    """The columns that `misplaced` looks at for a kind, by attname."""
    held, _ = kind.model.held_at()
    barred = (bar.choice for bar in bars() if bar.kind == kind.code)
    hosts = ("hosts",) if kind.joint else ()
    return ("unit_id", *hosts, *dict.fromkeys(filter(None, (held, *barred))))


def misplaced(kind: Kind, columns: Mapping[str, Sequence[Any]]) -> Iterator[tuple[int, str, str]]:
    """(place, field, Chinese sentence) of rows that must not stand at their unit or its fellow hosts.

    `columns` are the rows by attname. A query or two for all of them, none where nothing is declared.
    """
    if kind.joint:
        yield from faults(kind, columns)
    yield from _misplaced_at_unit(kind, columns)


def _misplaced_at_unit(
    kind: Kind, columns: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[int, str, str]]:
    barred = [bar for bar in bars() if bar.kind == kind.code]
    choice, holders = kind.model.held_at()
    if not (barred or kind.unit_types or holders):
        return
    units = columns["unit_id"]
    types = dict(Unit.objects.filter(pk__in=set(units)).values_list("pk", "type"))
    wanted = "、".join(UnitType(each).label for each in kind.unit_types)
    for at, unit in enumerate(units):
        unit_type = types.get(unit)
        if unit_type is None:
            continue
        if kind.unit_types and unit_type not in kind.unit_types:
            yield at, "unit", f"“{kind.name}”只能记在这些单位上：{wanted}"
        held = holders.get(columns[choice][at]) if holders else None
        if held is not None and unit_type not in held:
            yield at, choice, _not_held(kind, choice, columns[choice][at], held)
        for bar in barred:
            value = columns[bar.choice][at]
            if bar.unit_type == unit_type and value in bar.values:
                yield at, bar.choice, bar.words(value)


def _not_held(kind: Kind, choice: str, value: str, holders: Collection[str]) -> str:
    label = dict(kind.field(choice).flatchoices)[value]
    wanted = "、".join(each.label for each in UnitType if each in holders)
    return f"“{label}”只由这些单位召开：{wanted}"
