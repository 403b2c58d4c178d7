"""The log: append-only in the database, and any change by SQL is found and named."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from rongjian.log import guards
from rongjian.log.audit import Break, verify
from rongjian.log.models import Event, StreamHead
from rongjian.records.bulk import create_many
from rongjian.records.kinds import kind_of
from tests.house import House


@pytest.fixture
def log(house: House) -> House:
    """Six lines in the stream of 南宁市院 and two in that of 柳州市院."""
    for who, unit, count in (("qian", "450100-01", 6), ("liu", "450200-01", 2)):
        for number in range(count):
            row = {
                "unit_id": house.units[unit].pk,
                "key": f"{unit}-{number}",
                "decision": "arrested",
                "happened_on": date(2026, 3, 5),
                "charge": "盗窃",
            }
            create_many(house.actor(who), kind_of("handled-person"), [row])
    return house


def run(sql: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)


def unguarded(sql: str, *values: int) -> None:
    """Do what an attacker with the database can do: drop the guards, then change a row."""
    guards.remove(connection)
    run(sql, *values)


def delete_event(seq: int) -> None:
    target = Event.objects.get(stream="450100", seq=seq)
    unguarded("DELETE FROM log_image WHERE event_id = %s", target.pk)
    run("DELETE FROM log_event WHERE id = %s", target.pk)


def test_an_untouched_log_holds(log: House) -> None:
    verdict = verify()
    assert (verdict.events, verdict.streams, verdict.breaks) == (8, 2, ())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log_event SET detail = 'x' WHERE seq = 2",
        "DELETE FROM log_event WHERE seq = 6",
        "UPDATE log_image SET salt = 'x'",
        "DELETE FROM log_image",
    ],
)
def test_the_database_refuses_changes(log: House, sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(sql)
    assert not verify().breaks


def test_an_upsert_does_not_slip_past_the_guards(log: House) -> None:
    upsert = (
        "INSERT INTO log_event SELECT * FROM log_event WHERE seq = 2"
        " ON CONFLICT (id) DO UPDATE SET detail = 'x'"
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(upsert)


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        ("UPDATE log_event SET actor = 'u:N999' WHERE stream = '450100' AND seq = 3", 3),
        ("UPDATE log_event SET detail = '' WHERE stream = '450100' AND seq = 1", 1),
        ("UPDATE log_event SET at = '2026-01-01' WHERE stream = '450100' AND seq = 6", 6),
        (
            "UPDATE log_event SET hash = replace(hash, substr(hash, 1, 1), 'z') WHERE stream = '450100' AND seq = 4",
            4,
        ),
        ("UPDATE log_event SET stream = '450200' WHERE stream = '450100' AND seq = 6", 5),
    ],
)
def test_a_changed_line_is_named(log: House, sql: str, seq: int) -> None:
    unguarded(sql)
    breaks = [found for found in verify().breaks if found.stream == "450100"]
    assert [found.seq for found in breaks] == [seq]
    assert f"链 450100 第 {seq} 条" in str(breaks[0])


def test_a_changed_image_is_named(log: House) -> None:
    target = Event.objects.get(stream="450100", seq=5)
    unguarded("UPDATE log_image SET salt = 'tampered' WHERE event_id = %s", target.pk)
    assert [(found.stream, found.seq) for found in verify().breaks] == [("450100", 5)]


def test_a_cut_tail_is_found_by_the_head(log: House) -> None:
    delete_event(6)
    assert [(found.stream, found.seq) for found in verify().breaks] == [("450100", 5)]


def test_a_line_missing_in_the_middle_is_named(log: House) -> None:
    delete_event(3)
    assert [(found.stream, found.seq) for found in verify().breaks] == [("450100", 4)]


def test_a_removed_head_is_found(log: House) -> None:
    StreamHead.objects.filter(stream="450200").delete()
    assert verify().breaks == (Break("450200", 2, "末尾被截断或改写：没有链尾，实有 2 条"),)
