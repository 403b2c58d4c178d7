"""Digests on their way out: by mail and to the office's own system, a few tries, on their own day only."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import socketserver
import threading
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from rongjian.log.door import NotStorable
from rongjian.log.models import Event
from rongjian.notices.actions import keep_address
from rongjian.notices.channels import CHANNELS, channels
from rongjian.notices.channels.webhook import SIGNATURE
from rongjian.notices.models import Address, Delivery
from rongjian.notices.queries import addresses
from rongjian.notices.rounds import make
from rongjian.notices.sending import TOO_LATE, deliver, troubles
from tests.notices.office import Office, at

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY = date(2026, 6, 24)
MAIL, WEBHOOK = CHANNELS
SECRET = "a shared secret"


@pytest.fixture
def mailing(settings: Any, office: Office) -> Office:
    """The office with a mail server, and a mailbox that lisi has named."""
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.gx.jcy", "rongjian@gx.jcy"
    settings.MAIL_DOMAINS = ["gx.jcy"]
    keep_address(office.house.actor("lisi", at(DAY, 7)), MAIL, "lisi@gx.jcy")
    office.owe(DAY)
    return office


def states() -> list[tuple[str, int, str]]:
    rows = Delivery.objects.order_by("pk")
    return list(rows.values_list("state", "tries", "trouble"))


# --- mail --------------------------------------------------------------------------------------------------


def test_a_letter_says_all_that_there_is_to_know(mailing: Office) -> None:
    make(at(DAY))
    assert deliver(at(DAY)) == 1
    assert deliver(at(DAY, 9)) == 0
    [message] = mail.outbox
    assert (message.to, message.subject) == (["lisi@gx.jcy"], "融检提醒（6月24日，1 项）")
    body = str(message.body)
    for words in (
        "L某：",
        "1. 议定事项：联系企业",
        "南宁市院第二党支部，今天到期",
        "议定事项，最后一天提醒",
    ):
        assert words in body
    assert "！" not in message.subject + body
    assert "!" not in message.subject + body


def test_who_named_no_mailbox_has_the_page_alone(mailing: Office) -> None:
    make(at(DAY))
    assert [row.digest.person.name for row in Delivery.objects.all()] == ["L某"]
    assert mailing.days("wangwu") == [DAY]


def test_without_settings_nothing_leaves_the_house(office: Office) -> None:
    assert channels() == ()
    office.owe(DAY)
    make(at(DAY))
    assert deliver(at(DAY)) == Delivery.objects.count() == 0


def test_an_address_is_ones_own_and_the_offices(mailing: Office) -> None:
    lisi = mailing.house.actor("lisi", at(DAY))
    with pytest.raises(ValidationError, match=r"只能填写单位内网邮箱（@gx\.jcy）"):
        keep_address(lisi, MAIL, "lisi@qq.com")
    with pytest.raises(ValidationError, match="邮箱地址写得不对"):
        keep_address(lisi, MAIL, "lisi")
    with pytest.raises(NotStorable):
        keep_address(lisi, MAIL, "机密★10年")
    assert addresses(lisi) == {"mail": "lisi@gx.jcy"}
    assert addresses(mailing.house.actor("wangwu", at(DAY))) == {}
    assert not keep_address(lisi, MAIL, " lisi@gx.jcy ")
    assert keep_address(lisi, MAIL, "")
    assert not Address.objects.exists()
    assert Event.objects.filter(verb="address").count() == 2


def test_a_domain_that_is_no_longer_the_offices_gets_nothing(
    mailing: Office, settings: Any
) -> None:
    settings.MAIL_DOMAINS = ["jcy.gov.cn"]
    make(at(DAY))
    assert not Delivery.objects.exists()


class OneMail(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) to take a message or refuse it."""

    def handle(self) -> None:
        server: Any = self.server
        self.say(220)
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "DATA":
                self.say(354)
                server.taken.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.say(221 if word == "QUIT" else server.answers.get(word, 250))
            if word == "QUIT":
                return

    def say(self, code: int) -> None:
        self.wfile.write(f"{code} x\r\n".encode())


