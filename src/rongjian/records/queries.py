"""Reading records for people: lists, and one record's surroundings.

Every row comes through `access.visible`. Where an actor may not view but `project`, the reading is
a projection: the same rows without the kind's private fields.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Q

from rongjian.kernel.catalogue import load_campaigns, load_lines
from rongjian.org.access import Denied, allowed, may_somewhere, visible
from rongjian.org.models import Person, Unit
from rongjian.records.host_models import BETWEEN, HostsField
from rongjian.records.hosts import at, placed
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Link, Record, of_batch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from django.db.models import Field, QuerySet

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Kind

_NO_TEXTS = {"key", "campaign", "line"}


@cache
def campaigns() -> Mapping[str, str]:
    """Short names of the campaigns (专项) by code, oldest first."""
    return {campaign.code: campaign.short for campaign in load_campaigns()}


@cache
def lines() -> Mapping[str, str]:
    """Short names of the business lines by code."""
    return {line.code: line.short for line in load_lines()}


# --- one field in words ----------------------------------------------------------------------


def shown(kind: Kind, name: str, record: Record, *, masked: bool) -> str:
    """A record's field as a page prints it; people are masked unless it is their own house."""
    if isinstance(kind.field(name), HostsField):
        return hosts_words(host.unit for host in record.hosted_by.all())
    value = getattr(record, name)
    if isinstance(value, Person):
        return value.masked if masked else value.name
    if isinstance(value, Unit):
        return unit_words(value)
    return in_words(kind.field(name), value)


def unit_words(unit: Unit) -> str:
    """A unit's short name, after its procuratorate's where it is not one itself."""
    if unit.is_court or unit.court is None:
        return unit.short
    inside = unit.short.startswith(unit.court.short)
    return unit.short if inside else f"{unit.court.short} {unit.short}"


def hosts_words(units: Iterable[Unit]) -> str:
    """Hosts as pages and sheets print them, and as forms and imports read them."""
    return BETWEEN.join(unit_words(unit).replace(" ", "") for unit in units)


