"""交办: the department that a deployment was given to reads it and has it before its eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rongjian.org.access import Denied, visible
from rongjian.org.actions import affiliate, appoint
from rongjian.org.models import Person
from rongjian.supervision.answering import assign, report
from rongjian.supervision.deployment import Deployment
from rongjian.supervision.feedback import TaskFeedback
from rongjian.supervision.waiting import given_items, open_items, sees
from tests.house import FOUNDED
from tests.supervision.sent_house import LIMIT, START

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from tests.supervision.sent_house import SentHouse

BELOW, DEPARTMENT = "450103", "450103-01"


@pytest.fixture
def head(staffed: SentHouse) -> Actor:
    """The head of a department of the county house."""
    person = Person.objects.create(
        staff_no="S900",
        name="督承某",
        court=staffed.unit(BELOW),
        department=staffed.unit(DEPARTMENT),
    )
    affiliate([person], FOUNDED)
    appoint(person, staffed.unit(DEPARTMENT), "department_head", FOUNDED)
    staffed.people["given"] = person
    return staffed.actor("given", START)


def test_who_works_on_it_reads_it_and_its_contact_reports(staffed: SentHouse, head: Actor) -> None:
    deployment = staffed.sent(units=(BELOW,))
    receipt = staffed.receipt(deployment, BELOW)
    rows = Deployment._default_manager.all()
    assert (sees(head), given_items(head)) == (False, [])
    assert not visible(head, rows, "view").exists()
    assign(staffed.actor("liaison", START), receipt, staffed.unit(DEPARTMENT))
    again = staffed.actor("given", START)
    assert visible(again, rows, "view").get() == deployment
    [item] = given_items(again)
    assert (item.receipt, item.limit, sees(again)) == (receipt, LIMIT, True)
    assert open_items(again) == []
    with pytest.raises(Denied):
        report(again, receipt, TaskFeedback(text="办。"))
    # Neither the contact's own list nor that of another department has it as given.
    for name in ("liaison", "head", "second_head"):
        assert given_items(staffed.actor(name, START)) == []
    report(staffed.actor("liaison", START), receipt, TaskFeedback(text="办。"))
    assert given_items(staffed.actor("given", START)) == []
