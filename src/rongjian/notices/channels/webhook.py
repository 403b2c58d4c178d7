"""A JSON message to one address of the office's own system (OA), signed, for it to pass on."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

from rongjian.notices.channels.channel import NotReached, NotSent

if TYPE_CHECKING:
    from rongjian.notices.channels.channel import Parcel
    from rongjian.org.models import Person

SIGNATURE = "X-Rongjian-Signature"


class Webhook:
    """POST to the address of the setting and to nothing else: no redirect is followed, no proxy asked."""

    code = "webhook"
    name = "办公系统"
    asks = ""

    @property
    def ready(self) -> bool:
        """Whether an address is named."""
        return bool(settings.NOTICE_WEBHOOK)

    def address_of(self, person: Person, given: str) -> str:
        """The staff number, by which the other system knows people."""
        return person.staff_no

    def faults(self, address: str) -> str:
        """Nobody types one."""
        return ""

    def send(self, parcel: Parcel) -> None:
        """Anything but 2xx is a refusal."""
        body = json.dumps(message(parcel), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", SIGNATURE: signature(body)}
        try:
            status = _post(settings.NOTICE_WEBHOOK, body, headers)
        except (
            OSError,
            HTTPException,
            ValueError,
        ) as error:  # ValueError: an address that is none.
            raise NotReached("连接不上办公系统") from error
        if not 200 <= status < 300:
            raise NotSent(f"办公系统没有接收（{status}）")


def message(parcel: Parcel) -> dict[str, Any]:
    """What is sent: `id` stays the same at every try, `sent_at` tells an old message from a new one."""
    letter = parcel.letter
    return {
        "id": parcel.key,
        "sent_at": parcel.now.isoformat(timespec="seconds"),
        "staff_no": parcel.to,
        "title": letter.heading,
        "text": letter.text,
        "items": [
            {
                "what": line.words,
                "unit": line.unit,
                "until": line.until.isoformat(),
                "limit": line.limit,
                "why": list(line.why),
                "path": line.url,
            }
            for line in letter.lines
        ],
    }


def signature(body: bytes) -> str:
    """HMAC-SHA256 over the whole body, by the secret that both sides hold."""
    digest = hmac.new(settings.NOTICE_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def _post(address: str, body: bytes, headers: dict[str, str]) -> int:
    """The status that the other side answers with; its words are not read."""
    parts = urlsplit(address)
    host, timeout = str(parts.hostname), settings.NOTICE_TIMEOUT
    connection = (
        HTTPSConnection(host, parts.port, timeout=timeout, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=timeout)
    )
    try:
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", target, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()
