"""权限: what waits, what it would change, and by whose word it takes effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rongjian.log.audit import verify
from rongjian.log.models import Event
from rongjian.org import posts
from rongjian.org.access import Denied, actor_of, roles
from rongjian.org.account_models import Account
from rongjian.org.models import Person, Post
from rongjian.org.role_difference import decided_by, difference
from tests.web.test_sys_users import NEW, wish
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

GRANTS = "/sys/grants"


@pytest.fixture
def zhao(world: World) -> Person:
    free = Person.objects.filter(court=world.nanning, account=None, posts=None)
    return free.select_related("court", "department").order_by("staff_no")[0]


@pytest.fixture
def asked(zhao: Person, visit: Visit) -> Post:
    """What the system administrator asked for: an account and a post for 赵."""
    assert visit("sys").post(NEW, wish(zhao)).status_code == 200
    return Post.objects.get(person=zhao)


def waiting(client: Client) -> list[Any]:
    return list(client.get(GRANTS).context["page"].waiting)


def decide(client: Client, what: Any, word: str = "approve", **more: str) -> str:
    sent = {"kind": what.kind, "pk": str(what.pk), "word": word, **more}
    return text_of(client.post(reverse("sys-grants-decide"), sent, follow=True))


@pytest.mark.parametrize("account", ["lisi", "weiw", "sys", "aud", "qian"])
def test_nobody_else_decides(account: str, asked: Post, visit: Visit) -> None:
    client = visit(account)
    assert client.get(GRANTS).status_code == 403
    sent = {"kind": "post", "pk": str(asked.pk), "word": "approve"}
    assert client.post(reverse("sys-grants-decide"), sent).status_code == 403
    asked.refresh_from_db()
    assert asked.state == "requested"


def test_a_request_is_told_with_the_difference_of_rights(asked: Post, visit: Visit) -> None:
    (each,) = waiting(visit("sec"))
    assert each.what == "南宁市院第二党支部 组织委员"
    assert (each.asked_by, each.account) == ("施恒", "待安全管理员生效")
    assert any(words.startswith("+活动记录（") and "新增" in words for words in each.changes)
    assert not any("组织架构" in words for words in each.changes)


def test_one_word_lets_post_and_account_take_effect(asked: Post, visit: Visit) -> None:
    sec = visit("sec")
    text = decide(sec, waiting(sec)[0])
    assert "组织委员已核准生效。" in text
    assert "没有待审核的权限申请。" in text
    asked.refresh_from_db()
    assert asked.state == "approved"
    assert "branch_organiser" in actor_of(asked.person, NOW).roles
    account = Account.objects.get(user=asked.person.account_id)
    assert account.state == "approved"
    assert account.user.is_active
    assert not verify().breaks


def test_sending_back_takes_a_reason(asked: Post, visit: Visit) -> None:
    sec = visit("sec")
    assert "请写明退回的理由" in decide(sec, waiting(sec)[0], "refuse")
    asked.refresh_from_db()
    assert asked.state == "requested"
    assert "已退回" in decide(sec, waiting(sec)[0], "refuse", reason="任免文号不对")
    asked.refresh_from_db()
    assert asked.state == "refused"
    assert Account.objects.get(user=asked.person.account_id).state == "closed"
    line = Event.objects.get(verb="refuse", object=f"post:{asked.pk}")
    assert line.detail == "任免文号不对"


def test_nobody_decides_the_own_request_or_the_own_post(
    zhao: Person, world: World, visit: Visit
) -> None:
    sec = world.actor("sec")
    day = NOW.date()
    for person in (zhao, world.persons["sec"]):
        unit = world.units["450100-P02"] if person == zhao else world.region
        role = "branch_organiser" if person == zhao else "inspector"
        try:
            post = posts.request(sec, person, unit, role, day, basis="x")
        except ValidationError:
            continue  # An administrator is nothing else: not even to be asked for.
        assert [each.mine for each in waiting(visit("sec"))] == [False]
        with pytest.raises(Denied):
            posts.approve(sec, post)
        assert post.state == "requested"


def test_a_protected_post_takes_a_leaders_word(zhao: Person, world: World, visit: Visit) -> None:
    region = Person.objects.filter(court=world.region, account=None, posts=None)[0]
    sent = wish(region, role="auditor", unit="450000")
    assert visit("sys").post(NEW, sent).status_code == 200
    post = Post.objects.get(person=region)
    sec = visit("sec")
    protected = next(each for each in waiting(sec) if each.kind == "post")
    assert not protected.mine
    assert "须由院领导同意" in protected.why_not
    assert "没有办理：没有权限" in decide(sec, protected)
    jian = visit("jian")
    assert "任职核准" in [item.name for item in jian.get("/").context["frame"].menu]
    (mine,) = waiting(jian)
    assert mine.mine
    assert mine.changes[0].startswith("－")
    assert "审计管理员已核准生效。" in decide(jian, mine)
    post.refresh_from_db()
    assert post.state == "approved"
    assert "任职核准" not in [item.name for item in jian.get("/").context["frame"].menu]
    region.refresh_from_db()
    # The account still waits for the security administrator: two words for one administrator.
    assert Account.objects.get(user=region.account_id).state == "requested"
    (account,) = waiting(sec)
    assert account.kind == "account"
    assert "的账号已生效。" in decide(sec, account)


def test_a_leader_sees_nothing_but_protected_posts_of_the_own_house(
    asked: Post, visit: Visit
) -> None:
    jian = visit("jian")
    assert waiting(jian) == []
    assert "任职核准" not in [item.name for item in jian.get("/").context["frame"].menu]
    sent = {"kind": "post", "pk": str(asked.pk), "word": "approve"}
    assert jian.post(reverse("sys-grants-decide"), sent).status_code == 404


def test_what_is_out_of_reach_or_decided_is_not_found(asked: Post, visit: Visit) -> None:
    sec = visit("sec")
    request = waiting(sec)[0]
    decide(sec, request)
    sent = {"kind": "post", "pk": str(request.pk), "word": "approve"}
    assert sec.post(reverse("sys-grants-decide"), sent).status_code == 404
    assert sec.post(reverse("sys-grants-decide"), {"pk": "x"}).status_code in {302, 404}


def test_the_difference_names_only_what_is_new() -> None:
    alone = difference((), "branch_organiser")
    assert any(words.startswith("+活动记录") for words in alone)
    assert difference({"branch_organiser"}, "branch_organiser") == (
        "权限种类与现有岗位相同，只增加任职单位的范围",
    )
    blind = difference({"branch_organiser"}, "auditor")
    assert "三员不接触业务数据" in blind[0]
    assert any(words.startswith("+变更记录") for words in blind)
    assert {"sysadmin", "secadmin", "auditor"} <= set(decided_by({"chief"}))
    assert set(decided_by({"chief"})) | set(decided_by({"secadmin"})) == set(roles())
