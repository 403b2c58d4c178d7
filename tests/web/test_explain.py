"""The page that says why: the post, the row and the rule; never what a record holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.org.models import Person
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World


def asked(client: Any, **query: str) -> Any:
    answer = client.get(reverse("explain"), query)
    return answer.context["page"]


def test_everybody_sees_their_own_posts_and_rights(visit: Visit) -> None:
    page = asked(visit("lisi"))
    assert [(post.role, post.state) for post in page.posts][:2] == [
        ("干警", "有效"),
        ("党员", "有效"),
    ]
    assert {post.role for post in page.posts} >= {"组织委员", "检察官"}
    rights = {right.name: dict(right.rights) for right in page.rights}
    assert rights["办案数据"] == {"本人承办": "查看"}
    assert "报送" in rights["活动记录"]["任职单位及以下、同设置单位"]
    assert not page.of_others


def test_what_allows_is_named_by_post_row_and_level(visit: Visit) -> None:
    answer = asked(
        visit("wangwu"), **{"verb": "approve", "class": "activity", "unit": "450100-P02"}
    ).answer
    assert answer.reason.allowed
    facts = dict(answer.facts)
    assert facts["岗位"] == "南宁市院第二党支部 支部书记"
    assert "审核" in facts["授权"]
    assert facts["数据级别"].startswith("L1")
    assert [grant.role for grant in answer.grants if grant.decides] == ["支部书记"]


@pytest.mark.parametrize(
    ("who", "query", "rule"),
    [
        ("lisi", {"verb": "approve", "class": "activity"}, "未授权"),
        ("qian", {"verb": "create", "class": "casework", "unit": "450103"}, "范围"),
        ("lisi", {"verb": "view", "class": "casework"}, "条件"),
        ("aud", {"verb": "view", "class": "activity"}, "F1"),
    ],
)
def test_what_forbids_is_named(visit: Visit, who: str, query: dict[str, str], rule: str) -> None:
    reason = asked(visit(who), **query).answer.reason
    assert not reason.allowed
    assert reason.rule == rule
    assert reason.why


def test_a_clearance_and_the_own_hand_are_named_too(world: World, visit: Visit) -> None:
    # Only in the database: the world's own people serve the tests after this one.
    Person.objects.filter(pk=world.persons["qian"].pk).update(clearance="L2")
    page = asked(visit("qian"), **{"verb": "view", "class": "casework"})
    assert page.answer.reason.rule == "密级"
    assert "L3" in page.answer.reason.why
    row = Activity._default_manager.filter(unit__code="450100-P02", state="submitted").first()
    assert row is not None
    Activity._default_manager.filter(pk=row.pk).update(author=world.persons["wangwu"])
    page = asked(visit("wangwu"), verb="approve", record=f"activity-{row.pk}")
    assert page.answer.reason.rule == "F4"


def test_the_security_administrator_asks_about_others_but_never_about_records(
    world: World, visit: Visit
) -> None:
    client = visit("sec")
    number = world.persons["wangwu"].staff_no
    page = asked(
        client, person=number, **{"verb": "approve", "class": "activity", "unit": "450100-P02"}
    )
    assert page.answer.reason.allowed
    row = Activity._default_manager.filter(unit__code="450100-P02").order_by("pk")[0]
    for record in (f"activity-{row.pk}", "activity-999999"):
        refused = client.get(reverse("explain"), {"person": number, "record": record})
        assert refused.status_code == 422
        assert str(row.topic) not in text_of(refused)
    assert "450100" in page.person.court.code


def test_nobody_else_asks_about_others(world: World, visit: Visit) -> None:
    answer = visit("lisi").get(reverse("explain"), {"person": world.persons["wangwu"].staff_no})
    assert answer.status_code == 422
    assert answer.context["page"].person == world.persons["lisi"]
    assert world.persons["wangwu"].name not in text_of(answer)


def test_a_record_that_is_not_seen_is_as_one_that_is_not_there(visit: Visit) -> None:
    hidden = HandledPerson._default_manager.filter(court__code="450103").order_by("pk")[0]
    texts = []
    for pk in (hidden.pk, 10**9):
        answer = visit("lisi").get(reverse("explain"), {"record": f"handled-person-{pk}"})
        assert answer.status_code == 422
        token = r'value="\w{64}"'
        texts.append(re.sub(token, "", text_of(answer)).replace(str(pk), ""))
    assert texts[0] == texts[1]


def test_a_post_that_does_not_count_says_why(world: World, visit: Visit) -> None:
    person = world.persons["lisi"]
    person.posts.create(unit=world.nanning, role="chief", valid_from=TODAY, state="requested")
    person.posts.create(
        unit=world.nanning, role="assessor", valid_from=TODAY.replace(year=2020),
        valid_to=TODAY.replace(year=2021), state="approved",
    )  # fmt: skip
    states = {post.role: post.state for post in asked(visit("lisi")).posts}
    assert states["院领导"] == "待安全管理员生效"
    assert states["考评"] == "已届满"
