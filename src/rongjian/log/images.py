"""What the log keeps of an object before and after: its stored fields as plain JSON values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model


def image_of(model: Model) -> dict[str, Any]:
    """The stored fields of a record of any kind, or of a unit, person, post …"""
    return {
        field.attname: plain(field.value_from_object(model))
        for field in model._meta.concrete_fields
        if not field.name.endswith("_ptr")
    }


def plain(value: Any) -> Any:
    """A field's value as JSON knows it: dates, times (UTC) and amounts as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value if value is None or isinstance(value, bool | int | str) else str(value)
