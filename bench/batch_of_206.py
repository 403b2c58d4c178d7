"""206 task forces checked, asked for and approved in one batch, beside the same one by one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import django

from bench.stage import Line, directory, seconds, show, start_django

TODAY = "2026-06-25"
FITTING = 195


def world() -> Path:
    """A county-size demo world with 206 task forces that wait, built once under build/bench."""
    with directory("forces") as folder:
        if not (folder / "DEMO").exists():
            print("建立 county 规模的演示数据……", file=sys.stderr)
            made = [sys.executable, "-m", "rongjian", "demo", "--no-serve", "--size", "county"]
            made += ["--today", TODAY, "--dir", str(folder)]
            subprocess.run(made, check=True, stdout=sys.stderr)
            pending = [sys.executable, "-m", "tests.pending_forces", str(folder)]
            subprocess.run(pending, check=True)
        return folder


def main() -> None:
    """Measure on copies, so that the world stays as it was built."""
    if os.environ.get("BENCH_WAY"):
        print(one_by_one() if os.environ["BENCH_WAY"] == "single" else together())
        return
    ours, peer = (float(taken) for taken in map(measured, ("together", "single")))
    what = "206 个专班：核对、呈批、同意"
    show([Line(what, ours, peer, "秒", "逐个办理", "≤ 5 秒")])


def measured(way: str) -> str:
    """Seconds of one way, in a process and on a copy of its own."""
    with directory() as copy:
        shutil.copytree(world(), copy / "world")
        command = [sys.executable, "-m", "bench.batch_of_206"]
        extra = {"BENCH_WAY": way, "BENCH_WORLD": str(copy / "world")}
        done = subprocess.run(
            command, env={**os.environ, **extra}, check=True, capture_output=True, text=True
        )
        return done.stdout.strip().splitlines()[-1]


def together() -> float:
    """The product's way: one transaction to ask, one to approve."""
    forces, weiw, gong = _stage()
    from rongjian.ledgers import force_batch  # noqa: PLC0415  # models exist after setup only

    def act() -> None:
        verdicts = force_batch.check(forces, weiw.today)
        assert sum(each.ok for each in verdicts) == FITTING
        ids = force_batch.request(weiw, forces, "ask")
        assert len(force_batch.approve(gong, force_batch.pending(ids), "yes", "文号")) == FITTING

    return seconds(act)


def one_by_one() -> float:
    """The same through the single actions, as somebody pressing the buttons would."""
    forces, weiw, gong = _stage()
    from rongjian.ledgers import force_batch  # noqa: PLC0415
    from rongjian.ledgers.temporary_branch import TemporaryBranch  # noqa: PLC0415
    from rongjian.org import temporary  # noqa: PLC0415
    from rongjian.records.actions import move, save  # noqa: PLC0415

    def act() -> None:
        done = 0
        for force in forces:
            [verdict] = force_batch.check([force], weiw.today)
            if not verdict.ok or verdict.setup is None:
                continue
            record = TemporaryBranch(
                unit=force,
                secretary=verdict.setup.leader,
                approved_by=temporary.superiors([force.court_id])[force.court_id],
                happened_on=weiw.today,
                campaign=verdict.setup.campaign,
            )
            move(weiw, save(weiw, record), "submit")
            move(gong, record, "approve", detail="文号")
            done += 1
        assert done == FITTING

    return seconds(act)


def _stage() -> tuple[list[Any], Any, Any]:
    start_django(Path(os.environ["BENCH_WORLD"]))
    django.setup()
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.models import Person, Unit  # noqa: PLC0415
    from tests.pending_forces import NOW  # noqa: PLC0415

    forces = Unit.objects.filter(type="task_force", dissolved_on=None, name__contains="专项办案第")
    people = Person.objects.select_related("court")
    weiw, gong = (actor_of(people.get(account__username=name), NOW) for name in ("weiw", "gong"))
    return list(forces.select_related("court").order_by("path")), weiw, gong


if __name__ == "__main__":
    main()
