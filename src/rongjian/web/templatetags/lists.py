"""Small things that templates of lists and figures need in print."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django import template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rongjian.records.kinds import Kind

register = template.Library()


@register.filter
def grouped(number: int | Decimal | None) -> str:
    """A number with thousands separators, as tables print it; nothing for None."""
    return "" if number is None else f"{number:,}"


@register.filter
def heading(kind: Kind, name: str) -> str:
    """What lists call a field of a kind."""
    return kind.heading(name)


@register.filter
def query(parameters: Mapping[str, str]) -> str:
    """Parameters as the query of an address."""
    return urlencode(parameters)
