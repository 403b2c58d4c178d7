"""Reading ledgers by machine: what is asked wrongly is told, what is not visible does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from rongjian.ledgers.handled_person import HandledPerson
from rongjian.log.models import Event

if TYPE_CHECKING:
    from tests.web.visitors import Visit

LEDGER = reverse("api-ledger", args=["handled-person"])


def ask(visit: Visit, who: str, address: str = LEDGER, **query: str) -> tuple[int, Any]:
    answer = visit(who).get(address, query)
    return answer.status_code, answer.json()


def test_the_index_names_only_what_the_actor_may_read(visit: Visit) -> None:
    _, told = ask(visit, "qian", reverse("api-ledgers"))
    codes = {entry["code"] for entry in told["ledgers"]}
    assert {"handled-person", "recommendation"} <= codes
    assert "integrity-risk" not in codes
    for entry in told["ledgers"]:
        assert ask(visit, "qian", entry["schema"])[0] == 200


def test_a_list_is_narrowed_like_a_page(visit: Visit) -> None:
    _, everything = ask(visit, "qian")
    _, arrested = ask(visit, "qian", decision="arrested", **{"from": "2018-01-01"})
    assert 0 < arrested["count"] < everything["count"]
    assert {row["decision"] for row in arrested["records"]} == {"arrested"}
    assert min(row["happened_on"] for row in arrested["records"]) >= "2018-01-01"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"colour": "red"}, "不认识参数“colour”，可用：unit、from"),
        ({"decision": "freed"}, "参数“decision”没有值“freed”"),
        ({"state": "gone"}, "参数“state”没有值“gone”"),
        ({"from": "2019-02-30"}, "日期“2019-02-30”读不懂"),
        ({"to": "昨天"}, "日期“昨天”读不懂"),
        ({"page": "0"}, "应为正整数"),
        ({"page": "999999"}, "没有第 999999 页"),
    ],
)
def test_a_bad_question_is_told(query: dict[str, str], words: str, visit: Visit) -> None:
    status, told = ask(visit, "qian", **query)
    assert status == 400
    assert words in told["error"]


def test_what_does_not_exist_and_what_may_not_be_read_say_so(visit: Visit) -> None:
    assert ask(visit, "qian", unit="999999") == (404, {"error": "没有单位“999999”"})
    assert ask(visit, "qian", reverse("api-ledger", args=["no-ledger"]))[0] == 404
    status, told = ask(visit, "qian", reverse("api-ledger", args=["integrity-risk"]))
    assert (status, told["error"]) == (403, "没有权限：您的岗位不能查看“廉政风险点”的记录")
    assert ask(visit, "qian", reverse("api-schema", args=["integrity-risk"]))[0] == 403
    elsewhere = HandledPerson.objects.exclude(unit__path__contains="/450100/").first()
    assert elsewhere is not None
    place = ["handled-person", elsewhere.pk]
    assert ask(visit, "qian", reverse("api-record", args=place))[0] == 404


def test_nothing_is_written_through_it(visit: Visit) -> None:
    assert visit("qian").post(LEDGER, {"key": "x"}).status_code == 405


def test_a_projection_lacks_the_private_fields_and_is_logged(visit: Visit) -> None:
    before = Event.objects.filter(verb="open").count()
    status, told = ask(visit, "zhengshi", below="1", unit="450100")
    assert (status, told["projected"]) == (200, True)
    assert told["records"]
    assert not any({"handler", "note"} & {*row} for row in told["records"])
    logged = Event.objects.filter(verb="open")
    assert logged.count() == before + 1
    newest = logged.latest("pk")
    assert newest.detail == "去标识记录 第 1 页（接口）"


def test_names_are_masked(visit: Visit) -> None:
    named = HandledPerson.objects.filter(court__code="450100").exclude(handler=None).first()
    assert named is not None
    assert named.handler is not None
    address = reverse("api-record", args=["handled-person", named.pk])
    _, told = ask(visit, "qian", address)
    assert told["handler"] == named.handler.masked != named.handler.name
