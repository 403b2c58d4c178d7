"""Composing for a reader, drawing up, freezing, and naming what changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rongjian.documents import queries
from rongjian.documents.actions import CannotFreeze, create, freeze
from rongjian.documents.composition import Composition, LiveFigure, Text, Withheld
from rongjian.documents.frozen import difference, packed, unpacked
from rongjian.documents.models import Document, FrozenFigure
from rongjian.documents.reading import NOT_SHOWN
from rongjian.documents.render import compose, compose_document
from rongjian.facts import extract
from rongjian.indicators import refresh
from rongjian.kernel.periods import Period
from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org.access import Denied
from rongjian.org.actions import appoint
from rongjian.records.actions import move
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from tests.house import House

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 6, 25)
REPORT = "fusion-report"


@given(st.lists(st.integers(min_value=1, max_value=2**62)))
def test_ids_come_back_as_they_were(ids: list[int]) -> None:
    assert unpacked(packed(ids)) == sorted(set(ids))


@dataclass
class Office:
    """The small house with some records and figures over them."""

    house: House

    def prosecute(self, *days: date) -> list[int]:
        """Write prosecutions of the gang campaign at the city's first department."""
        start = Event.objects.count()
        rows = [self._person(day, f"P{start}-{place}") for place, day in enumerate(days)]
        return create_many(self.house.actor("qian"), kind_of("handled-person"), rows)

    def _person(self, day: date, key: str) -> dict[str, Any]:
        return {
            "key": key,
            "unit_id": self.house.units["450100-01"].pk,
            "decision": "prosecuted",
            "happened_on": day,
            "charge": "寻衅滋事",
            "campaign": "gang",
        }

    def count(self) -> None:
        """Bring facts and figures up to date."""
        extract.refresh()
        refresh.refresh(TODAY)

    def draw_up(self) -> Document:
        """A report of the city, drawn up by its case manager."""
        return create(self.house.actor("qian"), REPORT, self.house.units["450100"], {})


@pytest.fixture
def office(house: House, settings: Any, tmp_path: Path) -> Office:
    settings.FACTS_DIR, settings.FIGURES_DIR = tmp_path / "facts", tmp_path / "figures"
    found = Office(house)
    found.prosecute(date(2018, 1, 1), date(2019, 5, 6), date(2020, 12, 31), date(2021, 1, 1))
    found.count()
    return found


def prosecuted(composition: Composition) -> LiveFigure:
    return next(each for each in composition.figures if each.indicator == "prosecuted-gang")


def at_slot(slot: str, composition: Composition) -> LiveFigure:
    return next(each for each in composition.figures if each.slot == slot)


def test_a_figure_carries_what_opens_it(office: Office) -> None:
    composition = compose(REPORT, office.house.units["450100"], {}, office.house.actor("qian"))
    figure = prosecuted(composition)
    assert (figure.value, figure.text, figure.records) == (Decimal(3), "3", 3)
    assert figure.status.code == "same"
    assert figure.trace_id == "F03:prosecuted-gang:450100:201801-202012"
    assert figure.parameters == {"unit": "450100", "period": "2018-01..2020-12"}
    assert figure.label.endswith(" 3 人，可查看记录")
    assert figure.tooltip == f"口径 v1 · 截至 2020-12-31 · 快照 {composition.snapshot}"
    entry = next(each for each in composition.margin if each.slot == "F03")
    assert (entry.status.label, entry.link) == ("一致", "看 3 条记录")
    assert entry.detail == "口径 v1 · 2018-01 至 2020-12"


def test_periods_can_be_set_and_are_written_out(office: Office) -> None:
    given = {"gang": Period.parse("2018")}
    composition = compose(REPORT, office.house.units["450100"], given, None)
    assert prosecuted(composition).value == 1
    assert "2018年，全市检察机关" in composition.text


def test_an_unknown_period_is_refused_by_name(office: Office) -> None:
    with pytest.raises(LookupError, match="没有期间“gnag”"):
        compose(REPORT, office.house.units["450100"], {"gnag": Period.parse("2018")}, None)


def test_a_sentence_without_its_quotation_is_left_out(office: Office) -> None:
    composition = compose(REPORT, office.house.units["450100"], {}, None)
    assert composition.quotations == ()
    assert "据公开文稿" not in composition.text


