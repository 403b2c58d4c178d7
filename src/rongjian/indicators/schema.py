"""The fields that definitions may name, read off the register of kinds."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.indicators.spec import FieldType
from rongjian.records.kinds import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rongjian.indicators.spec import Family, Schema
    from rongjian.records.kinds import Kind

_FAMILIES: dict[type[models.Field[Any, Any]], Family] = {
    models.BooleanField: "flag",
    models.DateField: "date",
    models.DecimalField: "money",
    models.IntegerField: "whole",
    models.ForeignKey: "ref",
    models.CharField: "text",
}


@cache
def schemas() -> Mapping[str, Schema]:
    """The schema of every kind, by its code."""
    return {kind.code: _schema(kind) for kind in kinds()}


def _schema(kind: Kind) -> Schema:
    found = {field.name: _type(field) for field in map(kind.field, kind.drawn)}
    # Facts keep the procuratorate by its code; every record has it beside its unit.
    found["court"] = FieldType("ref", "court", "court_id")
    states = frozenset(state.code for state in kind.flow.states if state.counted)
    found["state"] = FieldType("text", "state", "state", choices=states)
    return found


def _type(field: models.Field[Any, Any]) -> FieldType:
    family = next(name for type_, name in _FAMILIES.items() if isinstance(field, type_))
    places = field.decimal_places if isinstance(field, models.DecimalField) else 0
    choices = frozenset(str(value) for value, _ in field.flatchoices) - {""}
    return FieldType(family, field.attname, field.attname, places, choices)
