"""导入 pages: bad files are refused in a sentence, faulty rows are mended in place, all by plain forms."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rongjian.kernel.sheets import column_letters
from rongjian.ledgers.assistance_project import AssistanceProject
from rongjian.org.access import actor_of
from rongjian.records import import_running, importing
from rongjian.records.kinds import kind_of
from rongjian.records.models import VOID, Batch, BatchState, Record
from tests.records.import_files import xlsx
from tests.world import NOW

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tests.web.visitors import Visit
    from tests.world import World

pytest_plugins = ("tests.web.visitors",)

KIND = "assistance-project"
HEADING = ["编号", "单位", "项目", "帮扶点", "日期", "协调资金（元）", "解决问题（个）"]
GOOD = ["PG-1", "南宁市院", "项目一", "某村", "2021-03-05", 100, 1]
PLAIN = xlsx([HEADING, GOOD])
SHEET = "xl/worksheets/sheet1.xml"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml", SHEET):
            archive.writestr(name, b" " * 40_000_000)
    return out.getvalue()


def wide() -> bytes:
    """A million columns of one letter in a row of text."""
    return ("甲," * 1_000_000).encode() + b"\n1\n"


def claims(reference: str) -> bytes:
    """A workbook with a single cell that says it stands far away."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PLAIN)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name)
            if name == SHEET:
                content = content.replace(b'r="A1"', f'r="{reference}"'.encode(), 1)
            new.writestr(name, content)
    return out.getvalue()


def protected() -> bytes:
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return magic + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)


def imports() -> QuerySet[Batch]:
    """The imports of these tests; the world has some of its own."""
    return Batch.objects.filter(kind=KIND)


