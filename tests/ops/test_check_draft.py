"""`rongjian check-draft` as its user meets it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from rongjian.__main__ import main
from tests.world import World

TRUE = "广西检察机关依法批捕涉黑涉恶犯罪嫌疑人369人、起诉1591人。\n"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "稿.txt"
    path.write_text(TRUE, encoding="utf-8")
    return path


def run(*words: object) -> int:
    return main(["check-draft", *map(str, words)])


def test_nothing_differs_and_0_is_left_with(
    world: World, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(draft, "--json") == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert [(row["text"], row["computed"], row["status"]) for row in rows] == [
        ("369人", 369, "match"),
        ("1591人", 1591, "match"),
    ]
    assert set(rows[0]) == {
        "start",
        "end",
        "text",
        "value",
        "unit",
        "approx",
        "kind",
        "period",
        "indicator",
        "computed",
        "status",
    }
    assert all(TRUE[row["start"] : row["end"]] == row["text"] for row in rows)
    assert err.startswith("共 2 个数量：一致 2，不一致 0")


def test_something_differs_and_1_is_left_with(
    world: World, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.write_text(TRUE.replace("369", "396"), encoding="utf-8")
    assert run(draft) == 1
    out, err = capsys.readouterr()
    assert "不一致 1" in err
    heading, first, second = out.splitlines()
    assert heading.split() == ["原文", "数", "期间", "对应指标", "记录数", "结论", "说明"]
    assert "arrested-gang" in first
    assert "369 " in first
    assert "不一致" in first
    assert "一致" in second


def test_a_draft_may_come_through_a_pipe_for_another_court(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "全市检察机关起诉涉黑涉恶犯罪嫌疑人1591人。"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode("gb18030"))))
    assert run("-", "--unit", "450100", "--json") == 1
    [row] = json.loads(capsys.readouterr().out)
    assert 0 < row["computed"] < 1591


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["没有这个文件.txt"], "读不了文件"),
        (["."], "读不了文件"),
        (["{draft}", "--unit", "999999"], "没有单位“999999”"),
        (["{draft}", "--unit", "450100-P"], "不是检察院"),
    ],
)
def test_what_cannot_be_read_leaves_with_2(
    world: World,
    draft: Path,
    words: list[str],
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*(word.replace("{draft}", str(draft)) for word in words)) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert reason in err


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "没有读到文字"), ("机密★10年\n起诉12人。", "国家秘密"), ("字" * 500_001, "500,000")],
)
def test_what_may_not_be_checked_leaves_with_2(
    world: World, draft: Path, content: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    draft.write_text(content, encoding="utf-8")
    assert run(draft) == 2
    assert reason in capsys.readouterr().err


def test_without_units_it_says_what_to_do_first(
    db: None, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(draft) == 2
    assert "还没有任何单位" in capsys.readouterr().err


def test_without_figures_it_says_what_to_do_first(
    world: World, draft: Path, tmp_path: Path, settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FIGURES_DIR = tmp_path / "none"
    assert run(draft) == 2
    assert "rongjian tick" in capsys.readouterr().err
