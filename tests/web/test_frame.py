"""What stands around every page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.test import RequestFactory
from django.urls import reverse

from rongjian.indicators import snapshots
from rongjian.web import clock
from rongjian.web.frame import DEMO
from rongjian.web.pages.account import broken
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit


def test_the_frame_names_the_house_the_person_and_the_snapshot(visit: Visit) -> None:
    text = text_of(visit("lisi").get(reverse("home")))
    assert "南宁市人民检察院" in text
    assert "李四" in text
    assert "南宁市院第二党支部 组织委员" in text
    assert f"快照 {snapshots.current().number}" in text
    assert 'data-clock="2026-06-25T15:00+08:00"' in text


@pytest.mark.parametrize("name", ["home", "ledgers", "figures", "documents", "twin"])
def test_the_menu_marks_where_one_is(name: str, visit: Visit) -> None:
    answer = visit("qian").get(reverse(name))
    items = answer.context["frame"].menu
    assert [item.url for item in items if item.current] == [reverse(name)]


def test_the_menu_offers_imports_only_to_whoever_may_import(visit: Visit) -> None:
    offered = {
        account: {item.name for item in visit(account).get("/", follow=True).context["frame"].menu}
        for account in ("qian", "feng", "aud")
    }
    assert offered["qian"] - offered["feng"] == {"导入"}
    assert not offered["aud"] & {"导入", "人员"}


def test_nobody_has_more_than_five_things_at_the_first_level(visit: Visit) -> None:
    for account in ("lisi", "weiw", "qian", "zhengshi", "jian", "ren"):
        menu = visit(account).get("/").context["frame"].menu
        assert len({item.group or item.name for item in menu}) <= 5


@pytest.mark.parametrize("demo", [True, False])
def test_a_demo_says_so_on_every_page(demo: bool, visit: Visit, settings) -> None:
    settings.DEMO = demo
    client = visit("zhengshi")
    addresses = [reverse("home"), reverse("figures"), "/no-such-page", "/ledger/no-such-kind"]
    pages = [text_of(client.get(address)) for address in addresses]
    pages.append(text_of(visit("").get(reverse("login"))))
    pages.append(text_of(broken(RequestFactory().get("/"))))
    assert [DEMO in text for text in pages] == [demo] * len(pages)


def test_the_log_in_names_accounts_only_in_a_demo(visit: Visit, settings) -> None:
    for demo in (True, False):
        settings.DEMO = demo
        text = text_of(visit("").get(reverse("login")))
        assert ("zhengshi" in text) is demo
        assert ("rongjian-demo" in text) is demo


def test_a_wrong_password_says_so_and_keeps_the_account(visit: Visit) -> None:
    answer = visit("").post(reverse("login"), {"username": "lisi", "password": "x"})
    assert answer.status_code == 200
    assert "账号或密码不对" in text_of(answer)
    assert 'value="lisi"' in text_of(answer)


def test_a_period_that_cannot_be_read_says_how_to_write_it(visit: Visit) -> None:
    answer = visit("zhengshi").get(reverse("figure", args=["prosecuted"]), {"period": "去年"})
    assert answer.status_code == 400
    assert "请写成 2020" in text_of(answer)


def test_without_a_snapshot_ledgers_still_work(visit: Visit, settings, tmp_path) -> None:
    settings.FIGURES_DIR = tmp_path / "none"
    client = visit("zhengshi")
    assert "还没有数字快照" in text_of(client.get(reverse("ledgers")))
    answer = client.get(reverse("figures"))
    assert answer.status_code == 503
    assert "台账可以照常使用" in text_of(answer)


def test_a_held_clock_is_read_in_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "2026-06-25T15:00")
    assert clock.now().isoformat() == "2026-06-25T15:00:00+08:00"
    monkeypatch.setenv(clock.VARIABLE, "2026-06-25T07:00+00:00")
    assert clock.now().isoformat() == "2026-06-25T15:00:00+08:00"
    monkeypatch.delenv(clock.VARIABLE)
    assert clock.fixed() is None
    assert clock.now().utcoffset() == datetime.fromisoformat("2026-06-25T15:00+08:00").utcoffset()


def test_no_page_carries_script_of_its_own(visit: Visit) -> None:
    client = visit("lisi")
    for name in ("home", "twin", "ledgers", "figures", "documents"):
        text = text_of(client.get(reverse(name)))
        assert "<script>" not in text
        assert "onclick" not in text
        assert "http://" not in text.replace('xmlns="http://www.w3.org/', "")
