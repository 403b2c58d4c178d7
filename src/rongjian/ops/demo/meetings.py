"""The living present of Party organisations: the activities of the last months, up to yesterday.

A branch keeps to its fixed day; what it does touches its department's lines more often than not.
The Party office of each procuratorate records the month's activities within days.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from functools import cache, partial
from random import Random
from typing import TYPE_CHECKING

from rongjian.kernel.catalogue import load_campaigns
from rongjian.kernel.workdays import add_workdays
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ops.demo.calendar import skips
from rongjian.ops.demo.cast import BRANCH
from rongjian.ops.demo.scribe import moment
from rongjian.ops.demo.words import topics
from rongjian.records.actions import link
from rongjian.records.bulk import create_many
from rongjian.records.host_models import stated
from rongjian.records.kinds import kind_of
from rongjian.records.linking import explain
from rongjian.records.models import LinkKind, Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rongjian.kernel.catalogue import Campaign
    from rongjian.kernel.periods import Month
    from rongjian.ops.demo.realm import Branch, Court, Realm
    from rongjian.ops.demo.scribe import Recorded, Row, Scribe
    from rongjian.ops.demo.words import Topic
    from rongjian.org.access import Actor

NEIGHBOUR = "450103"
"""The procuratorate whose joint activities the branch of the cast hosts too."""

COMMITTEE_FROM = 7
"""A branch with so many full members has a committee (支部工作条例)."""

NO_LINK = ("organisation", "study", "care")
DECIDED = timedelta(days=45)
"""Decisions of meetings so young are followed up in the demo."""
RESOLVED = ("形成落实措施并明确责任人", "按分工抓好落实，下次会议通报进展", "同意所议事项")


def write_meetings(realm: Realm, scribe: Scribe, months: list[Month]) -> dict[str, list[Recorded]]:
    """Plan every activity of the months; returns them by procuratorate, for linking."""
    recorded: dict[str, list[Recorded]] = {}
    for court in realm.courts:
        random = Random(f"{realm.seed}/meetings/{court.unit.code}")
        written = recorded[court.unit.code] = []
        for month in months:
            rows = list(_month(random, court, month))
            _share(realm, court, rows)
            written.extend(_record(scribe, court, month, rows))
    return recorded


def _share(realm: Realm, court: Court, rows: list[Row]) -> None:
    """Let branches of other procuratorates host the joint activities too."""
    others = [branch for each in realm.courts if each is not court for branch in each.branches]
    for row in rows:
        if row["type"] == "joint_activity" and others:
            # A chance of its own: what else happens does not depend on who hosts with whom.
            random = Random(f"{realm.seed}/hosts/{row['unit_id']}/{row['happened_on']}")
            mates = random.sample(others, min(len(others), random.choice((1, 1, 2))))
            codes = {branch.unit.code for branch in mates}
            row["hosts"] = stated(codes | {BRANCH} if court.unit.code == NEIGHBOUR else codes)


def _record(scribe: Scribe, court: Court, month: Month, rows: list[Row]) -> Iterator[Recorded]:
    """The month's rows as the office records them; the latest ones still wait for somebody."""
    until = scribe.until.date()
    when = moment(add_workdays(month.last_day + timedelta(days=1), -1), 17)
    office = court.acting("organ_committee", when)
    recent = min(until - timedelta(days=10), until.replace(day=1))
    states: dict[str, list[Row]] = {"approved": [], "submitted": [], "draft": []}
    for place, row in enumerate(row for row in rows if row["happened_on"] < until):
        late = "submitted" if place % 8 else "draft"
        states["approved" if row["happened_on"] < recent else late].append(row)
    for state, part in states.items():
        if part:
            said = [(row.pop("_decided", ""), row.pop("_no_link", "")) for row in part]
            recorded = scribe.rows(when, office, "activity", part, state=state)
            yield recorded
            follow = partial(_follow, office, recorded, said, until - DECIDED)
            scribe.at(when + timedelta(minutes=10), follow)


