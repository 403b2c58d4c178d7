"""The page of search and its short list: what is there, for whom, and how it is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.models import Event
from rongjian.org.models import Person
from rongjian.records.actions import save
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from django.test import Client

    from rongjian.web.pages.find import FindPage
    from tests.web.visitors import Visit
    from tests.world import World

BRANCH = "450100-P02"


def page(client: Client, typed: str, **query: str) -> FindPage:
    """What the page shows."""
    shown: FindPage = client.get(reverse("find"), {"q": typed, **query}).context["page"]
    return shown


def short(client: Client, typed: str) -> Any:
    """What the short list shows."""
    asked = client.get(reverse("find"), {"q": typed}, headers={"HX-Request": "true"})
    return asked.context["short"]


def words(pieces: Any) -> str:
    return "".join(text for text, _ in pieces)


def named(page: Any) -> dict[str, list[str]]:
    return {group.heading: [words(each.name) for each in group.entries] for group in page.groups}


@pytest.fixture
def theme_day(world: World) -> Activity:
    return save(
        world.actor("lisi"),
        Activity(
            unit=world.units[BRANCH], type="theme_day", happened_on=TODAY, topic="邕江沿岸螺蛳粉店走访",
            gist="建立清单",
        ),
    )  # fmt: skip


def test_the_page_shows_where_the_words_stand(visit: Visit, theme_day: Activity) -> None:
    client = visit("lisi")
    (row,) = page(client, "螺螄粉 清单").rows
    assert row.pk == theme_day.pk
    assert row.title == (("邕江沿岸", False), ("螺蛳粉", True), ("店走访", False))
    assert (row.field, words(row.text)) == ("内容要点", "建立清单")
    said = text_of(client.get(reverse("find"), {"q": "螺蛳粉"}))
    assert "邕江沿岸<mark>螺蛳粉</mark>店走访" in said
    assert reverse("record", args=["activity", theme_day.pk]) in said
    assert "记录 1 条" in said
    assert "南宁市院第二党支部" in said


def test_names_lead_to_units_people_documents_and_pages(world: World, visit: Visit) -> None:
    client = visit("lisi")
    assert named(page(client, "第二党支部"))["单位"][0] == "南宁市院第二党支部"
    assert named(page(client, "二支部"))["单位"][0] == "南宁市院第二党支部"
    assert named(page(client, "nnsy"))["单位"] == ["南宁市院"]
    assert named(page(client, "青秀检察院"))["单位"] == ["青秀区院"]
    assert named(page(client, "李四"))["人员"] == ["李四"]
    assert "李四" in named(page(client, "lisi"))["人员"]
    assert named(page(client, "活动记录"))["页面"] == ["活动记录"]
    assert named(page(client, "hdjl"))["页面"] == ["活动记录"]
    assert "专班" in named(page(client, "专班"))["页面"]
    report = named(page(visit("zhengshi"), "融合"))["文稿"]
    assert len(report) == 1


def test_people_of_other_houses_are_found_only_by_those_who_may_see_them(
    world: World, visit: Visit
) -> None:
    # Only in the database: the world's own people serve the tests after this one.
    Person.objects.filter(pk=world.persons["zhengshi"].pk).update(name="螺某某")
    assert "人员" not in named(page(visit("lisi"), "螺某某"))
    assert named(page(visit("gong"), "螺某某"))["人员"] == ["螺某某"]


def test_limits_paging_and_what_cannot_be_read(world: World, visit: Visit) -> None:
    client = visit("qian")
    given = {"unit_id": world.nanning.pk, "need": "case", "demands": 1}
    rows = [
        {**given, "enterprise": f"螺蛳粉厂{n}", "happened_on": TODAY - timedelta(days=n)}
        for n in range(45)
    ]
    create_many(world.actor("qian"), kind_of("enterprise-contact"), rows)
    first = page(client, "螺蛳粉")
    assert (first.total, len(first.rows), first.more) == (45, 20, False)
    assert [step.words for step in first.steps] == ["1", "2", "3"]
    assert words(page(client, "螺蛳粉", page="3").rows[-1].title) == "螺蛳粉厂44"
    limited = page(
        client, "螺蛳粉", kind="enterprise-contact", unit="450100", **{"from": str(TODAY)}
    )
    assert (limited.total, [chip.words.split("=")[0] for chip in limited.chips]) == (
        1,
        ["台账", "单位", f"日期 {TODAY} 起"],
    )
    assert page(client, "螺蛳粉", kind="nonsense", to="昨天").problems
    assert client.get(reverse("find"), {"q": "螺", "unit": "999999"}).status_code == 404
    assert not page(client, "").asked


def test_a_withheld_text_is_no_hint_to_a_superior(world: World, visit: Visit) -> None:
    row = HandledPerson.objects.filter(court=world.nanning).order_by("pk")[0]
    row.note = "螺蛳粉备注"
    save(world.actor("qian"), row)
    own = page(visit("qian"), "螺蛳粉备注")
    assert [found.pk for found in own.rows] == [row.pk]
    superior = visit("jian")
    none = text_of(superior.get(reverse("find"), {"q": "螺蛳粉备注"}))
    assert "没有找到“螺蛳粉备注”" in none
    assert short(superior, "螺蛳粉备注").total == 0


def test_showing_projections_is_logged_and_the_short_list_has_none(
    world: World, visit: Visit
) -> None:
    row = HandledPerson.objects.filter(court=world.nanning).order_by("pk")[0]
    client = visit("zhengshi")
    before = Event.objects.filter(object="find").count()
    assert short(client, row.key).total == 0
    assert Event.objects.filter(object="find").count() == before
    shown = page(client, row.key)
    assert [each.projected for each in shown.rows] == [True]
    assert Event.objects.filter(object="find").count() == before + 1
    assert row.key not in Event.objects.filter(object="find").latest("pk").detail


def test_administrators_are_blind(visit: Visit) -> None:
    for account in ("sys", "sec", "aud"):
        client = visit(account)
        assert client.get(reverse("find"), {"q": "南宁"}).status_code == 403
        answer = client.get(reverse("find"), {"q": "南宁"}, headers={"HX-Request": "true"})
        assert answer.status_code == 403
        assert 'id="find-box"' not in text_of(client.get(reverse("explain")))


def test_the_box_stands_in_the_masthead_but_on_its_own_page(visit: Visit) -> None:
    client = visit("lisi")
    assert 'id="find-box"' in text_of(client.get(reverse("home")))
    own = text_of(client.get(reverse("find")))
    assert 'id="find-box"' not in own
    assert "data-find-box" in own


def test_what_was_typed_is_text_and_nothing_else(visit: Visit) -> None:
    client = visit("lisi")
    for typed in (
        '"',
        "' OR 1=1 --",
        "南* OR 宁",
        "~南宁",
        "@u1",
        "<b>",
        "%",
        "\\",
        "NEAR(南)",
        "a" * 900,
    ):
        answer = client.get(reverse("find"), {"q": typed})
        assert answer.status_code == 200, typed
        assert "<b>" not in text_of(answer).split("data-find-box")[0][-300:]
        assert short(client, typed) is not None
    assert page(client, "@u1").total == 0


def test_the_queries_do_not_grow_with_what_is_found(world: World, visit: Visit) -> None:
    client = visit("qian")
    given = {"unit_id": world.nanning.pk, "need": "case", "demands": 1, "happened_on": TODAY}
    numbers = []
    for more in (1, 30):
        rows = [{**given, "enterprise": f"螺蛳粉厂{n}"} for n in range(more)]
        create_many(world.actor("qian"), kind_of("enterprise-contact"), rows)
        page(client, "螺蛳粉")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client, "螺蛳粉")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
    assert numbers[0] < 40
