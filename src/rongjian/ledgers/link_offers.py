"""Which records a new record is likely to be about: offered at every form, found without typing.

Open task forces of the people concerned, what the department has still to do, what the person or
the unit wrote down in the last days, and what the last links led to. All of it through `visible`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from rongjian.ledgers.force_batch import setups_of
from rongjian.log.models import Event, StreamHead
from rongjian.org.access import classes, may_somewhere, visible
from rongjian.org.models import Affiliation, AffiliationKind, Pairing, Unit, in_force
from rongjian.org.rosters import roster
from rongjian.records.kinds import Kind, kind_of, kinds
from rongjian.records.link_rules import link_rules
from rongjian.records.models import VOID, Due, Link, LinkKind, Mode, Record
from rongjian.records.queries import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rongjian.org.access import Actor

RECENT = timedelta(days=30)
MOST = 8
"""Offers that a form shows."""
_EACH, _FOUND, _EVENTS = 6, 12, 60
_LOOKED_BACK = 5000
"""Lines of the own house's log that are looked through for what somebody changed."""


@dataclass(frozen=True)
class Offer:
    """A record that a link may lead to, why it is offered, and what the link would say."""

    record: Record
    words: str
    why: str
    relation: str
    mode: str

    @property
    def kind(self) -> Kind:
        """What the record is."""
        return kind_of(self.record.kind)


def offers(actor: Actor, kind: Kind, unit: Unit | None) -> list[Offer]:
    """What is offered to a record of a kind at a unit, likeliest first; a fixed number of queries."""
    near = _near(actor, unit)
    why: dict[int, str] = {}
    for pk, reason in (
        *_task_forces(actor, unit),
        *_still_to_do(near),
        *_of_the_last_links(actor, kind),
        *_of_the_last_days(actor, near),
    ):
        why.setdefault(pk, reason)
    return _readable(actor, kind, why)[:MOST]


def offered(actor: Actor, kind: Kind, ids: Iterable[int]) -> list[Offer]:
    """Records chosen before, as offers: a form that comes back shows them again."""
    return _readable(actor, kind, dict.fromkeys(ids, "已选"))


def found(actor: Actor, kind: Kind, words: str) -> list[Offer]:
    """Records named by number, or whose number or text holds the words, that a link may lead to."""
    words = words.strip()
    if not words:
        return []
    name, _, number = words.rpartition("-")
    condition = Q(key__icontains=words)
    if name and number.isdecimal():
        condition |= Q(kind=name, pk=int(number))
    rows = visible(actor, Record.objects.exclude(state=VOID).filter(condition))
    ids = list(rows.order_by("-pk").values_list("pk", flat=True)[:_FOUND])
    for other in _linkable(kind):
        if len(ids) < _FOUND and may_somewhere(actor, "view", other.access):
            ids += _mentioning(actor, other, words)
    return _readable(actor, kind, dict.fromkeys(ids, "查到"))[:_FOUND]


def _mentioning(actor: Actor, kind: Kind, words: str) -> list[int]:
    texts = [
        name
        for name in kind.columns
        if kind.field(name).get_internal_type() == "CharField" and not kind.field(name).choices
    ]
    condition = Q(pk__in=[])
    for name in texts:
        condition |= Q(**{f"{name}__icontains": words})
    rows = visible(actor, kind.model._default_manager.filter(condition)).exclude(state=VOID)
    return list(rows.order_by("-pk").values_list("pk", flat=True)[:_EACH])


def _linkable(kind: Kind) -> Iterator[Kind]:
    return (other for other in kinds() if _joins_or_founds(kind, other.code))


def _joins_or_founds(kind: Kind, other: str) -> bool:
    """Whether a link would join Party work and business, or name what the record rests on."""
    rules = link_rules()
    if kind.code == other:
        return False
    both = {rules.sides[kind.code], rules.sides[other]}
    return rules.joins(kind.code, other) or (
        "neutral" in both and rules.rule(kind.code, other).relation == LinkKind.BASIS
    )


