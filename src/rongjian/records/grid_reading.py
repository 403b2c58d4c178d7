"""What was typed into a cell of a ledger's table, read exactly as an import reads it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.access import reach_units
from rongjian.org.models import Person, Unit
from rongjian.records.host_models import HostsField
from rongjian.records.host_names import read_hosts
from rongjian.records.import_reading import People, Reading, Units, plain_reader
from rongjian.records.models import VOID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rongjian.org.access import Actor
    from rongjian.records.import_reading import Reader
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record


def in_grid(kind: Kind, names: Iterable[str]) -> frozenset[str]:
    """Those of the fields that can be written in a table: people whose names it masks cannot."""
    return frozenset(
        name
        for name in names
        if name in kind.fields
        and (kind.model.member_field or kind.field(name).related_model is not Person)
    )


def kept_by_state(kind: Kind, record: Record) -> frozenset[str]:
    """The fields that the record's state keeps as they are; all of a voided one."""
    if record.state == VOID:
        return frozenset(kind.fields)
    return frozenset(kind.fixed) if kind.flow.state(record.state).sealed else frozenset()


class TypedCells:
    """Reads the cells of one request; registers of units and people are loaded when first asked."""

    def __init__(self, actor: Actor, kind: Kind) -> None:
        self.actor = actor
        self.kind = kind
        self._readers: dict[str, Reader] = {}

    def read(self, name: str, text: str, court: int) -> Reading:
        """What a text means in a field, for a record of a court; blank is what the field has then."""
        field = self.kind.field(name)
        if name not in self._readers:
            self._readers[name] = self._reader(field)
        found = self._readers[name](text, court)
        if found.trouble or found.value is not None:
            return found
        return Reading(None if field.null else field.get_default())

    def _reader(self, field: models.Field[Any, Any]) -> Reader:
        if isinstance(field, HostsField):
            return partial(read_hosts, self._units)
        if not isinstance(field, models.ForeignKey):
            return plain_reader(field, self.actor.today, "")
        if issubclass(field.related_model, Person):
            return self._people.read
        limits = field.get_limit_choices_to()
        if not limits:
            return self._units.reader(None)
        only = Unit.objects.complex_filter(limits).values_list("pk", flat=True)
        return self._units.reader(set(only))

    @cached_property
    def _units(self) -> Units:
        near = reach_units(self.actor, "edit", self.kind.access)
        return Units(self.actor.person.court, set(near.values_list("pk", flat=True)))

    @cached_property
    def _people(self) -> People:
        return People(self.actor)
