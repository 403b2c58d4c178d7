"""Parts counted over the fact files by the columnar engine.

The fact files are read where they lie, as `facts/files.py` describes them: `<kind>/*.parquet` by
month, and `facts.json` with the point of the log they are complete up to.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
from django.conf import settings
from sqlglot import exp

from rongjian.indicators.compiler import totals_at, totals_by_month
from rongjian.indicators.cube import Rows
from rongjian.indicators.schema import schemas
from rongjian.indicators.spec import HOST_PLACES, HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from rongjian.indicators.compiler import Place
    from rongjian.indicators.formula import Part
    from rongjian.indicators.standing import Standing


class FactsMissing(LookupError):
    """The fact files are not there, not finished, or of an older form of the ledgers."""


@dataclass(frozen=True)
class Facts:
    """The fact files as they are: complete up to a point of the log."""

    heads: Mapping[str, tuple[int, str]]

    @classmethod
    def present(cls, parts: Iterable[Part]) -> Facts:
        """The facts, if the parts can be counted over them; FactsMissing otherwise."""
        try:
            kept = json.loads((_folder() / "facts.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FactsMissing("还没有事实数据，请先运行 rongjian tick") from None
        if not kept["complete"] or not all(_covers(kept["schema"], part) for part in parts):
            raise FactsMissing("事实数据没有写完，或与台账的字段不符，请先运行 rongjian tick")
        return cls({stream: (seq, line) for stream, (seq, line) in kept["heads"].items()})


def by_month(parts: Iterable[Part], standing: Standing) -> Iterator[Rows]:
    """Additive parts by unit and month, over all facts: one query a kind and date."""
    for some in _together(parts):
        query = totals_by_month(some, schemas()[some[0].kind])
        with _engine() as engine:
            found = engine.execute(_sql(query, _files(some[0].kind, "*"))).fetchnumpy()
        hosts = list(found.pop(HOSTS, ()))
        columns = {name: _whole(column) for name, column in found.items()}
        amounts = {part.key: columns[f"p{place}"] for place, part in enumerate(some)}
        yield standing.spread(Rows(columns["unit_id"], columns["month"], amounts), hosts)


def at_place(
    parts: Iterable[Part], days: tuple[date, date], place: Place
) -> Mapping[Part, Decimal]:
    """Any parts at one place between two days."""
    totals: dict[Part, Decimal] = {}
    for some in _together(parts):
        kind, on = some[0].kind, some[0].on
        query = totals_at(some, schemas()[kind], days, place)
        files = _files_between(kind, days) if on == "happened_on" else _files(kind, "*")
        with _engine() as engine:
            row = engine.execute(_sql(query, files)).fetchone() or ()
        for part, number in zip(some, row, strict=True):
            totals[part] = Decimal(str(number or 0)).scaleb(-part.places)
    return totals


def _together(parts: Iterable[Part]) -> Iterator[Sequence[Part]]:
    """The parts that one query can count: of one kind and one date."""
    same = attrgetter("kind", "on")
    for _, some in groupby(sorted(parts, key=lambda part: (*same(part), part.key)), key=same):
        yield list(some)


def _files(kind: str, *names: str) -> list[str]:
    return [str(_folder() / kind / f"{name}.parquet") for name in names]


def _files_between(kind: str, days: tuple[date, date]) -> list[str]:
    """The files of the months between two days; the empty one makes a table of nothing."""
    first, last = (f"{day.year:04d}-{day.month:02d}" for day in days)
    months = sorted(path.stem for path in (_folder() / kind).glob("????-??.parquet"))
    return _files(kind, "schema", *(month for month in months if first <= month <= last))


def _sql(query: exp.Select, files: Sequence[str]) -> str:
    """The query for the embedded engine, with the kind's files in place of its table."""
    listed = exp.Array(expressions=[exp.Literal.string(file) for file in files])
    table = exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[listed]))
    return query.from_(table).sql(dialect="duckdb")


def _whole(column: Any) -> Any:
    """A column of numbers; a sum of nothing is empty there and 0 here."""
    return np.ma.filled(column, 0).astype(np.int64)


def _covers(schema: Mapping[str, Mapping[str, str]], part: Part) -> bool:
    known = schemas()[part.kind]
    asked = {part.on, part.field, *(each.field for group in part.where for each in group)} - {""}
    wanted = {known[name].column for name in asked}
    wanted |= {HOSTS, *HOST_PLACES.values()} if HOSTS in known else set()
    return wanted <= schema.get(part.kind, {}).keys()


def _folder() -> Path:
    return settings.FACTS_DIR


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@contextmanager
def _engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with _database().cursor() as engine:
        yield engine
