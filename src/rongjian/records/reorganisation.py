"""Reorganising with everything that follows in the records, and what it would do beforehand.

Records keep their place of the day (`path`, “as organised then”). A change from a past day on puts
those of the day and later where their unit then stood; this is the only place that writes a path
after the record was saved. Today's copies, among them whose procuratorate a record is, follow when
the day comes (`settle`).

Dues of a dissolved unit that end on the day or later and are not answered pass to its heir. Where
the heir has the same already, or without an heir, they end the day before, with the reason; those
that would begin only later are dropped. What a table of the rooms above keeps beside dues follows
by its own `pass_to_heir`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q

from rongjian.log import receipts
from rongjian.org.access import roles
from rongjian.org.gaps import size_faults
from rongjian.org.locks import change_places
from rongjian.org.models import Unit
from rongjian.org.plans import CannotReorganise
from rongjian.org.reorganising import reorganise, write_down
from rongjian.org.settling import settle_people, settle_units
from rongjian.org.timelines import DAY
from rongjian.records import indexing
from rongjian.records.host_models import Host
from rongjian.records.hosts import anywhere
from rongjian.records.kinds import kinds
from rongjian.records.models import VOID, Due, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from rongjian.org.access import Actor
    from rongjian.org.models import Affiliation, Pairing
    from rongjian.org.outcomes import Outcome
    from rongjian.org.plans import Plan, Refusal
    from rongjian.org.timelines import Stay


@dataclass(frozen=True)
class Change:
    """A unit whose place or name changes: where it was and where it will be, in words."""

    name: str
    was: str
    becomes: str
    follows: bool


@dataclass(frozen=True)
class Consequences:
    """What a plan would do. With `refusals` it cannot be carried out and the rest is empty.

    `recounted` are records that count elsewhere “as organised now”, `restamped` those among them of
    the day or later, which also count elsewhere “as organised then”. `checks` are sentences of the
    rules on sizes and pairings about the result, None where nothing was checked.
    """

    refusals: tuple[Refusal, ...] = ()
    changes: tuple[Change, ...] = ()
    recounted: int = 0
    restamped: int = 0
    people: tuple[tuple[str, str, int], ...] = ()
    posts: tuple[str, ...] = ()
    paired: tuple[str, ...] = ()
    unpaired: tuple[str, ...] = ()
    dues: int = 0
    checks: tuple[str, ...] | None = None

    @property
    def following(self) -> tuple[Change, ...]:
        """The units that only follow those above them."""
        return tuple(change for change in self.changes if change.follows)

    @property
    def possible(self) -> bool:
        """Whether the plan can be carried out."""
        return not self.refusals


def preview(actor: Actor, plan: Plan) -> Consequences:
    """Carry a plan out, see what follows, and take it all back; Denied where it is not granted."""
    with transaction.atomic():
        try:
            return _foreseen(reorganise(actor, plan))
        except CannotReorganise as error:
            return Consequences(refusals=error.refusals)
        finally:
            transaction.set_rollback(True)


def _foreseen(outcome: Outcome) -> Consequences:
    moved = [unit.pk for unit, before, after in outcome.changed if _elsewhere(before, after)]
    return Consequences(
        changes=tuple(_changes(outcome)),
        recounted=Record.objects.exclude(state=VOID).filter(anywhere(Q(unit__in=moved))).count(),
        restamped=len(_stale_records(outcome)),
        people=tuple(_people(outcome)),
        posts=tuple(f"{post.unit.short} {roles()[post.role].name}" for post in outcome.posts),
        paired=tuple(_pair(pair) for pair in outcome.paired),
        unpaired=tuple(_pair(pair) for pair in outcome.unpaired),
        dues=sum(_dues(unit, outcome.plan.on).count() for unit, _ in outcome.ended),
        checks=_checks(outcome),
    )


def _checks(outcome: Outcome) -> tuple[str, ...]:
    """What the rules on sizes and pairings say of every unit concerned, from the day on."""
    pairs = (*outcome.paired, *outcome.unpaired)
    about = {unit for pair in pairs for unit in (pair.party_unit, pair.business_unit)}
    about |= {*outcome.founded, *outcome.plan.named, *(unit for unit, _, _ in outcome.changed)}
    return size_faults(outcome.place, outcome.plan.on, about)


def adjust(actor: Actor, plan: Plan, *, key: str = "") -> list[Unit]:
    """Carry a plan out with all that follows; returns the new units, else the one it is about.

    Raises Denied, or CannotReorganise with every fault. A repeated `key` changes nothing more.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return list(Unit.objects.filter(pk__in=done))
        outcome = reorganise(actor, plan)
        written = len(_stale_records(outcome))
        for rows, path in _stale(outcome):
            rows.update(path=path)
        for unit, heir in outcome.ended:
            _pass_on(unit, heir, plan.on)
        _settle_copies(outcome.settled)
        settle_people(actor.today)
        write_down(actor, outcome, f"，{written} 条记录改记当时位置" if written else "")
        about = outcome.founded or [plan.named[0]]
        receipts.keep(actor.person.pk, key, [unit.pk for unit in about])
    return about


def settle(today: date) -> int:
    """Let today's copies follow the day, as often as one likes; returns how many units changed."""
    with transaction.atomic():
        change_places()
        changed = settle_units(today)
        _settle_copies(changed)
        settle_people(today)
    return len(changed)


# --- records ---------------------------------------------------------------------------------


