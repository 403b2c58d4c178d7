"""Links between activities and the casework or the documents that they were about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.study_document import StudyDocument
from rongjian.ops.demo.cast import BRANCH
from rongjian.ops.demo.scribe import moment
from rongjian.org.access import actor_of
from rongjian.records.actions import link
from rongjian.records.kinds import kind_of
from rongjian.records.models import LinkKind, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from rongjian.ops.demo.desk import Entry
    from rongjian.ops.demo.realm import Court, Realm
    from rongjian.ops.demo.scribe import Recorded, Scribe
    from rongjian.org.access import Actor

_BY_MODE = {
    "service": LinkKind.SERVE,
    "supervision": LinkKind.ADVANCE,
    "team": LinkKind.GUIDE,
    "internet": LinkKind.COOPERATE,
}

_STUDIES = ("first_item", "theme_day", "party_lecture", "member_meeting")
_SOON = timedelta(days=45)


def write_links(
    realm: Realm,
    scribe: Scribe,
    meetings: dict[str, list[Recorded]],
    casework: dict[str, list[Recorded]],
    count: int,
) -> None:
    """In every procuratorate, link some activities to cases of the same line known by then."""
    for court in realm.courts:
        random = Random(f"{realm.seed}/links/{court.unit.code}")
        code = court.unit.code
        candidates = [
            (recorded, place)
            for recorded in meetings[code]
            for place, row in enumerate(recorded.rows)
            if row["line"]
        ]
        for recorded, place in random.sample(candidates, min(count, len(candidates))):
            row = recorded.rows[place]
            target = _target(random, casework.get(code, []), row["line"], recorded.at)
            if target:
                office = court.acting("organ_committee", recorded.at)
                kind = _BY_MODE.get(row["mode"], LinkKind.BASIS)
                source = partial(recorded.ids.__getitem__, place)
                scribe.at(
                    recorded.at + timedelta(minutes=20),
                    partial(_link, office, source, target, kind),
                )


def link_desk(
    realm: Realm, scribe: Scribe, entries: Sequence[Entry], casework: Sequence[Recorded]
) -> None:
    """The organiser of the cast's branch links each activity that was about cases."""
    random = Random(f"{realm.seed}/links/{BRANCH}")
    organiser = actor_of(realm.cast["lisi"], scribe.until)
    for entry in entries[:-2]:
        activity, at = entry.activity, entry.noted_at + timedelta(minutes=2)
        target = _target(random, casework, activity.line, at) if activity.line else None
        if target:
            kind = _BY_MODE.get(activity.mode, LinkKind.BASIS)
            scribe.at(at, partial(_link, organiser, partial(getattr, activity, "pk"), target, kind))


def write_studies(realm: Realm, scribe: Scribe) -> None:
    """In the cast's house all branches but the last link what they studied to its documents."""
    court = realm.court(BRANCH.split("-")[0])
    scribe.at(moment(scribe.until.date(), 16, 30), partial(_study, court))


def _study(court: Court, now: datetime) -> None:
    office = court.acting("organ_committee", now)
    bodies = [court.leading_group, *(branch.unit for branch in court.branches[:-1])]
    for document in StudyDocument._default_manager.filter(unit=court.unit):
        since = document.received_on or document.happened_on
        for body in bodies:
            held = Activity._default_manager.filter(
                unit=body,
                type__in=_STUDIES,
                state__in=kind_of(Activity.kind_code).flow.counted,
                happened_on__range=(since, since + _SOON),
            )
            if activity := held.select_related("unit", "court").order_by("happened_on").first():
                link(replace(office, now=now), activity, document, LinkKind.BASIS)


def _target(
    random: Random, casework: Sequence[Recorded], line: str, by: datetime
) -> Callable[[], int] | None:
    """A record of the line that stands in the books by a time, if there is one."""
    known = [
        partial(recorded.ids.__getitem__, place)
        for recorded in casework
        if recorded.at < by
        for place, row in enumerate(recorded.rows)
        if row["line"] == line
    ]
    return random.choice(known) if known else None


def _link(
    actor: Actor,
    source: Callable[[], int],
    target: Callable[[], int],
    kind: LinkKind,
    now: datetime,
) -> None:
    records = Record.objects.select_related("unit", "court")
    link(replace(actor, now=now), records.get(pk=source()), records.get(pk=target()), kind)
