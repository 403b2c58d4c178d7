"""What people themselves do about notices: say where a channel reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from rongjian.log import audit, door
from rongjian.log.images import image_of
from rongjian.notices.models import Address
from rongjian.org.access import require
from rongjian.org.belonging import stream_of

if TYPE_CHECKING:
    from rongjian.notices.channels.channel import Channel
    from rongjian.org.access import Actor

ACCESS = Address.access_class


def keep_address(actor: Actor, channel: Channel, address: str) -> bool:
    """Keep one's own address for a channel, or forget it where empty; whether anything changed.

    ValidationError where the channel cannot use it.
    """
    address = address.strip()
    with transaction.atomic():
        rows = Address.objects.select_for_update().filter(person=actor.person, channel=channel.code)
        row = rows.first() or Address(person=actor.person, channel=channel.code)
        require(actor, "edit", ACCESS, actor.person.department, row)
        if address == row.address:
            return False
        if not address:
            row.delete()
            detail = "不再使用"
            audit.append(actor, "address", channel.code, stream=_stream(actor), detail=detail)
            return True
        door.refuse({channel.code: address})
        if fault := channel.faults(address):
            raise ValidationError({channel.code: fault})
        before = image_of(row) if row.pk else None
        row.address = address
        row.full_clean()
        row.save()
        audit.append_change(actor, "address", row, stream=_stream(actor), before=before)
    return True


def _stream(actor: Actor) -> str:
    return stream_of(actor.person.court)