def in_words(field: Field[Any, Any], value: Any) -> str:
    """A plain stored value as a page prints it."""
    if value is None or value == "":
        return ""
    if field.name in {"campaign", "line"}:
        return str({**campaigns(), **lines()}.get(value, value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    return str(value)


def _is_text(column: Field[Any, Any]) -> bool:
    texts = isinstance(column, models.CharField | models.TextField) and not column.choices
    return texts and not isinstance(column, HostsField)


def told(records: Iterable[Record], *, full: bool = False) -> dict[int, str]:
    """`about` for rows of the mixed table, by id: one query for each kind among them."""
    by_kind: dict[str, list[int]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record.pk)
    return {
        each.pk: about(each, full=full)
        for code, ids in by_kind.items()
        for each in kind_of(code).model._default_manager.filter(pk__in=ids)
    }


def about(record: Record, *, full: bool = False) -> str:
    """What a record of its own class is about: the first free text of its list, else its number.

    `full`: for whoever may view the record itself, and so its private texts too.
    """
    kind = kind_of(record.kind)
    for name in kind.columns:
        column = kind.field(name)
        hidden = name in _NO_TEXTS or (name in kind.private and not full)
        if not hidden and _is_text(column) and getattr(record, name):
            return str(getattr(record, name))
    return str(record)


# --- lists -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """Rows that an actor may read, whether only their projection, and whose links are told."""

    rows: QuerySet[Record]
    projected: bool
    reader: Actor | None = None

    def columns(self, kind: Kind, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the fields that this reading may show."""
        return tuple(name for name in names if not (self.projected and name in kind.private))


def reading(actor: Actor, kind: Kind, unit: Unit | None = None, *, below: bool = False) -> Reading:
    """The rows of a kind for an actor: viewed where that is granted, else projected.

    With `below` the projection is asked for where both are granted; a unit outside the reach of
    `view` is read as a projection too. Raises Denied when neither is granted anywhere.
    """
    rows = kind.model._default_manager.all()
    views = may_somewhere(actor, "view", kind.access)
    projects = may_somewhere(actor, "project", kind.access)
    if not (views or projects):
        raise Denied(f"没有权限：您的岗位不能查看“{kind.name}”的记录")
    beyond = below or (unit is not None and not allowed(actor, "view", kind.access, unit))
    if projects and (beyond or not views):
        return Reading(visible(actor, rows, "project"), projected=True, reader=actor)
    return Reading(visible(actor, rows, "view"), projected=False, reader=actor)


def reading_of(actor: Actor, rows: QuerySet[Record]) -> Reading:
    """Given rows as far as the actor may read them: in full if all of them, else projected."""
    full = visible(actor, rows, "view")
    total = rows.count()
    if full.count() == total:
        return Reading(full, projected=False, reader=actor)
    projected = visible(actor, rows, "project")
    if projected.count():
        return Reading(projected, projected=True, reader=actor)
    return Reading(full, projected=False, reader=actor)


@dataclass(frozen=True)
class Wish:
    """What a list is asked for; everything left out does not limit it.

    With `then` the rows are those that were the unit's on their day, wherever it stands now.
    """

    unit: Unit | None = None
    then: bool = False
    first: date | None = None
    last: date | None = None
    words: str = ""
    campaign: str = ""
    state: str = ""
    batch: int | None = None
    force: Unit | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


def wished(kind: Kind, read: Reading, wish: Wish) -> QuerySet[Record]:
    """The rows that fit a wish; voided ones only when asked for by their state."""
    return read.rows.filter(asked_for(kind, read, wish))


def asked_for(kind: Kind, read: Reading, wish: Wish) -> Q:
    """What a wish asks of a row; the kind is named so that the indexes that begin with it answer."""
    condition = Q(kind=kind.code)
    condition &= Q(state=wish.state) if wish.state else ~Q(state=VOID)
    if wish.unit:
        condition &= placed(kind, at(wish.unit, then=wish.then))
    asked = {
        "happened_on__gte": wish.first,
        "happened_on__lte": wish.last,
        "campaign": wish.campaign or None,
        "task_force": wish.force,
        **{name: wish.choices[name] for name in read.columns(kind, wish.choices)},
    }
    condition &= Q(**{name: value for name, value in asked.items() if value is not None})
    if wish.batch is not None:
        condition &= of_batch(wish.batch)
    if wish.words:
        condition &= _mentions(kind, read, wish.words)
    return condition


def _mentions(kind: Kind, read: Reading, words: str) -> Q:
    """The words stand in the key or in a text column that this reading shows."""
    condition = Q(key__icontains=words)
    for name in read.columns(kind, kind.columns):
        if _is_text(kind.field(name)):
            condition |= Q(**{f"{name}__icontains": words})
    return condition


def with_names(kind: Kind, rows: QuerySet[Record], names: Iterable[str]) -> QuerySet[Record]:
    """The rows with everything loaded that printing these fields needs."""
    related = {"unit__court"}
    for name in names:
        if isinstance(kind.field(name), HostsField):
            rows = rows.prefetch_related("hosted_by__unit__court")
        if isinstance(kind.field(name), models.ForeignKey):
            deeper = issubclass(kind.field(name).related_model, Unit)  # type: ignore[arg-type]
            related.add(f"{name}__court" if deeper else name)
    return rows.select_related(*sorted(related))


def counts_by_kind(actor: Actor) -> dict[str, int]:
    """How many records of each kind the actor may list."""
    living = Record.objects.exclude(state=VOID)
    found: dict[str, int] = {}
    for verb in ("view", "project"):
        rows = visible(actor, living, verb).order_by().values("kind").annotate(n=Count("pk"))
        for code, number in rows.values_list("kind", "n"):
            found[code] = max(found.get(code, 0), number)
    return found


# --- one record ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbour:
    """A record at the other end of a link."""

    words: str
    record: Record
    about: str
    outgoing: bool

    @property
    def kind(self) -> Kind:
        """What the other record is."""
        return kind_of(self.record.kind)


def neighbours(actor: Actor, record: Record) -> list[Neighbour]:
    """The linked records that the actor may view; the others do not exist for them."""
    links = list(
        Link.objects.filter(Q(source=record) | Q(target=record))
        .select_related("source__unit__court", "target__unit__court")
        .order_by("kind", "pk")
    )
    others = [link.target if link.source_id == record.pk else link.source for link in links]
    seen = viewed(actor, [other.pk for other in others])
    words = told((other for other in others if other.pk in seen), full=True)
    return [
        Neighbour(_says(link), other, words[other.pk], link.source_id == record.pk)
        for link, other in zip(links, others, strict=True)
        if other.pk in seen
    ]


def _says(link: Link) -> str:
    """What a link says: its relation, and the mode where it has one."""
    mode = link.get_mode_display() if link.mode else ""
    return f"{link.get_kind_display()} · {mode}" if mode else str(link.get_kind_display())


def linked(actor: Actor, records: Iterable[Record]) -> dict[int, int]:
    """How many linked records each of some has, as far as the actor may view them."""
    ids = {record.pk for record in records}
    pairs = list(
        Link.objects.filter(Q(source__in=ids) | Q(target__in=ids)).values_list("source", "target")
    )
    ends = [*pairs, *((target, source) for source, target in pairs)]
    seen = viewed(actor, {pk for pair in pairs for pk in pair} | ids)
    return Counter(one for one, other in ends if one in ids and other in seen)


def viewed(actor: Actor, ids: Iterable[int]) -> set[int]:
    """Those of some records that the actor may view."""
    return set(visible(actor, Record.objects.filter(pk__in=ids)).values_list("pk", flat=True))