def test_a_sentence_is_left_out_when_no_record_stands_behind_its_figures(office: Office) -> None:
    composition = compose(REPORT, office.house.units["450100"], {}, None)
    assert [(each.slot, each.text) for each in composition.figures] == [("F02", "0"), ("F03", "3")]
    assert "批准逮捕涉黑涉恶犯罪嫌疑人0人，提起公诉3人。" in composition.text
    assert "检察建议" not in composition.text


def test_a_quotation_is_printed_as_its_source_prints_it(office: Office) -> None:
    actor = office.house.actor("zhengshi")
    row = {
        "key": "satisfaction-rank",
        "unit_id": office.house.units["450000"].pk,
        "happened_on": date(2021, 7, 1),
        "statement": "定点帮扶评议满意度",
        "printed": "第1名",
        "source": "公开文稿（2021年）",
    }
    create_many(actor, kind_of("quotation"), [row])
    composition = compose(REPORT, office.house.units["450000"], {}, office.house.actor("lisi"))
    (quoted,) = composition.quotations
    assert quoted.trace_id == "Q01:satisfaction-rank"
    assert "党群类第1名。" in composition.text
    entry = next(each for each in composition.margin if each.slot == "Q01")
    assert (entry.status.label, entry.link) == ("引文", "")
    assert entry.detail == "来源：公开文稿（2021年），不由系统计算"


def test_who_may_not_see_a_figure_gets_plain_words(office: Office) -> None:
    composition = compose(REPORT, office.house.units["450100"], {}, office.house.actor("lisi"))
    assert not composition.figures
    hidden = next(each for each in composition.withheld if each.slot == "F03")
    assert hidden.text == NOT_SHOWN
    assert "案件管理" in hidden.reason
    assert f"提起公诉{NOT_SHOWN}人" in composition.text


def test_rights_end_at_the_own_house(office: Office) -> None:
    composition = compose(REPORT, office.house.units["450200"], {}, office.house.actor("qian"))
    assert not composition.figures
    assert all("柳州市院" in each.reason for each in composition.withheld)


def test_drawing_up_needs_the_right_and_is_logged(office: Office) -> None:
    with pytest.raises(Denied):
        create(office.house.actor("lisi"), REPORT, office.house.units["450100"], {})
    document = office.draw_up()
    assert document.title == "南宁市人民检察院关于推进党建和业务深度融合情况的报告"
    assert document.periods["gang"] == "2018-01..2020-12"
    event = Event.objects.latest("pk")
    assert (event.verb, event.object) == ("create", f"document:{document.pk}")


def test_the_same_key_draws_up_one_document(office: Office) -> None:
    actor, unit = office.house.actor("qian"), office.house.units["450100"]
    first = create(actor, REPORT, unit, {}, key="once")
    assert create(actor, REPORT, unit, {}, key="once") == first
    assert Document.objects.count() == 1


def test_a_live_document_follows_the_records(office: Office) -> None:
    document = office.draw_up()
    office.prosecute(date(2020, 2, 2))
    figure = prosecuted(compose_document(document, office.house.actor("qian")))
    assert (figure.text, figure.status.label) == ("3", "有变化 3→4")
    assert "快照之后" in figure.note
    office.count()
    figure = prosecuted(compose_document(document, office.house.actor("qian")))
    assert (figure.text, figure.status.label) == ("4", "一致")
    assert figure.parameters["doc"] == str(document.pk)


def test_records_added_after_freezing_are_named(office: Office) -> None:
    document = freeze(office.house.actor("qian"), office.draw_up())
    assert document.frozen_at is not None
    added = office.prosecute(date(2020, 2, 2), date(2020, 3, 3))
    office.prosecute(date(2022, 2, 2))
    office.count()
    frozen = queries.frozen_figure(office.house.actor("lisi"), document.pk, "F03")
    found = difference(frozen)
    assert (found.before, found.count, found.value) == (3, 5, Decimal(5))
    assert (list(found.added), found.removed) == (added, ())
    assert found.words == "冻结后新增 2 条"
    figure = prosecuted(compose_document(document, office.house.actor("qian")))
    assert (figure.text, figure.records, figure.frozen) == ("3", 3, True)
    assert figure.status.label == "有变化 3→5"
    assert figure.note == "冻结后新增 2 条"
    assert figure.tooltip == "口径 v1 · 截至 2020-12-31 已冻结"
    assert figure.parameters == {
        "unit": "450100",
        "period": "2018-01..2020-12",
        "doc": str(document.pk),
        "slot": "F03",
    }


