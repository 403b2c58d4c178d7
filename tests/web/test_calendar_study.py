"""文件学习: who studied which document, after how many working days, each opening to its meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.study_document import StudyDocument
from rongjian.records.models import Link
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

WHERE = reverse("calendar-study")


@pytest.fixture
def documents(world: World) -> list[StudyDocument]:
    rows = StudyDocument._default_manager.filter(unit=world.nanning, happened_on__year=2026)
    return list(rows.order_by("-happened_on", "-pk"))


def page(visit: Visit, account: str, **query: Any) -> Any:
    answer = visit(account).get(WHERE, query)
    assert answer.status_code == 200
    return answer.context["page"]


def test_each_document_says_who_studied_it(visit: Visit, documents: list[StudyDocument]) -> None:
    shown = page(visit, "weiw")
    assert [row.document for row in shown.rows] == documents
    for row in shown.rows:
        linked = Link.objects.filter(target=row.document, source__kind="activity")
        units = set(linked.values_list("source__unit", flat=True))
        assert row.done == len(units)
    assert any(0 < row.done < row.bodies for row in shown.rows)
    # Names in code order, no list of who is first or last.
    assert not {"排名", "第一名", "末位"} & set(text_of(visit("weiw").get(WHERE)))


def test_a_document_opens_to_the_meetings_behind_its_figure(
    visit: Visit, documents: list[StudyDocument]
) -> None:
    shown = next(row for row in page(visit, "weiw").rows if row.done)
    opened = page(visit, "weiw", document=shown.document.pk)
    studied = [body for body in opened.bodies if body.day]
    assert (len(studied), len(opened.bodies)) == (shown.done, shown.bodies)
    for body in studied:
        assert body.workdays >= 0
        for words, url in body.meetings:
            activity = Activity._default_manager.get(pk=int(url.rsplit("/", 1)[1]))
            assert words.startswith(f"{activity.happened_on:%m-%d}")
            assert activity.happened_on >= body.day
        assert body.meetings


def test_whose_reach_is_one_branch_sees_that_branch(visit: Visit) -> None:
    opened = page(visit, "lisi")
    assert {row.bodies for row in opened.rows} <= {1}


def test_a_superior_chooses_among_the_houses(visit: Visit) -> None:
    shown = page(visit, "weiw")
    assert len(shown.courts) > 1
    other = next(each for each in shown.courts if not each.selected)
    assert page(visit, "weiw", court=other.value).court.code == other.value


@pytest.mark.parametrize(
    "query", [{"year": "²"}, {"year": "99999"}, {"document": "x"}, {"court": "' --"}]
)
def test_odd_addresses_show_the_usual_page(visit: Visit, query: dict[str, str]) -> None:
    assert page(visit, "weiw", **query).opened is None


def test_it_takes_as_many_questions_for_many_documents(
    visit: Visit, django_assert_max_num_queries: Any
) -> None:
    client = visit("weiw")
    client.get(WHERE)
    with django_assert_max_num_queries(36):
        client.get(WHERE)