def _follow(
    office: Actor, recorded: Recorded, said: list[tuple[str, str]], newest: date, now: datetime
) -> None:
    """What the newest meetings decided, each a record of its own, and why some touch no business."""
    actor = replace(office, now=now)
    told = list(zip(recorded.ids, recorded.rows, said, strict=True))
    decided = {
        pk: _decision(row, what)
        for pk, row, (what, _) in told
        if what and row["happened_on"] >= newest
    }
    unlinked = {pk: reason for pk, _, (_, reason) in told if reason}
    ids = create_many(actor, kind_of(MeetingDecision.kind_code), list(decided.values()))
    records = Record.objects.select_related("unit__court", "court")
    made = records.in_bulk([*ids, *decided, *unlinked])
    for decision, meeting in zip(ids, decided, strict=True):
        link(actor, made[decision], made[meeting], LinkKind.BASIS)
    for pk, reason in unlinked.items():
        explain(actor, made[pk], reason, "")


def _decision(meeting: Row, what: str) -> Row:
    """What a meeting decided, to be done within twenty working days."""
    same = {name: meeting[name] for name in ("unit_id", "happened_on", "campaign", "line")}
    return {"what": what, "due_on": add_workdays(meeting["happened_on"], 20), **same}


def _month(random: Random, court: Court, month: Month) -> Iterator[Row]:
    yield _activity(random, court, None, month, "first_item")
    if month.month % 3 == 0:
        yield _activity(random, court, None, month, "centre_group_study")
    for branch in court.branches:
        if branch.unit.code != BRANCH:
            for kind in kinds_of_month(branch, month):
                row = _activity(random, court, branch, month, kind)
                if not skips(court.unit.code, f"{branch.unit.code}/{kind}", month):
                    yield row
            if random.random() < 0.02:
                yield _activity(random, court, branch, month, "joint_activity")


def kinds_of_month(branch: Branch, month: Month) -> Iterator[str]:
    """What the rules ask of a branch in a month (三会一课)."""
    yield "theme_day"
    if branch.full >= COMMITTEE_FROM:
        yield "committee_meeting"
    if month.month % 3 == 0:
        yield "member_meeting"
    if month.month % 3 == 2:
        yield "party_lecture"
    if month.month == 1:
        yield "org_life_meeting"


def _activity(random: Random, court: Court, branch: Branch | None, month: Month, kind: str) -> Row:
    """One activity; without a branch it is the leading Party group's."""
    topic = _topic(random, branch, kind)
    day = fixed_day(month, branch, random)
    row: Row = {
        "unit_id": branch.unit.pk if branch else court.leading_group.pk,
        "type": kind,
        "happened_on": day,
        "topic": topic.text,
        "mode": topic.mode,
        "place": f"{3 + day.month % 3}0{1 + day.day % 7}会议室",
        "starts_at": time(15),
        "campaign": running(topic.campaign, day),
        "line": _line(random, topic, branch),
    }
    if branch:
        row["expected"] = branch.members
        row["absent"] = min(branch.members - 1, random.choice((0, 0, 0, 0, 1, 1, 2)))
    if random.random() < 0.4:
        row["_decided"] = random.choice(RESOLVED)
    if not topic.lines and random.random() < 0.15:
        row["_no_link"] = random.choice(NO_LINK)
    return row


def _topic(random: Random, branch: Branch | None, kind: str) -> Topic:
    fitting = [
        topic
        for topic in topics()
        if kind in topic.types and (branch is None or fits(topic, branch))
    ]
    # A topic about casework is twice as likely as one that is not.
    return random.choices(fitting, [2 if topic.lines else 1 for topic in fitting])[0]


def fits(topic: Topic, branch: Branch) -> bool:
    """Whether a branch has anything to do with what the topic touches."""
    if topic.lines:
        return not set(topic.lines).isdisjoint(branch.lines)
    return not topic.office or not branch.lines


def _line(random: Random, topic: Topic, branch: Branch | None) -> str:
    shared = [line for line in topic.lines if branch is None or line in branch.lines]
    return random.choice(shared) if shared else ""


def running(code: str, day: date) -> str:
    """The campaign if it runs on the day, else none."""
    return code if any(each.code == code and each.runs_on(day) for each in _campaigns()) else ""


@cache
def _campaigns() -> list[Campaign]:
    return load_campaigns()


def fixed_day(month: Month, branch: Branch | None, random: Random) -> date:
    """The branch's day of the month or a day near it, always a working day of the month."""
    number = 20 if branch is None else 21 + int(branch.unit.code[-2:]) % 4
    day = month.first_day + timedelta(days=number - 1 + random.randint(-1, 2))
    return min(add_workdays(day, 0), add_workdays(month.last_day + timedelta(days=1), -1))