def _stale(outcome: Outcome) -> Iterator[tuple[QuerySet[Record] | QuerySet[Host], str]]:
    """What is of the day or later and stands where its unit did not: (rows, the unit's path then).

    First the records of a unit, then those that it hosts with others.
    """
    for unit, _, after in outcome.changed:
        for stay in after:
            if _from(stay, outcome.plan.on):
                days = (max(stay.first, outcome.plan.on), stay.last or date.max)
                own = Record.objects.filter(unit=unit, happened_on__range=days)
                hosted = Host.objects.filter(unit=unit, record__happened_on__range=days)
                yield own.exclude(path=stay.path), stay.path
                yield hosted.exclude(path=stay.path), stay.path


def _stale_records(outcome: Outcome) -> set[int]:
    """The records that stand elsewhere then, with any of their hosts."""
    found: set[int] = set()
    for rows, _ in _stale(outcome):
        found.update(rows.values_list("record" if rows.model is Host else "pk", flat=True))
    return found


def _settle_copies(units: Iterable[Unit]) -> None:
    """Everything that carries its unit's procuratorate beside the unit: records, documents …"""
    by_court: dict[int, list[int]] = {}
    for unit in units:
        by_court.setdefault(unit.court_id or unit.pk, []).append(unit.pk)
    moved = [
        pk
        for court, inside in by_court.items()
        for pk in Record.objects.filter(unit__in=inside)
        .exclude(court=court)
        .values_list("pk", flat=True)
    ]
    for relation in Unit._meta.related_objects:
        model = relation.related_model
        names = {field.name for field in model._meta.get_fields()}
        if relation.field.name == "court" and "unit" in names:
            for court, inside in by_court.items():
                rows = model._default_manager.filter(unit__in=inside)
                rows.exclude(court=court).update(court=court)
    indexing.enter_again(moved)


# --- dues ------------------------------------------------------------------------------------


def _dues(unit: Unit, on: date) -> QuerySet[Due]:
    """The dues of a unit that end on a day or later and are not answered in full."""
    counted = {state for kind in kinds() for state in kind.flow.counted}
    answered = Count("answers", filter=Q(answers__state__in=counted))
    dues = Due.objects.filter(unit=unit, due_on__gte=on).annotate(answered=answered)
    return dues.filter(answered__lt=F("needed")).order_by("due_on", "pk")


def _pass_on(unit: Unit, heir: Unit | None, on: date) -> None:
    """What hangs on a unit that ends: first what tables of the rooms above declare, then its dues."""
    for model in dict.fromkeys(each.related_model for each in Unit._meta.related_objects):
        if pass_to_heir := getattr(model, "pass_to_heir", None):
            pass_to_heir(unit, heir, on)
    _pass_dues(unit, heir, on)


def _pass_dues(unit: Unit, heir: Unit | None, on: date) -> None:
    for due in list(_dues(unit, on)):
        same = Due.objects.filter(origin=due.origin, unit=heir, opens_on=due.opens_on)
        if heir is not None and not same.exists():
            due.unit = heir
            due.save(update_fields=["unit"])
        elif due.opens_on < on:
            due.due_on, due.reason = on - DAY, f"{unit.short}自 {on} 起撤销"
            due.save(update_fields=["due_on", "reason"])
        else:
            due.delete()


# --- in words --------------------------------------------------------------------------------


def _elsewhere(before: tuple[Stay, ...], after: list[Stay]) -> bool:
    return bool(before) and before[-1].path != after[-1].path


def _changes(outcome: Outcome) -> Iterator[Change]:
    """The units that the plan names and founds first, then those that only follow."""
    named = {unit.code for unit in (*outcome.plan.named, *outcome.founded)}
    lines = []
    for unit, before, after in outcome.changed:
        old = next((stay for stay in before if _from(stay, outcome.plan.on)), None)
        new = next(stay for stay in after if _from(stay, outcome.plan.on))
        ended = unit.dissolved_on == outcome.plan.on
        becomes = _standing(outcome, new) + ("（撤销）" if ended else "")
        was = _standing(outcome, old) if old else ""
        direct = unit.code in named or old is None or old.decision != new.decision
        lines.append(Change((old or new).short, was, becomes, not direct))
    ended_in_place = {unit.code for unit, _ in outcome.ended} - set(outcome.codes)
    for code in sorted(ended_in_place):
        stay = outcome.world.stays[code][-1]
        lines.append(Change(stay.short, _standing(outcome, stay), "撤销，记录留在原处", False))
    yield from sorted(lines, key=lambda line: line.follows)


def _from(stay: Stay, on: date) -> bool:
    """Whether it reaches the day; a unit below may have been founded only later."""
    return stay.last is None or stay.last >= on


def _standing(outcome: Outcome, stay: Stay) -> str:
    """南宁市院 · 第一检察部: the way down to a unit by short names."""
    codes = stay.path.strip("/").split("/")[:-1]
    names = [outcome.world.units[code].short for code in codes if code in outcome.world.units]
    return " › ".join((*names[-2:], stay.short))


def _people(outcome: Outcome) -> Iterator[tuple[str, str, int]]:
    """(from, to, how many people); nobody is named to whom may shape trees but not see staff."""
    left: dict[tuple[int, str], Affiliation] = {
        (row.person_id, row.kind): row for row in outcome.released
    }
    ways: Counter[tuple[str, str]] = Counter()
    for row in outcome.people:
        old = left.pop((row.person_id, row.kind), None)
        ways[old.unit.short if old else "", row.unit.short] += 1
    ways.update((row.unit.short, "") for row in left.values())
    yield from ((*way, number) for way, number in sorted(ways.items()))


def _pair(pair: Pairing) -> str:
    return f"{pair.party_unit.short}—{pair.business_unit.short}"
