"""In which form a cell was typed: the words that the list of normalisations uses."""

from __future__ import annotations

import pytest

from rongjian.kernel import cells
from rongjian.kernel.cell_forms import FORMS, Sort, form_of

CASES: tuple[tuple[str, Sort, str], ...] = (
    ("2019.3.5", "date", "dotted"),
    ("2019/3/5", "date", "dotted"),
    ("2019-3-5", "date", "dotted"),
    ("2019年3月5日", "date", "written"),
    ("二〇一九年三月五日", "date", "worded"),
    ("43529", "date", "serial"),
    ("20190305", "date", "joined"),
    ("2019-03-05 10:30", "date", "clock"),
    ("２０１９-０３-０５", "date", "width"),
    ("2.17亿", "number", "scaled"),
    ("3.5万元", "number", "scaled"),
    ("1,200", "number", "grouped"),
    ("35元", "number", "measured"),
    ("１２", "number", "width"),
    (" 某村", "text", "space"),
    ("某　村", "text", "space"),
    ("１村", "text", "width"),
    ("√", "boolean", "truth"),
    ("冻 结", "choice", "choice"),
    ("南宁市院", "unit", "unit"),
    ("   ", "text", "blank"),
)


@pytest.mark.parametrize(("raw", "sort", "form"), CASES)
def test_every_form_has_its_name(raw: str, sort: Sort, form: str) -> None:
    assert form_of(raw, sort) == form
    assert form in FORMS


@pytest.mark.parametrize("raw", [raw for raw, sort, _ in CASES if sort == "date" and raw.strip()])
def test_what_is_called_a_form_of_a_day_is_read_as_a_day_and_counted(raw: str) -> None:
    found = cells.day(raw)
    assert (str(found.value), found.normalised) == ("2019-03-05", True)
