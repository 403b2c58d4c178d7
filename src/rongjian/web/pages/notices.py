"""提醒: the digests of the last month as they were told to oneself; whether they were read is not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render

from rongjian.notices.channels import channels
from rongjian.notices.letters import Letter, letter
from rongjian.notices.policy import rounds
from rongjian.notices.queries import KEPT, addresses, digests
from rongjian.web.pages.home import WEEKDAYS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from rongjian.org.access import Actor
    from rongjian.web.middleware import ActorRequest


@dataclass(frozen=True)
class NoticesPage:
    """One's own digests, the newest first, with when and of what one is reminded."""

    title: str
    digests: tuple[tuple[str, Letter], ...]
    at: str
    days: int
    ways: tuple[str, ...]
    asks: bool


def notices(request: ActorRequest) -> HttpResponse:
    """The logged-in person's own digests; the address names nobody."""
    actor = request.actor
    page = NoticesPage(
        title="提醒",
        digests=tuple((_heading(each), each) for each in map(letter, digests(actor))),
        at=rounds().begins,
        days=KEPT.days,
        ways=_ways(actor),
        asks=any(channel.asks for channel in channels()),
    )
    return render(request, "notices/page.html", {"page": page})


def _heading(told: Letter) -> str:
    return f"{told.day.month}月{told.day.day}日 星期{WEEKDAYS[told.day.weekday()]}"


def _ways(actor: Actor) -> tuple[str, ...]:
    """The channels that reach the actor besides this page."""
    given = addresses(actor)
    return tuple(
        channel.name
        for channel in channels()
        if channel.address_of(actor.person, given.get(channel.code, ""))
    )
