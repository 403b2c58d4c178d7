"""What a channel is: whether it is set up, where it reaches somebody, and how it sends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from rongjian.notices.letters import Letter
    from rongjian.org.models import Person


class NotSent(Exception):
    """The other side does not take a letter; the text says in a few words why, and names nobody."""


class NotReached(NotSent):
    """The other side does not answer at all, so that there is no use in trying the next letter now."""


@dataclass(frozen=True)
class Parcel:
    """One letter for one address; `key` is the same at every try, so that a double can be known."""

    key: str
    to: str
    letter: Letter
    now: datetime


class Channel(Protocol):
    """A way out; `asks` is what people are asked for, empty where the channel knows them anyway."""

    code: str
    name: str
    asks: str

    @property
    def ready(self) -> bool:
        """Whether the settings name where to send to."""

    def address_of(self, person: Person, given: str) -> str:
        """Where it reaches somebody who gave this address (or none); empty where it does not."""

    def faults(self, address: str) -> str:
        """Why an address cannot be used; empty where it can."""

    def send(self, parcel: Parcel) -> None:
        """Send it, or raise NotSent."""
