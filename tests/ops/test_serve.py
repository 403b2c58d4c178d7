"""`rongjian serve` over the demo: it answers, keeps figures up to date, and stops when told to."""

from __future__ import annotations

import json
import shutil
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.databases import free_port
from tests.world import PATIENCE, rongjian, serving


def current_heads(directory: Path) -> dict[str, list[object]]:
    """Up to which line of each stream the figures have been counted."""
    kept = json.loads((directory / "figures" / "CURRENT").read_text(encoding="utf-8"))
    heads: dict[str, list[object]] = kept["heads"]
    return heads


def test_the_demo_says_on_its_pages_that_it_is_one(server: str) -> None:
    with urllib.request.urlopen(f"{server}/login/", timeout=PATIENCE) as answer:  # noqa: S310
        page = answer.read().decode()
    assert answer.status == 200
    assert "演示数据" in page


def test_an_address_in_use_is_refused(server: str, demo_dir: Path) -> None:
    done = rongjian("serve", "--address", server.removeprefix("http://"), "--dir", demo_dir)
    assert done.returncode == 2
    assert "不能监听" in done.stderr


def test_it_serves_an_empty_directory_counts_in_the_background_and_stops_cleanly(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, f"127.0.0.1:{free_port()}") as running:
        for _ in range(PATIENCE * 10):
            if (tmp_path / "figures" / "CURRENT").exists():
                break
            time.sleep(0.1)
        else:
            pytest.fail("nothing was counted in the background")
        running.send_signal(signal.SIGINT)
        assert running.wait(PATIENCE) == 0
    assert current_heads(tmp_path) == {}
    # Nobody works in the directory any more, so it can go.
    shutil.rmtree(tmp_path)
