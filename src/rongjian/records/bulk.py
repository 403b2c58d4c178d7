"""The write template over a batch: many records of one kind in one transaction, one Event.

Validation, stamping and conversion go column by column and only once per distinct value, which
is what makes ten thousand rows a second possible; the rules are the single write's rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F

from rongjian.log import audit, door, receipts
from rongjian.log.images import image_of, plain
from rongjian.org.access import require
from rongjian.org.locks import rely_on_places
from rongjian.org.models import Unit
from rongjian.org.queries import paths_on, place_then
from rongjian.records import indexing
from rongjian.records.barred import misplaced
from rongjian.records.hosts import stand_many
from rongjian.records.kinds import Kind
from rongjian.records.models import VOID, Due, Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.records.models import Batch

Columns = dict[str, list[Any]]
_CHUNK = 2000


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row: its place in the batch, the field, and a Chinese sentence."""

    row: int
    field: str
    message: str


class BulkProblems(Exception):
    """Some rows cannot be written; nothing was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(
            f"{len(problems)} 处不能写入，第一处：第 {first.row + 1} 行 {first.message}"
        )
        self.problems = list(problems)


def create_many(
    actor: Actor,
    kind: Kind,
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str = "",
    batch: Batch | None = None,
    state: str = "",
) -> list[int]:
    """Write the rows (field attnames → values) as new records of a kind; returns their ids.

    Raises Denied, or BulkProblems with every fault of every row. A repeated `key` returns what
    the first call wrote. `state` may set a later state of the flow than its first.
    """
    if not rows:
        return []
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return done
        rely_on_places()
        rows = _prepared(actor, kind, rows)
        columns = _columns(kind, rows)
        problems = check(kind, columns, rows)
        if problems:
            raise BulkProblems(problems)
        units = _units(columns["unit_id"])
        for unit in units.values():
            require(actor, "import" if batch else "create", kind.access, unit)
        _stamp(actor, kind, columns, units, batch, state)
        ids = _insert(kind, columns)
        indexing.enter_rows(kind, ids, columns)
        hosts = stand_many(ids, columns) if kind.joint else [[pk] for pk in columns["unit_id"]]
        if kind.model.answers_by_day:
            _answer_dues(kind, ids, columns, hosts)
        _log(actor, kind, ids, columns, batch)
        receipts.keep(actor.person.pk, key, ids)
    return ids


def void_many(actor: Actor, kind: Kind, records: Sequence[Record], batch: Batch) -> None:
    """Void records that an import created, as read under lock, in one event.

    Who may import may take the import back; Denied otherwise.
    """
    if not records:
        return
    ids = [record.pk for record in records]
    with transaction.atomic():
        for unit in _units(record.unit_id for record in records).values():
            require(actor, "import", kind.access, unit)
        before = [image_of(record) for record in records]
        Record.objects.filter(pk__in=ids).update(state=VOID, version=F("version") + 1)
        indexing.forget(ids)
        Due.answers.through.objects.filter(record__in=ids).delete()
        after = [{**old, "state": VOID, "version": old["version"] + 1} for old in before]
        rows = [
            [pk, list(old.values()), list(new.values())]
            for pk, old, new in zip(ids, before, after, strict=True)
        ]
        audit.append(
            actor,
            "undo",
            f"batch:{batch.pk}",
            stream=actor.person.court.code,
            change=audit.Change(kind.code, list(before[0]), rows),
            detail=f"{kind.name} {len(ids)} 条",
        )


def writable(kind: Kind) -> list[models.Field[Any, Any]]:
    """The fields a row may carry; the rest is stamped."""
    return [kind.field(name) for name in kind.fields]


def _prepared(
    actor: Actor, kind: Kind, rows: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The rows with what the ledger derives itself filled in, where nothing was given."""
    if kind.model.prepare.__func__ is Record.prepare.__func__:  # type: ignore[attr-defined]
        return rows
    blank = {field.attname: field.get_default() for field in writable(kind)}
    found = []
    for row in rows:
        derived = kind.model.prepare({**blank, **row}, actor.today)
        found.append({**row, **{name: to for name, to in derived.items() if not row.get(name)}})
    return found


