"""The shape of a ledger's records for other machines, as JSON Schema drawn from the register."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.org.models import Person, Unit
from rongjian.records.host_models import BETWEEN, HostsField
from rongjian.records.queries import campaigns, lines

if TYPE_CHECKING:
    from django.db.models import Field

    from rongjian.records.kinds import Kind

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of a record of this kind; withheld fields are absent, so few are required."""
    states = [state.code for state in kind.flow.states]
    return {
        "$schema": _DRAFT,
        "title": kind.name,
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "state": {"enum": states},
            "version": {"type": "integer"},
            "projected": {"type": "boolean"},
            **{name: _shape(kind, name) for name in kind.fields},
        },
        "required": [
            "id",
            "state",
            "version",
            *(name for name in kind.fields if name not in kind.private),
        ],
        "additionalProperties": False,
    }


def _shape(kind: Kind, name: str) -> dict[str, Any]:
    field = kind.field(name)
    return {"title": kind.heading(name)} | _values(field)


def _values(field: Field[Any, Any]) -> dict[str, Any]:
    if field.name in {"campaign", "line"}:
        known = campaigns() if field.name == "campaign" else lines()
        return {"enum": ["", *known]}
    if field.choices:
        empty: list[Any] = [None] if field.null else []
        return {"enum": [*empty, *([""] if field.blank else []), *dict(field.flatchoices)]}
    return {"type": [_type(field), "null"] if field.null else _type(field)} | _format(field)


def _type(field: Field[Any, Any]) -> str:
    if isinstance(field, models.BooleanField):
        return "boolean"
    return "integer" if isinstance(field, models.IntegerField) else "string"


def _format(field: Field[Any, Any]) -> dict[str, Any]:
    if isinstance(field, models.DateField):
        return {"format": "date"}
    if isinstance(field, models.DecimalField):
        return {"pattern": r"^-?\d+(\.\d+)?$"}
    if isinstance(field, models.ForeignKey):
        of = "单位代码" if issubclass(field.related_model, Unit) else "姓名（隐去名字）"
        return {"description": of}
    if isinstance(field, HostsField):
        return {"description": f"单位代码，以“{BETWEEN}”分开"}
    return {}


def written(value: Any) -> Any:
    """A stored value as JSON: days in ISO form, money as text, units by code, people masked."""
    if isinstance(value, Unit):
        return value.code
    if isinstance(value, Person):
        return value.masked
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
