"""A browser that notices what nobody sees: console errors, foreign requests, barriers."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

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
