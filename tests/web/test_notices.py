"""提醒: one's own digests on a page and on the workbench, where they are sent to, and nothing of others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.notices.letters import letter
from rongjian.notices.models import Address, Delivery, Digest, Mention
from rongjian.notices.policy import entries
from rongjian.notices.rounds import make
from rongjian.notices.sources import SOURCES
from rongjian.notices.subjects import tellable
from rongjian.org.access import visible
from rongjian.records.kinds import kind_of
from rongjian.records.models import Record
from rongjian.supervision.dispatching import dispatch
from tests.notices.office import at
from tests.supervision.test_deployments import counties, drafted
from tests.web.visitors import text_of
from tests.world import TODAY

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

PAGE = "notices"
SENT_ON = date(2026, 6, 15)


@pytest.fixture
def told(world: World) -> World:
    """The world after the round of its day, with a deployment that is overdue."""
    zhaoliu = world.actor("zhaoliu", at(SENT_ON))
    dispatch(zhaoliu, drafted(zhaoliu, world), counties(world))
    make(at(TODAY))
    return world


def test_the_page_shows_ones_own_digests_and_nobody_elses(told: World, visit: Visit) -> None:
    page = visit("lisi").get(reverse(PAGE)).context["page"]
    assert [heading for heading, _ in page.digests] == ["6月25日 星期四"]
    mine = Mention.objects.filter(person=told.persons["lisi"])
    assert [line.words for line in page.digests[0][1].lines] == [row.words for row in mine]
    others = visible(told.actor("weiw"), Digest.objects.all(), "view")
    assert {digest.person_id for digest in others} == {told.persons["weiw"].pk}


def test_the_workbench_says_that_there_is_one(told: World, visit: Visit) -> None:
    home = visit("lisi").get(reverse("home"))
    # Five duties of the month and two deployments, one of them a day late.
    assert home.context["page"].told == 7
    assert f'<a href="{reverse(PAGE)}">今天的提醒 7 项</a>' in text_of(home)
    assert visit("feng").get(reverse("home")).context["page"].told == 0


def test_whoever_has_no_task_is_told_nothing(told: World, visit: Visit) -> None:
    assert "最近 31 天没有提醒" in text_of(visit("feng").get(reverse(PAGE)))


@pytest.mark.parametrize("ahead", [0, 1, 5, 8])
def test_every_line_opens_for_its_reader_and_stands_on_their_workbench(
    world: World, visit: Visit, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    """No digest names what its reader may not open, whatever day it is made on."""
    zhaoliu = world.actor("zhaoliu", at(SENT_ON))
    dispatch(zhaoliu, drafted(zhaoliu, world), counties(world))
    moment = at(TODAY + timedelta(days=ahead))
    assert make(moment) > 5
    monkeypatch.setenv("RONGJIAN_NOW", moment.isoformat())
    accounts = {person.pk: account for account, person in world.persons.items()}
    for digest in Digest.objects.select_related("person__court"):
        client, actor = (
            visit(accounts[digest.person_id]),
            world.actor(accounts[digest.person_id], moment),
        )
        monkeypatch.setenv("RONGJIAN_NOW", moment.isoformat())
        open_now = {each.identity for entry in entries() for each in SOURCES[entry.of](actor)}
        for mention in digest.mentions.all():
            assert mention.subject in open_now
            assert client.get(mention.url).status_code == 200, (digest.person, mention.url)


def test_nothing_sensitive_is_told(told: World) -> None:
    for mention in Mention.objects.filter(subject__startswith="record:"):
        record = Record.objects.get(pk=mention.subject.removeprefix("record:"))
        assert tellable(kind_of(record.kind).access)
    texts = [letter(digest).text for digest in Digest.objects.all()]
    assert texts
    assert not any("！" in text or "!" in text for text in texts)


def test_a_reader_is_told_once_though_the_page_is_opened_often(told: World, visit: Visit) -> None:
    before = list(Digest.objects.order_by("pk").values())
    for _ in range(2):
        visit("lisi").get(reverse(PAGE))
    assert list(Digest.objects.order_by("pk").values()) == before


# --- where they are sent to --------------------------------------------------------------------------------


@pytest.fixture
def mailing(settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.gx.jcy", "rongjian@gx.jcy"
    settings.MAIL_DOMAINS = ["gx.jcy"]


def test_an_address_is_asked_for_only_where_there_is_a_mail_server(visit: Visit) -> None:
    assert "提醒发到哪里" not in text_of(visit("lisi").get(reverse("account")))
    answer = visit("lisi").post(reverse("account-addresses"), {"mail": "lisi@gx.jcy"})
    assert answer.status_code == 302
    assert not Address.objects.exists()


def test_an_address_is_kept_and_a_wrong_one_stays_in_its_box(
    world: World, visit: Visit, mailing: None
) -> None:
    client, page = visit("lisi"), reverse("account-addresses")
    answer = client.post(page, {"mail": "lisi@qq.com"})
    assert answer.status_code == 422
    assert 'value="lisi@qq.com"' in text_of(answer)
    assert "只能填写单位内网邮箱（@gx.jcy）" in text_of(answer)
    answer = client.post(page, {"mail": "lisi@gx.jcy"}, follow=True)
    assert "提醒地址已保存" in text_of(answer)
    assert Address.objects.get().person == world.persons["lisi"]
    assert "同时发到：邮件" in text_of(client.get(reverse(PAGE)))
    assert "lisi@gx.jcy" not in text_of(visit("wangwu").get(reverse("account")))


def test_administrators_are_never_reminded(visit: Visit, mailing: None) -> None:
    client = visit("sys")
    assert "提醒发到哪里" not in text_of(client.get(reverse("account")))
    assert client.post(reverse("account-addresses"), {"mail": "s@gx.jcy"}).status_code == 302
    assert not Address.objects.exists()


# --- whoever runs the system ---------------------------------------------------------------------------------


def test_health_says_what_could_not_be_sent(told: World, visit: Visit, mailing: None) -> None:
    def words() -> str:
        groups = dict(visit("sys").get(reverse("sys-health")).context["page"].groups)
        return str(next(line.words for line in groups["运行"] if line.name == "提醒"))

    assert words() == "经邮件发出，最近一周没有问题"
    Delivery.objects.create(
        digest=Digest.objects.filter(day=TODAY)[0],
        channel="mail",
        address="lisi@gx.jcy",
        state="failed",
        tries=5,
        next_at=at(TODAY),
        trouble="连接不上邮件服务器",
    )
    assert words() == "邮件：连接不上邮件服务器，没有发出 1 封，待重试 0 封"