def _readable(actor: Actor, kind: Kind, why: dict[int, str]) -> list[Offer]:
    rows = visible(actor, Record.objects.filter(pk__in=list(why)).exclude(state=VOID))
    kept = {
        row.pk: row
        for row in rows.select_related("unit__court")
        if _joins_or_founds(kind, row.kind)
    }
    shown = [kept[pk] for pk in why if pk in kept]
    words = told([row for row in shown if not _by_number(row)], full=True)
    return [_offer(kind, row, words.get(row.pk, str(row)), why[row.pk]) for row in shown]


def _offer(kind: Kind, record: Record, words: str, why: str) -> Offer:
    rule = link_rules().rule(kind.code, record.kind)
    mode = str(Mode(rule.mode).label) if rule.mode else ""
    return Offer(record, words, why, str(LinkKind(rule.relation).label), mode)


def _by_number(record: Record) -> bool:
    """A case is named by its number alone, never by the people or the charge in it."""
    return classes()[kind_of(record.kind).access].person


# --- where offers come from ------------------------------------------------------------------------


def _near(actor: Actor, unit: Unit | None) -> set[int]:
    """The unit, what it is paired with, and the actor's own department and branch."""
    own = {actor.person.department_id, actor.person.branch_id}
    own |= {unit.pk} if unit else set()
    pairs = Pairing.objects.filter(in_force(actor.today)).filter(
        Q(party_unit__in=own) | Q(business_unit__in=own)
    )
    for party, business in pairs.values_list("party_unit", "business_unit"):
        own |= {party, business}
    return {pk for pk in own if pk is not None}


def _task_forces(actor: Actor, unit: Unit | None) -> Iterator[tuple[int, str]]:
    """The setting up of every task force that somebody concerned is in and that is not over."""
    people = {actor.person.pk}
    if unit is not None:
        people |= {each.pk for each in roster(unit, actor.today).people}
    forces = Unit.objects.filter(dissolved_on=None).filter(
        affiliations__in=Affiliation.objects.filter(
            in_force(actor.today), kind=AffiliationKind.TASK_FORCE, person__in=people
        )
    )
    setups = setups_of(list(forces.distinct().order_by("path")[:_EACH]))
    for setup in setups.values():
        yield setup.pk, "参加人所在专班"


def _still_to_do(near: set[int]) -> Iterator[tuple[int, str]]:
    """Records that the department has still to hand in, and dues that name the record they come from."""
    waiting = Q(pk__in=[])
    for kind in kinds():
        states = [
            state.code
            for state in kind.flow.states
            if state.counted and any(m.right == "submit" for m in kind.flow.moves_from(state.code))
        ]
        if states:
            waiting |= Q(kind=kind.code, state__in=states)
    rows = Record.objects.filter(waiting, unit__in=near).order_by("-pk")
    for pk in rows.values_list("pk", flat=True)[:_EACH]:
        yield pk, "部门待办"
    origins = Due.objects.filter(unit__in=near, answers=None).order_by("due_on", "pk")
    known = {kind.code for kind in kinds()}
    for origin in origins.values_list("origin", flat=True)[:_EVENTS]:
        name, number, *_ = (*origin.split(":"), "")
        if name in known and number.isdecimal():
            yield int(number), "部门应办"


def _of_the_last_links(actor: Actor, kind: Kind) -> Iterator[tuple[int, str]]:
    links = Link.objects.filter(source__author=actor.person, source__kind=kind.code)
    for pk in links.order_by("-pk").values_list("target", flat=True)[:_EACH]:
        yield pk, "上次关联"


def _of_the_last_days(actor: Actor, near: set[int]) -> Iterator[tuple[int, str]]:
    """What the actor changed and what the unit wrote down in the last days."""
    since = actor.now - RECENT
    stream = actor.person.court.code
    head = StreamHead.objects.filter(stream=stream).first()
    latest = Event.objects.filter(stream=stream, seq__gt=(head.seq if head else 0) - _LOOKED_BACK)
    mine = latest.filter(actor=actor.ref, record_id__isnull=False).order_by("-seq")
    for pk, at in mine.values_list("record_id", "at")[:_EVENTS]:
        if pk and at >= since.isoformat()[:10]:
            yield pk, "近 30 天经办"
    written = Record.objects.filter(unit__in=near, recorded_at__gte=since).order_by("-pk")
    for pk in written.values_list("pk", flat=True)[: _EACH * 3]:
        yield pk, "近 30 天记录"
