"""People of the cast in front of the pages, at the world's own time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import Client

from rongjian.web.gate import FACTOR
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponseBase

    from tests.world import World

    Visit = Callable[[str], Client]


@pytest.fixture
def visit(world: World, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """A client logged in as a member of the cast; "" for somebody not logged in."""
    monkeypatch.setenv("RONGJIAN_NOW", NOW.isoformat())

    def client_of(account: str) -> Client:
        client = Client(raise_request_exception=True)
        if account:
            user = world.persons[account].account
            assert user is not None
            client.force_login(user)
            # Whoever owes a second factor has proven it.
            session = client.session
            session[FACTOR] = "totp"
            session.save()
        return client

    return client_of


def text_of(response: HttpResponseBase) -> str:
    """What a page says."""
    assert isinstance(response, HttpResponse)
    return response.content.decode()
