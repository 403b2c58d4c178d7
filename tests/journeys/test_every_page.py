"""Every page, on a desk and on a phone: nothing sticks out, nothing bars the way, nothing leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.contract.test_every_url import ROUTES
from tests.journeys.browser import DESKTOP, PHONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

# Answered with a file or a redirect, or asked by POST.
NO_PAGE = {
    "logout",
    "ledger-export",
    "import-template",
    "import-problems",
    "figure-records-export",
    "document-word",
    "document-freeze",
    "record-move",
    "record-link",
}
VISITORS = ("zhengshi", "qian", "lisi", "weiw")
seen: set[str] = set()


def place(url: str) -> tuple[str, str] | None:
    """The route of an address, and the kind where every kind has its own page."""
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        return None
    name = found.url_name or ""
    of_kind = name.startswith(("ledger", "record"))
    return name, str(found.kwargs.get("code", "")) if of_kind else ""


@pytest.mark.parametrize("account", VISITORS)
def test_every_page_fits_and_bars_nobody(account: str, visitor: Callable[[str], Visitor]) -> None:
    who = visitor(account)
    waiting, known = ["/"], {("home", "")}
    while waiting:
        path = waiting.pop(0)
        assert who.open(path) == 200, path
        look(who, path)
        for link in who.page.locator("a[href]").all():
            target = who.page.evaluate("a => a.href", link.element_handle())
            where = place(target) if target.startswith(who.site) else None
            if where and where not in known and where[0] not in NO_PAGE:
                known.add(where)
                waiting.append(target.removeprefix(who.site))
    seen.update(name for name, _ in known)


def look(who: Visitor, path: str) -> None:
    """Look at the page that is open in both sizes."""
    for size in (PHONE, DESKTOP):
        who.page.set_viewport_size(size)  # type: ignore[arg-type]
        assert who.overflow() == 0, (path, size)
        who.check()


def test_no_page_was_left_out() -> None:
    if not seen:
        pytest.skip("the walks above did not run")
    assert seen >= set(ROUTES) - NO_PAGE
