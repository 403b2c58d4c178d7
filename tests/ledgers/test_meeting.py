"""An activity with all that belongs to it: roster, absences, agenda, votes, decisions, links."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from rongjian.ledgers.absence import Absence
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.agenda import AgendaItem
from rongjian.ledgers.attendance import attendance_of
from rongjian.ledgers.decision import MeetingDecision
from rongjian.ledgers.meeting import Item, Meeting, Resolved, decisions_of, hold
from rongjian.ledgers.study_document import StudyDocument
from rongjian.log.models import Event
from rongjian.org.access import Denied, visible
from rongjian.org.actions import affiliate
from rongjian.org.models import Affiliation, Person
from rongjian.records.actions import save
from rongjian.records.bulk import BulkProblems, create_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Link, LinkKind, Record
from tests.house import FOUNDED, NOW, House

if TYPE_CHECKING:
    from rongjian.org.access import Actor

DAY = date(2026, 6, 18)


@pytest.fixture
def members(house: House) -> list[Person]:
    """The branch of 李四 and 王五 with five more: four full members and a probationary one."""
    branch = house.units["450100-P02"]
    court, department = house.units["450100"], house.units["450100-02"]
    people = [house.people["lisi"], house.people["wangwu"]]
    for number in range(5):
        people.append(
            Person.objects.create(
                staff_no=f"M{number}",
                name=f"党员{number}",
                court=court,
                department=department,
                membership="full" if number < 4 else "probationary",
            )
        )
    Person.objects.filter(pk__in=[each.pk for each in people]).update(branch=branch)
    for each in people:
        each.refresh_from_db()
        Affiliation.objects.filter(person=each).delete()
    affiliate(people, FOUNDED)
    return people


def meeting_of(house: House, kind: str = "member_meeting") -> Activity:
    return Activity(unit=house.units["450100-P02"], type=kind, happened_on=DAY, topic="讨论")


@pytest.fixture
def lisi(house: House, members: list[Person]) -> Actor:
    return house.actor("lisi")


def test_numbers_come_from_the_roster_of_the_day(
    house: House, lisi: Actor, members: list[Person]
) -> None:
    gone = (members[3].pk, members[6].pk)
    saved = hold(lisi, meeting_of(house), Meeting(absent=gone))
    assert (saved.expected, saved.absent, saved.voting) == (7, 2, 6)
    assert set(Absence.objects.values_list("person", flat=True)) == set(gone)
    numbers = attendance_of(saved)
    assert (numbers.present, numbers.voting) == (5, 5)
    earlier = meeting_of(house)
    earlier.happened_on = FOUNDED - timedelta(days=1)
    before = hold(lisi, earlier, Meeting(absent=()))
    assert before.expected is None


def test_nobody_is_absent_who_was_not_expected(house: House, lisi: Actor) -> None:
    stranger = house.people["liu"]
    with pytest.raises(ValidationError, match="不在当日应到名单中"):
        hold(lisi, meeting_of(house), Meeting(absent=(stranger.pk,)))
    assert not Record.objects.exists()


def test_numbers_of_old_books_stay_as_they_were_counted(house: House, lisi: Actor) -> None:
    rows = [
        {
            "unit_id": house.units["450100-P02"].pk,
            "type": "theme_day",
            "happened_on": date(2012, 3, 1),
            "topic": "学习",
            "expected": 31,
            "absent": 4,
        }
    ]
    [pk] = create_many(lisi, kind_of("activity"), rows)
    stored = Activity.objects.get(pk=pk)
    assert (attendance_of(stored).present, stored.voting) == (27, None)


def test_votes_fit_who_was_there_and_only_where_the_type_votes(
    house: House, lisi: Actor, members: list[Person]
) -> None:
    vote = Item("vote", "接收预备党员", votes=(5, 1, 0))
    saved = hold(lisi, meeting_of(house), Meeting(absent=(), items=[vote]))
    assert AgendaItem.objects.get(activity=saved).votes == (5, 1, 0)
    with pytest.raises(ValidationError, match="与实到有表决权的 5 人不符"):
        hold(lisi, meeting_of(house), Meeting(absent=(members[2].pk,), items=[vote]))
    with pytest.raises(ValidationError, match="“党课”不进行表决"):
        hold(lisi, meeting_of(house, "party_lecture"), Meeting(absent=(), items=[vote]))


def test_a_decision_is_a_record_that_rests_on_its_meeting(
    house: House, lisi: Actor, members: list[Person]
) -> None:
    decided = Resolved("提前介入取证", members[1].pk, date(2026, 6, 30))
    saved = hold(lisi, meeting_of(house), Meeting(absent=(), resolved=[decided]))
    decision = MeetingDecision.objects.get()
    assert (decision.unit, decision.happened_on, decision.state) == (saved.unit, DAY, "open")
    link = Link.objects.get(source=decision)
    assert (link.target_id, link.kind) == (saved.pk, LinkKind.BASIS)
    assert decisions_of(lisi, saved) == [decision]
    assert Event.objects.get(verb="minutes").detail == "议定 1 项"


def test_all_or_nothing(house: House, lisi: Actor) -> None:
    late = Resolved("很久以前就该办的", None, DAY - timedelta(days=1))
    with pytest.raises(ValidationError, match="第 1 项：完成时限早于议定日期"):
        hold(lisi, meeting_of(house), Meeting(absent=(), resolved=[late]))
    stranger = Resolved("由不相干的人办", house.people["liu"].pk)
    with pytest.raises(ValidationError, match="责任人不在可选的人员中"):
        hold(lisi, meeting_of(house), Meeting(absent=(), resolved=[stranger]))
    secret = Item("study", "学习〔机密★10年〕文件")
    with pytest.raises(ValidationError, match="国家秘密标志"):
        hold(lisi, meeting_of(house), Meeting(absent=(), items=[secret]))
    assert not Record.objects.exists()
    assert not Event.objects.filter(verb="create").exists()


def test_sent_twice_written_once(house: House, lisi: Actor) -> None:
    whole = Meeting(absent=(), items=[Item("study", "学习")], resolved=[Resolved("办好")])
    first = hold(lisi, meeting_of(house), whole, key="k")
    again = hold(lisi, meeting_of(house), whole, key="k")
    assert first.pk == again.pk
    assert MeetingDecision.objects.count() == AgendaItem.objects.count() == 1


def test_a_change_replaces_absences_and_agenda_and_leaves_decisions(
    house: House, lisi: Actor, members: list[Person]
) -> None:
    whole = Meeting((members[2].pk,), [Item("study", "学习")], [Resolved("办好")])
    saved = hold(lisi, meeting_of(house), whole)
    changed = Meeting((members[3].pk,), [Item("report", "通报"), Item("discussion", "讨论")])
    hold(lisi, saved, changed)
    assert list(Absence.objects.values_list("person", flat=True)) == [members[3].pk]
    assert [item.title for item in AgendaItem.objects.all()] == ["通报", "讨论"]
    assert MeetingDecision.objects.count() == 1
    hold(lisi, saved, Meeting())
    assert AgendaItem.objects.count() == 2
    assert Event.objects.filter(verb="minutes").count() == 2


def test_a_document_on_the_agenda_is_what_the_meeting_rests_on(house: House, lisi: Actor) -> None:
    clerk = house.actor("qian")
    document = save(
        clerk,
        StudyDocument(unit=house.units["450100"], title="重要讲话", type="speech", happened_on=DAY),
    )
    saved = hold(lisi, meeting_of(house), Meeting((), [Item("first_item", "", document.pk)]))
    assert AgendaItem.objects.get().title == "重要讲话"
    assert Link.objects.get(source=saved).target_id == document.pk


def test_a_unit_holds_only_its_own_types(house: House, lisi: Actor) -> None:
    wrong = meeting_of(house, "centre_group_study")
    with pytest.raises(ValidationError, match="“中心组学习”只由这些单位召开：党组"):
        hold(lisi, wrong, Meeting())
    row = {"unit_id": wrong.unit_id, "type": wrong.type, "happened_on": DAY, "topic": "学习"}
    with pytest.raises(BulkProblems, match="只由这些单位召开"):
        create_many(lisi, kind_of("activity"), [row])


def test_who_was_absent_is_read_by_few(house: House, lisi: Actor, members: list[Person]) -> None:
    hold(lisi, meeting_of(house), Meeting(absent=(members[2].pk,)))
    names = Absence.objects.all()
    assert visible(lisi, names).count() == visible(house.actor("wangwu"), names).count() == 1
    for outsider in ("qian", "zhengshi", "zhouba", "liu"):
        assert not visible(house.actor(outsider), names).exists(), outsider


def test_an_outsider_writes_nothing(house: House, members: list[Person]) -> None:
    with pytest.raises(Denied):
        hold(house.actor("qian"), meeting_of(house), Meeting(absent=(), resolved=[Resolved("x")]))
    assert not Record.objects.exists()


def test_written_late_is_said_and_nobody_can_change_it(house: House, lisi: Actor) -> None:
    saved = hold(lisi, meeting_of(house), Meeting())
    assert saved.late_days == (NOW.date() - DAY).days == 7
    saved.recorded_at = NOW - timedelta(days=7)
    saved.topic = "改过"
    hold(lisi, saved, Meeting())
    assert Activity.objects.get().recorded_at == NOW
    assert "recorded_at" not in kind_of("activity").fields
