"""100,000 clean rows of an .xlsx from the file to the figures, beside Django's own bulk_create.

Processor seconds of this process and of the child that opens the file are given beside the wall
seconds: they say what the work costs where others use the machine too.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command

from bench.bulk_write import house
from bench.stage import Line, Times, directory, show, start_django
from rongjian.kernel.sheets import Column, write_xlsx

ROWS = 100_000
TODAY = date(2026, 6, 25)
_HEADING = ("编号", "单位", "决定", "日期", "罪名类别", "专项", "承办人", "备注")
_DECISIONS = ("批准逮捕", "起诉", "不起诉")


def main() -> None:
    """Measure and print; with --profile also where the time went."""
    with directory() as folder:
        start_django(folder)
        django.setup()
        call_command("migrate", verbosity=0)
        person, units = house()
        profile = cProfile.Profile() if "--profile" in sys.argv else None
        if profile:
            profile.enable()
        lines = measure(person, units)
        if profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("cumtime").print_stats("rongjian", 60)
        show(lines)


def measure(person: Any, units: list[Any]) -> list[Line]:
    """Seconds from the file to the figures, and of a bulk_create of the same rows."""
    from rongjian.facts import extract  # noqa: PLC0415  # models exist after setup only
    from rongjian.indicators import refresh  # noqa: PLC0415
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.records import importing  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    actor = actor_of(person, datetime(2026, 6, 25, 15, tzinfo=ZoneInfo("Asia/Shanghai")))
    kind = kind_of("handled-person")
    extract.refresh()
    refresh.refresh(TODAY)
    data = workbook(person, units)
    times = Times()
    with times.of("读入并检查"):
        batch = importing.upload(actor, kind, units[0], "十万行.xlsx", data)
    with times.of("写入"):
        done = importing.commit(actor, batch)
    with times.of("事实与数字"):
        extract.refresh()
        refresh.refresh(TODAY)
    if done != importing.Outcome(ROWS, 0, 0, 0):
        raise SystemExit(f"没有全部写入：{done}")
    records = _unsaved(kind.model)
    with times.of("bulk_create"):
        _bulk_create(records)
    peer = times.cpu.pop("bulk_create"), times.wall.pop("bulk_create")
    steps = "、".join(f"{step} {seconds:.1f}" for step, seconds in times.cpu.items())
    print(f"各步 CPU 秒：{steps}", file=sys.stderr)
    name = "Django bulk_create 同样的行（只写父表，不读不查不记）"
    cpu, wall = sum(times.cpu.values()), sum(times.wall.values())
    return [
        Line("导入 10 万行（读、查、写、数字）CPU", cpu, peer[0], "秒", name),
        Line("导入 10 万行（读、查、写、数字）", wall, peer[1], "秒", name, "≤ 60 秒"),
    ]


def workbook(person: Any, units: list[Any]) -> bytes:
    """A file as the case system would export it: names, not codes."""
    columns = [Column(heading, 14, "date" if heading == "日期" else "text") for heading in _HEADING]
    rows = (
        (
            f"A{number:06}",
            units[1 + number % (len(units) - 1)].code,
            _DECISIONS[number % 3],
            date(2018, 1, 1) + timedelta(days=number % 2500),
            f"罪名{number % 40}",
            "扫黑除恶" if number % 5 == 0 and number % 2500 < 1000 else "",
            person.staff_no,
            f"第 {number} 条备注" if number % 4 == 0 else "",
        )
        for number in range(ROWS)
    )
    return write_xlsx(columns, rows, title="起诉人员")


def _unsaved(model: Any) -> list[Any]:
    """The rows' parent objects once more, under keys of their own."""
    from rongjian.records.models import Record  # noqa: PLC0415

    names = [each.attname for each in Record._meta.concrete_fields if not each.primary_key]
    rows = model.objects.order_by("pk").values(*names)
    return [
        Record(**{**row, "kind": "bench", "key": f"C{number}"}) for number, row in enumerate(rows)
    ]


def _bulk_create(records: list[Any]) -> None:
    """What Django offers: objects of the parent table in one call (it refuses the child's)."""
    type(records[0]).objects.bulk_create(records, batch_size=2000)


if __name__ == "__main__":
    main()
