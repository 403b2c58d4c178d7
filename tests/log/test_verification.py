"""Verifying the log while others write, and what is kept of it."""

from __future__ import annotations

import contextlib
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, connections, transaction

from rongjian.log import audit, guards, verification
from rongjian.log.models import Event, StreamHead
from rongjian.log.verification import Service, last, verified
from tests.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

NOW = datetime.fromisoformat("2026-06-25T03:00:00+08:00")


def test_what_was_found_last_is_kept(house: House) -> None:
    assert last() is None
    verified(Service("tick", NOW))
    found = last()
    assert found is not None
    assert (found.at, found.whole) == (NOW, True)
    guards.remove(connection)
    Event.objects.filter(stream=audit.SYSTEM, seq=1).update(detail="x")
    verified(Service("tick", NOW))
    found = last()
    assert found is not None
    assert not found.whole
    assert found.words.startswith(
        "变更记录校验不一致，自第 1 条起（链 system：内容被改动：哈希不符"
    )


@pytest.fixture
def outside(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database without a transaction around the test, which cleans up after itself."""
    with django_db_blocker.unblock():
        yield
        guards.remove(connection)
        Event.objects.filter(stream__in=("a", "b", audit.SYSTEM)).delete()
        StreamHead.objects.filter(stream__in=("a", "b", audit.SYSTEM)).delete()
        guards.install(connection)


def _add(stream: str) -> None:
    with transaction.atomic():
        audit.append(Service("test", NOW), "open", "x", stream=stream)


def _elsewhere(stream: str) -> None:
    """Add a line over a connection of another thread, and wait until it stands."""

    def work() -> None:
        with contextlib.closing(connections["default"]):
            _add(stream)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.postgres
@pytest.mark.usefixtures("outside")
def test_what_is_written_meanwhile_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    _add("a")
    _add("b")
    before = audit._verify_stream

    def meanwhile(stream: str, *rest: Any) -> Any:
        if stream == "a":
            # After the heads were read, before the lines of the next stream are.
            _elsewhere("b")
        return before(stream, *rest)

    monkeypatch.setattr(audit, "_verify_stream", meanwhile)
    verdict = verification.verified(Service("tick", NOW))
    assert verdict.breaks == ()
    assert StreamHead.objects.get(stream="b").seq == 2
