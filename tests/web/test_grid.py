"""The table of a ledger: cells, blocks, taking back, chosen rows, views; and who may none of it."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx.enum.section import WD_ORIENT

from rongjian.ledgers.activity import Activity
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.audit import verify
from rongjian.log.models import Event
from rongjian.records.actions import save
from rongjian.records.grid_models import GridStep, SavedView
from rongjian.records.models import VOID
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

LIST = reverse("ledger", args=["handled-person"])
GRID = reverse("ledger-grid", args=["handled-person"])
SELECTED = reverse("ledger-selected", args=["handled-person"])
VIEWS = reverse("ledger-views", args=["handled-person"])
IDENTITY = "联系人身份证 450103199003070012"


@pytest.fixture
def rows(world: World) -> list[HandledPerson]:
    """Some decisions of the cast's own procuratorate."""
    found = HandledPerson.objects.filter(court=world.nanning, campaign="").order_by("pk")
    return list(found.select_related("unit__court")[:4])


def typed(client: Client, record: Any, field: str, text: str, **more: str) -> Any:
    address = reverse("record-cell", args=[record.kind, record.pk])
    return client.post(address, {"field": field, "text": text, **more})


def block(client: Client, do: str, entries: list[dict[str, Any]], **more: str) -> Any:
    return client.post(GRID, {"do": do, "rows": json.dumps(entries), **more})


def entry(record: Any, was: dict[str, str] | None = None, **texts: str) -> dict[str, Any]:
    return {"pk": record.pk, "texts": texts, "was": was or {}}


def stored(record: Any) -> Any:
    return type(record)._default_manager.select_related("unit").get(pk=record.pk)


# --- the table -------------------------------------------------------------------------------


def test_the_table_says_of_each_cell_whether_it_can_be_written(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    client = visit("qian")
    page = client.get(LIST, {"edit": "1"}).context["page"]
    cells = {cell.name: cell.writable for cell in page.table.rows[0].cells}
    assert cells.pop("handler") is False
    assert set(cells.values()) == {True}
    text = text_of(client.get(LIST, {"edit": "1"}))
    assert 'role="grid"' in text
    assert 'data-field="handler" class="' in text
    assert 'role="grid"' not in text_of(client.get(LIST))


def test_nobody_writes_in_a_projection_or_without_the_right(visit: Visit) -> None:
    superior = visit("zhengshi").get(LIST, {"edit": "1", "below": "1"}).context["page"]
    assert not superior.layout.edit
    assert not superior.batch.offered
    reader = visit("wangwu").get(LIST, {"edit": "1"}).context["page"]
    assert not any(cell.writable for row in reader.table.rows for cell in row.cells)


def test_a_voided_row_and_what_a_state_keeps_cannot_be_written(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    HandledPerson.objects.filter(pk=rows[0].pk).update(state=VOID)
    page = visit("qian").get(LIST, {"edit": "1", "state": VOID}).context["page"]
    assert not any(cell.writable for row in page.table.rows for cell in row.cells)
    answer = typed(visit("qian"), rows[0], "charge", "盗窃")
    assert answer.status_code == 403
    assert answer.json()["faults"]["charge"]["message"] == "“已作废”之后不能再改“罪名类别”"


def test_a_table_takes_as_many_queries_for_a_page_as_for_a_row(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    client = visit("qian")

    def cost(**query: str) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(LIST, {"edit": "1", **query}).context["page"]
        return len(page.table.rows), len(queries)

    cost()
    (one, few), (many, all_of_them) = cost(q=rows[0].key), cost()
    assert one == 1 < many
    assert few == all_of_them <= 30


# --- one cell --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "text", "reads"),
    [
        ("happened_on", "2019.3.5", "2019-03-05"),
        ("happened_on", "二〇一九年三月五日", "2019-03-05"),
        ("decision", "批准逮捕", "批准逮捕"),
        ("campaign", "扫黑除恶", "扫黑除恶"),
        ("charge", " 盗窃 ", "盗窃"),
        ("note", "一\n二", "一\n二"),
        ("unit", "南宁市院第一检察部", "南宁市院第一检察部"),
    ],
)
def test_a_cell_is_read_as_an_import_reads_it(
    visit: Visit, rows: list[HandledPerson], field: str, text: str, reads: str
) -> None:
    answer = typed(visit("qian"), rows[0], field, text)
    assert answer.status_code == 200, answer.json()
    assert answer.json()["texts"] == {field: reads}
    before, after = rows[0], stored(rows[0])
    assert after.version == before.version + 1 == answer.json()["version"]
    event = Event.objects.filter(record_id=before.pk, verb="edit").latest("pk")
    assert event.detail == "表格修改"
    assert not verify().breaks


def test_an_amount_is_read_with_its_scale(world: World, visit: Visit) -> None:
    client = visit("weiw")
    page = client.get(reverse("ledger", args=["assistance-project"])).context["page"]
    row = page.table.rows[0]
    address = reverse("record-cell", args=["assistance-project", row.pk])
    answer = client.post(address, {"field": "funds", "text": "2.17亿"})
    assert answer.json()["texts"] == {"funds": "217,000,000"}


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("happened_on", "13月5日", "日期缺少年份“13月5日”"),
        ("decision", "起述", "不在选项中“起述”，是否为“起诉”？"),
        ("charge", "", "此字段不能为空"),
        ("unit", "没有这个单位", "单位不认识“没有这个单位”"),
        ("note", IDENTITY, "身份证"),
        ("charge", "长" * 41, "最多 40 个字"),
    ],
)
def test_what_cannot_be_written_is_told_and_not_stored(
    visit: Visit, rows: list[HandledPerson], field: str, text: str, words: str
) -> None:
    answer = typed(visit("qian"), rows[0], field, text)
    assert answer.status_code == 422
    assert words in answer.json()["faults"][field]["message"]
    assert stored(rows[0]).version == rows[0].version
    assert not GridStep.objects.exists()


