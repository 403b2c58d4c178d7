"""The log-in page: who is let in, who is locked out, and what strangers can learn."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.test import RequestFactory

from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org import accounts
from rongjian.org.account_models import Account
from rongjian.org.log_in_policy import policy
from rongjian.web import addresses
from tests.web.door import OFFICE, OTHER, PASSWORD
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.door import Door

WRONG = "账号或密码不对"
LOCKED = "账号已锁定，请 15 分钟后再试或联系系统管理员"


def lines(verb: str) -> list[Event]:
    return list(Event.objects.filter(verb=verb).order_by("pk"))


class CountingHasher(MD5PasswordHasher):
    """A hasher that says how often it worked."""

    algorithm = "counting"
    work = 0

    def encode(self, password: str, salt: str) -> str:
        CountingHasher.work += 1
        return super().encode(password, salt)


def test_the_right_password_lets_in_and_the_log_says_so(door: Door) -> None:
    door.user("qian")
    client = door.client()
    answer = door.log_in(client, " QIAN ")
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    (line,) = lines("log-in")
    assert (line.stream, line.source, line.actor) == ("450100", OFFICE, "u:N001")


@pytest.mark.parametrize("trouble", ["wrong", "unknown", "not approved", "closed", "no slip used"])
def test_strangers_learn_nothing_from_what_is_said(door: Door, trouble: str) -> None:
    if trouble == "not approved":
        accounts.open_account(door.actor("opener"), door.person("qian"), "qian")
    elif trouble == "no slip used":
        door.account("qian")
    elif trouble != "unknown":
        door.user("qian")
    if trouble == "closed":
        accounts.close(door.actor("opener"), door.person("qian"))
    password = OTHER if trouble == "wrong" else PASSWORD
    client = door.client()
    said = []
    for _ in range(policy().failures):
        answer = door.log_in(client, "qian", password)
        page = text_of(answer)
        said.append((answer.status_code, WRONG in page, LOCKED in page))
    assert said == [(200, True, False)] * (policy().failures - 1) + [(429, False, True)]


def test_an_unknown_account_costs_the_same_work(door: Door, settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.web.test_log_in.CountingHasher"]
    door.user("qian")
    accounts.open_account(door.actor("opener"), door.person("liu"), "liu")
    work = []
    for name in ("qian", "nobody", "liu"):
        before, line = CountingHasher.work, Event.objects.count()
        door.log_in(door.client(), name, "wrong")
        work.append((CountingHasher.work - before, Event.objects.count() - line))
    assert work[0] == work[1] == (1, 1)
    # No password at all yet: Django compares nothing; the work is done once all the same.
    assert work[2] == (1, 1)


@pytest.mark.parametrize(
    ("failures", "minutes", "same_account", "same_address"),
    [
        (tries, after, account, address)
        for tries, after, account, address in product(
            (4, 5, 6), (0, 14, 15), (True, False), (True, False)
        )
    ],
)
def test_the_lock_holds_for_one_account_at_one_address(
    door: Door, failures: int, minutes: int, same_account: bool, same_address: bool
) -> None:
    door.user("qian")
    door.user("liu")
    for _ in range(failures):
        door.log_in(door.client(), "qian", "wrong")
    door.clock.forward(minutes=minutes, seconds=1)
    client = door.client(OFFICE if same_address else "10.1.2.4")
    answer = door.log_in(client, "qian" if same_account else "liu")
    locked = failures >= 5 and minutes < 15 and same_account and same_address
    assert answer.status_code == (429 if locked else 302)


def test_an_attacker_cannot_lock_out_the_owner_from_his_own_computer(door: Door) -> None:
    door.user("qian")
    for _ in range(30):
        door.log_in(door.client("10.66.6.6"), "qian", "wrong")
    assert door.log_in(door.client("10.66.6.6"), "qian").status_code == 429
    assert door.log_in(door.client(), "qian").status_code == 302


def test_an_address_that_tries_many_accounts_is_locked_altogether(door: Door) -> None:
    door.user("qian")
    for number in range(policy().failures_of_address):
        assert door.log_in(door.client(), f"n{number}", "wrong").status_code == 200
    assert door.log_in(door.client(), "qian").status_code == 429
    assert door.log_in(door.client("10.1.2.4"), "qian").status_code == 302
    door.clock.forward(minutes=16)
    assert door.log_in(door.client(), "qian").status_code == 302


def test_a_guesser_with_many_addresses_is_stopped_and_the_owner_is_not(door: Door) -> None:
    door.user("qian")
    door.inside("qian")
    for name in ("qian", "nobody"):
        for number in range(policy().failures_of_account):
            assert door.log_in(door.client(f"10.66.0.{number}"), name, "wrong").status_code == 200
        # A known account and an unknown one look the same from a fresh address.
        assert door.log_in(door.client("10.66.1.1"), name).status_code == 429
    assert door.log_in(door.client(), "qian").status_code == 302
    assert len(lines("log-in-failed")) == 2 * policy().failures_of_account
    accounts.unlock(door.actor("opener"), "qian")
    assert door.log_in(door.client("10.66.1.1"), "qian").status_code == 302


def test_tries_while_locked_do_not_lengthen_the_lock(door: Door) -> None:
    door.user("qian")
    for _ in range(5):
        door.log_in(door.client(), "qian", "wrong")
    for minutes in (15, 10, 5, 1):
        answer = door.log_in(door.client(), "qian")
        assert f"请 {minutes} 分钟后再试" in text_of(answer)
        door.clock.forward(minutes={15: 5, 10: 5, 5: 4, 1: 1.1}[minutes])
    assert door.log_in(door.client(), "qian").status_code == 302


def test_success_forgets_the_failures_before(door: Door) -> None:
    door.user("qian")
    for _ in range(3):
        for _ in range(4):
            door.log_in(door.client(), "qian", "wrong")
        assert door.log_in(door.client(), "qian").status_code == 302


def test_a_flood_of_failures_adds_few_lines(door: Door) -> None:
    door.user("qian")
    for _ in range(60):
        door.log_in(door.client(), "qian", "wrong")
    found = lines("log-in-failed")
    assert [line.detail for line in found][-1] == "第 5 次失败，在该地址锁定 15 分钟"
    assert len(found) == policy().failures
    assert {line.stream for line in found} == {"450100"}
    for number in range(60):
        door.log_in(door.client("10.7.7.7"), f"n{number}", "wrong")
    others = [line for line in lines("log-in-failed") if line.source == "10.7.7.7"]
    assert len(others) == policy().failures_of_address
    assert {(line.stream, line.object) for line in others} == {(audit.SYSTEM, "account:?")}
    assert "该地址锁定 15 分钟" in others[-1].detail


def test_what_was_typed_is_kept_nowhere(door: Door) -> None:
    door.user("qian")
    for name, word in ((PASSWORD, "x"), ("qian", "Geheim-9-wort")):
        door.log_in(door.client(), name, word)
    door.client().post("/activate/", {"username": "qian", "code": "GEHEIM-9-CODE", "new": OTHER})
    kept = str(list(Event.objects.values())) + str(list(AccessAttempt.objects.values()))
    for secret in (PASSWORD, "Geheim-9-wort", "GEHEIM-9-CODE", OTHER):
        assert secret not in kept
    assert "qian" not in str(list(AccessAttempt.objects.values()))


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("10.1.1.1", "", "10.1.1.1"),
        ("10.1.1.1", "6.6.6.6", "10.1.1.1"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "10.1.1.1", "10.1.1.1"),
        ("10.0.0.5", "6.6.6.6, 10.1.1.1", "10.1.1.1"),
        ("10.0.0.5", "6.6.6.6, 10.1.1.1, 10.0.0.6", "10.1.1.1"),
        ("10.0.0.5", "10.1.1.1, nonsense", "10.0.0.5"),
        ("10.0.0.5", "<script>", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.6, 10.0.0.7", "10.0.0.6"),
        ("::ffff:10.0.0.5", "10.1.1.1", "10.1.1.1"),
        ("2001:db8::1", "10.1.1.1", "2001:db8::1"),
        ("", "10.1.1.1", ""),
    ],
)
def test_only_known_proxies_are_believed(
    settings, remote: str, forwarded: str, client: str
) -> None:
    settings.PROXIES = ["10.0.0.0/28"]
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert addresses.client(request) == client


def test_a_forged_address_does_not_get_around_the_lock(door: Door) -> None:
    door.user("qian")
    for number in range(6):
        client = door.client(HTTP_X_FORWARDED_FOR=f"10.9.9.{number}")
        answer = door.log_in(client, "qian", "wrong")
    assert answer.status_code == 429


# ---- activation ----


def activation(code: str, **changed: str) -> dict[str, str]:
    return {"username": "qian", "code": code, "new": PASSWORD, "again": PASSWORD} | changed


def test_a_slip_lets_in_once(door: Door) -> None:
    slip = door.account("qian")
    client = door.client()
    answer = client.post("/activate/", activation(slip.code.lower()))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/account/").status_code == 200
    assert [line.actor for line in lines("activate")] == ["u:N001"]
    again = door.client().post("/activate/", activation(slip.code, new=OTHER, again=OTHER))
    assert again.status_code == 422
    assert "已经用过" in text_of(again)
    assert User.objects.get(username="qian").check_password(PASSWORD)


def test_a_slip_runs_out_after_a_day(door: Door) -> None:
    slip = door.account("qian")
    door.clock.forward(hours=24)
    answer = door.client().post("/activate/", activation(slip.code))
    assert answer.status_code == 422
    assert "激活单已于06 月 26 日 15:00失效" in text_of(answer)


def test_a_slip_waits_for_the_approval(door: Door) -> None:
    slip = accounts.open_account(door.actor("opener"), door.person("qian"), "qian")
    answer = door.client().post("/activate/", activation(slip.code))
    assert "还没有经安全管理员核准" in text_of(answer)
    accounts.approve_account(door.actor("approver"), door.person("qian"))
    assert door.client().post("/activate/", activation(slip.code)).status_code == 302


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"new": "short", "again": "short"}, "密码太短：至少 10 个字符，现在 5 个"),
        ({"again": OTHER}, "两次填写的新密码不一样"),
        ({"new": "", "again": ""}, "请填写新密码"),
        ({"new": "Nanning#8tkV", "again": "Nanning#8tkV"}, "本院名称"),
    ],
)
def test_a_bad_password_uses_up_nothing(door: Door, changed: dict[str, str], said: str) -> None:
    slip = door.account("qian")
    client = door.client()
    answer = client.post("/activate/", activation(slip.code, **changed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert slip.code in text_of(answer)
    assert client.post("/activate/", activation(slip.code)).status_code == 302


def test_guessing_codes_is_locked_like_guessing_passwords(door: Door) -> None:
    slip = door.account("qian")
    statuses = [
        door.client().post("/activate/", activation("AAAA-BBBB-CCCC-DDDD")).status_code
        for _ in range(5)
    ]
    assert statuses == [422] * 4 + [429]
    assert door.client().post("/activate/", activation(slip.code)).status_code == 429
    assert door.client("10.1.2.4").post("/activate/", activation(slip.code)).status_code == 302


def test_an_administrators_first_password_has_fourteen_characters(door: Door) -> None:
    slip = door.account("sys")
    data = {"username": "sys", "code": slip.code, "new": "Tk9#fVr2&xWm", "again": "Tk9#fVr2&xWm"}
    assert "至少 14 个字符" in text_of(door.client().post("/activate/", data))


# ---- changing the password ----


def change(old: str = PASSWORD, new: str = OTHER, again: str = "") -> dict[str, str]:
    return {"old": old, "new": new, "again": again or new}


def test_the_password_can_be_changed_and_the_session_stays(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    key = client.session.session_key
    assert client.post("/account/password", change())["Location"] == "/account/"
    assert "密码已修改" in text_of(client.get("/account/"))
    assert client.session.session_key != key
    assert door.log_in(door.client(), "qian").status_code == 200
    assert door.log_in(door.client(), "qian", OTHER).status_code == 302
    assert [line.verb for line in lines("change-password")] == ["change-password"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (change(old="wrong"), "原密码不对"),
        (change(again="another"), "两次填写的新密码不一样"),
        (change(new=PASSWORD), "不能再用现在的"),
        (change(new="Tk#2026fVr&x"), "年份"),
    ],
)
def test_a_password_that_cannot_be_is_refused(door: Door, data: dict[str, str], said: str) -> None:
    door.user("qian")
    client = door.inside("qian")
    answer = client.post("/account/password", data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert User.objects.get(username="qian").check_password(PASSWORD)


def test_the_old_password_cannot_be_guessed_from_an_open_session(door: Door) -> None:
    door.user("qian")
    client = door.inside("qian")
    statuses = [client.post("/account/password", change(old="wrong")).status_code for _ in range(5)]
    assert statuses == [422] * 4 + [429]


def test_expiry_forces_a_change(door: Door) -> None:
    door.user("qian")
    door.clock.forward(days=75)
    assert "到期" not in text_of(door.inside("qian").get("/ledger/"))
    door.clock.forward(days=1)
    assert "您的密码还有 14 天到期" in text_of(door.inside("qian").get("/ledger/"))
    door.clock.forward(days=14)
    client = door.inside("qian")
    for path in ("/", "/account/", "/ledger/", "/documents/"):
        assert client.get(path)["Location"] == "/account/password"
    page = text_of(client.get("/account/password"))
    assert "密码已到更换期限" in page
    assert "主菜单" not in page or 'href="/ledger/"' not in page
    assert client.post("/account/password", change())["Location"] == "/"
    assert client.get("/ledger/").status_code == 200


def test_a_demo_neither_forces_a_change_nor_a_second_factor(door: Door, settings) -> None:
    settings.DEMO = True
    door.user("aud")
    Account.objects.update(password_at=None)
    assert door.inside("aud").get("/account/").status_code == 200
    page = text_of(door.client().get("/login/"))
    assert "演示中不要求三类管理员使用手机验证码" in page


def test_where_to_go_afterwards_stays_in_the_house(door: Door) -> None:
    door.user("qian")
    for target, place in (
        ("/ledger/", "/ledger/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https:evil.example", "/"),
        ("https://evil.example/x", "/"),
        ("javascript:alert(1)", "/"),
    ):
        data = {"username": "qian", "password": PASSWORD, "next": target}
        assert door.client().post("/login/", data)["Location"] == place


def test_the_password_may_be_pasted(door: Door) -> None:
    page = text_of(door.client().get("/login/")) + text_of(door.client().get("/activate/"))
    assert "onpaste" not in page
    assert 'autocomplete="off" type="password"' not in page
    assert 'autocomplete="current-password"' in page
