"""Cells put into our form: which forms there are, and cells that a person wants as they were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.kernel.cell_forms import Sort, form_of
from rongjian.org.models import Person
from rongjian.records.host_models import HostsField
from rongjian.records.import_reading import NAMED, Reading, Trouble, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

AS_IS = "as_is"
"""Where the layout of an import keeps, by field, the forms that are left as they were typed."""

_GROUPS: dict[Sort, str] = {
    "text": "text",
    "date": "date",
    "number": "number",
    "boolean": "boolean",
    "choice": "choice",
    "unit": "unit",
    "person": "person",
}


def sort_of(target: models.Field[Any, Any]) -> Sort:
    """What sort of cell a field reads."""
    if isinstance(target, models.ForeignKey):
        return "person" if issubclass(target.related_model, Person) else "unit"
    if isinstance(target, HostsField):
        return "unit"
    if target.choices or target.name in NAMED:
        return "choice"
    if isinstance(target, models.BooleanField):
        return "boolean"
    if isinstance(target, models.DateField):
        return "date"
    return "number" if isinstance(target, models.DecimalField | models.IntegerField) else "text"


def as_typed(
    target: models.Field[Any, Any],
    forms: Collection[str],
    text: str,
    found: Reading,
    shown: Callable[[Any], str],
) -> Reading:
    """The reading of a cell whose form may have to stay: text as it is, anything else to be settled.

    A day or a number cannot be kept in a form of its own, so a person has to say what it means.
    """
    sort = sort_of(target)
    if not found.normalised or found.trouble or form_of(text, sort) not in forms:
        return found
    if sort == "text" and len(text) <= (target.max_length or len(text)):
        return Reading(text)
    message = f"按原文，没有自动规范{quoted(text)}"
    suggestion = "" if found.value is None else shown(found.value)
    return Reading(trouble=Trouble(_GROUPS[sort], message, suggestion))


def written(target: models.Field[Any, Any], value: Any) -> str:
    """A value as a person writes it; of people the number, which needs no looking up here."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if target.choices:
        return str(dict(target.flatchoices).get(value, value))
    if target.name in NAMED:
        return NAMED[target.name]()[0].get(value, str(value))
    return "" if target.related_model is Person or value is None else str(value)
