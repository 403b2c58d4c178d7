"""A temporary branch: asked for, approved by another, limited by rule, ended with all rights."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from rongjian.ledgers import force_batch, seconding
from rongjian.ledgers.activity import Activity
from rongjian.ledgers.activity_types import ActivityType
from rongjian.ledgers.migrations import __name__ as migrations
from rongjian.ledgers.task_force import TaskForce
from rongjian.ledgers.temporary_branch import TemporaryBranch
from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied, allowed
from rongjian.org.models import Affiliation, AffiliationKind, Pairing, Post, Unit
from rongjian.org.rosters import roster
from rongjian.records.actions import Stale, WrongState, move, save
from rongjian.records.bulk import BulkProblems, create_many
from rongjian.records.bulk_moves import move_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from tests import forces
from tests.forces import approved, founded, request, staffed, unit_of
from tests.house import NOW, House

BARRED = ("election", "admission", "discipline", "fee_collection")


@pytest.fixture
def office(house: House) -> House:
    return forces.office(house)


@pytest.fixture
def branch(office: House) -> Unit:
    record = founded(office)
    staffed(office, 3, record)
    made = approved(office, record).branch
    assert made is not None
    return made


def test_before_approval_there_is_a_request_and_no_branch(office: House) -> None:
    record = founded(office)
    staffed(office, 3, record)
    asked = request(office, record)
    move(office.actor("head"), asked, "submit")
    assert (asked.state, asked.branch, asked.members) == ("submitted", None, 3)
    assert asked.task_force == unit_of(record)
    assert not Unit.objects.filter(type="temporary_branch").exists()


def test_approval_brings_branch_pairing_and_officers_in_one_transaction(office: House) -> None:
    record = founded(office)
    people = staffed(office, 4, record)
    homes = dict(Affiliation.objects.filter(kind="home").values_list("person_id", "unit__code"))
    asked = approved(office, record, organiser=people[0])
    today = office.actor("weiw").today
    made = asked.branch
    assert made is not None
    assert (made.code, made.type) == ("450100-PT001", "temporary_branch")
    assert made.path == office.units["450100-P"].path + "450100-PT001/"
    # Nothing is founded before it is approved, whatever day was wished for.
    assert asked.happened_on == made.founded_on == today
    assert (asked.state, asked.approval, asked.members) == ("approved", "南检党〔2026〕8号", 4)
    pair = Pairing.objects.get(party_unit=made)
    assert (pair.business_unit, pair.valid_from, pair.valid_to) == (unit_of(record), today, None)
    posts = Post.objects.filter(unit=made).order_by("role")
    told = [(post.role, post.person, post.state, post.basis, post.decided_by) for post in posts]
    weiw = office.people["weiw"]
    assert told == [
        ("branch_organiser", people[0], "approved", asked.approval, weiw),
        ("branch_secretary", office.people["head"], "approved", asked.approval, weiw),
    ]
    after = dict(Affiliation.objects.filter(kind="home").values_list("person_id", "unit__code"))
    assert after == homes
    assert roster(made, today).members == 4
    verbs = list(Event.objects.order_by("-pk").values_list("verb", flat=True)[:4])
    assert verbs == ["approve", "appoint", "pair", "found"]
    assert audit.verify().breaks == ()


def test_what_is_refused_in_the_middle_leaves_nothing_behind(
    office: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = founded(office)
    staffed(office, 3, record)
    asked = request(office, record)
    move(office.actor("head"), asked, "submit")
    events = Event.objects.count()

    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("rongjian.org.bodies.appoint_officers", fail)
    with pytest.raises(RuntimeError):
        move(office.actor("weiw"), asked, "approve")
    assert not Unit.objects.filter(type="temporary_branch").exists()
    assert not Pairing.objects.filter(business_unit=unit_of(record)).exists()
    assert TemporaryBranch.objects.get().state == "submitted"
    assert Event.objects.count() == events


def test_only_another_person_with_the_right_approves(office: House) -> None:
    record = founded(office)
    staffed(office, 3, record)
    asked = request(office, record)
    move(office.actor("head"), asked, "submit")
    for who in ("head", "qian", "lisi", "zhouba"):
        with pytest.raises((Denied, WrongState)):
            move(office.actor(who), asked, "approve")
    assert asked.state == "submitted"
    other = founded(office, "另一个专班")
    staffed(office, 3, other)
    own = save(office.actor("weiw"), _fresh(office, other))
    move(office.actor("weiw"), own, "submit")
    with pytest.raises(WrongState, match="经办人以外"):
        move(office.actor("weiw"), own, "approve")
    move(office.actor("gong"), own, "approve")
    assert own.branch is not None


def _fresh(office: House, record: TaskForce) -> TemporaryBranch:
    return TemporaryBranch(
        unit=unit_of(record),
        secretary=office.people["head"],
        approved_by=office.units["450100-P"],
        happened_on=date(2026, 6, 10),
    )


def test_a_returned_request_can_be_mended_and_handed_in_again(office: House) -> None:
    record = founded(office)
    people = staffed(office, 3, record)
    asked = request(office, record)
    move(office.actor("head"), asked, "submit")
    move(office.actor("weiw"), asked, "return", detail="书记另定")
    asked.secretary = people[0]
    save(office.actor("head"), asked)
    move(office.actor("head"), asked, "submit")
    move(office.actor("weiw"), asked, "approve")
    assert Post.objects.get(unit=asked.branch).person == people[0]


def test_too_few_full_members_cannot_be_handed_in(office: House) -> None:
    record = founded(office)
    staffed(office, 2, record)
    seconding.second(
        office.actor("head"),
        unit_of(record),
        forces.colleagues(office, 3, "probationary"),
        forces.BEGAN,
    )
    asked = request(office, record)
    with pytest.raises(WrongState, match="正式党员 2 名，不满 3 名。可：编入组长所在的党支部"):
        move(office.actor("head"), asked, "submit")
    assert TemporaryBranch.objects.get().state == "draft"


def test_conditions_are_asked_again_on_approval(office: House) -> None:
    record = founded(office)
    people = staffed(office, 3, record)
    asked = request(office, record)
    move(office.actor("head"), asked, "submit")
    today = office.actor("head").today
    seconding.release(office.actor("head"), unit_of(record), [people[0].pk], today)
    with pytest.raises(WrongState, match="正式党员 2 名"):
        move(office.actor("weiw"), asked, "approve")


def test_one_task_force_has_one_branch(office: House) -> None:
    record = founded(office)
    people = staffed(office, 3, record)
    first, second = request(office, record), request(office, record)
    move(office.actor("head"), first, "submit")
    with pytest.raises(WrongState, match="临时党支部已在报批"):
        move(office.actor("head"), second, "submit")
    move(office.actor("weiw"), first, "approve")
    with pytest.raises(WrongState, match="已由南宁市院专项办案专班临时党支部负责"):
        move(office.actor("head"), second, "submit")
    twice = request(office, founded(office, "又一个专班"), organiser=office.people["head"])
    with pytest.raises(WrongState, match="书记不能同时任组织委员"):
        move(office.actor("head"), twice, "submit")
    assert people


def test_two_small_task_forces_have_a_joint_branch(office: House) -> None:
    one, other = founded(office, "甲专班"), founded(office, "乙专班")
    for record in (one, other):
        seconding.second(
            office.actor("head"), unit_of(record), forces.colleagues(office, 1), forces.BEGAN
        )
    alone = request(office, one)
    with pytest.raises(WrongState, match="正式党员 2 名"):
        move(office.actor("head"), alone, "submit")
    alone.joint = unit_of(other)
    save(office.actor("head"), alone)
    move(office.actor("head"), alone, "submit")
    move(office.actor("weiw"), alone, "approve")
    served = Pairing.objects.filter(party_unit=alone.branch)
    assert set(served.values_list("business_unit", flat=True)) == {
        unit_of(one).pk,
        unit_of(other).pk,
    }
    assert alone.members == 3  # The leader is in both and counts once.
    itself = request(office, founded(office, "丙专班"))
    itself.joint = itself.unit
    save(office.actor("head"), itself)
    with pytest.raises(WrongState, match="联合的应是另一个专班"):
        move(office.actor("head"), itself, "submit")


def test_a_branch_that_exists_can_take_a_task_force_on(office: House) -> None:
    unit = unit_of(founded(office))
    seconding.serve(office.actor("head"), unit, office.units["450100-P02"])
    pair = Pairing.objects.get(business_unit=unit)
    assert pair.party_unit == office.units["450100-P02"]
    with pytest.raises(ValidationError, match="已由南宁市院第二党支部负责"):
        seconding.serve(office.actor("head"), unit, office.units["450100-P01"])
    other = unit_of(founded(office, "另一个专班"))
    with pytest.raises(ValidationError, match="只能编入本院的党支部"):
        seconding.serve(office.actor("head"), other, office.units["450100-P"])
    with pytest.raises(Denied):
        seconding.serve(office.actor("qian"), other, office.units["450100-P02"])


@pytest.mark.parametrize("barred", BARRED)
def test_what_a_temporary_branch_may_not_do_is_refused_everywhere(
    office: House, branch: Unit, barred: str
) -> None:
    label = ActivityType(barred).label
    refusal = f"临时党支部不办理“{label}”，请记在党员的原支部"
    row = {"type": barred, "happened_on": NOW.date(), "topic": "会议"}
    head = office.actor("head")
    with pytest.raises(ValidationError) as single:
        save(head, Activity(unit=branch, **row))
    assert single.value.message_dict == {"type": [refusal]}
    with pytest.raises(BulkProblems) as bulk:
        create_many(head, kind_of("activity"), [{**row, "unit_id": branch.pk}])
    [problem] = bulk.value.problems
    assert (problem.row, problem.field, problem.message) == (0, "type", refusal)
    assert not Record.objects.filter(unit=branch, kind="activity").exists()
    # The home branch stays responsible and records it.
    save(head, Activity(unit=office.units["450100-P02"], **row))
    moved = Activity.objects.get(unit=office.units["450100-P02"])
    moved.unit = branch
    with pytest.raises(ValidationError):
        save(head, moved)


def test_what_it_may_do_is_recorded_by_its_secretary(office: House, branch: Unit) -> None:
    meeting = Activity(unit=branch, type="theme_day", happened_on=NOW.date(), topic="取证引导")
    assert save(office.actor("head"), meeting).path == branch.path


def test_rights_end_with_the_branch(office: House, branch: Unit) -> None:
    people = forces.colleagues(office, 1)
    Post.objects.create(
        person=people[0],
        unit=branch,
        role="branch_organiser",
        valid_from=NOW.date(),
        state="approved",
    )
    office.people["later"] = people[0]
    assert allowed(office.actor("later"), "create", "activity", branch)
    asked = TemporaryBranch.objects.select_related("unit__court", "court", "branch__court").get()
    move(office.actor("weiw"), asked, "dissolve", detail="任务完成")
    assert (asked.state, asked.dissolved_on, asked.reason) == (
        "dissolved",
        NOW.date(),
        "任务完成",
    )
    assert not allowed(office.actor("later"), "create", "activity", branch)
    assert "branch_organiser" not in office.actor("later").roles
    # What it recorded falls to the organisation that approved it.
    assert allowed(office.actor("weiw"), "view", "activity", branch)
    assert asked.unit.dissolved_on is None


def test_a_sealed_request_keeps_what_was_approved(office: House, branch: Unit) -> None:
    asked = TemporaryBranch.objects.get()
    asked.secretary = office.people["lisi"]
    with pytest.raises(ValidationError, match="“已成立”之后不能再改“书记”"):
        save(office.actor("weiw"), asked)
    asked = TemporaryBranch.objects.get()
    asked.summary = "办结 37 件"
    save(office.actor("weiw"), asked)


# --- many at once ----------------------------------------------------------------------------


def many(office: House, number: int) -> list[Unit]:
    made = [founded(office, f"第{at}专班") for at in range(number)]
    people = forces.colleagues(office, 2)
    for record in made:
        seconding.second(office.actor("head"), unit_of(record), people, forces.BEGAN)
    return [unit_of(record) for record in made]


def test_asking_and_approving_for_many_does_what_one_by_one_does(office: House) -> None:
    units = many(office, 4)
    ids = force_batch.request(office.actor("weiw"), units, "key-1")
    assert len(ids) == 4
    assert force_batch.request(office.actor("weiw"), units, "key-1") == ids
    assert TemporaryBranch.objects.count() == 4
    with pytest.raises(WrongState, match="经办人以外"):
        force_batch.approve(office.actor("weiw"), force_batch.pending(ids), "key-2", "文号")
    before = Event.objects.count()
    done = force_batch.approve(office.actor("gong"), force_batch.pending(ids), "key-3", "文号")
    assert Event.objects.count() - before == 4
    again = force_batch.approve(office.actor("gong"), force_batch.pending(ids), "key-3", "文号")
    assert again == done
    assert Unit.objects.filter(type="temporary_branch").count() == 4
    assert Pairing.objects.filter(party_unit__type="temporary_branch").count() == 4
    assert Post.objects.filter(unit__type="temporary_branch").count() == 4
    rows = TemporaryBranch.objects.values_list("state", "members", "version", "approval")
    assert set(rows) == {("approved", 3, 2, "文号")}
    assert audit.verify().breaks == ()


def test_those_that_do_not_fit_are_left_with_their_reasons(office: House) -> None:
    units = many(office, 2)
    short = unit_of(founded(office, "短期专班", ends_on=date(2026, 7, 1)))
    alone = unit_of(founded(office, "一人专班"))
    verdicts = force_batch.check([*units, short, alone], office.actor("weiw").today)
    assert [each.ok for each in verdicts] == [True, True, False, False]
    assert any("不满 1 个月" in words for words in verdicts[2].reasons)
    assert any(words.startswith("正式党员 1 名，不满 3 名。可：") for words in verdicts[3].reasons)
    ids = force_batch.request(office.actor("weiw"), [*units, short, alone], "")
    assert set(TemporaryBranch.objects.filter(pk__in=ids).values_list("unit", flat=True)) == {
        unit.pk for unit in units
    }
    told = [each.reasons for each in force_batch.check(units, office.actor("weiw").today)]
    assert told == [("临时党支部已在报批",)] * 2


def test_checking_many_takes_as_many_queries_as_checking_one(
    office: House, django_assert_num_queries
) -> None:
    units = many(office, 6)
    today = office.actor("weiw").today
    with django_assert_num_queries(6) as counted:
        force_batch.check(units[:1], today)
    with django_assert_num_queries(len(counted)):
        force_batch.check(units, today)


def test_one_of_many_that_was_changed_meanwhile_stops_all(office: House) -> None:
    ids = force_batch.request(office.actor("weiw"), many(office, 3), "")
    read = force_batch.pending(ids)
    Record.objects.filter(pk=ids[1]).update(version=9)
    with pytest.raises(Stale):
        force_batch.approve(office.actor("gong"), read, "", "")
    assert not Unit.objects.filter(type="temporary_branch").exists()


def test_no_right_over_one_of_many_stops_all(office: House) -> None:
    ids = force_batch.request(office.actor("weiw"), many(office, 2), "")
    with pytest.raises(Denied):
        move_many(
            office.actor("head"), kind_of("temporary-branch"), force_batch.pending(ids), "approve"
        )
    assert not Unit.objects.filter(type="temporary_branch").exists()


def test_those_past_their_end_are_dissolved_together(office: House) -> None:
    units = many(office, 3)
    ids = force_batch.request(office.actor("weiw"), units, "")
    force_batch.approve(office.actor("gong"), force_batch.pending(ids), "", "")
    later = NOW + timedelta(days=365)
    setups = list(force_batch.setups_of(units).values())
    assert {force_batch.overdue(each, NOW.date()) for each in setups} == {0}
    assert all(force_batch.overdue(each, later.date()) > 30 for each in setups)
    end = forces.ENDS + timedelta(days=29)
    assert force_batch.overdue(setups[0], end) == 0
    assert force_batch.overdue(setups[0], end + timedelta(days=1)) == 30
    force_batch.end(office.actor("weiw", later), setups, "key", "到期")
    assert set(TemporaryBranch.objects.values_list("state", flat=True)) == {"dissolved"}
    gone = Unit.objects.filter(
        type__in=("task_force", "temporary_branch"), dissolved_on=later.date()
    )
    assert gone.count() == 6
    open_ones = Affiliation.objects.filter(kind=AffiliationKind.TASK_FORCE, valid_to=None)
    assert not open_ones.exists()


def test_foundings_of_before_become_requests_of_their_task_force(
    office: House, branch: Unit
) -> None:
    module = __import__(f"{migrations}.0004_foundings_become_requests", fromlist=["x"])
    row = TemporaryBranch.objects.get()
    force = row.unit
    Record.objects.filter(pk=row.pk).update(unit=branch, state="filed")
    TemporaryBranch.objects.filter(pk=row.pk).update(branch=None)
    module.foundings_become_requests(apps)
    row.refresh_from_db()
    assert (row.unit, row.branch, row.state) == (force, branch, "approved")
