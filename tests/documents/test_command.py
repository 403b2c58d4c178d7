"""`rongjian document` on a small house: what it writes, prints and refuses."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from rongjian.documents.docx import trace
from rongjian.facts import extract
from rongjian.indicators import refresh
from rongjian.kernel.periods import PeriodError
from rongjian.ops.commands import Refused, document
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from tests.documents.paper import Paper

if TYPE_CHECKING:
    from pathlib import Path

    from tests.house import House

TODAY = date(2026, 6, 25)


@pytest.fixture
def prosecuted(house: House, settings: Any, tmp_path: Path) -> House:
    """A house with one prosecution, counted."""
    settings.FACTS_DIR, settings.FIGURES_DIR = tmp_path / "facts", tmp_path / "figures"
    prosecute(house, "P1")
    extract.rebuild()
    refresh.rebuild(TODAY)
    return house


def prosecute(house: House, key: str) -> None:
    row = {
        "key": key,
        "unit_id": house.units["450100-01"].pk,
        "decision": "prosecuted",
        "happened_on": date(2019, 5, 6),
        "charge": "寻衅滋事",
        "campaign": "gang",
    }
    create_many(house.actor("qian"), kind_of("handled-person"), [row])


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="rongjian document")
    document.configure(parser)
    return parser.parse_args(["fusion-report", "--unit", "450100", *words])


@pytest.mark.usefixtures("prosecuted")
def test_it_writes_a_docx_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "报告.docx"
    words = ("--out", str(out), "--annex", "--to", "自治区人民检察院")
    assert document.run(arguments(*words)) == 0
    content = out.read_bytes()
    assert ("F03:prosecuted-gang:450100:201801-202012", "1") in trace(content)
    paper = Paper(content)
    assert paper.texts("GwSend") == ["自治区人民检察院："]
    assert paper.texts("GwAnnex") == ["附件"]
    assert capsys.readouterr().out.startswith(f"已写入 {out}\n南宁市人民检察院关于")


@pytest.mark.usefixtures("prosecuted")
def test_the_numbers_are_listed_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "numbers.json"
    assert document.run(arguments("--out", str(out), "--format", "json", "--json")) == 0
    printed = capsys.readouterr().out
    assert printed == out.read_text(encoding="utf-8")
    figure = json.loads(printed)["figures"][-1]
    assert figure["trace"] == "F03:prosecuted-gang:450100:201801-202012"
    assert (figure["value"], figure["text"], figure["records"]) == ("1", "1", 1)
    assert figure["status"] == "一致"


@pytest.mark.usefixtures("prosecuted")
def test_periods_are_given_by_name(tmp_path: Path) -> None:
    out = tmp_path / "r.txt"
    document.run(arguments("--out", str(out), "--format", "text", "--period", "gang=2019"))
    assert "2019年，全市检察机关" in out.read_text(encoding="utf-8")
    assert "提起公诉1人" in out.read_text(encoding="utf-8")


@pytest.mark.usefixtures("prosecuted")
def test_a_html_file_leads_every_number_to_its_source(tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    document.run(arguments("--out", str(out), "--format", "html"))
    text = out.read_text(encoding="utf-8")
    assert 'href="#F03" data-trace="F03:prosecuted-gang:450100:201801-202012"' in text
    assert '<tr id="F03">' in text
    assert "1 条记录" in text


def test_records_newer_than_the_snapshot_are_told(
    prosecuted: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prosecute(prosecuted, "P2")
    assert document.run(arguments("--out", str(tmp_path / "r.docx"))) == 1
    assert "有变化 1→2" in capsys.readouterr().out


@pytest.mark.usefixtures("prosecuted")
@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["--period", "gang"], Refused, "应写成 名称=期间"),
        (["--period", "gang=去年"], PeriodError, "读不懂"),
        (["--period", "gnag=2019"], LookupError, "没有期间“gnag”"),
        (["--format", "html", "--annex"], Refused, "只用于 docx"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    tmp_path: Path, words: list[str], error: type[Exception], message: str
) -> None:
    out = tmp_path / "r.docx"
    with pytest.raises(error, match=message):
        document.run(arguments("--out", str(out), *words))
    assert not out.exists()


@pytest.mark.usefixtures("prosecuted")
def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="写不了文件"):
        document.run(arguments("--out", str(tmp_path / "nowhere" / "r.docx")))
