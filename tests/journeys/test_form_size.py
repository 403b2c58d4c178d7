"""B15: a routine form asks for at most six things, and fits a screen on a desk and two on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rongjian.records.kinds import kinds
from tests.contract.test_every_kind import CLERKS
from tests.journeys.browser import DESKTOP, PHONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

MOST = 6
SCREENS = {"desk": (DESKTOP, 1), "phone": (PHONE, 2)}
OTHER_FORMS = {
    "/burden/feedback": "lisi",
    "/burden/request": "wangwu",
    "/draft-check/": "lisi",
    "/supervise/new": "zhaoliu",
}
# What somebody has to fill in, with the button that sends it: nothing that is folded away or hidden.
VISIBLE = """form => [...form.querySelectorAll('input, select, textarea')].filter(
    each => each.type !== 'hidden' && each.getClientRects().length && !each.closest('details:not([open])')
).length"""
HEIGHT = """form => {
    const button = form.querySelector('.acts .btn');
    return button.getBoundingClientRect().bottom - form.getBoundingClientRect().top;
}"""


def look(who: Visitor, path: str) -> list[str]:
    """What is too much on the form of a page, in both sizes."""
    assert who.open(path) == 200, path
    found = []
    for size, (window, screens) in SCREENS.items():
        who.page.set_viewport_size(window)
        form = who.page.locator("main form.form").first
        asked, height = form.evaluate(VISIBLE), form.evaluate(HEIGHT)
        if asked > MOST:
            found.append(f"{path} {size}: {asked} inputs")
        if height > window["height"] * screens:
            found.append(f"{path} {size}: {height:.0f} px high")
        assert who.overflow() == 0, (path, size)
    return found


@pytest.mark.parametrize("account", sorted(set(CLERKS.values())))
def test_b15_every_ledger_asks_for_little(account: str, visitor: Callable[[str], Visitor]) -> None:
    who = visitor(account)
    codes = [kind.code for kind in kinds() if CLERKS[kind.access] == account]
    assert codes
    assert [line for code in codes for line in look(who, f"/ledger/{code}/new")] == []


@pytest.mark.parametrize("path", OTHER_FORMS)
def test_b15_other_forms_ask_for_little_too(path: str, visitor: Callable[[str], Visitor]) -> None:
    assert look(visitor(OTHER_FORMS[path]), path) == []
