"""Units that end with something open: who answers it, who still judges, and what is counted of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from rongjian.kernel.lights import Lamp
from rongjian.org.plans import Merge
from rongjian.records.actions import WrongState, move
from rongjian.records.reorganisation import adjust
from rongjian.supervision.answering import report
from rongjian.supervision.conduction import conduction
from rongjian.supervision.courses import standing, tally
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.waiting import open_items
from tests.supervision.sent_house import LIMIT, START

if TYPE_CHECKING:
    from tests.supervision.sent_house import SentHouse

OLD, HEIR = "450100-01", "450100-02"


def merge(staffed: SentHouse, day: date, entered: date | None = None) -> None:
    plan = Merge(day, (staffed.unit(OLD),), staffed.unit(HEIR))
    adjust(staffed.actor("sysadmin", entered or day), plan)


@pytest.mark.parametrize("day", [date(2026, 6, 17), date(2026, 6, 29)], ids=["open", "overdue"])
def test_what_nobody_reported_goes_to_the_heir(staffed: SentHouse, day: date) -> None:
    deployment = staffed.sent(units=(OLD,))
    merge(staffed, day)
    [receipt] = standing(deployment, day).receipts
    assert receipt.unit.code == HEIR
    [item] = open_items(staffed.actor("second_head", day))
    assert (item.receipt, item.limit) == (receipt, LIMIT)
    with pytest.raises(WrongState, match="还有 1 项"):
        move(staffed.actor("inspector", day), deployment, "close")


def test_a_unit_that_will_end_leaves_nothing_to_close_over(staffed: SentHouse) -> None:
    deployment = staffed.sent(units=(OLD,))
    merge(staffed, date(2026, 6, 29), entered=START)
    assert deployment.open_dues(START).count() == 1
    with pytest.raises(WrongState, match="还有 1 项"):
        move(staffed.actor("inspector", START), deployment, "close")


def test_who_is_no_more_is_not_counted_as_in_time(staffed: SentHouse) -> None:
    deployment = staffed.sent(units=(OLD, HEIR))
    day = date(2026, 6, 29)
    merge(staffed, day)
    count = tally(standing(deployment, day))
    assert (count.units, count.in_time, count.overdue, count.unsigned) == (1, 0, 1, 1)
    assert [link.receipt.unit.code for link in conduction(deployment, day).links] == [HEIR]


def test_what_was_sent_back_to_a_unit_that_ends_is_asked_of_nobody(staffed: SentHouse) -> None:
    deployment = staffed.sent(units=(OLD, HEIR))
    inspector = staffed.actor("inspector", START)
    for head, code in (("head", OLD), ("second_head", HEIR)):
        made = report(
            staffed.actor(head, START), staffed.receipt(deployment, code), TaskFeedback(text="办。")
        )
        move(inspector, made, "return" if code == OLD else "accept", detail="请补充")
    day = date(2026, 6, 29)
    merge(staffed, day)
    light = standing(deployment, day).light
    assert light is not None
    assert light.lamp is Lamp.DONE
    move(staffed.actor("inspector", day), deployment, "close")
