"""Rosters: who belongs where on a day, and who then was a full member."""

from __future__ import annotations

from datetime import date, timedelta

from rongjian.org.actions import NewUnit, found, pair
from rongjian.org.models import Affiliation, Membership, Tree, UnitType
from rongjian.org.queries import standing
from rongjian.org.rosters import EMPTY, membership_on, roster, rosters
from tests.house import FOUNDED, House

DAY = date(2026, 6, 25)


def test_membership_follows_the_days_of_joining_and_of_becoming_full(house: House) -> None:
    person = house.people["lisi"]
    person.joined_on, person.full_on = date(2024, 5, 1), date(2025, 5, 1)
    assert membership_on(person, date(2024, 4, 30)) == Membership.NONE
    assert membership_on(person, date(2025, 4, 30)) == Membership.PROBATIONARY
    assert membership_on(person, date(2025, 5, 1)) == Membership.FULL
    person.full_on = None
    assert membership_on(person, DAY) == Membership.FULL  # as entered
    person.joined_on = None
    assert membership_on(person, date(1990, 1, 1)) == Membership.FULL


def test_a_department_has_its_staff_and_a_branch_its_members_of_the_day(house: House) -> None:
    lisi, wangwu = house.people["lisi"], house.people["wangwu"]
    branch, department = house.units["450100-P02"], house.units["450100-02"]
    Affiliation.objects.create(person=lisi, unit=branch, kind="home", valid_from=FOUNDED)
    Affiliation.objects.create(
        person=wangwu, unit=branch, kind="home", valid_from=DAY, valid_to=DAY
    )
    wangwu.membership = "probationary"
    wangwu.save()
    assert {person.staff_no for person in roster(department, DAY).people} == {"N002", "N003"}
    now = roster(branch, DAY)
    assert (now.full, now.probationary, now.voting, now.members) == (1, 1, 1, 2)
    assert roster(branch, DAY + timedelta(days=1)).people == (lisi,)
    lisi.left_on = DAY
    lisi.may_vote = False
    lisi.save()
    assert roster(branch, DAY).people == (wangwu,)
    assert roster(branch, FOUNDED).voting == 0
    assert roster(house.units["450100-P01"], DAY) == EMPTY


def test_a_temporary_branch_has_the_party_members_of_its_task_force(house: House) -> None:
    rows = [
        ("450100-T1", Tree.BUSINESS, UnitType.TASK_FORCE, "450100"),
        ("450100-PT1", Tree.PARTY, UnitType.TEMPORARY_BRANCH, "450100-P"),
    ]
    units = found(
        [NewUnit(code, code, code, tree, type, up, "450100", DAY) for code, tree, type, up in rows]
    )
    force, branch = units["450100-T1"], units["450100-PT1"]
    pair(branch, force, DAY)
    outsider = house.people["zhouba"]
    outsider.membership = "none"
    outsider.save()
    for person in (house.people["lisi"], outsider):
        Affiliation.objects.create(person=person, unit=force, kind="task_force", valid_from=DAY)
    found_ = rosters([force, branch], DAY)
    assert len(found_[force.pk].people) == 2
    assert found_[branch.pk].people == (house.people["lisi"],)
    # Nobody moved: the home department has its people still.
    assert house.people["lisi"] in roster(house.units["450100-02"], DAY).people
    assert roster(branch, DAY - timedelta(days=1)) == EMPTY


def test_the_trees_of_a_day_hold_what_existed_then(house: House) -> None:
    county = house.units["450103"]
    assert standing(date(2014, 12, 31)) == []
    assert [placed.unit.code for placed in standing(DAY, county)] == ["450103", "450103-01"]
    assert len(standing(DAY)) == len(house.units)
    house.units["450103-01"].dissolved_on = DAY
    house.units["450103-01"].save()
    assert [placed.short for placed in standing(DAY, county)] == ["青秀区院"]
    assert len(standing(DAY - timedelta(days=1), county)) == 2
