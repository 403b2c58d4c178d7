"""The second factor: who must bring one, how it is set up, what is refused, and no way around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.urls import URLPattern, get_resolver
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from rongjian.log.models import Event
from rongjian.org import accounts, second_factor
from rongjian.org.access import Denied
from rongjian.org.log_in_policy import policy
from tests.contract.test_every_url import OPEN, ROUTES
from tests.web.door import OFFICE, PASSWORD, code_of
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.door import Door

PAGE = "/account/second-factor"
# Where somebody without the factor may go: to prove it, or away.
STAYS_OPEN = {"second-factor", "logout"}
PATTERNS = {
    each.name: str(each.pattern)
    for each in get_resolver().url_patterns
    if isinstance(each, URLPattern)
}


def enrolled(door: Door, name: str) -> tuple[Client, str, list[str]]:
    """A browser of somebody who has just set up a phone: its key, the recovery codes."""
    door.user(name)
    client = door.inside(name)
    client.get(PAGE)
    key = client.session["factor_key"]
    answer = client.post(PAGE, {"do": "enrol", "code": code_of(key)})
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", text_of(answer))
    return client, key, codes


def prove(client: Client, code: str) -> bool:
    return client.post(PAGE, {"code": code}).status_code == 302


@pytest.mark.parametrize("name", ["sys", "sec", "aud"])
def test_an_administrator_sets_up_a_phone_before_anything_else(door: Door, name: str) -> None:
    client, key, codes = enrolled(door, name)
    assert len(set(codes)) == policy().recovery_codes
    assert client.get("/account/").status_code == 200
    (device,) = TOTPDevice.objects.filter(user__username=name)
    assert (device.key, device.confirmed) == (key, True)
    assert Event.objects.filter(verb="enrol-second-factor", stream="450000").count() == 1


@pytest.mark.parametrize("name", sorted(set(ROUTES) - STAYS_OPEN))
@pytest.mark.parametrize("way", ["password", "gateway", "slip", "elsewhere"])
def test_no_address_is_reached_without_it_whatever_the_way_in(
    door: Door, settings: Any, name: str, way: str
) -> None:
    client = come_in(door, settings, way)
    address = "/" + re.sub(r"<[^>]*>", "1", PATTERNS[name])
    for answer in (client.get(address), client.post(address, {"x": "y"})):
        assert (answer.status_code, answer["Location"]) == (302, PAGE)


def come_in(door: Door, settings: Any, way: str) -> Client:
    """A browser of an administrator who has come in by one of the ways, and proven nothing more."""
    client = door.client()
    if way == "slip":
        slip = door.account("aud")
        data = {"username": "aud", "code": slip.code, "new": PASSWORD, "again": PASSWORD}
        assert client.post("/activate/", data).status_code == 302
        return client
    user = door.user("aud")
    if way == "password":
        door.log_in(client, "aud")
    elif way == "gateway":
        settings.SSO_HEADER, settings.SSO_PROXIES = "X-Staff-No", [OFFICE]
        client.defaults["HTTP_X_STAFF_NO"] = door.people["aud"].staff_no
    else:
        client.force_login(user)
    return client


def test_every_way_in_is_known() -> None:
    """A new address that strangers may open must be looked at here."""
    assert {"login", "activate", "set-up", "healthz"} == OPEN


def test_at_the_next_log_in_the_phone_is_asked_for(door: Door) -> None:
    _, key, _ = enrolled(door, "sec")
    client = door.inside("sec")
    assert client.get("/account/")["Location"] == PAGE
    assert "6 位数字" in text_of(client.get(PAGE))
    before = client.session.session_key
    assert prove(client, code_of(key, ahead=1))
    assert client.get("/account/").status_code == 200
    assert client.session.session_key != before


def test_a_code_counts_once(door: Door) -> None:
    _, key, _ = enrolled(door, "sec")
    used = code_of(key)
    assert not prove(door.inside("sec"), used)
    fresh = code_of(key, ahead=1)
    assert prove(door.inside("sec"), fresh)
    answer = door.inside("sec").post(PAGE, {"code": fresh})
    assert answer.status_code == 422
    assert "已经用过" in text_of(answer)


@pytest.mark.parametrize("ahead", [-20, -3, 3, 20])
def test_codes_of_other_times_are_refused(door: Door, ahead: int) -> None:
    _, key, _ = enrolled(door, "sec")
    assert not prove(door.inside("sec"), code_of(key, ahead))


@pytest.mark.parametrize(
    "code", ["", "000000", "abc", "12345", "1234567", "-00001", "１２３４５６", "\0"]
)
def test_what_is_no_code_is_refused(door: Door, code: str) -> None:
    enrolled(door, "sec")
    client = door.inside("sec")
    assert client.post(PAGE, {"code": code}).status_code == 422
    assert client.get("/account/")["Location"] == PAGE


def test_another_persons_codes_are_worth_nothing(door: Door) -> None:
    _, key, codes = enrolled(door, "sec")
    enrolled(door, "aud")
    client = door.inside("aud")
    assert not prove(client, code_of(key, ahead=1))
    assert not prove(client, codes[0])


def test_recovery_codes_are_used_up_one_by_one(door: Door) -> None:
    _, _, codes = enrolled(door, "sec")
    for number, code in enumerate(codes):
        written = code.upper().replace("-", " ") if number % 2 else code
        assert prove(door.inside("sec"), written)
        assert not prove(door.inside("sec"), code)
    assert StaticToken.objects.count() == 0
    details = Event.objects.filter(verb="use-recovery-code").order_by("pk")
    assert [line.detail for line in details][-1] == "还剩 0 个"


def test_recovery_codes_are_not_stored(door: Door) -> None:
    _, _, codes = enrolled(door, "sec")
    kept = {token.token for token in StaticToken.objects.all()}
    assert len(kept) == len(codes)
    assert not kept & {code.replace("-", "") for code in codes} | kept & set(codes)


def test_new_recovery_codes_void_the_old_ones(door: Door) -> None:
    client, key, codes = enrolled(door, "sec")
    answer = client.post(PAGE, {"do": "codes", "code": code_of(key, ahead=1)})
    fresh = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", text_of(answer))
    assert len(fresh) == policy().recovery_codes
    assert not set(fresh) & set(codes)
    assert not prove(door.inside("sec"), codes[0])
    assert prove(door.inside("sec"), fresh[0])


@pytest.mark.parametrize("doing", ["codes", "replace"])
def test_changing_the_factor_asks_for_a_code_first(door: Door, doing: str) -> None:
    client, key, _ = enrolled(door, "sec")
    answer = client.post(PAGE, {"do": doing, "code": "000000"})
    assert answer.status_code == 422
    assert "factor_key" not in client.session
    answer = client.post(PAGE, {"do": "enrol", "code": code_of(key, ahead=1)})
    assert answer.status_code == 422
    assert TOTPDevice.objects.get().key == key


def test_another_phone_takes_the_place_of_the_first(door: Door) -> None:
    client, key, _ = enrolled(door, "sec")
    client.post(PAGE, {"do": "replace", "code": code_of(key, ahead=1)})
    new = client.session["factor_key"]
    assert new != key
    assert client.post(PAGE, {"do": "enrol", "code": code_of(new)}).status_code == 200
    assert not prove(door.inside("sec"), code_of(key, ahead=1))
    assert prove(door.inside("sec"), code_of(new, ahead=1))


def test_a_phone_is_in_use_only_after_it_showed_the_right_code(door: Door) -> None:
    door.user("sec")
    client = door.inside("sec")
    client.get(PAGE)
    key = client.session["factor_key"]
    answer = client.post(PAGE, {"do": "enrol", "code": "000000"})
    assert answer.status_code == 422
    assert client.session["factor_key"] == key
    assert TOTPDevice.objects.count() == 0
    assert client.get("/account/")["Location"] == PAGE


def test_the_picture_and_the_letters_hold_the_key(door: Door) -> None:
    door.user("sec")
    client = door.inside("sec")
    page = text_of(client.get(PAGE))
    user = User.objects.get(username="sec")
    offer = second_factor.offered(user, client.session["factor_key"])
    assert offer.text in page
    assert offer.text.replace(" ", "") in offer.uri
    assert 'src="data:image/svg+xml' in page
    assert "issuer=%E8%9E%8D%E6%A3%80" in offer.uri


def test_others_may_set_up_a_phone_and_are_then_asked_for_it(door: Door) -> None:
    door.user("liu")
    assert door.inside("liu").get("/account/").status_code == 200
    _, key, _ = enrolled(door, "qian")
    client = door.inside("qian")
    assert client.get("/account/")["Location"] == PAGE
    assert prove(client, code_of(key, ahead=1))


def test_everybody_can_be_asked_for_one(door: Door, settings: Any) -> None:
    settings.SECOND_FACTOR_FOR_ALL = True
    door.user("qian")
    assert door.inside("qian").get("/account/")["Location"] == PAGE


def test_wrong_codes_slow_down(door: Door, settings: Any) -> None:
    _, key, _ = enrolled(door, "sec")
    settings.OTP_TOTP_THROTTLE_FACTOR = 1
    client = door.inside("sec")
    assert not prove(client, "000000")
    assert "试错太多" in text_of(client.post(PAGE, {"code": code_of(key, ahead=1)}))
    assert Event.objects.filter(verb="second-factor-failed").count() == 1
    door.clock.forward(seconds=2)
    assert prove(client, code_of(key, ahead=1))


def test_lifting_a_lock_lets_codes_be_tried_at_once(door: Door, settings: Any) -> None:
    _, _, codes = enrolled(door, "sec")
    settings.OTP_STATIC_THROTTLE_FACTOR = 1000
    client = door.inside("sec")
    assert not prove(client, "wrong-wrong")
    assert not prove(client, codes[0])
    accounts.unlock(door.actor("opener"), "sec")
    assert prove(client, codes[0])


def test_a_lost_phone_is_forgotten_by_another_security_administrator(door: Door) -> None:
    enrolled(door, "sec")
    for name in ("sys", "aud", "opener", "qian"):
        with pytest.raises(Denied):
            second_factor.remove(door.actor(name), door.person("sec"))
    with pytest.raises(ValidationError, match="自己的手机验证码"):
        second_factor.remove(door.actor("sec"), door.person("sec"))
    with pytest.raises(ValidationError, match="没有账号"):
        second_factor.remove(door.actor("approver"), door.person("liu"))
    second_factor.remove(door.actor("approver"), door.person("sec"))
    client = door.inside("sec")
    assert "扫描" in text_of(client.get(PAGE))
    assert client.get("/account/")["Location"] == PAGE


def test_one_goes_on_inside_the_house_only(door: Door) -> None:
    _, key, codes = enrolled(door, "sec")
    client = door.inside("sec")
    answer = client.post(PAGE, {"code": code_of(key, ahead=1), "next": "//evil.example/"})
    assert answer["Location"] == "/"
    answer = door.inside("sec").post(PAGE, {"code": codes[0], "next": "/ledger/"})
    assert answer["Location"] == "/ledger/"
