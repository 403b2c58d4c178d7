"""`rongjian dues`: a unit's dues as lines and as JSON, on any day."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from tests.world import rongjian

if TYPE_CHECKING:
    from pathlib import Path

BRANCH = ("--unit", "450100-P02")


def test_dues_are_printed_as_json_and_in_words(demo_dir: Path) -> None:
    words = ("--dir", demo_dir, "--period", "2026-06", "--on", "2026-06-25")
    done = rongjian("dues", *BRANCH, *words, "--json")
    assert done.returncode == 0, done.stderr
    found = {row["rule"]: row for row in map(json.loads, done.stdout.splitlines())}
    # Quarters and years begin earlier: a period asks for the windows that begin in it.
    windows = {code for code, row in found.items() if "period" in row}
    assert windows == {"LIFE-02", "LIFE-03", "LIFE-05"}
    # What a record asks for by its own day stands beside them, where it ends in the period.
    assert set(found) - windows == {"DECISION"}
    assert all(date(2026, 6, 1) <= date.fromisoformat(row["due_on"]) for row in found.values())
    group = found["LIFE-03"]
    assert (group["state"], group["period"], group["due_on"]) == ("due", "2026-06", "2026-07-03")
    assert group["basis"] == "《中国共产党支部工作条例（试行）》第五章（2026-11-25 核对）"
    said = rongjian("dues", *BRANCH, *words).stdout
    assert "南宁市院第二党支部\t党小组会\t6月\t限 2026-07-03\t临期　还有 5 天" in said


def test_who_does_not_exist_is_told_so(demo_dir: Path) -> None:
    done = rongjian("dues", "--dir", demo_dir, "--unit", "没有")
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有单位“没有”" in done.stderr
    early = rongjian("dues", "--dir", demo_dir, *BRANCH, "--period", "2020")
    assert "没有应办事项" in early.stdout
