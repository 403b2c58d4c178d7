"""The docx: GB/T 9704 on its XML (ids DX-…), the way back to the records, the same bytes twice."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import docx
import pytest
from lxml import etree

from rongjian.documents.composition import Withheld
from rongjian.documents.docx import NAMESPACE, trace, write
from tests.documents.paper import CHECKS, DAY, Paper, sample, text_of

FORMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "addressed": {"addressee": "最高人民检察院"},
    "annexed": {"annex": True},
    "both": {"addressee": "最高人民检察院", "annex": True},
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("form", FORMS)
def test_form_of_an_official_document(form: str, check: Callable[[Paper], None]) -> None:
    content = write(sample(), day=DAY, **FORMS[form])
    check(Paper(content, **FORMS[form]))


@pytest.mark.parametrize("organ", ["上级", "南宁市人民检察院", "南宁市青秀区人民检察院第一检察部"])
@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_the_date_stands_two_characters_right_of_the_signature(organ: str, day: date) -> None:
    paper = Paper(write(replace(sample(), unit_name=organ), day=day))
    dx_20 = next(check for check in CHECKS if check.__name__ == "dx_20")
    dx_20(paper)


def test_every_number_leads_back_to_its_trace_id() -> None:
    found = trace(write(sample(), day=DAY, annex=True))
    assert found == [
        ("F01:prosecuted-gang:450000:201801-202012", "1591"),
        ("F02:assets-gang:450000:201801-202012", "35亿余元"),
        ("Q01:satisfaction", "第1名"),
    ]


def test_the_trace_survives_an_edit_of_the_words_around_it() -> None:
    document = docx.Document(io.BytesIO(write(sample(), day=DAY)))
    paragraph = next(p for p in document.paragraphs if "1591" in p.text)
    paragraph.runs[0].text = "改过的话"
    document.add_paragraph("另起一段。")
    buffer = io.BytesIO()
    document.save(buffer)
    assert [text for _, text in trace(buffer.getvalue())] == ["1591", "35亿余元", "第1名"]


def test_a_changed_number_is_told_from_the_one_that_was_written() -> None:
    document = docx.Document(io.BytesIO(write(sample(), day=DAY)))
    run = next(r for p in document.paragraphs for r in p.runs if r.text == "1591")
    run.text = "1600"
    buffer = io.BytesIO()
    document.save(buffer)
    assert ("F01:prosecuted-gang:450000:201801-202012", "1600") in trace(buffer.getvalue())


def test_numbers_are_plain_text_for_every_reader() -> None:
    document = docx.Document(io.BytesIO(write(sample(), day=DAY)))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert "一是起诉1591人，查扣冻结财产35亿余元；二是评议满意度为第1名。<&>" in texts


def test_the_hidden_part_says_what_each_number_is() -> None:
    paper = Paper(write(sample(), day=DAY))
    root = paper.part("customXml/item1.xml")
    figure = root.find(f"{{{NAMESPACE}}}figure")
    wanted = {
        "slot": "F01",
        "indicator": "prosecuted-gang",
        "unit": "450000",
        "period": "2018-01..2020-12",
        "value": "1591",
        "version": "1",
        "snapshot": "7",
        "records": "1591",
    }
    assert {name: figure.get(name) for name in wanted} == wanted
    place = paper.body[int(figure.get("paragraph"))]
    runs = [each for each in place if etree.QName(each).localname == "r"]
    assert text_of(runs[int(figure.get("run"))]) == "1591"


def test_the_same_document_is_the_same_bytes() -> None:
    first, second = (write(sample(), day=DAY, annex=True) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert package.namelist()[0] == "[Content_Types].xml"
        assert {entry.date_time[0] for entry in package.infolist()} == {1980}


def test_a_file_that_we_did_not_make_has_no_trace() -> None:
    buffer = io.BytesIO()
    docx.Document().save(buffer)
    assert trace(buffer.getvalue()) == []


def test_the_annex_lists_every_number_in_the_order_of_the_text() -> None:
    document = docx.Document(io.BytesIO(write(sample(), day=DAY, annex=True)))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert [row[:2] for row in rows[1:]] == [["1", "1591"], ["2", "35亿余元"], ["3", "第1名"]]
    assert "1,591条记录" in rows[1][4]
    assert "F01:prosecuted-gang:450000:201801-202012" in rows[1][4]
    assert "公开文稿（2021年）" in rows[3][4]


def test_a_withheld_number_leaves_no_trace() -> None:
    composition = sample()
    last = composition.blocks[-1]
    runs = tuple(
        Withheld("F01", "起诉人数", "1591", "没有权限") if run.text == "1591" else run
        for run in last.runs
    )
    blocks = (*composition.blocks[:-1], replace(last, runs=runs))
    found = trace(write(replace(composition, blocks=blocks), day=DAY))
    assert [text for _, text in found] == ["35亿余元", "第1名"]
