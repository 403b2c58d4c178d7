"""Writing many rows: the same rules as for one, all or nothing, one event."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rongjian.ledgers.handled_person import Decision, HandledPerson
from rongjian.ledgers.seized_asset import SeizedAsset
from rongjian.log.audit import Change, verify
from rongjian.log.images import image_of
from rongjian.log.models import Event, Image
from rongjian.org.access import Denied
from rongjian.records.actions import save
from rongjian.records.bulk import BulkProblems, create_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Due, Record
from tests.house import House

HANDLED = kind_of("handled-person")


def row(house: House, number: int, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {
        "unit_id": house.units["450100-01"].pk,
        "key": f"BG-{number}",
        "decision": "prosecuted",
        "happened_on": date(2026, 3, 5),
        "charge": "盗窃",
    }
    return {**values, **changes}


def test_rows_become_records_that_equal_single_saves(house: House) -> None:
    qian = house.actor("qian")
    ids = create_many(qian, HANDLED, [row(house, 1), row(house, 2)])
    single = save(
        qian,
        HandledPerson(
            unit=house.units["450100-01"],
            key="BG-3",
            decision="prosecuted",
            happened_on=date(2026, 3, 5),
            charge="盗窃",
        ),
    )
    written = HandledPerson.objects.get(pk=ids[0])
    differing = {"id", "key"}
    bulk_image, single_image = image_of(written), image_of(HandledPerson.objects.get(pk=single.pk))
    assert {k: v for k, v in bulk_image.items() if k not in differing} == {
        k: v for k, v in single_image.items() if k not in differing
    }
    assert single.pk > max(ids)


def test_one_event_lists_every_row_with_the_image_that_is_stored(house: House) -> None:
    ids = create_many(house.actor("qian"), HANDLED, [row(house, n) for n in range(5)])
    assert Event.objects.count() == 1
    images = list(Change.read(bytes(Image.objects.get().body)).images())
    assert [pk for pk, _, _ in images] == ids
    for pk, before, after in images:
        assert before is None
        assert after == image_of(HandledPerson.objects.get(pk=pk))
    assert not verify().breaks


def test_amounts_keep_their_fen(house: House) -> None:
    rows = [
        {
            "unit_id": house.units["450100"].pk,
            "key": f"ZC-{number}",
            "measure": "frozen",
            "happened_on": date(2020, 1, 1),
            "amount": amount,
        }
        for number, amount in enumerate(["0.01", "123456789012.34"])
    ]
    create_many(house.actor("qian"), kind_of("seized-asset"), rows)
    stored = SeizedAsset.objects.order_by("pk").values_list("amount", flat=True)
    assert [str(amount) for amount in stored] == ["0.01", "123456789012.34"]


def test_every_fault_is_named_by_row_and_field_and_nothing_is_written(house: House) -> None:
    rows = [
        row(house, 1),
        row(house, 1),
        row(house, 2, decision="pardoned"),
        row(house, 3, unit_id=999),
        row(house, 4, happened_on=None),
        row(house, 5, note="机密★10年"),
        row(house, 6, charge=""),
    ]
    with pytest.raises(BulkProblems) as caught:
        create_many(house.actor("qian"), HANDLED, rows)
    assert [(problem.row, problem.field) for problem in caught.value.problems] == [
        (1, "key"),
        (2, "decision"),
        (3, "unit"),
        (4, "happened_on"),
        (5, "note"),
        (6, "charge"),
    ]
    assert not Record.objects.exists()
    assert not Event.objects.exists()


def test_a_key_already_in_the_database_is_a_fault(house: House) -> None:
    qian = house.actor("qian")
    create_many(qian, HANDLED, [row(house, 1)])
    with pytest.raises(BulkProblems, match="已有记录"):
        create_many(qian, HANDLED, [row(house, 1)])


def test_a_repeated_batch_is_written_once(house: House) -> None:
    qian = house.actor("qian")
    ids = create_many(qian, HANDLED, [row(house, 1)], key="load-1")
    assert create_many(qian, HANDLED, [row(house, 1)], key="load-1") == ids
    assert Record.objects.count() == 1


def test_one_forbidden_unit_refuses_the_batch(house: House) -> None:
    rows = [row(house, 1), row(house, 2, unit_id=house.units["450200-01"].pk)]
    with pytest.raises(Denied):
        create_many(house.actor("qian"), HANDLED, rows)
    assert not Record.objects.exists()


def test_batches_answer_dues_like_single_saves(house: House) -> None:
    due = Due.objects.create(
        origin="deploy:1",
        unit=house.units["450100-01"],
        kind="handled-person",
        opens_on=date(2026, 3, 1),
        due_on=date(2026, 3, 31),
    )
    rows = [row(house, 1), row(house, 2, happened_on=date(2026, 4, 1))]
    ids = create_many(house.actor("qian"), HANDLED, rows)
    assert [answer.pk for answer in due.answers.all()] == ids[:1]


def test_an_unknown_field_is_a_programming_fault(house: House) -> None:
    with pytest.raises(KeyError, match="colour"):
        create_many(house.actor("qian"), HANDLED, [row(house, 1, colour="red")])


decisions = st.sampled_from([*Decision.values, "pardoned", "", None])
days = st.one_of(st.none(), st.dates(date(2016, 1, 1), date(2026, 6, 1)))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(decisions, days, st.sampled_from(["盗窃", "", "诈骗"])), max_size=6))
def test_a_batch_is_written_exactly_when_every_row_is_good(
    house: House, rows: list[tuple[object, object, str]]
) -> None:
    before = Record.objects.count()
    built = [
        row(house, 0, key="", decision=decision, happened_on=day, charge=charge)
        for decision, day, charge in rows
    ]
    good = all(d in Decision.values and day and charge for d, day, charge in rows)
    if good:
        create_many(house.actor("qian"), HANDLED, built)
        assert Record.objects.count() == before + len(rows)
    else:
        with pytest.raises(BulkProblems):
            create_many(house.actor("qian"), HANDLED, built)
        assert Record.objects.count() == before
