"""The ways by which a digest leaves the house; a further one is a module and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rongjian.notices.channels.mail import Mail
from rongjian.notices.channels.webhook import Webhook

if TYPE_CHECKING:
    from rongjian.notices.channels.channel import Channel

CHANNELS: tuple[Channel, ...] = (Mail(), Webhook())


def channels() -> tuple[Channel, ...]:
    """Those that this installation has set up."""
    return tuple(channel for channel in CHANNELS if channel.ready)