BAD_FILES = {
    "empty": ("空.xlsx", b"", "空的"),
    "picture": ("图.png", b"\x89PNG\r\n\x1a\n" + bytes(99), "不是 Excel"),
    "renamed": ("假.xlsx", b"%PDF-1.7 " + bytes(99), "不是 Excel"),
    "broken": ("坏.xlsx", PLAIN[: len(PLAIN) // 2], "损坏"),
    "password": ("密.xlsx", protected(), "密码"),
    "et": ("表.et", b"anything", "WPS"),
    "bomb": ("大.xlsx", bomb(), "压缩比"),
    "columns of text": ("宽.csv", wide(), "列"),
    "columns of a workbook": ("宽.xlsx", claims(f"{column_letters(16384)}1"), "列"),
    "formula": ("式.xlsx", xlsx([HEADING, [*GOOD[:5], "=1+1", 1]]), "公式"),
    "formula in text": ("式.csv", "编号,单位\n=1+1,甲\n".encode(), "公式"),
    "encoding": ("码.csv", "编号,単位\n".encode("utf-16-le") + b"\xff\xff", "编码"),
    "no heading": ("数.csv", b"1,2\n3,4\n", "表头"),
    "no data": ("头.csv", ",".join(HEADING).encode(), "没有数据"),
    "secret mark": ("帮扶.xlsx", xlsx([["机密★10年"], HEADING, GOOD]), "涉密"),
    "secret name": ("机密★10年.xlsx", PLAIN, "涉密"),
}


def upload(client: Any, name: str, data: bytes, kind: str = KIND, **fields: str) -> Any:
    address = f"{reverse('import-new')}?kind={kind}"
    unit = client.get(address).context["page"].form["unit"].initial
    sent = {"file": SimpleUploadedFile(name, data), "unit": unit, "sheet": "", **fields}
    return client.post(address, sent)


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gets_one_sentence_and_leaves_nothing_behind(case: str, visit: Visit) -> None:
    name, data, word = BAD_FILES[case]
    before = Record.objects.count()
    answer = upload(visit("weiw"), name, data)
    assert answer.status_code == 200
    page = answer.context["page"]
    said = page.refusal or " ".join(page.form.errors.get("file", ()))
    assert word in said
    assert 1 <= said.count("。") <= 2
    assert said in answer.content.decode()
    assert not re.search(r"Error|Exception|Traceback|XML", said)
    assert not imports().exists()
    assert Record.objects.count() == before


def test_no_file_is_asked_for(visit: Visit) -> None:
    answer = visit("weiw").post(f"{reverse('import-new')}?kind={KIND}", {"unit": ""})
    assert answer.status_code == 200
    assert "请选择文件。" in answer.content.decode()


def faulty() -> bytes:
    return xlsx(
        [
            [*HEADING, "补充说明", "负责人姓名"],
            [*GOOD, "很好", "某人"],
            ["PG-2", "南宁市圆", "项目二", "某村", "2019.2.30", 100, 1, "", ""],
            ["PG-3", "南宁市圆", "项目三", "某村", "2019.3.5", "1.5万", "一个", "", ""],
            ["PG-3", "南宁市院", "项目四", "某村", "2019.3.5", 100, 1, "", ""],
        ]
    )


def start(client: Any, data: bytes, name: str = "帮扶.xlsx") -> Batch:
    answer = upload(client, name, data)
    assert answer.status_code == 302, answer.content.decode()
    return imports().get()


def press(client: Any, batch: Batch, do: str, **fields: str) -> Any:
    answer = client.post(reverse("import", args=[batch.pk]), {"do": do, **fields}, follow=True)
    assert answer.status_code == 200
    return answer


def look(client: Any, batch: Batch, **query: str) -> str:
    answer = client.get(reverse("import", args=[batch.pk], query=query))
    assert answer.status_code == 200
    return str(answer.content.decode())


def carry_on(batch: Batch) -> None:
    """What goes on outside the request: a test's own transaction never lets it start."""
    batch.refresh_from_db()
    assert batch.carrier is not None
    import_running.carry_on(actor_of(batch.carrier, NOW), batch, lambda: NOW)


def carried(client: Any, batch: Batch, do: str, **fields: str) -> str:
    """The page after a button whose work goes on outside, once that is done."""
    press(client, batch, do, **fields)
    carry_on(batch)
    return look(client, batch)


def mapped(client: Any) -> Batch:
    batch = start(client, faulty())
    page = client.get(reverse("import", args=[batch.pk])).context["page"]
    chosen = {
        f"column-{each.at}": next((o.value for o in each.options if o.selected), "")
        for each in page.columns
    }
    press(client, batch, "map", **chosen)
    return batch


def test_a_column_nobody_knows_stops_at_the_mapping_with_examples(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, faulty())
    answer = client.get(reverse("import", args=[batch.pk]))
    page, text = answer.context["page"], answer.content.decode()
    assert page.step == 2
    assert [each.lamp for each in page.columns] == ["done"] * 7 + ["warn", "why"]
    assert "PG-1 / PG-2 / PG-3" in text
    assert "某人" not in text
    assert "负责人姓名" in text


def test_a_column_that_names_people_is_not_stored(visit: Visit) -> None:
    batch = start(visit("weiw"), faulty())
    assert {cells[8] for cells in batch.rows.values_list("cells", flat=True)} == {""}


def test_faults_are_mended_in_the_preview_and_what_was_typed_stays(visit: Visit) -> None:
    client = visit("weiw")
    batch = mapped(client)
    answer = client.get(reverse("import", args=[batch.pk]))
    text = answer.content.decode()
    assert "可导入 1" in text
    assert "需修改 3" in text
    assert "单位不认识“南宁市圆”，是否为“南宁市院”？" in text
    assert 'value="2019.2.30"' in text
    answer = press(
        client,
        batch,
        "suggest:3:unit:all",
        **{"cell-3-happened_on": "2019-02-29", "was-3-happened_on": "2019.2.30"},
    )
    text = answer.content.decode()
    assert "已改 2 行。现在可导入 1 行，需修改 3 行。" in text
    assert 'value="2019-02-29"' in text
    assert batch.rows.get(number=3).cells[4] == "2019-02-29"


def test_the_good_rows_go_in_and_the_bad_ones_stay(visit: Visit) -> None:
    client = visit("weiw")
    batch = mapped(client)
    assert "先导入 1 行，其余留在这里" in look(client, batch)
    text = carried(client, batch, "commit")
    assert "新增 1 · 更新 0 · 未变 0 · 未导入 3" in text
    assert "合计 4 行" in text
    assert imports().get().state == BatchState.PARTLY
    typed = {"cell-3-unit": "450100", "was-3-unit": "南宁市圆"}
    typed |= {"cell-3-happened_on": "2019-03-01", "was-3-happened_on": "2019.2.30"}
    assert "需修改 2 行" in press(client, batch, "fix", **typed).content.decode()
    assert "新增 2 · " in carried(client, batch, "commit")
    assert "新增 2 · " in carried(client, batch, "commit")
    assert AssistanceProject.objects.filter(key__startswith="PG-").count() == 2


def test_duplicates_are_chosen_between_by_buttons(visit: Visit) -> None:
    client = visit("weiw")
    batch = mapped(client)
    assert "与第 4 行重复" in client.get(reverse("import", args=[batch.pk])).content.decode()
    press(client, batch, "keep:5")
    assert importing.counts(batch).dropped == 1
    assert batch.rows.get(number=5).outcome == "new"


def test_one_text_is_changed_everywhere_at_once(visit: Visit) -> None:
    client = visit("weiw")
    batch = mapped(client)
    typed = {"cell-4-unit": "450100", "was-4-unit": "南宁市圆"}
    text = press(client, batch, "same:4:unit", **typed).content.decode()
    assert "已改 2 行。" in text
    assert {batch.rows.get(number=n).cells[1] for n in (3, 4)} == {"450100"}


def test_an_import_is_taken_back_and_can_be_brought_in_again(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, PLAIN)
    assert batch.state == BatchState.CHECKED
    assert "还有 30 天可撤销" in carried(client, batch, "commit")
    text = carried(client, batch, "undo")
    assert "作废新增的 1 条，恢复更新的 0 条。" in text
    assert AssistanceProject.objects.get(key="PG-1").state == VOID
    upload(client, "又.xlsx", PLAIN)
    newest = imports().first()
    assert newest is not None
    carried(client, newest, "commit")
    assert AssistanceProject.objects.filter(key="PG-1").exclude(state=VOID).count() == 1


def test_the_rows_to_mend_can_be_downloaded_with_what_is_wrong(visit: Visit) -> None:
    client = visit("weiw")
    batch = mapped(client)
    content = client.get(reverse("import-problems", args=[batch.pk])).content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values)
    assert rows[0] == (*batch.headings, "问题", "导入行号")
    assert len(rows) == 4
    assert "单位不认识“南宁市圆”" in str(rows[1][-2])


def test_a_template_has_the_headings_of_an_import(visit: Visit) -> None:
    content = visit("weiw").get(reverse("import-template", args=[KIND])).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    heading = [cell.value for cell in next(iter(book.worksheets[0].rows))]
    assert heading == [*(kind_of(KIND).heading(name) for name in kind_of(KIND).fields), "记录号"]
    assert book.sheetnames[1] == "填写说明"


def test_an_abandoned_import_leaves_nothing(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, faulty())
    press(client, batch, "discard")
    assert not imports().exists()


def test_an_import_that_is_over_cannot_be_changed(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, PLAIN)
    carried(client, batch, "commit")
    assert "不能再改" in press(client, batch, "drop:2").content.decode()
    assert client.post(reverse("import", args=[batch.pk]), {"do": "burn"}).status_code == 404


def test_the_import_of_another_house_is_not_found(world: World, visit: Visit) -> None:
    batch = start(visit("weiw"), PLAIN)
    assert visit("aud").get(reverse("import", args=[batch.pk])).status_code == 404


def test_imports_are_listed_newest_first(visit: Visit) -> None:
    client = visit("weiw")
    batch = start(client, PLAIN)
    text = client.get(reverse("imports")).content.decode()
    assert f"#{batch.pk}" in text
    assert "已检查" in text
