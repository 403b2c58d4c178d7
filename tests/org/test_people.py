"""People from a day on: right on any day, refused with the ways out, and never in two places."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.ledgers.activity import Activity
from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org import people
from rongjian.org.access import Denied, actor_of
from rongjian.org.actions import NewUnit, appoint, found
from rongjian.org.belonging import belonging
from rongjian.org.consequences import of_leaving_branch
from rongjian.org.identity import identity_hash
from rongjian.org.models import (
    Affiliation,
    AffiliationKind,
    Membership,
    Person,
    PostState,
    Tree,
    UnitType,
)
from rongjian.org.people import NewPerson
from rongjian.org.rosters import misplaced, roster
from rongjian.org.taking_effect import settle
from rongjian.records.actions import save
from rongjian.records.leaving import leave
from tests.house import FOUNDED, NOW, House

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.models import Unit

TODAY = NOW.date()
NUMBER = "11010519491231002X"
HOME, DEPARTMENT = AffiliationKind.HOME, AffiliationKind.DEPARTMENT
DAY = timedelta(days=1)


@pytest.fixture
def office(house: House) -> Actor:
    """Personnel and Party office of the city in one person, for short tests."""
    for role in ("personnel", "organ_committee"):
        appoint(house.people["qian"], house.units["450100"], role, FOUNDED)
    return house.actor("qian")


def code_of(caught: pytest.ExceptionInfo[ValidationError]) -> set[str]:
    return {str(error.code) for errors in caught.value.error_dict.values() for error in errors}


def taken_on(office: Actor, house: House, number: str = "X1", **more: Any) -> Person:
    unit = house.units["450100-01"]
    new = NewPerson(number, "新人", unit, more.pop("since", date(2020, 1, 1)), **more)
    return people.enter(office, new)


def member(office: Actor, house: House, number: str = "X1", branch: str = "450100-P01") -> Person:
    person = taken_on(office, house, number)
    return people.set_membership(
        office,
        person,
        joined_on=date(2018, 5, 1),
        full_on=date(2019, 5, 1),
        branch=house.units[branch],
    )


# --- taking on -------------------------------------------------------------------------------


def test_a_person_taken_on_belongs_from_that_day_and_leaves_a_line(
    office: Actor, house: House
) -> None:
    person = taken_on(office, house, title="检察官")
    department = house.units["450100-01"]
    assert (person.court, person.department) == (house.units["450100"], department)
    assert person in roster(department, date(2020, 1, 1)).people
    assert person not in roster(department, date(2019, 12, 31)).people
    lines = Event.objects.filter(stream="450100", object=f"person:{person.pk}")
    assert [(line.verb, line.actor) for line in lines] == [("create", office.ref)]
    assert not audit.verify().breaks


def test_the_same_form_sent_twice_makes_one_person(office: Actor, house: House) -> None:
    new = NewPerson("X1", "新人", house.units["450100-01"], TODAY)
    first = people.enter(office, new, key="k")
    assert people.enter(office, new, key="k") == first
    assert Person.objects.filter(staff_no="X1").count() == 1


def test_nobody_is_entered_twice(office: Actor, house: House) -> None:
    taken_on(office, house, identity=identity_hash(NUMBER))
    with pytest.raises(ValidationError, match="工号“X1”已有人使用"):
        taken_on(office, house)
    with pytest.raises(ValidationError, match="身份证号与新人（工号 X1）相同"):
        taken_on(office, house, "X2", identity=identity_hash(f" {NUMBER.lower()}"))
    Person.objects.filter(staff_no="X1").update(court=house.units["450200"])
    with pytest.raises(ValidationError, match="已在其他检察院登记") as caught:
        taken_on(office, house, "X2", identity=identity_hash(NUMBER))
    assert "新人" not in str(caught.value)


def test_an_identity_number_is_kept_only_as_a_keyed_hash(
    office: Actor, house: House, settings
) -> None:
    person = taken_on(office, house, identity=identity_hash(NUMBER))
    assert len(person.identity_hash) == 64
    assert NUMBER not in str(vars(person))
    settings.SECRET_KEY = "another installation"
    assert identity_hash(NUMBER) != person.identity_hash
    assert identity_hash("没有") == identity_hash("") == ""


def test_only_personnel_of_the_own_house_takes_on(house: House, office: Actor) -> None:
    new = NewPerson("X1", "新人", house.units["450100-01"], TODAY)
    for name in ("lisi", "zhengshi", "liu"):
        with pytest.raises(Denied):
            people.enter(house.actor(name), new)
    with pytest.raises(Denied):
        people.enter(office, NewPerson("X1", "新人", house.units["450200-01"], TODAY))


def test_what_must_not_be_stored_is_refused(office: Actor, house: House) -> None:
    with pytest.raises(ValidationError, match="居民身份证"):
        taken_on(office, house, title=NUMBER)
    assert not Person.objects.filter(staff_no="X1").exists()


def test_a_name_is_put_right(office: Actor, house: House) -> None:
    person = taken_on(office, house)
    assert people.correct(office, person, name="新人二", title="").name == "新人二"
    lines = Event.objects.count()
    people.correct(office, person, name="新人二", title="")
    assert Event.objects.count() == lines


# --- membership ------------------------------------------------------------------------------


def test_from_probationary_to_full_with_the_day(office: Actor, house: House) -> None:
    person = taken_on(office, house)
    branch = house.units["450100-P01"]
    joined = date(2025, 9, 1)
    person = people.set_membership(office, person, joined_on=joined, full_on=None, branch=branch)
    assert (person.membership, person.branch) == (Membership.PROBATIONARY, branch)
    assert roster(branch, joined - DAY).members == 0
    full = date(2026, 9, 1)
    person = people.set_membership(office, person, joined_on=joined, full_on=full)
    assert person.membership == Membership.PROBATIONARY
    later = roster(branch, full)
    assert (later.full, later.probationary, later.voting) == (1, 0, 1)
    people.set_membership(office, person, joined_on=joined, full_on=full, may_vote=False)
    assert roster(branch, full).voting == 0
    settle(datetime(2026, 9, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai")))
    person.refresh_from_db()
    assert person.membership == Membership.FULL


def test_a_member_of_a_branch_cannot_be_put_into_a_second_one(office: Actor, house: House) -> None:
    person = member(office, house)
    with pytest.raises(ValidationError, match="不能同时作为南宁市院第二党支部的正式成员") as caught:
        people.set_membership(
            office,
            person,
            joined_on=person.joined_on,
            full_on=person.full_on,
            branch=house.units["450100-P02"],
        )
    assert code_of(caught) == {"second-home"}


@pytest.mark.parametrize(
    ("joined_on", "full_on", "branch", "code"),
    [
        (None, None, "450100-P01", "required"),
        (date(2020, 5, 1), date(2020, 4, 30), "450100-P01", "order"),
        (date(2020, 5, 1), None, None, "required"),
        (date(2020, 5, 1), None, "450100-P", "type"),
        (date(2020, 5, 1), None, "450100-02", "type"),
    ],
)
def test_a_membership_that_cannot_be_is_refused(
    office: Actor,
    house: House,
    joined_on: date | None,
    full_on: date | None,
    branch: str | None,
    code: str,
) -> None:
    person = taken_on(office, house)
    unit = house.units[branch] if branch else None
    with pytest.raises(ValidationError) as caught:
        people.set_membership(office, person, joined_on=joined_on, full_on=full_on, branch=unit)
    assert code_of(caught) == {code}
    assert not Affiliation.objects.filter(person=person, kind=HOME).exists()


def test_a_day_of_joining_put_earlier_lets_the_home_begin_earlier(
    office: Actor, house: House
) -> None:
    person = taken_on(office, house)
    branch = house.units["450100-P01"]
    for joined in (date(2024, 1, 1), date(2022, 1, 1), date(2010, 1, 1)):
        people.set_membership(office, person, joined_on=joined, full_on=None, branch=branch)
        assert roster(branch, max(joined, date(2020, 1, 1))).members == 1


def test_a_full_member_of_unknown_days_stays_one(office: Actor, house: House) -> None:
    person = house.people["lisi"]
    joined = date(2001, 7, 1)
    branch = house.units["450100-P02"]
    person = people.set_membership(office, person, joined_on=joined, full_on=None, branch=branch)
    assert person.membership == Membership.FULL
    # A day of becoming full that was wrong can be taken back.
    for full in (date(2002, 7, 1), None):
        person = people.set_membership(
            office, person, joined_on=joined, full_on=full, branch=branch
        )
    assert person.membership == Membership.PROBATIONARY


# --- moving ----------------------------------------------------------------------------------


def test_a_transfer_dated_in_the_past_is_right_on_every_day(office: Actor, house: House) -> None:
    person = member(office, house)
    first, second = house.units["450100-P01"], house.units["450100-P02"]
    day = date(2024, 3, 1)
    person = people.change_branch(office, person, second, day)
    assert person.branch == second
    assert person in roster(first, day - DAY).people
    assert person not in roster(first, day).people
    assert person in roster(second, day).people
    # The same again changes nothing; a later correction of the same day moves the whole of it.
    lines = Event.objects.filter(object__startswith="affiliation").count()
    people.change_branch(office, person, second, day)
    assert Event.objects.filter(object__startswith="affiliation").count() == lines
    people.change_branch(office, person, first, day)
    assert roster(second, day).members == 0
    assert not audit.verify().breaks


def test_a_transfer_dated_ahead_takes_effect_when_its_day_comes(
    office: Actor, house: House
) -> None:
    person = taken_on(office, house)
    there, day = house.units["450100-02"], TODAY + timedelta(days=10)
    person = people.transfer(office, person, there, day)
    assert person.department == house.units["450100-01"]
    assert settle(NOW) == 0
    assert settle(NOW + timedelta(days=10)) == 1
    assert settle(NOW + timedelta(days=10)) == 0
    person.refresh_from_db()
    assert person.department == there
    assert Event.objects.filter(verb="settle", actor="s:calendar").count() == 1


def test_a_transfer_to_another_procuratorate_takes_branch_and_posts_along(
    office: Actor, house: House
) -> None:
    person = member(office, house)
    post = appoint(person, house.units["450100-01"], "prosecutor", date(2021, 1, 1))
    planned = appoint(person, house.units["450100-02"], "prosecutor", TODAY + 30 * DAY)
    units = found(
        [
            NewUnit("450200-P", "机关党委", "柳州市院机关党委", Tree.PARTY,
                    UnitType.ORGAN_COMMITTEE, "", "450200", FOUNDED),
            NewUnit("450200-P01", "一支部", "柳州市院第一党支部", Tree.PARTY,
                    UnitType.BRANCH, "450200-P", "450200", FOUNDED),
        ]
    )  # fmt: skip
    there, branch = house.units["450200-01"], units["450200-P01"]
    with pytest.raises(ValidationError, match="请填写调动文号"):
        people.transfer(office, person, there, TODAY, branch=branch)
    with pytest.raises(ValidationError, match="柳州市院接收组织关系的支部"):
        people.transfer(office, person, there, TODAY, basis="桂检调〔2026〕1号")
    person = people.transfer(office, person, there, TODAY, branch=branch, basis="桂检调〔2026〕1号")
    assert (person.court, person.branch) == (house.units["450200"], branch)
    post.refresh_from_db()
    planned.refresh_from_db()
    assert post.valid_to == TODAY - DAY
    assert planned.state == PostState.REFUSED
    assert Event.objects.filter(stream="450200", verb="transfer").exists()
    with pytest.raises(Denied):
        people.transfer(office, person, house.units["450100-01"], TODAY + DAY, basis="回")


@pytest.mark.parametrize(
    ("unit", "day", "code"),
    [
        ("450100-02", FOUNDED - DAY, "not-yet"),
        ("450100-P01", TODAY, "type"),
        ("450100-02", date(2019, 12, 31), "order"),
        ("gone", TODAY, "dissolved"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(
    office: Actor, house: House, unit: str, day: date, code: str
) -> None:
    units = found(
        [
            NewUnit("gone", "旧部", "南宁市院旧部", Tree.BUSINESS, UnitType.DEPARTMENT, "450100",
                    "450100", FOUNDED, TODAY)
        ]
    )  # fmt: skip
    person = taken_on(office, house)
    before = list(person.affiliations.values())
    with pytest.raises(ValidationError) as caught:
        people.transfer(office, person, {**house.units, **units}[unit], day)
    assert code_of(caught) == {code}
    assert list(person.affiliations.values()) == before


def test_a_branch_is_changed_only_within_the_house_and_by_members(
    office: Actor, house: House
) -> None:
    person = taken_on(office, house)
    with pytest.raises(ValidationError) as caught:
        people.change_branch(office, person, house.units["450100-P02"], TODAY)
    assert code_of(caught) == {"no-member"}
    stranger = house.people["zhouba"]
    with pytest.raises(ValidationError) as caught:
        people.set_membership(
            office,
            stranger,
            joined_on=date(2000, 1, 1),
            full_on=None,
            branch=house.units["450100-P02"],
        )
    assert code_of(caught) == {"other-court"}


def test_who_makes_a_branch_too_small_is_told_so_with_the_rule(office: Actor, house: House) -> None:
    persons = [member(office, house, f"X{number}") for number in range(3)]
    found_ = of_leaving_branch(persons[0], TODAY)
    assert [each.code for each in found_] == ["too-small"]
    assert "剩 2 名正式党员，少于 3 名" in found_[0].words
    assert "中国共产党支部工作条例" in found_[0].words
    member(office, house, "X9")
    assert not of_leaving_branch(persons[0], TODAY)
    appoint(persons[0], house.units["450100-P01"], "branch_organiser", FOUNDED)
    assert [each.code for each in of_leaving_branch(persons[0], TODAY)] == ["post"]
    assert not of_leaving_branch(persons[0], TODAY, into=house.units["450100-P01"])


# --- leaving ---------------------------------------------------------------------------------


def test_leaving_closes_everything_in_one_transaction(office: Actor, house: House) -> None:
    person = member(office, house)
    account = User.objects.create_user("xinren", password="x")
    Person.objects.filter(pk=person.pk).update(account=account)
    appoint(person, house.units["450100-01"], "prosecutor", date(2021, 1, 1))
    assert actor_of(person, NOW).roles >= {"staff", "prosecutor"}
    people.leave(office, person, TODAY, reason="退休")
    person.refresh_from_db()
    account.refresh_from_db()
    assert person.left_on == TODAY
    assert not account.is_active
    assert not actor_of(person, NOW).posts
    assert not person.affiliations.filter(valid_to=None).exists()
    branch = house.units["450100-P01"]
    assert person in roster(branch, TODAY - DAY).people
    assert person not in roster(branch, TODAY).people
    assert Event.objects.filter(verb="leave", detail="退休").exists()
    assert Event.objects.filter(verb="close-account").exists()
    # Twice is once, and nothing more is done about somebody who is gone.
    lines = Event.objects.count()
    people.leave(office, person, TODAY)
    assert Event.objects.count() == lines
    with pytest.raises(ValidationError, match="已登记为"):
        people.transfer(office, person, house.units["450100-02"], TODAY)


def test_leaving_dated_ahead_keeps_the_account_until_then(office: Actor, house: House) -> None:
    person = member(office, house)
    account = User.objects.create_user("xinren", password="x")
    Person.objects.filter(pk=person.pk).update(account=account)
    people.leave(office, person, TODAY + DAY)
    assert User.objects.get(pk=account.pk).is_active
    assert person in roster(house.units["450100-P01"], TODAY).people
    settle(NOW + DAY)
    assert not User.objects.get(pk=account.pk).is_active


def test_nobody_leaves_before_they_came(office: Actor, house: House) -> None:
    person = taken_on(office, house)
    for day in (date(2020, 1, 1), date(2019, 1, 1)):
        with pytest.raises(ValidationError, match="不晚于到院日期 2020-01-01"):
            people.leave(office, person, day)


def test_drafts_go_to_a_named_successor_and_the_history_stays(office: Actor, house: House) -> None:
    lisi, wangwu = house.people["lisi"], house.people["wangwu"]
    draft, sent = (
        save(
            house.actor("lisi"),
            Activity(
                unit=house.units["450100-P02"], type="theme_day", happened_on=day, topic="主题"
            ),
        )
        for day in (date(2026, 6, 1), date(2026, 6, 2))
    )
    Activity.objects.filter(pk=sent.pk).update(state="submitted")
    with pytest.raises(ValidationError, match="还有 1 条草稿没有报送，请选择接手人"):
        leave(office, lisi, TODAY)
    with pytest.raises(ValidationError, match="另一位同事"):
        leave(office, lisi, TODAY, successor=lisi)
    assert leave(office, lisi, TODAY, successor=wangwu) == 1
    draft.refresh_from_db()
    sent.refresh_from_db()
    assert (draft.author, sent.author) == (wangwu, lisi)
    line = Event.objects.get(verb="hand-over")
    assert (line.record_id, line.detail) == (draft.pk, "N002→N003")
    assert not audit.verify().breaks


def test_rows_about_somebody_stand_at_their_own_place(office: Actor, house: House) -> None:
    person = member(office, house)
    own, other = house.units["450100-P01"], house.units["450100-P02"]
    assert not misplaced(person.pk, own.pk, TODAY)
    assert not misplaced(person.pk, house.units["450100-02"].pk, TODAY)
    assert misplaced(person.pk, other.pk, TODAY)
    assert misplaced(person.pk, house.units["450200"].pk, TODAY)
    assert misplaced(person.pk, own.pk, date(2019, 1, 1))
    assert not misplaced(None, own.pk, TODAY)


# --- whatever happens ------------------------------------------------------------------------

_DAYS = st.integers(0, 40)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("transfer"), st.sampled_from(["450100-01", "450100-02"]), _DAYS),
        st.tuples(st.just("branch"), st.sampled_from(["450100-P01", "450100-P02"]), _DAYS),
        st.tuples(st.just("joined"), st.just(""), _DAYS),
        st.tuples(st.just("leave"), st.just(""), _DAYS),
    ),
    max_size=8,
)
_BEGAN = date(2026, 6, 1)


def _apply(
    office: Actor, person: Person, units: dict[str, Unit], step: tuple[str, str, int]
) -> None:
    verb, unit, number = step
    day = _BEGAN + timedelta(days=number)
    if verb == "transfer":
        people.transfer(office, person, units[unit], day)
    elif verb == "branch":
        people.change_branch(office, person, units[unit], day)
    elif verb == "joined":
        branch = None if person.affiliations.filter(kind=HOME).exists() else units["450100-P01"]
        people.set_membership(office, person, joined_on=day, full_on=None, branch=branch)
    else:
        people.leave(office, person, day)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_everybody_has_one_department_and_members_one_home_on_every_day(
    house: House, office: Actor, steps: list[tuple[str, str, int]]
) -> None:
    Person.objects.filter(staff_no="H1").delete()
    person = people.enter(office, NewPerson("H1", "某某", house.units["450100-01"], _BEGAN))
    for step in steps:
        person.refresh_from_db()
        try:
            _apply(office, person, house.units, step)
        except ValidationError:
            continue
    person.refresh_from_db()
    days = {_BEGAN + timedelta(days=number + more) for _, _, number in steps for more in (-1, 0, 1)}
    for day in days - {_BEGAN - DAY}:
        _tells_the_same(house, person, day)
    settle(NOW)
    person.refresh_from_db()
    if person.left_on is None:
        now = belonging(person, DEPARTMENT, TODAY)
        home = belonging(person, HOME, TODAY)
        assert now is not None
        assert person.department == now.unit
        assert person.branch == (home.unit if home else None)


def _tells_the_same(house: House, person: Person, day: date) -> None:
    """One department, for members one home, and the rosters are what counting the rows gives."""
    here = person.left_on is None or day < person.left_on
    member_ = person.joined_on is not None and person.joined_on <= day
    for kind, codes in (
        (DEPARTMENT, ("450100-01", "450100-02")),
        (HOME, ("450100-P01", "450100-P02")),
    ):
        standing = [
            row.unit_id
            for row in Affiliation.objects.filter(person=person, kind=kind)
            if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
        ]
        known = kind == DEPARTMENT or member_
        if known:
            assert len(standing) == (1 if here else 0), (kind, day)
        for code in codes:
            unit = house.units[code]
            expected = known and here and unit.pk in standing
            assert (person in roster(unit, day).people) == expected, (code, day)
