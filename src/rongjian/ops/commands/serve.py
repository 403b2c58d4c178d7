"""`rongjian serve`: the web site over a data directory, kept up to date in the background."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils import timezone
from gunicorn.app.base import BaseApplication

from rongjian.ops.commands import Refused
from rongjian.org import first_run
from rongjian.records.reorganisation import settle

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

ADDRESS = "127.0.0.1:8000"
WORKERS = 2
THREADS = 4
TICK_SECONDS = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--address", default=ADDRESS, metavar="主机:端口", help="监听地址")
    parser.add_argument("--workers", type=int, default=WORKERS, metavar="数", help="进程数")


def run(args: argparse.Namespace) -> int:
    """Migrate, let units follow the day, start the background work, serve until told to stop."""
    free_address(args.address)
    call_command("migrate", verbosity=0)
    _tell_set_up_code(args.address)
    settle(timezone.localdate())
    # Workers are forked: none may inherit an open database.
    connections.close_all()
    with _ticking():
        try:
            Site(args.address, args.workers).run()
        except SystemExit as left:
            # Gunicorn leaves this way, with 0 when it was asked to stop.
            return int(left.code or 0)
    return 0


def _tell_set_up_code(address: str) -> None:
    """Print the code of the first run as long as it is needed."""
    if code := first_run.set_up_code():
        sys.stdout.write(
            f"首次使用：打开 http://{address}/setup/ 设置检察院和三名管理员\n"
            f"设置码：{code} （也存于 {first_run.code_file()}）\n"
        )
        sys.stdout.flush()


def free_address(address: str) -> tuple[str, int]:
    """Host and port of an address on which nobody listens yet; Refused otherwise."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise Refused(f"地址“{address}”读不懂：请写成 主机:端口，如 {ADDRESS}")
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bare, int(port)))
        except OSError as error:
            raise Refused(
                f"地址 {address} 不能监听（{error.strerror}）：用 --address 换一个"
            ) from error
    return bare, int(port)


class Site(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """The site under gunicorn."""

    def __init__(self, address: str, workers: int) -> None:
        self.address = address
        self.workers = workers
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn is told; nothing is read from files or the environment."""
        chosen = {
            "bind": self.address,
            "workers": self.workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": self._announce,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, loaded in each worker."""
        return get_wsgi_application()

    def _announce(self, _server: Any) -> None:
        sys.stdout.write(f"融检已启动：http://{self.address}/ （按 Ctrl+C 停止）\n")
        sys.stdout.flush()


@contextmanager
def _ticking() -> Iterator[None]:
    """Let a process of its own keep facts and figures up to date while the site runs."""
    words = ["tick", "--loop", str(TICK_SECONDS), "--dir", str(settings.DATA_DIR)]
    ticker = subprocess.Popen(  # noqa: S603  # our own command
        [sys.executable, "-m", "rongjian", *words, "--parent", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        # Ctrl+C reaches the whole foreground group; the ticker is stopped by us.
        start_new_session=True,
    )
    try:
        yield
    finally:
        ticker.terminate()
        ticker.wait()
