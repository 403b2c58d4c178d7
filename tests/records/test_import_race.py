"""Two people press the same button at the same moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from rongjian.log import guards
from rongjian.log.audit import verify
from rongjian.records import importing
from rongjian.records.importing import Outcome
from rongjian.records.kinds import kind_of
from rongjian.records.models import Batch, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.house import House

ROWS = 300


@pytest.fixture(scope="module")
def guards_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The log's guards, put back once the test database was emptied."""
    yield
    with django_db_blocker.unblock():
        guards.install(connection)


@pytest.fixture
def emptied(guards_again: None, house: House) -> Iterator[House]:
    """The house in real transactions; the guards would keep the database from being emptied."""
    yield house
    guards.remove(connection)


def at_once(press: Callable[[], Any]) -> list[Any]:
    """What two callers get who start together."""
    start, answers = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            answers.append(press())
        finally:
            connection.close()

    pressing = [threading.Thread(target=run) for _ in range(2)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    return answers


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_each_row_is_written_and_taken_back_once(emptied: House) -> None:
    qian = emptied.actor("qian")
    lines = [f"ZC-{number},冻结,2020-05-06,{number}" for number in range(ROWS)]
    data = "\n".join(["编号,措施,日期,金额（元）", *lines]).encode()
    unit = emptied.units["450100"]
    batch = importing.upload(qian, kind_of("seized-asset"), unit, "a.csv", data)

    pressed = at_once(lambda: importing.commit(qian, Batch.objects.get(pk=batch.pk)))
    assert pressed == [Outcome(ROWS, 0, 0, 0)] * 2
    assert Record.objects.count() == ROWS

    undone = at_once(lambda: importing.undo(qian, Batch.objects.get(pk=batch.pk)))
    assert sorted(each.voided for each in undone) == [0, ROWS]
    assert not verify().breaks
