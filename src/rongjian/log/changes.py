"""Reading what changed: the images behind the events that were added since a known point.

A point is the last line of every stream (`heads`). The number of an event is none: where several
transactions write at once a smaller number may become visible after a larger one, while the lines
of one stream always appear in their order.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Q

from rongjian.log import audit
from rongjian.log.models import Event, StreamHead

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Heads = dict[str, tuple[int, str]]
"""Number and hash of the last line of every stream."""
# SQLite refuses conditions of more than a thousand parts.
_STREAMS_AT_ONCE = 200


class ImageErased(Exception):
    """An event's images are gone, so what it changed cannot be told: count everything anew."""


@dataclass(frozen=True)
class Changed:
    """What one event changed."""

    event: int
    at: str
    change: audit.Change


@contextmanager
def one_moment() -> Iterator[None]:
    """Let everything read inside be of one moment, without keeping anybody from writing.

    Inside a transaction of the caller's, that transaction decides.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Django's own transactions would take the write lock (transaction_mode IMMEDIATE).
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def heads() -> Heads:
    """The last line of every stream."""
    lines = StreamHead.objects.order_by("stream").values_list("stream", "seq", "hash")
    return {stream: (seq, line) for stream, seq, line in lines}


def continues(known: Mapping[str, tuple[int, str]], now: Mapping[str, tuple[int, str]]) -> bool:
    """Whether the log still holds every known line; it does not once a backup was restored."""
    moved = {line for stream, (seq, line) in known.items() if now.get(stream) != (seq, line)}
    return Event.objects.filter(hash__in=moved).count() == len(moved)


def since(
    known: Mapping[str, tuple[int, str]], until: Mapping[str, tuple[int, str]]
) -> Iterator[Changed]:
    """The changes of records between two points, stream by stream.

    Raises ImageErased when one of them can no longer be read.
    """
    nowhere = (0, "")
    spans = [
        Q(stream=stream, seq__gt=known.get(stream, nowhere)[0], seq__lte=seq)
        for stream, (seq, line) in until.items()
        if known.get(stream, nowhere)[1] != line
    ]
    for start in range(0, len(spans), _STREAMS_AT_ONCE):
        condition = Q(pk__in=[])
        for span in spans[start : start + _STREAMS_AT_ONCE]:
            condition |= span
        events = Event.objects.filter(condition).exclude(commitment="").select_related("image")
        for event in events.order_by("stream", "seq").iterator(chunk_size=50):
            image = getattr(event, "image", None)
            if image is None:
                raise ImageErased(str(event))
            yield Changed(event.pk, event.at, audit.Change.read(image.body))
