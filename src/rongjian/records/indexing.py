"""Keeping what search knows in step with the records, in the transaction that writes them.

Every way of writing calls `enter` (one record), `enter_rows` (a new batch), `enter_again` or `forget`. What a record is
found by is made column by column and once per distinct value, as in `bulk.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, models, transaction

from rongjian.kernel.find_words import MARK, PRIVATE, fold, pieces, sound_pieces
from rongjian.org.models import Person, Unit
from rongjian.records import postings
from rongjian.records.find_models import Findable
from rongjian.records.kinds import kind_of, kinds
from rongjian.records.models import VOID, Record
from rongjian.records.queries import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from django.db.models import Field

    from rongjian.org.finding import Directory
    from rongjian.records.kinds import Kind

FORM = 2
"""The number of these rules; `tick` makes anew what was made by others."""
_NO_TITLE = {"key", "campaign", "line"}
_LEAST = 100
"""Smaller whole numbers say nothing by themselves: everything has a 1, 2 or 3."""
_AT_ONCE = 2000
_READABLE = (models.CharField, models.TextField, models.IntegerField, models.DecimalField)
_STORED = ("record_id", "title", "open", "private", "marks", "form")


class Entry(NamedTuple):
    """What a record is found by: its texts, folded, and its marks."""

    title: str
    open: str
    private: str
    marks: str

    def tokens(self) -> str:
        """Everything that the inverted index keeps of it, joined by blanks."""
        parts = [_led_by(self.title), *map(_pieces, self.open.split("\n"))]
        parts += map(_withheld, self.private.split("\n") if self.private else ())
        return " ".join((*dict.fromkeys(chain.from_iterable(parts)), self.marks))


_pieces = lru_cache(maxsize=50_000)(pieces)


@lru_cache(maxsize=50_000)
def _withheld(text: str) -> tuple[str, ...]:
    """A text that a projection does not show is found by pieces of their own."""
    return tuple(PRIVATE + piece for piece in _pieces(text))


@lru_cache(maxsize=50_000)
def _led_by(title: str) -> tuple[str, ...]:
    """A title is found by its sounds too."""
    return (*_pieces(title), *sound_pieces(title))


def enter(record: Record) -> None:
    """Bring one record, of its own class, up to date after it was written."""
    forget([record.pk])
    if record.state != VOID:
        kind = kind_of(record.kind)
        columns = {name: [getattr(record, name)] for name in _columns(kind.code)}
        _write([record.pk], _entries(kind, columns, 1))


def enter_rows(kind: Kind, ids: Sequence[int], columns: Mapping[str, Sequence[Any]]) -> None:
    """Enter new records of a kind, given by the columns of their fields (attnames)."""
    _write(ids, _entries(kind, columns, len(ids)))


def enter_again(ids: Sequence[int]) -> None:
    """Bring stored records up to date, whatever their kinds."""
    forget(ids)
    for kind in kinds():
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            rows = kind.model._default_manager.exclude(state=VOID).filter(pk__in=part)
            _enter_all(kind, rows)


def forget(ids: Sequence[int]) -> None:
    """Take records out: voided, purged, or to be entered anew."""
    for start in range(0, len(ids), _AT_ONCE):
        found = Findable.objects.filter(pk__in=ids[start : start + _AT_ONCE])
        rows = [(each.pk, Entry(*_stored(each)).tokens()) for each in found]
        if rows:
            postings.erase(rows)
            found.delete()


def rebuild() -> int:
    """Make everything anew; how many records there are to be found. One transaction."""
    number = 0
    with transaction.atomic():
        postings.drop(connection)
        postings.create(connection)
        Findable.objects.all().delete()
        for kind in kinds():
            number += _enter_all(kind, kind.model._default_manager.exclude(state=VOID))
    postings.settle()
    return number


def catch_up() -> int:
    """Enter what is missing, after an update or a restored backup; how many records that were."""
    if Findable.objects.exclude(form=FORM).exists():
        return rebuild()
    number = 0
    for kind in kinds():
        missing = kind.model._default_manager.exclude(state=VOID).filter(findable=None)
        if missing.exists():
            with transaction.atomic():
                number += _enter_all(kind, missing)
    return number


def _enter_all(kind: Kind, rows: models.QuerySet[Any]) -> int:
    names = _columns(kind.code)
    found = rows.order_by("pk").values_list("pk", *names)
    number = last = 0
    while part := list(found.filter(pk__gt=last)[:_AT_ONCE]):
        ids, *values = zip(*part, strict=True)
        enter_rows(kind, ids, dict(zip(names, values, strict=True)))
        number, last = number + len(ids), ids[-1]
    return number


def _stored(found: Findable) -> tuple[str, str, str, str]:
    return found.title, found.open, found.private, found.marks


def _write(ids: Sequence[int], entries: Sequence[Entry]) -> None:
    rows = [(pk, *entry, FORM) for pk, entry in zip(ids, entries, strict=True)]
    postings.keep(Findable._meta.db_table, _STORED, rows)
    postings.write([(pk, entry.tokens()) for pk, entry in zip(ids, entries, strict=True)])


# --- what a record is found by ---------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What is made of which field of a kind: titles in order, open and private texts, marks."""

    titles: tuple[str, ...]
    open: tuple[str, ...]
    private: tuple[str, ...]
    units: tuple[str, ...]
    people: tuple[str, ...]


