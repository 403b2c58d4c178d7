"""Two callers at the same moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable


def at_once(press: Callable[[], Any]) -> list[Any]:
    """What two callers get who start together."""
    start, answers = threading.Barrier(2), []

    def run() -> None:
        try:
            start.wait()
            answers.append(press())
        finally:
            connection.close()

    pressing = [threading.Thread(target=run) for _ in range(2)]
    for thread in pressing:
        thread.start()
    for thread in pressing:
        thread.join()
    return answers
