"""Single sign-on by a header: only from the gateway, only signed, only for accounts that work."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache

from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org import accounts
from rongjian.web.single_sign_on import vouched_for
from tests.house import NOW
from tests.web.door import code_of
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.door import Door

GATEWAY = "10.0.0.5"
SECRET = "a-secret-of-both"
AT = int(NOW.timestamp())


def signed(staff_no: str, at: int = AT, secret: str = SECRET) -> str:
    text = f"{staff_no}|{at}"
    return f"{text}|{hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}"


@pytest.fixture
def gateway(door: Door, settings: Any) -> Any:
    """A gateway that names staff numbers, without a secret."""
    cache.clear()
    settings.SSO_HEADER, settings.SSO_PROXIES, settings.PROXIES = "X-Staff-No", [GATEWAY], [GATEWAY]
    return settings


def come(door: Door, said: str, address: str = GATEWAY) -> Client:
    """A browser whose requests arrive with the header."""
    return door.client(address, HTTP_X_STAFF_NO=said, HTTP_X_FORWARDED_FOR="10.1.2.3")


def inside(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_it_is_off_by_default(door: Door, settings: Any) -> None:
    assert settings.SSO_HEADER == ""
    door.user("qian")
    assert not inside(come(door, "N001"))


def test_the_gateways_word_lets_in(door: Door, gateway: Any) -> None:
    door.user("qian")
    client = come(door, "N001")
    assert "统一身份认证" in text_of(client.get("/account/"))
    assert inside(client)
    (line,) = Event.objects.filter(verb="log-in")
    assert (line.detail, line.source, line.stream) == ("统一身份认证", "10.1.2.3", "450100")


@pytest.mark.parametrize("address", ["10.0.0.6", "127.0.0.1", "10.1.2.3", "::1"])
def test_a_header_from_elsewhere_is_ignored_and_noted_once(
    door: Door, gateway: Any, address: str
) -> None:
    door.user("qian")
    for _ in range(5):
        assert not inside(come(door, "N001", address))
    (line,) = Event.objects.filter(verb="sso-refused")
    assert (line.stream, line.source) == (audit.SYSTEM, address)
    assert "N001" not in line.detail


def test_a_header_from_elsewhere_changes_nothing_for_whoever_is_in(
    door: Door, gateway: Any
) -> None:
    door.user("qian")
    door.user("liu")
    client = door.inside("liu", "10.1.2.9")
    client.defaults["HTTP_X_STAFF_NO"] = "N001"
    page = text_of(client.get("/account/"))
    assert door.people["liu"].staff_no in page


@pytest.mark.parametrize("trouble", ["unknown", "not approved", "closed", "empty", "name", "case"])
def test_an_account_that_does_not_work_stays_out(door: Door, gateway: Any, trouble: str) -> None:
    if trouble == "not approved":
        accounts.open_account(door.actor("opener"), door.person("qian"))
    elif trouble != "unknown":
        door.user("qian")
    if trouble == "closed":
        accounts.close(door.actor("opener"), door.person("qian"))
    said = {"empty": " ", "name": "qian", "case": "n001"}.get(trouble, "N001")
    assert not inside(come(door, said))


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        (signed("N001"), "N001"),
        (signed("N001", AT - 60), "N001"),
        (signed("N001", AT + 60), "N001"),
        (signed("N001", AT - 61), ""),
        (signed("N001", AT + 61), ""),
        (signed("N001", secret="another"), ""),
        (signed("N001").replace("N001", "N002"), ""),
        (signed("N001")[:-1], ""),
        (signed("N001") + "0", ""),
        (signed("N001|x"), ""),
        ("N001", ""),
        ("N001|" + str(AT), ""),
        ("N001||" + "0" * 64, ""),
        ("", ""),
        ("|" + str(AT) + "|" + "0" * 64, ""),
        (signed("N001").upper(), ""),
    ],
)
def test_only_a_fresh_signature_counts(said: str, whose: str) -> None:
    assert vouched_for(said, SECRET, NOW) == whose


def test_with_a_secret_the_gateways_address_is_not_enough(door: Door, gateway: Any) -> None:
    gateway.SSO_SECRET = SECRET
    door.user("qian")
    assert not inside(come(door, "N001"))
    assert not inside(come(door, signed("N001", secret="another")))
    assert inside(come(door, signed("N001")))
    assert not inside(come(door, signed("N001"), "10.0.0.6"))


def test_the_gateway_changes_who_is_in(door: Door, gateway: Any) -> None:
    door.user("qian")
    door.user("liu")
    client = come(door, "N001")
    assert "N001" in text_of(client.get("/account/"))
    client.defaults["HTTP_X_STAFF_NO"] = door.people["liu"].staff_no
    page = text_of(client.get("/account/"))
    assert door.people["liu"].staff_no in page
    assert "N001" not in page


def test_one_request_after_another_is_one_log_in(door: Door, gateway: Any) -> None:
    door.user("qian")
    client = come(door, "N001")
    for _ in range(3):
        assert inside(client)
    assert Event.objects.filter(verb="log-in").count() == 1


@pytest.mark.parametrize("vouched", [False, True])
def test_the_second_factor_may_be_the_gateways(door: Door, gateway: Any, vouched: bool) -> None:
    gateway.SSO_SECOND_FACTOR = vouched
    door.user("aud")
    client = come(door, door.people["aud"].staff_no)
    answer = client.get("/account/")
    assert answer.status_code == (200 if vouched else 302)
    if not vouched:
        client.get("/account/second-factor")
        code = code_of(client.session["factor_key"])
        client.post("/account/second-factor", {"do": "enrol", "code": code})
        assert inside(client)


def test_ones_session_with_the_gateway_ends_by_the_clock_as_well(door: Door, gateway: Any) -> None:
    door.user("qian")
    client = come(door, "N001")
    assert inside(client)
    door.clock.forward(minutes=20)
    assert client.get("/account/")["Location"].endswith("why=idle")
    assert inside(client)
    assert Event.objects.filter(verb="log-in").count() == 2
