"""Reading notices: the own digests, and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rongjian.notices.letters import lines_of
from rongjian.notices.models import Address, Digest, Mention
from rongjian.org.access import visible

if TYPE_CHECKING:
    from rongjian.org.access import Actor

KEPT = timedelta(days=31)
"""For so long a digest is shown."""


def digests(actor: Actor) -> list[Digest]:
    """What the actor was told lately, the newest first."""
    rows = visible(actor, Digest.objects.filter(person=actor.person), "view")
    lately = rows.filter(day__gt=actor.today - KEPT, day__lte=actor.today)
    return list(lately.order_by("-day").select_related("person").prefetch_related("mentions"))


def told_today(actor: Actor) -> int:
    """How many things the digest of today names."""
    rows = visible(actor, Digest.objects.filter(person=actor.person, day=actor.today), "view")
    return len(lines_of(Mention.objects.filter(digest__in=rows)))


def addresses(actor: Actor) -> dict[str, str]:
    """Where the channels reach the actor, by their code."""
    rows = visible(actor, Address.objects.filter(person=actor.person), "view")
    return {row.channel: row.address for row in rows}
