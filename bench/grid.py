"""The table of a ledger with 100,000 records: 50 rows from the server, and painted by a browser.

The server's p50 and p95 of the list and of the table that is written in, beside Django admin's change
list of the same table and rows; then first and largest contentful paint in Chromium, from the start
of the navigation, of the product as it is served.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from zoneinfo import ZoneInfo

import django

from bench.refresh import region
from bench.stage import Line, directory, percentiles, show, start_django

if TYPE_CHECKING:
    from playwright.sync_api import Page

RECORDS = 100_000
TIMES = 40
PAINTS = 15
SITE = "127.0.0.1:8899"
LIST = "/ledger/handled-person"
TABLE = f"{LIST}?edit=1"
PEER = "/plain/ledgers/handledperson/?court__id__exact="
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PAINTED = """
() => new Promise((told) => {
  let largest = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) { largest = entry.startTime; }
  }).observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => {
    const first = performance.getEntriesByName("first-contentful-paint")[0];
    told([first ? first.startTime : 0, largest]);
  }, 300);
})
"""


def main() -> None:
    """Fill a copy of the region's world with records of one procuratorate; measure and print."""
    with directory() as copy:
        world = copy / "world"
        shutil.copytree(region(), world)
        start_django(world)
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain_settings"
        django.setup()
        _fill()
        show([*_served(), *_painted(world)])


def _fill() -> None:
    """Bring the ledger of the case manager's own procuratorate to its size."""
    from django.core.management import call_command  # noqa: PLC0415  # exists after setup only

    from rongjian.ledgers.handled_person import HandledPerson  # noqa: PLC0415
    from rongjian.org.access import actor_of  # noqa: PLC0415
    from rongjian.org.models import Person, Unit  # noqa: PLC0415
    from rongjian.records.bulk import create_many  # noqa: PLC0415
    from rongjian.records.kinds import kind_of  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    person = Person.objects.get(account__username="qian")
    actor = actor_of(person, datetime(2026, 6, 25, 18, tzinfo=ZoneInfo("Asia/Shanghai")))
    units: list[Any] = list(Unit.objects.filter(court=person.court, type="department"))
    missing = RECORDS - HandledPerson.objects.filter(court=person.court).count()
    for start in range(0, missing, 10_000):
        rows = [
            {
                "unit_id": units[number % len(units)].pk,
                "key": f"GRID-{number}",
                "decision": ("arrested", "prosecuted")[number % 2],
                "happened_on": date(2026, 6, 25) - timedelta(days=number % 3000),
                "charge": ("盗窃", "诈骗", "寻衅滋事")[number % 3],
            }
            for number in range(start, min(start + 10_000, missing))
        ]
        create_many(actor, kind_of("handled-person"), rows)


def _served() -> list[Line]:
    """p50 and p95 in milliseconds, whole pages through Django's request cycle."""
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from rongjian.org.models import Unit  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="qian"))

    def get(address: str) -> Callable[[], object]:
        def once() -> object:
            answer = client.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address}: {answer.status_code}")
            return answer

        return once

    peer = get(f"{PEER}{Unit.objects.get(code='450100').pk}")
    lines = []
    for name, address in (
        ("列表", LIST),
        ("表格编辑", TABLE),
        ("列表第 1000 页", f"{LIST}?page=1000"),
    ):
        ours = get(address)
        ours()
        peer()
        pair = zip(("p50", "p95"), percentiles(ours, TIMES), percentiles(peer, TIMES), strict=True)
        for what, our_time, peer_time in pair:
            goal = "≤ 150 毫秒" if what == "p95" else ""
            label = f"{RECORDS:,} 条中 50 条，{name} {what}"
            lines.append(Line(label, our_time, peer_time, "毫秒", "Django admin 列表", goal))
    return lines


def _painted(world: Path) -> list[Line]:
    """Median milliseconds from navigation to first and largest paint, cached styles and script."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only this bench needs it

    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    lines = []
    with _serving(world), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page.goto(f"http://{SITE}/login/")
        page.get_by_label("账号", exact=True).fill("qian")
        page.get_by_label("密码", exact=True).fill("rongjian-demo")
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"http://{SITE}/")
        for name, address in (("列表", LIST), ("表格编辑", TABLE)):
            first, largest = _paints(page, address)
            for what, taken in (("首次绘制", first), ("最大绘制", largest)):
                label = f"{RECORDS:,} 条中 50 条，{name} {what}"
                lines.append(Line(label, taken, 500, "毫秒", "目标", "≤ 500 毫秒"))
        browser.close()
    return lines


def _paints(page: Page, address: str) -> tuple[float, float]:
    found = []
    for _ in range(PAINTS):
        page.goto(f"http://{SITE}{address}")
        found.append(page.evaluate(PAINTED))
    return statistics.median(a for a, _ in found), statistics.median(b for _, b in found)


@contextmanager
def _serving(world: Path) -> Iterator[None]:
    """The product over the filled world, as it is served."""
    words = [sys.executable, "-m", "rongjian", "serve", "--dir", str(world), "--address", SITE]
    settings = os.environ | {"DJANGO_SETTINGS_MODULE": "rongjian.settings"}
    with subprocess.Popen(words, env=settings, stdout=subprocess.DEVNULL) as running:
        try:
            _await(running)
            yield
        finally:
            running.terminate()


def _await(running: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if running.poll() is not None:
            raise SystemExit("rongjian serve ended by itself")
        try:
            with urllib.request.urlopen(f"http://{SITE}/login/", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise SystemExit("rongjian serve does not answer")


if __name__ == "__main__":
    main()
