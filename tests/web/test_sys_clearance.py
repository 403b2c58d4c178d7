"""知悉范围: one security administrator asks, another decides, nobody about oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rongjian.log.audit import verify
from rongjian.log.models import Event
from rongjian.org import clearances
from rongjian.org.access import Denied, actor_of
from rongjian.org.actions import appoint
from rongjian.org.models import ClearanceChange, Person
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from tests.web.visitors import Visit
    from tests.world import World


@pytest.fixture
def zhao(world: World) -> Person:
    """A colleague of 南宁市院 without account or post."""
    free = Person.objects.filter(court=world.nanning, account=None, posts=None)
    return free.select_related("court", "department").order_by("staff_no")[0]


@pytest.fixture
def second(world: World) -> Actor:
    """A second security administrator of the region."""
    person = Person.objects.filter(court=world.region, account=None, posts=None)[0]
    appoint(person, world.region, "secadmin", NOW.date())
    return actor_of(person, NOW)


def test_clearance_takes_two(zhao: Person, world: World, second: Actor, visit: Visit) -> None:
    sec = visit("sec")
    sent = {"person": zhao.staff_no, "level": "L2", "reason": "调离办案部门"}
    answer = sec.post(reverse("sys-clearance"), sent, follow=True)
    assert "已申请，待另一名安全管理员核准。" in text_of(answer)
    change = ClearanceChange.objects.get()
    zhao.refresh_from_db()
    assert zhao.clearance == "L3"
    own = sec.post(
        reverse("sys-clearance-decide", args=[change.pk]), {"word": "approve"}, follow=True
    )
    assert "没有办理：没有权限" in text_of(own)
    zhao.refresh_from_db()
    assert zhao.clearance == "L3"
    clearances.approve(second, change)
    zhao.refresh_from_db()
    assert zhao.clearance == "L2"
    lines = Event.objects.filter(object=f"clearancechange:{change.pk}").order_by("pk")
    assert [(line.verb, line.detail) for line in lines] == [
        ("request-clearance", f"{zhao.staff_no} L3→L2"),
        ("approve-clearance", f"{zhao.staff_no} L3→L2"),
    ]
    with pytest.raises(ValidationError, match="不能再办理"):
        clearances.refuse(second, change)
    assert not verify().breaks


def test_a_refused_change_leaves_the_level(zhao: Person, world: World, second: Actor) -> None:
    change = clearances.ask(world.actor("sec"), zhao, "L1", "试用")
    clearances.refuse(second, change)
    zhao.refresh_from_db()
    assert zhao.clearance == "L3"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"person": "查无此人"}, "您的管理范围内没有“查无此人”"),
        ({"level": "L3"}, "现在就是 L3"),
        ({"level": "L9"}, "调整为"),
        ({"reason": ""}, "理由"),
        ({"reason": "证号 11010519491231002X"}, "有居民身份证号码"),
    ],
)
def test_a_faulty_request_is_told_and_not_kept(
    changes: dict[str, str], sentence: str, zhao: Person, visit: Visit
) -> None:
    sent = {"person": zhao.staff_no, "level": "L2", "reason": "调离办案部门", **changes}
    answer = visit("sec").post(reverse("sys-clearance"), sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not ClearanceChange.objects.exists()


def test_one_change_at_a_time_and_never_the_own(zhao: Person, world: World) -> None:
    sec = world.actor("sec")
    clearances.ask(sec, zhao, "L2", "调离办案部门")
    with pytest.raises(ValidationError, match="已有一项调整待核准"):
        clearances.ask(sec, zhao, "L1", "调离办案部门")
    with pytest.raises(ValidationError, match="不能为本人申请"):
        clearances.ask(sec, world.persons["sec"], "L4", "工作需要")


@pytest.mark.parametrize("account", ["lisi", "jian", "sys", "aud"])
def test_nobody_else_sets_clearance(account: str, zhao: Person, world: World, visit: Visit) -> None:
    assert visit(account).get(reverse("sys-clearance")).status_code == 403
    with pytest.raises(Denied):
        clearances.ask(world.actor(account), zhao, "L4", "x")


def test_a_single_security_administrator_is_told_that_nobody_can_approve(visit: Visit) -> None:
    assert "目前没有第二名安全管理员" in text_of(visit("sec").get(reverse("sys-clearance")))
