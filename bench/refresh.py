"""Figures after 10,000 changed rows: signed deltas beside a full rebuild, at region size."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import django

from bench.stage import Line, directory, seconds, show, start_django

ROWS = 10_000
SEED = 20260625
TODAY = date(2026, 6, 25)


def region() -> Path:
    """A region-size demo world, built once under build/bench."""
    with directory("region") as folder:
        if not (folder / "DEMO").exists():
            print("建立 region 规模的演示数据……", file=sys.stderr)
            command = [sys.executable, "-m", "rongjian", "demo", "--no-serve", "--dir", str(folder)]
            subprocess.run([*command, "--today", str(TODAY)], check=True, stdout=sys.stderr)
        return folder


def main() -> None:
    """Measure on a copy, so that the world stays as it was built."""
    with directory() as copy:
        shutil.copytree(region(), copy / "world")
        start_django(copy / "world")
        django.setup()
        show(measure())


def measure() -> list[Line]:
    """Seconds of facts and figures, by delta and anew, after new and after edited rows."""
    from rongjian.facts import extract  # noqa: PLC0415  # models exist after setup only
    from rongjian.indicators import refresh  # noqa: PLC0415
    from rongjian.indicators.verify import differences  # noqa: PLC0415
    from rongjian.org.models import Unit  # noqa: PLC0415

    extract.refresh()
    refresh.refresh(TODAY)
    _write_rows()
    figures_delta = seconds(lambda: refresh.refresh(TODAY))
    _write_joint_rows()
    joint_delta = seconds(lambda: refresh.refresh(TODAY))
    facts_delta = seconds(extract.refresh)
    facts_anew = seconds(extract.rebuild)
    figures_anew = seconds(lambda: refresh.rebuild(TODAY))
    top = Unit.objects.get(code="450000")
    if found := differences(None, top):
        raise SystemExit(f"差异 {len(found)} 处：{found[0]}")
    return [
        Line("数字：1 万行变化", figures_delta, figures_anew, "秒", "由事实重算", "≤ 0.5 秒"),
        Line("数字：1 万条多单位联办", joint_delta, figures_anew, "秒", "由事实重算", "≤ 0.5 秒"),
        Line("事实：1 万行变化", facts_delta, facts_anew, "秒", "全部重抽"),
        Line(
            "事实加数字：1 万行变化",
            facts_delta + figures_delta,
            facts_anew + figures_anew,
            "秒",
            "全部重建",
            "≤ 3 秒",
        ),
    ]


def _write_rows() -> None:
    from rongjian.org.models import Unit  # noqa: PLC0415
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    actor = _actor("qian")
    court = actor.person.court
    units: list[Any] = list(Unit.objects.filter(court=court, type="department"))
    rows = [
        {
            "unit_id": units[number % len(units)].pk,
            "key": f"BENCH-{number}",
            "decision": ("arrested", "prosecuted")[number % 2],
            "happened_on": TODAY - timedelta(days=number % 900),
            "charge": "盗窃",
        }
        for number in range(ROWS)
    ]
    create_many(actor, kind_of("handled-person"), rows)


def _write_joint_rows() -> None:
    """Activities that one to three branches anywhere in the region host besides their own."""
    from rongjian.org.models import Unit  # noqa: PLC0415
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.host_models import stated  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    actor, chance = _actor("weiw"), Random(SEED)
    own: list[Any] = list(Unit.objects.filter(court=actor.person.court, type="party_branch"))
    others = list(
        Unit.objects.filter(type="party_branch")
        .exclude(court=actor.person.court)
        .values_list("code", flat=True)
    )
    rows = [
        {
            "unit_id": own[number % len(own)].pk,
            "hosts": stated(set(chance.sample(others, chance.randint(1, 3)))),
            "type": "joint_activity",
            "topic": "共学",
            "happened_on": TODAY - timedelta(days=number % 900),
        }
        for number in range(ROWS)
    ]
    create_many(actor, kind_of("activity"), rows, state="approved")


def _actor(account: str) -> Any:
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.models import Person  # noqa: PLC0415

    person = Person.objects.get(account__username=account)
    return actor_of(person, datetime(2026, 6, 25, 18, tzinfo=ZoneInfo("Asia/Shanghai")))


if __name__ == "__main__":
    main()
