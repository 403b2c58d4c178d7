"""The first run: a code from the server, one procuratorate, three people, then closed for good."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from rongjian.log import audit
from rongjian.log.models import Event
from rongjian.org import first_run
from rongjian.org.access import actor_of
from rongjian.org.account_models import Account
from rongjian.org.models import Person, Post, Unit
from rongjian.web import clock
from tests.web.door import Clock
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = {
    "sysadmin_name": "韦强",
    "sysadmin_no": "GX0001",
    "secadmin_name": "莫丽",
    "secadmin_no": "GX0002",
    "auditor_name": "覃方",
    "auditor_no": "GX0003",
}
PASSWORD = "Tk9#fVr2&xWm!5b"


@pytest.fixture
def code(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty installation whose server has told its set-up code."""
    settings.DATA_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return first_run.set_up_code()


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test moves."""
    held = Clock(monkeypatch)
    held.forward()
    return held


def knowing(code: str) -> Client:
    """A browser in which the code has been given."""
    client = Client()
    answer = client.post("/setup/", {"code": f" {code.upper()} "})
    assert answer.status_code == 200
    return client


def at_people(code: str, place: str = "450000") -> Client:
    """A browser that has named the procuratorate."""
    client = knowing(code)
    answer = client.post("/setup/", {"place": place, "since": "2018-01-01"})
    assert answer.status_code == 200, text_of(answer)
    return client


def slips_of(page: str) -> dict[str, str]:
    """The codes on the slips by account."""
    found = re.findall(r"<code>([a-z0-9]+)</code>.*?<code>([A-Z0-9-]{19})</code>", page, re.DOTALL)
    return dict(found)


def activate(username: str, code: str) -> int:
    data = {"username": username, "code": code, "new": PASSWORD, "again": PASSWORD}
    return Client().post("/activate/", data).status_code


def test_the_code_lies_where_only_the_server_reads(code: str) -> None:
    file = first_run.code_file()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == code == first_run.set_up_code()
    assert len(code) == 30


def test_a_stranger_sees_only_that_a_code_is_needed(code: str) -> None:
    assert "进入初始设置" in text_of(Client().get("/login/"))
    page = text_of(Client().get("/setup/"))
    assert "设置码" in page
    assert 'name="place"' not in page
    for wrong in ("", code[:-1], "x" * 30, "0" * 30):
        answer = Client().post("/setup/", {"code": wrong, "place": "450000", **PEOPLE})
        assert answer.status_code == 422
    assert Unit.objects.count() == User.objects.count() == 0


def test_the_steps_cannot_be_skipped(code: str) -> None:
    assert Client().post("/setup/", {"place": "450000", "since": "2018-01-01"}).status_code == 422
    answer = knowing(code).post("/setup/", PEOPLE)
    assert answer.status_code == 422
    assert Unit.objects.count() == 0


def test_it_founds_one_procuratorate_and_three_administrators(code: str, still: Clock) -> None:
    page = text_of(at_people(code).post("/setup/", PEOPLE))
    assert sorted(slips_of(page)) == ["gx0001", "gx0002", "gx0003"]
    court = Unit.objects.get()
    assert (court.code, court.name, court.type) == ("450000", "广西壮族自治区人民检察院", "region")
    assert court.placements.get().valid_from.isoformat() == "2018-01-01"
    assert {post.person.name: post.role for post in Post.objects.all()} == {
        "韦强": "sysadmin",
        "莫丽": "secadmin",
        "覃方": "auditor",
    }
    assert not any(user.has_usable_password() for user in User.objects.all())
    lines = Event.objects.filter(stream="450000").values_list("verb", "actor")
    assert {actor for _, actor in lines} == {"set-up"}
    assert len([verb for verb, _ in lines if verb == "open-account"]) == 3
    assert audit.verify().breaks == ()
    for code_of_slip in slips_of(page).values():
        assert code_of_slip not in str(list(Event.objects.values()))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("450100", "city"),
        ("南宁市人民检察院", "city"),
        ("青秀区院", "county"),
        ("广西壮族自治区", "region"),
        (" 450103 ", "county"),
    ],
)
def test_a_procuratorate_is_named_as_people_do(code: str, said: str, kind: str) -> None:
    at_people(code, said).post("/setup/", PEOPLE)
    assert Unit.objects.get().type == kind


@pytest.mark.parametrize(
    ("place", "since", "said"),
    [
        ("", "2018-01-01", "没有认出"),
        ("999999", "2018-01-01", "没有认出"),
        ("市院", "2018-01-01", "没有认出"),
        ("450000", "", "请填写起始日期"),
        ("450000", "去年", "请填写起始日期"),
        ("450000", "2999-01-01", "不能晚于今天"),
    ],
)
def test_a_bad_place_or_day_says_what_to_write(
    code: str, place: str, since: str, said: str
) -> None:
    answer = knowing(code).post("/setup/", {"place": place, "since": since})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert f'value="{since}"' in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"auditor_name": ""}, "都要填写"),
        ({"auditor_no": ""}, "都要填写"),
        ({"auditor_name": "\0"}, "都要填写"),
        ({"auditor_no": "GX0001"}, "三个不同的人"),
        ({"auditor_no": "gx0001"}, "三个不同的人"),
        ({"auditor_name": "韦强"}, "三个不同的人"),
        ({"auditor_no": "工号三"}, "不能作账号"),
        ({"auditor_no": "a b"}, "不能作账号"),
    ],
)
def test_three_different_people_or_nothing(code: str, changed: dict[str, str], said: str) -> None:
    client = at_people(code)
    answer = client.post("/setup/", PEOPLE | changed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert 'value="莫丽"' in text_of(answer)
    assert Unit.objects.count() == User.objects.count() == Person.objects.count() == 0
    assert client.post("/setup/", PEOPLE).status_code == 200


def test_one_can_go_back_a_step(code: str) -> None:
    client = at_people(code, "450100")
    assert "最上一级检察院" in text_of(client.post("/setup/", {"back": "1"}))
    client.post("/setup/", {"place": "450000", "since": "2018-01-01"})
    client.post("/setup/", PEOPLE)
    assert Unit.objects.get().code == "450000"


def test_it_is_done_once(code: str) -> None:
    first, second = at_people(code), at_people(code)
    first.post("/setup/", PEOPLE)
    others = {key: value + "9" for key, value in PEOPLE.items()}
    second.post("/setup/", others)
    assert User.objects.count() == 3


def test_new_slips_until_all_three_are_in_then_closed_for_good(code: str, still: Clock) -> None:
    slips = slips_of(text_of(at_people(code).post("/setup/", PEOPLE)))
    assert activate("gx0001", slips["gx0001"]) == 302
    still.forward(hours=25)
    assert activate("gx0002", slips["gx0002"]) == 422
    assert Client().post("/setup/", {"code": "x"}).status_code == 422
    again = slips_of(text_of(knowing(code).post("/setup/")))
    assert sorted(again) == ["gx0002", "gx0003"]
    assert first_run.code_file().exists()
    assert activate("gx0002", again["gx0002"]) == activate("gx0003", again["gx0003"]) == 302
    assert first_run.stage() == "closed"
    assert not first_run.code_file().exists()
    assert first_run.set_up_code() == ""
    assert Client().get("/setup/").status_code == 404
    assert Client().post("/setup/", {"code": code}).status_code == 404
    assert "进入初始设置" not in text_of(Client().get("/login/"))
    # An administrator whose password is reset later does not open it again.
    account = Account.objects.get(user__username="gx0003")
    account.opened_by, account.password_at = Person.objects.all()[0], None
    account.save()
    assert Client().get("/setup/").status_code == 404


def test_an_administrator_who_is_in_must_bring_a_phone(code: str) -> None:
    slips = slips_of(text_of(at_people(code).post("/setup/", PEOPLE)))
    client = Client()
    data = {"username": "gx0001", "code": slips["gx0001"], "new": PASSWORD, "again": PASSWORD}
    client.post("/activate/", data)
    assert client.get("/")["Location"] == "/account/second-factor"
    person = Person.objects.get(staff_no="GX0001")
    assert actor_of(person, clock.now()).roles == {"sysadmin"}


def test_in_the_demo_and_in_a_running_house_it_does_not_exist(visit) -> None:
    assert visit("").get("/setup/").status_code == 404
    assert "进入初始设置" not in text_of(visit("").get("/login/"))
