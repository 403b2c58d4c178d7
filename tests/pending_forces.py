"""206 task forces that wait for a branch, eleven of which do not fit: `python -m` with a directory.

Written by the product's own actions into a demo world, for the journey and the benchmark.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

FORCES = 206
NOW = datetime(2026, 6, 25, 14, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BEGAN, ENDS = date(2026, 6, 1), date(2026, 12, 31)
# Why those at the end of the list do not fit: too few members, too short, no home branch, a leader
# who is no member, and one that has a draft already.
UNFIT = ("few",) * 3 + ("short",) * 3 + ("homeless",) * 2 + ("leader",) * 2 + ("draft",)


@dataclass(frozen=True)
class House:
    """A procuratorate with those of its people who can be seconded."""

    unit: Any
    full: list[Any]
    others: list[Any]


def fault(number: int) -> str:
    """Why the task force of this number does not fit; empty where it does."""
    return dict(enumerate(UNFIT, FORCES - len(UNFIT))).get(number, "")


def write() -> None:
    """Set up, approve and staff the task forces, in reach of the Party office of 450100."""
    from rongjian.ledgers.task_force import TaskForce  # noqa: PLC0415  # after django.setup
    from rongjian.ledgers.temporary_branch import TemporaryBranch  # noqa: PLC0415
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.models import Person  # noqa: PLC0415
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.bulk_moves import move_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    weiw, gong = (
        actor_of(Person.objects.select_related("court").get(account__username=name), NOW)
        for name in ("weiw", "gong")
    )
    houses = _houses()
    kind = kind_of("task-force")
    rows = [_row(houses[n % len(houses)], n) for n in range(FORCES)]
    ids = create_many(weiw, kind, rows, state="submitted")
    records = list(
        TaskForce.objects.filter(pk__in=ids)
        .select_related("unit__court", "court", "leader__court")
        .order_by("pk")
    )
    move_many(gong, kind, records, "approve")
    _second(weiw, records, houses)
    drafts = [n for n in range(FORCES) if fault(n) == "draft"]
    create_many(
        weiw,
        kind_of(TemporaryBranch.kind_code),
        [
            {
                "unit_id": records[n].task_force_id,
                "task_force_id": records[n].task_force_id,
                "secretary_id": records[n].leader_id,
                "approved_by_id": _committee(houses[n % len(houses)]),
                "happened_on": NOW.date(),
            }
            for n in drafts
        ],
    )


def _committee(house: House) -> int:
    from rongjian.org.models import Unit  # noqa: PLC0415

    return Unit.objects.get(court=house.unit, type="organ_committee").pk


def _houses() -> list[House]:
    from rongjian.org.models import Person, Unit  # noqa: PLC0415

    found = []
    courts = Unit.objects.filter(path__startswith="450000/450100/", type__in=("city", "county"))
    for unit in courts.order_by("path"):
        staff = Person.objects.filter(court=unit, account=None).select_related("court")
        found.append(
            House(
                unit,
                list(staff.filter(membership="full").order_by("staff_no")),
                list(staff.exclude(membership="full").order_by("staff_no")),
            )
        )
    return found


def _row(house: House, number: int) -> dict[str, Any]:
    why = fault(number)
    leader = house.others[0] if why == "leader" else house.full[number % 5]
    return {
        "unit_id": house.unit.pk,
        "basis": "全市专项工作方案",
        "name": f"专项办案第{number + 1:03d}专班",
        "leader_id": leader.pk,
        "happened_on": BEGAN,
        "ends_on": NOW.date() + timedelta(days=20) if why == "short" else ENDS,
        "campaign": "livelihood",
    }


def _second(actor: Any, records: list[Any], houses: list[House]) -> None:
    from rongjian.org import bodies  # noqa: PLC0415
    from rongjian.org.models import Affiliation  # noqa: PLC0415

    seconded = []
    for number, record in enumerate(records):
        house, why = houses[number % len(houses)], fault(number)
        wanted = house.full[6:7] if why == "few" else house.full[6:10]
        if why == "homeless":
            wanted = [*wanted, house.full[11]]
        seconded += [(record.task_force, person) for person in wanted]
        if why == "homeless":
            homes = Affiliation.objects.filter(person=house.full[11], kind="home", valid_to=None)
            homes.update(valid_to=BEGAN)
    bodies.second(actor, seconded, BEGAN, "抽调")


if __name__ == "__main__":
    os.environ["RONGJIAN_DIR"] = sys.argv[1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rongjian.settings")
    import django

    django.setup()
    write()
