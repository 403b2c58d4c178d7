"""A journey whose clock goes on: its own world, and a site that starts again at each time."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.databases import free_port
from tests.journeys.browser import DESKTOP, Visitor
from tests.world import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser, ViewportSize


class Come(Protocol):
    """How somebody of the cast comes to the site at a time, in front of a window."""

    def __call__(self, account: str, now: datetime, window: ViewportSize = ...) -> Visitor:
        """Log in there and then."""


@pytest.fixture
def own_demo(demo_dir: Path, tmp_path: Path) -> Path:
    """A world of this journey's own: its clock goes on."""
    return shutil.copytree(demo_dir, tmp_path / "demo")


@pytest.fixture
def at_time(own_demo: Path, browser: Browser) -> Iterator[Come]:
    """Somebody of the cast in front of the site at a time; one site runs after the other.

    Whoever comes at the time at which it runs already comes to the same site.
    """
    sites = ExitStack()
    current: list[tuple[datetime, str]] = []

    def come(account: str, now: datetime, window: ViewportSize = DESKTOP) -> Visitor:
        if not current or current[-1][0] != now:
            sites.close()
            address = f"127.0.0.1:{free_port()}"
            sites.enter_context(serving(own_demo, address, now))
            current.append((now, f"http://{address}"))
        phone = window["width"] < DESKTOP["width"]
        context = browser.new_context(
            viewport=window, locale="zh-CN", has_touch=phone, accept_downloads=True
        )
        found = Visitor(current[-1][1], context.new_page())
        found.watch()
        found.log_in(account)
        return found

    with sites:
        yield come
