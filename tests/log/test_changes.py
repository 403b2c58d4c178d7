"""Reading the log from a known point."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections

from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log import guards
from rongjian.log.changes import ImageErased, continues, heads, one_moment, since
from rongjian.log.models import Event, Image, StreamHead
from rongjian.records.actions import opened, save
from tests.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from rongjian.log.changes import Heads


def write(house: House, who: str, unit: str) -> HandledPerson:
    row = HandledPerson(
        unit=house.units[unit], decision="arrested", happened_on=date(2026, 3, 5), charge="盗窃"
    )
    return save(house.actor(who), row)


def ids(known: Heads, until: Heads) -> list[int]:
    return [row[0] for changed in since(known, until) for row in changed.change.rows]


def test_what_changed_between_two_points_is_read_once(house: House) -> None:
    start = heads()
    first = write(house, "qian", "450100-01")
    one = heads()
    second = write(house, "liu", "450200-01")
    opened(house.actor("qian"), "list", house.units["450100"], "没有改动任何记录")
    third = write(house, "qian", "450100-01")
    two = heads()
    assert ids(start, one) == [first.pk]
    assert sorted(ids(one, two)) == [second.pk, third.pk]
    assert sorted(ids(start, two)) == [first.pk, second.pk, third.pk]
    assert ids(two, heads()) == []
    [changed] = since(start, one)
    assert (changed.change.kind, changed.event) == ("handled-person", Event.objects.first().pk)  # type: ignore[union-attr]


def test_a_line_that_comes_late_in_another_stream_is_not_missed(house: House) -> None:
    """A larger event number may be seen before a smaller one; a point knows each stream."""
    write(house, "qian", "450100-01")
    write(house, "liu", "450200-01")
    seen_before_the_other = {stream: at for stream, at in heads().items() if stream == "450200"}
    assert len(ids(seen_before_the_other, heads())) == 1


def test_many_streams_are_read_too(house: House) -> None:
    record = write(house, "qian", "450100-01")
    many = [StreamHead(stream=f"s{n}", seq=1, hash="0" * 64) for n in range(1500)]
    StreamHead.objects.bulk_create(many)
    assert ids({}, heads()) == [record.pk]


def test_a_log_that_lost_a_known_line_does_not_continue_it(house: House) -> None:
    write(house, "qian", "450100-01")
    known = heads()
    assert continues({}, known)
    assert continues(known, known)
    write(house, "qian", "450100-01")
    assert continues(known, heads())
    # Another line stands where the known one stood: a backup was restored and work went on.
    assert not continues({"450100": (1, "0" * 64)}, heads())
    assert not continues({**known, "450900": (1, "0" * 64)}, heads())


def test_an_erased_image_is_reported(house: House) -> None:
    start = heads()
    write(house, "qian", "450100-01")
    guards.remove(connection)
    Image.objects.all().delete()
    with pytest.raises(ImageErased):
        list(since(start, heads()))


@pytest.fixture
def outside(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a transaction around the test, which must clean up itself."""
    with django_db_blocker.unblock():
        yield


@pytest.mark.usefixtures("outside")
def test_reading_one_moment_leaves_no_transaction_behind() -> None:
    with one_moment():
        before = heads()
        if connection.vendor == "sqlite":
            assert connection.connection.in_transaction
    assert not connection.in_atomic_block
    if connection.vendor == "sqlite":
        assert not connection.connection.in_transaction
    assert heads() == before


@pytest.mark.postgres
@pytest.mark.usefixtures("outside")
def test_what_others_write_meanwhile_is_of_another_moment() -> None:
    other = connections.create_connection("default")
    with contextlib.closing(other), other.cursor() as cursor:
        with one_moment():
            before = heads()
            cursor.execute("INSERT INTO log_streamhead VALUES ('s', 1, 'x')")
            assert heads() == before
        assert heads() == {**before, "s": (1, "x")}
        cursor.execute("DELETE FROM log_streamhead WHERE stream = 's'")
