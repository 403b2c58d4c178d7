"""Rows that are read at further units as well: which units the rows of the shared relation name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rongjian.org.models import Unit
    from rongjian.org.reaching import Place


def host_units(rows: Any) -> Iterator[Unit]:
    """The units that the rows of a shared relation of one record name."""
    fields = _host_fields(rows.model)
    for row in rows.select_related(*(f"{name}__court" for name in fields)):
        yield from (unit for name in fields if (unit := getattr(row, name)))


def hosted(model: type[Model], shared: str, places: Iterable[Place]) -> Q:
    """The rows of a model of which the shared relation names a unit in one of some places."""
    relation: Any = model._meta.get_field(shared)
    inside = Q()
    for place in places:
        for name in _host_fields(relation.related_model):
            inside |= place.condition(f"{name}__") & Q(**{f"{name}__isnull": False})
    hosts = relation.related_model._default_manager.filter(inside)
    return Q(pk__in=hosts.values(relation.field.name))


def _host_fields(related: type[Model]) -> tuple[str, ...]:
    """The fields by which a row names units: `unit`, unless its model says `host_fields`."""
    found: tuple[str, ...] = getattr(related, "host_fields", ("unit",))
    return found
