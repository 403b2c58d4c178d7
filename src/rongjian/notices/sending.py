"""Sending digests through the channels: on their own day and in its hours only, a few times at most.

A try is claimed before it is made, so that two ticks do not make it both. Should the machine stop between
sending and writing that down, the letter goes out again, with the number it had.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from rongjian.notices.channels import channels
from rongjian.notices.channels.channel import NotReached, NotSent, Parcel
from rongjian.notices.letters import letter
from rongjian.notices.models import Delivery, DeliveryState
from rongjian.notices.policy import rounds

if TYPE_CHECKING:
    from datetime import date, datetime

    from rongjian.notices.channels.channel import Channel

TOO_LATE = "当天没有发出"
_WEEK = timedelta(days=7)


def deliver(now: datetime) -> int:
    """Make the tries that are due; how many letters went out."""
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING)
    waiting.filter(digest__day__lt=now.date()).update(state=DeliveryState.FAILED, trouble=TOO_LATE)
    if not rounds().holds(now):
        return 0
    today = waiting.filter(digest__day=now.date(), next_at__lte=now).order_by("pk")
    return sum(
        _through(channel, list(today.filter(channel=channel.code)), now) for channel in channels()
    )


def _through(channel: Channel, rows: list[Delivery], now: datetime) -> int:
    """Send through one channel until it turns out not to answer."""
    sent = 0
    for row in rows:
        if not _claimed(row, now):
            continue
        try:
            channel.send(Parcel(f"digest-{row.digest_id}", row.address, letter(row.digest), now))
        except NotSent as trouble:
            _failed(row, str(trouble))
            if isinstance(trouble, NotReached):
                break
        else:
            Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.SENT, trouble="")
            sent += 1
    return sent


def _claimed(row: Delivery, now: datetime) -> bool:
    """Whether this try is ours; the next one waits the longer, the more there were."""
    tries = row.tries + 1
    ours = Delivery.objects.filter(pk=row.pk, tries=row.tries, state=DeliveryState.WAITING)
    wait = timedelta(minutes=rounds().minutes * tries)
    return bool(ours.update(tries=tries, next_at=now + wait))


def _failed(row: Delivery, trouble: str) -> None:
    last = row.tries + 1 >= rounds().tries
    state = DeliveryState.FAILED if last else DeliveryState.WAITING
    Delivery.objects.filter(pk=row.pk).update(state=state, trouble=trouble)


@dataclass(frozen=True)
class Trouble:
    """What a channel could not send of late, and what the other side said last."""

    channel: str
    failed: int
    waiting: int
    words: str


def troubles(today: date) -> list[Trouble]:
    """The channels that had trouble within a week; numbers only, no names."""
    found = []
    for channel in channels():
        rows = Delivery.objects.filter(channel=channel.code, digest__day__gt=today - _WEEK)
        bad = rows.exclude(state=DeliveryState.SENT).exclude(trouble="").order_by("-pk")
        failed = bad.filter(state=DeliveryState.FAILED).count()
        if last := bad.first():
            found.append(Trouble(channel.name, failed, bad.count() - failed, last.trouble))
    return found