def _columns(kind: Kind, rows: Sequence[Mapping[str, Any]]) -> Columns:
    columns: Columns = {}
    for field in kind.model._meta.concrete_fields:
        if field.name.endswith("_ptr") or field.primary_key:
            continue
        default = None if field.null else field.get_default()
        columns[field.attname] = [row.get(field.attname, default) for row in rows]
    known = set(columns)
    if unknown := {name for row in rows for name in row} - known:
        raise KeyError(f"{kind.code} 没有字段 {'、'.join(sorted(unknown))}")
    return columns


def check(kind: Kind, columns: Columns, rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Clean the writable columns in place; returns every fault found, in row order."""
    problems: list[Problem] = []
    for field in writable(kind):
        problems += _check_column(kind, field, columns)
    problems += _check_keys(kind, columns)
    problems += [Problem(*found) for found in misplaced(kind, columns)]
    # A ledger's own rules look across fields, so they need whole rows.
    if kind.model.problems.__func__ is not Record.problems.__func__:  # type: ignore[attr-defined]
        names = [field.attname for field in writable(kind)]
        for number, values in enumerate(zip(*(columns[name] for name in names), strict=True)):
            row = dict(zip(names, values, strict=True))
            problems += [Problem(number, *found) for found in kind.model.problems(row)]
    return sorted(problems, key=attrgetter("row"))


def _check_column(kind: Kind, field: models.Field[Any, Any], columns: Columns) -> list[Problem]:
    values = columns[field.attname]
    clean: dict[Any, Any] = {}
    wrong: dict[Any, str] = {}
    known = _known_targets(field, values)
    for value in set(values):
        try:
            clean[value] = _clean(field, value, known, kind.admits.get(field.name, ()))
        except ValidationError as error:
            wrong[value] = "；".join(error.messages)
    columns[field.attname] = [clean.get(value, value) for value in values]
    if not wrong:
        return []
    return [
        Problem(number, field.name, wrong[value])
        for number, value in enumerate(values)
        if value in wrong
    ]


def _known_targets(field: models.Field[Any, Any], values: list[Any]) -> set[Any]:
    if not isinstance(field, models.ForeignKey):
        return set()
    wanted = {value for value in values if value is not None}
    if not wanted:
        return set()
    related: Any = field.remote_field.model
    return set(
        related._default_manager.filter(pk__in=wanted)
        .complex_filter(field.get_limit_choices_to())
        .values_list("pk", flat=True)
    )


def _clean(
    field: models.Field[Any, Any], value: Any, known: set[Any], admits: Collection[str]
) -> Any:
    if value in (None, "") and not (field.null or field.blank):
        raise ValidationError(f"“{field.verbose_name}”必须填写")
    if isinstance(field, models.ForeignKey):
        if value is not None and value not in known:
            raise ValidationError(f"没有这个{field.verbose_name}：{value}")
        return value
    cleaned = field.clean(value, None)
    if door.takes_text(field) and cleaned and (told := door.faults(cleaned, admits)):
        raise ValidationError(told)
    return cleaned


def _check_keys(kind: Kind, columns: Columns) -> list[Problem]:
    keys = columns["key"]
    given = [key for key in keys if key]
    taken: set[str] = set()
    for start in range(0, len(given), _CHUNK):
        part = given[start : start + _CHUNK]
        # Said like the constraint's own condition and unordered, so that its index answers.
        stored = Record.objects.filter(kind=kind.code, key__in=part).exclude(key="")
        living = stored.exclude(state=VOID).order_by()
        taken.update(living.values_list("key", flat=True))
    first: dict[str, int] = {}
    problems = []
    for number, value in enumerate(keys):
        if not value:
            continue
        if value in first:
            earlier = first[value] + 1
            problems.append(Problem(number, "key", f"编号“{value}”与第 {earlier} 行重复"))
        elif value in taken:
            problems.append(Problem(number, "key", f"编号“{value}”已有记录"))
        first.setdefault(value, number)
    return problems


def _units(ids: Iterable[int]) -> dict[int, Unit]:
    return {unit.pk: unit for unit in Unit.objects.filter(pk__in=set(ids)).order_by()}


def _stamp(
    actor: Actor,
    kind: Kind,
    columns: Columns,
    units: Mapping[int, Unit],
    batch: Batch | None,
    state: str,
) -> None:
    count = len(columns["unit_id"])
    days: list[date] = columns["happened_on"]
    placed = paths_on(units.values(), max(days))
    columns["court_id"] = [units[pk].court_id for pk in columns["unit_id"]]
    columns["path"] = [
        place_then(placed.get(pk, ()), day) or units[pk].path
        for pk, day in zip(columns["unit_id"], days, strict=True)
    ]
    same = {
        "kind": kind.code,
        "state": kind.flow.state(state or kind.flow.initial).code,
        "version": 1,
        "author_id": actor.person.pk,
        "batch_id": batch.pk if batch else None,
        "recorded_at": actor.now,
    }
    for name, value in same.items():
        columns[name] = [value] * count


def _insert(kind: Kind, columns: Columns) -> list[int]:
    """Insert parent and child rows with plain statements; multi-table bulk_create raises."""
    count = len(columns["unit_id"])
    ids = _new_ids(count)
    parent = [field for field in Record._meta.concrete_fields if not field.primary_key]
    _insert_rows(Record, ["id", *_names(parent)], [ids, *_db_values(parent, columns)])
    own = [f for f in kind.model._meta.local_concrete_fields if not f.primary_key]
    pointer = str(kind.model._meta.pk.column)
    _insert_rows(kind.model, [pointer, *_names(own)], [ids, *_db_values(own, columns)])
    return ids


def _names(fields: Iterable[models.Field[Any, Any]]) -> list[str]:
    return [str(field.column) for field in fields]


def _new_ids(count: int) -> list[int]:
    table = Record._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The write lock is held (IMMEDIATE), so nobody else can take the next numbers.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
    start = (last[0] if last else 0) + 1
    return list(range(start, start + count))


def _db_values(fields: Iterable[models.Field[Any, Any]], columns: Columns) -> list[list[Any]]:
    prepared = []
    for field in fields:
        values = columns[field.attname]
        adapted = {value: field.get_db_prep_save(value, connection) for value in set(values)}
        prepared.append([adapted[value] for value in values])
    return prepared


def _insert_rows(model: type[models.Model], names: list[str], values: list[list[Any]]) -> None:
    quote = connection.ops.quote_name
    into = ", ".join(quote(name) for name in names)
    marks = ", ".join(["%s"] * len(names))
    # Table and column names come from the models, values are parameters.
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({into}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(zip(*values, strict=True)))


def _answer_dues(
    kind: Kind, ids: list[int], columns: Columns, hosts: Sequence[Sequence[int]]
) -> None:
    units = {unit for each in hosts for unit in each}
    dues = Due.objects.filter(kind=kind.code, unit_id__in=units).order_by("unit_id")
    by_unit = {unit: list(group) for unit, group in groupby(dues, key=attrgetter("unit_id"))}
    if not by_unit:
        return
    answers = [
        Due.answers.through(due_id=due.pk, record_id=pk)
        for pk, day, each in zip(ids, columns["happened_on"], hosts, strict=True)
        for unit in each
        for due in by_unit.get(unit, ())
        if due.opens_on <= day <= due.due_on
    ]
    Due.answers.through.objects.bulk_create(answers, batch_size=_CHUNK)


def _log(actor: Actor, kind: Kind, ids: list[int], columns: Columns, batch: Batch | None) -> None:
    names = [
        field.attname
        for field in kind.model._meta.concrete_fields
        if not field.primary_key and not field.name.endswith("_ptr")
    ]
    values = []
    for name in names:
        said = {value: plain(value) for value in set(columns[name])}
        values.append([said[value] for value in columns[name]])
    rows = [
        [pk, None, [pk, *after]] for pk, after in zip(ids, zip(*values, strict=True), strict=True)
    ]
    court = actor.person.court
    audit.append(
        actor,
        "import" if batch else "create",
        f"batch:{batch.pk}" if batch else f"{kind.code}:{ids[0]}-{ids[-1]}",
        stream=court.code,
        change=audit.Change(kind.code, ["id", *names], rows),
        detail=f"{kind.name} {len(ids)} 条",
    )
