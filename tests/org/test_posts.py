"""Posts: another's word, exclusions, overlaps; the administrators apart in the database itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from rongjian.log.models import Event
from rongjian.org import guards, posts
from rongjian.org.access import Denied, roles
from rongjian.org.actions import appoint
from rongjian.org.models import Post, PostState
from tests.house import FOUNDED, NOW, House

if TYPE_CHECKING:
    from rongjian.org.access import Actor

TODAY = NOW.date()
DAY = timedelta(days=1)
ADMINISTRATORS = ("sysadmin", "secadmin", "auditor")


@pytest.fixture
def asking(house: House) -> Actor:
    """Personnel of the city."""
    appoint(house.people["qian"], house.units["450100"], "personnel", FOUNDED)
    return house.actor("qian")


@pytest.fixture
def deciding(house: House) -> Actor:
    """The security administrator of the region, who is nothing else."""
    house.people["liu"].posts.all().delete()
    appoint(house.people["liu"], house.units["450000"], "secadmin", FOUNDED)
    return house.actor("liu")


@pytest.fixture
def chief(house: House) -> Actor:
    """The chief of the city."""
    appoint(house.people["zhouba"], house.units["450100"], "chief", FOUNDED)
    return house.actor("zhouba")


def test_a_post_gives_rights_only_once_another_has_approved_it(
    house: House, asking: Actor, deciding: Actor
) -> None:
    unit = house.units["450100"]
    post = posts.request(asking, house.people["lisi"], unit, "inspector", TODAY, key="k")
    assert posts.request(asking, house.people["lisi"], unit, "inspector", TODAY, key="k") == post
    assert post.state == PostState.REQUESTED
    assert "inspector" not in house.actor("lisi").roles
    assert list(posts.waiting()) == [post]
    with pytest.raises(Denied):
        posts.approve(asking, post)
    post = posts.approve(deciding, post)
    assert (post.state, post.decided_by, post.decided_at) == ("approved", deciding.person, NOW)
    assert "inspector" in house.actor("lisi").roles
    verbs = Event.objects.filter(object=f"post:{post.pk}").order_by("pk")
    assert [line.verb for line in verbs] == ["request", "approve"]
    with pytest.raises(ValidationError, match="已生效，不能再办理"):
        posts.approve(deciding, post)


def test_nobody_decides_on_their_own_request_or_post(
    house: House, asking: Actor, deciding: Actor
) -> None:
    own = posts.request(deciding, house.people["lisi"], house.units["450100"], "inspector", TODAY)
    with pytest.raises(Denied, match="应由另一人核准"):
        posts.approve(deciding, own)
    to_self = Post.objects.create(
        person=deciding.person,
        unit=house.units["450000"],
        role="secadmin",
        valid_from=date(2010, 1, 1),
        valid_to=date(2010, 2, 1),
    )
    with pytest.raises(Denied):
        posts.approve(deciding, to_self)


def test_a_request_is_sent_back_with_a_reason(house: House, asking: Actor, deciding: Actor) -> None:
    unit = house.units["450100"]
    post = posts.request(asking, house.people["lisi"], unit, "inspector", TODAY)
    with pytest.raises(ValidationError, match="请写明退回理由"):
        posts.refuse(deciding, post, " ")
    assert posts.refuse(deciding, post, "缺任职文件").state == PostState.REFUSED
    assert Event.objects.get(verb="refuse").detail == "缺任职文件"
    # What was refused stands in nobody's way.
    again = posts.request(asking, house.people["lisi"], unit, "inspector", TODAY)
    assert again.pk != post.pk


def test_the_administrators_and_the_inspectorate_take_the_chief_s_word(
    house: House, asking: Actor, deciding: Actor, chief: Actor
) -> None:
    person = house.people["wangwu"]
    person.posts.all().delete()
    post = posts.request(asking, person, house.units["450100"], "auditor", TODAY)
    with pytest.raises(Denied, match="由院领导核准"):
        posts.approve(deciding, post)
    assert posts.approve(chief, post).state == PostState.APPROVED


@pytest.mark.parametrize("role", [code for code in roles() if code not in posts.EVERYBODY])
@pytest.mark.parametrize("admin", ADMINISTRATORS)
def test_an_administrator_is_nothing_else(
    house: House, asking: Actor, role: str, admin: str
) -> None:
    house.people["lisi"].posts.all().delete()
    unit = house.units["450100"]
    posts.request(asking, house.people["lisi"], unit, admin, FOUNDED)
    if role == admin:
        return
    with pytest.raises(ValidationError, match="两个角色相互制约"):
        posts.request(asking, house.people["lisi"], unit, role, TODAY)


def test_exclusions_are_asked_at_request_and_again_at_approval(
    house: House, asking: Actor, deciding: Actor, chief: Actor
) -> None:
    person, unit = house.people["lisi"], house.units["450100"]
    with pytest.raises(ValidationError, match="两个角色相互制约") as caught:
        posts.request(asking, person, unit, "auditor", TODAY)
    assert [error.code for error in caught.value.error_dict["role"]] == ["excluded"]
    post = posts.request(asking, person, unit, "integrity", TODAY)
    appoint(person, house.units["450100-02"], "prosecutor", FOUNDED)
    with pytest.raises(ValidationError, match="两个角色相互制约"):
        posts.approve(chief, post)
    # On other days one may have been what one cannot be now.
    Post.objects.filter(person=person, role="prosecutor").update(valid_to=TODAY - DAY)
    assert posts.approve(chief, post).state == PostState.APPROVED


@pytest.mark.parametrize(
    ("unit", "role", "day", "until", "code"),
    [
        ("450100-P02", "branch_organiser", TODAY, None, "overlap"),
        ("450100-P01", "branch_secretary", FOUNDED - DAY, None, "not-yet"),
        ("450100-P01", "branch_secretary", TODAY, TODAY - DAY, "order"),
        ("450100-P02", "branch_secretary", TODAY, None, "held"),
        ("450100-P01", "nonsense", TODAY, None, "type"),
        ("450100-P01", "staff", TODAY, None, "type"),
        ("450100-P01", "party_member", TODAY, None, "type"),
    ],
)
def test_a_post_that_cannot_be_is_refused(
    house: House, asking: Actor, unit: str, role: str, day: date, until: date | None, code: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        posts.request(asking, house.people["lisi"], house.units[unit], role, day, until=until)
    assert {error.code for errors in caught.value.error_dict.values() for error in errors} == {code}


def test_one_person_is_secretary_of_one_branch_and_may_stand_in_at_another(
    house: House, asking: Actor
) -> None:
    wangwu, first = house.people["wangwu"], house.units["450100-P01"]
    with pytest.raises(ValidationError, match="不能同时任南宁市院第一党支部支部书记"):
        posts.request(asking, wangwu, first, "branch_secretary", TODAY)
    post = posts.request(asking, wangwu, first, "branch_secretary", TODAY, acting=True)
    assert post.acting
    second, lisi = house.units["450100-P02"], house.people["lisi"]
    beside = posts.request(asking, lisi, second, "branch_secretary", TODAY, acting=True)
    assert (beside.acting, beside.state) == (True, PostState.REQUESTED)


def test_ending_and_handing_over_keep_what_was(
    house: House, asking: Actor, deciding: Actor
) -> None:
    post = house.people["wangwu"].posts.get()
    branch = house.units["450100-P02"]
    with pytest.raises(ValidationError, match="早于任职日期"):
        posts.end(asking, post, FOUNDED - DAY)
    new = posts.hand_over(asking, post, house.people["lisi"], TODAY, basis="批复", key="k")
    assert posts.hand_over(asking, post, house.people["lisi"], TODAY, key="k") == new
    posts.approve(deciding, new)
    held = {(each.person.staff_no, each.role) for each in posts.held_at(branch, TODAY)}
    assert held == {("N002", "branch_secretary"), ("N002", "branch_organiser")}
    before = {(each.person.staff_no, each.role) for each in posts.held_at(branch, TODAY - DAY)}
    assert before == {("N003", "branch_secretary"), ("N002", "branch_organiser")}
    post.refresh_from_db()
    assert posts.end(asking, post, TODAY + DAY).valid_to == TODAY - DAY


def test_who_has_left_gets_no_post(house: House, asking: Actor) -> None:
    person = house.people["lisi"]
    person.left_on = TODAY + DAY
    person.save()
    with pytest.raises(ValidationError, match="离院"):
        posts.request(asking, person, house.units["450100"], "inspector", TODAY)
    post = posts.request(asking, person, house.units["450100"], "inspector", TODAY, until=TODAY)
    assert post.valid_to == TODAY


# --- the guard in the database ---------------------------------------------------------------


def _insert(house: House, role: str, first: str, last: str | None, state: str = "approved") -> None:
    columns = "person_id, unit_id, role, valid_from, valid_to, acting, basis, state"
    values = (
        house.people["wangwu"].pk, house.units["450000"].pk, role, first, last, False, "", state,
    )  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO org_post ({columns}) VALUES (%s,%s,%s,%s,%s,%s,%s,%s)",  # noqa: S608
            values,
        )


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_the_database_lets_no_administrator_be_anything_else(house: House, role: str) -> None:
    with pytest.raises(IntegrityError, match="administrators apart"):
        _insert(house, role, "2020-01-01", None)
    house.people["wangwu"].posts.all().delete()
    _insert(house, role, "2020-01-01", "2020-12-31")
    for other in ("staffing", "chief", *(each for each in ADMINISTRATORS if each != role)):
        for first, last in (("2020-12-31", None), ("2019-01-01", "2020-01-01")):
            with pytest.raises(IntegrityError, match="administrators apart"):
                _insert(house, other, first, last)
        _insert(house, other, "2021-01-01", "2021-12-31", "refused")
    # On other days, and for the same role elsewhere, nothing stands in the way.
    _insert(house, "chief", "2022-01-01", "2022-12-31")
    _insert(house, role, "2020-06-01", "2020-07-01")


def test_nor_does_it_by_changing_what_stands(house: House) -> None:
    house.people["wangwu"].posts.all().delete()
    _insert(house, "auditor", "2020-01-01", "2020-12-31")
    _insert(house, "chief", "2021-01-01", None)
    _insert(house, "sysadmin", "2020-01-01", None, "refused")
    for change in (
        "valid_from = '2020-12-01' WHERE role = 'chief'",
        "valid_to = NULL WHERE role = 'auditor'",
        "state = 'approved' WHERE role = 'sysadmin'",
    ):
        with (
            pytest.raises(IntegrityError, match="administrators apart"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE org_post SET {change}")  # noqa: S608


def test_the_guards_are_there_and_can_be_put_back(db: None) -> None:
    guards.remove(connection)
    guards.install(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'")
        names = {row[0] for row in cursor.fetchall()}
    assert sum(name.startswith("org_post_administrators_apart") for name in names) >= 1
