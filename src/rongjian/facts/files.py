"""The fact files on disk: `<kind>/<YYYY-MM>.parquet` by the month of `happened_on`.

Beside them stands `facts.json`, which says up to which line of the log they are complete, or that
a change of them was not finished. Whoever reads all of them holds the folder (`sole_writer`) so
that they belong together. Files are replaced whole and never removed, so that whoever has listed a folder can open what it found;
`<kind>/schema.parquet` is always there and always empty, so that a ledger without records is a
table without rows.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
from django.conf import settings

from rongjian.kernel.files import published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from rongjian.facts.schema import Column

EMPTY = "schema"
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Manifest:
    """What the fact files are of: the log up to `heads`, the units, the columns of each kind.

    `complete` is false from before the first file is replaced until after the last.
    """

    heads: Mapping[str, tuple[int, str]]
    units: str
    schema: Mapping[str, Mapping[str, str]]
    complete: bool

    @classmethod
    def read(cls) -> Manifest | None:
        """The manifest of the present files; None while there are none."""
        try:
            kept = json.loads(_manifest().read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        heads = {stream: (seq, line) for stream, (seq, line) in kept["heads"].items()}
        return cls(heads, kept["units"], kept["schema"], kept["complete"])

    def write(self) -> None:
        """Put it beside the files."""
        with published(_manifest()) as draft:
            draft.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def _manifest() -> Path:
    return folder() / "facts.json"


def folder() -> Path:
    """Where the facts lie."""
    return settings.FACTS_DIR


def month_of(day: date) -> str:
    """The partition of a day; `strftime` would not fill up early years."""
    return f"{day.year:04d}-{day.month:02d}"


def partitions(kind: str) -> list[str]:
    """The months of which a kind has a file."""
    return sorted(path.stem for path in (folder() / kind).glob("????-??.parquet"))


def write(kind: str, partition: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """Replace one partition of a kind by the rows."""
    with published(folder() / kind / f"{partition}.parquet") as draft, _engine() as engine:
        engine.register("drawn", _arrays(columns, list(rows)))
        # Names and types come from the models; the path is quoted by hand, COPY takes no marks.
        picked = ", ".join(
            f'CAST("{each.name}" AS {each.type}) AS "{each.name}"' for each in columns
        )
        target = str(draft).replace("'", "''")
        engine.execute(
            f"COPY (SELECT {picked} FROM drawn ORDER BY unit_path, happened_on, id) "  # noqa: S608
            f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )


def _arrays(columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, Any]:
    arrays = {}
    for number, column in enumerate(columns):
        array = np.empty(len(rows), dtype=object)
        array[:] = [row[number] for row in rows]
        arrays[column.name] = array
    return arrays


@cache
def _database() -> duckdb.DuckDBPyConnection:
    engine = duckdb.connect()
    # Objects are read as text and cast by the declared type: guessing from a sample would take
    # a column whose first rows are empty for a column of numbers.
    engine.execute("SET pandas_analyze_sample = 0")
    return engine


@contextmanager
def _engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with _database().cursor() as engine:
        yield engine
