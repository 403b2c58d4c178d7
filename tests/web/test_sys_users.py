"""用户: one administrator opens an account with a post, another lets it take effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from rongjian.log.audit import verify
from rongjian.log.models import Event
from rongjian.org import accounts
from rongjian.org.access import Denied
from rongjian.org.account_models import Account
from rongjian.org.models import Person, Post
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

NEW = "/sys/users/new"


@pytest.fixture
def zhao(world: World) -> Person:
    """A colleague of 南宁市院 without account or post, whose name nobody else there has."""
    free = Person.objects.filter(court=world.nanning, account=None, posts=None)
    return free.select_related("court", "department").order_by("staff_no")[0]


def wish(person: Person, /, **changes: str) -> dict[str, str]:
    return {
        "person": person.staff_no,
        "role": "branch_organiser",
        "unit": "450100-P02",
        "day": "2026-06-25",
        "until": "",
        "basis": "南检党〔2026〕12号",
        **changes,
    }


def page_of(answer: Any) -> Any:
    return answer.context["page"]


def logs_in(username: str, password: str) -> bool:
    """Whether the log-in page lets somebody in with this."""
    sent = {"username": username, "password": password}
    return Client().post(reverse("login"), sent).status_code == 302


@pytest.mark.parametrize("account", ["lisi", "jian", "sec", "aud"])
def test_only_the_system_administrator_keeps_accounts(
    account: str, zhao: Person, visit: Visit
) -> None:
    client = visit(account)
    assert client.get(reverse("sys-users")).status_code == 403
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, wish(zhao)).status_code == 403
    assert client.post(reverse("sys-user-act", args=[zhao.pk]), {"step": "open"}).status_code in {
        403,
        404,
    }
    zhao.refresh_from_db()
    assert zhao.account is None


def test_the_list_shows_who_has_an_account_and_finds_others(
    zhao: Person, world: World, visit: Visit
) -> None:
    sys = visit("sys")
    page = page_of(sys.get(reverse("sys-users")))
    assert {row.account for row in page.rows} >= {"lisi", "wangwu", "sys", "aud"}
    lisi = next(row for row in page.rows if row.account == "lisi")
    assert (lisi.standing.words, lisi.standing.lamp) == ("已生效", "ok")
    assert "南宁市院第二党支部 组织委员" in lisi.posts
    others = page_of(sys.get(reverse("sys-users"), {"state": "none", "q": zhao.staff_no}))
    assert [row.person for row in others.rows] == [zhao]
    none = text_of(sys.get(reverse("sys-users"), {"q": "没有这个人"}))
    assert "没有符合条件的人员" in none


def test_a_new_user_waits_for_another_and_cannot_log_in(zhao: Person, visit: Visit) -> None:
    answer = visit("sys").post(NEW, wish(zhao))
    slip = page_of(answer).slip
    text = text_of(answer)
    assert answer.status_code == 200
    assert slip.code in text
    assert "激活码只显示这一次" in text
    assert "待安全管理员生效" in text
    zhao.refresh_from_db()
    account = Account.objects.get(user=zhao.account_id)
    assert (account.state, zhao.account.username, zhao.account.is_active) == (  # type: ignore[union-attr]
        "requested",
        zhao.staff_no.casefold(),
        False,
    )
    post = Post.objects.get(person=zhao)
    assert (post.role, post.unit.code, post.state) == (
        "branch_organiser",
        "450100-P02",
        "requested",
    )
    assert not logs_in(slip.username, slip.code)
    shown = text_of(visit("sys").get(reverse("sys-user", args=[zhao.pk])))
    assert slip.code not in shown
    assert "待安全管理员生效" in shown
    assert not any(slip.code in event.detail for event in Event.objects.all())
    assert not verify().breaks


def test_the_form_asks_for_six_things(visit: Visit) -> None:
    text = text_of(visit("sys").get(NEW))
    main = text.partition("<main")[2]
    visible = main.count("<input ") - main.count('type="hidden"') + main.count("<select")
    assert visible <= 6


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"person": ""}, "人员"),
        ({"person": "查无此人"}, "您的管理范围内没有“查无此人”"),
        ({"role": ""}, "申请角色"),
        ({"unit": "火星院"}, "没有单位“火星院”"),
        ({"day": "2000-01-01"}, "才成立"),
        ({"until": "2026-01-01"}, "早于任职日期"),
        ({"basis": ""}, "任职依据"),
        ({"role": "staff"}, "申请角色"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_kept(
    changes: dict[str, str], sentence: str, zhao: Person, visit: Visit
) -> None:
    answer = visit("sys").post(NEW, wish(zhao, **changes))
    assert answer.status_code == 422
    text = text_of(answer)
    assert sentence in text
    assert "没有办理" in text
    assert 'value="南检党〔2026〕12号"' in text or "basis" in changes
    assert not Post.objects.filter(person=zhao).exists()
    zhao.refresh_from_db()
    assert zhao.account is None


def test_roles_that_exclude_each_other_are_refused_with_the_sentence(
    world: World, visit: Visit
) -> None:
    lisi = world.persons["lisi"]
    answer = visit("sys").post(NEW, wish(lisi, role="auditor", unit="450100"))
    assert answer.status_code == 422
    assert "不能兼任审计管理员" in text_of(answer)
    assert not Post.objects.filter(person=lisi, role="auditor").exists()


def test_sending_the_form_twice_asks_once(zhao: Person, visit: Visit) -> None:
    sys = visit("sys")
    key = page_of(sys.get(NEW)).key
    for _ in range(2):
        answer = sys.post(NEW, wish(zhao, idempotency=key), follow=True)
        assert answer.status_code == 200
    assert Post.objects.filter(person=zhao).count() == 1


def test_an_existing_user_only_gets_the_post(world: World, visit: Visit) -> None:
    feng = world.persons["feng"]
    answer = visit("sys").post(NEW, wish(feng, role="inspector", unit="450100"), follow=True)
    assert "已申请，待安全管理员生效。" in text_of(answer)
    assert "inspector" in Post.objects.filter(person=feng).values_list("role", flat=True)
    assert Account.objects.get(user=feng.account_id).state == "approved"


def test_an_account_is_reset_closed_and_opened_again(world: World, visit: Visit) -> None:
    sys, feng = visit("sys"), world.persons["feng"]
    assert logs_in("feng", "rongjian-demo")
    act = reverse("sys-user-act", args=[feng.pk])
    slip = page_of(sys.post(act, {"step": "reset"})).slip
    assert slip.username == "feng"
    assert not logs_in("feng", "rongjian-demo")
    assert "账号已停用。" in text_of(sys.post(act, {"step": "close"}, follow=True))
    again = page_of(sys.post(act, {"step": "open"})).slip
    assert again.code != slip.code
    assert Account.objects.get(user=feng.account_id).state == "requested"
    lines = Event.objects.filter(object=f"account:{feng.account_id}").order_by("pk")
    assert list(lines.exclude(verb__startswith="log-").values_list("verb", flat=True)) == [
        "reset-account",
        "close-account",
        "open-account",
    ]


def test_nobody_treats_the_own_account(world: World, visit: Visit) -> None:
    own = world.persons["sys"]
    sys = visit("sys")
    assert not page_of(sys.get(reverse("sys-user", args=[own.pk]))).steps
    assert sys.post(reverse("sys-user-act", args=[own.pk]), {"step": "reset"}).status_code == 404


def test_a_step_that_does_not_fit_says_why(zhao: Person, visit: Visit) -> None:
    sys = visit("sys")
    act = reverse("sys-user-act", args=[zhao.pk])
    assert "没有办理：" in text_of(sys.post(act, {"step": "reset"}, follow=True))
    assert sys.post(act, {"step": "promote"}).status_code == 404


def test_the_one_who_opened_an_account_cannot_approve_it(zhao: Person, world: World) -> None:
    accounts.open_account(world.actor("sys"), zhao)
    with pytest.raises(Denied):
        accounts.approve_account(world.actor("sys"), zhao)
    assert Account.objects.get(user=zhao.account_id).state == "requested"
