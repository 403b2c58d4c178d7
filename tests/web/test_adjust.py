"""调整设置: choose, fill in, preview, confirm; and every page then as well as now."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.facts import extract
from rongjian.indicators import refresh
from rongjian.log.models import Event
from rongjian.org.models import Affiliation, Pairing, Person, Placement, Unit
from rongjian.org.plans import Move
from rongjian.records.reorganisation import adjust
from rongjian.web.adjust_form import OPERATIONS
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

ADJUST = "/org/adjust"
MOVED = date(2019, 7, 1)
GANG = {"period": "2018-01..2020-12"}


def page(client: Client, **query: Any) -> Any:
    return client.get(ADJUST, query).context["page"]


def sent(client: Client, step: str, operation: str, **values: Any) -> Any:
    form = {"operation": operation, "court": "450100", "step": step, "idempotency": "k1", **values}
    return client.post(ADJUST, form)


def test_only_what_is_granted_is_offered(visit: Visit) -> None:
    party = [choice.name for choice in page(visit("weiw")).choices]
    assert party == [operation.name for operation in OPERATIONS.values()]
    business = [choice.name for choice in page(visit("sys")).choices]
    assert business == [each.name for each in OPERATIONS.values() if not each.party_only]
    for account in ("lisi", "sec", "aud", "qian"):
        assert visit(account).get(ADJUST).status_code == 403
    assert visit("sys").get(ADJUST, {"operation": "pair"}).status_code == 403
    assert visit("weiw").get(ADJUST, {"court": "450200"}).status_code == 404


@pytest.mark.parametrize("code", OPERATIONS)
def test_each_form_asks_little_and_offers_only_what_is_within_reach(
    code: str, visit: Visit
) -> None:
    shown = page(visit("weiw"), operation=code)
    assert len(shown.asked) <= 6
    reach = Unit.objects.get(code="450100").path
    for field in shown.form.fields.values():
        for unit in getattr(field, "queryset", ()):
            assert unit.path.startswith(reach)


def test_an_address_fills_the_form_in(visit: Visit) -> None:
    client = visit("weiw")
    assert page(client, operation="move", unit="450100-P02").form["unit"].value() == "450100-P02"
    assert page(client, operation="found", unit="450100-P").form["above"].value() == "450100-P"
    joint = page(client, operation="join", unit=["450100-D11", "450100-D12"])
    assert joint.form["offices"].value() == ["450100-D11", "450100-D12"]
    assert page(client, operation="pair", unit="450100-P02").form["party"].value() == "450100-P02"


def test_a_plan_is_previewed_then_carried_out_once(world: World, visit: Visit) -> None:
    client = visit("weiw")
    given = {"unit": "450100-P02", "name": "刑事第二党支部", "on": "2026-03-01"}
    before = list(Placement.objects.order_by("pk").values_list())
    seen = sent(client, "", "rename", **given)
    assert seen.status_code == 200
    assert "自 <b>2026-03-01</b> 起生效" in text_of(seen)
    assert dict(seen.context["page"].hidden)["name"] == "刑事第二党支部"
    assert list(Placement.objects.order_by("pk").values_list()) == before
    for _ in range(2):
        done = sent(client, "confirm", "rename", **given)
        assert done.status_code == 302
        assert done["Location"] == f"{reverse('twin')}?court=450100"
    unit = Unit.objects.get(code="450100-P02")
    assert unit.name == "南宁市人民检察院刑事第二党支部"
    assert unit.short == "南宁市院刑事第二党支部"
    assert Event.objects.filter(verb="rename").count() == 1


def test_back_from_the_preview_keeps_what_was_typed(visit: Visit) -> None:
    given = {"unit": "450100-P02", "name": "刑事第二党支部", "on": "2026-03-01"}
    again = sent(visit("weiw"), "form", "rename", **given)
    assert again.status_code == 200
    assert again.context["page"].form["name"].value() == "刑事第二党支部"


def test_a_refusal_stands_at_its_field_with_the_ways_out(visit: Visit) -> None:
    client = visit("weiw")
    for step in ("", "confirm"):
        answer = sent(client, step, "dissolve", unit="450100-P03", on="2026-06-01")
        assert answer.status_code == 422
        [(target, label, words)] = answer.context["page"].faults
        assert (target, label) == ("id_unit", "单位")
        assert f"还有 {Person.objects.filter(branch__code='450100-P03').count()} 人" in words
        assert "请改用“合并”" in words
        assert 'value="450100-P03" selected' in text_of(answer)
    early = sent(client, "", "move", unit="450100-P02", above="450100-P", on="2010-01-01")
    assert any(label == "生效日期" for _, label, _ in early.context["page"].faults)
    empty = sent(client, "", "merge", on="不是日期")
    assert {label for _, label, _ in empty.context["page"].faults} == {
        "撤销的单位",
        "并入",
        "生效日期",
    }


def test_the_refusals_of_pairings_stand_at_the_fields_of_their_form(visit: Visit) -> None:
    again = sent(
        visit("weiw"), "", "pair", party="450100-P02", offices=["450100-D12"], on="2026-06-01"
    )
    [(_, label, words)] = again.context["page"].faults
    assert label == "业务机构"
    assert "不必再设" in words


def test_a_joint_branch_of_three_units_is_founded_in_one_go(visit: Visit) -> None:
    client, offices = visit("weiw"), ["450100-D11", "450100-D12", "450100-D13"]
    given = {"above": "450100-P", "name": "刑事联合党支部", "offices": offices, "on": "2026-07-01"}
    seen = sent(client, "", "join", **given).context["page"]
    assert sum(number for _, _, number in seen.seen.people) == 35
    assert seen.future
    assert sent(client, "confirm", "join", **given).status_code == 302
    branch = Unit.objects.get(short="南宁市院刑事联合党支部")
    served = Pairing.objects.filter(party_unit=branch).values_list("business_unit__code", flat=True)
    assert sorted(served) == offices
    assert Affiliation.objects.filter(unit=branch, valid_from=date(2026, 7, 1)).count() == 35


def test_nobody_reaches_beyond_the_own_house_by_typing(visit: Visit) -> None:
    answer = sent(visit("weiw"), "", "dissolve", unit="450200-P01", on="2026-06-01")
    assert answer.status_code == 422
    foreign = visit("weiw").post(
        ADJUST,
        {"operation": "dissolve", "court": "450200", "unit": "450200-P01", "on": "2026-06-01"},
    )
    assert foreign.status_code == 404


# --- then and now ----------------------------------------------------------------------------


@pytest.fixture
def moved(world: World, own_figures: Path) -> World:
    """青秀区院 has stood under 柳州市院 since the middle of the campaign."""
    plan = Move(MOVED, world.units["450103"], world.units["450200"])
    adjust(world.actor("sys"), plan)
    extract.refresh()
    refresh.refresh(TODAY)
    return world


@pytest.mark.parametrize("unit", ["450000", "450100", "450200", "450103"])
def test_the_figure_page_adds_up_then_and_now(unit: str, moved: World, visit: Visit) -> None:
    client = visit("zhengshi")
    address = reverse("figure", args=["prosecuted-gang"])
    shown = {}
    for organised in ("now", "then"):
        query = {"unit": unit, **GANG} | ({"organised": "then"} if organised == "then" else {})
        shown[organised] = client.get(address, query).context["page"]
        assert shown[organised].figure.organised == organised
        assert shown[organised].agrees or not shown[organised].below
        cells = [cell for _, row in shown[organised].months.rows for cell in row if cell]
        assert sum(int(text) for text, _ in cells) == shown[organised].figure.records
    same = shown["now"].figure.value == shown["then"].figure.value
    assert same == (unit in {"450000", "450103"})


def test_then_is_said_and_kept_on_every_way_down(moved: World, visit: Visit) -> None:
    client = visit("zhengshi")
    query = {"unit": "450100", "organised": "then", **GANG}
    answer = client.get(reverse("figure", args=["prosecuted-gang"]), query)
    shown = answer.context["page"]
    assert "按当时的组织</b></p>" in text_of(answer)
    left = next(row for row in shown.below if row.name.startswith("青秀区"))
    assert left.name == "青秀区（至 2019-06-30）"
    links = [shown.records_url, *(row.records for row in shown.below), left.url]
    links += [cell[1] for _, row in shown.months.rows for cell in row if cell]
    links += [url.replace("&amp;", "&") for url in re.findall(r'xlink:href="([^"]*)"', shown.chart)]
    assert all("organised=then" in link for link in links)
    records = client.get(left.records).context["page"]
    assert f"{records.total:,}" == left.text
    assert {"按当时的组织", "在南宁市院之下期间"} <= set(records.chips)
    assert records.strip.lamp == "ok"


def test_the_records_page_groups_then_by_who_stood_there(moved: World, visit: Visit) -> None:
    client = visit("zhengshi")
    address = reverse("figure-records", args=["prosecuted-gang"])
    query = {"unit": "450200", "organised": "then", "group": "court", **GANG}
    shown = client.get(address, query).context["page"]
    assert sum(int(row.records.replace(",", "")) for row in shown.groups) == shown.total
    names = [row.name for row in shown.groups]
    assert "青秀区（2019-07-01 起）" in names
    for row in shown.groups:
        assert f"{client.get(row.url).context['page'].total:,}" == row.records
    assert [words for words, _, current in shown.switch.ways if current] == ["按当时的组织"]


def test_a_list_shows_what_was_the_unit_s_on_its_day(moved: World, visit: Visit) -> None:
    client = visit("zhengshi")
    address = reverse("ledger", args=["handled-person"])
    query = {"unit": "450100", "below": "1"}
    now = client.get(address, query).context["page"]
    then = client.get(address, query | {"organised": "then"}).context["page"]
    assert then.table.total > now.table.total
    assert "按当时的组织" in [chip.words for chip in then.chips]
    assert "按当时的组织" not in [chip.words for chip in now.chips]
    assert client.get(address).context["page"].switch is None


def test_a_live_text_counts_then_and_is_frozen_only_as_now(moved: World, visit: Visit) -> None:
    client = visit("zhengshi")
    new = {"kind": "fusion-report", "unit": "450100", "idempotency": "d1"}
    made = client.post(reverse("document-new"), new)["Location"]
    now = client.get(made).context["page"]
    then = client.get(made, {"organised": "then"})
    shown = then.context["page"]
    assert (now.freezable, shown.freezable) == (True, False)
    values = [
        {run.indicator: run.value for run in each.composition.figures} for each in (now, shown)
    ]
    assert values[0]["prosecuted-gang"] != values[1]["prosecuted-gang"]
    assert "按当时的组织" in text_of(then)
    figure = next(run for run in shown.composition.figures if run.indicator == "prosecuted-gang")
    assert figure.parameters["organised"] == "then"
    assert figure.status.code == "same"
    assert shown.composition.blocks[0].text == "（文中数字按当时的组织统计）"
    assert now.composition.blocks[0].text != shown.composition.blocks[0].text
    word = client.get(f"{made}word", {"organised": "then"})
    assert "%EF%BC%88%E6%8C%89%E5%BD%93%E6%97%B6" in word["Content-Disposition"]
