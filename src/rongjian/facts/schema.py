"""What a fact row carries, column by column, read off the fields of each kind.

A fact row holds what figures filter and group by and nothing that tells who or what the record is
about: no key, no free text, none of the kind's private fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.records.kinds import kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rongjian.records.kinds import Kind


@dataclass(frozen=True)
class Column:
    """One column of a fact file: its name and type there, and where the ORM finds the value.

    Without a lookup it is not of the record's own tables and added when rows are drawn.
    """

    name: str
    type: str
    lookup: str


# Both ways of standing in the tree: `unit_path` as organised now, `path` as organised that day.
_PLACES = (
    Column("id", "BIGINT", "pk"),
    Column("unit", "VARCHAR", "unit__code"),
    Column("unit_path", "VARCHAR", "unit__path"),
    Column("court", "VARCHAR", "court__code"),
    Column("path", "VARCHAR", "path"),
)
# Where the further hosts stand, now and then: each path behind |/, so that a part of a path is found
# in the text. Only kinds that may be held jointly have them.
HOST_PLACES = (Column("host_paths", "VARCHAR", ""), Column("host_places", "VARCHAR", ""))


def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind's facts; ValueError when a private field is declared as one."""
    if leaking := set(kind.facts) & set(kind.private):
        raise ValueError(f"{kind.code} 的 facts 里有不得上行的字段：{'、'.join(sorted(leaking))}")
    drawn = (kind.field(name) for name in kind.drawn)
    hosts = HOST_PLACES if kind.joint else ()
    own = (Column(field.attname, _type(field), field.attname) for field in drawn)
    return (*_PLACES, *own, *hosts)


def schema() -> Mapping[str, dict[str, str]]:
    """The columns of every kind with their types, as the manifest of the facts keeps them."""
    return {kind.code: {each.name: each.type for each in columns(kind)} for kind in kinds()}


def _type(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.DecimalField):
        return f"DECIMAL({field.max_digits},{field.decimal_places})"
    for family, name in _TYPES.items():
        if isinstance(field, family):
            return name
    raise ValueError(f"字段 {field.name} 的类型不能进入事实文件")


_TYPES: dict[type[models.Field[Any, Any]], str] = {
    models.BooleanField: "BOOLEAN",
    models.DateField: "DATE",
    models.IntegerField: "BIGINT",
    models.ForeignKey: "BIGINT",
    models.CharField: "VARCHAR",
}
