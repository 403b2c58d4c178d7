"""Coming in twice at the same moment, in real transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rongjian.log.audit import verify
from rongjian.log.models import Event
from rongjian.org.account_models import LogIn
from tests.racing import at_once
from tests.web.door import PASSWORD, code_of

if TYPE_CHECKING:
    from tests.house import House
    from tests.web.door import Door

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PAGE = "/account/second-factor"


def statuses(press: Any) -> list[int]:
    return sorted(answer.status_code for answer in at_once(press))


def test_a_slip_a_code_and_a_log_in_count_once(emptied: House, door: Door) -> None:
    slip = door.account("sec")
    data = {"username": "sec", "code": slip.code, "new": PASSWORD, "again": PASSWORD}
    assert statuses(lambda: door.client().post("/activate/", data)) == [302, 422]

    client = door.inside("sec")
    client.get(PAGE)
    key = client.session["factor_key"]
    assert client.post(PAGE, {"do": "enrol", "code": code_of(key)}).status_code == 200

    fresh = code_of(key, ahead=1)
    browsers = [door.inside("sec"), door.inside("sec")]
    # Both have given the password: only the second one's log-in still holds.
    assert statuses(lambda: browsers[1].post(PAGE, {"code": fresh})) == [302, 422]

    assert statuses(lambda: door.log_in(door.client(), "sec")) == [302, 302]
    assert LogIn.objects.filter(account__user__username="sec", ending="").count() == 1

    door.log_in(door.client("10.8.8.8"), "sec", "wrong")
    door.log_in(door.client("10.8.8.8"), "nobody", "wrong")
    assert Event.objects.filter(verb="log-in-failed", source="10.8.8.8").count() == 2
    assert not verify().breaks