@cache
def plan_of(code: str) -> Plan:
    """How records of a kind are read; fields that search cannot read are left out."""
    kind = kind_of(code)
    fields = [kind.field(name) for name in kind.fields if name not in ("unit", "happened_on")]
    texts = [field for field in fields if _is_readable(field)]
    titles = [kind.field(name) for name in kind.columns if name not in _NO_TITLE]
    return Plan(
        titles=_names(each for each in titles if _is_title(kind, each)),
        open=_names(field for field in texts if field.name not in kind.private),
        private=_names(field for field in texts if field.name in kind.private),
        units=_names(
            field
            for field in fields
            if field.related_model is Unit and field.name not in kind.private
        ),
        people=_names(field for field in (*fields, *_tied(kind)) if field.related_model is Person),
    )


def _names(fields: Iterable[Field[Any, Any]]) -> tuple[str, ...]:
    return tuple(
        field.attname
        for field in fields
        if getattr(field, "column", None) and not field.many_to_many
    )


def _tied(kind: Kind) -> list[Field[Any, Any]]:
    """The fields beside those of the form by which a row names somebody who may read it."""
    ties = (getattr(kind.model, f"access_{tie}", "") for tie in ("subject", "handler", "addressee"))
    names = chain.from_iterable(tie if isinstance(tie, tuple) else (tie,) for tie in ties)
    return [kind.field(each) for each in names if each and "__" not in each]


def _is_readable(field: Field[Any, Any]) -> bool:
    """Whether a field says something in words or numbers that somebody could look for."""
    return isinstance(field, _READABLE)


def _is_title(kind: Kind, field: Field[Any, Any]) -> bool:
    words = isinstance(field, models.CharField | models.TextField) and not field.choices
    return words and field.name not in kind.private


@cache
def _columns(code: str) -> tuple[str, ...]:
    """The attnames that entries are made from."""
    plan = plan_of(code)
    own = (*plan.titles, *plan.open, *plan.private, *plan.units, *plan.people)
    return tuple(dict.fromkeys(("key", "unit_id", "court_id", "happened_on", *own)))


def _entries(kind: Kind, columns: Mapping[str, Sequence[Any]], number: int) -> list[Entry]:
    plan = plan_of(kind.code)
    said = {name: _told(kind, name, columns[name]) for name in {*plan.open, *plan.private, "key"}}
    titles = [said.get(name) or _told(kind, name, columns[name]) for name in plan.titles]
    marks = [[kind_mark(kind.code)] * number, _days(columns["happened_on"])]
    marks += [_marks(court_mark, columns["court_id"]), _marks(unit_mark, columns["unit_id"])]
    marks += [_marks(unit_mark, columns[name]) for name in plan.units]
    marks += [_marks(person_mark, columns[name]) for name in plan.people]
    found = []
    for at in range(number):
        title = next((words[at] for words in titles if words[at]), "") or said["key"][at]
        rest = (said[name][at] for name in dict.fromkeys(("key", *plan.open)))
        found.append(
            Entry(
                title,
                "\n".join(words for words in dict.fromkeys(rest) if words and words != title),
                "\n".join(said[name][at] for name in plan.private if said[name][at]),
                " ".join(each[at] for each in marks if each[at]),
            )
        )
    return found


def _told(kind: Kind, name: str, values: Sequence[Any]) -> list[str]:
    """A column in folded words, each distinct value once."""
    field = kind.field(name)
    return _each(values, lambda value: fold(_words(field, value)))


def _words(field: Field[Any, Any], value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | Decimal):
        number = Decimal(value)
        return f"{number.normalize():f}" if abs(number) >= _LEAST else ""
    return in_words(field, value)


def _each(values: Sequence[Any], of: Callable[[Any], str]) -> list[str]:
    known = {value: of(value) for value in set(values)}
    return [known[value] for value in values]


def _marks(of: Callable[[int], str], values: Sequence[int | None]) -> list[str]:
    return _each(values, lambda value: of(value) if value else "")


def _days(values: Sequence[date]) -> list[str]:
    return _each(values, lambda day: " ".join(day_marks(day)))


def day_marks(day: date) -> tuple[str, str, str]:
    """The marks of a day: its year, its month, itself."""
    return f"{MARK}y{day:%Y}", f"{MARK}m{day:%Y%m}", f"{MARK}d{day:%Y%m%d}"


def kind_mark(code: str) -> str:
    """The mark of a ledger."""
    return f"{MARK}k{code}"


def unit_mark(pk: int) -> str:
    """The mark of a unit that a record is of or names, as its task force."""
    return f"{MARK}u{pk}"


def court_mark(pk: int) -> str:
    """The mark of the procuratorate whose record it is."""
    return f"{MARK}c{pk}"


def person_mark(pk: int) -> str:
    """The mark of somebody whom a record names."""
    return f"{MARK}p{pk}"


def place_marks(directory: Directory, units: Iterable[int]) -> list[str]:
    """The marks of units, a whole house by one of its own."""
    courts, rest = directory.houses(units)
    return [*map(court_mark, sorted(courts)), *map(unit_mark, sorted(rest))]
