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

# Answered with a file, JSON or a redirect, asked by POST, or part of the journey of an import.
NO_PAGE = {
    "api-ledgers",
    "api-ledger",
    "api-schema",
    "api-record",
    "form-draft",
    "link-find",
    "record-saved",
    "import-mapping",
    "calendar-adopt",
    "due-declare",
    "due-undo",
    "import",
    "ledger-import",
    "logout",
    "ledger-export",
    "ledger-grid",
    "ledger-selected",
    "ledger-views",
    "record-cell",
    "import-template",
    "import-problems",
    "figure-records-export",
    "twin-export",
    "document-word",
    "document-freeze",
    "record-move",
    "record-link",
    "branch-export",
    "people-import-one",
    "sys",
    "sys-log-export",
    "sys-log-verify",
    "sys-user-act",
    "sys-grants-decide",
    "sys-clearance-decide",
    "supervise-act",
    "bulletin-draw",
    "bulletin-act",
    "bulletin-word",
    "calendar-export",
    "account-addresses",
    "supervise-export",
    "supervise-plea-decide",
    "supervise-unit-act",
    # The form of a new deployment again, for a draft; the demo has none.
    "supervise-edit",
    "deployment-edit",
    "task-feedback-edit",
    "taskforce-serve",
    "taskforce-decide",
    "taskforce-end",
}
VISITORS = ("zhengshi", "qian", "lisi", "weiw", "ren", "zhaoliu", "sunqi", "sys", "sec", "aud")
# Where a walk also begins, since only some of the pages of a route lead further.
ALSO = {"qian": "/figures/prosecuted/records/?unit=450100-D12&period=2026-05"}


def place(url: str, every_kind: bool) -> tuple[str, str] | None:
    """The route of an address, with the kind where each kind's page is looked at."""
    try:
        found = resolve(urlsplit(url).path)
    except Resolver404:
        return None
    name = found.url_name or ""
    of_kind = every_kind and name.startswith(("ledger", "record"))
    return name, str(found.kwargs.get("code", "")) if of_kind else ""


def test_every_page_fits_and_bars_nobody(visitor: Callable[[str], Visitor]) -> None:
    seen: set[str] = set()
    for account in VISITORS:
        walk(account, visitor(account), seen)
    assert set(ROUTES) - NO_PAGE - seen == set()


def walk(account: str, who: Visitor, seen: set[str]) -> None:
    """Look at every page that one visitor finds a link to; adds the routes to those seen."""
    # An administrator's first page is another than the workbench.
    first = resolve(urlsplit(who.page.url).path).url_name or "home"
    waiting, known = [("/", first)], {(first, "")}
    if account in ALSO:
        waiting.append((ALSO[account], "figure-records"))
    while waiting:
        path, name = waiting.pop(0)
        assert who.open(path) == 200, path
        # The barriers of a page are those of its template, so one account and kind show them.
        look(who, path, barriers=name not in seen)
        seen.add(name)
        for target in who.page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            inside = target.startswith(who.site)
            where = place(target, account == VISITORS[0]) if inside else None
            if where and where not in known and where[0] not in NO_PAGE:
                known.add(where)
                waiting.append((target.removeprefix(who.site), where[0]))


def look(who: Visitor, path: str, *, barriers: bool) -> None:
    """Look at the page that is open, in both sizes."""
    for size in (PHONE, DESKTOP):
        who.page.set_viewport_size(size)
        assert who.overflow() == 0, (path, size)
        if barriers:
            who.check()
    assert who.faults == [], path
