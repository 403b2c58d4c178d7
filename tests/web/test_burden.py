"""减负反馈、填报事项 and 减负账本: what is said stays as nameless as promised, what is asked has its price."""

from __future__ import annotations

import zlib
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from rongjian.ledgers.burden_feedback import BurdenFeedback, receipt_code, receipt_digest
from rongjian.ledgers.burden_rules import already_known, form_seconds, items_of, request_minutes
from rongjian.ledgers.data_request import DataRequest
from rongjian.log.audit import REFUSED
from rongjian.log.models import Event, Image, Receipt
from rongjian.org.models import Unit
from rongjian.records.kinds import kind_of
from tests.web.visitors import text_of

if TYPE_CHECKING:
    from tests.web.visitors import Visit
    from tests.world import World

FEEDBACK = {"topic": "twice", "words": "同一组数据每月报三次", "idempotency": "k1"}
REQUEST = {
    "title": "专项统计",
    "questions": "走访企业家数\n走访问题整改率",
    "reach": "own",
    "basis": "桂检办发〔2026〕5号",
    "due_on": "2026-07-10",
    "idempotency": "r1",
}


@pytest.fixture(autouse=True)
def nothing_yet(world: World) -> None:
    """The demo's own feedback and requests are put aside: records of the log's own stay."""
    for model in (BurdenFeedback, DataRequest):
        model.objects.all().delete()


def given(visit: Visit, account: str, **more: str) -> Any:
    return visit(account).post(reverse("burden-feedback"), {**FEEDBACK, **more})


# --- feedback --------------------------------------------------------------------------------------


def test_feedback_under_a_name_goes_to_the_office_and_its_answer_comes_back(
    world: World, visit: Visit
) -> None:
    assert given(visit, "lisi").status_code == 302
    (record,) = BurdenFeedback.objects.all()
    assert record.author == world.persons["lisi"]
    office = visit("zhaoliu")
    address = reverse("record", args=["burden-feedback", record.pk])
    assert FEEDBACK["words"] in text_of(office.get(address))
    move = reverse("record-move", args=["burden-feedback", record.pk])
    office.post(move, {"move": "answer", "version": record.version, "detail": "下月起只报一次"})
    page = text_of(visit("lisi").get(reverse("burden-feedback")))
    assert "已答复" in page
    assert "下月起只报一次" in page


@pytest.mark.parametrize("account", ["zhengshi", "wangwu", "gong"])
def test_nobody_else_reads_it(world: World, visit: Visit, account: str) -> None:
    given(visit, "lisi")
    (record,) = BurdenFeedback.objects.all()
    assert (
        visit(account).get(reverse("record", args=["burden-feedback", record.pk])).status_code
        == 404
    )


def test_feedback_without_a_name_names_nobody_anywhere(world: World, visit: Visit) -> None:
    client = visit("lisi")
    before = Event.objects.latest("pk").pk
    answer = client.post(reverse("burden-feedback"), {**FEEDBACK, "nameless": "on"})
    assert answer.status_code == 200
    (record,) = BurdenFeedback.objects.all()
    assert record.author is None
    assert localtime(record.recorded_at).time() == time()
    # The first request of a session is a line of its own.
    (line,) = Event.objects.filter(pk__gt=before).exclude(verb="log-in")
    assert (line.actor, line.source) == ("anonymous", "")
    assert "T00:00:00" in line.at
    person = world.persons["lisi"]
    image = zlib.decompress(bytes(Image.objects.get(event=line).body)).decode()
    for told in (person.staff_no, person.name, f'"author_id",{person.pk}'):
        assert told not in image + line.detail + line.object
    assert (
        not Receipt.objects.filter(key__startswith=f"{person.pk}:")
        .filter(key__endswith="k1")
        .exists()
    )
    assert "没有" in text_of(visit("lisi").get(reverse("burden-feedback")))


def test_a_receipt_finds_the_answer_and_nothing_else_does(world: World, visit: Visit) -> None:
    code = given(visit, "lisi", nameless="on").context["page"].code
    assert code == receipt_code("k1")
    (record,) = BurdenFeedback.objects.all()
    assert record.receipt == receipt_digest(code.lower().replace("-", " "))
    BurdenFeedback.objects.update(answer="已并表")
    address = reverse("burden-feedback")
    found = visit("wangwu").post(address, {"do": "find", "code": code})
    assert "已并表" in text_of(found)
    assert "没有这个回执" in text_of(visit("lisi").post(address, {"do": "find", "code": "AAAA"}))
    assert "没有这个回执" in text_of(visit("lisi").post(address, {"do": "find", "code": ""}))


def test_sent_twice_it_is_written_once_with_the_same_receipt(world: World, visit: Visit) -> None:
    codes = {given(visit, "lisi", nameless="on").context["page"].code for _ in range(2)}
    assert len(codes) == 1
    assert BurdenFeedback.objects.count() == 1


def test_what_is_refused_of_a_nameless_feedback_names_nobody_either(
    world: World, visit: Visit
) -> None:
    answer = given(visit, "lisi", nameless="on", words="机密★10年")
    assert answer.status_code == 422
    (line,) = Event.objects.filter(verb=REFUSED)
    assert (line.actor, line.source) == ("-", "")
    assert not BurdenFeedback.objects.exists()


