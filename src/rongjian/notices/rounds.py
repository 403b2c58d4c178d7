"""The round of a day: what each person of a procuratorate is told, made and kept once.

Everything is worked out before the first row is written, so that a round holds nobody up; that it was
made is written with it, in one transaction, so that of two ticks at once only one keeps its round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from rongjian.kernel.workdays import Overrides, is_workday
from rongjian.log import audit
from rongjian.log.verification import Service
from rongjian.notices.channels import channels
from rongjian.notices.models import Address, Delivery, Digest, Mention, Round
from rongjian.notices.policy import entries, rounds
from rongjian.notices.sources import SOURCES
from rongjian.org.access import actor_of
from rongjian.org.belonging import stream_of
from rongjian.org.models import COURT_TYPES, Person, Unit
from rongjian.org.own_days import OwnDay, own_days
from rongjian.records.queries import unit_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from rongjian.notices.policy import Entry
    from rongjian.notices.subjects import Subject
    from rongjian.org.access import Actor

_UNIT, _WORDS = 80, 480
"""How much of a name and of words a notice has room for."""


@dataclass(frozen=True)
class Told:
    """One thing that somebody is to be told, and at which of its moments."""

    entry: Entry
    subject: Subject
    due_on: date
    moment: int
    limit: str

    @property
    def key(self) -> tuple[str, str, date, int]:
        """What is told once."""
        return self.subject.identity, self.entry.code, self.due_on, self.moment


def make(now: datetime) -> int:
    """Make the rounds that are due at this moment; how many digests there are now more."""
    if not rounds().holds(now):
        return 0
    made = 0
    for court in _courts(now.date()):
        made += _keep(court, now, dict(_round(court, now)))
    return made


def _courts(today: date) -> Iterator[Unit]:
    """The procuratorates that work on this day and have had no round yet; the nearest house decides."""
    staffed = Exists(Person.objects.filter(court=OuterRef("pk"), account__is_active=True))
    courts = Unit.objects.filter(staffed, type__in=COURT_TYPES).exclude(dissolved_on__lte=today)
    waiting = courts.exclude(rounds__day=today).order_by("path")
    own = {
        row.unit.path: row.worked for row in OwnDay.objects.filter(day=today).select_related("unit")
    }
    for court in waiting:
        above = [path for path in own if court.path.startswith(path)]
        if own[max(above, key=len)] if above else is_workday(today):
            yield court


def _round(court: Unit, now: datetime) -> Iterator[tuple[Person, list[Told]]]:
    """Everybody at the house who has something to be told."""
    today, days = now.date(), own_days(court)
    here = Person.objects.filter(court=court, account__is_active=True)
    working = here.filter(Q(left_on=None) | Q(left_on__gt=today)).exclude(digests__day=today)
    for person in working.select_related("court", "department", "branch").order_by("staff_no"):
        found = told(actor_of(person, now), days)
        if found:
            yield person, found


def told(actor: Actor, days: Overrides) -> list[Told]:
    """What the actor is to be told on the day, each thing for each reason once."""
    if actor.administrator:
        return []
    found = {each.key: each for each in _near(actor, days)}
    if not found:
        return []
    before = Mention.objects.filter(
        person=actor.person, subject__in={each.subject.identity for each in found.values()}
    )
    for key in before.values_list("subject", "reason", "due_on", "moment"):
        found.pop(key, None)
    return sorted(found.values(), key=lambda each: (each.due_on, each.subject.unit.path))


def _near(actor: Actor, days: Overrides) -> Iterator[Told]:
    """What is near its limit or past it, whether it was told before or not."""
    for entry in entries():
        for subject in SOURCES[entry.of](actor):
            moment = entry.moment(subject, actor.today, days)
            if moment is not None and entry.tells(subject, actor):
                limit = entry.limit_words(subject, actor.today, days)
                yield Told(entry, subject, entry.limit(subject, days), moment, limit)


def _keep(court: Unit, now: datetime, found: dict[Person, list[Told]]) -> int:
    """Write a round down; 0 where another tick has done so meanwhile."""
    try:
        with transaction.atomic():
            Round.objects.create(court=court, day=now.date())
            for person, things in found.items():
                _write(Digest.objects.create(person=person, day=now.date(), made_at=now), things)
            _send(now, found)
            if found:
                doer, target = Service("notices", now), f"round:{now.date()}"
                audit.append(
                    doer, "notify", target, stream=stream_of(court), detail=f"{len(found)} 人"
                )
    except IntegrityError:
        if Round.objects.filter(court=court, day=now.date()).exists():
            return 0
        raise
    return len(found)


def _write(digest: Digest, things: list[Told]) -> None:
    Mention.objects.bulk_create(
        Mention(
            digest=digest,
            person=digest.person,
            subject=each.subject.identity,
            reason=each.entry.code,
            due_on=each.due_on,
            moment=each.moment,
            words=each.subject.words[:_WORDS],
            unit=unit_words(each.subject.unit)[:_UNIT],
            limit=each.limit,
            why=each.entry.why(each.moment, each.subject),
            url=each.subject.url,
        )
        for each in things
    )


def _send(now: datetime, found: dict[Person, list[Told]]) -> None:
    """Lay the digests out for every channel that reaches their people."""
    ready = channels()
    if not ready:
        return
    rows = Address.objects.filter(person__in=found)
    given = {(row.person_id, row.channel): row.address for row in rows}
    made = Digest.objects.filter(person__in=found, day=now.date()).select_related("person")
    Delivery.objects.bulk_create(
        Delivery(digest=digest, channel=channel.code, address=to, next_at=now)
        for digest in made
        for channel in ready
        if (
            to := channel.address_of(digest.person, given.get((digest.person_id, channel.code), ""))
        )
    )
