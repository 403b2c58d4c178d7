"""A browser that notices what nobody sees: console errors, foreign requests, barriers."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize, sync_playwright

from tests.databases import free_port
from tests.world import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

    class Come(Protocol):
        """How somebody of the cast comes to the site at a time, in front of a window."""

        def __call__(self, account: str, now: datetime, window: ViewportSize = ...) -> Visitor:
            """Log in there and then."""


DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 375, "height": 667}
PASSWORD = "rongjian-demo"
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)
_REFUSED = re.compile("Failed to load resource: .* status of (403|409|422)")


@dataclass
class Visitor:
    """Somebody of the cast in front of the site."""

    site: str
    page: Page
    faults: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note everything that should not happen on any page."""
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal that a journey asks for is told by the browser as well.
        if message.type == "error" and not _REFUSED.match(message.text):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.site, "data:")):
            self.faults.append(f"foreign request: {request.url}")

    def open(self, path: str) -> int:
        """Go to an address of the site; the answer's status."""
        answer = self.page.goto(self.site + path)
        assert answer is not None
        return answer.status

    def follow(self, control: Locator) -> None:
        """Press what leads to another page, and be there: a click alone does not wait for it."""
        with self.page.expect_navigation():
            control.click()

    def log_in(self, account: str) -> None:
        """Log in through the page."""
        self.open("/login/")
        self.page.get_by_label("账号", exact=True).fill(account)
        self.page.get_by_label("密码", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        # The workbench, or an administrator's own first page.
        self.page.wait_for_url(re.compile(f"^{re.escape(self.site)}/(sys/.*)?$"))

    def check(self) -> None:
        """Nothing was wrong so far, and this page has no serious barrier."""
        assert self.faults == [], self.page.url
        found = Axe().run(self.page).response["violations"]
        barriers = {
            each["id"]: [node["html"][:160] for node in each["nodes"][:3]]
            for each in found
            if each["impact"] in {"serious", "critical"}
        }
        assert barriers == {}, self.page.url

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[Callable[[str], Visitor]]:
    """Open the site as somebody of the cast; what happened unseen is checked at the end."""
    opened = []

    def come(account: str) -> Visitor:
        context = browser.new_context(viewport=DESKTOP, locale="zh-CN", accept_downloads=True)
        found = Visitor(server, context.new_page())
        found.watch()
        found.log_in(account)
        opened.append(found)
        return found

    yield come
    for each in opened:
        each.page.context.close()
        assert each.faults == []


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
