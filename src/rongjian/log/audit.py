"""The hash-chained log: appending events and verifying that nobody changed one.

Each stream (a procuratorate, or `system`) is a chain: h = H(tag, stream, seq, prev, body). The
chain is unkeyed, so that anybody can verify it. The images of a record before and after are
committed to by a salted hash and stand apart, so that a line's own text never holds content.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from rongjian.log import door
from rongjian.log.images import image_of
from rongjian.log.models import Event, Image, StreamHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from django.db.models import Model

    from rongjian.log.door import Hit

TAG = b"ZJA1"
SYSTEM = "system"
REFUSED = "refuse-content"
_NAMED = 4
"""Findings that a line about refused content names; the others are counted."""


@dataclass(frozen=True)
class Change:
    """The images of some records of one kind, before and after; None where there is none.

    Rows are [id, before, after] with the values in the order of `columns`.
    """

    kind: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def body(self) -> bytes:
        """The change as compressed JSON."""
        shape = {"kind": self.kind, "columns": list(self.columns), "rows": self.rows}
        text = json.dumps(shape, ensure_ascii=False, separators=(",", ":"))
        return zlib.compress(text.encode(), level=1)

    @classmethod
    def read(cls, body: bytes) -> Change:
        """The change that `body` wrote."""
        shape = json.loads(zlib.decompress(bytes(body)))
        return cls(shape["kind"], shape["columns"], shape["rows"])

    def images(self) -> Iterator[tuple[int, dict[str, Any] | None, dict[str, Any] | None]]:
        """(record id, fields before, fields after) for each record."""
        for record_id, before, after in self.rows:
            yield (
                record_id,
                None if before is None else dict(zip(self.columns, before, strict=True)),
                None if after is None else dict(zip(self.columns, after, strict=True)),
            )


def _digest(*parts: bytes) -> str:
    joined = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return hashlib.sha256(TAG + joined).hexdigest()


def _commitment(salt: str, body: bytes) -> str:
    return _digest(b"image", salt.encode(), body)


def _event_hash(event: Event) -> str:
    said = {
        "at": event.at,
        "actor": event.actor,
        "verb": event.verb,
        "object": event.object,
        "record": event.record_id,
        "detail": event.detail,
        "commitment": event.commitment,
    }
    if event.source:  # Lines from before addresses were kept have none in their hash.
        said["source"] = event.source
    body = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    seq = int(event.seq).to_bytes(8, "big")
    return _digest(event.stream.encode(), seq, event.prev.encode(), body.encode())


def genesis(stream: str) -> str:
    """The value before a stream's first line."""
    return _digest(b"genesis", stream.encode())


class Doer(Protocol):
    """Who does something, when and from which address: what `org.access.Actor` is to the log."""

    @property
    def ref(self) -> str:
        """How the log names who acted."""

    @property
    def now(self) -> datetime:
        """When it was done."""

    @property
    def address(self) -> str:
        """The network address it came from; empty for a command of ours."""


def append(
    by: Doer,
    verb: str,
    target: str,
    *,
    stream: str,
    record_id: int | None = None,
    change: Change | None = None,
    detail: str = "",
) -> Event:
    """Add a line to a stream, as the last statement of the caller's transaction.

    NotStorable where its own words hold what must never be stored: see `log.door`.
    """
    door.refuse({"detail": detail})
    head = _head(stream)
    body = change.body() if change else b""
    salt = secrets.token_hex(16)
    event = Event(
        stream=stream,
        seq=head.seq + 1,
        at=by.now.isoformat(timespec="microseconds"),
        actor=by.ref,
        source=by.address,
        verb=verb,
        object=target,
        record_id=record_id,
        detail=detail,
        commitment=_commitment(salt, body) if change else "",
        prev=head.hash,
    )
    event.hash = _event_hash(event)
    event.save(force_insert=True)
    if change:
        Image.objects.create(event=event, salt=salt, body=body)
    StreamHead.objects.filter(stream=stream).update(seq=event.seq, hash=event.hash)
    return event


