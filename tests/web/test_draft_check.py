"""The page 读稿核数: marks, table, links, refusals; and that it keeps nothing."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rongjian.documents.draft_files import LONGEST

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.visitors import Visit
    from tests.world import World

pytest_plugins = ("tests.web.visitors",)

TEXT = (
    "广西检察机关推进扫黑除恶，依法批捕369人、起诉1592人。"
    "自治区检察院定点帮扶评议满意度居自治区直属机关党群类第1名。"
    "2016年，批捕涉黑涉恶嫌疑人12人。\n福建检察机关起诉500人。"
)


def text_of(response: Any) -> str:
    return str(response.content.decode())


def sent(client: Client, text: str = "", **more: object) -> Any:
    return client.post(reverse("draft-check"), {"text": text, **more})


def words(html: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def test_the_empty_page_says_that_nothing_is_kept(visit: Visit) -> None:
    html = text_of(visit("lisi").get(reverse("draft-check")))
    assert "不保存，不记入日志" in html
    assert 'accept=".txt,.docx"' in html
    assert "南宁市人民检察院核对" in html


def test_every_quantity_is_marked_and_listed_with_its_verdict(visit: Visit) -> None:
    response = sent(visit("zhengshi"), TEXT)
    assert response.status_code == 200
    html = text_of(response)
    marks = re.findall(
        r'<mark id="m(\d)"><a href="#r\1" title="[^"]*">([^<]*)</a>'
        r'<span class="lamp (\w+)">([^<]*)</span></mark>',
        html,
    )
    assert [mark[1:] for mark in marks] == [
        ("369人", "done", "一致"),
        ("1592人", "warn", "不一致"),
        ("第1名", "why", "引文"),
        ("12人", "off", "没有记录"),
        ("500人", "ask", "未对应"),
    ]
    assert re.findall(r'<tr id="r(\d)">', html) == ["1", "2", "3", "4", "5"]
    assert "找到 5 个数量" in words(html)


def test_a_row_leads_to_the_figure_and_to_its_records(visit: Visit) -> None:
    client = visit("zhengshi")
    html = text_of(sent(client, TEXT))
    row = html[html.index('id="r2"') : html.index('id="r3"')]
    assert "起诉涉黑涉恶犯罪嫌疑人" in row
    assert "依据文中的“起诉”、“扫黑除恶”" in row
    assert "2018年1月至2020年12月" in row
    figure, records = re.findall(r'href="(/figures/[^"]*)"', row)
    assert "1,591 人" in row
    assert "1591" in text_of(client.get(figure.replace("&amp;", "&")))
    answer = client.get(records.replace("&amp;", "&"))
    assert answer.status_code == 200
    assert "1,591" in text_of(answer)


def test_the_text_stays_in_the_form_as_it_was(visit: Visit) -> None:
    html = text_of(sent(visit("lisi"), "<b>起诉</b>\r\n1591人 & 其他"))
    kept = html[html.index("<textarea") : html.index("</textarea>")]
    assert kept.endswith(">\n&lt;b&gt;起诉&lt;/b&gt;\n1591人 &amp; 其他")
    assert "<b>起诉</b>" not in html


def test_an_uploaded_word_file_is_checked(visit: Visit) -> None:
    document = docx.Document()
    document.add_paragraph(TEXT)
    buffer = io.BytesIO()
    document.save(buffer)
    upload = SimpleUploadedFile("稿.docx", buffer.getvalue())
    html = text_of(sent(visit("zhengshi"), "不看这里的3件", file=upload))
    assert "找到 5 个数量" in words(html)
    assert "依法批捕369人" in html[html.index("<textarea") :]


def test_an_uploaded_text_file_of_an_old_program_is_checked(visit: Visit) -> None:
    upload = SimpleUploadedFile("稿.txt", TEXT.encode("gb18030"))
    assert "找到 5 个数量" in words(text_of(sent(visit("zhengshi"), file=upload)))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "没有读到文字"),
        ("字" * (LONGEST + 1), "超过 500,000 字"),
        ("内部资料 严禁外传\n起诉12人。", "内部资料"),
    ],
)
def test_what_cannot_be_checked_is_refused_with_the_text_kept(
    visit: Visit, text: str, reason: str
) -> None:
    response = sent(visit("lisi"), text)
    html = text_of(response)
    assert response.status_code == 422
    assert reason in html
    assert 'role="alert"' in html
    assert f">\n{text}</textarea>" in html


def test_a_classified_text_is_neither_checked_nor_sent_back(visit: Visit) -> None:
    response = sent(visit("lisi"), "机密★10年\n起诉12人。")
    html = text_of(response)
    assert response.status_code == 422
    assert "国家秘密标志" in html
    assert "12人" not in html


def test_a_file_of_another_kind_is_refused(visit: Visit) -> None:
    response = sent(visit("lisi"), file=SimpleUploadedFile("稿.pdf", b"%PDF-1.7"))
    assert response.status_code == 422
    assert "只能读 .txt 和 .docx" in text_of(response)


def test_without_the_right_the_figure_is_not_told(visit: Visit) -> None:
    html = text_of(sent(visit("lisi"), TEXT.replace("369", "370").replace("1592", "1593")))
    assert words(html).count("无权限") == 6  # each of three marked in the text and in the table
    assert "没有权限：办案数据" in html
    for secret in ("369", "1591", "1,591", "/figures/arrested-gang"):
        assert secret not in html


def test_slips_of_the_pen_stand_in_a_list_of_their_own(visit: Visit) -> None:
    html = text_of(sent(visit("lisi"), "一是抓学习。二是抓办案。二是做到“两个维护’。"))
    slips = words(html[html.index('id="slips"') :])
    assert "序次重复" in slips
    assert "引号混用" in slips
    assert "没有找到数量" in html


def test_more_quantities_than_a_page_can_show_are_refused(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rongjian.web.pages.draft_check.MOST", 4)
    response = sent(visit("zhengshi"), TEXT)
    assert response.status_code == 422
    assert "超过 4 个" in text_of(response)


def test_nothing_is_written(world: World, visit: Visit) -> None:
    client = visit("zhengshi")
    client.get(reverse("draft-check"))
    with CaptureQueriesContext(
        connection,
    ) as captured:
        sent(client, TEXT)
    writing = [query["sql"] for query in captured if not query["sql"].startswith("SELECT")]
    assert [sql for sql in writing if "SAVEPOINT" not in sql] == []


def test_other_methods_show_the_form(visit: Visit) -> None:
    assert visit("lisi").head(reverse("draft-check")).status_code == 200
