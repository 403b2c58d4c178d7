"""Every kind of document, at every kind of unit: each number in it resolves to equal records."""

from __future__ import annotations

import io
from datetime import date

import docx
import pytest

from rongjian.documents.actions import create, freeze
from rongjian.documents.composition import Composition, LiveFigure, Quotation
from rongjian.documents.docx import trace, write
from rongjian.documents.frozen import difference
from rongjian.documents.render import compose, compose_document
from rongjian.documents.templates import FigureToken, document_kind, document_kinds
from rongjian.indicators import catalogue
from rongjian.indicators.trace import records, recount
from rongjian.kernel.number_text import NOTHING, number_text
from rongjian.kernel.periods import Month, Period
from rongjian.org.models import Unit, UnitType
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from tests.documents.paper import CHECKS, DAY, Paper
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

KINDS = sorted(document_kinds())
# The quantities of the published text, in the order in which our report prints them.
PUBLISHED = [
    *("206", "369", "1591", "35亿余元", "428", "314", "236", "11", "10"),
    *("2.17亿元", "1278", "第1名", "26", "2586", "20", "7项", "19项", "22"),
]


def region() -> Unit:
    return Unit.objects.get(type=UnitType.REGION)


def units() -> list[Unit]:
    """One unit of every type that the world has."""
    found = {unit.type: unit for unit in Unit.objects.select_related("court").order_by("-path")}
    return list(found.values())


def numbers(composition: Composition) -> list[tuple[str, str]]:
    """Trace id and text of every number, in the order of the text."""
    runs = [run for block in composition.blocks for run in block.runs]
    return [(run.trace_id, run.text) for run in runs if isinstance(run, LiveFigure | Quotation)]


def resolved(trace_id: str) -> tuple[str, Unit, Period]:
    """The indicator, unit and period that a trace id names."""
    _, code, unit, months = trace_id.split(":")
    first, last = (Month.at(int(each[:4]), int(each[4:])) for each in months.split("-"))
    return code, Unit.objects.get(code=unit), Period(first, last)


@pytest.mark.parametrize("code", KINDS)
def test_every_figure_equals_its_recount_at_every_kind_of_unit(code: str) -> None:
    for unit in units():
        composition = compose(code, unit, {}, None)
        assert not composition.changes
        assert not {"⟦", "⟧"} & set(composition.text + composition.title)
        for figure in composition.figures:
            place = (figure.indicator, unit, figure.period)
            assert figure.value == recount(*place), figure.trace_id
            assert figure.records == records(*place).count(), figure.trace_id
            assert figure.text != NOTHING, figure.trace_id


@pytest.mark.parametrize("code", KINDS)
def test_every_slot_of_the_region_is_filled(code: str) -> None:
    composition = compose(code, region(), {}, None)
    tokens = [token for _, token in document_kind(code).tokens() if isinstance(token, FigureToken)]
    assert [each.slot for each in composition.figures] == [
        f"F{number:02d}" for number in range(1, len(tokens) + 1)
    ]


@pytest.mark.parametrize("code", KINDS)
def test_every_period_of_a_kind_is_used(code: str) -> None:
    kind = document_kind(code)
    assert {token.period for _, token in kind.tokens()} == set(kind.periods)


@pytest.mark.parametrize("annex", [False, True])
@pytest.mark.parametrize("code", KINDS)
def test_every_docx_has_the_official_form(code: str, annex: bool) -> None:
    for unit in (region(), *units()):
        content = write(compose(code, unit, {}, None), day=DAY, annex=annex)
        for check in CHECKS:
            check(Paper(content, annex=annex))


@pytest.mark.parametrize("code", KINDS)
def test_every_number_of_the_docx_resolves_to_equal_records(code: str) -> None:
    composition = compose(code, region(), {}, None)
    content = write(composition, day=DAY)
    found = trace(content)
    assert found == numbers(composition)
    text = "".join(each.text for each in docx.Document(io.BytesIO(content)).paragraphs)
    for trace_id, printed in found:
        assert printed in text
        if trace_id.startswith("F"):
            place = resolved(trace_id)
            definition = catalogue.in_force(place[0], place[2].end)
            assert number_text(recount(*place), definition.display) == printed
    assert write(composition, day=DAY) == content


def test_the_report_prints_the_published_quantities() -> None:
    composition = compose("fusion-report", region(), {}, None)
    assert [text for _, text in numbers(composition)] == PUBLISHED
    assert (len(composition.figures), len(composition.quotations)) == (15, 3)


def test_rows_added_after_freezing_are_named_one_by_one(world: World) -> None:
    manager = world.actor("zhengshi")
    document = freeze(manager, create(manager, "fusion-report", region(), {}))
    row = {
        "unit_id": region().pk,
        "decision": "prosecuted",
        "happened_on": date(2020, 12, 31),
        "charge": "寻衅滋事",
        "campaign": "gang",
    }
    rows = [row | {"key": f"ADDED-{number}"} for number in range(2)]
    added = create_many(manager, kind_of("handled-person"), rows)
    found = difference(document.figures.get(indicator="prosecuted-gang"))
    assert (list(found.added), found.removed, found.count) == (added, (), 1593)
    figures = {each.indicator: each for each in compose_document(document, manager).figures}
    assert figures["prosecuted-gang"].status.label == "有变化 1591→1593"
    assert figures["prosecuted-gang"].note == "冻结后新增 2 条"
    changed = [each.indicator for each in figures.values() if each.status.code == "changed"]
    assert changed == ["prosecuted-gang"]


def test_who_may_not_see_figures_reads_plain_text(world: World) -> None:
    manager = world.actor("zhengshi")
    document = freeze(manager, create(manager, "fusion-report", region(), {}))
    lisi = world.actor("lisi")
    composition = compose_document(document, lisi)
    assert composition.text == compose_document(document, manager).text
    assert {each.indicator for each in composition.figures} == {"temporary-branches"}
    assert "提起公诉1591人" in composition.text
    traced = [trace_id.split(":")[1] for trace_id, _ in trace(write(composition, day=DAY))]
    assert "prosecuted-gang" not in traced
