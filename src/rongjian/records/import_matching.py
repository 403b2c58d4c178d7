"""Which record of the database a row of an import is about, and which other row it repeats.

A row is matched by the record number of our own exports, else by its key; a row that has neither is
the same record as one with the same content, so that a file read twice is not recorded twice.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rongjian.org.access import visible
from rongjian.records.import_mapping import NUMBER
from rongjian.records.import_reading import Trouble, as_read, quoted
from rongjian.records.models import VOID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from rongjian.org.access import Actor
    from rongjian.records.import_checking import Line
    from rongjian.records.kinds import Kind
    from rongjian.records.models import Record

_CHUNK = 2000
_DIGEST = 6


@dataclass(frozen=True)
class Match:
    """A record that a row is about, with its values by attname."""

    pk: int
    unit: int
    version: int
    values: dict[str, Any]


def record_number(record: Record) -> str:
    """The number that our exports give a record: it tells this database's records from others'."""
    return _numbered(record.kind, record.pk, record.recorded_at)


def _numbered(kind: str, pk: int, recorded_at: datetime) -> str:
    seed = f"{kind}:{pk}:{recorded_at.timestamp():.3f}".encode()
    return f"{pk}-{hashlib.sha256(seed).hexdigest()[:_DIGEST]}"


class Matches:
    """Finds the records behind rows, slice by slice, and remembers what the rows claimed."""

    def __init__(self, actor: Actor, kind: Kind, given: Sequence[str]) -> None:
        self.actor = actor
        self.kind = kind
        self.attnames = [kind.field(name).attname for name in kind.fields]
        self.given = list(dict.fromkeys(("unit_id", *given)))
        self.unit_given = "unit_id" in given
        self.claimed: dict[str, int] = {}
        self.used: set[int] = set()
        self._by_key: dict[str, dict[str, Any]] = {}
        self._by_pk: dict[int, dict[str, Any]] = {}
        self._by_content: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        self._contents: dict[tuple[Any, ...], int] = {}
        self._editable: set[int] = set()

    # --- loading one slice ---

    def find(self, lines: Sequence[Line]) -> None:
        """Load what the database has for these lines."""
        rows = self.kind.model._default_manager.order_by()
        keys = [line.key for line in lines if line.key]
        # Said like the constraint's own condition, so that its index answers.
        living = rows.filter(kind=self.kind.code).exclude(key="").exclude(state=VOID)
        self._by_key = {row["key"]: row for row in self._load(living, "key__in", keys)}
        numbers = [_pk(line.number) for line in lines if line.number]
        self._by_pk = {row["pk"]: row for row in self._load(rows, "pk__in", numbers)}
        self._by_content = {}
        bare = [line for line in lines if not line.key and not line.number and self._dated(line)]
        if bare:
            self._load_contents(bare)
        found = [*self._by_key.values(), *self._by_pk.values()]
        found += [row for group in self._by_content.values() for row in group]
        self._editable = self._may_edit([row["pk"] for row in found])

    def _load(self, rows: Any, lookup: str, wanted: Sequence[Any]) -> Iterable[dict[str, Any]]:
        names = {"pk", "key", "version", "state", "kind", "recorded_at", *self.attnames}
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            yield from rows.filter(**{lookup: part}).values(*names)

    def _dated(self, line: Line) -> bool:
        return line.values.get("happened_on") is not None and not line.bad

    def _load_contents(self, lines: Sequence[Line]) -> None:
        days = [line.values["happened_on"] for line in lines]
        rows = self.kind.model._default_manager.order_by().exclude(state=VOID)
        rows = rows.filter(
            kind=self.kind.code, key="", happened_on__gte=min(days), happened_on__lte=max(days)
        )
        units = sorted({line.values["unit_id"] for line in lines})
        for row in self._load(rows, "unit_id__in", units):
            if row["pk"] not in self.used:
                self._by_content.setdefault(self._content(row), []).append(row)

    def _may_edit(self, pks: Sequence[int]) -> set[int]:
        allowed: set[int] = set()
        for start in range(0, len(pks), _CHUNK):
            rows = self.kind.model._default_manager.filter(pk__in=pks[start : start + _CHUNK])
            allowed.update(visible(self.actor, rows, "edit").values_list("pk", flat=True))
        return allowed

    def _content(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(as_read(values[name]) for name in self.given)

    # --- one line ---

    def of(self, line: Line) -> Match | None:
        """The record a line is about; what is wrong with that is reported at the line."""
        row = self._numbered(line) if line.number else self._by_key.get(line.key)
        self._claim(line, row)
        if row is None:
            return None if line.key or line.number else self._same_content(line)
        if row["pk"] not in self._editable:
            message = f"编号{quoted(line.key)}已有记录，且不在您可以修改的范围内"
            line.report("key", Trouble("duplicate", message))
            return None
        if not self.unit_given:
            line.values["unit_id"] = row["unit_id"]
        elif self._conflicts(line, row):
            message = f"编号{quoted(line.key)}在库中是另一单位的记录"
            line.report("key", Trouble("duplicate", message, record=row["pk"]))
        return self._match(row)

    def _match(self, row: Mapping[str, Any]) -> Match:
        values = {name: row[name] for name in self.attnames}
        return Match(row["pk"], row["unit_id"], row["version"], values)

    def _numbered(self, line: Line) -> dict[str, Any] | None:
        row = self._by_pk.get(_pk(line.number))
        known = row and _numbered(row["kind"], row["pk"], row["recorded_at"]) == line.number
        if row is None or not known:
            message = f"记录号{quoted(line.number)}不是本系统的，新增时请留空"
            line.report(NUMBER, Trouble("duplicate", message))
            return None
        if row["state"] == VOID:
            line.report(NUMBER, Trouble("duplicate", f"记录号{quoted(line.number)}的记录已作废"))
            return None
        other = self._by_key.get(line.key)
        if other and other["pk"] != row["pk"]:
            line.report("key", Trouble("duplicate", f"编号{quoted(line.key)}已有另一条记录"))
        return row

    def _claim(self, line: Line, row: Mapping[str, Any] | None) -> None:
        """Two rows of a file cannot be one record."""
        identities = [line.key, f"#{row['pk']}" if row else ""]
        for identity in filter(None, identities):
            first = self.claimed.setdefault(identity, line.row.number)
            if first != line.row.number:
                message = f"与第 {first} 行重复（编号{quoted(line.key)}相同）"
                line.report("key", Trouble("duplicate", message, other=first))

    def _conflicts(self, line: Line, row: Mapping[str, Any]) -> bool:
        moved = line.values["unit_id"] not in (None, row["unit_id"])
        return moved and not line.number and not line.row.prefer_file

    def _same_content(self, line: Line) -> Match | None:
        if not self._dated(line):
            return None
        twins = self._by_content.get(self._content(line.values), [])
        while twins:
            row = twins.pop(0)
            if row["pk"] in self._editable:
                self.used.add(row["pk"])
                return self._match(row)
        return None

    def twin(self, line: Line) -> int:
        """The earlier row of the file with the same content, where no key tells them apart."""
        if line.key or line.number or line.match:
            return 0
        first = self._contents.setdefault(self._content(line.values), line.row.number)
        return 0 if first == line.row.number else first


def _pk(number: str) -> int:
    """The record's id in a record number; 0 where it is none."""
    digits = number.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else 0
