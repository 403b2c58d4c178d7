"""Two people press the same button at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rongjian.log.audit import verify
from rongjian.records import importing
from rongjian.records.importing import Outcome
from rongjian.records.kinds import kind_of
from rongjian.records.models import Batch, Record
from tests.racing import at_once

if TYPE_CHECKING:
    from tests.house import House

ROWS = 300


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