@pytest.fixture
def post_office(mailing: Office, settings: Any) -> Iterator[Any]:
    """A real mail server on this machine; `taken` is what it got, `answers` what it says to a word."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OneMail) as server:
        held: Any = server
        held.daemon_threads, held.taken, held.answers = True, [], {}
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = held.server_address
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_real_mail_server_takes_it(post_office: Any) -> None:
    make(at(DAY))
    assert deliver(at(DAY)) == 1
    [taken] = post_office.taken
    message = message_from_bytes(taken, policy=policy.default)
    assert message["Subject"] == "融检提醒（6月24日，1 项）"
    assert message["Message-ID"].endswith("@gx.jcy>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert "今天到期" in message.get_content()


def test_a_mailbox_that_is_refused_is_tried_a_few_times(post_office: Any) -> None:
    post_office.answers["RCPT"] = 550
    make(at(DAY))
    for hour in range(9, 18):
        assert deliver(at(DAY, hour)) == 0
    assert states() == [("failed", 5, "邮件服务器不接受这个邮箱")]
    assert post_office.taken == []


# --- the office's own system -----------------------------------------------------------------------------


class Door(BaseHTTPRequestHandler):
    """Takes what is posted and answers as it is told."""

    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.taken.append((self.path, dict(self.headers), body))
        self.send_response(server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Nothing on the screen of a test."""


@pytest.fixture
def oa(office: Office, settings: Any) -> Iterator[Any]:
    """The office's own system, on this machine; `status` is what it answers."""
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        held: Any = server
        held.taken, held.status = [], 200
        settings.NOTICE_WEBHOOK = f"http://127.0.0.1:{server.server_port}/in?from=rongjian"
        settings.NOTICE_SECRET = SECRET
        threading.Thread(target=server.serve_forever, daemon=True).start()
        office.owe(DAY)
        yield server
        server.shutdown()


def test_the_message_is_signed_and_says_whom_it_is_for(oa: Any, office: Office) -> None:
    make(at(DAY))
    assert deliver(at(DAY)) == 2
    path, headers, body = oa.taken[0]
    assert path == "/in?from=rongjian"
    expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers[SIGNATURE] == f"sha256={expected}"
    told = json.loads(body)
    assert told["staff_no"] == office.house.people["lisi"].staff_no
    assert told["sent_at"] == "2026-06-24T08:30:00+08:00"
    [item] = told["items"]
    assert (item["what"], item["until"], item["limit"]) == (
        "议定事项：联系企业",
        "2026-06-24",
        "今天到期",
    )
    assert item["path"].startswith("/ledger/decision/")
    assert deliver(at(DAY, 9)) == 0
    assert len(oa.taken) == 2


@pytest.mark.parametrize("status", [302, 307, 401, 500])
def test_a_redirect_is_not_followed_and_a_refusal_is_tried_again(oa: Any, status: int) -> None:
    oa.status = status
    make(at(DAY))
    assert deliver(at(DAY)) == 0
    assert {path for path, _, _ in oa.taken} == {"/in?from=rongjian"}
    assert states() == [("waiting", 1, f"办公系统没有接收（{status}）")] * 2
    assert deliver(at(DAY, 8, 35)) == 0
    assert len(oa.taken) == 2
    ids = [json.loads(body)["id"] for _, _, body in oa.taken]
    oa.status = 204
    assert deliver(at(DAY, 8, 41)) == 2
    assert [json.loads(body)["id"] for _, _, body in oa.taken] == ids * 2
    assert [state for state, _, _ in states()] == ["sent", "sent"]


@pytest.mark.parametrize("address", ["http://127.0.0.1/通知", "http://127.0.0.1:port/"])
def test_an_address_that_is_none_stops_nothing(office: Office, settings: Any, address: str) -> None:
    settings.NOTICE_WEBHOOK, settings.NOTICE_SECRET = address, SECRET
    office.owe(DAY)
    make(at(DAY))
    assert deliver(at(DAY)) == 0
    assert states()[0] == ("waiting", 1, "连接不上办公系统")


def test_a_system_that_is_down_is_asked_once_a_tick(office: Office, settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.NOTICE_WEBHOOK = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        settings.NOTICE_SECRET = SECRET
        office.owe(DAY)
        make(at(DAY))
        assert deliver(at(DAY)) == 0
    assert states() == [("waiting", 1, "连接不上办公系统"), ("waiting", 0, "")]
    [trouble] = troubles(DAY)
    assert (trouble.channel, trouble.failed, trouble.waiting) == ("办公系统", 0, 1)


@pytest.mark.parametrize("later", [at(DAY, 18), at(DAY, 20), at(DAY + timedelta(days=1), 7)])
def test_nothing_is_sent_after_hours_or_on_another_day(oa: Any, later: datetime) -> None:
    make(at(DAY, 17, 59))
    assert deliver(later) == 0
    assert deliver(at(DAY + timedelta(days=1))) == 0
    assert oa.taken == []
    assert states() == [("failed", 0, TOO_LATE)] * 2


def test_tries_do_not_outlast_their_number(oa: Any) -> None:
    oa.status = 500
    make(at(DAY))
    for minute in range(0, 9 * 60, 3):
        deliver(at(DAY, 8, 30) + timedelta(minutes=minute))
    assert len(oa.taken) == 2 * 5
    assert {state for state, _, _ in states()} == {"failed"}
