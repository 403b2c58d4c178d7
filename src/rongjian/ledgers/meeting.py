"""An activity with all that belongs to it, written in one transaction.

Its record, who was absent, the items of its agenda with their votes, what was decided (records of
their own), and its links. A repeated idempotency key writes nothing again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.kernel.screening import screen
from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import Attendance, activity_types, vote_fault
from rongjian.ledgers.agenda import AgendaItem
from rongjian.ledgers.attendance import expected_at
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ledgers.study_document import StudyDocument
from rongjian.log import audit, receipts
from rongjian.org.access import visible
from rongjian.org.models import Person
from rongjian.records import actions, linking
from rongjian.records.models import LinkKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from rongjian.ledgers.activity_types import TypeRule
    from rongjian.ledgers.attendance import Expected
    from rongjian.org.access import Actor
    from rongjian.records.linking import Chosen


@dataclass(frozen=True)
class Item:
    """An item of the agenda as it was typed."""

    kind: str
    title: str
    document: int | None = None
    votes: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Resolved:
    """Something decided as it was typed: what, who answers for it, by when."""

    what: str
    owner: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class Meeting:
    """What belongs to an activity besides its own fields.

    `absent` are ids of people; None leaves the numbers as they were entered. `items` None leaves the
    agenda as it is. Decisions are added; those of before are records that go their own way.
    """

    absent: tuple[int, ...] | None = None
    items: Sequence[Item] | None = None
    resolved: Sequence[Resolved] = field(default_factory=tuple)


def hold(
    actor: Actor,
    activity: Activity,
    meeting: Meeting,
    chosen: Chosen = linking.NOTHING,
    *,
    key: str = "",
) -> Activity:
    """Write an activity with all that belongs to it.

    Raises what `actions.save` raises; faults of the parts stand under `absent`, `agenda`,
    `decisions` and `links`.
    """
    with transaction.atomic():
        if done := receipts.produced(actor.person.pk, key):
            return Activity._default_manager.get(pk=done[0])
        _count(activity, meeting)
        linking.check(activity.kind_code, chosen)
        linking.carry(activity, chosen)
        saved = actions.save(actor, activity)
        told = [
            _write_absences(saved, meeting.absent),
            _write_agenda(actor, saved, meeting.items),
            _decide(actor, saved, meeting.resolved),
        ]
        linking.write(actor, saved, chosen)
        if any(told):
            _log(actor, saved, "，".join(filter(None, told)))
        receipts.keep(actor.person.pk, key, [saved.pk])
    return saved


def _count(activity: Activity, meeting: Meeting) -> None:
    """Work out the numbers from the roster of the day, and refuse parts that cannot be."""
    rule = activity_types().get(activity.type)
    unit_id: Any = activity.unit_id
    day: Any = activity.happened_on
    if rule is None or unit_id is None or day is None:
        return  # Said at the fields themselves.
    expected = expected_at(rule, activity.unit, day)
    absent = meeting.absent
    if absent is not None and expected.people:
        _check_absent(expected, absent)
        activity.expected, activity.absent = len(expected.people), len(set(absent))
        activity.voting = len(expected.voters)
        held = expected.attendance(absent)
    else:
        held = Attendance(activity.expected, activity.absent or 0, activity.voting)
    _check_items(rule, held, meeting.items or ())


def _check_absent(expected: Expected, absent: Sequence[int]) -> None:
    known = {each.pk for each in expected.people}
    if strange := set(absent) - known:
        raise ValidationError({"absent": [f"有 {len(strange)} 名缺席人员不在当日应到名单中"]})


def _check_items(rule: TypeRule, held: Attendance, items: Sequence[Item]) -> None:
    faults = []
    for number, item in enumerate(items, 1):
        if not (item.title.strip() or item.document):
            faults.append(f"第 {number} 项没有填写议题")
        faults += [f"第 {number} 项：{hit.message}" for hit in screen(item.title)]
        if item.votes is not None and not rule.votes:
            faults.append(f"第 {number} 项：“{rule.name}”不进行表决")
        elif item.votes is not None and (words := vote_fault(held, item.votes)):
            faults.append(f"第 {number} 项：{words}")
    if faults:
        raise ValidationError({"agenda": faults})


def _write_absences(activity: Activity, absent: Sequence[int] | None) -> str:
    """Keep who was absent; what is said of it is a number, names are read with their own right."""
    if absent is None or activity.expected is None:
        return ""
    kept = Absence.objects.filter(activity=activity)
    before = set(kept.values_list("person_id", flat=True))
    if before == set(absent):
        return ""
    kept.exclude(person_id__in=absent).delete()
    new = sorted(set(absent) - before)
    Absence.objects.bulk_create(Absence(activity=activity, person_id=pk) for pk in new)
    return f"缺席 {len(set(absent))} 人"


def _write_agenda(actor: Actor, activity: Activity, items: Sequence[Item] | None) -> str:
    """Replace the agenda; a document that an item was about is what the activity rests on."""
    if items is None or _agenda_of(activity) == list(items):
        return ""
    AgendaItem.objects.filter(activity=activity).delete()
    wanted = [item.document for item in items if item.document]
    rows = StudyDocument._default_manager.filter(pk__in=wanted)
    documents = {each.pk: each for each in visible(actor, rows)}
    for place, item in enumerate(items, 1):
        votes: tuple[Any, Any, Any] = item.votes or (None, None, None)
        row = AgendaItem(activity=activity, place=place, kind=item.kind, title=item.title.strip())
        row.document = documents.get(item.document or 0)
        if row.document and not row.title:
            row.title = row.document.title
        row.in_favour, row.against, row.abstained = votes
        row.full_clean()
        row.save()
    for document in documents.values():
        actions.link(actor, activity, document)
    return f"议程 {len(items)} 项"


def _agenda_of(activity: Activity) -> list[Item]:
    return [
        Item(row.kind, row.title, row.document_id, row.votes)
        for row in AgendaItem.objects.filter(activity=activity)
    ]


def _decide(actor: Actor, activity: Activity, resolved: Sequence[Resolved]) -> str:
    """Enter what was decided, each a record that rests on the meeting."""
    known = _owners(actor, activity, resolved)
    for number, each in enumerate(resolved, 1):
        if each.owner and each.owner not in known:
            raise ValidationError({"decisions": [f"第 {number} 项：责任人不在可选的人员中"]})
        decision = MeetingDecision(
            unit=activity.unit,
            happened_on=activity.happened_on,
            what=each.what.strip(),
            owner_id=each.owner,
            due_on=each.due_on,
            campaign=activity.campaign,
            line=activity.line,
            task_force_id=activity.task_force_id,
        )
        try:
            actions.save(actor, decision)
        except ValidationError as error:
            said = [f"第 {number} 项：{words}" for words in error.messages]
            raise ValidationError({"decisions": said}) from error
        actions.link(actor, decision, activity, LinkKind.BASIS)
    return f"议定 {len(resolved)} 项" if resolved else ""


def _owners(actor: Actor, activity: Activity, resolved: Sequence[Resolved]) -> set[int]:
    """Those named as responsible who are of the meeting, or whom the actor may view."""
    named = {each.owner for each in resolved if each.owner}
    if not named:
        return set()
    seen = visible(actor, Person.objects.filter(pk__in=named, left_on=None), "view")
    expected = expected_at(activity_types()[activity.type], activity.unit, activity.happened_on)
    return {each.pk for each in (*seen, *expected.people)}


def _log(actor: Actor, activity: Activity, detail: str) -> None:
    audit.append(
        actor,
        "minutes",
        f"{activity.kind}:{activity.pk}",
        stream=activity.court.code,
        record_id=activity.pk,
        detail=detail,
    )


def decisions_of(actor: Actor, activity: Activity) -> list[MeetingDecision]:
    """What the meeting decided, as far as the actor may view it, in order."""
    rows = MeetingDecision._default_manager.filter(
        links__target=activity.pk, links__kind=LinkKind.BASIS
    ).exclude(state="void")
    return list(visible(actor, rows).select_related("owner").order_by("pk"))