def test_administrators_have_no_business_here(visit: Visit) -> None:
    assert visit("sys").get(reverse("burden-feedback")).status_code == 403
    assert "减负反馈" not in text_of(visit("sys").get("/", follow=True))


# --- requests --------------------------------------------------------------------------------------


def asked(visit: Visit, unit: Unit, do: str = "check", **more: str) -> Any:
    sent = {**REQUEST, "unit": str(unit.pk), "do": do, **more}
    return visit("wangwu").post(reverse("data-request-new"), sent)


def test_a_request_is_priced_before_it_is_written(world: World, visit: Visit) -> None:
    unit = world.units["450100-D12"]
    page = asked(visit, unit)
    cost = page.context["page"].cost
    departments = Unit.objects.filter(court__code="450100", type="department", dissolved_on=None)
    assert (cost.items, cost.units) == (2, departments.count())
    assert cost.minutes == request_minutes(2, departments.count()) == 2 * departments.count() * 3
    assert not cost.approval
    assert "本次新增填报" in text_of(page)
    assert not DataRequest.objects.exists()
    assert asked(visit, unit, "save").status_code == 302
    assert DataRequest.objects.get().asked == departments.count()


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("检察建议数", "recommendation"),
        ("1. 里程（公里）", "river-patrol"),
        ("先进典型名单", "honour"),
    ],
)
def test_what_a_ledger_holds_is_not_asked_again(
    world: World, visit: Visit, item: str, kind: str
) -> None:
    page = asked(visit, world.units["450100-D12"], "save", questions=f"走访企业家数\n{item}")
    assert page.status_code == 422
    (known,) = page.context["page"].known
    assert known.kind.code == kind
    assert reverse("ledger", args=[kind]) in text_of(page)
    assert not DataRequest.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"questions": "\n".join(f"新问题{n}的整改率" for n in range(11))}, {"reach": "county"}],
)
def test_what_is_large_or_reaches_down_takes_the_word_of_the_office(
    world: World, visit: Visit, change: dict[str, str]
) -> None:
    unit = world.units["450100-D12"]
    assert asked(visit, unit, **change).context["page"].cost.approval
    asked(visit, unit, "save", **change)
    (record,) = DataRequest.objects.all()
    move = reverse("record-move", args=["data-request", record.pk])
    answer = visit("wangwu").post(move, {"move": "issue", "version": 1}, follow=True)
    assert "请报办公室批准" in text_of(answer)
    visit("wangwu").post(move, {"move": "submit", "version": 1})
    visit("wangwu").post(move, {"move": "approve", "version": 2})
    assert DataRequest.objects.get().state == "submitted"
    visit("zhaoliu").post(move, {"move": "approve", "version": 2})
    assert DataRequest.objects.get().state == "issued"


def test_a_small_request_goes_out_at_once_and_stays_as_it_was(world: World, visit: Visit) -> None:
    asked(visit, world.units["450100-D12"], "save")
    (record,) = DataRequest.objects.all()
    visit("wangwu").post(
        reverse("record-move", args=["data-request", record.pk]), {"move": "issue", "version": 1}
    )
    edit = reverse("record-edit", args=["data-request", record.pk])
    sent = {**REQUEST, "unit": str(record.unit_id), "version": "2", "questions": "又一项的整改率"}
    sent["idempotency"] = "another"
    assert visit("wangwu").post(edit, sent).status_code == 422
    kept = DataRequest.objects.get().questions
    assert items_of(kept) == items_of(REQUEST["questions"])


def test_items_are_lines_and_known_ones_are_told_by_their_words() -> None:
    assert items_of(" 一项 \n\n一项\n二项") == ["一项", "二项"]
    assert [each.item for each in already_known(["备注", "编号", "没有的东西", "检察建议"])] == [
        "检察建议"
    ]


# --- the account -----------------------------------------------------------------------------------


def test_the_account_adds_up_what_offices_ask(world: World, visit: Visit) -> None:
    unit = world.units["450100-D12"]
    for number, items in enumerate(("甲整改率\n乙整改率", "丙整改率")):
        asked(visit, unit, "save", questions=items, idempotency=f"r{number}")
    for record in DataRequest.objects.all():
        move = reverse("record-move", args=["data-request", record.pk])
        visit("wangwu").post(move, {"move": "issue", "version": 1})
    page = visit("zhaoliu").get(reverse("burden-account")).context["page"]
    (line,) = page.offices
    units = DataRequest.objects.all()[0].asked
    assert (line.requests, line.items, line.answers) == (2, 3, 3 * units)
    assert line.minutes == request_minutes(2, units) + request_minutes(1, units)
    assert (page.total.items, page.total.minutes) == (line.items, line.minutes)
    activity = next(e for _, lines in page.forms for e in lines if e.kind.code == "activity")
    kind = kind_of("activity")
    assert activity.seconds == form_seconds(kind, kind.form) > 0


def test_the_account_asks_for_nothing_about_people(
    world: World, visit: Visit, django_assert_num_queries: Any
) -> None:
    """It stays the same whatever people did meanwhile: no records, no log-ins, no times go into it."""
    client, address = visit("zhaoliu"), reverse("burden-account")
    before = client.get(address).context["page"]
    visit("lisi").get("/")
    given(visit, "lisi")
    after = client.get(address).context["page"]
    assert (before.offices, before.forms) == (after.offices, after.forms)
