"""A figure that the records do not bear out is named."""

from __future__ import annotations

from datetime import date
from random import Random

from rongjian.facts import extract
from rongjian.indicators import catalogue, refresh
from rongjian.indicators.verify import differences
from rongjian.kernel.periods import Period
from rongjian.ledgers.handled_person import HandledPerson
from rongjian.records.models import Record
from tests.house import NOW, House
from tests.indicators.writing import write_some

PERIODS = [Period.parse(text) for text in ("2019-11..2020-03", "2020", "2020-01")]


def count(house: House) -> None:
    write_some(house, Random(8), 40)
    extract.rebuild()
    refresh.rebuild(NOW.date())


def test_every_figure_of_the_house_is_borne_out(house: House) -> None:
    count(house)
    for code in ("450000", "450100", "450100-02", "450100-P02", "450200"):
        assert differences(None, house.units[code]) == []
        assert differences(None, house.units[code], *PERIODS) == []


def test_a_decision_changed_behind_the_log_is_found(house: House) -> None:
    count(house)
    row = HandledPerson.objects.filter(decision="arrested", campaign="gang").first()
    assert row is not None
    HandledPerson.objects.filter(pk=row.pk).update(decision="prosecuted")
    found = differences(["arrested-gang", "prosecuted-gang", "pil"], house.units["450000"])
    assert [each.figure.code for each in found] == ["arrested-gang", "prosecuted-gang"]
    less, more = found
    assert less.records - less.figure.records == -1
    assert more.records - more.figure.records == 1
    sentence = str(more)
    assert "起诉涉黑涉恶犯罪嫌疑人（prosecuted-gang）450000" in sentence
    assert f"快照 1 为 {more.figure.text}（{more.figure.records} 条记录）" in sentence
    assert f"按记录重算为 {more.recount}（{more.records} 条记录）" in sentence


def test_a_day_changed_behind_the_log_is_found_in_its_month(house: House) -> None:
    count(house)
    row = HandledPerson.objects.filter(
        happened_on__range=(date(2020, 1, 1), date(2020, 1, 31))
    ).first()
    assert row is not None
    Record.objects.filter(pk=row.pk).update(happened_on=date(2020, 2, 1))
    whole, month = Period.parse("2019..2020"), Period.parse("2020-01")
    codes = [code for code, each in catalogue.indicators().items() if each.of == "handled-person"]
    assert differences(codes, house.units["450000"], whole) == []
    assert differences(codes, house.units["450000"], month)
