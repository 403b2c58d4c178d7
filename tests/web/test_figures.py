"""Figures on pages: they add up, open to their records, and compare nobody."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.documents.models import FrozenFigure
from rongjian.indicators import catalogue, figures, trace
from rongjian.kernel.periods import Period
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.models import Event
from rongjian.org.models import Unit
from rongjian.records.actions import move, save
from rongjian.records.kinds import kind_of
from rongjian.web.charts import Mark, columns
from rongjian.web.figure_words import condition_chip, exact, measure_words, with_unit
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World


GANG = Period.parse("2018-01..2020-12")
AT_TOP = {"unit": "450000", "period": str(GANG)}


def page_of(client: Any, code: str, **query: str) -> Any:
    return client.get(reverse("figure", args=[code]), query).context["page"]


def records_of(client: Any, code: str, **query: str) -> Any:
    return client.get(reverse("figure-records", args=[code]), query).context["page"]


def test_the_index_shows_what_one_may_see_and_counts_the_rest(visit: Visit) -> None:
    everything = visit("zhengshi").get(reverse("figures")).context["page"]
    shown = [card for _, cards in everything.groups for card in cards]
    assert len(shown) + everything.hidden == len(catalogue.indicators())
    assert {card.code: card.text for card in shown}["prosecuted-gang"] == "1591"
    little = visit("lisi").get(reverse("figures")).context["page"]
    assert little.hidden > 0
    assert "prosecuted-gang" not in [card.code for _, cards in little.groups for card in cards]


@pytest.mark.parametrize("code", ["prosecuted-gang", "assets-gang", "assistance-funds"])
def test_the_units_below_add_up_to_the_figure_in_code_order(code: str, visit: Visit) -> None:
    page = page_of(visit("zhengshi"), code, unit="450000", period=str(GANG))
    assert page.agrees
    assert page.adds_up
    amounts = [Decimal(row.text.replace(",", "")) for row in page.below if row.text != "—"]
    assert exact(sum(amounts, Decimal(0)), 2) == exact(Decimal(page.total.replace(",", "")), 2)
    names = [row.name for row in page.below if row.url]
    assert names == ["南宁市", "柳州市"]


def test_a_rate_is_not_added_up(visit: Visit) -> None:
    page = page_of(visit("weiw"), "temporary-branch-size", unit="450100", period=str(GANG))
    assert page.total == ""
    assert not page.adds_up


def test_the_definition_is_told_in_words(visit: Visit) -> None:
    text = text_of(visit("zhengshi").get(reverse("figure", args=["assets-gang"]), AT_TOP))
    for words in ("查扣冻财产", "“金额（元）”相加", "专项为扫黑除恶", "35亿余元", "前一期"):
        assert words in text


def test_every_condition_of_every_definition_can_be_told() -> None:
    for definition in catalogue.catalogue():
        kind = kind_of(definition.of)
        words = [condition_chip(kind, each) for each in definition.where]
        assert all(re.search("[\u4e00-\u9fff]", each) for each in words), definition.code
        assert measure_words(definition, kind)


def test_the_months_are_a_chart_of_links_and_a_table(visit: Visit) -> None:
    client = visit("zhengshi")
    page = page_of(client, "prosecuted-gang", **AT_TOP)
    links = re.findall(r'xlink:href="([^"]*)"', page.chart)
    assert len(links) == 36
    assert all(link.startswith("/figures/prosecuted-gang/records/?") for link in links)
    assert "http" not in page.chart.replace("http://www.w3.org/", "")
    cells = [cell for _, row in page.months.rows for cell in row if cell]
    assert sum(int(text) for text, _ in cells) == 1591
    month = client.get(links[0].replace("&amp;", "&")).context["page"]
    assert month.total == int(cells[0][0])


def test_a_chart_escapes_what_it_is_given() -> None:
    svg = columns([Mark('<b>"', 1, '<i>"&', "/x?a=1&b=2")], "<u>", '一句"<话>')
    assert "<b>" not in svg
    assert "<i>" not in svg
    assert "<u>" not in svg
    assert 'aria-label="一句&quot;&lt;话>"' in svg


def test_the_period_boxes_lead_to_the_one_address(visit: Visit) -> None:
    sent = {"unit": "450100", "first": "2019-01", "last": "2019-12"}
    answer = visit("zhengshi").get(reverse("figure", args=["prosecuted-gang"]), sent)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?unit=450100&period=2019")


def test_the_way_down_links_only_where_one_may_look(visit: Visit) -> None:
    page = page_of(visit("qian"), "prosecuted-gang", unit="450103", period=str(GANG))
    assert [(step.words, bool(step.url)) for step in page.path] == [
        ("全区", False),
        ("南宁市", True),
        ("青秀区", False),
    ]


@pytest.mark.parametrize("code", ["prosecuted-gang", "assets-gang", "recommendations-gang"])
def test_the_strip_holds_the_figure_against_its_records(code: str, visit: Visit) -> None:
    page = records_of(visit("zhengshi"), code, **AT_TOP)
    rows = trace.records(code, Unit.objects.get(code="450000"), GANG).count()
    assert page.total == rows == page.table.total
    assert page.strip.lamp == "ok"
    assert page.strip.words.startswith("指标数 ")


def test_groups_add_up_and_open_to_their_own(visit: Visit) -> None:
    client = visit("zhengshi")
    page = records_of(client, "assets-gang", **AT_TOP, group="court")
    total = sum(int(row.records.replace(",", "")) for row in page.groups)
    assert page.group_total.records == f"{total:,}" == "1,204"
    amount = sum(Decimal(row.amount.replace(",", "")) for row in page.groups)
    assert page.group_total.amount == f"{amount:,}"
    for row in page.groups:
        opened = client.get(row.url).context["page"]
        assert f"{opened.total:,}" == row.records


def test_a_projection_behind_a_figure_is_logged_page_by_page(visit: Visit) -> None:
    client = visit("zhengshi")
    page = records_of(client, "prosecuted-gang", **AT_TOP, page="3")
    assert page.read.projected
    assert "承办人" not in [heading.words for heading in page.table.headings]
    event = Event.objects.get(verb="open", object="figure:prosecuted-gang")
    assert event.detail.startswith("去标识记录 第 3 页")
    own = records_of(visit("qian"), "prosecuted-gang", unit="450100-D12", period=str(GANG))
    assert not own.read.projected
    assert Event.objects.filter(verb="open", object="figure:prosecuted-gang").count() == 1


def test_whoever_may_only_see_the_number_gets_no_rows(visit: Visit) -> None:
    client, place = visit("feng"), {"unit": "450100", "period": str(GANG)}
    answer = client.get(reverse("figure", args=["prosecuted-gang"]), place)
    assert answer.context["page"].figure.value
    # One rule for every number: what does not open is no link, neither as text nor as a bar.
    assert reverse("figure-records", args=["prosecuted-gang"]) not in text_of(answer)
    for route in ("figure-records", "figure-records-export"):
        refused = client.get(reverse(route, args=["prosecuted-gang"]), place)
        assert refused.status_code == 403


def frozen(indicator: str) -> dict[str, str]:
    found = FrozenFigure.objects.get(indicator=indicator)
    return AT_TOP | {"doc": str(found.document_id), "slot": found.slot}


def test_a_frozen_figure_names_what_came_and_went(world: World, visit: Visit) -> None:
    client, place = visit("zhengshi"), frozen("prosecuted-gang")
    page = records_of(client, "prosecuted-gang", **place)
    assert page.strip.words == "文中数 1,591 = 记录数 1,591 ✓"
    actor = world.actor("zhengshi")
    known = HandledPerson.objects.filter(court=world.region, decision="prosecuted", campaign="gang")
    save(
        actor,
        HandledPerson(
            unit=known[0].unit,
            decision="prosecuted",
            happened_on=known[0].happened_on,
            charge="盗窃",
            campaign="gang",
            key="NEW-1",
        ),
    )
    page = records_of(client, "prosecuted-gang", **place)
    assert page.strip.words == "文中数 1,591；现记录 1,592，差 1：冻结后新增 1 条"
    assert page.strip.see_words == "看这 1 条"
    added = client.get(page.strip.see).context["page"]
    assert [row.cells[0].text for row in added.table.rows] == ["NEW-1"]
    move(actor, known.exclude(key="NEW-1")[0], "void", detail="误录")
    page = records_of(client, "prosecuted-gang", **place)
    assert page.strip.words == "文中数 1,591；现记录 1,591，差 0：冻结后新增 1 条、减少 1 条"
    live = records_of(client, "prosecuted-gang", **AT_TOP)
    assert live.strip.lamp == "ok"


def test_the_place_in_a_text_must_be_the_same_figure(visit: Visit) -> None:
    place = frozen("assets-gang")
    page = records_of(visit("zhengshi"), "prosecuted-gang", **place)
    assert page.strip.words.startswith("指标数 ")
    nowhere = AT_TOP | {"doc": "999999", "slot": "F01"}
    page = records_of(visit("zhengshi"), "prosecuted-gang", **nowhere)
    assert page.strip.words.startswith("指标数 ")


def test_no_number_of_a_unit_can_be_sorted_by(visit: Visit) -> None:
    client = visit("zhengshi")
    for address, query in (
        (reverse("figure", args=["prosecuted-gang"]), AT_TOP),
        (reverse("figure-records", args=["prosecuted-gang"]), AT_TOP | {"group": "court"}),
    ):
        text = text_of(client.get(address, query))
        heads = re.findall(r"<th[^>]*data-metric[^>]*>(.*?)</th>", text)
        assert heads
        assert not any("<a" in head or "<button" in head for head in heads)


def test_numbers_in_print() -> None:
    assert exact(None) == "—"
    assert exact(Decimal("1591.000000"), 0) == "1,591"
    assert exact(Decimal("3547286310"), 2) == "3,547,286,310.00"
    assert with_unit("2.17亿元", "元") == "2.17亿元"
    assert with_unit("1591", "人") == "1591 人"


def test_figures_and_pages_agree(visit: Visit) -> None:
    found = figures.figure("prosecuted-gang", Unit.objects.get(code="450100"), GANG)
    page = page_of(visit("qian"), "prosecuted-gang", unit="450100", period=str(GANG))
    assert page.figure == found
