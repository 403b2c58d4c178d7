"""Work that goes on after the page has answered: one thread of this process at a time an import.

Nothing is lost when the process ends: the import says itself that it is at work, and `rongjian
tick` takes it up.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from django.db import connections, transaction
from django.utils import timezone

from rongjian.records import import_running

if TYPE_CHECKING:
    from rongjian.org.access import Actor
    from rongjian.records.models import Batch

_SHORT = 1.0
"""Seconds for which an answer waits: what is small is then done already when the page comes."""


def carry_on(actor: Actor, batch: Batch) -> None:
    """Go on with an import that was set to work, once that is on disk."""
    transaction.on_commit(partial(_start, actor, batch))


def _start(actor: Actor, batch: Batch) -> None:
    thread = threading.Thread(target=_work, args=(actor, batch), daemon=True)
    thread.start()
    thread.join(_SHORT)


def _work(actor: Actor, batch: Batch) -> None:
    try:
        import_running.carry_on(actor, batch, timezone.now)
    finally:
        connections.close_all()
