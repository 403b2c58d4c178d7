"""`rongjian figure`: a number, its definition, and exactly the records behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from rongjian.__main__ import main
from rongjian.indicators import catalogue, figures, snapshots
from rongjian.kernel.periods import Period
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.org.models import Person
from rongjian.records.kinds import kind_of

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.usefixtures("world")

GANG = ("prosecuted-gang", "--unit", "450000", "--period", "2018-01..2020-12")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["figure", *words]) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["figure", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_json_holds_the_number_and_what_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(told(capsys, *GANG, "--json"))
    definition = found.pop("definition")
    assert found == {
        "code": "prosecuted-gang",
        "name": "起诉涉黑涉恶犯罪嫌疑人",
        "value": 1591,
        "text": "1591",
        "unit": "450000",
        "unit_name": "广西壮族自治区人民检察院",
        "period": "2018-01..2020-12",
        "organised": "now",
        "records": 1591,
        "measure_unit": "人",
        "snapshot": snapshots.current().number,
        "version": 1,
    }
    assert definition["where"] == [["decision", "=", "prosecuted"], ["campaign", "=", "gang"]]
    assert definition["basis"]["document"] == "《中华人民共和国刑事诉讼法》"
    assert definition["valid_from"] == "2018-01-01"


def test_a_line_for_each_record_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, *GANG, "--records").splitlines()
    assert len(lines) == 1591
    cells = [line.split("\t") for line in lines]
    ids = {int(row[0]) for row in cells}
    assert len(ids) == 1591
    assert HandledPerson.objects.filter(pk__in=list(ids), decision="prosecuted").count() == 1591
    assert {row[4][:4] for row in cells} == {"2018", "2019", "2020"}


def test_records_are_without_handler_and_free_text(capsys: pytest.CaptureFixture[str]) -> None:
    out = told(capsys, *GANG, "--records", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert set(rows[0]) == {
        *("id", "key", "unit", "unit_name", "happened_on"),
        *("charge", "decision", "task_force"),
    }
    assert {row["decision"] for row in rows} == {"起诉"}
    assert not set(rows[0]) & set(kind_of("handled-person").private)
    handlers = Person.objects.filter(handled__isnull=False).values_list("name", flat=True)
    assert not any(name in out for name in set(handlers))


@pytest.mark.parametrize("code", list(catalogue.indicators()))
def test_there_are_as_many_lines_as_the_figure_says(
    capsys: pytest.CaptureFixture[str], world: World, code: str
) -> None:
    period = Period.parse("2020-H1")
    found = figures.figure(code, world.nanning, period)
    out = told(capsys, code, "--unit", "南宁市院", "--period", "2020-H1", "--records")
    assert len(out.splitlines()) == found.records


def test_without_options_it_speaks_of_the_whole_and_of_its_past(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = told(capsys, "assets-gang").splitlines()
    assert lines[0].startswith("查封扣押冻结涉黑涉恶财产（assets-gang，第 1 版，依据：")
    assert lines[1] == "广西壮族自治区人民检察院 2018年1月至2020年12月：35亿余元"
    assert lines[2] == "上一期（2015年1月至2017年12月）：没有此类记录"
    assert lines[3].startswith("上年同期（2017年1月至2019年12月）：")
    assert f"快照 {snapshots.current().number}，" in lines[4]


def test_then_and_now_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    now, then = (
        json.loads(told(capsys, *GANG, "--json", "--organised", each)) for each in ("now", "then")
    )
    assert (now["value"], then["value"]) == (1591, 1591)
    assert (now["organised"], then["organised"]) == ("now", "then")


def test_all_indicators_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "--list").splitlines()
    assert [line.split("\t")[0] for line in lines] == list(catalogue.indicators())
    assert "prosecuted-gang\t起诉涉黑涉恶犯罪嫌疑人\t人\t办案人员" in lines


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("prosecuted-gan",), "没有指标“prosecuted-gan”。是否想查 prosecuted-gang"),
        (("zzzz",), "用 --list 查看全部"),
        ((), "请写明指标代码"),
        (("pil", "--unit", "999999"), "没有单位“999999”"),
        (("pil", "--period", "去年"), "期间“去年”读不懂"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], reason: str
) -> None:
    assert reason in refused(capsys, *words)
