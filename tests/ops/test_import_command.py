"""`rongjian import`: counts and problem rows in print and in JSON, exit codes, undo."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from rongjian.__main__ import main
from rongjian.ledgers.published_figure import PublishedFigure
from rongjian.ledgers.seized_asset import SeizedAsset
from rongjian.org.actions import appoint
from rongjian.records.models import VOID, Batch
from tests.house import FOUNDED, House

HEADING = "id,indicator,period,unit,value,yoy,source"
ASSETS = (
    "编号,措施,查扣日期,金额（万元）,说明\nZC-1,冻结,2020.5.6,3.5,x\nZC-2,冻洁,2020-05-07,1,x\n"
)


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["import", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def published(tmp_path: Path) -> str:
    path = tmp_path / "published.csv"
    path.write_text(f"{HEADING}\nX-1,办案,2020,件,>=2200,-1%,甲\nX-1,办案,2021,件,1/2,,甲\n")
    return str(path)


@pytest.fixture
def assets(tmp_path: Path) -> str:
    path = tmp_path / "assets.csv"
    path.write_text(ASSETS)
    return str(path)


def test_a_clean_file_goes_in_and_leaves_with_0(
    house: House, published: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(capsys, "published-figure", published, "--unit", "450000")
    assert code == 0
    assert "共 2 行，新增 2，更新 0，未变 0，未导入 0" in out
    assert "unit→计量单位" in out
    stored = PublishedFigure.objects.order_by("period").values_list("printed", flat=True)
    assert list(stored) == [">=2200", "1/2"]


def test_the_name_of_a_ledger_and_of_a_unit_will_do(
    house: House, published: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = told(capsys, "公布数据", published, "--unit", "自治区院", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["created"], found["left"], found["as"]) == (2, 0, "N000")
    assert found["batch"] == Batch.objects.get().pk


def test_faulty_rows_are_listed_and_leave_with_1(
    house: House, assets: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("seized-asset", assets, "--unit", "450100", "--map", "查扣日期=日期", "--map", "说明=")
    code, out, _ = told(capsys, *words)
    assert code == 1
    assert "新增 1" in out
    assert "未导入 1" in out
    assert "第 3 行　不在选项中“冻洁”，是否为“冻结”？" in out
    stored = SeizedAsset.objects.get()
    assert (stored.amount, stored.unit) == (Decimal(35000), house.units["450100"])


def test_checking_alone_leaves_nothing(
    house: House, published: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("published-figure", published, "--unit", "450000", "--check-only")
    code, out, _ = told(capsys, *words)
    assert (code, "只检查，没有导入：共 2 行，可导入 2" in out) == (0, True)
    assert not Batch.objects.exists()
    assert not PublishedFigure.objects.exists()


def test_an_import_is_taken_back_by_its_number(
    house: House, published: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "published-figure", published, "--unit", "450000")
    number = str(Batch.objects.get().pk)
    code, out, _ = told(capsys, "--undo", number)
    assert code == 0
    assert "作废新增的 2 条" in out
    assert not PublishedFigure.objects.exclude(state=VOID).exists()
    code, out, _ = told(capsys, "--undo", number, "--json")
    assert (code, json.loads(out)["voided"]) == (0, 0)


REFUSALS = {
    "no arguments": ((), "请写明台账和文件"),
    "no such ledger": (("nothing", "{file}"), "没有代码为“nothing”的台账"),
    "no such file": (("published-figure", "absent.csv"), "读不到文件"),
    "no such unit": (("published-figure", "{file}", "--unit", "X"), "没有单位“X”"),
    "no such person": (("published-figure", "{file}", "--as", "X"), "没有工号或账号为“X”"),
    "no right": (("published-figure", "{file}", "--as", "N002"), "没有权限"),
    "no such column": (("published-figure", "{file}", "--map", "甲=指标"), "没有列“甲”"),
    "no such field": (("published-figure", "{file}", "--map", "id=甲"), "没有字段“甲”"),
    "field missing": (("published-figure", "{file}", "--map", "source="), "还没有列对应“出处”"),
    "field twice": (("published-figure", "{file}", "--map", "yoy=指标"), "“指标”对应了 2 列"),
    "nobody may": (("activity", "{file}", "--unit", "450200"), "没有人能导入“活动记录”"),
    "no such import": (("--undo", "99"), "没有编号为 99 的导入"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_done_is_a_sentence_and_2(
    case: str, house: House, published: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words, reason = REFUSALS[case]
    code, _, said = told(capsys, *(word.format(file=published) for word in words))
    assert code == 2
    assert reason in said
    assert not Batch.objects.exists()


def test_nobody_is_chosen_for_the_log_where_several_may(
    house: House, assets: str, capsys: pytest.CaptureFixture[str]
) -> None:
    appoint(house.people["lisi"], house.units["450100"], "case_manager", FOUNDED)
    code, _, said = told(capsys, "seized-asset", assets, "--unit", "450100")
    assert code == 2
    assert "不止一人" in said
    assert "N001" in said
    assert "N002" in said