def test_a_voided_record_and_a_new_one_are_a_difference_although_the_count_is_the_same(
    office: Office,
) -> None:
    document = freeze(office.house.actor("qian"), office.draw_up())
    frozen = document.figures.get(slot="F03")
    gone = unpacked(frozen.ids)[0]
    model = kind_of("handled-person").model
    move(office.house.actor("qian"), model._default_manager.get(pk=gone), "void", detail="误录")
    (new,) = office.prosecute(date(2020, 2, 2))
    found = difference(frozen)
    assert (found.added, found.removed, found.value) == ((new,), (gone,), Decimal(3))
    assert found.words == "冻结后新增 1 条、减少 1 条"
    assert found.status.label == "有变化"


def test_a_retired_indicator_keeps_its_frozen_value(office: Office) -> None:
    document = freeze(office.house.actor("qian"), office.draw_up())
    FrozenFigure.objects.filter(slot="F03").update(indicator="retired")
    figure = at_slot("F03", compose_document(document, office.house.actor("qian")))
    assert (figure.text, figure.status.code) == ("3", "same")
    assert figure.note == "指标已停用，数字为冻结时的值"


def test_a_frozen_number_is_plain_text_for_who_may_not_open_it(office: Office) -> None:
    document = freeze(office.house.actor("qian"), office.draw_up())
    composition = compose_document(document, office.house.actor("lisi"))
    kinds = {type(run) for block in composition.blocks for run in block.runs}
    assert kinds == {Text, Withheld}
    assert "提起公诉3人" in composition.text


def test_a_frozen_document_keeps_its_words(office: Office) -> None:
    document = freeze(office.house.actor("qian"), office.draw_up())
    live = compose(REPORT, office.house.units["450100"], {}, None)
    assert compose_document(document, None).text == live.text
    document.body[0][1][0][1] = "当时的话。"
    document.save()
    assert "当时的话。" in compose_document(document, None).text


def test_freezing_is_logged_and_happens_once(office: Office) -> None:
    document = freeze(office.house.actor("qian"), office.draw_up())
    event = Event.objects.latest("pk")
    assert (event.verb, event.object) == ("freeze", f"document:{document.pk}")
    assert "2 个数字" in event.detail
    assert not audit.verify().breaks
    with pytest.raises(CannotFreeze, match="已经冻结"):
        freeze(office.house.actor("qian"), document)


def test_what_moved_since_the_snapshot_cannot_be_frozen(office: Office) -> None:
    document = office.draw_up()
    office.prosecute(date(2020, 2, 2))
    with pytest.raises(CannotFreeze, match="快照之后有变动"):
        freeze(office.house.actor("qian"), document)
    assert not FrozenFigure.objects.exists()


@pytest.mark.parametrize("name", ["lisi", "liu"])
def test_only_who_may_edit_the_document_freezes_it(office: Office, name: str) -> None:
    document = office.draw_up()
    with pytest.raises(Denied):
        freeze(office.house.actor(name), document)


def test_nobody_freezes_numbers_that_are_not_theirs_to_see(office: Office) -> None:
    unit = office.house.units["450100"]
    appoint(office.house.people["lisi"], unit, "organ_committee", date(2020, 1, 1))
    lisi = office.house.actor("lisi")
    document = create(lisi, REPORT, unit, {})
    with pytest.raises(Denied, match="不能冻结：没有权限：办案数据"):
        freeze(lisi, document)


def test_lists_hold_the_newest_first_and_end_at_the_unit(office: Office) -> None:
    first, second = office.draw_up(), office.draw_up()
    actor = office.house.actor("lisi")
    assert list(queries.documents(actor)) == [second, first]
    assert list(queries.documents(actor, office.house.units["450200"])) == []
    assert queries.document(actor, first.pk) == first
