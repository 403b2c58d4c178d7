"""The whole region as it stood on a day, after years of reorganising: one question beside many.

The peer asks the same tables as one would by hand: the units right below, level by level.
"""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import django

from bench.refresh import region
from bench.stage import Line, directory, middle, show, start_django

if TYPE_CHECKING:
    from rongjian.org.models import Unit

CHANGES = 40
TIMES = 9
FIRST, LAST = date(2018, 1, 1), date(2026, 6, 1)


def main() -> None:
    """Measure on a copy, so that the world stays as it was built."""
    with directory() as copy:
        shutil.copytree(region(), copy / "world")
        start_django(copy / "world")
        django.setup()
        show(measure())


def measure() -> list[Line]:
    """Milliseconds for the region of a day by one query and by a walk, and of one change."""
    from rongjian.org.models import Unit  # noqa: PLC0415  # models exist after setup only
    from rongjian.org.queries import standing  # noqa: PLC0415

    taken = _reorganise()
    top = Unit.objects.get(code="450000")
    days = [FIRST + (LAST - FIRST) * step // TIMES for step in range(TIMES)]
    for day in days:
        ours = {placed.unit.code: placed.path for placed in standing(day)}
        walked = _walk(top, day)
        if set(ours) != walked:
            raise SystemExit(f"{day} 两种读法不一致：{sorted(set(ours) ^ walked)[:5]}")
    turn, again = iter(days), iter(days)
    peer_ms = middle(lambda: _walk(top, next(again)), 3) * 1000
    ours_ms = middle(lambda: standing(next(turn)), TIMES) * 1000
    count = len(standing(days[-1]))
    return [
        Line(f"全区某日组织（{count} 个单位，{CHANGES} 次调整后）", ours_ms, peer_ms, "毫秒", "逐级查询", "< 300 毫秒"),
        Line("办理一次调整（含记录改记）", taken, peer_ms, "毫秒", "逐级查询一次"),
    ]  # fmt: skip


def _walk(top: Unit, day: date) -> set[str]:
    """The codes of what stood below a unit on a day, one query for each unit that has any."""
    from django.db.models import Q  # noqa: PLC0415

    from rongjian.org.models import Placement, Tree, in_force  # noqa: PLC0415

    living = Q(unit__dissolved_on=None) | Q(unit__dissolved_on__gt=day)
    there = Placement.objects.filter(in_force(day) & living, unit__founded_on__lte=day)
    found, level = {top.code}, [top]
    while level:
        below: list[Unit] = []
        for unit in level:
            rows = Q(parent=unit)
            if unit.is_court:  # The Party units that stand right in it have no parent.
                rows |= Q(parent=None, unit__tree=Tree.PARTY, unit__court=unit)
            below += [row.unit for row in there.filter(rows).select_related("unit")]
        found |= {unit.code for unit in below}
        level = below
    return found


def _reorganise() -> float:
    """Move one county after another to another city, day after day; the middle of the times."""
    import statistics  # noqa: PLC0415
    import time  # noqa: PLC0415

    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.models import Person, Unit  # noqa: PLC0415
    from rongjian.org.plans import Move  # noqa: PLC0415
    from rongjian.records.reorganisation import adjust  # noqa: PLC0415
    from rongjian.web import clock  # noqa: PLC0415

    chance = Random(1)
    actor = actor_of(Person.objects.get(account__username="sys"), clock.now())
    counties = list(Unit.objects.filter(type="county").order_by("code"))
    cities = list(Unit.objects.filter(type="city").order_by("code"))
    taken = []
    for number in range(CHANGES):
        county = counties[number % len(counties)]
        unit = Unit.objects.get(pk=county.pk)
        above = chance.choice([city for city in cities if not unit.path.startswith(city.path)])
        day = FIRST + timedelta(days=(LAST - FIRST).days * number // CHANGES)
        start = time.perf_counter()
        adjust(actor, Move(day, unit, above))
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
