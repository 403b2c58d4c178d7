"""Sessions: they end by themselves, elsewhere, and by an administrator; and what is not lost."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session

from rongjian.log.models import Event
from rongjian.org import accounts
from rongjian.org.account_models import LogIn
from rongjian.org.actions import appoint
from rongjian.org.models import Post
from tests.house import FOUNDED
from tests.web.door import PASSWORD, code_of
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from django.test import Client

    from tests.web.door import Door


def where(client: Client, path: str = "/account/") -> str:
    """Where somebody ends up: the reason at the log-in, or "in"."""
    answer = client.get(path)
    if answer.status_code == 200:
        return "in"
    target = answer["Location"]
    return target.partition("why=")[2] if target.startswith("/login/") else target


@pytest.mark.parametrize(
    ("name", "idle", "absolute"),
    [("qian", 15, 8), ("chen", 10, 4)],
)
def test_idle_and_absolute_time_out(door: Door, name: str, idle: int, absolute: int) -> None:
    door.user(name)
    client = door.inside(name)
    door.clock.forward(minutes=idle - 1)
    assert where(client) == "in"
    door.clock.forward(minutes=idle)
    assert where(client) == "idle"
    assert where(client, "/account/") == ""
    client = door.inside(name)
    steps = absolute * 60 // (idle - 1)
    for _ in range(steps):
        door.clock.forward(minutes=idle - 1)
        assert where(client) == "in"
    door.clock.forward(minutes=absolute * 60 - steps * (idle - 1))
    assert where(client) == "limit"
    endings = LogIn.objects.filter(account__user__username=name).values_list("ending", flat=True)
    assert sorted(endings) == ["idle", "limit"]


def test_a_click_every_few_seconds_keeps_the_session(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    for _ in range(50):
        door.clock.forward(seconds=40)
        assert where(client) == "in"


def test_another_log_in_ends_the_one_before_and_says_so(door: Door) -> None:
    door.user("qian")
    first, second = door.inside("qian"), door.inside("qian", "10.1.2.4")
    answer = first.get("/account/", follow=True)
    assert "您的账号刚刚在另一处登录，这里已退出" in text_of(answer)
    assert where(second) == "in"
    assert where(first) == ""


def test_logging_out_ends_it_on_the_server_and_clears_the_browser(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    kept = client.cookies["sessionid"].value
    assert client.get("/logout/").status_code == 405
    answer = client.post("/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=kept).exists()
    thief = door.client()
    thief.cookies["sessionid"] = kept
    assert where(thief) == ""
    assert Event.objects.filter(verb="log-out", stream="450100").count() == 1


@pytest.mark.parametrize("how", ["close", "reset", "end", "user"])
def test_an_account_that_is_stopped_is_out_at_the_very_next_request(door: Door, how: str) -> None:
    user = door.user("qian")
    client = door.inside("qian")
    assert where(client) == "in"
    if how == "close":
        accounts.close(door.actor("opener"), door.person("qian"))
    elif how == "reset":
        accounts.reset(door.actor("opener"), door.person("qian"))
    elif how == "end":
        accounts.end_sessions(door.actor("opener"), door.person("qian"))
    else:
        user.is_active = False
        user.save()
    assert where(client) in {"", "ended"}
    assert where(client) == ""


def test_changed_posts_count_at_the_very_next_request(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    assert client.get("/ledger/handled-person").status_code == 200
    Post.objects.filter(person=door.people["qian"]).delete()
    assert client.get("/ledger/handled-person").status_code == 403
    appoint(door.people["qian"], door.house.units["450000"], "auditor", FOUNDED)
    assert where(client) == "/account/second-factor"


def test_the_key_changes_at_the_log_in(door: Door) -> None:
    door.user("qian")
    client = door.client()
    client.get("/login/")
    before = client.cookies["sessionid"].value
    door.log_in(client, "qian")
    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_what_was_typed_is_shown_when_the_time_is_up(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    door.clock.forward(minutes=20)
    answer = client.post("/ledger/activity/new", {"topic": "<b>学习会</b>", "password": PASSWORD})
    page = text_of(answer)
    assert answer.status_code == 401
    assert "&lt;b&gt;学习会&lt;/b&gt;" in page
    assert PASSWORD not in page
    assert "why=idle" in page
    assert where(client) == ""


def test_a_part_of_a_page_sends_the_whole_page_to_the_log_in(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    door.clock.forward(minutes=20)
    answer = client.get(
        "/ledger/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/documents/"}
    )
    assert answer["HX-Redirect"] == "/login/?next=%2Fdocuments%2F&why=idle"


def test_one_comes_back_to_the_page_that_was_open(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    door.clock.forward(minutes=20)
    target = client.get("/ledger/?q=a&b=c")["Location"]
    answer = client.get(target)
    assert 'name="next" value="/ledger/?q=a&amp;b=c"' in text_of(answer)


def test_a_session_that_came_about_elsewhere_is_a_log_in_as_well(door: Door) -> None:
    user = door.user("qian")
    client = door.client()
    client.force_login(user)
    other = door.inside("qian")
    assert where(other) == "in"
    assert where(client) == "in"
    assert where(other) == "replaced"


def test_the_own_page_shows_ones_log_ins_and_nobody_elses(door: Door) -> None:
    door.user("qian")
    door.user("liu")
    door.inside("liu", "10.5.5.5")
    for address in ("10.1.2.3", "10.1.2.4"):
        client = door.inside("qian", address)
    page = text_of(client.get("/account/"))
    assert "10.1.2.3" in page
    assert "就是这一次" in page
    assert "10.5.5.5" not in page


def test_the_other_browser_needs_its_own_second_factor(door: Door) -> None:
    door.user("sec")
    client = door.inside("sec")
    client.get("/account/second-factor")
    key = client.session["factor_key"]
    client.post("/account/second-factor", {"do": "enrol", "code": code_of(key)})
    assert where(client) == "in"
    assert where(door.inside("sec")) == "/account/second-factor"


def settings_with(**given: str) -> dict[str, str]:
    """What the settings are with these variables, read by a fresh process."""
    names = (
        "SESSION_COOKIE_NAME SESSION_COOKIE_SECURE SECURE_HSTS_SECONDS CSRF_USE_SESSIONS PROXIES"
    )
    script = (
        "from django.conf import settings\n"
        f"for name in {names.split()!r}:\n    print(name, getattr(settings, name))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "rongjian.settings"} | given,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def test_cookies_are_strict_where_the_site_is_reached_by_https() -> None:
    plain, strict = settings_with(), settings_with(RONGJIAN_HTTPS="1", RONGJIAN_PROXIES="10.0.0.5")
    assert plain["SESSION_COOKIE_SECURE"] == "False"
    assert strict["SESSION_COOKIE_SECURE"] == "True"
    assert strict["SESSION_COOKIE_NAME"] == "__Host-session"
    assert int(strict["SECURE_HSTS_SECONDS"]) >= timedelta(days=365).total_seconds()
    assert plain["CSRF_USE_SESSIONS"] == strict["CSRF_USE_SESSIONS"] == "True"
    assert strict["PROXIES"] == "['10.0.0.5']"


def test_the_cookie_is_out_of_reach_of_scripts(door: Door) -> None:
    client = door.client()
    client.get("/login/")
    (cookie,) = client.cookies.values()
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
