"""The way of a file through the pages: sheets, headings, mappings, forms, corrected files, progress."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.urls import reverse

from rongjian.ledgers.assistance_project import AssistanceProject
from rongjian.records import import_running, importing
from rongjian.records.import_models import SavedMapping
from rongjian.records.models import Batch, BatchState
from tests.kernel.old_files import cell, docx, paragraph, table, xls
from tests.records.import_files import saved, xlsx
from tests.web.test_imports import GOOD, HEADING, KIND, carried, imports, look, press, upload
from tests.world import NOW

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

# The last heading is nobody's: the mapping has to be settled by hand.
STRANGE = [*HEADING, "完全无关"]


def start(client: Any, data: bytes, name: str = "帮扶.xlsx", **fields: str) -> Batch:
    answer = upload(client, name, data, **fields)
    assert answer.status_code == 302, answer.content.decode()
    return imports().get(pk=int(answer.url.rpartition("/")[2].partition("?")[0]))


def mapped(client: Any, batch: Batch) -> str:
    """Settle the mapping as it is proposed."""
    page = client.get(reverse("import", args=[batch.pk], query={"step": "map"})).context["page"]
    chosen = {
        f"column-{each.at}": next((o.value for o in each.options if o.selected), "")
        for each in page.columns
    }
    return str(press(client, batch, "map", **chosen).content.decode())


# --- files and sheets ------------------------------------------------------------------------


def test_the_tables_of_a_word_file_are_offered_like_sheets(visit: Visit) -> None:
    client = visit("weiw")
    lines = [[cell(str(text)) for text in line] for line in (HEADING, GOOD)]
    other = [[cell("编号"), cell("无关")], [cell("1"), cell("2")]]
    data = docx(paragraph("通讯录") + table(*other) + paragraph("台账") + table(*lines))
    batch = start(client, data, "汇报.docx")
    assert batch.state == BatchState.CHECKED
    assert batch.layout["sheets"] == ["表格1（通讯录）", "表格2（台账）"]
    assert batch.layout["sheet"] == "表格2（台账）"
    carried(client, batch, "commit")
    assert AssistanceProject.objects.get(key="PG-1").funds == 100


def test_a_mark_of_secrecy_beside_the_table_refuses_the_word_file(visit: Visit) -> None:
    lines = [[cell(str(text)) for text in line] for line in (HEADING, GOOD)]
    answer = upload(visit("weiw"), "汇报.docx", docx(paragraph("机密★10年") + table(*lines)))
    assert "涉密" in answer.context["page"].refusal
    assert not imports().exists()


def test_an_old_workbook_comes_in(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xls([HEADING, GOOD]), "旧.xls")
    carried(client, batch, "commit")
    assert AssistanceProject.objects.filter(key="PG-1").exists()


def test_another_sheet_is_taken_by_choosing_the_file_again(visit: Visit) -> None:
    book = openpyxl.Workbook()
    for name, key in (("一季度", "PG-1"), ("二季度", "PG-2")):
        sheet = book.create_sheet(name)
        sheet.append(STRANGE)
        sheet.append([key, *GOOD[1:], "甲"])
    del book["Sheet"]
    data = saved(book)
    client = visit("weiw")
    first = start(client, data)
    text = look(client, first)
    assert "工作表“一季度”" in text
    assert "文件里共 2 张" in text
    address = f"{reverse('import-new')}?kind={KIND}&again={first.pk}"
    assert address.replace("&", "&amp;") in text
    page = client.get(address)
    assert "请再选一次“帮扶.xlsx”" in page.content.decode()
    unit = page.context["page"].form["unit"].initial
    file = io.BytesIO(data)
    file.name = "帮扶.xlsx"
    answer = client.post(address, {"file": file, "unit": unit, "sheet": "二季度"})
    assert answer.status_code == 302
    (second,) = imports()
    assert second.layout["sheet"] == "二季度"
    assert second.rows.get().cells[0] == "PG-2"


def test_more_rows_than_the_page_takes_are_to_be_split(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rongjian.kernel.sheet_child.HEADING_AREA", 0)
    lines = "\n".join(",".join(map(str, GOOD)) for _ in range(50_001))
    data = f"{','.join(HEADING)}\n{lines}".encode()
    answer = upload(visit("weiw"), "大.csv", data)
    said = answer.context["page"].refusal
    assert "超过 50,000 行。请拆成几个文件，分别导入。" in said
    assert "5 万行" in answer.content.decode()


# --- headings --------------------------------------------------------------------------------


def test_the_rows_of_the_heading_can_be_moved(visit: Visit) -> None:
    client = visit("weiw")
    notes = ["说明", "填报", "甲", "乙", "丙", "丁", "戊"]
    batch = start(client, xlsx([["帮扶台账"], notes, HEADING, GOOD]))
    assert batch.layout["first"] == 2
    text = press(client, batch, "heading", first="3", last="3").content.decode()
    batch.refresh_from_db()
    assert batch.headings == HEADING
    assert "表头在第 3 行（手工指定）" in text
    assert list(batch.rows.values_list("number", flat=True)) == [4]
    assert batch.state == BatchState.DRAFT
    assert "可导入 1，需修改 0" in mapped(client, batch)
    # One row too far up, and the true heading is data again.
    press(client, batch, "heading", first="2", last="2")
    batch.refresh_from_db()
    assert batch.headings == notes
    assert list(batch.rows.values_list("number", flat=True)) == [3, 4]
    assert batch.rows.get(number=3).cells == HEADING


@pytest.mark.parametrize(
    ("first", "last"), [("0", "1"), ("2", "1"), ("1", "9"), ("x", ""), ("2", "2")]
)
def test_a_heading_that_cannot_be_is_refused_in_a_sentence(
    visit: Visit, first: str, last: str
) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([STRANGE, [*GOOD, ""]]))
    text = press(client, batch, "heading", first=first, last=last).content.decode()
    assert "下面要留有数据" in text
    batch.refresh_from_db()
    assert batch.layout["first"] == 1


def test_a_column_that_becomes_one_about_people_is_emptied(visit: Visit) -> None:
    client = visit("weiw")
    upper = [*HEADING, "其他"]
    lower = [*HEADING, "被告人姓名"]
    batch = start(client, xlsx([upper, lower, [*GOOD, "某人甲"]]))
    assert batch.layout["last"] == 1
    assert batch.rows.get(number=3).cells[-1] == "某人甲"
    press(client, batch, "heading", first="2", last="2")
    batch.refresh_from_db()
    assert "某人甲" not in str(batch.layout)
    assert batch.rows.get(number=3).cells[-1] == ""
    assert "没有读入" in look(client, batch)


# --- saved mappings --------------------------------------------------------------------------


def test_a_layout_that_was_mapped_is_known_the_next_time(visit: Visit) -> None:
    client = visit("weiw")
    first = start(client, xlsx([STRANGE, [*GOOD, "甲"]]))
    assert first.state == BatchState.DRAFT
    press(client, first, "map", **{f"column-{at}": name for at, name in _fields(first).items()})
    spaced = [f" {each} " for each in STRANGE]
    second = start(client, xlsx([spaced, ["PG-2", *GOOD[1:], "乙"]]), "又.xlsx")
    assert second.state == BatchState.CHECKED
    assert "上次做法可沿用 ✓ 已按映射方案“帮扶.xlsx”对应各列。" in look(client, second)
    assert second.rows.get().cells[7] == "乙"
    kept = SavedMapping.objects.get()
    assert (kept.court.code, kept.used_at) == ("450100", NOW)


def _fields(batch: Batch) -> dict[int, str]:
    return {int(at): name for at, name in batch.mapping.items()} | {7: "result"}


def test_a_saved_mapping_is_changed_and_deleted_on_its_page(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([STRANGE, [*GOOD, "甲"]]))
    mapped(client, batch)
    kept = SavedMapping.objects.get()
    assert "帮扶.xlsx" in client.get(reverse("import-mappings")).content.decode()
    address = reverse("import-mapping", args=[kept.pk])
    chosen = {f"column-{at}": name for at, name in _fields(batch).items()}
    twice = client.post(address, {"do": "save", "name": "x", **chosen, "column-6": "funds"})
    assert twice.status_code == 422
    assert "对应了 2 列，请只留一列。" in twice.content.decode()
    client.post(address, {"do": "save", "name": "市院帮扶表", **chosen})
    kept.refresh_from_db()
    assert (kept.name, kept.mapping["7"]) == ("市院帮扶表", "result")
    assert start(client, xlsx([STRANGE, [*GOOD, "乙"]])).mapping["7"] == "result"
    client.post(address, {"do": "forget"})
    assert not SavedMapping.objects.exists()
    assert start(client, xlsx([STRANGE, [*GOOD, "丙"]])).state == BatchState.DRAFT


def test_the_mappings_of_another_house_are_not_found(visit: Visit) -> None:
    client = visit("weiw")
    mapped(client, start(client, xlsx([STRANGE, [*GOOD, "甲"]])))
    address = reverse("import-mapping", args=[SavedMapping.objects.get().pk])
    for account in ("qian", "zhengshi"):
        other = visit(account)
        reach = "帮扶.xlsx" in other.get(reverse("import-mappings")).content.decode()
        assert other.get(address).status_code == (200 if reach else 404)
    assert visit("lisi").get(address).status_code == 404
    assert visit("lisi").post(address, {"do": "forget"}).status_code == 404


# --- forms of cells --------------------------------------------------------------------------


def test_what_was_put_into_form_is_listed_and_can_stay_as_typed(visit: Visit) -> None:
    client = visit("weiw")
    rows = [
        ["PG-1", "南宁市院", " 项目一", "１村", "2021.3.5", "2.17亿", 1],
        ["PG-2", "南宁市人民检察院", "项目二", "某村", "44260", 5, 1],
    ]
    batch = start(client, xlsx([HEADING, *rows]))
    text = look(client, batch, step="forms")
    listed = re.sub(r"<[^>]+>|\s+", "", text)
    assert "共6格" in listed
    assert "日期点号、斜杠等写法的日期（2019.3.5）12021.3.5→2021-03-05" in listed
    assert "表格序号的日期（43529）144260→2021-03-05" in listed
    assert "2.17亿→217000000" in listed
    assert "南宁市院→南宁市人民检察院" in listed

    # Text is then kept as it stands; a day has to be settled by a person, with our reading offered.
    press(client, batch, "form:place:width:is")
    assert batch.rows.get(number=2).problems == {}
    text = press(client, batch, "form:happened_on:dotted:is").content.decode()
    assert "现在可导入 1 行，需修改 1 行" in text
    assert "恢复自动规范" in text
    trouble = batch.rows.get(number=2).problems["happened_on"]
    assert trouble["suggestion"] == "2021-03-05"
    press(client, batch, "suggest:2:happened_on")
    carried(client, batch, "commit")
    assert AssistanceProject.objects.get(key="PG-1").place == "１村"
    assert AssistanceProject.objects.get(key="PG-2").place == "某村"


def test_further_hosts_named_in_short_are_listed_and_never_kept_as_typed(visit: Visit) -> None:
    client = visit("weiw")
    heading = ["活动类型", "单位", "日期", "主题", "地点", "联办单位"]
    row = ["主题党日", "450100-P02", "2026-06-01", "学习", "会议室", "南宁市院第一党支部"]
    upload(client, "活动.csv", "\n".join(map(",".join, [heading, row])).encode(), "activity")
    batch = Batch.objects.filter(kind="activity").latest("pk")
    mapped(client, batch)
    assert "南宁市院第一党支部 → 450100-P01" in look(client, batch, step="forms")
    press(client, batch, "form:hosts:unit:is")
    trouble = batch.rows.get().problems["hosts"]
    assert (trouble["group"], trouble["suggestion"]) == ("unit", "450100-P01")


def test_a_form_goes_back_to_ours(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([HEADING, ["PG-1", *GOOD[1:4], "2021.3.5", 100, 1]]))
    press(client, batch, "form:happened_on:dotted:is")
    assert importing.counts(batch).bad == 1
    press(client, batch, "form:happened_on:dotted:ours")
    assert importing.counts(batch).ready == 1
    wrong = reverse("import", args=[batch.pk])
    assert client.post(wrong, {"do": "form:happened_on:no-such:is"}).status_code == 404
    assert client.post(wrong, {"do": "form:nothing:dotted:is"}).status_code == 404


# --- corrected files -------------------------------------------------------------------------


def problem_book(client: Any, batch: Batch) -> openpyxl.Workbook:
    content = client.get(reverse("import-problems", args=[batch.pk])).content
    return openpyxl.load_workbook(io.BytesIO(content))


def partly(client: Any) -> Batch:
    bad = [["PG-2", "南宁市圆", *GOOD[2:]], ["PG-3", *GOOD[1:4], "2019.2.30", 100, 1]]
    batch = start(client, xlsx([HEADING, GOOD, *bad]))
    carried(client, batch, "commit")
    batch.refresh_from_db()
    assert batch.state == BatchState.PARTLY
    return batch


def test_a_corrected_file_goes_back_to_its_import(visit: Visit) -> None:
    client = visit("weiw")
    batch = partly(client)
    book = problem_book(client, batch)
    sheet = book.worksheets[0]
    sheet["B2"] = "南宁市院"
    sheet["E3"] = "2019-02-28"
    sheet.append(["PG-4", *GOOD[1:]])
    assert start(client, saved(book), "改好.xlsx").pk == batch.pk
    assert imports().count() == 1
    text = look(client, batch)
    assert "改好的文件已接到这次导入：放回 2 行，新加 1 行。" in text
    assert "可导入 3，需修改 0" in text
    text = carried(client, batch, "commit")
    assert "新增 4 · 更新 0 · 未变 0 · 未导入 0" in text


def test_a_corrected_file_of_a_closed_import_is_a_new_one(visit: Visit) -> None:
    client = visit("weiw")
    batch = partly(client)
    book = problem_book(client, batch)
    press(client, batch, "discard")
    new = start(client, saved(book), "改好.xlsx")
    assert new.pk != batch.pk
    assert new.rows.count() == 2


def test_a_corrected_file_of_somebody_else_does_not_reach_their_import(visit: Visit) -> None:
    batch = partly(visit("weiw"))
    book = problem_book(visit("weiw"), batch)
    Batch.objects.filter(pk=batch.pk).update(kind="river-patrol")
    new = start(visit("weiw"), saved(book), "改好.xlsx")
    assert new.pk != batch.pk


# --- carrying out ----------------------------------------------------------------------------


def test_the_page_tells_how_far_it_has_come_and_changes_nothing_meanwhile(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([HEADING, *([f"PG-{n}", *GOOD[1:]] for n in range(5))]))
    text = press(client, batch, "commit").content.decode()
    assert "正在导入：0 / 5 行" in text
    assert 'hx-trigger="every 1s"' in text
    assert "可以关闭本页" in text
    assert ">刷新</a>" in text
    assert "不能再改" in press(client, batch, "discard").content.decode()
    assert AssistanceProject.objects.filter(key="PG-0").count() == 0


def test_what_stopped_it_is_said_on_the_page(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([HEADING, GOOD]))

    def fail(*_: object) -> None:
        raise OSError("disk")

    with monkeypatch.context() as broken:
        broken.setattr("rongjian.records.import_running.commit_rows", fail)
        text = carried(client, batch, "commit")
    assert "处理中断，已完成的部分都保留。" in text
    assert "新增 1 · " in carried(client, batch, "commit")


def test_the_same_file_again_changes_nothing(visit: Visit) -> None:
    client = visit("weiw")
    data = xlsx([HEADING, GOOD, ["PG-2", *GOOD[1:]]])
    carried(client, start(client, data), "commit")
    again = start(client, data)
    text = look(client, again)
    assert "同一个文件在" in text
    assert "完成（没有要新增或更新的）" in text
    assert "新增 0 · 更新 0 · 未变 2 · 未导入 0" in carried(client, again, "commit")


def test_changed_and_new_records_are_listed_by_their_import(world: World, visit: Visit) -> None:
    client = visit("weiw")
    carried(client, start(client, xlsx([HEADING, GOOD])), "commit")
    rows = [["PG-1", *GOOD[1:5], 200, 1], ["PG-2", *GOOD[1:]]]
    second = start(client, xlsx([HEADING, *rows]))
    text = look(client, second)
    assert "协调资金（元）：库中" in text
    text = carried(client, second, "commit")
    assert "新增 1 · 更新 1 · 未变 0 · 未导入 0" in text
    address = f"{reverse('ledger', args=[KIND])}?batch={second.pk}"
    assert address in text
    assert "共 2 条" in client.get(address).content.decode()


def test_one_mended_row_is_answered_alone_with_the_new_counts(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([HEADING, ["PG-1", "南宁市圆", *GOOD[2:]], GOOD]))
    address = reverse("import", args=[batch.pk], query={"show": "bad", "rows": "2"})
    typed = {"cell-2-unit": "450100", "was-2-unit": "南宁市圆"}
    answer = client.post(address, typed, follow=True, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert 'id="row-2"' in text
    assert 'id="row-3"' not in text
    assert "与第 2 行重复" not in text
    for odd in ("x", "9" * 12, ",,", "2,99"):
        assert client.get(address, {"rows": odd}).status_code == 200


def test_a_tired_import_is_not_taken_back(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([HEADING, GOOD]))
    carried(client, batch, "commit")
    Batch.objects.filter(pk=batch.pk).update(done_at=NOW.replace(month=5))
    text = look(client, batch)
    assert "导入已满 30 天，不能整批撤销" in text
    assert "确认撤销" not in text
    assert "已满 30 天" in press(client, batch, "undo").content.decode()
    assert import_running.progress(Batch.objects.get(pk=batch.pk)) is None


def test_a_phone_is_told_to_use_a_computer(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, xlsx([HEADING, GOOD]))
    for address in (reverse("imports"), f"{reverse('import-new')}?kind={KIND}"):
        assert "请在电脑上导入。手机上可以看进度和结果。" in client.get(address).content.decode()
    assert "请在电脑上导入" in look(client, batch)
    assert "请在电脑上导入" not in carried(client, batch, "commit")
