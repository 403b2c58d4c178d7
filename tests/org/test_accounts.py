"""Accounts: who opens, approves, resets, unlocks and closes them, and what the log says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from rongjian.kernel.content import CONTENT, ContentError, load_file
from rongjian.log import audit
from rongjian.log.models import Event, Image
from rongjian.org import accounts, activation, first_run, lockout, log_ins
from rongjian.org.access import Denied, visible
from rongjian.org.account_models import Account, AccountState, LogIn, OldPassword, Slip
from rongjian.org.actions import appoint
from rongjian.org.log_in_policy import RANGES, LogInPolicy, policy, session_end
from rongjian.org.models import Post
from tests.house import FOUNDED, NOW
from tests.web.door import OTHER, PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.door import Door


def verbs(stream: str) -> list[str]:
    return list(Event.objects.filter(stream=stream).order_by("seq").values_list("verb", flat=True))


def test_an_account_works_after_one_opened_and_another_approved_it(door: Door) -> None:
    person = door.person("qian")
    slip = accounts.open_account(door.actor("opener"), person)
    user = User.objects.get(person=person)
    assert slip.username == user.username == person.staff_no.lower()
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert user.account.state == AccountState.REQUESTED
    accounts.approve_account(door.actor("approver"), person)
    user.refresh_from_db()
    assert user.is_active
    assert Account.objects.get(user=user).decided_by == door.people["approver"]
    assert verbs("450100") == ["open-account", "approve-account"]


@pytest.mark.parametrize("who", ["qian", "lisi", "sec", "aud", "approver", "zhengshi"])
def test_only_a_system_administrator_opens_resets_and_closes(door: Door, who: str) -> None:
    door.user("liu")
    for action in (accounts.reset, accounts.close, accounts.end_sessions):
        with pytest.raises(Denied):
            action(door.actor(who), door.person("liu"))
    with pytest.raises(Denied):
        accounts.open_account(door.actor(who), door.person("zhouba"))
    with pytest.raises(Denied):
        accounts.unlock(door.actor(who), "liu")


@pytest.mark.parametrize("who", ["qian", "sys", "aud", "opener", "zhengshi"])
def test_only_a_security_administrator_approves(door: Door, who: str) -> None:
    accounts.open_account(door.actor("opener"), door.person("liu"))
    for decide in (accounts.approve_account, accounts.refuse_account):
        with pytest.raises(Denied):
            decide(door.actor(who), door.person("liu"))


def test_nobody_approves_what_he_opened_or_his_own(door: Door) -> None:
    for name in ("qian", "sec"):
        accounts.open_account(door.actor("opener"), door.person(name), name)
        if name == "qian":  # As by somebody who has been given another of the three posts since.
            user = door.person(name).account_id
            Account.objects.filter(user=user).update(opened_by=door.people["sec"])
        with pytest.raises(ValidationError, match="不能核准"):
            accounts.approve_account(door.actor("sec"), door.person(name))
        accounts.approve_account(door.actor("approver"), door.person(name))


def test_an_administrator_of_a_city_reaches_its_own_courts_only(door: Door) -> None:
    door.people["liu"].posts.all().delete()
    appoint(door.people["liu"], door.house.units["450200"], "sysadmin", FOUNDED)
    accounts.open_account(door.actor("liu"), door.person("liu"))
    with pytest.raises(Denied):
        accounts.open_account(door.actor("liu"), door.person("qian"))


@pytest.mark.parametrize("name", ["", "a", "李四", "a b", "x" * 31, "-ab", "a/b", "a'b"])
def test_a_name_that_is_none_is_refused(door: Door, name: str) -> None:
    person = door.person("qian")
    person.staff_no = name
    with pytest.raises(ValidationError, match="账号名"):
        accounts.open_account(door.actor("opener"), person, name)


def test_an_identity_stays_unique_even_after_closing(door: Door) -> None:
    door.user("qian")
    with pytest.raises(ValidationError, match="已有账号"):
        accounts.open_account(door.actor("opener"), door.person("qian"))
    accounts.close(door.actor("opener"), door.person("qian"))
    with pytest.raises(ValidationError, match="已被使用"):
        accounts.open_account(door.actor("opener"), door.person("liu"), "QIAN")
    again = accounts.open_account(door.actor("opener"), door.person("qian"), "another")
    assert again.username == "qian"


def test_whoever_has_left_gets_no_account(door: Door) -> None:
    person = door.people["qian"]
    person.left_on = date(2026, 6, 1)
    person.save()
    with pytest.raises(ValidationError, match="离院"):
        accounts.open_account(door.actor("opener"), door.person("qian"))


def test_closing_ends_everything(door: Door) -> None:
    user = door.user("qian")
    log_ins.begin(door.actor("qian"), user, "password")
    slip_code = accounts.reset(door.actor("opener"), door.person("qian")).code
    accounts.close(door.actor("opener"), door.person("qian"))
    user.refresh_from_db()
    assert not user.is_active
    assert not user.has_usable_password()
    assert not LogIn.objects.filter(account=user.pk, ending="").exists()
    assert activation.SlipBackend().authenticate(None, username="qian", code=slip_code) is None
    with pytest.raises(ValidationError, match="没有账号"):
        accounts.close(door.actor("opener"), door.person("liu"))


def test_leaving_closes_without_the_right_to_close(door: Door) -> None:
    user = door.user("qian")
    accounts.shut(door.actor("zhengshi"), door.person("qian"), "调离")
    user.refresh_from_db()
    assert not user.is_active
    line = Event.objects.filter(verb="close-account").get()
    assert (line.detail, line.stream) == ("调离", "450100")
    accounts.shut(door.actor("zhengshi"), door.person("liu"))
    assert Event.objects.filter(verb="close-account").count() == 1


def test_a_reset_voids_the_password_and_the_slip_before(door: Door) -> None:
    user = door.user("qian")
    first = accounts.reset(door.actor("opener"), door.person("qian"))
    second = accounts.reset(door.actor("opener"), door.person("qian"))
    user.refresh_from_db()
    assert user.is_active
    assert not user.check_password(PASSWORD)
    backend = activation.SlipBackend()
    assert backend.authenticate(None, username="qian", code=first.code) is None
    assert backend.authenticate(None, username="qian", code=second.code) == user
    assert backend.authenticate(None, username="liu", code=second.code) is None


def test_nobody_takes_over_an_administrator_alone(door: Door) -> None:
    door.user("sec")
    with pytest.raises(ValidationError, match="自己的账号"):
        accounts.reset(door.actor("opener"), door.person("opener"))
    accounts.reset(door.actor("opener"), door.person("sec"))
    assert not User.objects.get(username="sec").is_active
    accounts.approve_account(door.actor("approver"), door.person("sec"))
    assert User.objects.get(username="sec").is_active


def test_codes_are_long_unlike_each_other_and_not_stored(door: Door) -> None:
    codes = set()
    for name in ("qian", "liu", "lisi", "wangwu"):
        slip = door.account(name)
        codes.add(slip.code)
        kept = Slip.objects.get(account__user__username=name)
        assert slip.code not in kept.digest
        assert slip.expires_at - door.clock.now == timedelta(hours=24)
        assert len(slip.code.replace("-", "")) == 16
        assert accounts.digest_of(f" {slip.code.lower().replace('-', ' ')} ") == kept.digest
    assert len(codes) == 4


def test_a_slip_holds_until_its_hour(door: Door) -> None:
    slip = Slip(expires_at=NOW)
    assert slip.holds(NOW - timedelta(seconds=1))
    assert not slip.holds(NOW)
    slip.used_at = NOW
    assert not slip.holds(NOW - timedelta(days=1))


def test_earlier_passwords_do_not_come_back(door: Door) -> None:
    user = door.user("qian")
    actor = door.actor("qian")
    used = [PASSWORD]
    for number in range(policy().history + 2):
        new = f"{OTHER}{'abcdefg'[number]}"
        for old in used[-policy().history - 1 :]:
            with pytest.raises(ValidationError, match="用过"):
                activation.change_password(actor, user, old)
        activation.change_password(actor, user, new)
        used.append(new)
    assert OldPassword.objects.filter(account=user.pk).count() == policy().history
    activation.change_password(actor, user, used[0])


def test_a_bad_password_changes_nothing(door: Door) -> None:
    user = door.user("qian")
    lines = Event.objects.count()
    with pytest.raises(ValidationError):
        activation.change_password(door.actor("qian"), user, "short")
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert (Event.objects.count(), OldPassword.objects.count()) == (lines, 0)


def test_no_line_and_no_image_holds_a_secret(door: Door) -> None:
    slip = door.account("qian")
    user = User.objects.get(username="qian")
    activation.activate(door.actor("qian"), user, PASSWORD)
    activation.change_password(door.actor("qian"), user, OTHER)
    kept = " ".join(
        [f"{line.detail} {line.object}" for line in Event.objects.all()]
        + [str(audit.Change.read(bytes(image.body)).rows) for image in Image.objects.all()]
    )
    for secret in (slip.code, PASSWORD, OTHER, user.password, accounts.digest_of(slip.code)):
        assert secret not in kept
    assert audit.verify().breaks == ()


def test_a_fresh_installation_has_no_usable_account(db: None) -> None:
    assert User.objects.count() == 0
    assert Account.objects.count() == 0
    assert Post.objects.count() == 0
    assert first_run.stage() == "found"


def test_the_policy_holds_the_figures_of_the_baseline() -> None:
    everybody, administrators = policy().limits(()), policy().limits({"auditor", "prosecutor"})
    discipline = policy().limits({"integrity"})
    assert (everybody.length, administrators.length, discipline.length) == (10, 14, 10)
    minutes = [
        each.idle // timedelta(minutes=1) for each in (everybody, administrators, discipline)
    ]
    hours = [
        each.absolute // timedelta(hours=1) for each in (everybody, administrators, discipline)
    ]
    assert (minutes, hours) == ([15, 10, 10], [8, 4, 4])
    assert [each.second_factor for each in (everybody, administrators, discipline)] == [
        False,
        True,
        False,
    ]
    assert policy().administrators == {"sysadmin", "secadmin", "auditor"}


@pytest.mark.parametrize("name", sorted(RANGES))
@pytest.mark.parametrize("beyond", [-1, 1])
def test_a_figure_outside_its_range_stops_the_start(tmp_path: Path, name: str, beyond: int) -> None:
    least, most = RANGES[name]
    wrong = least - 1 if beyond < 0 else most + 1
    text = (CONTENT / "log-in.yaml").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        head, found, tail = line.partition(f"{name}: ")
        rest = tail.lstrip("0123456789")
        lines.append(f"{head}{found}{wrong}{rest}" if found and tail != rest else line)
    file = tmp_path / "log-in.yaml"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ContentError, match=name):
        load_file(file, LogInPolicy)


@pytest.mark.parametrize(
    ("began", "seen", "ended"),
    [
        (0, 0, ""),
        (14, 14, ""),
        (15, 15, "idle"),
        (300, 1, ""),
        (479, 0, ""),
        (480, 0, "limit"),
        (481, 60, "limit"),
    ],
)
def test_a_session_ends_by_itself(began: int, seen: int, ended: str) -> None:
    limits = policy().limits(())
    then = (NOW - timedelta(minutes=began), NOW - timedelta(minutes=seen))
    assert session_end(limits, *then, NOW) == ended


@pytest.mark.parametrize(("days", "left"), [(0, 90), (76, 14), (89, 1), (90, 0), (91, -1)])
def test_a_password_runs_out_after_ninety_days(days: int, left: int) -> None:
    changed = datetime(2026, 3, 1, 23, 59, tzinfo=NOW.tzinfo)
    assert policy().days_left(changed, changed + timedelta(days=days)) == left


def test_one_log_in_at_a_time(door: Door) -> None:
    user = door.user("qian")
    first = log_ins.begin(door.actor("qian"), user, "password")
    second = log_ins.begin(door.actor("qian"), user, "password")
    first.refresh_from_db()
    assert (first.ending, second.ending) == ("replaced", "")
    accounts.end_sessions(door.actor("opener"), door.person("qian"))
    second.refresh_from_db()
    assert second.ending == "ended"
    assert verbs("450100")[-1] == "end-sessions"


def test_a_lock_can_be_lifted(door: Door) -> None:
    door.user("qian")
    client = door.client()
    for _ in range(policy().failures):
        door.log_in(client, "qian", "wrong")
    assert lockout.locked("qian", door.clock.now)
    assert accounts.unlock(door.actor("opener"), "qian") > 0
    assert not lockout.locked("qian", door.clock.now)
    assert door.log_in(client, "qian").status_code == 302
    with pytest.raises(ValidationError, match="没有账号"):
        accounts.unlock(door.actor("opener"), "nobody")


def test_a_user_from_before_accounts_were_kept_is_taken_over(door: Door) -> None:
    user = User.objects.create_user("old", password=PASSWORD)
    door.people["liu"].account = user
    door.people["liu"].save()
    actor = replace(door.actor("liu"), address="10.9.9.9")
    assert log_ins.begin(actor, user, "password").address == "10.9.9.9"
    account = Account.objects.get(user=user)
    assert (account.state, account.password_at) == (AccountState.APPROVED, door.clock.now)


def test_accounts_are_seen_by_administrators_within_their_reach_and_by_their_holder(
    door: Door,
) -> None:
    for name in ("qian", "liu", "sec"):
        door.user(name)
    door.people["zhouba"].posts.all().delete()
    appoint(door.people["zhouba"], door.house.units["450100"], "sysadmin", FOUNDED)
    seen = {
        who: {str(account) for account in visible(door.actor(who), Account.objects.all())}
        for who in ("opener", "approver", "zhouba", "qian", "lisi", "zhengshi", "aud")
    }
    everybody = {"qian", "liu", "sec"}
    assert seen == {
        "opener": everybody,
        "approver": everybody,
        "zhouba": {"qian"},
        "qian": {"qian"},
        "lisi": set(),
        "zhengshi": set(),
        "aud": set(),
    }
