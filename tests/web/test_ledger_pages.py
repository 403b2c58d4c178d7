"""Ledgers as people use them: filters, sorting, writing, two editing at once, steps, links."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.urls import reverse

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.models import Event
from rongjian.org.models import Unit
from rongjian.records.actions import save
from rongjian.records.models import Batch, Link
from tests.web.visitors import text_of
from tests.world import NOW

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World


DECISIONS = "/ledger/handled-person"
ACTIVITIES = "/ledger/activity"


def table(client: Client, address: str, **query: str) -> Any:
    return client.get(address, query).context["page"].table


@pytest.fixture
def draft(world: World) -> Activity:
    """The draft that the organiser of the branch has lying there."""
    return Activity._default_manager.get(unit__code="450100-P02", state="draft")


# --- lists -----------------------------------------------------------------------------------


def test_filters_narrow_the_list_and_stand_as_chips_that_can_be_taken_off(visit: Visit) -> None:
    client = visit("qian")
    query = {"decision": "prosecuted", "campaign": "gang", "from": "2019-01-01", "to": "2019-12-31"}
    page = client.get(DECISIONS, query).context["page"]
    assert [chip.words for chip in page.chips] == [
        "日期 2019-01-01 至 2019-12-31",
        "专项=扫黑除恶",
        "决定=起诉",
    ]
    found = HandledPerson.objects.filter(
        court__code="450100", decision="prosecuted", campaign="gang", happened_on__year=2019
    )
    assert page.table.total == found.count() > 0
    without = client.get(DECISIONS + page.chips[1].without).context["page"]
    assert [chip.words for chip in without.chips] == [page.chips[0].words, page.chips[2].words]


def test_the_keyword_reads_the_columns_and_the_number(visit: Visit) -> None:
    client = visit("qian")
    some = HandledPerson.objects.filter(court__code="450100").order_by("pk")[0]
    assert table(client, DECISIONS, q=some.key).total == 1
    assert table(client, DECISIONS, q=some.charge).total >= 1
    assert table(client, DECISIONS, q="没有这样的字").total == 0


def test_an_unreadable_day_is_said_and_does_not_narrow(visit: Visit) -> None:
    client = visit("qian")
    page = client.get(DECISIONS, {"from": "上周"}).context["page"]
    assert page.asked.problems == ("起始日期“上周”读不懂，请写成 2026-06-25。",)
    assert page.table.total == table(client, DECISIONS).total


def test_a_list_is_sorted_by_day_or_number_and_by_nothing_else(visit: Visit) -> None:
    client = visit("weiw")
    address = reverse("ledger", args=["assistance-project"])
    headings = table(client, address).headings
    assert [heading.words for heading in headings if heading.sort] == ["日期"]
    by_funds = table(client, address, sort="-funds").rows
    assert by_funds == table(client, address).rows
    days = [row.cells[-1].text for row in table(client, address, sort="happened_on").rows]
    assert days == sorted(days)


def test_pages_of_fifty(visit: Visit) -> None:
    client = visit("zhengshi")
    first = table(client, DECISIONS, below="1")
    assert (len(first.rows), first.first, first.last) == (50, 1, 50)
    last = table(client, DECISIONS, below="1", page=str(first.pages))
    assert last.last == last.total == first.total
    beyond = table(client, DECISIONS, below="1", page="9999")
    assert beyond.rows == last.rows


def test_people_are_masked_in_lists_and_on_sensitive_records(world: World, visit: Visit) -> None:
    client = visit("qian")
    record = HandledPerson.objects.filter(court=world.nanning, handler__isnull=False)[0]
    assert record.handler is not None
    listed = table(client, DECISIONS, q=record.key).rows[0]
    assert record.handler.masked in [cell.text for cell in listed.cells]
    text = text_of(client.get(reverse("record", args=["handled-person", record.pk])))
    assert record.handler.masked in text
    assert record.handler.name not in text


def test_below_the_own_house_only_a_projection_is_listed_and_each_page_is_logged(
    world: World, visit: Visit
) -> None:
    client = visit("qian")
    own = client.get(DECISIONS).context["page"]
    assert not own.read.projected
    assert not Event.objects.filter(verb="open", object="handled-person").exists()
    below = client.get(DECISIONS, {"below": "1", "page": "2"}).context["page"]
    assert below.read.projected
    assert "承办人" not in [heading.words for heading in below.table.headings]
    assert below.table.total > own.table.total
    event = Event.objects.get(verb="open", object="handled-person")
    assert event.detail == "去标识记录 第 2 页"
    unit = client.get(DECISIONS, {"unit": "450103"}).context["page"]
    assert unit.read.projected


def test_a_projection_cannot_be_searched_by_what_it_withholds(world: World, visit: Visit) -> None:
    record = HandledPerson._default_manager.filter(court__code="450103")[0]
    manager = world.actor("zhengshi")
    assert record.note == ""
    HandledPerson._default_manager.filter(pk=record.pk).update(note="只有本院能看的话")
    assert manager.person.account is not None
    found = table(visit(manager.person.account.username), DECISIONS, below="1", q="只有本院能看")
    assert found.total == 0


def test_an_import_can_be_listed_by_its_number(world: World, visit: Visit) -> None:
    batch = Batch.objects.create(
        kind="handled-person", name="a.xlsx", digest="", unit=world.nanning, created_at=NOW
    )
    some = HandledPerson.objects.filter(court=world.nanning).order_by("pk")[:3]
    HandledPerson.objects.filter(pk__in=[each.pk for each in some]).update(batch=batch)
    page = visit("qian").get(DECISIONS, {"batch": str(batch.pk)}).context["page"]
    assert page.table.total == 3
    assert [chip.words for chip in page.chips] == [f"导入批次 #{batch.pk}"]


def test_the_export_of_a_projection_leaves_the_withheld_columns_empty(visit: Visit) -> None:
    client = visit("zhengshi")
    answer = client.get(DECISIONS + "/export", {"below": "1", "campaign": "gang"})
    heading, *rows = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values
    assert len(rows) == HandledPerson.objects.filter(campaign="gang").count()
    for words in ("承办人", "备注"):
        assert not any(row[heading.index(words)] for row in rows)
    # Who reads a projection below without the right to take it out gets none of it.
    assert visit("jian").get(DECISIONS + "/export", {"unit": "450103"}).status_code == 403


def test_voided_records_are_listed_only_when_asked_for(world: World, visit: Visit) -> None:
    client = visit("qian")
    before = table(client, DECISIONS).total
    record = HandledPerson.objects.filter(court=world.nanning)[0]
    address = reverse("record-move", args=["handled-person", record.pk])
    client.post(address, {"move": "void", "version": record.version, "detail": "录重了"})
    assert table(client, DECISIONS).total == before - 1
    assert table(client, DECISIONS, state="void").total == 1
    page = client.get(reverse("record", args=["handled-person", record.pk])).context["page"]
    assert page.changes[0].verb == "作废"
    assert page.changes[0].detail == "录重了"
    assert not page.editable


# --- writing ---------------------------------------------------------------------------------


def test_a_new_form_begins_with_today_and_what_the_last_one_chose(visit: Visit) -> None:
    page = visit("lisi").get(ACTIVITIES + "/new", {"unit": "450100-P02"}).context["page"]
    last = Activity.objects.filter(author__account__username="lisi").order_by("-pk")[0]
    initial = page.form.initial
    assert initial["unit"] == last.unit_id
    assert initial["type"] == last.type
    assert str(initial["happened_on"]) == "2026-06-25"
    assert "topic" not in initial
    assert "absent" not in initial


def test_units_outside_the_reach_are_not_offered_and_not_taken(visit: Visit) -> None:
    client = visit("lisi")
    form = client.get(ACTIVITIES + "/new").context["page"].form
    offered = set(form.fields["unit"].queryset.values_list("code", flat=True))
    # Paired with the department, but an activity is a Party body's.
    assert offered == {"450100-P02", "450100-P02G1", "450100-P02G2"}
    other = Unit.objects.get(code="450100-P01")
    sent = {"unit": other.pk, "type": "theme_day", "happened_on": "2026-06-25", "topic": "x"}
    answer = client.post(ACTIVITIES + "/new", sent)
    assert answer.status_code == 422
    assert not Activity.objects.filter(topic="x").exists()


def test_faults_are_told_at_the_top_and_at_the_field_and_nothing_typed_is_lost(
    world: World, visit: Visit
) -> None:
    sent = {
        "unit": world.units["450100-P02"].pk,
        "type": "theme_day",
        "happened_on": "2026-06-25",
        "topic": "研究一下",
        "expected": "3",
        "absent": "9",
        "mode": "外星",
    }
    answer = visit("lisi").post(ACTIVITIES + "/new", sent)
    text = text_of(answer)
    assert "没有保存：有 2 处需要修改" in text
    assert text.count("缺席 9 人多于应到 3 人") == 2
    assert 'value="研究一下"' in text
    assert 'href="#id_absent"' in text
    assert answer.context["page"].more_open


def test_what_must_never_be_stored_is_refused_without_being_repeated(
    world: World, visit: Visit
) -> None:
    sent = {
        "unit": world.units["450100-P02"].pk,
        "type": "theme_day",
        "happened_on": "2026-06-25",
        "topic": "联系人身份证 450103199003070012",
    }
    answer = visit("lisi").post(ACTIVITIES + "/new", sent)
    assert answer.status_code == 422
    assert [target for target, _, _ in answer.context["page"].faults] == ["id_topic"]
    assert not Activity.objects.filter(topic__contains="身份证").exists()


def test_a_number_left_empty_is_what_the_ledger_says_it_is(world: World, visit: Visit) -> None:
    sent = {
        "unit": world.units["450100-P02"].pk,
        "type": "theme_day",
        "happened_on": "2026-06-25",
        "topic": "无人缺席",
        "absent": "",
    }
    assert visit("lisi").post(ACTIVITIES + "/new", sent).status_code == 302
    assert Activity.objects.get(topic="无人缺席").absent == 0


def test_a_number_that_is_taken_is_said_at_its_field(world: World, visit: Visit) -> None:
    taken = HandledPerson.objects.filter(court=world.nanning)[0]
    sent = {
        "key": taken.key,
        "unit": taken.unit_id,
        "decision": "prosecuted",
        "happened_on": "2026-06-01",
        "charge": "盗窃",
    }
    page = visit("qian").post(DECISIONS + "/new", sent).context["page"]
    assert page.faults == [("id_key", "编号", f"编号“{taken.key}”已有记录")]


def test_saving_and_sending_in_one_press(world: World, visit: Visit) -> None:
    sent = {
        "unit": world.units["450100-P02"].pk,
        "type": "party_lecture",
        "happened_on": "2026-06-25",
        "topic": "一次就办好",
        "then": "submit",
    }
    answer = visit("lisi").post(ACTIVITIES + "/new", sent, follow=True)
    assert "已保存并报送。" in text_of(answer)
    assert Activity.objects.get(topic="一次就办好").state == "submitted"


def test_two_who_edit_see_the_difference_and_choose(
    world: World, visit: Visit, draft: Activity
) -> None:
    address = reverse("record-edit", args=["activity", draft.pk])
    client = visit("lisi")
    form = client.get(address).context["page"].form
    mine = {name: form[name].value() for name in form.fields}
    mine = {name: "" if value is None else value for name, value in mine.items()}
    mine |= {"topic": "我改的", "version": str(draft.version)}
    theirs = Activity.objects.get(pk=draft.pk)
    theirs.topic = "书记改的"
    save(world.actor("wangwu"), theirs)

    answer = client.post(address, mine)
    assert answer.status_code == 409
    conflict = answer.context["page"].conflict
    assert conflict.who == "王五"
    assert conflict.fields == (("主题", "书记改的", "我改的"),)
    text = text_of(answer)
    assert "王五 06-25 15:00 改过这条" in text
    assert "用我的覆盖" in text
    assert "放弃我的修改" in text
    assert Activity.objects.get(pk=draft.pk).topic == "书记改的"

    again = client.post(address, mine | {"version": str(conflict.version)})
    assert again.status_code == 302
    assert Activity.objects.get(pk=draft.pk).topic == "我改的"
    page = client.get(reverse("record", args=["activity", draft.pk])).context["page"]
    assert page.changes[0].fields == (("主题", "书记改的", "我改的"),)


# --- steps and links -------------------------------------------------------------------------


def test_steps_are_offered_to_whoever_may_take_them(visit: Visit, draft: Activity) -> None:
    address = reverse("record", args=["activity", draft.pk])

    def offered(account: str) -> list[str]:
        return [step.code for step in visit(account).get(address).context["page"].moves]

    assert offered("lisi") == ["submit"]
    move = reverse("record-move", args=["activity", draft.pk])
    visit("lisi").post(move, {"move": "submit", "version": draft.version})
    assert offered("lisi") == []
    assert offered("wangwu") == ["approve", "return"]
    assert offered("weiw") == ["approve", "return", "void"]


def test_a_step_on_an_old_page_is_not_taken(world: World, visit: Visit, draft: Activity) -> None:
    save(world.actor("wangwu"), Activity.objects.get(pk=draft.pk))
    move = reverse("record-move", args=["activity", draft.pk])
    answer = visit("lisi").post(move, {"move": "submit", "version": draft.version}, follow=True)
    assert "这条记录刚被别人改过" in text_of(answer)
    assert Activity.objects.get(pk=draft.pk).state == "draft"


def test_a_step_that_the_state_does_not_have_is_said(visit: Visit, draft: Activity) -> None:
    move = reverse("record-move", args=["activity", draft.pk])
    answer = visit("wangwu").post(move, {"move": "approve", "version": draft.version}, follow=True)
    assert "没有办理：“草稿”状态下不能“确认”" in text_of(answer)
    assert visit("wangwu").post(move, {"move": "fly"}).status_code == 404


def test_a_link_is_made_by_number_and_seen_from_both_ends(
    world: World, visit: Visit, draft: Activity
) -> None:
    ours = HandledPerson.objects.filter(unit__code="450100-D12").order_by("pk")[0]
    client = visit("wangwu")
    address = reverse("record-link", args=["activity", draft.pk])
    answer = client.post(address, {"kind": "advance", "target": ours.key}, follow=True)
    assert f"已关联 {ours.key}。" in text_of(answer)
    assert Link.objects.filter(source=draft, target=ours, kind="advance").exists()
    other = client.get(reverse("record", args=["handled-person", ours.pk])).context["page"]
    assert [(link.words, link.record.pk, link.outgoing) for link in other.links] == [
        ("推动办理 · 党建+监督", draft.pk, False)
    ]


def test_a_link_to_what_one_may_not_see_says_only_that_it_is_not_found(
    visit: Visit, draft: Activity
) -> None:
    foreign = HandledPerson.objects.filter(court__code="450103").order_by("pk")[0]
    address = reverse("record-link", args=["activity", draft.pk])
    for target in (foreign.key, "没有这条", str(draft)):
        answer = visit("wangwu").post(address, {"kind": "advance", "target": target}, follow=True)
        assert "找不到您能查看的记录" in text_of(answer)
    assert not Link.objects.filter(source=draft).exists()


def test_linked_records_that_one_may_not_see_do_not_exist(
    world: World, visit: Visit, draft: Activity
) -> None:
    foreign = HandledPerson.objects.filter(court__code="450103").order_by("pk")[0]
    Link.objects.create(source=draft, target=foreign, kind="advance")
    page = visit("lisi").get(reverse("record", args=["activity", draft.pk])).context["page"]
    assert page.links == ()
    listed = visit("lisi").get(reverse("ledger", args=["activity"])).context["page"]
    assert {row.links for row in listed.table.rows if row.pk == draft.pk} == {0}
