"""From which address a request came, believing only proxies that the settings name."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest


def client(request: HttpRequest) -> str:
    """The address of whoever asks; empty where there is none (a socket file).

    X-Forwarded-For counts only as far as known proxies wrote it: read from its end, the first
    address that is no proxy of ours. What stands before that anybody could have invented.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while among(address, settings.PROXIES) and forwarded:
        said = plain(forwarded.pop().strip())
        if not said:
            break
        address = said
    return plain(address)


def peer(request: HttpRequest) -> str:
    """The machine that talks to us, itself."""
    return plain(request.META.get("REMOTE_ADDR", ""))


def plain(text: str) -> str:
    """An address in its usual writing; empty if it is none."""
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def among(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is one of these, or inside one of these networks."""
    known = plain(address)
    return bool(known) and any(
        ip_address(known) in ip_network(network, strict=False) for network in networks
    )
