"""Bulk write through the full template into SQLite, beside single Django saves and bare SQL."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command
from django.db import connection, transaction

from bench.stage import Line, directory, seconds, show, start_django

ROWS = 20_000
SINGLE = 1_000
FOUNDED = date(2015, 1, 1)


def main() -> None:
    """Measure and print."""
    with directory() as folder:
        start_django(folder)
        django.setup()
        call_command("migrate", verbosity=0)
        show(measure())


def measure() -> list[Line]:
    """Rows a second of the template, of Model.save() per row, and of bare executemany."""
    from rongjian.org.access import actor_of  # noqa: PLC0415  # models exist after setup only
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    person, units = house()
    actor = actor_of(person, datetime(2026, 6, 25, 15, tzinfo=ZoneInfo("Asia/Shanghai")))
    kind = kind_of("handled-person")
    rows = _rows(units, person.pk, ROWS, "A")
    ours = ROWS / seconds(lambda: create_many(actor, kind, rows))
    single = _rows(units, person.pk, SINGLE, "B")
    plain = SINGLE / seconds(lambda: _save_each(kind.model, single, units[0]))
    bare = ROWS / seconds(lambda: _bare(kind.model))
    return [
        Line("批量写入（全套模板）", ours, plain, "行/秒", "Django 逐行 save", "≥ 10,000", True),
        Line("批量写入（全套模板）", ours, bare, "行/秒", "裸 SQL executemany 两表", "", True),
    ]


def house() -> tuple[Any, list[Any]]:
    """A case manager and the units that rows are written for, the court first."""
    from rongjian.org.actions import NewUnit, appoint, found  # noqa: PLC0415
    from rongjian.org.models import Person, Tree, UnitType  # noqa: PLC0415

    court = NewUnit(
        "450100", "南宁市院", "南宁市院", Tree.BUSINESS, UnitType.CITY, "", "450100", FOUNDED
    )
    bodies = [
        NewUnit(
            f"450100-{n:02}",
            f"第{n}部",
            f"第{n}部",
            Tree.BUSINESS,
            UnitType.DEPARTMENT,
            "450100",
            "450100",
            FOUNDED,
        )
        for n in range(1, 11)
    ]
    units = list(found([court, *bodies]).values())
    person = Person.objects.create(
        staff_no="N1", name="钱某", court=units[0], department=units[1], membership="full"
    )
    appoint(person, units[0], "case_manager", FOUNDED)
    return person, units


def _rows(units: list[Any], handler: int, count: int, prefix: str) -> list[dict[str, Any]]:
    return [
        {
            "unit_id": units[number % len(units)].pk,
            "key": f"{prefix}{number:06}",
            "decision": ("arrested", "prosecuted", "not_prosecuted")[number % 3],
            "happened_on": date(2018, 1, 1) + timedelta(days=number % 2500),
            "charge": f"罪名{number % 40}",
            "campaign": "gang" if number % 5 == 0 else "",
            "handler_id": handler,
            "note": f"第 {number} 条备注" if number % 4 == 0 else "",
        }
        for number in range(count)
    ]


def _save_each(model: Any, rows: list[dict[str, Any]], court: Any) -> None:
    """What a plain Django loop does: full_clean and save in one transaction, no log."""
    now = datetime(2026, 6, 25, 15, tzinfo=ZoneInfo("Asia/Shanghai"))
    with transaction.atomic():
        for row in rows:
            record = model(
                **row,
                kind="handled-person",
                court=court,
                path="450100/",
                state="filed",
                recorded_at=now,
            )
            record.full_clean(exclude=["record_ptr", "author", "batch"])
            record.save()


def _bare(model: Any) -> None:
    """The floor: two executemany of ready-made tuples, nothing checked, nothing logged."""
    parents = [
        (
            10_000_000 + n,
            "bare",
            1,
            1,
            "450100/",
            "2020-01-01",
            "",
            "",
            "",
            "filed",
            1,
            "2026-01-01",
        )
        for n in range(ROWS)
    ]
    children = [(10_000_000 + n, "arrested", "盗窃", "") for n in range(ROWS)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO records_record (id, kind, unit_id, court_id, path, happened_on, campaign,"
            " line, key, state, version, recorded_at) VALUES"
            " (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
            parents,
        )
        cursor.executemany(
            "INSERT INTO ledgers_handledperson (record_ptr_id, decision, charge, note)"
            " VALUES (%s,%s,%s,%s)",
            children,
        )


if __name__ == "__main__":
    main()