def test_a_refusal_does_not_repeat_what_must_not_be_stored(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    answer = typed(visit("qian"), rows[0], "note", IDENTITY)
    assert "450103199003070012" not in answer.content.decode()
    assert not HandledPerson.objects.filter(note__contains="4501031990").exists()
    assert not Event.objects.filter(detail__contains="4501031990").exists()


def test_rules_between_fields_stand_at_the_cell_that_was_typed(world: World, visit: Visit) -> None:
    draft = Activity._default_manager.get(unit__code="450100-P02", state="draft")
    answer = typed(visit("lisi"), draft, "absent", "9999")
    assert answer.status_code == 422
    assert "多于应到" in answer.json()["faults"]["absent"]["message"]


def test_a_number_that_is_taken_is_said(visit: Visit, rows: list[HandledPerson]) -> None:
    answer = typed(visit("qian"), rows[0], "key", rows[1].key)
    assert answer.json()["faults"]["key"]["message"] == f"编号“{rows[1].key}”已有记录"


@pytest.mark.parametrize("field", ["handler", "state", "author", "version", "court", "x"])
def test_fields_that_are_no_cells_cannot_be_written(
    visit: Visit, rows: list[HandledPerson], field: str
) -> None:
    answer = typed(visit("qian"), rows[0], field, "1")
    assert answer.status_code == 403
    assert stored(rows[0]).version == rows[0].version


def test_others_find_no_such_row_or_may_not_change_it(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    assert typed(visit("zhengshi"), rows[0], "charge", "盗窃").status_code == 404
    assert typed(visit("aud"), rows[0], "charge", "盗窃").status_code == 404
    readable = HandledPerson.objects.filter(unit__code="450100-D12").order_by("pk")[0]
    answer = typed(visit("wangwu"), readable, "charge", "别的罪")
    assert answer.status_code == 403
    assert "没有权限" in answer.json()["faults"]["charge"]["message"]
    assert stored(readable).charge != "别的罪"


def test_a_day_outside_its_campaign_is_saved_with_a_hint(world: World, visit: Visit) -> None:
    row = HandledPerson.objects.filter(court=world.nanning, campaign="gang").order_by("pk")[0]
    answer = typed(visit("qian"), row, "happened_on", "2026-06-01")
    assert answer.status_code == 200
    assert "日期不在专项“扫黑除恶”期间" in answer.json()["hints"]["happened_on"]
    assert str(stored(row).happened_on) == "2026-06-01"


def test_the_same_request_twice_writes_once(visit: Visit, rows: list[HandledPerson]) -> None:
    client = visit("qian")
    for _ in range(2):
        answer = typed(client, rows[0], "charge", "盗窃罪", was=rows[0].charge, key="one")
        assert answer.json()["texts"] == {"charge": "盗窃罪"}
    assert stored(rows[0]).version == rows[0].version + 1
    assert GridStep.objects.count() == 1


def test_whoever_was_faster_is_named_and_one_chooses(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    theirs = stored(rows[0])
    theirs.charge = "同事改的"
    save(world.actor("qian"), theirs)
    client, was = visit("qian"), rows[0].charge
    answer = typed(client, rows[0], "charge", "我改的", was=was)
    assert answer.status_code == 409
    fault = answer.json()["faults"]["charge"]
    assert fault["message"] == "钱一 刚改为“同事改的”"
    assert fault["theirs"] == "同事改的"
    assert stored(rows[0]).charge == "同事改的"
    assert typed(client, rows[0], "charge", "我改的", was="同事改的").status_code == 200
    assert stored(rows[0]).charge == "我改的"


def test_a_change_in_another_cell_of_the_row_is_no_conflict(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    theirs = stored(rows[0])
    theirs.note = "同事写的"
    save(world.actor("qian"), theirs)
    assert typed(visit("qian"), rows[0], "charge", "盗窃罪", was=rows[0].charge).status_code == 200
    after = stored(rows[0])
    assert (after.charge, after.note) == ("盗窃罪", "同事写的")


# --- blocks ----------------------------------------------------------------------------------


def test_a_block_is_checked_without_a_trace_and_then_written_as_one_step(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    client, events = visit("qian"), Event.objects.filter(verb="edit").count()
    entries = [entry(row, charge=f"罪名{at}", note="一\n二") for at, row in enumerate(rows)]
    entries[2]["texts"]["note"] = IDENTITY
    told = block(client, "check", entries).json()
    assert told["words"] == "将写入 4 行 × 2 列，其中 1 格有问题，不会写入。"
    assert [stored(row).version for row in rows] == [row.version for row in rows]
    assert Event.objects.filter(verb="edit").count() == events
    assert not GridStep.objects.exists()

    done = block(client, "write", entries, what="paste", key="k").json()
    assert done["words"] == "已写入 7 格，1 格没有写入。"
    assert list(done["rows"][2]["faults"]) == ["note"]
    assert [stored(row).charge for row in rows] == [f"罪名{at}" for at in range(4)]
    assert [stored(row).note for row in rows] == ["一\n二", "一\n二", "", "一\n二"]
    assert GridStep.objects.get().what == "粘贴 8 格"
    assert block(client, "write", entries, what="paste", key="k").status_code == 200
    assert GridStep.objects.count() == 1


def test_a_block_with_rows_of_others_writes_only_ones_own(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    foreign = HandledPerson.objects.filter(court__code="450103").order_by("pk")[0]
    entries = [entry(rows[0], charge="盗窃罪"), entry(foreign, charge="盗窃罪")]
    done = block(visit("qian"), "write", entries).json()
    assert done["rows"][1]["faults"]["charge"]["message"] == "没有这条记录，或您没有查看权限"
    assert stored(rows[0]).charge == "盗窃罪"
    assert stored(foreign).charge == foreign.charge


def test_a_paste_is_taken_back_in_one_step(visit: Visit, rows: list[HandledPerson]) -> None:
    client = visit("qian")
    entries = [entry(row, charge="盗窃罪", happened_on="2019.3.5") for row in rows]
    block(client, "write", entries, what="paste")
    done = client.post(GRID, {"do": "undo"}).json()
    assert done["words"] == "已撤销“粘贴 8 格”。"
    for row, told in zip(rows, done["rows"], strict=True):
        after = stored(row)
        assert (after.charge, after.happened_on) == (row.charge, row.happened_on)
        assert after.path == row.path
        assert after.version == row.version + 2 == told["version"]
        assert told["texts"]["happened_on"] == str(row.happened_on)
    again = client.post(GRID, {"do": "undo"})
    assert again.status_code == 409
    assert again.json()["words"] == "没有可以撤销的修改。"


def test_steps_are_taken_back_one_after_the_other_and_only_ones_own(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    client = visit("qian")
    for text in ("一", "二", "三"):
        typed(client, rows[0], "charge", text)
    assert visit("lisi").post(GRID, {"do": "undo"}).status_code in {403, 409}
    for text in ("二", "一", rows[0].charge):
        assert client.post(GRID, {"do": "undo"}).status_code == 200
        assert stored(rows[0]).charge == text


def test_only_the_last_twenty_are_kept(visit: Visit, rows: list[HandledPerson]) -> None:
    client = visit("qian")
    for number in range(22):
        typed(client, rows[0], "charge", f"第 {number} 次")
    answers = [client.post(GRID, {"do": "undo"}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [409]
    assert stored(rows[0]).charge == "第 1 次"


def test_a_step_is_refused_where_somebody_changed_the_cell_since(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    client = visit("qian")
    typed(client, rows[1], "charge", "早先的一步")
    block(client, "write", [entry(row, charge="粘贴的") for row in rows[:2]], what="paste")
    theirs = stored(rows[0])
    theirs.charge = "别人改的"
    save(world.actor("qian"), theirs)
    answer = client.post(GRID, {"do": "undo"})
    assert answer.status_code == 409
    words = f"没有撤销“粘贴 2 格”：“{rows[0].key}”的“罪名类别”之后又改为“别人改的”。"
    assert answer.json()["words"] == words
    assert stored(rows[0]).charge == "别人改的"
    assert stored(rows[1]).charge == "粘贴的"
    # The earlier step comes next, and is refused for the same reason: its cell was pasted over.
    assert "之后又改为“粘贴的”" in client.post(GRID, {"do": "undo"}).json()["words"]


@pytest.mark.parametrize("sent", ["", "{}", "[1]", '[{"pk": "x", "texts": {}}]', '[{"pk": 1}]'])
def test_a_block_of_another_shape_is_refused(visit: Visit, sent: str) -> None:
    answer = visit("qian").post(GRID, {"do": "write", "rows": sent})
    assert answer.status_code == (200 if sent == "{}" else 400)
    assert not GridStep.objects.exists()


def test_too_many_rows_are_an_import(visit: Visit, rows: list[HandledPerson]) -> None:
    answer = block(visit("qian"), "check", [entry(rows[0], charge="x")] * 501)
    assert answer.status_code == 422
    assert "更多的请用导入" in answer.json()["words"]


# --- chosen rows -----------------------------------------------------------------------------


def marks(rows: list[HandledPerson]) -> list[str]:
    return [f"{row.pk}:{row.version}" for row in rows]


def test_one_value_goes_into_all_chosen_rows_after_a_preview(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    client = visit("qian")
    sent = {"row": marks(rows), "field": "charge", "value": "盗窃罪", "query": "q=BG&sort=key"}
    HandledPerson.objects.filter(pk=rows[3].pk).update(charge="盗窃罪")
    page = client.post(SELECTED, sent | {"do": "change"}).context["page"]
    assert (page.ready, page.same, page.refused) == (3, 1, 0)
    assert [line.before for line in page.lines[:3]] == [row.charge for row in rows[:3]]
    assert stored(rows[0]).charge == rows[0].charge

    answer = client.post(SELECTED, sent | {"do": "write"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?q=BG&sort=key", 302)]
    assert "“罪名类别”已改 3 条，1 条未改。" in text_of(answer)
    assert {stored(row).charge for row in rows} == {"盗窃罪"}
    assert client.post(GRID, {"do": "undo"}).status_code == 200
    assert stored(rows[0]).charge == rows[0].charge


def test_a_batch_says_what_it_cannot_change_and_does_not_overwrite(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    theirs = stored(rows[0])
    theirs.charge = "别人改的"
    save(world.actor("qian"), theirs)
    sent = {"row": marks(rows), "field": "charge", "value": "盗窃罪"}
    page = visit("qian").post(SELECTED, sent | {"do": "change"}).context["page"]
    assert (page.ready, page.refused) == (3, 1)
    assert page.lines[0].refusal == "钱一 刚改为“别人改的”"
    visit("qian").post(SELECTED, sent | {"do": "write"})
    assert stored(rows[0]).charge == "别人改的"


def test_no_batch_into_keys_masked_people_or_rows_of_others(
    world: World, visit: Visit, rows: list[HandledPerson]
) -> None:
    client = visit("qian")
    for field in ("key", "handler", "state", "x"):
        sent = {"row": marks(rows), "field": field, "value": "1", "do": "write"}
        assert client.post(SELECTED, sent).status_code == 404
    foreign = HandledPerson.objects.filter(court__code="450103").order_by("pk")[0]
    sent = {"row": marks([foreign]), "field": "charge", "value": "x", "do": "write"}
    answer = client.post(SELECTED, sent, follow=True)
    assert "请先勾选要办理的记录。" in text_of(answer)
    assert stored(foreign).charge == foreign.charge


def test_chosen_rows_are_exported_alone_and_it_is_logged(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    answer = visit("qian").post(SELECTED, {"row": marks(rows), "do": "export"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert {row[0] for row in list(sheet.values)[1:]} == {row.key for row in rows}
    assert Event.objects.filter(verb="open", detail="导出所选 4 条").exists()


def test_a_step_is_taken_with_those_that_can(world: World, visit: Visit) -> None:
    mine = list(Activity.objects.filter(unit__code="450100-P02").order_by("state", "-pk"))
    draft = next(each for each in mine if each.state == "draft")
    done = next(each for each in mine if each.state == "approved")
    address = reverse("ledger-selected", args=["activity"])
    sent = {"row": [f"{each.pk}:{each.version}" for each in (draft, done)]}
    client = visit("lisi")
    page = client.post(address, sent | {"do": "move:submit"}).context["page"]
    assert page.ready == 1
    assert [bool(line.refusal) for line in page.lines] == [False, True]
    answer = client.post(address, sent | {"do": "take:submit"}, follow=True)
    assert "已报送 1 条，1 条未办。" in text_of(answer)
    assert Activity.objects.get(pk=draft.pk).state == "submitted"


def test_a_step_that_asks_for_words_is_not_taken_without(
    visit: Visit, rows: list[HandledPerson]
) -> None:
    client, sent = visit("qian"), {"row": marks(rows[:2]), "do": "take:void"}
    assert "请填写原因" in text_of(client.post(SELECTED, sent))
    assert stored(rows[0]).state == rows[0].state
    client.post(SELECTED, sent | {"detail": "重复登记"})
    assert {stored(row).state for row in rows[:2]} == {VOID}
    assert client.post(SELECTED, {"row": marks(rows[2:]), "do": "take:fly"}).status_code == 404
    assert client.post(SELECTED, {"row": marks(rows[2:]), "do": "fly"}).status_code == 404


# --- layout, views, sums, papers -------------------------------------------------------------


def test_columns_are_chosen_ordered_and_stand_in_the_address(visit: Visit) -> None:
    client = visit("qian")
    page = client.get(LIST, {"cols": "charge,key,nonsense,note", "size": "20"}).context["page"]
    assert [heading.words for heading in page.table.headings] == ["罪名类别", "编号", "备注"]
    assert len(page.table.rows) == 20
    moved = client.get(f"{LIST}?q=BG&cols=charge&cols=key&cols=note&up=note")
    assert moved["Location"] == f"{LIST}?q=BG&cols=charge%2Cnote%2Ckey"
    usual = "&".join(f"cols={name}" for name in page.kind.columns)
    assert client.get(f"{LIST}?{usual}")["Location"] == f"{LIST}?"


def test_a_projection_cannot_be_given_columns_that_it_withholds(visit: Visit) -> None:
    client = visit("zhengshi")
    page = client.get(LIST, {"below": "1", "cols": "key,handler,note"}).context["page"]
    assert [heading.words for heading in page.table.headings] == ["编号"]


def test_a_view_is_kept_for_oneself_and_opened_as_it_was(visit: Visit) -> None:
    client = visit("qian")
    query = "decision=prosecuted&cols=key%2Ccharge&edit=1&page=2"
    answer = client.post(VIEWS, {"name": " 起诉 ", "query": query}, follow=True)
    assert "已保存为“起诉”" in text_of(answer)
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("起诉", "decision=prosecuted&cols=key%2Ccharge")
    assert f'href="?{view.query.replace("&", "&amp;")}"' in text_of(client.get(LIST))
    assert visit("zhengshi").get(LIST, {"below": "1"}).context["page"].views == ()
    client.post(VIEWS, {"name": "起诉", "query": "decision=arrested"})
    assert SavedView.objects.get().query == "decision=arrested"
    assert visit("zhengshi").post(VIEWS, {"drop": view.pk}).status_code == 404
    client.post(VIEWS, {"drop": view.pk})
    assert not SavedView.objects.exists()


def test_a_view_has_a_name_and_no_identity_number(visit: Visit) -> None:
    client = visit("qian")
    for name, query in (("", "q=1"), ("长" * 21, ""), (IDENTITY[:20], f"q={IDENTITY}")):
        answer = client.post(VIEWS, {"name": name, "query": query}, follow=True)
        assert "没有保存视图" in text_of(answer)
    assert not SavedView.objects.exists()
    for number in range(21):
        client.post(VIEWS, {"name": f"第 {number} 个"})
    assert SavedView.objects.count() == 20


def test_sums_are_those_of_the_filter(world: World, visit: Visit) -> None:
    client, address = visit("lisi"), reverse("ledger", args=["activity"])
    page = client.get(address, {"type": "theme_day"}).context["page"]
    rows = Activity.objects.filter(
        pk__in=[
            row.pk
            for row in client.get(address, {"type": "theme_day", "size": "200"})
            .context["page"]
            .table.rows
        ]
    )
    assert page.table.total == rows.count()
    sums = {"应到": sum(row.expected or 0 for row in rows), "缺席": sum(row.absent for row in rows)}
    assert dict(page.totals) == sums
    assert "合计" in text_of(client.get(address))
    counts = visit("weiw").get(reverse("ledger", args=["campaign-count"])).context["page"]
    assert counts.totals == ()


def test_a_word_table_lies_across_and_repeats_its_head(visit: Visit) -> None:
    query = {"form": "docx", "decision": "prosecuted", "cols": "key,handler,charge"}
    answer = visit("qian").get(reverse("ledger-export", args=["handled-person"]), query)
    paper = docx.Document(io.BytesIO(answer.content))
    assert paper.sections[0].orientation == WD_ORIENT.LANDSCAPE
    table = paper.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["序号", "编号", "承办人", "罪名类别"]
    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader")
    number = len(table.rows) - 1
    assert f"条件：决定=起诉　共 {number:,} 条" in paper.paragraphs[1].text
    assert "数据时间：2026-06-25 15:00" in paper.paragraphs[-1].text
    handlers = {row.cells[2].text for row in table.rows[1:]} - {""}
    assert all(len(name) == 2 and name.endswith("×") for name in handlers)


def test_print_says_what_was_asked_for(visit: Visit) -> None:
    page = visit("qian").get(LIST, {"decision": "prosecuted"}).context["page"]
    assert page.printed.startswith(f"决定=起诉；共 {page.table.total:,} 条；数据时间 2026-06-25")
