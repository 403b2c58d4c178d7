"""House rules that a reader could break without noticing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rongjian.records.kinds import kinds

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src/rongjian").rglob("*.py"))
TEMPLATES = sorted((ROOT / "src/rongjian").rglob("*.html"))
PYTHON = [path for path in SOURCES if "migrations" not in path.parts]
# Words of the burden that law forbids; help texts that quote the rule do not exist yet.
FORBIDDEN = re.compile("签到|打卡|积分|排行|在线时长|点赞|名次|得分")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_modules_and_functions_stay_short(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


def test_records_are_written_only_through_the_template() -> None:
    # The upload inserts the rows of a file as they came, which are not records yet; reorganising
    # puts records from a day on where their unit then stood. The index of search is no record.
    allowed = {
        "records/actions.py",
        "records/bulk.py",
        "records/import_upload.py",
        "records/postings.py",
        "records/reorganisation.py",
    }
    writing = re.compile(
        r"INSERT INTO|\brecord\.save\(|Record\.objects[^\n]*\.update\(|rows\.update\("
    )
    found = {
        path.relative_to(ROOT / "src/rongjian").as_posix()
        for path in PYTHON
        if writing.search(path.read_text(encoding="utf-8"))
    }
    assert found == allowed


def test_the_spine_has_no_branch_on_a_kind() -> None:
    codes = "|".join(kind.code for kind in kinds())
    branch = re.compile(rf"""[=!]= ["']({codes})["']""")
    for path in PYTHON:
        if path.parent.name in {"records", "facts", "indicators", "web", "pages"}:
            assert not branch.search(path.read_text(encoding="utf-8")), name_of(path)


def test_there_are_no_signals_and_no_generic_foreign_keys() -> None:
    for path in PYTHON:
        text = path.read_text(encoding="utf-8")
        assert "django.dispatch" not in text, name_of(path)
        assert "GenericForeignKey" not in text, name_of(path)
        assert "django.db.models.signals" not in text, name_of(path)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_page_asks_for_what_burdens(path: Path) -> None:
    assert not FORBIDDEN.search(path.read_text(encoding="utf-8"))


def test_no_model_counts_points_or_ranks() -> None:
    for path in PYTHON:
        if path.name == "models.py" or path.parent.name == "ledgers":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    assert node.targets[0].id not in {"score", "points", "rank", "ranking"}


def test_every_block_of_the_stylesheet_is_closed() -> None:
    """An open block would put all that follows inside it, and no browser says so."""
    path = ROOT / "src/rongjian/web/static/rongjian/style.css"
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    depth = 0
    for at, sign in enumerate(text):
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert 0 <= depth <= 2, text[max(0, at - 120) : at]
    assert depth == 0
