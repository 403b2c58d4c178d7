"""Records as .xlsx under the headings that an import takes, so that what left can come back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import models

from rongjian.kernel.sheets import Column, write_xlsx
from rongjian.org.models import Person, Unit
from rongjian.records.host_models import HostsField
from rongjian.records.import_mapping import NUMBER_HEADING
from rongjian.records.import_matching import record_number
from rongjian.records.queries import in_words, shown, unit_words, with_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Field, QuerySet

    from rongjian.kernel.cells import Kind as ColumnKind
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record
    from rongjian.records.queries import Reading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 2000


def workbook(kind: Kind, read: Reading, rows: QuerySet[Record]) -> bytes:
    """The rows as a workbook; fields that the reading withholds stay empty under their heading."""
    open_names = read.columns(kind, kind.fields)
    columns = [*(_column(kind, name) for name in kind.fields), Column(NUMBER_HEADING, 10)]
    loaded = with_names(kind, rows, open_names)
    return write_xlsx(columns, _rows(kind, open_names, loaded), title=kind.name)


def _rows(
    kind: Kind, open_names: tuple[str, ...], rows: QuerySet[Record]
) -> Iterator[list[object]]:
    opened, doubtful = set(open_names), _doubtful()
    for record in rows.iterator(chunk_size=_CHUNK):
        cells = [
            _cell(kind, name, record, doubtful) if name in opened else None for name in kind.fields
        ]
        yield [*cells, record_number(record)]


def _doubtful() -> set[str]:
    """What more than one unit is called, as one that was dissolved and the one that followed it."""
    units = Unit.objects.order_by().select_related("court")
    named = Counter(map(_unit_name, units.only("short", "type", "court__short")))
    return {name for name, times in named.items() if times > 1}


def _unit_name(unit: Unit) -> str:
    return unit_words(unit).replace(" ", "")


def _cell(kind: Kind, name: str, record: Record, doubtful: set[str]) -> object:
    """A value as an import reads it: units by name, people by number, choices by their words.

    A unit whose name is another's too stands under its code.
    """
    field, value = kind.field(name), getattr(record, name)
    if isinstance(field, HostsField):
        return shown(kind, name, record, masked=False)
    if isinstance(value, Unit):
        called = _unit_name(value)
        return value.code if called in doubtful else called
    if isinstance(value, Person):
        return value.staff_no
    if field.choices or field.name in {"campaign", "line"}:
        return in_words(field, value)
    return value


def _column(kind: Kind, name: str) -> Column:
    field = kind.field(name)
    length = getattr(field, "max_length", None) or 12
    return Column(kind.heading(name), min(40, max(12, length // 3)), _holds(field))


def _holds(field: Field[Any, Any]) -> ColumnKind:
    if isinstance(field, models.DateField):
        return "date"
    if isinstance(field, models.DecimalField):
        return "money"
    if isinstance(field, models.IntegerField):
        return "integer"
    return "text"
