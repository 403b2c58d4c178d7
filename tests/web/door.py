"""A small house with accounts, a clock that stands still, and people in front of its door."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP

from rongjian.org import accounts, activation
from rongjian.org.access import actor_of
from rongjian.org.actions import appoint
from rongjian.org.models import Person
from tests.house import FOUNDED, NOW, House
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from rongjian.org.access import Actor

PASSWORD = "Tk9#fVr2&xWm!5b"
OTHER = "Zw4%kvNp8s+Gt6q"
OFFICE = "10.1.2.3"
_OFFICES = {
    "sys": "sysadmin",
    "sec": "secadmin",
    "aud": "auditor",
    "chen": "integrity",
    # Who opens and approves accounts in these tests.
    "opener": "sysadmin",
    "approver": "secadmin",
}


@dataclass
class Clock:
    """What time it is for pages and for the counting of failures."""

    patch: pytest.MonkeyPatch
    now: datetime = NOW

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)
        self.patch.setenv("RONGJIAN_NOW", self.now.isoformat())


@dataclass
class Door:
    """The house, its administrators, and ways to come in."""

    house: House
    clock: Clock
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody as an actor of this moment."""
        return actor_of(self.person(name), self.clock.now)

    def account(self, name: str) -> accounts.IssuedSlip:
        """An account for somebody, opened and approved, not activated yet."""
        slip = accounts.open_account(self.actor("opener"), self.person(name), name)
        accounts.approve_account(self.actor("approver"), self.person(name))
        return slip

    def user(self, name: str, password: str = PASSWORD) -> User:
        """An account for somebody, activated with the password."""
        self.account(name)
        user = User.objects.get(username=name)
        activation.activate(self.actor(name), user, password)
        return user

    def person(self, name: str) -> Person:
        """Somebody as stored now."""
        return Person.objects.select_related("court", "account").get(pk=self.people[name].pk)

    def client(self, address: str = OFFICE, **headers: str) -> Client:
        """A browser at an address."""
        return Client(REMOTE_ADDR=address, **headers)  # type: ignore[arg-type]

    def log_in(self, client: Client, name: str, password: str = PASSWORD) -> HttpResponseBase:
        """Send the log-in form."""
        return client.post("/login/", {"username": name, "password": password})

    def inside(self, name: str, address: str = OFFICE) -> Client:
        """A browser in which somebody has logged in."""
        client = self.client(address)
        answer = self.log_in(client, name)
        assert answer.status_code == 302, text_of(answer)
        return client


@pytest.fixture
def door(house: House, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Door:
    """The small house with its three administrators; nobody else has an account yet."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.OTP_TOTP_THROTTLE_FACTOR = settings.OTP_STATIC_THROTTLE_FACTOR = 0
    clock = Clock(monkeypatch)
    clock.forward()
    for place in ("axes.handlers.proxy.now", "django.utils.timezone.now"):
        monkeypatch.setattr(place, lambda: clock.now)
    region = house.units["450000"]
    people = dict(house.people)
    for number, (name, role) in enumerate(_OFFICES.items()):
        people[name] = Person.objects.create(
            staff_no=f"A{number:03}",
            name=f"{name[:1].upper()}员",
            court=region,
            department=region,
            membership="none",
        )
        appoint(people[name], region, role, FOUNDED)
    return Door(house, clock, people)


def code_of(key: str, ahead: int = 0) -> str:
    """What a phone with this key shows now, or some steps of half a minute ahead."""
    phone = TOTP(bytes.fromhex(key), 30, 0, 6)
    phone.time = time.time() + 30 * ahead
    return f"{phone.token():06}"