def append_change(
    by: Doer,
    verb: str,
    thing: Model,
    *,
    stream: str,
    before: Mapping[str, Any] | None = None,
    detail: str = "",
) -> Event:
    """Add a line about something that is no record (unit, person, post …), with its images.

    `before` is its `image_of` before the change, None for something new. NotStorable, by field, where
    a text that is new in it must never be stored.
    """
    texts = door.texts_of(thing)
    door.refuse({name: text for name, text in texts.items() if (before or {}).get(name) != text})
    after = image_of(thing)
    rows = [[thing.pk, None if before is None else list(before.values()), list(after.values())]]
    change = Change(thing._meta.label_lower, list(after), rows)
    target = f"{thing._meta.model_name}:{thing.pk}"
    return append(by, verb, target, stream=stream, change=change, detail=detail)


def report(by: Doer, hits: Sequence[Hit], target: str, *, stream: str) -> None:
    """Add a line about what the door refused, after the write that it ended; never the text itself."""
    if not hits:
        return
    named = "；".join(f"{hit.rule} {door.HASH}:{hit.digest}" for hit in hits[:_NAMED])
    more = f"；共 {len(hits)} 处" if len(hits) > _NAMED else ""
    append(by, REFUSED, target[:80], stream=stream, detail=named + more)


def _head(stream: str) -> StreamHead:
    """The last line of a stream, locked; a stream begins when somebody first writes to it."""
    locked = StreamHead.objects.select_for_update()
    head = locked.filter(stream=stream).first()
    if head is None:
        start = {"seq": 0, "hash": genesis(stream)}
        StreamHead.objects.get_or_create(stream=stream, defaults=start)
        head = locked.get(stream=stream)
    return head


@dataclass(frozen=True)
class Break:
    """A place where the log does not hold: the first bad line of a stream and why."""

    stream: str
    seq: int
    reason: str

    def __str__(self) -> str:
        return f"链 {self.stream} 第 {self.seq} 条：{self.reason}"


@dataclass(frozen=True)
class Verdict:
    """What verifying the log found."""

    events: int
    streams: int
    breaks: tuple[Break, ...]


def verify() -> Verdict:
    """Recompute every stream from its first line; images that are kept are checked too."""
    heads = {head.stream: head for head in StreamHead.objects.all()}
    streams = sorted({*heads, *Event.objects.values_list("stream", flat=True).distinct()})
    breaks: list[Break] = []
    count = 0
    for stream in streams:
        events = Event.objects.filter(stream=stream).order_by("seq").select_related("image")
        found, seen = _verify_stream(stream, events.iterator(chunk_size=200), heads.get(stream))
        breaks.extend(found)
        count += seen
    return Verdict(count, len(streams), tuple(breaks))


def _verify_stream(
    stream: str, events: Iterable[Event], head: StreamHead | None
) -> tuple[list[Break], int]:
    prev, seq = genesis(stream), 0
    for event in events:
        seq += 1
        reason = _fault(event, seq, prev)
        if reason:
            return [Break(stream, event.seq, f"{reason}（{event.verb} {event.object}）")], seq
        prev = event.hash
    if head is None or (head.seq, head.hash) != (seq, prev):
        kept = "没有链尾" if head is None else f"链尾记到第 {head.seq} 条"
        return [Break(stream, seq, f"末尾被截断或改写：{kept}，实有 {seq} 条")], seq
    return [], seq


def _fault(event: Event, seq: int, prev: str) -> str:
    if event.seq != seq:
        return f"序号不连续：应为第 {seq} 条"
    if event.prev != prev:
        return "与前一条接不上"
    return fault_of(event)


def fault_of(event: Event) -> str:
    """What is wrong with a line as it stands, by its own hash and images; empty when nothing is."""
    if event.hash != _event_hash(event):
        return "内容被改动：哈希不符"
    image = getattr(event, "image", None)
    if (image is None) != (event.commitment == ""):
        return "变更内容缺失或多出"
    if image is not None and event.commitment != _commitment(image.salt, bytes(image.body)):
        return "变更内容被改动：与承诺值不符"
    return ""
