"""10,000 rows with forty kinds of faults: is each found at its cell, and how long does it take?

The peer is the check alone done row by row the way Django forms do it: `full_clean` of each row.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import django
from django.core.exceptions import ValidationError
from django.core.management import call_command

from bench.stage import Line, Times, directory, show, start_django

if TYPE_CHECKING:
    from tests.records.seeded_errors import Corpus

ROWS, EACH = 10_000, 25
_CLEANED = 1_000


def main() -> None:
    """Measure and print; leaves with 1 when a fault was missed or one too many was reported."""
    with directory() as folder:
        start_django(folder)
        django.setup()
        call_command("migrate", verbosity=0)
        show(measure())


def measure() -> list[Line]:
    """Seconds to read and check the file."""
    from rongjian.records import importing  # noqa: PLC0415  # models exist after setup only
    from rongjian.records.kinds import kind_of  # noqa: PLC0415
    from tests.house import built  # noqa: PLC0415
    from tests.records.seeded_errors import corpus, desk  # noqa: PLC0415

    given = corpus(ROWS, EACH)
    house = built()
    actor, kind, unit = desk(house), kind_of("enterprise-contact"), house.units["450100"]
    times = Times()
    with times.of("ours"):
        batch = importing.upload(actor, kind, unit, "企业.xlsx", given.data)
    _report(batch, given)
    with times.of("peer"):
        _clean_each(kind.model, unit)
    scale = ROWS / _CLEANED
    name = f"Django 逐行 full_clean（按 {_CLEANED} 行折算，不读文件）"
    return [
        Line(
            "读入并检查 1 万行",
            times.wall["ours"],
            times.wall["peer"] * scale,
            "秒",
            name,
            "≤ 10 秒",
        ),
        Line("读入并检查 1 万行 CPU", times.cpu["ours"], times.cpu["peer"] * scale, "秒", name),
    ]


def _report(batch: Any, given: Corpus) -> None:
    """Print what was found; stop where it is not exactly what was seeded."""
    from rongjian.records import importing  # noqa: PLC0415
    from tests.records.seeded_errors import FAULTS, reported  # noqa: PLC0415

    counts, found = importing.counts(batch), reported(batch)
    right = sum(
        place in found and found[place].group == fault.group and fault.says in found[place].words
        for place, fault in given.faults.items()
    )
    extra = len(found.keys() - given.faults.keys())
    good = counts.new + counts.update + counts.same
    print(
        f"{counts.total:,} 行：可导入 {good:,} + 需修改 {counts.bad:,} = {good + counts.bad:,}；"
        f"埋入 {len(FAULTS)} 类 {len(given.faults):,} 处错误，格和说法都对 {right:,} 处，误报 {extra} 处；"
        f"自动规范 {counts.normalised:,} 格",
        file=sys.stderr,
    )
    if right != len(given.faults) or extra or good + counts.bad != given.rows:
        raise SystemExit("与埋入的错误不符")


def _clean_each(model: Any, unit: Any) -> None:
    for number in range(_CLEANED):
        row = model(
            unit=unit, court=unit, path=unit.path, kind=model.kind_code, key=f"P{number}",
            enterprise="某公司", happened_on="2023-01-01", need="case", demands=5, state="draft",
            recorded_at="2026-06-25T15:00:00+08:00",
        )  # fmt: skip
        try:
            row.full_clean(exclude=["record_ptr", "author", "batch"])
        except ValidationError as error:
            raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
