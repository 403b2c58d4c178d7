"""Deployments in a whole region: sending one to every procuratorate, its standing, what waits for people.

130 units of four tasks each; the peer asks for each unit's or task's rows one by one. Built for this: a
region of procuratorates with their contacts alone, ten deployments under way.
"""

from __future__ import annotations

import statistics
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import django
from django.core.management import call_command

from bench.stage import Line, directory, middle, seconds, show, start_django

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.org.models import Person, Unit

TODAY = date(2026, 6, 15)
LIMIT = date(2026, 6, 24)
PAST = date(2026, 7, 10)
UNITS, TASKS, UNDER_WAY = 130, 4, 10
TIMES = 5
FOUNDED = date(2015, 1, 1)


def main() -> None:
    """Measure in a database of its own."""
    with directory("deployments") as folder:
        start_django(folder)
        django.setup()
        people, units = _make()
        show(measure(people, units))


def measure(people: dict[str, Person], units: list[Unit]) -> list[Line]:
    """Milliseconds of what pages and the digest ask."""
    from rongjian.org.access import actor_of  # noqa: PLC0415  # models exist after setup only
    from rongjian.supervision.courses import standing  # noqa: PLC0415
    from rongjian.supervision.dispatching import dispatch  # noqa: PLC0415
    from rongjian.supervision.waiting import escalations, open_items  # noqa: PLC0415

    def actor(name: str, day: date = TODAY) -> Actor:
        return actor_of(people[name], _at(day))

    chief = actor("chief")
    drafts = [_draft(chief, units[0], number) for number in range(UNDER_WAY)]
    one_by_one = seconds(lambda: [dispatch(chief, drafts[0], [unit]) for unit in units])
    sending = statistics.median(
        seconds(partial(dispatch, chief, draft, units)) for draft in drafts[1:]
    )
    sent = drafts[1]

    def by_hand() -> int:
        return sum(len(standing(sent, TODAY, [receipt]).cells) for receipt in sent.receipts.all())

    def once() -> int:
        return len(standing(sent, TODAY).cells)

    assert once() == by_hand() == UNITS * TASKS
    stands, peer = middle(once, TIMES), seconds(by_hand)
    ours = middle(lambda: open_items(actor("liaison")), TIMES)
    climbed = middle(lambda: escalations(actor("chief", PAST)), 3)
    each = seconds(lambda: _climbed_one_by_one(drafts))
    name = f"{UNITS} 个单位 × {TASKS} 项任务"
    return [
        Line(f"下发：{name}", sending * 1000, one_by_one * 1000, "毫秒", "逐个单位下发", "< 1 秒"),
        Line(f"一项督办的进度：{name}", stands * 1000, peer * 1000, "毫秒", "逐个单位查询", "< 300 毫秒"),
        Line(f"联系人的在办事项：{UNDER_WAY} 项", ours * 1000, peer * 1000, "毫秒", "一项督办逐个单位查询"),
        Line(f"院领导的逾期提醒：{UNDER_WAY} 项督办", climbed * 1000, each * 1000, "毫秒", "逐个单位查询"),
    ]  # fmt: skip


def _climbed_one_by_one(deployments: list[Any]) -> int:
    from rongjian.supervision.courses import standing  # noqa: PLC0415
    from rongjian.supervision.waiting import reached  # noqa: PLC0415

    return sum(
        reached(standing(each, PAST, [receipt]), receipt) is not None
        for each in deployments
        for receipt in each.receipts.select_related("unit__court")
    )


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def _draft(actor: Actor, house: Unit, number: int) -> Any:
    from rongjian.supervision.deployment import Deployment  # noqa: PLC0415
    from rongjian.supervision.dispatching import Planned, lay_out  # noqa: PLC0415

    draft = Deployment(title=f"专项督办{number}", unit=house, happened_on=TODAY, due_on=LIMIT)
    tasks = [Planned(f"第{each}项任务", LIMIT - timedelta(days=each)) for each in range(TASKS)]
    return lay_out(actor, draft, tasks)


def _make() -> tuple[dict[str, Person], list[Unit]]:
    """A region with cities and counties, each with a department and somebody to sign."""
    from rongjian.org.actions import NewUnit, affiliate, appoint, found  # noqa: PLC0415
    from rongjian.org.models import Person, Tree, UnitType  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    codes = [f"45{city:02}00" for city in range(14)]
    codes += [f"45{number % 14:02}{number // 14 + 1:02}" for number in range(UNITS - len(codes))]
    top = "450000"
    plan = []
    for code in sorted(set(codes)):
        city = f"{code[:4]}00"
        kind = (
            UnitType.REGION if code == top else UnitType.CITY if code == city else UnitType.COUNTY
        )
        above = "" if code == top else top if code == city else city
        plan.append(
            NewUnit(code, f"{code}院", f"{code}院", Tree.BUSINESS, kind, above, code, FOUNDED)
        )
        plan.append(
            NewUnit(f"{code}-01", "办公室", f"{code}办", Tree.BUSINESS, UnitType.DEPARTMENT, code, code, FOUNDED)
        )  # fmt: skip
    units = found(plan)
    courts = [unit for unit in units.values() if unit.type != UnitType.DEPARTMENT]
    people = [_person(unit, units[f"{unit.code}-01"], number) for number, unit in enumerate(courts)]
    Person.objects.bulk_create(people)
    affiliate(people, FOUNDED)
    for person, unit in zip(people, courts, strict=True):
        appoint(person, unit, "liaison", FOUNDED)
    chief = _person(units[top], units[f"{top}-01"], len(people))
    chief.save()
    affiliate([chief], FOUNDED)
    appoint(chief, units[top], "chief", FOUNDED)
    return {"chief": chief, "liaison": people[-1]}, sorted(courts, key=lambda unit: unit.path)


def _person(court: Unit, department: Unit, number: int) -> Person:
    from rongjian.org.models import Person  # noqa: PLC0415

    return Person(
        staff_no=f"B{number:04}", name="督某", court=court, department=department, membership="full"
    )


if __name__ == "__main__":
    main()
