"""A large file with known faults: each is found at its cell, in its words, and nothing else is."""

from __future__ import annotations

import pytest

from rongjian.ledgers.enterprise_contact import EnterpriseContact
from rongjian.records import importing
from rongjian.records.import_reading import GROUPS
from rongjian.records.kinds import kind_of
from rongjian.records.models import Batch, BatchState, RowOutcome
from tests.house import House
from tests.records.seeded_errors import FAULTS, Corpus, corpus, desk, reported

ROWS, EACH = 400, 3


@pytest.fixture
def given() -> Corpus:
    return corpus(ROWS, EACH)


@pytest.fixture
def batch(house: House, given: Corpus) -> Batch:
    contacts = kind_of("enterprise-contact")
    made = importing.upload(desk(house), contacts, house.units["450100"], "企业.xlsx", given.data)
    assert made.state == BatchState.CHECKED
    return made


def test_there_are_thirty_kinds_and_more_in_every_group_that_a_cell_can_be_in() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 30
    # No ledger of contacts has amounts or truth values; other tests ask those readers.
    assert {fault.group for fault in FAULTS} == GROUPS.keys() - {"hint", "number", "boolean"}


def test_every_fault_is_at_its_cell_and_there_are_no_others(batch: Batch, given: Corpus) -> None:
    found = reported(batch)
    assert found.keys() == given.faults.keys()
    for place, fault in given.faults.items():
        trouble = found[place]
        assert (trouble.group, fault.says in trouble.words) == (fault.group, True), (
            place,
            fault.name,
            trouble.words,
        )


def test_good_and_rejected_rows_are_all_rows(house: House, batch: Batch, given: Corpus) -> None:
    faulty = {row for row, _ in given.faults}
    counts = importing.counts(batch)
    assert counts.total == ROWS
    assert (counts.ready, counts.bad) == (ROWS - len(faulty), len(faulty))
    known = EnterpriseContact.objects.count()
    done = importing.commit(house.actor("qian"), batch)
    assert done == importing.Outcome(ROWS - len(faulty), 0, 0, len(faulty))
    assert EnterpriseContact.objects.count() == known + done.created
    left = batch.rows.filter(outcome=RowOutcome.BAD).values_list("number", flat=True)
    assert set(left) == faulty


def test_what_only_looks_odd_is_stored_as_it_was_meant(house: House, batch: Batch) -> None:
    importing.commit(house.actor("qian"), batch)
    stored = set(EnterpriseContact.objects.values_list("demand", flat=True))
    assert {"=1+1", "第一行\n第二行", "007", "开展保密教育，严守商业秘密"} <= stored


def test_no_refused_text_was_kept_anywhere(batch: Batch) -> None:
    kept = repr(list(batch.rows.values()))
    for fault in FAULTS:
        if fault.group == "screen":
            assert fault.text not in kept
