"""Deeds and cases claimed by two units: how many are found, how many are false, how long it takes.

The peer is the same exact comparison of every two records, without looking for candidates first;
it is measured on a part and scaled by the number of pairs.
"""

from __future__ import annotations

import sys
from typing import Any

import django

from bench.stage import Line, Times, directory, show, start_django

KINDS = ("outreach", "enterprise-contact", "assistance-project", "criminal-case")
ROWS, TWICE, SEED = 25_000, 500, 12
_PART = 1_000


def main() -> None:
    """Measure and print; no database is needed."""
    with directory() as folder:
        start_django(folder)
        django.setup()
        show(measure())


def measure() -> list[Line]:
    """Seconds to look through a hundred thousand records of four ledgers."""
    from rongjian.kernel.same_deeds import Deeds  # noqa: PLC0415
    from tests.records.seeded_deeds import seeded  # noqa: PLC0415

    ours, peer, right, planted, named = 0.0, 0.0, 0, 0, 0
    for code in KINDS:
        given = seeded(code, ROWS, TWICE, SEED)
        claims, days = _claims(code, given.rows)
        times = Times()
        with times.of("ours"):
            found = {
                (each.first.place, each.second.place) for each in Deeds(claims, days).likenesses()
            }
        with times.of("peer"):
            every_two(claims[:_PART], days)
        ours += times.cpu["ours"]
        peer += times.cpu["peer"] * (len(claims) / _PART) ** 2
        hits = len(found & given.pairs)
        right, planted, named = right + hits, planted + len(given.pairs), named + len(found)
        _tell(code, hits, len(given.pairs), len(found))
    _tell("合计", right, planted, named)
    name = f"两两比较（按 {_PART:,} 条折算）"
    return [Line("10 万条找重复申报 CPU", ours, peer, "秒", name, "检出 ≥ 0.95，误报 ≤ 2%")]


def _claims(code: str, rows: list[dict[str, Any]]) -> tuple[list[Any], int]:
    from rongjian.records.kinds import kind_of  # noqa: PLC0415
    from rongjian.records.same_deeds import claim  # noqa: PLC0415

    kind = kind_of(code)
    assert kind.deed
    return [claim(kind, place, row) for place, row in enumerate(rows)], kind.deed.days


def every_two(claims: list[Any], days: int) -> int:
    """How many pairs an exact comparison of every two names."""
    from rongjian.kernel.same_deeds import Deeds  # noqa: PLC0415

    deeds = Deeds(claims, days)
    return sum(
        abs(one.day - other.day) <= days and deeds._is_same(one, other)
        for at, one in enumerate(claims)
        for other in claims[:at]
        if one.unit != other.unit
    )


def _tell(code: str, hits: int, planted: int, named: int) -> None:
    wrong = (named - hits) / named if named else 0.0
    print(
        f"{code}：埋入 {planted} 对，检出 {hits} 对（{hits / planted:.3f}），"
        f"共提示 {named} 对，误报 {wrong:.2%}",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
