"""Several people at the same moment: two who reorganise, and one who reorganises while another saves."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.audit import verify
from rongjian.org.models import Placement, Unit, UnitType
from rongjian.org.plans import Body, CannotReorganise, Found, Move
from rongjian.records.actions import save
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from rongjian.records.reorganisation import adjust
from tests.house import NOW
from tests.org.shapers import shaper

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.house import House


pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TODAY, PAST = NOW.date(), date(2024, 3, 1)
PATIENCE = 0.5
"""Seconds after which somebody who waits for a lock is taken to be waiting for it."""
NEW = "450000/450200/450103/450103-01/"


def together(*doings: Callable[[], Any]) -> list[BaseException]:
    """Run all at once; what went wrong."""
    wrong: list[BaseException] = []

    def run(doing: Callable[[], Any]) -> None:
        try:
            doing()
        except Exception as error:  # handed to the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(doing,)) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_two_moves_that_would_make_a_circle_are_not_both_carried_out(emptied: House) -> None:
    actor, top = shaper(emptied, "sysadmin"), emptied.units["450000"]
    one, two = (
        adjust(
            actor,
            Found(PAST, top, Body(UnitType.REGION, f"{n}区人民检察院", f"{n}区院", f"4{n}0000")),
        )[0]
        for n in (6, 7)
    )
    start = threading.Barrier(2)

    def move(unit: Unit, above: Unit) -> None:
        start.wait()
        adjust(actor, Move(TODAY, unit, above))

    wrong = together(lambda: move(one, two), lambda: move(two, one))
    assert [type(error) for error in wrong] == [CannotReorganise]
    assert "位于自己之下" in str(wrong[0])
    for placed in Placement.objects.filter(valid_to=None).select_related("unit"):
        assert placed.path == placed.unit.path
        assert len(set(placed.path.split("/"))) == len(placed.path.split("/"))
    assert not verify().breaks


def row(house: House, number: int) -> dict[str, Any]:
    return {
        "unit_id": house.units["450103-01"].pk,
        "happened_on": date(2024, 5, 1),
        "decision": "prosecuted",
        "charge": "盗窃",
        "key": f"R-{number}",
    }


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("first", ["saving", "moving"])
def test_a_record_saved_meanwhile_stands_where_its_unit_stands(
    first: str, many: bool, emptied: House
) -> None:
    clerk, actor = emptied.actor("zhouba"), shaper(emptied, "sysadmin")
    plan = Move(PAST, emptied.units["450103"], emptied.units["450200"])
    begun, other = threading.Event(), threading.Event()

    def saving() -> None:
        if many:
            create_many(clerk, kind_of("handled-person"), [row(emptied, n) for n in range(3)])
        else:
            save(clerk, HandledPerson(**row(emptied, 0)))

    def moving() -> None:
        adjust(actor, plan)

    def ahead(doing: Callable[[], None]) -> None:
        with transaction.atomic():
            doing()
            begun.set()
            other.wait(PATIENCE)

    def behind(doing: Callable[[], None]) -> None:
        begun.wait()
        doing()
        other.set()

    pair = (saving, moving) if first == "saving" else (moving, saving)
    assert together(lambda: ahead(pair[0]), lambda: behind(pair[1])) == []
    records = Record.objects.all()
    assert records.count() == (3 if many else 1)
    assert set(records.values_list("path", flat=True)) == {NEW}
    assert not verify().breaks
