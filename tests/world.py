"""The demo world as fixtures: built once a session by the demo's own builders.

`world` stands in the test database and every test works in a transaction on top of it, so it does
not go together with `transaction=True`. `demo_dir` is the same world on disk, made by the command
itself, and `server` the site running over it. Tests that use `world` run after all others, so that
those find an empty database.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.error import URLError
from zoneinfo import ZoneInfo

import pytest

from rongjian.ops.demo.build import Wish, build
from rongjian.ops.demo.cast import CAST
from rongjian.ops.demo.sizes import SIZES
from rongjian.org.access import Actor, actor_of
from rongjian.org.models import Person, Unit
from tests.databases import free_port

TODAY = date(2026, 6, 25)
NOW = datetime(2026, 6, 25, 15, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
WISH = Wish(SIZES["county"], TODAY)
PATIENCE = 60


@dataclass(frozen=True)
class World:
    """The built world: units by code, the fixed cast by account."""

    units: dict[str, Unit]
    persons: dict[str, Person]

    @property
    def region(self) -> Unit:
        """The procuratorate at the top."""
        return self.units["450000"]

    @property
    def nanning(self) -> Unit:
        """The city of the fixed cast."""
        return self.units["450100"]

    def actor(self, account: str, now: datetime = NOW) -> Actor:
        """Somebody of the cast as an actor; rights are read afresh."""
        return actor_of(self.persons[account], now)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in the world last, the order otherwise kept."""
    items.sort(key=lambda item: "built_world" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def built_world(django_db_setup, django_db_blocker) -> World:
    """The world in the test database, built once; ask for `world` instead."""
    with django_db_blocker.unblock():
        build(WISH, lambda _: None)
        people = Person.objects.filter(account__username__in=[each.account for each in CAST])
        cast = people.select_related("account", "court", "department", "branch")
        return World(
            units={unit.code: unit for unit in Unit.objects.select_related("court")},
            persons={person.account.username: person for person in cast if person.account},
        )


@pytest.fixture
def world(built_world: World, db: None) -> World:
    """The world, with a transaction on top of it that this test may do with what it likes."""
    if not Unit.objects.exists():
        pytest.fail("an earlier test with transaction=True has emptied the database")
    return built_world


@pytest.fixture
def own_figures(world: World, tmp_path: Path, settings) -> Path:
    """A copy of facts and figures for a test that refreshes them: files know no transaction."""
    for name in ("FACTS_DIR", "FIGURES_DIR"):
        own = tmp_path / name.lower()
        shutil.copytree(getattr(settings, name), own)
        setattr(settings, name, own)
    return tmp_path


def rongjian(*words: str | Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, at a fixed time; `extra` are further variables."""
    return subprocess.run(
        [sys.executable, "-m", "rongjian", *words],
        env=environment() | extra,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def environment(now: datetime = NOW) -> dict[str, str]:
    """The environment of a command: a page's clock, but neither directory nor database of ours."""
    ours = {"RONGJIAN_DIR", "DATABASE_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {"RONGJIAN_NOW": now.isoformat()}


@pytest.fixture(scope="session")
def demo_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the world in SQLite, made by `rongjian demo`; whoever changes it copies it.

    The workers of one run share it: the first builds, the command tells the others that it stands.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    directory = base / "demo-of-all"
    words = ("--no-serve", "--size", WISH.size.code, "--today", str(TODAY), "--dir", directory)
    with (base / "demo-of-all.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = rongjian("demo", *words)
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture(scope="session")
def server(demo_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site over a copy of `demo_dir`, which its visitors may change; yields where it is."""
    visited = tmp_path_factory.mktemp("visited") / "demo"
    shutil.copytree(demo_dir, visited)
    address = f"127.0.0.1:{free_port()}"
    with serving(visited, address):
        yield f"http://{address}"


@contextmanager
def serving(
    directory: Path, address: str, now: datetime = NOW
) -> Iterator[subprocess.Popen[bytes]]:
    """A running `rongjian serve` that answers; told to stop afterwards if it still runs."""
    words = ["serve", "--dir", str(directory), "--address", address]
    with subprocess.Popen(
        [sys.executable, "-m", "rongjian", *words],
        env=environment(now),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as running:
        try:
            _await(running, f"http://{address}/login/")
            yield running
        finally:
            running.terminate()


def _await(running: subprocess.Popen[bytes], page: str) -> None:
    for _ in range(PATIENCE * 10):
        assert running.poll() is None, "rongjian serve ended by itself"
        try:
            with urllib.request.urlopen(page, timeout=5):  # noqa: S310  # our own address
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    pytest.fail("rongjian serve does not answer")
