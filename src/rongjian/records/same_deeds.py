"""Deeds and cases that two units have both recorded, among the records that somebody may read.

Which ledgers are looked through, and by what, their kinds declare (`Deed`). A joint deed is one
record with several hosts, or records that were linked, and is not named here. Nothing is changed:
people are asked to look and to leave one record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rongjian.kernel.same_deeds import Claim, Deeds
from rongjian.org.access import visible
from rongjian.records.kinds import kinds
from rongjian.records.models import VOID, Link
from rongjian.records.queries import unit_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from rongjian.org.access import Actor
    from rongjian.records.kinds import Deed, Kind

_CHUNK = 500


@dataclass(frozen=True)
class Twin:
    """Two records that look like one deed, the earlier entered first; how they were found."""

    kind: Kind
    first: int
    second: int
    by_key: bool


def claiming() -> list[Kind]:
    """The ledgers in which two units may have claimed one deed."""
    return [kind for kind in kinds() if kind.deed]


def twins(actor: Actor, kind: Kind) -> list[Twin]:
    """The pairs of a ledger's records that look like one deed, both readable to the actor."""
    if kind.deed is None:
        return []
    known = list(stored(actor, kind))
    found = []
    for each in Deeds(known, kind.deed.days).likenesses():
        first, second = sorted((each.first.place, each.second.place))
        found.append(Twin(kind, first, second, each.by_key))
    joined = _linked({pk for twin in found for pk in (twin.first, twin.second)})
    return [twin for twin in found if (twin.first, twin.second) not in joined]


@dataclass(frozen=True)
class Statement:
    """One of two records as a list names it: who says what of which day."""

    record: int
    unit: str
    day: date
    words: str

    def __str__(self) -> str:
        return f"{self.unit} {self.day} {self.words}"


def told(found: Sequence[Twin]) -> list[tuple[Statement, Statement]]:
    """Both records of each pair of one ledger in words; only what is not private is said."""
    if not found:
        return []
    kind = found[0].kind
    name = (*(kind.deed.name if kind.deed else ()), "key")[0]
    rows = kind.model._default_manager.select_related("unit__court")
    pks = sorted({pk for twin in found for pk in (twin.first, twin.second)})
    known = {
        record.pk: Statement(
            record.pk, unit_words(record.unit), record.happened_on, getattr(record, name)
        )
        for start in range(0, len(pks), _CHUNK)
        for record in rows.filter(pk__in=pks[start : start + _CHUNK])
    }
    return [(known[twin.first], known[twin.second]) for twin in found]


def stored(actor: Actor, kind: Kind, within: tuple[date, date] | None = None) -> Iterator[Claim]:
    """The living records of a ledger that the actor may read in full or as a projection."""
    deed = kind.deed
    if deed is None:
        return
    names = ("pk", "unit_id", "happened_on", "key", *_attnames(kind, deed))
    living = kind.model._default_manager.exclude(state=VOID).order_by()
    if within:
        living = living.filter(happened_on__range=within)
    rows: dict[int, Mapping[str, Any]] = {}
    for verb in ("view", "project"):
        for row in visible(actor, living, verb).values(*names).iterator():
            rows[row["pk"]] = row
    for pk in sorted(rows):
        yield claim(kind, pk, rows[pk])


def claim(kind: Kind, place: int, row: Mapping[str, Any]) -> Claim:
    """A record, or a row that is to become one, as a claim; values by attname."""
    deed = kind.deed
    assert deed is not None  # noqa: S101  # only such kinds are looked through
    return Claim(
        place,
        row["unit_id"],
        row["happened_on"].toordinal(),
        key=(row.get("key") or "") if deed.numbered else "",
        names=tuple(row.get(name) or "" for name in deed.name),
        story=" ".join(row.get(name) or "" for name in deed.story),
        same=tuple(row.get(kind.field(name).attname) for name in deed.same),
    )


def _attnames(kind: Kind, deed: Deed) -> list[str]:
    return [kind.field(name).attname for name in deed.fields]


def _linked(pks: set[int]) -> set[tuple[int, int]]:
    """The pairs among these records that people have linked, the smaller id first."""
    found: set[tuple[int, int]] = set()
    listed = sorted(pks)
    for start in range(0, len(listed), _CHUNK):
        part = listed[start : start + _CHUNK]
        links = Link.objects.filter(source__in=part)
        found.update((min(pair), max(pair)) for pair in links.values_list("source_id", "target_id"))
    return found
