"""The page 公布数据核对: both numbers and the rows they come from."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.ledgers.published_figure import PublishedFigure
from rongjian.records.actions import save

if TYPE_CHECKING:
    from rongjian.records.models import Record
    from tests.web.visitors import Visit
    from tests.world import World

pytest_plugins = ("tests.web.visitors",)


def text_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture(autouse=True)
def alone(world: World) -> None:
    """Only what a test publishes itself stands; the demo's own table is left aside."""
    PublishedFigure.objects.update(state="void")


@pytest.fixture
def contradiction(world: World) -> list[Record]:
    """Three published rows of which the rate does not follow from the counts."""
    actor = world.actor("zhengshi")
    rows = (("决定起诉", "427", "人"), ("不起诉", "55", "人"), ("不诉率", "11.59", "%"))
    return [
        save(
            actor,
            PublishedFigure(
                dataset="DS-99",
                item=item,
                period="2021",
                measure_unit=unit,
                printed=printed,
                source="公报",
                unit=world.region,
                happened_on=date(2022, 1, 1),
            ),
        )
        for item, printed, unit in rows
    ]


def test_a_contradiction_is_shown_with_both_numbers_and_its_rows(
    contradiction: list[Record], visit: Visit
) -> None:
    html = text_of(visit("lisi").get(reverse("published-check")))
    assert "1 处对不上" in html
    assert "11.59%" in html
    assert "11.41%" in html
    assert "0.18" in html
    linked = {int(pk) for pk in re.findall(r'href="/ledger/published-figure/(\d+)"', html)}
    assert linked == {record.pk for record in contradiction}


def test_a_voided_row_contradicts_nothing(contradiction: list[Record], visit: Visit) -> None:
    PublishedFigure.objects.filter(pk=contradiction[2].pk).update(state="void")
    html = text_of(visit("lisi").get(reverse("published-check")))
    assert "已有的公布数据相互一致" in html
    assert "2 条公布数据" in html


def test_without_published_figures_the_page_says_so(visit: Visit) -> None:
    assert "还没有公布数据" in text_of(visit("lisi").get(reverse("published-check")))
